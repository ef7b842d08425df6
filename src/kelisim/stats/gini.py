"""The Gini index of segregation: how far units differ from one another, pair by pair.

Where the other indices compare units with the whole, this one compares every unit with every other. Sorting
the units by share turns the sum over pairs into two running sums, so that thousands of units take no longer
than a sort.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from kelisim.core.errors import CountsError, NotDefined
from kelisim.stats.composition import check_counts

__all__ = ["multigroup_gini", "pair_differences"]


def multigroup_gini(counts: ArrayLike) -> float:
    """Multigroup Gini, G = sum_g sum_ij t_i t_j |p_ig - p_jg| / (2 T^2 I), I = sum p_g (1 - p_g), in [0, 1].

    Mean difference between the shares of two units, over its largest possible value (Reardon and Firebaugh
    2002).
    counts : array, shape (units, groups) - persons
    Raises: NotDefined("empty_area"), NotDefined("one_group") where everybody belongs to one group;
    CountsError.

    >>> multigroup_gini([[10, 0], [0, 10]])
    1.0
    """
    table = check_counts(counts)
    if table.ndim != 2:
        raise CountsError(f"a table of units and groups has two dimensions, this has {table.ndim}")
    total = table.sum()
    if total == 0:
        raise NotDefined("empty_area", "nobody lives in any of the units")
    p = table.sum(axis=0) / total
    mixture = float(np.sum(p * (1 - p)))
    if mixture == 0:
        raise NotDefined("one_group", "everybody belongs to one group")
    pairs = pair_differences(table[None])[0].sum()
    return min(1.0, max(0.0, float(pairs / (2 * total**2 * mixture))))


def pair_differences(tables: NDArray[np.float64]) -> NDArray[np.float64]:
    """Differences of shares over all ordered pairs of units, sum_ij t_i t_j |p_ig - p_jg|, by group.

    tables : array, shape (tables, units, groups) - persons.  Returns: array, shape (tables, groups).

    >>> pair_differences(np.array([[[1.0, 0.0], [0.0, 1.0]]])).tolist()
    [[2.0, 2.0]]
    """
    unit = tables.sum(axis=2)
    found = np.empty((tables.shape[0], tables.shape[2]))
    for group in range(tables.shape[2]):
        own = tables[:, :, group]
        share = np.divide(own, unit, out=np.zeros_like(own, dtype=np.float64), where=unit > 0)
        order = np.argsort(share, axis=1)
        n, t = np.take_along_axis(own, order, 1), np.take_along_axis(unit, order, 1)
        # A unit differs from those sorted before it by n_i t_j - t_i n_j, which is never negative.
        ahead = n * (np.cumsum(t, axis=1) - t) - t * (np.cumsum(n, axis=1) - n)
        found[:, group] = 2.0 * ahead.sum(axis=1)
    return found
