"""The square table of counts behind every measure: units in rows, groups in columns, cells kept beside."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kelisim.core.groups import TOTAL
from kelisim.core.provenance import Cell
from kelisim.core.tables import Table

__all__ = ["Counts", "counts_of"]


@dataclass(frozen=True, eq=False)
class Counts:
    """Persons by area and group, first prints, with the cell of each number.

    persons : array, shape (areas, groups); totals : printed total of each area, nan where none is printed
    withheld : (area, group) of a protected table that do not leave; nan in `persons` and `totals`
    """

    areas: tuple[str, ...]
    groups: tuple[str, ...]
    persons: NDArray[np.float64]
    totals: NDArray[np.float64]
    cells: dict[tuple[str, str], Cell]
    withheld: frozenset[tuple[str, str]] = frozenset()

    def row(self, area_id: str) -> NDArray[np.float64]:
        """Counts of all groups in one area."""
        return np.asarray(self.persons[self.areas.index(area_id)])

    def withholds_part_of(self, whole: str | None) -> bool:
        """Whether a count of a unit below the whole does not leave.

        A measure of the spread between units, taken over those that leave whole, would be another measure.
        """
        return any(area != whole for area, _ in self.withheld)

    def cells_of(self, area_id: str) -> tuple[Cell, ...]:
        """The cells of one area, in the order of groups."""
        return tuple(self.cells[area_id, g] for g in self.groups if (area_id, g) in self.cells)


def counts_of(table: Table) -> Counts:
    """Arrange a table of kind `population_count`; further prints of a cell are left to the auditor.

    Cells that the table does not give are nan.
    """
    first = table.prints == 1
    areas = tuple(dict.fromkeys(str(a) for a in table["area"][first]))
    groups = tuple(dict.fromkeys(str(g) for g in table["group"][first] if g != TOTAL))
    persons = np.full((len(areas), len(groups)), np.nan)
    totals = np.full(len(areas), np.nan)
    cells: dict[tuple[str, str], Cell] = {}
    withheld = set()
    for row in np.flatnonzero(first):
        area, group = str(table["area"][row]), str(table["group"][row])
        cells[area, group] = table.cell(int(row), "count_persons")
        if table.withheld is not None and table.withheld[row]:
            withheld.add((area, group))
        value = float(table["count_persons"][row])
        if group == TOTAL:
            totals[areas.index(area)] = value
        else:
            persons[areas.index(area), groups.index(group)] = value
    return Counts(areas, groups, persons, totals, cells, frozenset(withheld))
