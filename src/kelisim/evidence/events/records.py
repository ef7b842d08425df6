"""One statement about an event, and what may be wrong with it on its face."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise
from typing import Any

from kelisim.core.areas import Areas
from kelisim.core.periods import PartialDate
from kelisim.core.tables import Table
from kelisim.evidence.events.tables import COUNTED, EVENT_RECORDS
from kelisim.evidence.events.vocabulary import STAGES, half

__all__ = ["DOUBTS", "FIELDS", "Doubt", "Statement", "doubts", "statements_of"]

_HEAD = ("event", "known_on", "record", "source")
FIELDS: tuple[str, ...] = tuple(c.name for c in EVENT_RECORDS.columns if c.name not in _HEAD)
"""What a statement may say of an event: every column but who said it when of which event."""
DOUBTS = ("missing", "unchanged", "days", "counts", "stage", "coordinates", "area")
_OF_LABELS = ("voice", "label")


@dataclass(frozen=True, slots=True)
class Statement:
    """One row of the register.

    values : only the fields the row fills; numbers as float, words as str, dates as written
    line : row of the file it came from
    """

    event: str
    known_on: date
    record: str
    source: str
    values: Mapping[str, Any] = field(default_factory=dict)
    line: int = 0


@dataclass(frozen=True, slots=True)
class Doubt:
    """What is wrong with a statement: a code of `DOUBTS`, the field, the reason, the way out."""

    code: str
    field: str
    reason: str
    way_out: str


def statements_of(table: Table) -> tuple[Statement, ...]:
    """The statements of a declared table, in the order of its rows."""
    names = [name for name in FIELDS if table.has(name)]
    found = []
    for row in range(len(table)):
        filled = {name: table[name][row] for name in names}
        found.append(
            Statement(
                event=str(table["event"][row]),
                known_on=PartialDate.parse(str(table["known_on"][row])).last,
                record=str(table["record"][row]),
                source=str(table["source"][row]),
                values={k: v for k, v in filled.items() if v != "" and v == v},
                line=int(table.lines[row]),
            )
        )
    return tuple(found)


def doubts(said: Statement, areas: Areas | None) -> Iterator[Doubt]:
    """Everything wrong with one statement by itself; `areas` None where no list of areas is at hand.

    A statement that changes nothing, a report without day, type or place, an event that was known before it
    happened, days in the wrong order, low above high, an unknown stage for its model, coordinates off the
    globe, an area that did not exist.
    """
    values = said.values
    if said.record == "report":
        for name in ("first", "event_type", "area"):
            if name not in values:
                yield Doubt(
                    "missing", name, "a report does not say it.", "fill the cell, or leave the event out."
                )
    if said.record == "correction" and not set(values) - set(_OF_LABELS):
        yield Doubt("unchanged", "record", "the correction changes nothing.", "fill what is to be corrected.")
    for name in {"label": ("voice", "label"), "adjudication": ("label",)}.get(said.record, ()):
        if name not in values:
            yield Doubt("missing", name, f"a row of kind '{said.record}' needs it.", "fill the cell.")
    yield from _days(said)
    yield from _counts(values)
    yield from _stage(values)
    yield from _place(values)
    if areas is not None and "area" in values and "first" in values:
        area, day = areas[str(values["area"])], PartialDate.parse(str(values["first"]))
        if not (area.existed(day.first) or area.existed(day.last)):
            before = ", ".join(area.split_from)
            hint = f" Before, the ground belonged to: {before}." if before else ""
            yield Doubt(
                "area",
                "area",
                f"'{area.area_id}' did not exist on {day}.{hint}",
                "name the area of that day.",
            )


def _days(said: Statement) -> Iterator[Doubt]:
    first, last = (
        PartialDate.parse(str(said.values[name])) if name in said.values else None
        for name in ("first", "last")
    )
    if first is not None and first.first > said.known_on:
        reason = f"it is said to have happened on {first}, after {said.known_on}, when it was known."
        yield Doubt("days", "first", reason, "correct one of the two days.")
    if first is not None and last is not None and last.last < first.first:
        yield Doubt(
            "days", "last", f"it ends on {last}, before it begins on {first}.", "correct one of the two days."
        )


def _counts(values: Mapping[str, Any]) -> Iterator[Doubt]:
    for what in COUNTED:
        ends = [(e, values[f"{what}_{e}"]) for e in ("low", "best", "high") if f"{what}_{e}" in values]
        for (a, x), (b, y) in pairwise(ends):
            if x > y:
                yield Doubt(
                    "counts", f"{what}_{a}", f"{a} {x:.0f} is above {b} {y:.0f}.", "correct one of the two."
                )


def _stage(values: Mapping[str, Any]) -> Iterator[Doubt]:
    if "stage" not in values:
        return
    model = str(values.get("stage_model", "brahm"))
    if values["stage"] not in STAGES[model]:
        reason = f"the model '{model}' has no stage '{values['stage']}'."
        yield Doubt(
            "stage", "stage", reason, f"take one of: {', '.join(STAGES[model])}; or name the model it is of."
        )
    if "event_type" in values and half(str(values["event_type"])) == "cooperation":
        yield Doubt("stage", "stage", "co-operation has no stage of conflict.", "leave the cell empty.")


def _place(values: Mapping[str, Any]) -> Iterator[Doubt]:
    for name, most in (("longitude", 180.0), ("latitude", 90.0)):
        if name in values and abs(values[name]) > most:
            yield Doubt(
                "coordinates",
                name,
                f"{values[name]:g} is not on the globe.",
                f"write degrees from -{most:g} to {most:g}.",
            )
    if ("longitude" in values) != ("latitude" in values):
        yield Doubt(
            "coordinates", "longitude", "one coordinate stands without the other.", "give both, or none."
        )
