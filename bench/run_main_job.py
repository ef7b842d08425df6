"""Times the main job on the Turkistan study and the help page, against the bare start of the interpreter.

Figures are medians of five runs of the whole process in one sitting; compare the ratios, not the seconds.
"""

from __future__ import annotations

import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from results import write_section

RUNS = 5
ROOT = Path(__file__).resolve().parents[1]
CALL = "from kelisim.cli.main import main; main()"


def median_seconds(command: list[str]) -> float:
    """Median wall seconds of a command after one run that is not counted."""
    seconds = []
    for _ in range(RUNS + 1):
        began = time.perf_counter()
        subprocess.run(command, check=True, capture_output=True, cwd=ROOT)
        seconds.append(time.perf_counter() - began)
    return statistics.median(seconds[1:])


def main() -> None:
    """Run the cases and write bench/RESULTS.md."""
    with tempfile.TemporaryDirectory() as folder:
        cases = {
            "bare interpreter": [sys.executable, "-c", "pass"],
            "kelisim --help": [sys.executable, "-c", CALL, "--help"],
            "kelisim run examples/turkistan": [
                *(sys.executable, "-c", CALL, "run", "examples/turkistan", "--out", f"{folder}/out")
            ],
        }
        rows = {name: median_seconds(command) for name, command in cases.items()}
    base = rows["bare interpreter"]
    lines = ["| case | median, s | ratio to bare interpreter |", "|---|---|---|"]
    lines += [f"| {name} | {seconds:.2f} | {seconds / base:.0f} |" for name, seconds in rows.items()]
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    lines += ["", f"Largest process: {peak:.0f} MB. {RUNS} runs each, Python {sys.version.split()[0]}."]
    text = "\n".join(lines) + "\n"
    write_section("Main job", text)
    print(text)


if __name__ == "__main__":
    main()
