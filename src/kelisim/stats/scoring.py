"""Scores of probabilistic forecasts: how far a cloud of draws lay from what happened, and how honest it was.

Forecasts are draws, one row per case; outcomes are counts. Smaller is better for every score here. A score
says little alone: it is read beside the same score of the simplest baselines.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = [
    "LOG_SCORE_BINS",
    "brier_score",
    "calibration_error",
    "crps",
    "log_score",
    "pit_bounds",
    "pit_histogram",
    "within_interval",
]

LOG_SCORE_BINS: tuple[int, ...] = (0, 1, 2, 3, 5, 10, 20, 50)
"""Lower ends of the bins 0 | 1 | 2 | 3-4 | 5-9 | 10-19 | 20-49 | 50 and more."""


def _cases(draws: ArrayLike, outcomes: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    d, y = np.asarray(draws, dtype=np.float64), np.asarray(outcomes, dtype=np.float64)
    if d.ndim != 2 or y.shape != d.shape[:1]:
        raise ValueError(f"draws of shape (cases, draws) and as many outcomes, not {d.shape} and {y.shape}")
    if d.shape[1] < 2:
        raise ValueError("a forecast needs at least two draws")
    return d, y


def crps(draws: ArrayLike, outcomes: ArrayLike) -> NDArray[np.float64]:
    """Continuous ranked probability score of each case, E|X - y| - 1/2 E|X - X'|, in the unit of y.

    The fair estimator: pairs of different draws only, so that the number of draws does not change the
    expected score (Gneiting and Raftery 2007; Ferro 2014).
    draws : array, shape (cases, draws); outcomes : array, shape (cases,).  Raises: ValueError.

    >>> crps([[0.0, 0.0], [1.0, 3.0]], [2.0, 2.0]).tolist()
    [2.0, 0.0]
    """
    d, y = _cases(draws, outcomes)
    ordered = np.sort(d, axis=1)
    m = ordered.shape[1]
    weights = 2.0 * np.arange(1, m + 1) - m - 1
    spread = (ordered * weights).sum(axis=1) / (m * (m - 1))
    return np.asarray(np.abs(d - y[:, None]).mean(axis=1) - spread)


def log_score(
    draws: ArrayLike, outcomes: ArrayLike, bins: tuple[int, ...] = LOG_SCORE_BINS
) -> NDArray[np.float64]:
    """Ignorance of each case in bits, - log2 of the share of draws in the bin of the outcome.

    Shares are (draws in the bin + 1) / (all draws + bins), so that an outcome that no draw met costs much but
    not everything (Roulston and Smith 2002).
    bins : lower ends of the bins, the first one 0.  Raises: ValueError.

    >>> log_score([[0, 0, 0, 0, 0, 0, 0, 0]], [0]).round(3).tolist()
    [0.83]
    """
    d, y = _cases(draws, outcomes)
    if bins[0] != 0 or (d < 0).any() or (y < 0).any():
        raise ValueError("bins of counts begin at 0, and counts are not negative")
    ends = np.asarray(bins)
    hit = np.searchsorted(ends, d, side="right") == np.searchsorted(ends, y, side="right")[:, None]
    return np.asarray(-np.log2((hit.sum(axis=1) + 1) / (d.shape[1] + len(bins))))


def brier_score(probabilities: ArrayLike, happened: ArrayLike) -> NDArray[np.float64]:
    """Squared distance of each probability from what happened, (p - x)^2 with x in {0, 1} (Brier 1950).

    >>> brier_score([0.8, 0.3], [True, False]).round(2).tolist()
    [0.04, 0.09]
    """
    p, x = np.asarray(probabilities, dtype=np.float64), np.asarray(happened, dtype=np.float64)
    return np.asarray((p - x) ** 2)


def calibration_error(probabilities: ArrayLike, happened: ArrayLike, bins: int = 10) -> float:
    """Expected calibration error, sum over bins of (n_b / n) |mean p - share that happened|.

    Bins of equal width; empty bins add nothing (Naeini, Cooper and Hauskrecht 2015).
    Raises: ValueError where there is no case.

    >>> calibration_error([0.05, 0.05, 0.95, 0.95], [0, 0, 1, 1])
    0.05
    """
    p, x = np.asarray(probabilities, dtype=np.float64), np.asarray(happened, dtype=np.float64)
    if p.size == 0:
        raise ValueError("no case to calibrate on")
    place = np.minimum((p * bins).astype(int), bins - 1)
    sums = np.bincount(place, weights=p - x, minlength=bins)
    return float(np.round(np.abs(sums).sum() / p.size, 12))


def pit_bounds(draws: ArrayLike, outcomes: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Ends of the probability integral transform of each case: share of draws below y, and up to y.

    Counts are whole, so the transform of a count is an interval and not a point.

    >>> low, high = pit_bounds([[0, 1, 1, 3]], [1])
    >>> low.tolist(), high.tolist()
    ([0.25], [0.75])
    """
    d, y = _cases(draws, outcomes)
    return (
        np.asarray((d < y[:, None]).mean(axis=1)),
        np.asarray((d <= y[:, None]).mean(axis=1)),
    )


def pit_histogram(low: ArrayLike, high: ArrayLike, bins: int = 10) -> NDArray[np.float64]:
    """Share of the probability integral transform in bins of equal width, flat where forecasts are honest.

    Each case is spread evenly over its interval, without chance (Czado, Gneiting and Held 2009). With most
    cells empty it looks flat whatever the forecast: read the coverage of active cells beside it.
    low, high : arrays, shape (cases,), as `pit_bounds` gives them.  Raises: ValueError without cases.

    >>> pit_histogram([0.0], [0.5], bins=4).tolist()
    [0.5, 0.5, 0.0, 0.0]
    """
    a, b = np.asarray(low, dtype=np.float64), np.asarray(high, dtype=np.float64)
    if a.size == 0:
        raise ValueError("no case to draw a histogram of")
    ends = np.linspace(0, 1, bins + 1)[:, None]
    # An outcome that no draw met has an interval without width: it counts as the point just inside it.
    b = np.maximum(b, np.minimum(a + 1e-9, 1.0))
    a = np.minimum(a, b - 1e-9)
    below = np.clip((ends - a) / (b - a), 0, 1).mean(axis=1)
    return np.asarray(np.diff(below).round(12))


def within_interval(draws: ArrayLike, outcomes: ArrayLike, level: float) -> NDArray[np.bool_]:
    """Whether each outcome lies in the central interval of its draws, both ends included.

    Counts are whole, so intervals of small counts hold more than `level` even when forecasts are honest.

    >>> within_interval([[0, 1, 2, 3, 4]], [4], 0.5).tolist()
    [False]
    """
    if not 0 < level < 1:
        raise ValueError(f"the level of an interval lies between 0 and 1, not {level}")
    d, y = _cases(draws, outcomes)
    low, high = np.quantile(d, [(1 - level) / 2, (1 + level) / 2], axis=1)
    return np.asarray((low <= y) & (y <= high))
