"""Writing into the ledger: issue, act, withdraw, judge.

Everything that is written goes one way: the entries are made, checked against the ledger while nobody else
can write, chained, and acknowledged when they are on the disk. Whatever is wrong is said at once and nothing
is written.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from kelisim.core.errors import Fault, MalformedEntry, Problem, Refused
from kelisim.forecasting.chain import Head, Line, head_of, linked
from kelisim.forecasting.ledger import Ledger, replay
from kelisim.forecasting.ledger_entries import (
    Action,
    ClockNote,
    Entry,
    IssuedWarning,
    Resolution,
    Withdrawal,
    body_of,
    entry_of,
)
from kelisim.runs.ledger_book import Book
from kelisim.sources.delimited import read_delimited
from kelisim.sources.files import read_file
from kelisim.sources.ledger_document import Draft, read_drafts
from kelisim.sources.pseudonyms import person_digest
from kelisim.store.ledger_file import append, read_lines

__all__ = ["Written", "act", "area_codes", "issue", "resolve", "withdraw"]


@dataclass(frozen=True, slots=True)
class Written:
    """What was written: kinds and names of the entries, the new head, and where a torn line was set aside."""

    entries: tuple[str, ...]
    head: Head
    aside: Path | None


@dataclass(frozen=True, slots=True)
class _Made:
    """An entry, the place where its faults are told, and the fields in which it is faulty already."""

    entry: Entry
    draft: Draft
    wrong: frozenset[str] = frozenset()

    def told(self, problem: Problem) -> bool:
        """Whether this field, or one that holds it, was found faulty before."""
        parts = problem.field.split(".")
        return any(".".join(parts[: end + 1]) in self.wrong for end in range(len(parts)))


_Batch = tuple[list[_Made], list[Fault]]
"""Entries that can be read, and the faults of those that cannot."""


def issue(
    target: Path,
    document: Path,
    now: datetime,
    *,
    person: str | None = None,
    areas: frozenset[str] | None = None,
    clock_was_ahead: bool = False,
    dry_run: bool = False,
) -> Written:
    """Write the warnings and corrections of a document into the ledger.

    person : who issues, as the body knows them; needed where the role is not "rule", kept as a keyed digest
    areas : codes that may be warned of, for a bare file; a study declares its own
    clock_was_ahead : the clock that wrote the last line was ahead; both times are written down
    Raises: Refused with every fault of every entry; BrokenChain; StoreError; OutputError. Then nothing is
    written.
    """
    book, drafts = Book(target), read_drafts(document)

    def make(key: bytes) -> _Batch:
        issuer = person_digest(key, person) if person else ""
        faults: list[Fault] = []
        made: list[_Made] = []
        for draft in drafts:
            entry, problems = _drafted(draft, issuer)
            wrong = {problem.field for problem in problems}
            if isinstance(entry, IssuedWarning) and "area_id" not in wrong:
                problems += _misplaced(entry, book, areas)
            faults += [draft.fault(p.field, p.reason, p.way_out) for p in problems]
            if entry is not None:
                made.append(_Made(entry, draft, frozenset(wrong)))
        return made, faults

    return _write(book, make, now, clock_was_ahead=clock_was_ahead, dry_run=dry_run)


def area_codes(path: Path) -> frozenset[str]:
    """Codes of the column area_id of a text table. Raises: Refused."""
    name = path.name
    grid = read_delimited(read_file(path.parent, name)[0], name, ("area_id",))
    if "area_id" not in grid.header:
        reason = "the column 'area_id' is missing."
        raise Refused([Fault(name, 1, "area_id", reason, "name a table that has it.")])
    place = grid.header.index("area_id")
    return frozenset(row[place].strip() for row in grid.rows)


def act(
    target: Path, warning_id: str, now: datetime, *, reference: str, expects: str, taken_on: date, role: str,
    dry_run: bool = False,
) -> Written:  # fmt: skip
    """Write down a measure taken because of a warning, with the reference of its declared expected effect."""
    book = Book(target)
    entry = Action(warning_id, reference, expects, taken_on, role)
    return _write(book, lambda key: _told(book, entry), now, dry_run=dry_run)


def withdraw(
    target: Path, warning_id: str, now: datetime, *, reference: str, role: str, dry_run: bool = False
) -> Written:
    """Take a warning back before its window opens."""
    book = Book(target)
    entry = Withdrawal(warning_id, reference, role)
    return _write(book, lambda key: _told(book, entry), now, dry_run=dry_run)


def resolve(
    target: Path, warning_id: str, now: datetime, *, outcome: str, person: str, role: str,
    events: Sequence[str] = (), event_date: date | None = None, action: str = "", corrects: str = "",
    dry_run: bool = False,
) -> Written:  # fmt: skip
    """Write down one person's judgement of what came of a warning; person is kept as a keyed digest only."""
    book = Book(target)

    def make(key: bytes) -> _Batch:
        judge = person_digest(key, person)
        return _told(
            book,
            Resolution(warning_id, outcome, tuple(events), event_date, action, role, judge, corrects),
        )

    return _write(book, make, now, dry_run=dry_run)


