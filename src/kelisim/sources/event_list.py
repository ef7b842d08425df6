"""A plain list of events for the question what was missed: event_id, date, area_id, kind, severity."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from kelisim.core.areas import Areas
from kelisim.core.errors import Fault, Refused
from kelisim.forecasting.misses import RegisteredEvent
from kelisim.sources.delimited import read_delimited
from kelisim.sources.files import read_file

__all__ = ["read_event_list"]

_COLUMNS = ("event_id", "date", "area_id", "kind")


def read_event_list(path: Path, areas: Areas | None) -> tuple[RegisteredEvent, ...]:
    """Events of a text table; severity may be left out or empty.

    areas : of the study, where there is one: every area must be declared
    Raises: Refused with every fault.
    """
    name = path.name
    grid = read_delimited(read_file(path.parent, name)[0], name, _COLUMNS)
    missing = [column for column in _COLUMNS if column not in grid.header]
    if missing:
        reason = f"the column '{missing[0]}' is missing."
        raise Refused([Fault(name, 1, missing[0], reason, f"give {', '.join(_COLUMNS)} and severity.")])
    found: list[RegisteredEvent] = []
    faults: list[Fault] = []
    seen: set[str] = set()
    for line, cells in zip(grid.lines, grid.rows, strict=True):
        row = dict(zip(grid.header, (cell.strip() for cell in cells), strict=True))
        wrong = list(_faults_of(row, seen, areas))
        faults += [Fault(name, line, field, reason, way_out) for field, reason, way_out in wrong]
        seen.add(row["event_id"])
        if not wrong:
            severity = row.get("severity", "")
            found.append(
                RegisteredEvent(
                    row["event_id"], date.fromisoformat(row["date"]), row["area_id"], row["kind"],
                    int(severity) if severity else None,
                )
            )  # fmt: skip
    if faults:
        raise Refused(faults)
    return tuple(found)


def _faults_of(row: dict[str, str], seen: set[str], areas: Areas | None) -> list[tuple[str, str, str]]:
    found = []
    if not row["event_id"] or row["event_id"] in seen:
        found.append(("event_id", f"'{row['event_id']}' is empty or stands twice.", "give each its own."))
    try:
        date.fromisoformat(row["date"])
    except ValueError:
        found.append(("date", f"'{row['date']}' is no day of the calendar.", "write YYYY-MM-DD."))
    if areas is not None and row["area_id"] not in areas:
        near = ", ".join(areas.nearest(row["area_id"])) or "none"
        found.append(("area_id", f"'{row['area_id']}' is not declared. Nearest: {near}.", "correct it."))
    if row.get("severity", "").strip("0123456789") or len(row.get("severity", "")) > 3:
        found.append(("severity", f"'{row['severity']}' is no whole number.", "write 0, 1, 2 ..."))
    return found
