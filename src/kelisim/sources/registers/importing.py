"""From rows of a foreign register to statements of ours: good rows are taken, the others told why not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from kelisim.core.areas import Areas
from kelisim.core.errors import Fault, Refused, UnknownName
from kelisim.core.groups import Groups
from kelisim.core.languages import Words
from kelisim.core.outlines import Outlines
from kelisim.core.periods import PartialDate
from kelisim.core.tables import TableUse
from kelisim.evidence.events.places import area_at
from kelisim.evidence.events.records import Statement, doubts, statements_of
from kelisim.evidence.events.register import Event, Register
from kelisim.evidence.events.tables import EVENT_RECORDS
from kelisim.sources.delimited import Grid
from kelisim.sources.registers.layouts import Draft, Layout, Unreadable, lowered
from kelisim.sources.registers.rows import Row
from kelisim.sources.tables import table_from

__all__ = ["Imported", "Incoming", "import_rows"]

_AT_ONCE = 200
_COLUMNS = tuple(column.name for column in EVENT_RECORDS.columns)


@dataclass(frozen=True, slots=True)
class Incoming:
    """What an import is told about a file.

    source : word for the list it comes from; known_on : day the rows enter the register, None: as the file
        says
    event_type : type of rows that name none of ours
    """

    file: str
    source: str
    known_on: date | None
    event_type: str | None = None


@dataclass(frozen=True, slots=True)
class Imported:
    """What came of an import.

    statements : to be appended; quarantined : faults of the rows left out, by row
    rows : read; bad_rows : left out; same : rows the register already holds as they are
    corrected : events of which the file now says something else
    dropped : headings that were not carried; unknown_actors : names of actors that are no declared group
    """

    statements: tuple[Statement, ...]
    quarantined: tuple[Fault, ...]
    rows: int
    bad_rows: int
    same: int
    corrected: int
    dropped: tuple[str, ...]
    unknown_actors: int


def import_rows(
    header: tuple[str, ...],
    rows: Iterable[Row],
    layout: Layout,
    incoming: Incoming,
    register: Register,
    areas: Areas,
    groups: Groups,
    outlines: Iterable[Outlines] = (),
) -> Imported:
    """Read every row by itself; a bad one never stops the others.

    An event the register holds from the same source becomes a correction of what differs, or nothing. An id
    that another source has used is quarantined: two events must not flow together because of a number.
    """
    work = _Work(layout, incoming, register, areas, groups, tuple(outlines))
    read = 0
    drafts: list[tuple[int, dict[str, str]]] = []
    for row in rows:
        read += 1
        if (texts := work.texts(row)) is not None:
            drafts.append((row.line, texts))
    for said in work.statements_of(drafts):
        work.take(said)
    carried = {name.lower() for name in layout.carried}
    return Imported(
        statements=tuple(work.statements),
        quarantined=tuple(work.faults),
        rows=read,
        bad_rows=len({fault.row for fault in work.faults}),
        same=work.same,
        corrected=work.corrected,
        dropped=tuple(name for name in header if name.strip().lower() not in carried),
        unknown_actors=work.unknown_actors,
    )


class _Work:
    def __init__(
        self, layout: Layout, incoming: Incoming, register: Register, areas: Areas, groups: Groups,
        outlines: tuple[Outlines, ...],
    ) -> None:  # fmt: skip
        self.layout, self.incoming, self.areas, self.groups = layout, incoming, areas, groups
        self.outlines = outlines
        self.head = register.head
        self.known = {e.event: e for e in register.as_known_on(date.max)}
        self.sources = {s.event: s.source for s in register.statements if s.record == "report"}
        self.lines: dict[tuple[str, ...], int] = {}
        self.names: dict[tuple[str, bool], str] = {}
        self.statements: list[Statement] = []
        self.faults: list[Fault] = []
        self.same = self.corrected = self.unknown_actors = 0

    def fault(self, line: int, field: str, reason: str, way_out: str) -> None:
        self.faults.append(Fault(self.incoming.file, line, field, reason, way_out))

    def texts(self, row: Row) -> dict[str, str] | None:
        """A row in our columns; None where it cannot be read, with the fault told."""
        before = len(self.faults)
        try:
            draft = self.layout.read(lowered(row) if self.layout.name != "mapped" else row.cells)
        except Unreadable as error:
            self.fault(row.line, error.column, error.reason, error.way_out)
            return None
        except KeyError as error:
            self.fault(row.line, str(error.args[0]), "the row has no such cell.", "complete the row.")
            return None
        texts = self._completed(draft, row)
        return texts if len(self.faults) == before else None

    def statements_of(self, drafts: Sequence[tuple[int, dict[str, str]]]) -> Iterator[Statement]:
        """Statements of all rows that fit the declared table; read many at once where all are good."""
        for begin in range(0, len(drafts), _AT_ONCE):
            chunk = drafts[begin : begin + _AT_ONCE]
            try:
                yield from self._read(chunk)
            except Refused:
                for each in chunk:
                    try:
                        yield from self._read([each])
                    except Refused as refused:
                        self.faults += refused.faults

    def take(self, said: Statement) -> None:
        """Check a statement by itself and against those before it, and keep it or tell why not."""
        found = list(doubts(said, self.areas))
        held = self.known.get(said.event)
        if said.record == "correction" and held is not None and not found:
            # What a correction leaves of the event must hold together too.
            whole = replace(said, record="report", values={**_all(held), **said.values})
            found = list(doubts(whole, self.areas))
        for each in found:
            self.fault(said.line, each.field, each.reason, each.way_out)
        if not found:
            self._place(said)

    def _completed(self, draft: Draft, row: Row) -> dict[str, str]:
        texts = dict(draft.texts)
        if not self.layout.own:
            texts["event"] = f"{self.incoming.source}:{texts.get('event') or f'row{row.line}'}"
            texts["record"], texts["source"] = "report", self.incoming.source
            texts["event_type"] = texts.get("event_type") or self.incoming.event_type or ""
            if not texts["event_type"]:
                self.fault(row.line, "event_type", "the row names no type of ours.", "say one with --type.")
            parties = [self._group(name) for name in draft.actors]
            texts["parties"] = ";".join(dict.fromkeys([g for g in parties if g])) or texts.get("parties", "")
        if self.incoming.known_on is not None and not (self.layout.own and texts.get("known_on")):
            texts["known_on"] = self.incoming.known_on.isoformat()
        if not texts.get("known_on"):
            reason = "the file does not say when this was known."
            self.fault(row.line, "known_on", reason, "give the day with --known-on.")
        texts["area"] = self._area(draft, texts, row.line)
        return texts

    def _group(self, name: str) -> str:
        found = self._resolved(name, self.groups)
        self.unknown_actors += not found
        return found

    def _resolved(self, name: str, among: Areas | Groups) -> str:
        """The code of a name, "" where none is declared. Looked up once: names repeat in a register."""
        key = (name, among is self.groups)
        if key not in self.names:
            try:
                self.names[key] = among.resolve(name)
            except UnknownName:
                self.names[key] = ""
        return self.names[key]

    def _area(self, draft: Draft, texts: dict[str, str], line: int) -> str:
        at = self._located(texts)
        if at == "outside":
            self.fault(
                line, "longitude", "the coordinates lie outside all areas of the study.",
                "correct them, or leave the event out: longitude comes first, then latitude.",
            )  # fmt: skip
            return ""
        for name in draft.areas:
            if found := self._resolved(name, self.areas):
                return found
        if at:
            return at
        if texts.get("record") == "report":
            shown = ", ".join(f"'{name}'" for name in draft.areas) or "nothing"
            reason = f"the place is given as {shown}, and no declared area is called so."
            self.fault(
                line, "area", reason, "declare the name in the study, or give coordinates and outlines."
            )
        return ""

    def _located(self, texts: dict[str, str]) -> str:
        """The area whose outline holds the point; "outside" where none does, "" where nobody can tell."""
        try:
            east, north = float(texts.get("longitude") or "x"), float(texts.get("latitude") or "x")
            day = PartialDate.parse(texts.get("first", "")).first
        except ValueError:
            return ""
        if not self.outlines:
            return ""
        return area_at(east, north, self.outlines, self.areas, day) or "outside"

    def _read(self, drafts: Sequence[tuple[int, dict[str, str]]]) -> tuple[Statement, ...]:
        rows = tuple(tuple(texts.get(name, "") for name in _COLUMNS) for _, texts in drafts)
        grid = Grid(_COLUMNS, rows, tuple(line for line, _ in drafts))
        use = TableUse(
            table_id="import", kind=EVENT_RECORDS.kind, file=self.incoming.file, title=Words.same("import"),
            source_id=self.incoming.source, period_id=None, repeats="prints",
            columns={name: name for name in _COLUMNS}, constants={},
        )  # fmt: skip
        table, _ = table_from(grid, EVENT_RECORDS, use, self.areas, self.groups)
        return statements_of(table)

    def _place(self, said: Statement) -> None:
        if self.head is not None and said.known_on < self.head:
            reason = f"it is dated {said.known_on}, before the register's latest statement ({self.head})."
            return self.fault(said.line, "known_on", reason, "date it with the day it enters the register.")
        key = (said.event, said.record, str(said.known_on), said.source, str(said.values.get("voice", "")))
        if said.record in ("report", "label") and key in self.lines:
            reason = f"the id '{said.event}' already stands in row {self.lines[key]}."
            return self.fault(said.line, "event", reason, "remove one row, or give it an id of its own.")
        self.lines[key] = said.line
        if said.record == "report":
            return self._report(said)
        if said.event not in self.sources:
            reason = f"no event '{said.event}' was reported before it."
            return self.fault(said.line, "event", reason, "put the report first, or correct the id.")
        self.statements.append(said)
        return None

    def _report(self, said: Statement) -> None:
        owner = self.sources.get(said.event)
        if owner is not None and owner != said.source:
            reason = f"the id '{said.event}' belongs to an event of the source '{owner}'."
            return self.fault(
                said.line, "event", reason, "give it another id, or record it as a label of that event."
            )
        held = self.known.get(said.event)
        if held is None:
            self.sources[said.event] = said.source
            self.statements.append(said)
            return None
        now = _all(held)
        changed = {name: value for name, value in said.values.items() if now.get(name) != value}
        if not changed:
            self.same += 1
            return None
        self.corrected += 1
        self.statements.append(replace(said, record="correction", values=changed))
        return None


def _all(event: Event) -> dict[str, Any]:
    last = {} if event.last is None else {"last": str(event.last)}
    return {**event.values, "first": str(event.happened), **last}
