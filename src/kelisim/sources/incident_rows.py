"""Rows of a bare register of incidents: the one reader behind watch and forecast.

Columns are named by the caller; nothing else of the file is looked at. Everything wrong with a row is told
with it: a date that is none or can be read in two ways, a report before its incident, a count that is
negative or no whole number, an empty area. What lies in the window of a job is for the job to say.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path

from kelisim.core.errors import Fault, Refused
from kelisim.core.periods import PartialDate
from kelisim.sources.delimited import MOST_FAULTS, Grid, read_delimited
from kelisim.sources.files import read_linked
from kelisim.sources.registers.layouts import Unreadable, read_day

__all__ = ["IncidentRow", "RegisterColumns", "read_rows", "refused_by"]

_COUNT = re.compile(r"\d{1,9}", re.ASCII)
_NEGATIVE = re.compile(r"[-\u2212]\d+", re.ASCII)
_DATE_WAY_OUT = "write YYYY-MM-DD, DD.MM.YYYY or YYYY-MM."

_Tell = Callable[[str, str, str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterColumns:
    """Which columns of the file say what. known, count : None where the register has no such column

    only : column -> values; rows with another value are left out
    """

    area: str
    date: str
    known: str | None = None
    count: str | None = None
    only: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def wanted(self) -> list[str]:
        """All columns that are read."""
        named = [self.area, self.date, self.known, self.count, *self.only]
        return list(dict.fromkeys(name for name in named if name))


@dataclass(frozen=True, slots=True)
class IncidentRow:
    """One row that was chosen. faulty : something was wrong with it, and was told

    when, known : None where there is no such date, or it cannot be read
    """

    line: int
    area: str
    when: PartialDate | None
    known: PartialDate | None
    count: int
    faulty: bool


def read_rows(path: Path, columns: RegisterColumns) -> tuple[tuple[IncidentRow, ...], list[Fault], str]:
    """Chosen rows in their order, what is wrong with them, and the digest of the file.

    Raises: Refused where the file or one of its columns cannot be used at all.
    """
    data, digest = read_linked(path)
    wanted = columns.wanted()
    grid = read_delimited(data, path.name, wanted)
    _check(grid, path.name, wanted, columns)
    faults: list[Fault] = []
    rows = tuple(_row(path.name, columns, line, row, faults) for line, row in _rows(grid, columns))
    return rows, faults, digest


def refused_by(faults: Sequence[Fault], file: str) -> Refused:
    """The refusal of a file with so many faults that some are only counted."""
    shown = list(faults[:MOST_FAULTS])
    if len(faults) > MOST_FAULTS:
        more = f"{len(faults) - MOST_FAULTS} more faults of this kind."
        shown.append(Fault(file, None, "", more, "correct those above first."))
    return Refused(shown)


def _row(
    file: str, columns: RegisterColumns, line: int, row: Mapping[str, str], faults: list[Fault]
) -> IncidentRow:
    before = len(faults)

    def tell(field: str, reason: str, way_out: str) -> None:
        faults.append(Fault(file, line, field, reason, way_out))

    when = _date(columns.date, row[columns.date], tell)
    known = _date(columns.known, row[columns.known], tell) if columns.known else None
    if when and known and columns.known and known.last < when.first:
        reason = f"it was known on {row[columns.known]}, before it happened on {row[columns.date]}."
        tell(columns.known, reason, "correct one of the two dates.")
    count = _count(columns.count, row, tell)
    area = row[columns.area]
    if not area:
        tell(columns.area, "there is no area.", "name the area.")
    return IncidentRow(line, area, when, known, count, len(faults) > before)


def _date(name: str, text: str, tell: _Tell) -> PartialDate | None:
    if not text:
        tell(name, "there is no date.", _DATE_WAY_OUT)
        return None
    try:
        return PartialDate.parse(read_day(text, name))
    except Unreadable as error:
        tell(name, str(error), _DATE_WAY_OUT)
    except ValueError:
        tell(name, f"'{text}' is no date.", _DATE_WAY_OUT)
    return None


def _count(name: str | None, row: Mapping[str, str], tell: _Tell) -> int:
    if name is None:
        return 1
    if _COUNT.fullmatch(row[name]):
        return int(row[name])
    said = "is negative." if _NEGATIVE.fullmatch(row[name]) else "is no whole number of 0 or more."
    tell(name, f"'{row[name]}' {said}", "write how many incidents the row stands for.")
    return 0


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
