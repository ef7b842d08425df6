"""Events by area and month, with what was looked at: what charts and forecasts are made of."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from kelisim.core.areas import Areas
from kelisim.core.periods import PartialDate
from kelisim.core.tables import Table
from kelisim.evidence.events.register import Event

__all__ = ["Monthly", "last_whole_month", "month_number", "monthly"]


@dataclass(frozen=True, eq=False)
class Monthly:
    """Events of the parts of an area over the same months.

    first : number of the first month (year x 12 + month - 1); events : those counted, in order of report
    area, month, known : arrays, one place per event: row of the area, month and month of report, from 0
    effort : array, shape (areas, months); 1 throughout where none is told
    unplaced : events without a month, or in no part of the area
    """

    areas: tuple[str, ...]
    first: int
    months: int
    events: tuple[Event, ...]
    area: NDArray[np.int64]
    month: NDArray[np.int64]
    known: NDArray[np.int64]
    effort: NDArray[np.float64]
    unplaced: int

    def counts(self) -> NDArray[np.int64]:
        """Events by area and month."""
        table = np.zeros((len(self.areas), self.months), dtype=np.int64)
        np.add.at(table, (self.area, self.month), 1)
        return table

    def named(self, month: int) -> PartialDate:
        """A month counted from 0 as a date known to the month."""
        year, rest = divmod(self.first + month, 12)
        return PartialDate.parse(f"{year:04d}-{rest + 1:02d}")


def month_number(day: date) -> int:
    """Months since the year 0. >>> month_number(date(2020, 2, 5))
    24241
    """
    return day.year * 12 + day.month - 1


def last_whole_month(day: date) -> int:
    """Number of the last month that has ended by the end of a day.

    >>> last_whole_month(date(2024, 1, 31)) - last_whole_month(date(2024, 1, 30))
    1
    """
    return month_number(day + timedelta(days=1)) - 1


def monthly(
    events: Iterable[Event], areas: Areas, whole: str, counted: Iterable[str], first: date, day: date,
    effort: Table | None,
) -> Monthly:  # fmt: skip
    """Place events of the counted types in the parts of `whole` that exist on a day.

    first : a day of the first month. Events before it, or after the last month that ended by the day, are
    outside the window and not told of.
    """
    parts = tuple(area.area_id for area in areas.children(whole, day))
    row = {area_id: k for k, area_id in enumerate(parts)}
    begun = month_number(first)
    months = max(last_whole_month(day) - begun + 1, 0)
    types = set(counted)
    placed: list[tuple[int, int, int, Event]] = []
    unplaced = 0
    for event in events:
        if str(event.values["event_type"]) not in types:
            continue
        line = areas.line(str(event.values["area"]))
        part = next((area.area_id for area in line if area.area_id in row), None)
        if part is None or event.happened.precision == "year":
            unplaced += 1
            continue
        month = month_number(event.happened.first) - begun
        if 0 <= month < months:
            known = max(month, month_number(event.reported_on) - begun)
            placed.append((row[part], month, known, event))
    return Monthly(
        areas=parts,
        first=begun,
        months=months,
        events=tuple(each[3] for each in placed),
        area=np.array([each[0] for each in placed], dtype=np.int64),
        month=np.array([each[1] for each in placed], dtype=np.int64),
        known=np.array([each[2] for each in placed], dtype=np.int64),
        effort=_effort(effort, row, begun, months),
        unplaced=unplaced,
    )


def _effort(table: Table | None, row: dict[str, int], first: int, months: int) -> NDArray[np.float64]:
    if table is None:
        return np.ones((len(row), months))
    found = np.zeros((len(row), months))
    for each in table.rows():
        month = month_number(PartialDate.parse(str(each["month"])).first) - first
        if str(each["area"]) in row and 0 <= month < months:
            found[row[str(each["area"])], month] = float(each["effort"])
    return found
