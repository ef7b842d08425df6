"""How much of the spread of a variable lies between groups, such as the interviewers who asked.

One-way analysis of variance with groups of unequal size. It says that answers go with the interviewer and
not why: where every interviewer works in a village of their own, the two cannot be told apart.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from kelisim.core.errors import NotDefined

__all__ = ["GroupEffect", "intraclass_one_way"]


@dataclass(frozen=True, slots=True)
class GroupEffect:
    """Intraclass correlation with its interval. p : of the F test that groups do not differ.

    n : values; groups : groups with at least one value
    """

    value: float
    low: float
    high: float
    level: float
    p: float
    n: int
    groups: int


def intraclass_one_way(values: ArrayLike, groups: ArrayLike, *, level: float) -> GroupEffect:
    """Intraclass correlation from one-way analysis of variance, (MSB - MSW) / (MSB + (m - 1) MSW).

    values : numbers, nan where missing, shape (n,); groups : group of each, shape (n,)
    m is the size of a group, or (n - sum n_i^2 / n) / (k - 1) where the k groups differ in size. The interval
    turns the F distribution of MSB / MSW round [1]_: exact for groups of one size and normal values, close
    otherwise. As a measure of what interviewers do to answers: [2]_.
    Returns: GroupEffect; its value may be a little below 0, which means no effect.
    Raises: NotDefined("one_group") with fewer than two groups, NotDefined("one_per_group") where no group has
    two values, NotDefined("no_spread") where all values are equal.

    .. [1] Donner (1979), American Journal of Epidemiology 110(3), 335-342.
    .. [2] Kish (1962), Journal of the American Statistical Association 57(297), 92-115.

    >>> effect = intraclass_one_way([1, 2, 3, 4, 5, 6], ["a", "a", "b", "b", "c", "c"], level=0.95)
    >>> round(effect.value, 3), effect.groups
    (0.882, 3)
    """
    x = np.asarray(values, dtype=np.float64)
    found = ~np.isnan(x)
    x, (_, place) = x[found], np.unique(np.asarray(groups)[found], return_inverse=True)
    return _effect(x, place, level)


def _effect(x: NDArray[np.float64], place: NDArray[np.int64], level: float) -> GroupEffect:
    from scipy.stats import f

    size = np.bincount(place).astype(np.float64)
    n, k = len(x), len(size)
    if k < 2:
        raise NotDefined("one_group", "there is one group, and nothing to compare it with")
    if n == k:
        raise NotDefined("one_per_group", "no group has two values")
    x = x - x.mean()
    means = np.bincount(place, weights=x) / size
    within = float(((x - means[place]) ** 2).sum()) / (n - k)
    between = float((size * means**2).sum()) / (k - 1)
    m = (n - float((size**2).sum()) / n) / (k - 1)
    if between + (m - 1) * within <= 1e-24 * max(1.0, float(np.abs(x).max()) ** 2):
        raise NotDefined("no_spread", "all values are equal")
    ratio = np.inf if within == 0 else between / within
    half = (1 - level) / 2
    ends = ratio / f.ppf(1 - half, k - 1, n - k), ratio * f.ppf(1 - half, n - k, k - 1)
    value, low, high = (_from_ratio(r, m) for r in (ratio, *ends))
    return GroupEffect(value, low, high, level, float(f.sf(ratio, k - 1, n - k)), n, k)


def _from_ratio(ratio: float, m: float) -> float:
    return 1.0 if np.isinf(ratio) else float((ratio - 1) / (ratio + m - 1))
