"""Segregation on two levels: how much lies between the units of a table and how much inside them.

It is computed only where every unit is divided by tables of the same date with the same groups. Otherwise the
reasons are given, so that the page can say what is missing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from kelisim.core.areas import Areas
from kelisim.core.estimates import Figure
from kelisim.core.provenance import Cell
from kelisim.core.tables import Table
from kelisim.evidence.demography.counts import Counts, counts_of
from kelisim.evidence.demography.figures import class_of, figure, usable_areas
from kelisim.stats.decomposition import between_and_within

__all__ = ["between_within", "why_not_nested"]


def _below(upper: Table, tables: Sequence[Table], areas: Areas) -> list[tuple[Table, str, str]]:
    """Units of other tables that lie inside a unit of the upper one: table, unit, the unit it lies in."""
    units = set(usable_areas(counts_of(upper))) - {upper.use.whole}
    return [
        (table, area, parent)
        for table in tables
        if table is not upper
        for area in usable_areas(counts_of(table))
        if area in areas and (parent := areas[area].parent) in units and parent is not None
    ]


def _obstacles(upper: Table, below: list[tuple[Table, str, str]]) -> tuple[str, ...]:
    counts = counts_of(upper)
    units = set(usable_areas(counts)) - {upper.use.whole}
    found = []
    if any(counts_of(t).withheld for t in (upper, *(table for table, _, _ in below))):
        found.append("counts_withheld")
    lower = {table.use.table_id: table for table, _, _ in below}.values()
    if units - {parent for _, _, parent in below}:
        found.append("units_not_divided")
    if any(set(counts_of(table).groups) != set(counts.groups) for table in lower):
        found.append("different_groups")
    if any(table.use.period_id != upper.use.period_id for table in lower):
        found.append("different_dates")
    if len({area for _, area, _ in below}) < len(below):
        found.append("unit_in_two_tables")
    if not found and _sums_differ(counts, below):
        found.append("sums_differ")
    return tuple(found)


def _sums_differ(upper: Counts, below: list[tuple[Table, str, str]]) -> bool:
    """Whether the smaller units do not add up to the unit they lie in: one is missing, or a count is."""
    sums = {unit: np.zeros(len(upper.groups)) for unit in {parent for _, _, parent in below}}
    for table, area, parent in below:
        counts = counts_of(table)
        sums[parent] += [counts.row(area)[counts.groups.index(group)] for group in upper.groups]
    return any((total != upper.row(unit)).any() for unit, total in sums.items())


def why_not_nested(tables: Sequence[Table], areas: Areas) -> tuple[str, ...]:
    """Why no two levels of the tables can be decomposed; empty where some can or there is one level."""
    reasons: dict[str, None] = {}
    for upper in tables:
        below = _below(upper, tables, areas)
        if not below:
            continue
        obstacles = _obstacles(upper, below)
        if not obstacles:
            return ()
        reasons |= dict.fromkeys(obstacles)
    return tuple(reasons)


def between_within(tables: Sequence[Table], areas: Areas) -> Iterator[Figure]:
    """M between the units of a table, M within them, and what each unit adds to the part within."""
    for upper in tables:
        below = _below(upper, tables, areas)
        if not below or _obstacles(upper, below) or upper.use.whole is None:
            continue
        groups = counts_of(upper).groups
        rows: list[list[float]] = []
        cells: list[Cell] = []
        for table, area, _ in below:
            counts = counts_of(table)
            rows.append([counts.row(area)[counts.groups.index(group)] for group in groups])
            cells.extend(counts.cells_of(area))
        persons = np.array(rows)
        if persons.sum() == 0:
            continue
        split = between_and_within(persons, [parent for _, _, parent in below])
        klass = class_of(below[0][0])
        for name, value in (("between", split.between), ("within", split.within)):
            yield figure(
                upper, f"mutual_information.{name}", upper.use.whole, value, "nats", klass=klass,
                method="between_within", n=int(persons.sum()), cells=tuple(cells),
            )  # fmt: skip
        for part in split.parts:
            yield figure(
                upper, "mutual_information.inside", str(part.cluster), part.contribution, "nats", klass=klass,
                method="between_within", n=round(part.weight * persons.sum()),
                cells=tuple(c for t, a, p in below if p == part.cluster for c in counts_of(t).cells_of(a)),
            )  # fmt: skip
