"""Kills runs and damages files many times, counts what came of it, and writes bench/HARDENING.md.

The same is tested by `make proof`; here the counts are shown. Anything but a study or a refusal, and any
change of the previous output, ends the script with an error.
"""

from __future__ import annotations

import random
import signal
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tests.runs.processes import digest, start  # noqa: E402
from tests.sources.mutations import mutated  # noqa: E402
from tests.sources.test_fuzz import FILES, READ, ROOMY, as_parquet, read_or_refused  # noqa: E402
from tests.studies import SYNTHETIC  # noqa: E402

KILLS, EXAMPLES = 100, 600


def killed() -> Counter[str]:
    """Kill runs at random moments; the output must stay what it was."""
    found: Counter[str] = Counter()
    chance = random.Random(11)
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "out"
        began = time.monotonic()
        assert start("run", SYNTHETIC, "--out", out).wait() == 0
        whole, before = time.monotonic() - began, digest(out)
        for _ in range(KILLS):
            running = start("run", SYNTHETIC, "--out", out)
            time.sleep(chance.uniform(0, whole))
            writing = bool(list(Path(folder).glob(".out.new-*")))
            running.kill()
            ended = running.wait() == -signal.SIGKILL
            found[
                "killed while writing" if ended and writing else "killed earlier" if ended else "finished"
            ] += 1
            assert digest(out) == before, "the output changed"
    return found


def damaged(name: str) -> Counter[str]:
    """Damage one file of the study many times; it must be read or refused."""
    found: Counter[str] = Counter()
    files = dict(FILES)
    if name.endswith(".parquet"):
        text = name.removesuffix(".parquet") + ".csv"
        files["study.yaml"] = FILES["study.yaml"].replace(text.encode(), name.encode())
        files[name] = as_parquet(FILES[text])

    @settings(max_examples=EXAMPLES, derandomize=True, database=None, **ROOMY)
    @given(st.data())
    def holds(data: st.DataObject) -> None:
        read = read_or_refused({**files, name: data.draw(mutated(files[name]))})
        found["read" if read else "refused"] += 1

    holds()
    return found


def main() -> None:
    """Run both and write the counts."""
    lines = [
        "# Kills and damaged files",
        "",
        "Written by `bench/run_hardening.py`; no other outcome occurred.",
        "",
    ]
    lines += ["| what | outcomes |", "|---|---|"]
    for name in [*READ, "data/census.parquet"]:
        counts = ", ".join(f"{word} {count}" for word, count in sorted(damaged(name).items()))
        lines.append(f"| `{name}` damaged | {counts} |")
    counts = ", ".join(f"{word} {count}" for word, count in sorted(killed().items()))
    lines.append(f"| run killed at a random moment | {counts}; the previous output whole each time |")
    text = "\n".join(lines) + "\n"
    (ROOT / "bench/HARDENING.md").write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
