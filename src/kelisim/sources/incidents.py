"""A bare register of incidents, one row each, read into counts by area and month with the day of report.

Columns are named by the caller; nothing else of the file is looked at. Everything wrong is told at once, by
row: a date that is none, an incident before the window or after its report, a count that is negative or no
whole number, an area that was not announced.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from pathlib import Path
from typing import Literal

from kelisim.core.errors import Fault, Refused
from kelisim.core.periods import PartialDate
from kelisim.forecasting.vintages import Vintages
from kelisim.sources.delimited import MOST_FAULTS, Grid, read_delimited
from kelisim.sources.encodings import decode
from kelisim.sources.files import read_linked

__all__ = ["MOST_AREAS", "Incidents", "Month", "RegisterColumns", "read_areas", "read_incidents"]

MOST_AREAS = 400
"""Areas that one register may have: more are so empty that they have to be joined first."""

_DOTTED = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})", re.ASCII)
_COUNT = re.compile(r"\d{1,9}", re.ASCII)
_NEGATIVE = re.compile(r"[-\u2212]\d+", re.ASCII)
_DATE_WAY_OUT = "write YYYY-MM-DD, DD.MM.YYYY or YYYY-MM."
_LONGEST_MONTHS = 1200

_Tell = Callable[[str, str, str], None]


@dataclass(frozen=True, slots=True, order=True)
class Month:
    """A month of a year.

    >>> Month.parse("2016-02").plus(11), Month(2016, 2).until(Month(2017, 1))
    (Month(year=2017, month=1), 11)
    """

    year: int
    month: int

    @classmethod
    def parse(cls, text: str) -> Month:
        """Read YYYY-MM. Raises: ValueError."""
        found = PartialDate.parse(text)
        if found.precision != "month":
            raise ValueError(f"'{text}' is not a month of the form YYYY-MM")
        return cls(found.first.year, found.first.month)

    @classmethod
    def of(cls, day: date) -> Month:
        """The month of a day."""
        return cls(day.year, day.month)

    def plus(self, months: int) -> Month:
        """So many months later."""
        year, month = divmod(self.year * 12 + self.month - 1 + months, 12)
        return Month(year, month + 1)

    def until(self, later: Month) -> int:
        """Months from this one to a later one."""
        return (later.year - self.year) * 12 + later.month - self.month

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.month:02d}"


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterColumns:
    """Which columns of the file say what. known, count : None where the register has no such column

    only : column -> values; rows with another value are left out
    """

    area: str
    date: str
    known: str | None = None
    count: str | None = None
    only: Mapping[str, tuple[str, ...]]

    def wanted(self) -> list[str]:
        """All columns that are read."""
        named = [self.area, self.date, self.known, self.count, *self.only]
        return list(dict.fromkeys(name for name in named if name))


@dataclass(frozen=True, eq=False)
class Incidents:
    """A register that was read.

    vintages : counts as they became known; first, last : months of the window
    rows : rows of the file that were chosen; outside : chosen rows left out because they lie outside the
    window; digest : SHA-256 of the file
    """

    file: str
    digest: str
    vintages: Vintages
    first: Month
    last: Month
    rows: int
    outside: int


def read_incidents(
    path: Path,
    columns: RegisterColumns,
    first: Month,
    last: Month,
    *,
    areas: Sequence[str] | None,
    outside: Literal["refuse", "leave-out"],
) -> Incidents:
    """Read a register whose incidents fall between two months, both included.

    areas : all areas that were observed, also those without an incident; None takes those that occur, which
    loses the quiet ones
    outside : what to do with an incident outside the window
    Raises: Refused with every fault.
    """
    months = first.until(last) + 1
    if not 1 <= months <= _LONGEST_MONTHS:
        way_out = f"give a window of 1 to {_LONGEST_MONTHS} months."
        raise Refused(
            [Fault(path.name, None, "", f"the window {first} to {last} has {months} months.", way_out)]
        )
    data, digest = read_linked(path)
    wanted = columns.wanted()
    grid = read_delimited(data, path.name, wanted)
    _check(grid, path.name, wanted, columns)
    rows = list(_rows(grid, columns))
    known_areas = (
        tuple(areas) if areas is not None else tuple(sorted({row[columns.area] for _, row in rows} - {""}))
    )
    if not known_areas:
        reason, way_out = "it has no rows and no areas were announced.", "announce the areas, or give rows."
        raise Refused([Fault(path.name, None, columns.area, reason, way_out)])
    if len(known_areas) > MOST_AREAS:
        reason = f"it has {len(known_areas)} areas; up to {MOST_AREAS} are forecast."
        raise Refused(
            [Fault(path.name, None, columns.area, reason, "join small areas to larger ones first.")]
        )
    place = {name: k for k, name in enumerate(known_areas)}
    reader = _Reader(path.name, columns, place, first, last, outside)
    faults: list[Fault] = []
    records = []
    for line, row in rows:
        own, record = reader.read(line, row)
        faults += own
        if record is not None:
            records.append(record)
    if faults:
        shown = faults[:MOST_FAULTS]
        if len(faults) > MOST_FAULTS:
            shown.append(Fault(path.name, None, "", f"{len(faults) - MOST_FAULTS} more faults of this kind.",
                               "correct those above first."))  # fmt: skip
        raise Refused(shown)
    vintages = Vintages.of(
        known_areas,
        first.month,
        months,
        area=[r[0] for r in records],
        month=[r[1] for r in records],
        known=[r[2] for r in records] if columns.known else None,
        count=[r[3] for r in records],
    )
    return Incidents(path.name, digest, vintages, first, last, len(rows), len(rows) - len(records))


def read_areas(path: Path) -> tuple[str, ...]:
    """Names of areas, one a line, in their order. Raises: Refused for none or for one named twice."""
    data, _ = read_linked(path)
    lines = [(k, line.strip()) for k, line in enumerate(decode(data, path.name).splitlines(), start=1)]
    names = [(k, name) for k, name in lines if name]
    seen: set[str] = set()
    faults = []
    for k, name in names:
        if name in seen:
            faults.append(
                Fault(path.name, k, "", f"the area '{name}' is named twice.", "name each area once.")
            )
        seen.add(name)
    if not names:
        faults.append(Fault(path.name, None, "", "it names no area.", "write one area a line."))
    if faults:
        raise Refused(faults)
    return tuple(name for _, name in names)


def _check(grid: Grid, file: str, wanted: Sequence[str], columns: RegisterColumns) -> None:
    missing = [name for name in wanted if name not in grid.header]
    if missing:
        known = ", ".join(grid.header)
        raise Refused(
            Fault(file, 1, name, "there is no such column.", f"take one of: {known}.") for name in missing
        )
    faults = []
    for name, values in columns.only.items():
        found = {row[grid.header.index(name)].strip() for row in grid.rows}
        for value in values:
            if value not in found:
                near = get_close_matches(value, sorted(found), n=3)
                hint = f"nearest: {', '.join(near)}." if near else f"the column '{name}' has other values."
                faults.append(Fault(file, None, name, f"no row has the value '{value}'.", hint))
    if faults:
        raise Refused(faults)


def _rows(grid: Grid, columns: RegisterColumns) -> Iterator[tuple[int, dict[str, str]]]:
    places = {name: grid.header.index(name) for name in columns.wanted()}
    for line, cells in zip(grid.lines, grid.rows, strict=True):
        row = {name: cells[k].strip() for name, k in places.items()}
        if all(row[name] in values for name, values in columns.only.items()):
            yield line, row


@dataclass(frozen=True)
class _Reader:
    file: str
    columns: RegisterColumns
    place: Mapping[str, int]
    first: Month
    last: Month
    outside: Literal["refuse", "leave-out"]

    def read(self, line: int, row: Mapping[str, str]) -> tuple[list[Fault], tuple[int, int, int, int] | None]:
        """Faults of a row, and area, month, month of report and count where it lies in the window."""
        faults: list[Fault] = []

        def fault(field: str, reason: str, way_out: str) -> None:
            faults.append(Fault(self.file, line, field, reason, way_out))

        columns = self.columns
        when = self._date(columns.date, row[columns.date], fault)
        known = self._date(columns.known, row[columns.known], fault) if columns.known else when
        if when and known and columns.known and known.last < when.first:
            reason = f"it was known on {row[columns.known]}, before it happened on {row[columns.date]}."
            fault(columns.known, reason, "correct one of the two dates.")
        count = self._count(row, fault)
        area = row[columns.area]
        if area not in self.place:
            near = get_close_matches(area, list(self.place), n=3)
            hint = (
                f"nearest announced area: {', '.join(near)}."
                if near
                else "correct it, or add it to the areas."
            )
            fault(
                columns.area, f"the area '{area}' was not announced." if area else "there is no area.", hint
            )
        if when is None or known is None:
            return faults, None
        if self._between(when) and not faults:
            month = Month.of(when.first)
            known_month = max(Month.of(known.last), month)
            return faults, (self.place[area], self.first.until(month), self.first.until(known_month), count)
        if not self._between(when) and self.outside == "refuse":
            side = "before" if when.first < date(self.first.year, self.first.month, 1) else "after"
            window = f"{self.first} to {self.last}"
            reason = f"the incident of {row[columns.date]} lies {side} the window {window}."
            fault(columns.date, reason, "widen the window, or give --outside leave-out.")
        return faults, None

    def _between(self, when: PartialDate) -> bool:
        return self.first <= Month.of(when.first) <= self.last

    def _date(self, name: str, text: str, fault: _Tell) -> PartialDate | None:
        dotted = _DOTTED.fullmatch(text)
        # A time of day after the date says nothing about the month.
        plain = "-".join(dotted.group(3, 2, 1)) if dotted else re.split(r"[T ]", text, maxsplit=1)[0]
        if dotted:
            year, month, day = plain.split("-")
            plain = f"{year}-{int(month):02d}-{int(day):02d}"
        try:
            found = PartialDate.parse(plain)
        except ValueError:
            fault(name, f"'{text}' is no date." if text else "there is no date.", _DATE_WAY_OUT)
            return None
        if found.precision == "year":
            fault(name, f"'{text}' names no month.", _DATE_WAY_OUT)
            return None
        return found

    def _count(self, row: Mapping[str, str], fault: _Tell) -> int:
        name = self.columns.count
        if name is None:
            return 1
        if _COUNT.fullmatch(row[name]):
            return int(row[name])
        said = "is negative." if _NEGATIVE.fullmatch(row[name]) else "is no whole number of 0 or more."
        fault(name, f"'{row[name]}' {said}", "write how many incidents the row stands for.")
        return 0
