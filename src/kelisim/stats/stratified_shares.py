"""Shares from a stratified sample, as draws: rare shares keep an interval that covers them.

Every stratum contributes a Beta draw, so that a stratum in which nothing was found does not count as certain.
Units that resemble each other within clusters count less; a stratum that was looked through whole is known.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from kelisim.core.errors import CountsError, NotDefined

__all__ = ["ShareDraws", "cluster_effect", "difference_interval", "stratified_share"]

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class ShareDraws:
    """A share in [0, 1] and draws of what it may truly be.

    value : sum of W_h y_h; n : units looked at; deff : effect of clusters
    below, above : draws for the low and the high end; they differ where a stratum had the mark nowhere (it
        then adds nothing to the low end) or everywhere (it then takes nothing from the high end)
    floor, ceiling : bounds where every unit, or none, had the mark; else the value itself
    """

    value: float
    below: Floats
    above: Floats
    n: int
    deff: float
    floor: float
    ceiling: float

    def interval(self, level: float) -> tuple[float, float]:
        """Ends of the interval: percentiles of the draws, opened to hold the value and the bounds."""
        tail = _tail(level)
        low, high = float(np.quantile(self.below, tail)), float(np.quantile(self.above, 1 - tail))
        return min(low, self.value, self.floor), max(high, self.value, self.ceiling)


def stratified_share(
    stratum: ArrayLike,
    positive: ArrayLike,
    population: ArrayLike,
    *,
    draws: int,
    rng: np.random.Generator,
    size: ArrayLike | None = None,
    totals: ArrayLike | None = None,
    clusters: ArrayLike | None = None,
) -> ShareDraws:
    """Share of a population from a sample drawn at random within strata.

    value = sum over strata of W_h y_h; each draw is sum W_h t_h with t_h ~ Beta(k_h + 1/2, n_h - k_h + 1/2),
    where k_h = n_h y_h and n_h was divided by the effect of clusters and by 1 - n_h / N_h (Jeffreys' prior).
    For the low end t_h = 0 where k_h = 0, for the high end t_h = 1 where k_h = n_h: added up over strata, the
    halves of the prior would else push the interval off a rare share (coverage of a share of 1 % from 200
    units in three strata is then .90 to .93 instead of .95).

    stratum : place of each sampled unit in `population`; positive : whether it has the mark
    population : units N_h of each stratum, W_h = N_h / N
    size, totals : for shares of items, items of each unit and of each stratum: y_h is then the share of items
        of the sample, W_h = M_h / M, and n_h Kish's effective number, (sum of sizes)^2 / sum of squares
    clusters : cluster of each unit, such as its source; None for units that stand alone

    Where no unit has the mark, `ceiling` is 1 - 0.05^(1/n), the highest share under which that happens once
    in twenty times, with the smallest effective n that any stratum would give; `floor` is its mirror.

    Raises: NotDefined("empty_stratum") for a stratum of the population without a unit; CountsError for
    counts that cannot be.

    >>> rng = np.random.default_rng(1)
    >>> made = stratified_share([0] * 50 + [1] * 50, [1] * 5 + [0] * 95, [900, 100], draws=2000, rng=rng)
    >>> round(made.value, 3), [round(x, 2) for x in made.interval(0.95)]
    (0.09, [0.04, 0.18])
    """
    place = np.asarray(stratum, dtype=np.int64)
    mark = np.asarray(positive, dtype=np.float64)
    whole = np.asarray(population, dtype=np.float64)
    sizes = np.ones(len(mark)) if size is None else np.asarray(size, dtype=np.float64)
    total = whole if size is None else np.asarray(totals, dtype=np.float64)
    _check(place, mark, whole, sizes, total)
    count = np.bincount(place, minlength=len(whole)).astype(np.float64)
    if (count[whole > 0] == 0).any():
        raise NotDefined("empty_stratum", "a stratum of the population has no unit in the sample")
    if (count > whole).any():
        raise CountsError("a stratum has more units in the sample than in the population")
    weight = total / total.sum()
    summed = np.bincount(place, weights=sizes, minlength=len(whole))
    squared = np.bincount(place, weights=sizes * sizes, minlength=len(whole))
    marked = np.bincount(place, weights=sizes * mark, minlength=len(whole))
    used = count > 0
    share = np.divide(marked, summed, out=np.zeros_like(summed), where=used)
    each = weight[place] * sizes / summed[place]
    deff = cluster_effect(each * (mark - share[place]), clusters)
    effective = np.divide(summed**2, squared, out=np.zeros_like(summed), where=used) / deff
    unseen = 1 - np.divide(count, whole, out=np.ones_like(count), where=used)
    value = float(weight @ share)
    below, above = np.zeros(draws), np.zeros(draws)
    for h in np.flatnonzero(used):
        if unseen[h] == 0:
            low = high = np.full(draws, share[h])
        else:
            n = effective[h] / unseen[h]
            low = high = rng.beta(n * share[h] + 0.5, n * (1 - share[h]) + 0.5, draws)
            low = low if share[h] > 0 else np.zeros(draws)
            high = high if share[h] < 1 else np.ones(draws)
        below += weight[h] * low
        above += weight[h] * high
    floor = ceiling = value
    if np.ptp(mark) == 0 and unseen.any():
        open_ = used & (unseen > 0)
        # The sample says least about units that weigh most for each one looked at.
        least = float((effective[open_] / (weight[open_] * unseen[open_])).min())
        bound = float(1 - 0.05 ** (1 / max(least, 1.0)))
        floor, ceiling = (floor, bound) if value < 0.5 else (1 - bound, ceiling)
    return ShareDraws(value, below, above, len(mark), deff, floor, ceiling)


def cluster_effect(residuals: ArrayLike, clusters: ArrayLike | None) -> float:
    """How much more a sum varies because its units lie in clusters, never below 1.

    Ratio of G / (G - 1) times the sum over clusters of (sum of residuals)^2 to n / (n - 1) times the sum of
    squares (Kish 1965). One cluster, or residuals that are all 0, give 1: nothing can be told then.

    >>> cluster_effect([1, 1, -1, -1], ["a", "a", "b", "b"]), cluster_effect([1, -1, 1, -1], None)
    (3.0, 1.0)
    """
    each = np.asarray(residuals, dtype=np.float64)
    if clusters is None or len(each) < 2:
        return 1.0
    owner = np.unique(np.asarray(clusters).astype(str), return_inverse=True)[1].ravel()
    groups = int(owner.max()) + 1
    alone = float(np.square(each).sum()) * len(each) / (len(each) - 1)
    if groups < 2 or alone <= 0:
        return 1.0
    together = float(np.square(np.bincount(owner, weights=each)).sum()) * groups / (groups - 1)
    return max(1.0, together / alone)


def difference_interval(after: ShareDraws, before: ShareDraws, level: float) -> tuple[float, float, float]:
    """Change of a share between two samples drawn apart: value, low and high from differences of draws.

    Raises: ValueError where the numbers of draws differ.

    >>> wide, flat = np.linspace(0.1, 0.3, 101), np.full(101, 0.1)
    >>> one = ShareDraws(0.2, wide, wide, 200, 1.0, 0.2, 0.2)
    >>> made = difference_interval(one, ShareDraws(0.1, flat, flat, 200, 1.0, 0.1, 0.1), 0.95)
    >>> [round(x, 3) for x in made]
    [0.1, 0.005, 0.195]
    """
    if len(after.below) != len(before.below):
        raise ValueError("both shares need the same number of draws")
    tail = _tail(level)
    low = float(np.quantile(after.below - before.above, tail))
    high = float(np.quantile(after.above - before.below, 1 - tail))
    value = after.value - before.value
    return value, min(low, value), max(high, value)


def _tail(level: float) -> float:
    if not 0 < level < 1:
        raise ValueError(f"a level lies between 0 and 1, such as 0.95, not at {level}")
    return (1 - level) / 2


def _check(place: NDArray[np.int64], mark: Floats, whole: Floats, sizes: Floats, total: Floats) -> None:
    if not (place.ndim == mark.ndim == sizes.ndim == 1 and len(place) == len(mark) == len(sizes) > 0):
        raise CountsError("a sample has a stratum and a mark for each unit, and one unit at least")
    if place.min() < 0 or place.max() >= len(whole) or len(total) != len(whole):
        raise CountsError("every unit lies in a stratum of the population")
    if not np.isin(mark, (0.0, 1.0)).all() or (sizes <= 0).any():
        raise CountsError("a mark is there or not, and sizes are above 0")
    if not (np.isfinite(whole).all() and np.isfinite(total).all()) or (whole < 0).any() or total.sum() <= 0:
        raise CountsError("numbers of units are finite and not negative, and there is one unit at least")
