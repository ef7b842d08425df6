"""A bare register of events as monthly histories: what was looked at, how much, and what is still to come.

Nothing is stored. Rows that cannot be placed in a month are counted, rows that cannot be read refuse the
file: a watch that silently lost rows would call the rest calm.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from kelisim.core.errors import Fault, NotDefined, Refused
from kelisim.core.periods import PartialDate
from kelisim.sources.delimited import Grid, read_delimited
from kelisim.sources.incident_rows import RegisterColumns, read_rows, refused_by
from kelisim.sources.numbers import parse_number
from kelisim.stats.detection.history import History
from kelisim.stats.nowcast import Nowcast, delay_triangle, nowcast

__all__ = ["Histories", "month_name", "read_histories"]

_LONGEST_DELAY = 6
_MOST_MONTHS = 1200


@dataclass(frozen=True)
class Histories:
    """Monthly histories of all areas over the same months.

    first : month number (year x 12 + month - 1) of the first; by_area : area -> history, in order of name
    days : array, events of all areas by day from the first day of the first month
    unplaced : rows without a month; later : rows after the last month or not known by then
    delay : what is known of reporting delay; None without report days; its reason where it cannot be
        estimated
    with_effort : whether an effort was given
    """

    first: int
    months: int
    by_area: Mapping[str, History]
    days: NDArray[np.int64]
    unplaced: int
    later: int
    delay: Nowcast | str | None
    with_effort: bool


@dataclass(frozen=True, slots=True)
class _Event:
    area: str
    first: date
    known: date | None


def read_histories(
    register: Path,
    columns: RegisterColumns,
    effort: Path | None,
    as_of: date | None,
    rng: np.random.Generator,
) -> Histories:
    """Counts by area and month up to the last whole month before `as_of`, or to the last month with an event.

    effort : CSV with the columns month (YYYY-MM), effort and, where it differs between areas, area; a month
        that does not stand in it was not looked at. None: every month is taken as looked at equally
    Raises: Refused with every fault of the files.
    """
    events, unplaced = _events(register, columns)
    if not events:
        reason = "no row has an area and a month."
        raise Refused([Fault(register.name, None, "", reason, "give rows with YYYY-MM-DD or YYYY-MM.")])
    looked = None if effort is None else _effort(effort)
    last = max(_month(e.first) for e in events) if as_of is None else _month(as_of) - (not _month_ends(as_of))
    known = [
        e for e in events if as_of is None or (e.first <= as_of and (e.known is None or e.known <= as_of))
    ]
    inside = [e for e in known if _month(e.first) <= last]
    first = min((_month(e.first) for e in inside), default=last)
    if looked:
        first = min(first, min(month for _, month in looked))
    months = max(last - first + 1, 1)
    if months > _MOST_MONTHS:
        reason = f"it spans {months:,} months, from {month_name(first)} to {month_name(last)}."
        way_out = f"correct the first or the last date; up to {_MOST_MONTHS:,} months are watched."
        raise Refused([Fault(register.name, None, columns.date, reason, way_out)])
    areas = sorted({e.area for e in events} | {area for area, _ in looked or {} if area})
    delay = _delay(inside, first, months, rng) if columns.known else None
    share = delay.known_share if isinstance(delay, Nowcast) else np.ones(months)
    by_area = {
        area: _history([e for e in inside if e.area == area], area, first, months, looked, share, effort)
        for area in areas
    }
    start = date(first // 12, first % 12 + 1, 1).toordinal()
    placed = np.array([e.first.toordinal() - start for e in inside], dtype=np.int64)
    end = date(last // 12, last % 12 + 1, monthrange(last // 12, last % 12 + 1)[1]).toordinal()
    days = np.bincount(placed, minlength=end - start + 1)
    return Histories(
        first, months, by_area, days, unplaced, len(events) - len(inside), delay, looked is not None
    )


def month_name(month: int) -> str:
    """A month number as YYYY-MM."""
    return f"{month // 12:04d}-{month % 12 + 1:02d}"


def _month(day: date) -> int:
    return day.year * 12 + day.month - 1


def _month_ends(day: date) -> bool:
    return day.day == monthrange(day.year, day.month)[1]


def _grid(path: Path, wanted: tuple[str, ...]) -> Grid:
    try:
        data = path.read_bytes()
    except OSError as error:
        reason = f"it cannot be read: {error.strerror or error}."
        raise Refused([Fault(path.name, None, "", reason, "give the path of a CSV file.")]) from error
    grid = read_delimited(data, path.name, wanted)
    missing = [name for name in wanted if name not in grid.header]
    if missing:
        known = ", ".join(grid.header)
        raise Refused(
            Fault(path.name, 1, name, "there is no such column.", f"take one of: {known}.")
            for name in missing
        )
    return grid


def _events(register: Path, columns: RegisterColumns) -> tuple[list[_Event], int]:
    """Incidents placed in a month, one entry for each, and how many rows name no month."""
    rows, faults, _ = read_rows(register, columns)
    if faults:
        raise refused_by(faults, register.name)
    events: list[_Event] = []
    unplaced = 0
    for row in rows:
        if row.when is None or row.when.precision == "year":
            unplaced += 1
            continue
        known = None if row.known is None else row.known.last
        events += [_Event(row.area, row.when.first, known)] * row.count
    return events, unplaced


def _effort(path: Path) -> dict[tuple[str, int], float]:
    grid = _grid(path, ("month", "effort"))
    found: dict[tuple[str, int], float] = {}
    faults = []
    for line, row in zip(grid.lines, grid.rows, strict=True):
        cells = dict(zip(grid.header, row, strict=True))
        try:
            month = PartialDate.parse(cells["month"])
            if month.precision != "month":
                raise ValueError(f"'{cells['month']}' is no month")
        except ValueError as error:
            faults.append(Fault(path.name, line, "month", f"{error}.", "write YYYY-MM."))
            continue
        try:
            number = parse_number(cells["effort"])
            if number is not None and number < 0:
                raise ValueError(f"{number} is negative")
        except ValueError as error:
            way_out = "write a number of 0 or more; 0 or nothing says that nobody looked."
            faults.append(Fault(path.name, line, "effort", f"{error}.", way_out))
            continue
        key = (cells.get("area", "").strip(), _month(month.first))
        if key in found:
            reason = "this month stands twice."
            faults.append(Fault(path.name, line, "month", reason, "keep one row per month and area."))
        found[key] = float(number or 0)
    if faults:
        raise Refused(faults)
    if not found:
        reason = "it has a header and no rows."
        raise Refused([Fault(path.name, None, "", reason, "give one row per month, or leave --effort out.")])
    return found


def _history(
    events: list[_Event], area: str, first: int, months: int, looked: dict[tuple[str, int], float] | None,
    share: NDArray[np.float64], effort: Path | None,
) -> History:  # fmt: skip
    counts = np.bincount(
        np.array([_month(e.first) - first for e in events], dtype=np.int64), minlength=months
    )
    exposure = np.ones(months)
    if looked is not None:
        exposure = np.array(
            [looked.get((area, first + k), looked.get(("", first + k), 0.0)) for k in range(months)]
        )
        blind = np.flatnonzero((exposure == 0) & (counts > 0))
        if blind.size and effort is not None:
            reason = f"{area} has events in {month_name(first + int(blind[0]))}, where no effort is given."
            raise Refused([Fault(effort.name, None, "effort", reason, "give the effort of that month.")])
    observed = np.where(exposure > 0, counts.astype(np.float64), np.nan)
    # What is known so far of a month is held against the share of it that is usually known by then.
    return History.of(observed, exposure * share, first % 12 + 1)


def _delay(events: list[_Event], first: int, months: int, rng: np.random.Generator) -> Nowcast | str:
    happened = [_month(e.first) - first for e in events if e.known is not None]
    known = [_month(e.known) - first for e in events if e.known is not None]
    try:
        return nowcast(delay_triangle(happened, known, months, _LONGEST_DELAY), rng, level=0.9)
    except NotDefined as reason:
        return str(reason)
