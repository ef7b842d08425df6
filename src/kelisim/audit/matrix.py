"""A table of areas and groups as a matrix, so that large tables are searched at once and cells looked up after.

Counts are whole numbers below 2^53, so sums and comparisons of the matrix are exact.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kelisim.core.tables import Table

__all__ = ["Matrix"]


@dataclass(frozen=True, eq=False)
class Matrix:
    """One print of a table, areas by groups, both in order of first appearance.

    values : nan where nothing is printed or no row exists
    rows : row of the table behind every cell, -1 where none exists
    """

    table: Table
    column: str
    areas: tuple[str, ...]
    groups: tuple[str, ...]
    values: NDArray[np.float64]
    rows: NDArray[np.int64]

    @classmethod
    def of(cls, table: Table, column: str, number: int = 1) -> Matrix:
        """The matrix of one column of a table."""
        chosen = np.flatnonzero(table.prints == number)
        areas: dict[str, int] = {}
        groups: dict[str, int] = {}
        at_area = [areas.setdefault(a, len(areas)) for a in table["area"][chosen]]
        at_group = [groups.setdefault(g, len(groups)) for g in table["group"][chosen]]
        values = np.full((len(areas), len(groups)), np.nan)
        rows = np.full(values.shape, -1, dtype=np.int64)
        values[at_area, at_group] = table[column][chosen]
        rows[at_area, at_group] = chosen
        return cls(table, column, tuple(map(str, areas)), tuple(map(str, groups)), values, rows)

    def index_of_group(self, group: str) -> int | None:
        """Column of a group, None where the table has no such group."""
        return self.groups.index(group) if group in self.groups else None

    def index_of_area(self, area: str) -> int | None:
        """Row of an area, None where the table has no such area."""
        return self.areas.index(area) if area in self.areas else None
