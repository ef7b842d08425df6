"""How unevenly groups are spread over units, and how much they meet: D, H, M, exposure and isolation.

The table of counts has one row per unit and one column per group. Values belong to the level of the units:
"between 17 regions" and "between districts of one region" are different questions and are not compared.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from kelisim.core.errors import CountsError, NotDefined
from kelisim.stats.composition import check_counts, entropy, fractionalisation

__all__ = [
    "dissimilarity",
    "dissimilarity_from_rest",
    "exposure",
    "exposure_matrix",
    "isolation",
    "local_segregation",
    "multigroup_dissimilarity",
    "mutual_information",
    "relative_diversity",
    "theil_h",
]


def _table(counts: ArrayLike) -> NDArray[np.float64]:
    table = check_counts(counts)
    if table.ndim != 2:
        raise CountsError(f"a table of units and groups has two dimensions, this has {table.ndim}")
    if table.sum() == 0:
        raise NotDefined("empty_area", "nobody lives in any of the units")
    return table


def _unit_interval(value: float) -> float:
    # Sums of floats may end a few units of the last binary digit outside a range they cannot leave.
    return min(1.0, max(0.0, float(value)))


def dissimilarity(own: ArrayLike, other: ArrayLike) -> float:
    """Dissimilarity, D = 1/2 sum |a_j / A - b_j / B|, in [0, 1] (Duncan and Duncan 1955).

    Part of one group that would have to move for both to be spread alike.
    own, other : array, shape (units,) - persons
    Raises: NotDefined("no_members") where either group is empty.

    >>> dissimilarity([10, 0], [0, 10])
    1.0
    """
    a, b = check_counts(own), check_counts(other)
    if a.shape != b.shape:
        raise CountsError(f"the groups are counted in {a.size} and {b.size} units")
    if a.sum() == 0 or b.sum() == 0:
        raise NotDefined("no_members", "a group has no member in these units")
    return _unit_interval(0.5 * np.abs(a / a.sum() - b / b.sum()).sum())


def dissimilarity_from_rest(own: ArrayLike, total: ArrayLike) -> float:
    """Dissimilarity of one group from everybody else, D(x, t - x), in [0, 1] (Duncan and Duncan 1955).

    own, total : array, shape (units,) - persons
    Raises: NotDefined("no_members") where the group or the rest is empty; CountsError where a group is larger
    than its unit.

    >>> dissimilarity_from_rest([10, 0], [10, 10])
    1.0
    """
    x, t = check_counts(own), check_counts(total)
    if x.shape != t.shape:
        raise CountsError(f"the group is counted in {x.size} units, the population in {t.size}")
    if (x > t).any():
        raise CountsError("a group is larger than the population of its unit")
    return dissimilarity(x, t - x)


def exposure(own: ArrayLike, other: ArrayLike, total: ArrayLike) -> float:
    """Exposure of one group to another, xPy = sum (x_j / X)(y_j / t_j), in [0, 1] (Bell 1954).

    Expected share of `other` among the neighbours of a random member of `own`.
    own, other, total : array, shape (units,) - persons
    Raises: NotDefined("no_members") where `own` is empty; CountsError where a total is smaller than its part.

    >>> exposure([30, 10], [70, 40], [100, 100])
    0.625
    """
    x, y, t = check_counts(own), check_counts(other), check_counts(total)
    if not x.shape == y.shape == t.shape:
        raise CountsError("own, other and total are counted in different units")
    if x.sum() == 0:
        raise NotDefined("no_members", "no member of the group lives in these units")
    if ((x > t) | (y > t)).any():
        raise CountsError("a group is larger than the population of its unit")
    lived = x > 0
    return _unit_interval(np.sum(x[lived] / x.sum() * y[lived] / t[lived]))


def isolation(own: ArrayLike, total: ArrayLike) -> float:
    """Isolation, xPx = sum (x_j / X)(x_j / t_j): expected share of one's own group among neighbours.

    At least the group's share in the whole (Bell 1954).  Raises: as `exposure`.

    >>> isolation([10, 0], [10, 10])
    1.0
    """
    return exposure(own, own, total)


def exposure_matrix(counts: ArrayLike) -> NDArray[np.float64]:
    """Exposure of every group (row) to every group (column); isolation stands on the diagonal.

    counts : array, shape (units, groups) - persons. Rows of the result sum to 1; a group without members has
    a row of nan (Bell 1954).

    >>> exposure_matrix([[1, 1], [1, 1]]).tolist()
    [[0.5, 0.5], [0.5, 0.5]]
    """
    table = _table(counts)
    unit = table.sum(axis=1, keepdims=True)
    inside = np.divide(table, unit, out=np.zeros_like(table), where=unit > 0)
    group = table.sum(axis=0)
    spread = np.divide(table, group, out=np.full_like(table, np.nan), where=group > 0)
    return np.asarray(spread.T @ inside)


def multigroup_dissimilarity(counts: ArrayLike) -> float:
    """Multigroup dissimilarity, D = sum_j sum_i t_j |p_ij - p_i| / (2 T I), I = sum p_i (1 - p_i).

    Part of all persons that would have to move, over its largest possible value (Morgan 1975; Sakoda 1981).
    Raises: NotDefined("one_group") where everybody belongs to one group.

    >>> multigroup_dissimilarity([[10, 0], [0, 10]])
    1.0
    """
    table = _table(counts)
    p = table.sum(axis=0) / table.sum()
    mixture = float(np.sum(p * (1 - p)))
    if mixture == 0:
        raise NotDefined("one_group", "everybody belongs to one group")
    expected = table.sum(axis=1, keepdims=True) * p
    return _unit_interval(np.abs(table - expected).sum() / (2 * table.sum() * mixture))


def mutual_information(counts: ArrayLike) -> float:
    """Mutual information of unit and group in nats, M = sum p_ju ln(p_ju / (p_j p_u)), at least 0.

    How much knowing the unit tells about the group (Theil and Finizza 1971; Mora and Ruiz-Castillo 2011).
    counts : array, shape (units, groups) - persons.  Raises: NotDefined("empty_area"), CountsError.

    >>> round(mutual_information([[10, 0], [0, 10]]), 6)
    0.693147
    """
    table = _table(counts)
    p = table / table.sum()
    outer = p.sum(axis=1, keepdims=True) * p.sum(axis=0, keepdims=True)
    present = p > 0
    return max(0.0, float(np.sum(p[present] * np.log(p[present] / outer[present]))))


def local_segregation(counts: ArrayLike) -> NDArray[np.float64]:
    """Distance of each unit from the whole in nats, L_u = sum_g p_g|u ln(p_g|u / p_g), at least 0.

    Weighted by the units' shares of the population they add up to M (Mora and Ruiz-Castillo 2011).
    counts : array, shape (units, groups) - persons. nan for a unit where nobody lives.

    >>> local_segregation([[10, 0], [0, 10]]).round(6).tolist()
    [0.693147, 0.693147]
    """
    table = _table(counts)
    unit = table.sum(axis=1, keepdims=True)
    p = np.divide(table, unit, out=np.zeros_like(table), where=unit > 0)
    whole = table.sum(axis=0) / table.sum()
    ratio = np.divide(p, whole, out=np.ones_like(p), where=p > 0)
    local = np.maximum(0.0, (p * np.log(ratio)).sum(axis=1))
    return np.asarray(np.where(unit[:, 0] > 0, local, np.nan))


def theil_h(counts: ArrayLike) -> float:
    """Information theory index, H = M / E with E the entropy of the whole, in [0, 1] (Theil 1972).

    Raises: NotDefined("one_group") where everybody belongs to one group.

    >>> theil_h([[10, 0], [0, 10]])
    1.0
    """
    whole = entropy(_table(counts).sum(axis=0))
    if whole == 0:
        raise NotDefined("one_group", "everybody belongs to one group")
    return _unit_interval(mutual_information(counts) / whole)


def relative_diversity(counts: ArrayLike) -> float:
    """Relative diversity, R = 1 - mean fractionalisation of units / fractionalisation of the whole.

    In [0, 1] (Goodman and Kruskal 1954; Carlson 1992; Reardon and Firebaugh 2002).
    Raises: NotDefined("one_group") where everybody belongs to one group.

    >>> relative_diversity([[10, 0], [0, 10]])
    1.0
    """
    table = _table(counts)
    whole = fractionalisation(table.sum(axis=0))
    if whole == 0:
        raise NotDefined("one_group", "everybody belongs to one group")
    weights = table.sum(axis=1) / table.sum()
    inside = sum(w * fractionalisation(row) for w, row in zip(weights, table, strict=True) if w > 0)
    return _unit_interval(1.0 - inside / whole)
