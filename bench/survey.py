"""Times the survey core beside R survey (and svy where a folder with it is given) on one million records.

50 strata x 40 sampling units x 500 records, random weights; categories arrive as whole numbers. Programs
take turns, and only the ratios compare. Then 10,000 domains in one pass, and the memory above the data.
Results go to a section of their own in bench/RESULTS.md.

    python bench/survey.py [--rounds 5] [--svy PYTHON_THAT_HAS_SVY] [--rows 1000000]
"""

from __future__ import annotations

import argparse
import json
import re
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
HERE = ROOT / "bench"
SLOW = ("100 bootstrap replicates", "mean by 17 regions, 100 replicates")
Times = dict[str, list[float]]


def columns(rows: int) -> dict[str, np.ndarray]:  # type: ignore[type-arg]
    """One million records: h, p design, w weight, y x numbers, b 0/1, z 19 categories, r 17 regions, d
    10,000."""
    rng = np.random.default_rng(20260101)
    unit = np.repeat(np.arange(2000), rows // 2000)
    effect = rng.normal(size=2000)[unit]
    x = rng.gamma(4, 1, size=unit.size)
    y = 10 + effect + x + rng.normal(size=unit.size)
    return {
        "h": unit // 40, "p": unit % 40, "w": rng.gamma(4, 5, size=unit.size), "y": y, "x": x,
        "b": (effect + x - 4 + rng.normal(size=unit.size) > 0).astype(np.int64),
        "z": rng.integers(0, 19, size=unit.size), "r": rng.integers(0, 17, size=unit.size),
        "d": rng.integers(0, 10_000, size=unit.size),
    }  # fmt: skip


def tasks(data: dict[str, np.ndarray]) -> dict[str, Callable[[], object]]:  # type: ignore[type-arg]
    """Our side; categories are coded when first asked for, which the first, uncounted round does."""
    from kelisim.stats.survey.design import Design
    from kelisim.stats.survey.glm import glm
    from kelisim.stats.survey.moments import mean, ratio, share
    from kelisim.stats.survey.quantile import quantile
    from kelisim.stats.survey.replicates import bootstrap
    from kelisim.stats.survey.sample import Sample

    design = Design(kind="probability", weights="w", strata=("h",), psu=("p",), lonely="fail")
    sample = Sample(data, design)
    replicates = bootstrap(sample, 100, rng=np.random.default_rng(1), centre="replicates")
    return {
        "declare design": lambda: Sample(data, design),
        "mean": lambda: mean(sample, "y", level=0.95),
        "19 shares": lambda: share(sample, "z", level=0.95),
        "mean by 17 regions": lambda: mean(sample, "y", by=["r"], level=0.95),
        "19 shares x 17 regions": lambda: share(sample, "z", by=["r"], level=0.95),
        "ratio": lambda: ratio(sample, "y", "x", level=0.95),
        "median and interval": lambda: quantile(sample, "y", [0.5], level=0.95),
        "OLS y ~ x + b": lambda: glm(sample, "y", ["x", "b"], family="gaussian", level=0.95),
        "logit b ~ x": lambda: glm(sample, "b", ["x"], family="logit", level=0.95),
        SLOW[0]: lambda: bootstrap(sample, 100, rng=np.random.default_rng(1), centre="replicates"),
        SLOW[1]: lambda: mean(sample, "y", by=["r"], level=0.95, replicates=replicates),
        "mean by 10,000 domains": lambda: mean(sample, "y", by=["d"], level=0.95),
    }


def time_ours(data: dict[str, np.ndarray], found: Times) -> None:  # type: ignore[type-arg]
    for name, task in tasks(data).items():
        task()
        began, worked = time.perf_counter(), time.process_time()
        task()
        found.setdefault(name, []).append(time.perf_counter() - began)
        found.setdefault(f"{name} cpu", []).append(time.process_time() - worked)


class Peer:
    """A peer as a process of its own that times one named task after another."""

    def __init__(self, command: list[str]) -> None:
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.version = self.read()

    def read(self) -> str:
        assert self.process.stdout
        line = self.process.stdout.readline().strip()
        if not line:
            raise SystemExit(f"the peer ended with code {self.process.wait()}")
        return line

    def time(self, name: str) -> float | None:
        """Seconds of a task; None when the peer does not offer it."""
        assert self.process.stdin
        self.process.stdin.write(name + "\n")
        self.process.stdin.flush()
        answer = self.read()
        return None if answer == "none" else float(answer)

    def close(self) -> float:
        """Ends the process and gives its peak memory in GB."""
        assert self.process.stdin
        self.process.stdin.write("peak\n")
        self.process.stdin.flush()
        peak = float(self.read())
        self.process.stdin.close()
        self.process.wait()
        return peak


def memory_above_data(rows: int) -> float:
    """Peak GB that all tasks take above the columns, in a process that has only read them."""
    code = (
        "import re, sys; sys.path.insert(0, sys.argv[1]); import numpy, survey as bench\n"
        "import scipy.special, scipy.sparse, kelisim.stats.survey.glm, kelisim.stats.survey.quantile\n"
        "data = dict(numpy.load(sys.argv[2]))\n"
        "peak = lambda: int(re.search(r'VmHWM:\\s+(\\d+)', open('/proc/self/status').read())[1])\n"
        "before = peak()\n"
        "for name, task in bench.tasks(data).items(): task()\n"
        "print((peak() - before) / 1024**2)"
    )
    with tempfile.TemporaryDirectory() as folder:
        stored = Path(folder) / "columns.npz"
        np.savez(stored, **columns(rows))  # type: ignore[arg-type]
        command = [sys.executable, "-c", code, str(HERE), str(stored)]
        return float(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


def growth(found: Callable[[int, int, int], float]) -> list[str]:
    """How cost grows with rows, domains and replicates."""
    cases = [
        *((rows, 17, 0) for rows in (125_000, 250_000, 500_000, 1_000_000)),
        *((1_000_000, domains, 0) for domains in (10, 100, 1_000, 10_000, 100_000)),
        *((1_000_000, 17, replicates) for replicates in (100, 200, 400, 800)),
    ]
    lines = ["| rows | domains | replicates | seconds |", "|---|---|---|---|"]
    return lines + [f"| {r:,} | {d:,} | {k or 'none'} | {found(r, d, k):.3f} |" for r, d, k in cases]


def one_growth(rows: int, domains: int, count: int) -> float:
    from kelisim.stats.survey.design import Design
    from kelisim.stats.survey.moments import mean
    from kelisim.stats.survey.replicates import bootstrap
    from kelisim.stats.survey.sample import Sample

    data = columns(rows)
    data["d"] = np.random.default_rng(2).integers(0, domains, size=data["h"].size)
    sample = Sample(data, Design(kind="probability", weights="w", strata=("h",), psu=("p",), lonely="fail"))
    made = bootstrap(sample, count, rng=np.random.default_rng(1), centre="replicates") if count else None
    seconds = []
    for _ in range(4):
        began = time.perf_counter()
        mean(sample, "y", by=["d"], level=0.95, replicates=made)
        seconds.append(time.perf_counter() - began)
    return statistics.median(seconds[1:])


def write_section(text: str) -> None:
    """Put the section in place of its older self, and leave the others as they are."""
    page = HERE / "RESULTS.md"
    old = page.read_text(encoding="utf-8") if page.exists() else "# Results\n"
    mark = "## Survey estimation\n"
    without = re.sub(rf"\n*{re.escape(mark)}.*?(?=\n## |\Z)", "", old, flags=re.S).rstrip("\n")
    page.write_text(f"{without}\n\n{mark}\n{text}\n", encoding="utf-8")


def main() -> None:
    """Run all programs in turns and write the section."""
    options = argparse.ArgumentParser()
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--rows", type=int, default=1_000_000)
    options.add_argument("--svy", help="a Python that has the package svy, outside this repository")
    asked = options.parse_args()
    data = columns(asked.rows)
    ours: Times = {}
    theirs: dict[str, Times] = {}
    with tempfile.TemporaryDirectory() as folder:
        table = Path(folder) / "data.csv"
        head = ",".join(data)
        np.savetxt(
            table, np.stack(list(data.values()), axis=1), fmt="%.17g", delimiter=",", header=head, comments=""
        )
        peers: dict[str, Peer] = {}
        if shutil.which("Rscript"):
            peers["R survey"] = Peer(["Rscript", "--vanilla", str(HERE / "survey.R"), str(table)])
        if asked.svy:
            peers["svy"] = Peer([asked.svy, str(HERE / "survey_svy.py"), str(table)])
        names = list(tasks(data))
        for turn in range(asked.rounds):
            time_ours(data, ours)
            for label, peer in peers.items():
                times = theirs.setdefault(label, {})
                for name in names:
                    if name in SLOW and turn:
                        continue
                    seconds = peer.time(name)
                    if seconds is not None:
                        times.setdefault(name, []).append(seconds)
        versions = {label: peer.version for label, peer in peers.items()}
        peaks = {label: peer.close() for label, peer in peers.items()}
    write_section(report(ours, theirs, versions, peaks, asked.rows, asked.rounds))


def report(
    ours: Times,
    theirs: dict[str, Times],
    versions: dict[str, str],
    peaks: dict[str, float],
    rows: int,
    rounds: int,
) -> str:
    labels = list(theirs)
    lines = [
        f"{rows:,} records, 50 strata x 40 units; medians of {rounds} alternating rounds in one run (the two",
        "slow tasks of the peers: one round). Seconds, ours by the clock and of the processor, and",
        "how many times as long the peer takes by the clock.", "",
        "| task | kelisim | processor |" + "".join(f" {label} | ratio |" for label in labels),
        "|---|---|---|" + "---|---|" * len(labels),
    ]  # fmt: skip
    for name in (name for name in ours if not name.endswith(" cpu")):
        mine, worked = statistics.median(ours[name]), statistics.median(ours[f"{name} cpu"])
        line = f"| {name} | {mine:.4f} | {worked:.4f} |"
        for label in labels:
            times = theirs[label].get(name)
            middle = statistics.median(times) if times else 0.0
            line += f" {middle:.3f} | {middle / mine:.1f} |" if times else " | |"
        lines.append(line)
    above = memory_above_data(rows)
    lines += ["", f"Peak memory above the columns, all tasks: {above:.2f} GB."]
    lines += [f"Peak memory of the whole process of {label}: {gb:.2f} GB." for label, gb in peaks.items()]
    lines += ["", "How the mean by domains grows (logarithmic axes; drawn by `bench/growth_chart.py`):", ""]
    lines += ["![Seconds over rows, domains and replicates](survey_growth.svg)", "", *growth(one_growth), ""]
    lines += [f"Python {sys.version.split()[0]}, numpy {np.__version__}, " + json.dumps(versions) + "."]
    return "\n".join(lines)


if __name__ == "__main__":
    main()
    print(f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2:.2f} GB in this process")
