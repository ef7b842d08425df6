"""Benchmarking: figures of areas moved so that they add up to the figure of the whole, by a declared rule."""

from __future__ import annotations

from typing import Literal, get_args

import numpy as np

from kelisim.core.errors import NotDefined
from kelisim.stats.survey.stages import Floats

__all__ = ["BENCHMARKS", "Benchmark", "benchmark"]

Benchmark = Literal["none", "ratio", "difference"]
BENCHMARKS: tuple[str, ...] = get_args(Benchmark)


def benchmark(
    value: Floats, size: Floats, target: float, rule: Benchmark, *, bounds: tuple[float, float]
) -> Floats:
    """Values with sum of size x value / sum of size = target (Pfeffermann 2013 reviews the rules).

    rule : "ratio" multiplies all by one factor, "difference" adds one number, "none" leaves them
    size : (areas,) share of the whole that each stands for, not negative
    bounds : what a value may be, such as (0, 1) for shares

    Raises: NotDefined("benchmark_out_of_range") where a moved value leaves the bounds, or where the ratio to
    values that add up to zero or to the other sign is asked for.

    >>> benchmark(np.array([0.2, 0.4]), np.array([1.0, 3.0]), 0.42, "ratio", bounds=(0, 1)).round(3).tolist()
    [0.24, 0.48]
    """
    if rule not in BENCHMARKS:
        raise ValueError(f"a benchmark is one of {', '.join(BENCHMARKS)}, not '{rule}'")
    if not size.sum() > 0 or np.any(size < 0):
        raise ValueError("the sizes of areas are 0 or more, and not all 0")
    if rule == "none":
        return value
    now = float((size * value).sum() / size.sum())
    if rule == "ratio" and not now * target > 0:
        raise NotDefined("benchmark_out_of_range", f"no factor leads from {now:.6g} to {target:.6g}")
    moved = value * (target / now) if rule == "ratio" else value + (target - now)
    if np.any(moved < bounds[0]) or np.any(moved > bounds[1]):
        words = f"the rule '{rule}' moves an area out of {bounds[0]:g} .. {bounds[1]:g}; take the other rule"
        raise NotDefined("benchmark_out_of_range", words)
    return moved
