"""Shares and scores of forecasts of which some outcomes nobody will ever know.

A warning that was acted upon may have prevented what it warned of; a doubtful case may have been either. Such
outcomes are neither dropped nor guessed: every figure is given for both extremes, so that whatever the truth
was lies between the bounds without any assumption (Manski 2003), and the interval takes the sampling doubt of
each extreme beside its own bound. Unknown outcomes are NaN. Cases of one cluster, such as one area in one
year, may share a cause and do not count as independent.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from kelisim.core.errors import NotDefined
from kelisim.stats.rates import proportion_interval
from kelisim.stats.survey.intervals import share_interval

__all__ = ["Bounded", "bounded_brier", "bounded_share", "bounded_skill", "design_effect", "extreme_ratio"]

Floats = NDArray[np.float64]
_REPLICATES = 1000


@dataclass(frozen=True, slots=True)
class Bounded:
    """A figure with what is not known about it.

    known : the figure over cases whose outcome is known; None where there is none
    lowest, highest : the figure over all cases, were the unknown outcomes as bad or as good as can be
    low, high : the same with sampling doubt, at `level`
    n, unknown : cases, and those of unknown outcome among them; clusters : independent groups of cases
    """

    known: float | None
    lowest: float
    highest: float
    low: float
    high: float
    level: float
    n: int
    unknown: int
    clusters: int


def bounded_share(outcomes: ArrayLike, clusters: ArrayLike, level: float) -> Bounded:
    """Share that happened, with bounds over unknown outcomes.

    lowest = happened / n, highest = (happened + unknown) / n; low and high are the exact limits of either
    extreme where every case is a cluster of its own (Clopper and Pearson 1934), and else the beta limits at
    the effective number of cases (Korn and Graubard 1998). One cluster alone says nothing: 0 to 1.
    outcomes : 1, 0 or NaN; clusters : a label for each case.  Raises: NotDefined("no_cases"), ValueError.

    >>> made = bounded_share([1, 0, 0, float("nan")], [1, 2, 3, 4], 0.95)
    >>> made.lowest, made.highest, round(made.low, 3), round(made.high, 3)
    (0.25, 0.5, 0.006, 0.932)
    """
    x, labels = _cases(outcomes, clusters)
    ends = [np.where(np.isnan(x), filled, x) for filled in (0.0, 1.0)]
    return Bounded(
        known=_known_mean(x),
        lowest=float(ends[0].mean()),
        highest=float(ends[1].mean()),
        low=_limits(ends[0], labels, level)[0],
        high=_limits(ends[1], labels, level)[1],
        level=level,
        n=x.size,
        unknown=int(np.isnan(x).sum()),
        clusters=int(labels.max()) + 1,
    )


def bounded_brier(
    probabilities: ArrayLike,
    outcomes: ArrayLike,
    clusters: ArrayLike,
    level: float,
    rng: np.random.Generator,
) -> Bounded:
    """Mean Brier score, each unknown case between its two scores p^2 and (1 - p)^2.

    Smaller is better (Brier 1950). low and high by resampling whole clusters.
    Raises: NotDefined("no_cases"), ValueError.
    """
    x, labels = _cases(outcomes, clusters)
    p = _chances(probabilities, x)
    ends = _extremes((p - x) ** 2, p**2, (1 - p) ** 2)
    ones = np.ones_like(p)
    known = ~np.isnan(x)
    return _resampled(
        ends,
        (ones, ones),
        float(((p - x) ** 2)[known].mean()) if known.any() else None,
        x,
        labels,
        level,
        rng,
    )


def bounded_skill(
    probabilities: ArrayLike,
    base_rates: ArrayLike,
    outcomes: ArrayLike,
    clusters: ArrayLike,
    level: float,
    rng: np.random.Generator,
) -> Bounded:
    """Brier skill against declared base rates, 1 - sum (p - x)^2 / sum (b - x)^2, over unknown outcomes.

    Above 0: the warnings said more than the base rate would have; 0 or less: they did not. The extremes are
    found exactly over all ways the unknown outcomes may have fallen (Dinkelbach 1967).
    Raises: NotDefined("no_cases"), ValueError.

    >>> rng = np.random.default_rng(1)
    >>> round(bounded_skill([0.8, 0.2], [0.5, 0.5], [1, 0], [1, 2], 0.9, rng).known, 2)
    0.84
    """
    x, labels = _cases(outcomes, clusters)
    p, b = _chances(probabilities, x), _chances(base_rates, x)
    worst, best = (extreme_ratio(p, b, x, sign) for sign in (1.0, -1.0))
    known = ~np.isnan(x)
    value = None
    if known.any():
        value = float(1 - ((p - x) ** 2)[known].sum() / ((b - x) ** 2)[known].sum())
    ratio = _resampled(
        ((p - best) ** 2, (p - worst) ** 2), ((b - best) ** 2, (b - worst) ** 2), None, x, labels, level, rng
    )
    return Bounded(
        value, 1 - ratio.highest, 1 - ratio.lowest, 1 - ratio.high, 1 - ratio.low, level, ratio.n,
        ratio.unknown, ratio.clusters,
    )  # fmt: skip


def extreme_ratio(p: Floats, b: Floats, x: Floats, sign: float) -> Floats:
    """Outcomes for the unknown ones that make sum (p - x)^2 / sum (b - x)^2 largest (sign 1) or smallest.

    Each step fills every unknown outcome by the present ratio; the ratio moves one way and the filling can
    change only finitely often, so it ends at the extreme.
    """
    unknown = np.isnan(x)
    filled = np.where(unknown, 0.0, x)
    while True:
        ratio = ((p - filled) ** 2).sum() / ((b - filled) ** 2).sum()
        gain = ((1 - p) ** 2 - ratio * (1 - b) ** 2) - (p**2 - ratio * b**2)
        better = np.where(unknown, (sign * gain > 1e-15).astype(np.float64), x)
        moved = ((p - better) ** 2).sum() / ((b - better) ** 2).sum()
        if not sign * (moved - ratio) > 1e-15:
            return filled
        filled = better


def design_effect(outcomes: ArrayLike, clusters: ArrayLike) -> float:
    """How many dependent cases are worth one: variance of the share by clusters over p (1 - p) / n, >= 1.

    >>> design_effect([1, 1, 0, 0], ["a", "a", "b", "b"])
    4.0
    """
    x, labels = _cases(outcomes, clusters)
    p = float(x.mean())
    if not 0 < p < 1 or labels.max() == 0:
        return 1.0
    return max(1.0, _variance(x, labels) / (p * (1 - p) / x.size))


def _cases(outcomes: ArrayLike, clusters: ArrayLike) -> tuple[Floats, NDArray[np.intp]]:
    x = np.asarray(outcomes, dtype=np.float64)
    groups = np.asarray(clusters)
    if x.ndim != 1 or groups.shape != x.shape or not (np.isnan(x) | (x == 0) | (x == 1)).all():
        raise ValueError("outcomes are 1, 0 or NaN, each with the label of its cluster")
    if x.size == 0:
        raise NotDefined("no_cases", "no warning has been judged")
    return x, np.asarray(np.unique(groups, return_inverse=True)[1])


def _chances(values: ArrayLike, x: Floats) -> Floats:
    p = np.asarray(values, dtype=np.float64)
    if p.shape != x.shape or not ((p > 0) & (p < 1)).all():
        raise ValueError("every case has a probability between 0 and 1")
    return p


def _known_mean(x: Floats) -> float | None:
    known = x[~np.isnan(x)]
    return float(known.mean()) if known.size else None


def _variance(x: Floats, labels: NDArray[np.intp]) -> float:
    count = int(labels.max()) + 1
    sums = np.bincount(labels, weights=x - x.mean())
    return float(count / (count - 1) * (sums**2).sum() / x.size**2)


def _limits(x: Floats, labels: NDArray[np.intp], level: float) -> tuple[float, float]:
    count = int(labels.max()) + 1
    if count == x.size:
        return proportion_interval(int(x.sum()), x.size, level, "clopper-pearson")
    if count == 1:
        return 0.0, 1.0
    inner = {"p": x.mean(), "se": np.sqrt(_variance(x, labels)), "df": count - 1, "n": x.size, "psus": count}
    arrays = {name: np.array([value], dtype=np.float64) for name, value in inner.items()}
    low, high = share_interval(**arrays, level=level, method="beta", planned_deff=None)
    return float(low[0]), float(high[0])


def _extremes(known: Floats, if_not: Floats, if_so: Floats) -> tuple[Floats, Floats]:
    unknown = np.isnan(known)
    return (
        np.where(unknown, np.minimum(if_not, if_so), known),
        np.where(unknown, np.maximum(if_not, if_so), known),
    )


def _resampled(
    tops: tuple[Floats, Floats],
    bottoms: tuple[Floats, Floats],
    known: float | None,
    x: Floats,
    labels: NDArray[np.intp],
    level: float,
    rng: np.random.Generator,
) -> Bounded:
    """Ratios of sums at both extremes with percentile limits over resampled clusters."""
    count = int(labels.max()) + 1
    draws = rng.multinomial(count, np.full(count, 1 / count), size=_REPLICATES).astype(np.float64)
    tail = (1 - level) / 2
    found = []
    for top, bottom, quantile in zip(tops, bottoms, (tail, 1 - tail), strict=True):
        above, below = np.bincount(labels, weights=top), np.bincount(labels, weights=bottom)
        value = above.sum() / below.sum()
        spread = np.quantile((draws @ above) / (draws @ below), quantile)
        found.append((float(value), float(spread)))
    (lowest, low), (highest, high) = found
    return Bounded(
        known, lowest, highest, min(low, lowest), max(high, highest), level, x.size,
        int(np.isnan(x).sum()), count,
    )  # fmt: skip
