"""Krippendorff's alpha of 3 coders x 1,000,000 units: our point and 999 bootstraps against the peer's point.

Run by `make bench-agreement` in the place of the peers. Values are compared first. Runs alternate in one
sitting; medians and their ratio are printed, and the section of bench/RESULTS.md is written. The peer gives
no interval.
"""

from __future__ import annotations

import platform
import statistics
import sys
import time
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "src"), str(ROOT / "bench")]

import krippendorff  # noqa: E402
from results import write_section  # noqa: E402

from kelisim.stats.agreement import METRICS, agreement, krippendorff_alpha  # noqa: E402

RUNS, DRAWS, UNITS = 3, 999, 1_000_000


def coded() -> np.ndarray:
    """Three coders of five values, four in five codes as the first meant it, one in twenty missing."""
    rng = np.random.default_rng(1)
    truth = rng.integers(1, 6, (UNITS, 1))
    codes = np.where(rng.random((UNITS, 3)) < 0.8, truth, rng.integers(1, 6, (UNITS, 3))).astype(float)
    codes[rng.random(codes.shape) < 0.05] = np.nan
    return codes


def alternate(peer: Callable[[], Any], ours: Callable[[], Any]) -> tuple[float, float]:
    """Median seconds of both, one run of each in turn after one that is not counted."""
    seconds: tuple[list[float], list[float]] = ([], [])
    for _ in range(RUNS + 1):
        for kept, call in zip(seconds, (peer, ours), strict=True):
            began = time.perf_counter()
            call()
            kept.append(time.perf_counter() - began)
    return statistics.median(seconds[0][1:]), statistics.median(seconds[1][1:])


def main() -> None:
    """Compare, time, print and write the section."""
    codes = coded()
    across = np.ascontiguousarray(codes.T)
    lines = [
        "| metric | peer, point alone, s | kelisim, point and 999 bootstraps, s | ratio |",
        "|---|---|---|---|",
    ]
    for metric in METRICS:
        theirs = krippendorff.alpha(reliability_data=across, level_of_measurement=metric)
        own = krippendorff_alpha(codes, metric=metric)
        assert abs(theirs - own) < 1e-9, (metric, theirs, own)

        def peer(metric: str = metric) -> Any:
            return krippendorff.alpha(reliability_data=across, level_of_measurement=metric)

        def ours(metric: Any = metric) -> Any:
            rng = np.random.default_rng(2)
            return agreement(codes, metric=metric, level=0.95, draws=DRAWS, rng=rng)

        slow, fast = alternate(peer, ours)
        lines.append(f"| {metric} | {slow:.3g} | {fast:.3g} | {slow / fast:.1f} |")
        print(lines[-1])
    lines += [
        "",
        f"3 coders x {UNITS:,} units, 5 values, 5 % missing; medians of {RUNS} alternating runs after one not"
        " counted; values agree to 1e-9."
        f" Peer: krippendorff {version('krippendorff')}, which gives no interval."
        f" Python {platform.python_version()}, numpy {np.__version__}, {platform.machine()}.",
    ]
    write_section("Agreement of coders", "\n".join(lines))


if __name__ == "__main__":
    main()