def _drafted(draft: Draft, issuer: str) -> tuple[Entry | None, list[Problem]]:
    """The entry of a draft and what is wrong with it; faulty fields hold something harmless."""
    body, problems = dict(draft.body), []
    if draft.kind == "warning" and body.get("role") not in ("rule", None):
        body["issuer"] = issuer or "0" * 32
        if not issuer:
            problems.append(Problem("role", "a person stands behind it.", "say who with --person."))
    try:
        return entry_of(draft.kind, body), problems
    except MalformedEntry as error:
        partial = error.partial if isinstance(error.partial, IssuedWarning) else None
        return partial, [*problems, *error.problems]


def _misplaced(entry: IssuedWarning, book: Book, areas: frozenset[str] | None) -> list[Problem]:
    declared = book.areas
    if declared is None:
        if areas is None:
            reason = "a ledger without a study does not know its areas."
            return [
                Problem("area_id", reason, "name a list of them with --areas FILE, or issue for a study.")
            ]
        known = entry.area_id in areas
        reason = f"'{entry.area_id}' is not in the list of areas."
        return [] if known else [Problem("area_id", reason, "correct the code.")]
    if entry.area_id not in declared:
        near = ", ".join(declared.nearest(entry.area_id)) or "none"
        reason = f"'{entry.area_id}' is no area of the study. Nearest: {near}."
        return [Problem("area_id", reason, "correct the code.")]
    if not declared[entry.area_id].existed(entry.rule.first):
        reason = f"'{entry.area_id}' does not exist on {entry.rule.first}."
        return [Problem("area_id", reason, "name an area of that day.")]
    return []


def _told(book: Book, entry: Entry) -> _Batch:
    """An entry made of options."""
    kind, body = body_of(entry)
    draft = Draft(kind, body, book.file.name, {})
    try:
        return [_Made(entry_of(kind, body), draft)], []
    except MalformedEntry as error:
        return [], [draft.fault(p.field, p.reason, p.way_out) for p in error.problems]


def _write(
    book: Book,
    make: Callable[[bytes], _Batch],
    now: datetime,
    *,
    clock_was_ahead: bool = False,
    dry_run: bool,
) -> Written:
    names: list[str] = []

    def new_lines(lines: tuple[Line, ...]) -> tuple[Line, ...]:
        ledger = replay(lines)
        key = book.key(lines, may_make=not dry_run)
        found: list[Entry] = [] if lines else [book.opened(key)]
        if clock_was_ahead and lines:
            found.append(ClockNote(lines[-1].at.strftime("%Y-%m-%dT%H:%M:%SZ"), "registrar"))
        made, faults = make(key)
        # Faults of form and of place do not hide those of time: all are told at once.
        faults += _faults_of(ledger, made, now, clock_was_ahead)
        if faults:
            raise Refused(faults)
        found += [one.entry for one in made]
        head, new = head_of(lines), []
        for entry in found:
            new.append(linked(head, *body_of(entry), now))
            head = head_of(new)
        # The same reading that a check does later: nothing is written that would not pass it.
        replay((*lines, *new))
        names[:] = [_name(entry) for entry in found]
        return tuple(new)

    if dry_run:
        lines = read_lines(book.file).lines if book.file.exists() else ()
        new = new_lines(lines)
        return Written(tuple(names), head_of((*lines, *new)), None)
    stored, aside = append(book.file, new_lines)
    return Written(tuple(names), head_of(stored.lines), aside)


def _faults_of(ledger: Ledger, made: Sequence[_Made], now: datetime, clock_was_ahead: bool) -> list[Fault]:
    faults: list[Fault] = []
    seen: set[str] = set()
    for one in made:
        problems = [
            problem
            for problem in ledger.objections(one.entry, now)
            if not (one.told(problem) or (clock_was_ahead and problem.field == "clock"))
        ]
        if isinstance(one.entry, IssuedWarning):
            if one.entry.warning_id in seen:
                reason = f"'{one.entry.warning_id}' stands twice in this file."
                problems.append(Problem("warning_id", reason, "give each a name of its own."))
            seen.add(one.entry.warning_id)
        faults += [one.draft.fault(p.field, p.reason, p.way_out) for p in problems]
    return faults


def _name(entry: Entry) -> str:
    kind = body_of(entry)[0]
    return f"{kind} {entry.warning_id}" if hasattr(entry, "warning_id") else kind
