"""Segregation on two levels at once: between regions, and between the districts of every region.

Only mutual information splits without a remainder. Both levels must be counted on one day by one list of
groups; whoever calls sees to that.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from kelisim.core.errors import CountsError, NotDefined
from kelisim.stats.composition import check_counts
from kelisim.stats.segregation import mutual_information

__all__ = ["ClusterPart", "Decomposition", "between_and_within", "local_contributions"]


@dataclass(frozen=True, slots=True)
class ClusterPart:
    """One cluster of units: its share of the population and M between its units."""

    cluster: Hashable
    weight: float
    m: float

    @property
    def contribution(self) -> float:
        """Weight times M: the cluster's part of the whole."""
        return self.weight * self.m


@dataclass(frozen=True, slots=True)
class Decomposition:
    """M of the whole = M between clusters + sum over clusters of weight times M within."""

    total: float
    between: float
    parts: tuple[ClusterPart, ...]

    @property
    def within(self) -> float:
        """Sum of what the clusters add."""
        return sum(part.contribution for part in self.parts)


def between_and_within(counts: ArrayLike, clusters: Sequence[Hashable]) -> Decomposition:
    """Split M into a part between clusters and a part within each, in nats (Mora and Ruiz-Castillo 2011).

    counts : array, shape (units, groups) - persons;  clusters : the cluster of every unit, for instance its
    region Clusters where nobody lives take no part.  Raises: NotDefined("empty_area"), CountsError.

    >>> split = between_and_within([[10, 0], [0, 10], [5, 5]], ["a", "a", "b"])
    >>> split.between, round(split.within / split.total, 6)
    (0.0, 1.0)
    """
    table = check_counts(counts)
    if table.ndim != 2 or len(table) != len(clusters):
        raise CountsError("every unit needs one row of counts and the name of its cluster")
    if table.sum() == 0:
        raise NotDefined("empty_area", "nobody lives in any of the units")
    members: dict[Hashable, list[int]] = {}
    for row, cluster in enumerate(clusters):
        members.setdefault(cluster, []).append(row)
    lived = {cluster: rows for cluster, rows in members.items() if table[rows].sum() > 0}
    parts = tuple(
        ClusterPart(cluster, float(table[rows].sum() / table.sum()), mutual_information(table[rows]))
        for cluster, rows in lived.items()
    )
    between = mutual_information([table[rows].sum(axis=0) for rows in lived.values()])
    return Decomposition(mutual_information(table), between, parts)


def local_contributions(counts: ArrayLike, *, of: int) -> NDArray[np.float64]:
    """What every unit (`of=0`) or every group (`of=1`) adds to M, in nats; the parts sum to M.

    For a unit its share of the population times its distance from the whole, sum_g p_ug ln(p_ug / (p_u
    p_g)); for a group the same sum over units (Mora and Ruiz-Castillo 2011). One cell alone may be negative,
    where a group is rarer than in the whole; the sum over a unit or a group never is.
    counts : array, shape (units, groups) - persons.  Raises: NotDefined("empty_area"), CountsError.

    >>> local_contributions([[10, 0], [0, 10]], of=1).round(6).tolist()
    [0.346574, 0.346574]
    """
    table = check_counts(counts)
    if table.ndim != 2 or of not in (0, 1):
        raise CountsError("contributions are those of units (0) or groups (1) of a table with two dimensions")
    if table.sum() == 0:
        raise NotDefined("empty_area", "nobody lives in any of the units")
    p = table / table.sum()
    outer = p.sum(axis=1, keepdims=True) * p.sum(axis=0, keepdims=True)
    ratio = np.divide(p, outer, out=np.ones_like(p), where=p > 0)
    return np.asarray(np.maximum(0.0, (p * np.log(ratio)).sum(axis=1 - of)))
