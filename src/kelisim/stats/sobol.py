"""Sobol indices: which uncertain input moves a result, alone and together with others.

Estimators of Jansen (1999) on two independent samples, with bootstrap intervals over the rows. Below 1,024
rows the intervals are so wide that an index says nothing, so fewer are refused.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kelisim.core.errors import NotDefined

__all__ = ["LEAST_ROWS", "Sobol", "sobol_indices"]

LEAST_ROWS = 1024
_Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Sobol:
    """First-order and total-order indices with intervals; arrays of shape (inputs,)."""

    first: _Floats
    first_low: _Floats
    first_high: _Floats
    total: _Floats
    total_low: _Floats
    total_high: _Floats


def sobol_indices(
    model: Callable[[_Floats], _Floats],
    inputs: int,
    rows: int,
    level: float,
    rng: np.random.Generator,
    resamples: int = 200,
) -> Sobol:
    """Sobol indices of a model of uniform inputs on [0, 1].

    First order 1 - mean (f_B - f_ABi)^2 / 2V, total order mean (f_A - f_ABi)^2 / 2V, AB_i being A with
    column i of B.
    model : array (rows, inputs) -> array (rows,)
    Raises: ValueError below 1,024 rows, NotDefined("constant") where the result does not vary.

    >>> s = sobol_indices(lambda x: x[:, 0], 2, 2048, 0.95, np.random.default_rng(1))
    >>> s.total.round(1).tolist()
    [1.0, 0.0]
    """
    if rows < LEAST_ROWS:
        raise ValueError(f"{rows} rows are too few for a Sobol index; take {LEAST_ROWS} or more")
    a, b = rng.random((2, rows, inputs))
    f_a, f_b = model(a), model(b)
    if not np.ptp(np.concatenate([f_a, f_b])) > 0:
        raise NotDefined("constant", "the result does not vary, so nothing explains its variance")
    alone = np.empty((inputs, rows))
    together = np.empty((inputs, rows))
    for i in range(inputs):
        mixed = a.copy()
        mixed[:, i] = b[:, i]
        f_mixed = model(mixed)
        alone[i] = (f_b - f_mixed) ** 2 / 2.0
        together[i] = (f_a - f_mixed) ** 2 / 2.0
    first, total = _indices(f_a, f_b, alone, together, np.arange(rows))
    again = [_indices(f_a, f_b, alone, together, rng.integers(0, rows, rows)) for _ in range(resamples)]
    tail = 50.0 * (1.0 - level)
    firsts, totals = (np.array(part) for part in zip(*again, strict=True))
    first_low, first_high = np.percentile(firsts, [tail, 100.0 - tail], axis=0)
    total_low, total_high = np.percentile(totals, [tail, 100.0 - tail], axis=0)
    return Sobol(first, first_low, first_high, total, total_low, total_high)


def _indices(
    f_a: _Floats, f_b: _Floats, alone: _Floats, together: _Floats, rows: NDArray[np.int64]
) -> tuple[_Floats, _Floats]:
    variance = np.concatenate([f_a[rows], f_b[rows]]).var()
    return 1.0 - alone[:, rows].mean(axis=1) / variance, together[:, rows].mean(axis=1) / variance
