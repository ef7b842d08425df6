"""Growth of a population between printed points: a series of points that the study declares.

Points may come from censuses, from current counts and from rounded numbers in a text. Each keeps its print
and its reference date; where a print is rounded or its day is not known, growth carries the range that this
leaves open.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from kelisim.core.estimates import Figure, Grade, grade_from_faults
from kelisim.core.groups import TOTAL, Groups
from kelisim.core.periods import Period, years_between
from kelisim.core.provenance import Cell
from kelisim.core.study import Series, SeriesPoint
from kelisim.core.tables import Table
from kelisim.evidence.demography.figures import figure, group_code, value_or_reason
from kelisim.stats.growth import absolute_change, annual_growth_pct, annual_growth_range_pct

__all__ = ["growth"]


@dataclass(frozen=True, slots=True)
class _Point:
    table: Table
    period: Period
    persons: float
    half: float
    cell: Cell

    @property
    def bounds(self) -> tuple[float, float]:
        return self.persons - self.half, self.persons + self.half


def growth(
    series: Mapping[str, Series], tables: Mapping[str, Table], periods: Mapping[str, Period], groups: Groups,
    named: Mapping[str, bool],
) -> Iterator[Figure]:  # fmt: skip
    """Every point of every series, and the change from each point to the next.

    named : source_id -> whether its author and title are known
    Grade by faults: source not named, day not known.
    """
    for key, one in series.items():
        points = [found for point in one.points if (found := _read(one, point, tables, periods)) is not None]
        points.sort(key=lambda point: point.period.middle)
        group = TOTAL if one.group_id == TOTAL else None

        def code(table: Table, one: Series = one, group: str | None = group) -> str:
            return group or group_code(groups, one.group_id, table)

        for point in points:
            printed = point.table.use.sensitivity == "open"
            yield figure(
                point.table, "population_point", one.area_id, point.persons, "persons",
                klass="published" if printed else "computed",
                method="as_printed" if printed else "protected_count", group=code(point.table),
                cells=(point.cell,), variant=key,
                period=point.period.period_id, grade=_grade(named, point),
            )  # fmt: skip
        for before, after in pairwise(points):
            cells = (before.cell, after.cell)
            variant = f"{key} {before.period.period_id}"
            rate, why = _rate(before, after)
            yield figure(
                after.table, "annual_growth", one.area_id, rate, "percent a year", klass="derived",
                method="annual_growth", group=code(after.table), reasons=why, cells=cells, variant=variant,
                period=after.period.period_id, interval=_range(before, after) if rate is not None else None,
                grade=_grade(named, before, after),
            )  # fmt: skip
            yield figure(
                after.table, "absolute_change", one.area_id, absolute_change(before.persons, after.persons),
                "persons", klass="derived", method="absolute_change", group=code(after.table), cells=cells,
                variant=variant, period=after.period.period_id, grade=_grade(named, before, after),
            )  # fmt: skip


def _read(
    one: Series, point: SeriesPoint, tables: Mapping[str, Table], periods: Mapping[str, Period]
) -> _Point | None:
    table = tables[point.table_id]
    if point.figure is None:
        column, wanted = "count_persons", (table["area"] == one.area_id) & (table["group"] == one.group_id)
    else:
        column, wanted = "value", (table["figure"] == point.figure) & (table["area"] == one.area_id)
        if point.year and table.has("year"):
            wanted = wanted & (table["year"] == point.year)
    rows = np.flatnonzero(wanted & (table.prints == 1))
    # Prints such as "over 3 %" are no plain numbers and were read as missing; they make no point.
    if rows.size == 0 or np.isnan(table[column][rows[0]]):
        return None
    value = float(table[column][rows[0]])
    decimals = len(repr(value).partition(".")[2].rstrip("0"))
    half = 0.0 if point.unit_persons == 1 else 0.5 * point.unit_persons / 10**decimals
    return _Point(
        table, periods[point.period_id], value * point.unit_persons, half, table.cell(int(rows[0]), column)
    )


def _rate(before: _Point, after: _Point) -> tuple[float | None, tuple[str, ...]]:
    years = years_between(before.period.middle, after.period.middle)
    return value_or_reason(lambda: annual_growth_pct(before.persons, after.persons, years))


def _range(before: _Point, after: _Point) -> tuple[float, float, float] | None:
    exact_days = all(point.period.first == point.period.last for point in (before, after))
    if before.half == after.half == 0 and exact_days:
        return None
    nearest = years_between(before.period.last, after.period.first)
    farthest = years_between(before.period.first, after.period.last)
    if nearest <= 0:
        return None
    low, high = annual_growth_range_pct(before.bounds, after.bounds, (nearest, farthest))
    # The range is not a probability: every value outside it contradicts a print.
    return low, high, 1.0


def _grade(named: Mapping[str, bool], *points: _Point) -> Grade:
    unnamed = any(not named.get(point.table.use.source_id, False) for point in points)
    undated = any(not point.period.known for point in points)
    return grade_from_faults(int(unnamed) + int(undated))
