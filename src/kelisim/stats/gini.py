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
    whole = unit.sum(axis=1, keepdims=True)
    found = np.empty((tables.shape[0], tables.shape[2]))
    divisor = np.maximum(unit, 1)
    for group, own in enumerate(np.ascontiguousarray(tables.transpose(2, 0, 1))):
        order = _order(own / divisor)
        n, t = np.take_along_axis(own, order, 1), np.take_along_axis(unit, order, 1)
        # Sorted by share, t_i t_j |p_i - p_j| is n_i t_j - t_i n_j for every earlier j. Summed over all
        # pairs, a unit's members count once for everybody in earlier units and once less for everybody in
        # later ones.
        around = 2.0 * np.cumsum(t, axis=1) - t - whole
        found[:, group] = np.maximum(0.0, 2.0 * np.einsum("du,du->d", n, around))
    return found


def _order(share: NDArray[np.float64]) -> NDArray[np.int64]:
    """Order of units by share, for each table.

    Shares are not negative, so their binary digits sort as whole numbers do. The last digits make room for
    the number of the unit, and sorting values is several times faster than sorting indices. Units whose
    shares agree to about 36 digits may change places, which moves the index by less than 1e-10.
    """
    bits = max(1, (share.shape[-1] - 1).bit_length())
    if bits > 16:
        return np.argsort(share, axis=-1)
    low = np.int64((1 << bits) - 1)
    key = (np.ascontiguousarray(share).view(np.int64) & ~low) | np.arange(share.shape[-1])
    key.sort(axis=-1)
    return np.asarray(key & low)
