"""The monthly forecast run: 17 areas x 180 months, four horizons, 1,000 draws, 60 past origins replayed.

Timed beside the same run with the seven simple baselines only, alternating in one sitting, so that the
ratio can be compared between machines. The processor's own time stands beside the clock, which also counts
other work. The register is invented: incidents that make further ones likelier. Writes its section of
bench/RESULTS.md.
"""

from __future__ import annotations

import platform
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "src"), str(ROOT / "bench"), str(ROOT)]

from results import write_section  # noqa: E402
from tests.forecasting.worlds import world  # noqa: E402

from kelisim.forecasting.baselines import BASELINES  # noqa: E402
from kelisim.forecasting.combine import MEMBERS  # noqa: E402
from kelisim.forecasting.outlook import PAST_ORIGINS, outlook  # noqa: E402
from kelisim.forecasting.replay import replay  # noqa: E402
from kelisim.forecasting.vintages import Vintages  # noqa: E402

RUNS, DRAWS, HORIZONS, AREAS, MONTHS = 3, 1000, (1, 3, 6, 12), 17, 180


def timed(call: Callable[[], Any]) -> tuple[float, float]:
    """Seconds by the clock and of the processor."""
    began, used = time.perf_counter(), time.process_time()
    call()
    return time.perf_counter() - began, time.process_time() - used


def main() -> None:
    panel = world("exciting", np.random.default_rng(1), areas=AREAS, months=MONTHS)
    register = Vintages.settled(panel)
    area, month = np.nonzero(panel.counts)
    late = Vintages.of(
        panel.areas,
        1,
        MONTHS,
        area=area,
        month=month,
        known=month + np.random.default_rng(2).integers(0, 3, month.size),
        count=panel.counts[area, month],
    )
    simple = {"all": BASELINES["conflictology_all"]}
    origins = range(MONTHS - PAST_ORIGINS, MONTHS + 1)
    cases: dict[str, Callable[[], Any]] = {
        "monthly run": lambda: outlook(register, HORIZONS, DRAWS, 1),
        "monthly run, reports up to two months late": lambda: outlook(late, HORIZONS, DRAWS, 1),
        "the same with baselines only": lambda: list(
            replay(register, HORIZONS, origins, DRAWS, 1, members=simple)
        ),
        **{
            f"{name}, one origin": lambda name=name: MEMBERS[name](  # type: ignore[misc]
                panel, HORIZONS, DRAWS, np.random.default_rng(1)
            )
            for name in MEMBERS
        },
    }
    for name in MEMBERS:  # what is loaded and compiled at first is not the monthly run's
        cases[f"{name}, one origin"]()
    seconds: dict[str, list[tuple[float, float]]] = {name: [] for name in cases}
    for _ in range(RUNS):
        for name, call in cases.items():
            seconds[name].append(timed(call))
    clock, processor = (
        {name: statistics.median(run[k] for run in runs) for name, runs in seconds.items()} for k in (0, 1)
    )
    base = processor["the same with baselines only"]
    rows = "\n".join(
        f"| {name} | {clock[name]:.2f} | {processor[name]:.2f} | {processor[name] / base:.2f} |"
        for name in cases
    )
    write_section(
        "Monthly forecast run",
        f"{AREAS} areas x {MONTHS} months, horizons {', '.join(map(str, HORIZONS))}, {DRAWS:,} draws,"
        f" {PAST_ORIGINS} past origins; medians of\n{RUNS} alternating rounds in one process."
        " Budget: 30 s.\n\n"
        "| case | clock, s | processor, s | ratio to baselines only (processor) |\n|---|---|---|---|\n"
        f"{rows}\n\nPython {platform.python_version()}, numpy {np.__version__}.",
    )
    times = processor["monthly run"] / base
    print(f"monthly run {clock['monthly run']:.1f} s, {times:.1f} times baselines only")


if __name__ == "__main__":
    main()
