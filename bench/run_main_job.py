"""Times the main job and the help page against the bare start of the interpreter, with the memory they take.

Figures are medians of five runs of the whole process in one sitting; compare the ratios, not the seconds. The
first run of a user, with no cut fonts in the cache, is timed once.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from results import write_section

RUNS = 5
ROOT = Path(__file__).resolve().parents[1]
CALL = "from kelisim.cli.main import main; main()"
# A process of its own waits for each run, since the largest memory of children is known only as a maximum.
MEASURE = """import json, resource, subprocess, sys, time
began = time.perf_counter()
subprocess.run(sys.argv[1:], check=True, capture_output=True)
peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
print(json.dumps([time.perf_counter() - began, peak]))"""


def measured(command: list[str], caches: str) -> tuple[float, float]:
    """Wall seconds and largest memory in MB of a command."""
    done = subprocess.run(
        [sys.executable, "-c", MEASURE, *command],
        check=True,
        capture_output=True,
        cwd=ROOT,
        text=True,
        env={**os.environ, "TMPDIR": caches, "XDG_CACHE_HOME": caches},
    )
    seconds, megabytes = json.loads(done.stdout)
    return seconds, megabytes


def main() -> None:
    """Run the cases and write bench/RESULTS.md."""
    rows: dict[str, tuple[float, float]] = {}
    with tempfile.TemporaryDirectory() as folder:
        job = [sys.executable, "-c", CALL, "run", "examples/turkistan", "--out", f"{folder}/out"]
        rows["kelisim run examples/turkistan, first run"] = measured(job, folder)
        cases = {
            "bare interpreter": [sys.executable, "-c", "pass"],
            "kelisim --help": [sys.executable, "-c", CALL, "--help"],
            "kelisim run examples/turkistan, later runs": job,
        }
        for name, command in cases.items():
            found = [measured(command, folder) for _ in range(RUNS + 1)][1:]
            rows[name] = statistics.median(s for s, _ in found), max(peak for _, peak in found)
    base = rows["bare interpreter"][0]
    lines = [
        "| case | median, s | ratio to bare interpreter | memory, MB |",
        "|---|---|---|---|",
    ]
    lines += [f"| {name} | {s:.2f} | {s / base:.0f} | {peak:.0f} |" for name, (s, peak) in rows.items()]
    lines += ["", f"{RUNS} runs each, the first run once. Python {sys.version.split()[0]}."]
    text = "\n".join(lines) + "\n"
    write_section("Main job", text)
    print(text)


if __name__ == "__main__":
    main()
