"""A bare register of incidents read into counts by area and month with the month of report, for forecasts.

What is wrong with a row tells `incident_rows`; here an incident before the window, or in an area that was not
announced, is added, so that everything wrong with a file is told at once.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from pathlib import Path
from typing import Literal

from kelisim.core.errors import Fault, Refused
from kelisim.core.periods import PartialDate
from kelisim.forecasting.vintages import Vintages
from kelisim.sources.encodings import decode
from kelisim.sources.files import read_linked
from kelisim.sources.incident_rows import IncidentRow, RegisterColumns, read_rows, refused_by

__all__ = ["MOST_AREAS", "Incidents", "Month", "RegisterColumns", "read_areas", "read_incidents"]

MOST_AREAS = 400
"""Areas that one register may have: more are so empty that they have to be joined first."""

_LONGEST_MONTHS = 1200


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
    rows, faults, digest = read_rows(path, columns)
    known_areas = tuple(areas) if areas is not None else tuple(sorted({row.area for row in rows} - {""}))
    if not known_areas:
        reason, way_out = "it has no rows and no areas were announced.", "announce the areas, or give rows."
        raise Refused([Fault(path.name, None, columns.area, reason, way_out)])
    if len(known_areas) > MOST_AREAS:
        reason = f"it has {len(known_areas)} areas; up to {MOST_AREAS} are forecast."
        raise Refused(
            [Fault(path.name, None, columns.area, reason, "join small areas to larger ones first.")]
        )
    place = {name: k for k, name in enumerate(known_areas)}
    records = []
    for row in rows:
        own = list(_against(path.name, columns, row, place, first, last, outside))
        faults += own
        if not own and not row.faulty and row.when is not None and _between(row.when, first, last):
            month = Month.of(row.when.first)
            known = month if row.known is None else max(Month.of(row.known.last), month)
            records.append((place[row.area], first.until(month), first.until(known), row.count))
    if faults:
        raise refused_by(sorted(faults, key=lambda fault: fault.row or 0), path.name)
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


def _against(
    file: str, columns: RegisterColumns, row: IncidentRow, place: Mapping[str, int], first: Month,
    last: Month, outside: Literal["refuse", "leave-out"],
) -> Iterator[Fault]:  # fmt: skip
    """What is wrong with a row in this window and among these areas."""
    if row.area and row.area not in place:
        near = get_close_matches(row.area, list(place), n=3)
        hint = "correct it, or add it to the areas."
        if near:
            hint = f"nearest announced area: {', '.join(near)}."
        yield Fault(file, row.line, columns.area, f"the area '{row.area}' was not announced.", hint)
    for name, day in ((columns.date, row.when), (columns.known, row.known)):
        if name is not None and day is not None and day.precision == "year":
            yield Fault(file, row.line, name, f"'{day}' names no month.", "write YYYY-MM-DD or YYYY-MM.")
    when = row.when
    if when is None or when.precision == "year" or _between(when, first, last) or outside != "refuse":
        return
    side = "before" if when.first < date(first.year, first.month, 1) else "after"
    reason = f"the incident of {when} lies {side} the window {first} to {last}."
    yield Fault(file, row.line, columns.date, reason, "widen the window, or give --outside leave-out.")


def _between(when: PartialDate, first: Month, last: Month) -> bool:
    return first <= Month.of(when.first) <= last
