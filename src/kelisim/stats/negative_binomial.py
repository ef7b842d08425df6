"""Log-linear regression of counts that scatter more than Poisson, over an exposure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from kelisim.core.errors import CountsError, NotDefined

__all__ = ["CountModel", "fit_counts"]

Floats = NDArray[np.float64]
_STEPS = 200
_MOST = 1e3


@dataclass(frozen=True, slots=True, eq=False)
class CountModel:
    """coefficients, covariance : of the log-linear part; dispersion : a in var = mu + a mu^2; n : cells"""

    coefficients: Floats
    covariance: Floats
    dispersion: float
    n: int


def fit_counts(counts: ArrayLike, exposure: ArrayLike, columns: ArrayLike) -> CountModel:
    """Negative binomial y with log mean = columns b + log exposure and var = mu + a mu^2.

    Coefficients by maximum likelihood for given a, and a by Pearson's sum, sum (y - mu)^2 / (mu + a mu^2) =
    cells - columns (Breslow 1984), in turn until both stand: with an effect for every source and period the
    likelihood alone would find too little scatter. Where the sum is below that for a = 0, a is 0.

    counts, exposure : shape (cells,), exposure above 0; columns : (cells, columns)
    Raises: CountsError; NotDefined("collinear"), NotDefined("no_events"), NotDefined("no_solution").

    >>> made = fit_counts([10, 12, 30, 33], [100, 100, 100, 100], [[1, 0], [1, 0], [1, 1], [1, 1]])
    >>> np.exp(made.coefficients).round(3).tolist()
    [0.11, 2.864]
    """
    y, e = np.asarray(counts, dtype=np.float64), np.asarray(exposure, dtype=np.float64)
    x = np.asarray(columns, dtype=np.float64)
    if not (y.ndim == e.ndim == 1 and len(y) == len(e) == len(x) and x.ndim == 2):
        raise CountsError("there is one count, exposure and row of columns for each cell")
    if not (np.isfinite(y).all() and np.isfinite(e).all()) or (y < 0).any() or (e <= 0).any():
        raise CountsError("counts are not negative and exposures above 0")
    if not y.any():
        raise NotDefined("no_events", "nothing was counted in any cell")
    if np.linalg.matrix_rank(x) < x.shape[1]:
        raise NotDefined("collinear", "some columns are sums of others")
    offset, a = np.log(e), 0.0
    start: Any = np.linalg.lstsq(x, np.log((y + 0.5) / e), rcond=None)[0]
    b: Floats = start
    for _ in range(_STEPS):
        b = _coefficients(y, x, offset, b, a)
        new = _dispersion(y, np.exp(x @ b + offset), len(y) - x.shape[1])
        if abs(new - a) <= 1e-8 + 1e-6 * a:
            a = new
            break
        a = new
    else:
        raise NotDefined("no_solution", "mean and dispersion of the counts were not found")
    b = _coefficients(y, x, offset, b, a)
    mu = np.exp(x @ b + offset)
    covariance: Any = np.linalg.inv(x.T @ (x * (mu / (1 + a * mu))[:, None]))
    return CountModel(b, covariance, a, len(y))


def _coefficients(y: Floats, x: Floats, offset: Floats, b: Floats, a: float) -> Floats:
    for _ in range(_STEPS):
        mu = np.exp(np.clip(x @ b + offset, -500, 500))
        weight = mu / (1 + a * mu)
        try:
            step = np.linalg.solve(x.T @ (x * weight[:, None]), x.T @ ((y - mu) / (1 + a * mu)))
        except np.linalg.LinAlgError:
            break
        # Long steps at the start would overflow the exponential.
        b = b + step * min(1.0, 5.0 / max(float(np.abs(step).max()), 1e-12))
        if np.abs(step).max() < 1e-10:
            return b
    raise NotDefined("no_solution", "a column stands for cells in which nothing was counted")


def _dispersion(y: Floats, mu: Floats, df: int) -> float:
    from scipy.optimize import brentq

    def excess(a: float) -> float:
        return float((np.square(y - mu) / (mu + a * mu * mu)).sum()) - df

    if df < 1 or excess(0.0) <= 0:
        return 0.0
    return _MOST if excess(_MOST) > 0 else float(brentq(excess, 0.0, _MOST, xtol=1e-10))
