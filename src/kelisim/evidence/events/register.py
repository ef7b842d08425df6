"""The register of events as known on any day. It only grows: nothing told later changes an earlier view.

Every event carries two times, when it happened and when it became known, and what each voice called it. What
a voice said stays; which label is used is a record of its own. Corrections name the event and say what
changes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from kelisim.core.errors import TableError
from kelisim.core.periods import PartialDate
from kelisim.evidence.events.records import Statement
from kelisim.evidence.events.vocabulary import Half, half

__all__ = ["Contradiction", "Event", "Register", "Voice"]


@dataclass(frozen=True, slots=True)
class Voice:
    """What one voice of one source called an event, and since when that is known."""

    voice: str
    label: str
    source: str
    known_on: date


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Statements of one day that cannot all hold.

    kind : "corrections" two corrections give one field two values; "adjudications" two labels decided on a
        day; "no_report" a statement about an event nobody had reported by then; "reported_twice" a second
        report
    values : what was said, in the order of the rows; lines : those rows
    """

    kind: str
    event: str
    known_on: date
    field: str
    values: tuple[str, ...]
    lines: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Event:
    """An event as known on one day.

    happened : first day, month or year; last : of an event that lasted, else None
    reported_on : day of its first report; changed_on : day of the last statement that counts here
    values : every other field known, by the names of the declared table
    voices : labels by voice, the latest of each; adjudicated : the label decided on, None where nobody
        decided
    disputed : fields of which corrections of one day said different things; they keep their earlier value
    """

    event: str
    source: str
    happened: PartialDate
    last: PartialDate | None
    reported_on: date
    changed_on: date
    values: Mapping[str, Any]
    voices: tuple[Voice, ...]
    adjudicated: str | None
    disputed: tuple[str, ...]

    @property
    def half(self) -> Half:
        """Conflict or co-operation."""
        return half(str(self.values["event_type"]))


@dataclass(frozen=True)
class Register:
    """Statements in the order in which they were written down. Build with `Register.of`."""

    statements: tuple[Statement, ...]

    @classmethod
    def of(cls, statements: Iterable[Statement]) -> Register:
        """A register of statements; contradictions among them are kept and can be asked for."""
        return cls(tuple(statements))

    @property
    def head(self) -> date | None:
        """Day of the latest statement; None where nothing is written."""
        return max((said.known_on for said in self.statements), default=None)

    def append(self, more: Iterable[Statement]) -> Register:
        """The register with further statements at its end.

        Raises: TableError where one is dated before the register's latest: the past would look different
        tomorrow from what was published today.
        """
        added, head = tuple(more), self.head
        for said in added:
            if head is not None and said.known_on < head:
                raise TableError(
                    f"the statement about '{said.event}' is dated {said.known_on}, "
                    f"before the register's latest ({head}). Date it with the day it enters the register."
                )
        return Register(self.statements + added)

    def as_known_on(self, day: date) -> tuple[Event, ...]:
        """Events as they were known at the end of a day, in the order of their first report.

        Later statements are not looked at, so the view of a day never changes. A withdrawn event is not
        shown; a new report brings it back.
        """
        told: dict[str, list[Statement]] = {}
        for said in self.statements:
            if said.known_on <= day:
                told.setdefault(said.event, []).append(said)
        views = (_view(each) for each in told.values())
        return tuple(
            sorted((view for view in views if view is not None), key=lambda e: (e.reported_on, e.event))
        )

    def contradictions(self) -> Iterator[Contradiction]:
        """Statements that cannot all hold, event by event."""
        told: dict[str, list[Statement]] = {}
        for said in self.statements:
            told.setdefault(said.event, []).append(said)
        for each in told.values():
            yield from _contradictions(each)

    def delays(self, day: date) -> tuple[tuple[date, date], ...]:
        """First day an event may have happened and day of its first report, of events known on a day.

        Only events whose day or month is known: a year tells nothing of a delay.
        """
        return tuple(
            (event.happened.first, event.reported_on)
            for event in self.as_known_on(day)
            if event.happened.precision != "year"
        )


def _by_day(told: list[Statement]) -> Iterator[tuple[date, list[Statement]]]:
    days: dict[date, list[Statement]] = {}
    for said in told:
        days.setdefault(said.known_on, []).append(said)
    for day in sorted(days):
        # On one day a report comes before what corrects it, whatever the order of the rows.
        yield day, sorted(days[day], key=lambda s: _ORDER[s.record])


_ORDER = {"report": 0, "correction": 1, "label": 2, "adjudication": 3, "withdrawal": 4}


def _view(told: list[Statement]) -> Event | None:
    values: dict[str, Any] = {}
    voices: dict[tuple[str, str], Voice] = {}
    source, reported, changed, adjudicated = "", date.min, date.min, None
    disputed: set[str] = set()
    alive = False
    for day, said in _by_day(told):
        for each in said:
            if each.record == "report" and not alive:
                alive, values, source = True, dict(each.values), each.source
                reported = changed = day
                disputed = set()
            elif each.record == "label":
                voice, label = str(each.values["voice"]), str(each.values["label"])
                voices[voice, each.source] = Voice(voice, label, each.source, day)
                changed = max(changed, day)
        if not alive:
            continue
        corrected = _corrections(said)
        for name, options in corrected.items():
            changed = day
            if len(set(options)) == 1:
                values[name] = options[0]
                disputed.discard(name)
            else:
                disputed.add(name)
        decided = [str(each.values["label"]) for each in said if each.record == "adjudication"]
        if decided:
            changed = day
            if len(set(decided)) == 1:
                adjudicated = decided[0]
                disputed.discard("label")
            else:
                disputed.add("label")
        if any(each.record == "withdrawal" for each in said):
            alive = False
    if not alive:
        return None
    for name in ("voice", "label"):
        values.pop(name, None)
    first, last = values.pop("first"), values.pop("last", None)
    return Event(
        event=told[0].event,
        source=source,
        happened=PartialDate.parse(str(first)),
        last=PartialDate.parse(str(last)) if last else None,
        reported_on=reported,
        changed_on=changed,
        values=values,
        voices=tuple(voices[key] for key in sorted(voices)),
        adjudicated=adjudicated,
        disputed=tuple(sorted(disputed)),
    )


def _corrections(said: list[Statement]) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for each in said:
        if each.record == "correction":
            for name, value in each.values.items():
                if name not in ("voice", "label"):
                    found.setdefault(name, []).append(value)
    return found


def _contradictions(told: list[Statement]) -> Iterator[Contradiction]:
    alive = False
    for day, said in _by_day(told):
        for each in said:
            if each.record == "report":
                if alive:
                    yield Contradiction(
                        "reported_twice", each.event, day, "event", (each.source,), (each.line,)
                    )
                alive = True
            elif not alive:
                yield Contradiction("no_report", each.event, day, "record", (each.record,), (each.line,))
        for name, options in _corrections(said).items():
            if len(set(options)) > 1:
                lines = tuple(s.line for s in said if s.record == "correction" and name in s.values)
                yield Contradiction("corrections", told[0].event, day, name, tuple(map(str, options)), lines)
        decided = [s for s in said if s.record == "adjudication"]
        if len({str(s.values["label"]) for s in decided}) > 1:
            labels = tuple(str(s.values["label"]) for s in decided)
            yield Contradiction(
                "adjudications", told[0].event, day, "label", labels, tuple(s.line for s in decided)
            )
        if any(s.record == "withdrawal" for s in said):
            alive = False
