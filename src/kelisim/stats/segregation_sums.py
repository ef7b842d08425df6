"""Every index of segregation from a few sums, so that many drawn tables are measured together.

Two makers of sums stand side by side: `TableSums` adds up drawn tables, `ResampledSums` weights the units of
one table. An index reads the sums and does not know which of the two made them.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from kelisim.stats.gini import pair_differences

__all__ = ["MEASURES", "Measure", "ResampledSums", "Sums", "TableSums"]

Floats = NDArray[np.float64]
Measure = Literal[
    "theil_h",
    "mutual_information",
    "multigroup_dissimilarity",
    "relative_diversity",
    "multigroup_gini",
    "dissimilarity",
    "isolation",
]


class Sums(Protocol):
    """What the indices are made of; the first axis runs over draws, the second over groups.

    persons : T;  groups : N_g
    information : sum n_ug ln n_ug - sum t_u ln t_u
    deviation : sum_u |n_ug - t_u N_g / T|;  squares : sum_u n_ug^2 / t_u
    pairs : sum_ij t_i t_j |p_ig - p_jg|
    """

    @property
    def persons(self) -> Floats: ...
    @property
    def groups(self) -> Floats: ...
    @property
    def information(self) -> Floats: ...
    @property
    def deviation(self) -> Floats: ...
    @property
    def squares(self) -> Floats: ...
    @property
    def pairs(self) -> Floats: ...


def _xlogx(counts: NDArray[np.int64] | Floats) -> Floats:
    return np.asarray(counts * np.log(np.maximum(counts, 1)))


class TableSums:
    """Sums of drawn tables, shape (draws, units, groups). A sum is made when an index first asks for it."""

    def __init__(self, tables: NDArray[np.int64]) -> None:
        self._tables = tables
        self._units = tables.sum(axis=2)
        self.groups = tables.sum(axis=1).astype(np.float64)
        self.persons = self.groups.sum(axis=1)

    @cached_property
    def information(self) -> Floats:
        return np.asarray(_xlogx(self._tables).sum(axis=(1, 2)) - _xlogx(self._units).sum(axis=1))

    @cached_property
    def deviation(self) -> Floats:
        share = self.groups / self.persons[:, None]
        apart = self._units[:, :, None] * share[:, None, :]
        np.subtract(self._tables, apart, out=apart)
        return np.asarray(np.abs(apart, out=apart).sum(axis=1))

    @cached_property
    def squares(self) -> Floats:
        # An empty unit has no member of any group, so any divisor gives it its zero.
        return np.asarray((self._tables**2 / np.maximum(self._units, 1)[:, :, None]).sum(axis=1))

    @cached_property
    def pairs(self) -> Floats:
        return pair_differences(self._tables.astype(np.float64))


class ResampledSums:
    """Sums of tables whose units were drawn with replacement from one table.

    Most sums are linear in how often a unit was drawn, so they are products of two matrices.
    table : shape (units, groups); times : how often each unit was drawn, shape (draws, units)
    """

    def __init__(self, table: Floats, times: Floats) -> None:
        self._table, self._times = table, times
        self._units = table.sum(axis=1)
        self.groups = times @ table
        self.persons = self.groups.sum(axis=1)

    @cached_property
    def information(self) -> Floats:
        return np.asarray(self._times @ (_xlogx(self._table).sum(axis=1) - _xlogx(self._units)))

    @cached_property
    def squares(self) -> Floats:
        return np.asarray(self._times @ (self._table**2 / np.maximum(self._units, 1)[:, None]))

    @cached_property
    def deviation(self) -> Floats:
        """Linear in the times, but for units whose share lies among the shares of the drawn wholes."""
        share = self.groups / np.maximum(self.persons, 1)[:, None]
        unit = self._units[:, None]
        inside = self._table / np.maximum(unit, 1)
        sign = np.where(inside > share.max(axis=0), 1.0, 0.0) - np.where(inside < share.min(axis=0), 1.0, 0.0)
        found = self._times @ (sign * self._table) - share * (self._times @ (sign * unit))
        for group in range(self._table.shape[1]):
            between = np.flatnonzero((sign[:, group] == 0) & (self._units > 0))
            apart = np.abs(self._table[between, group] - share[:, [group]] * self._units[between])
            found[:, group] += np.einsum("du,du->d", self._times[:, between], apart)
        return np.asarray(found)

    @cached_property
    def pairs(self) -> Floats:
        found = np.empty_like(self.groups)
        inside = self._table / np.maximum(self._units, 1)[:, None]
        for group in range(self._table.shape[1]):
            order = np.argsort(inside[:, group])
            times = self._times[:, order]
            n, t = times * self._table[order, group], times * self._units[order]
            ahead = n * (np.cumsum(t, axis=1) - t) - t * (np.cumsum(n, axis=1) - n)
            found[:, group] = 2.0 * ahead.sum(axis=1)
        return found


def _ratio(above: Floats, below: Floats) -> Floats:
    # A draw may leave a group without members; then the index has no value in that draw.
    return np.asarray(np.divide(above, below, out=np.full_like(above, np.nan), where=below > 0))


def _mixture(sums: Sums) -> Floats:
    """T I = sum_g N_g (T - N_g) / T."""
    rest = sums.persons[:, None] - sums.groups
    return np.asarray((sums.groups * rest).sum(axis=1) / sums.persons)


def _mutual_information(sums: Sums) -> Floats:
    margin = _xlogx(sums.persons) - _xlogx(sums.groups).sum(axis=1)
    return np.asarray(np.maximum(0.0, (sums.information + margin) / sums.persons))


def _theil_h(sums: Sums) -> Floats:
    whole = np.where(
        (sums.groups > 0).sum(axis=1) > 1,
        np.log(sums.persons) - _xlogx(sums.groups).sum(axis=1) / sums.persons,
        0.0,
    )
    return _ratio(_mutual_information(sums), np.asarray(whole))


def _multigroup_dissimilarity(sums: Sums) -> Floats:
    return _ratio(sums.deviation.sum(axis=1), 2.0 * _mixture(sums))


def _relative_diversity(sums: Sums) -> Floats:
    even = (sums.groups**2).sum(axis=1) / sums.persons
    return _ratio(np.maximum(0.0, sums.squares.sum(axis=1) - even), _mixture(sums))


def _multigroup_gini(sums: Sums) -> Floats:
    return _ratio(sums.pairs.sum(axis=1), 2.0 * sums.persons * _mixture(sums))


def _dissimilarity(sums: Sums) -> Floats:
    whole = sums.persons[:, None]
    return _ratio(sums.deviation * whole, 2.0 * sums.groups * (whole - sums.groups))


def _isolation(sums: Sums) -> Floats:
    return _ratio(sums.squares, sums.groups)


MEASURES: dict[str, Callable[[Sums], Floats]] = {
    "theil_h": _theil_h,
    "mutual_information": _mutual_information,
    "multigroup_dissimilarity": _multigroup_dissimilarity,
    "relative_diversity": _relative_diversity,
    "multigroup_gini": _multigroup_gini,
    "dissimilarity": _dissimilarity,
    "isolation": _isolation,
}
