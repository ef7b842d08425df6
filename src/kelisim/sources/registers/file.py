"""The register's own file: read whole, checked whole, and written with further rows at its end."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from kelisim.core.areas import Area, Areas
from kelisim.core.errors import Fault, Refused
from kelisim.core.groups import Group, Groups
from kelisim.core.languages import Words
from kelisim.core.tables import TableUse
from kelisim.evidence.events.records import FIELDS, Statement, doubts, statements_of
from kelisim.evidence.events.register import Register
from kelisim.evidence.events.tables import EVENT_RECORDS
from kelisim.sources.delimited import Grid, read_delimited
from kelisim.sources.tables import table_from

__all__ = ["HEADER", "Place", "continuation", "read_register", "rows_of"]

HEADER = ("event", "known_on", "record", "source", *FIELDS)


@dataclass(frozen=True, slots=True)
class Place:
    """The areas and groups a register speaks of, where a study declares them."""

    areas: Areas
    groups: Groups


def read_register(data: bytes, file: str, place: Place | None) -> Register:
    """The statements of a register file.

    place : of the study; None takes codes of areas and groups as they stand, without checking them
    Raises: Refused with every fault: a register that is published from must be whole.
    """
    grid = read_delimited(data, file, HEADER)
    columns = {name: name for name in HEADER if name in grid.header}
    use = TableUse(
        table_id="register", kind=EVENT_RECORDS.kind, file=file, title=Words.same(file), source_id="register",
        period_id=None, repeats="prints", columns=columns, constants={},
    )  # fmt: skip
    known = place or Place(_codes(grid, "area"), _groups(grid))
    table, _ = table_from(grid, EVENT_RECORDS, use, known.areas, known.groups)
    statements = statements_of(table)
    faults = [
        Fault(file, said.line, doubt.field, doubt.reason, doubt.way_out)
        for said in statements
        for doubt in doubts(said, known.areas)
    ]
    faults += _out_of_order(statements, file)
    if faults:
        raise Refused(faults)
    return Register.of(statements)


def rows_of(statements: Iterable[Statement], header: Sequence[str] = HEADER) -> str:
    """Statements as rows of the file in the order of its headings, without the header."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    for said in statements:
        own = {
            "event": said.event, "known_on": said.known_on.isoformat(), "record": said.record,
            "source": said.source,
        }  # fmt: skip
        writer.writerow([own.get(name) or _cell(said.values.get(name)) for name in header])
    return text.getvalue()


def continuation(before: bytes, file: str, statements: Sequence[Statement], place: Place) -> str:
    """Rows that continue a register file in its own shape, or begin a new one with its header.

    What would be read back is compared with what was there and what is added: a register is never left in a
    state that cannot be read.
    Raises: Refused where the file has no column for something a row says, or is no comma-separated text.
    """
    if not before.strip():
        return ",".join(HEADER) + "\n" + rows_of(statements)
    header = read_delimited(before, file, HEADER).header
    faults = [
        Fault(file, 1, name, f"there is no such column, and a new row fills it: {said.event}.",
              "add the column to the register, empty in the rows it has.")
        for name, said in {n: s for s in statements for n in s.values if n not in header}.items()
    ]  # fmt: skip
    if faults:
        raise Refused(faults)
    rows = rows_of(statements, header)
    joined = before if before.endswith(b"\n") else before + b"\n"
    try:
        expected = (*read_register(before, file, place).statements, *statements)
        found = read_register(joined + rows.encode(), file, place).statements
        whole = [_told(said) for said in found] == [_told(said) for said in expected]
    except Refused as refused:
        whole, faults = False, list(refused.faults)
    if not whole:
        reason = "rows added to this file could not be read back: it is no comma-separated text in UTF-8."
        raise Refused([Fault(file, None, "", reason, "save it so, and try again."), *faults])
    return rows


def _told(said: Statement) -> tuple[Any, ...]:
    return said.event, said.known_on, said.record, said.source, tuple(sorted(said.values.items()))


def _cell(value: Any) -> str:
    if value is None:
        return ""
    return format(value, ".10g") if isinstance(value, float) else str(value)


def _out_of_order(statements: tuple[Statement, ...], file: str) -> list[Fault]:
    """The clock of an append-only file runs forward; a day before the one above was put in afterwards."""
    faults, latest = [], None
    for said in statements:
        if latest is not None and said.known_on < latest:
            reason = f"it is dated {said.known_on}, and a row above {latest}: the clock runs backwards."
            way_out = "rows are added at the end, with the day on which they are added."
            faults.append(Fault(file, said.line, "known_on", reason, way_out))
        latest = said.known_on if latest is None else max(latest, said.known_on)
    return faults


def _codes(grid: Grid, column: str) -> Areas:
    if column not in grid.header:
        return Areas.of(())
    at = grid.header.index(column)
    codes = dict.fromkeys(row[at].strip() for row in grid.rows if row[at].strip())
    return Areas.of(Area(code, "area", Words.same(code), None) for code in codes)


def _groups(grid: Grid) -> Groups:
    if "parties" not in grid.header:
        return Groups.of(())
    at = grid.header.index("parties")
    codes = dict.fromkeys(part.strip() for row in grid.rows for part in row[at].split(";") if part.strip())
    return Groups.of(Group(code, Words.same(code)) for code in codes)
