"""Registers of events as known on the day of a release, without places, texts or anything below an area."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date

import numpy as np
from numpy.typing import ArrayLike

from kelisim.core.errors import NotDefined
from kelisim.core.foresight import EventView, HiddenEvents, KnownEvent, MonthSeen
from kelisim.core.periods import PartialDate
from kelisim.core.study import Study
from kelisim.core.tables import Table
from kelisim.evidence.events.months import last_whole_month, month_number
from kelisim.evidence.events.records import Statement, statements_of
from kelisim.evidence.events.register import Event, Register
from kelisim.runs.forecast_settings import LEVEL
from kelisim.runs.hidden_events import hidden_events
from kelisim.stats.nowcast import Nowcast, delay_triangle, nowcast

__all__ = ["LONGEST_DELAY", "event_views", "month_named", "nowcast_of", "register_of", "still_provisional"]

LONGEST_DELAY = 6
_NOT_KNOWN = 3  # months taken as provisional where the delay of reports cannot be told


def register_of(table: Table) -> Register:
    """The register that a table of kind "event_records" holds."""
    return Register.of(statements_of(table))


def event_views(study: Study) -> Iterator[EventView]:
    """One view for every open register of the study."""
    for table in study.of_kind("event_records"):
        if table.use.sensitivity == "open":
            yield _view(study, table)


def month_named(number: int) -> PartialDate:
    """A month number as a date known to the month."""
    return PartialDate.parse(f"{number // 12:04d}-{number % 12 + 1:02d}")


def nowcast_of(happened: ArrayLike, known: ArrayLike, months: int, seed: int) -> Nowcast | None:
    """What the latest months will come to; None where too few reports tell how late reports come."""
    try:
        triangle = delay_triangle(happened, known, months, LONGEST_DELAY)
        return nowcast(triangle, np.random.default_rng([seed, 0]), level=LEVEL)
    except NotDefined:
        return None


def still_provisional(found: Nowcast | None, months: int) -> np.ndarray:
    """Which months will still grow; the last three where the delay of reports cannot be told."""
    if found is None:
        return np.arange(months) >= months - _NOT_KNOWN
    return np.asarray(found.provisional)


def _view(study: Study, table: Table) -> EventView:
    register, day = register_of(table), study.as_of
    events = register.as_known_on(day)
    corrected = {said.event for said in register.statements if _corrects(said, day)}
    ever = {said.event for said in register.statements if said.known_on <= day and said.record == "report"}
    return EventView(
        table_id=table.use.table_id,
        events=tuple(_known(event, event.event in corrected) for event in events),
        months=tuple(_months(study, table, events, day)),
        withdrawn=len(ever) - len(events),
        hidden=_hidden(study, table, register),
    )


def _hidden(study: Study, table: Table, register: Register) -> HiddenEvents | None:
    rule = study.foresight
    if rule is None or rule.table_id != table.use.table_id:
        return None
    return hidden_events(study, rule, register)


def _corrects(said: Statement, day: date) -> bool:
    return said.record == "correction" and said.known_on <= day


def _known(event: Event, corrected: bool) -> KnownEvent:
    return KnownEvent(
        event=event.event,
        first=event.happened,
        area_id=str(event.values["area"]),
        event_type=str(event.values["event_type"]),
        cooperation=event.half == "cooperation",
        reported_on=PartialDate.parse(event.reported_on.isoformat()),
        corrected=corrected,
        parties=str(event.values.get("parties", "")),
        voices=tuple((voice.voice, voice.label) for voice in event.voices),
        adjudicated=event.adjudicated,
    )


def _months(study: Study, table: Table, events: Sequence[Event], day: date) -> Iterator[MonthSeen]:
    dated = [event for event in events if event.happened.precision != "year"]
    rule = study.foresight
    if rule is not None and rule.table_id == table.use.table_id:
        begun = month_number(rule.first.first)
    elif dated:
        begun = min(month_number(event.happened.first) for event in dated)
    else:
        return
    months = last_whole_month(day) - begun + 1
    inside = [event for event in dated if begun <= month_number(event.happened.first) < begun + months]
    happened = [month_number(event.happened.first) - begun for event in inside]
    known = [
        max(month, month_number(event.reported_on) - begun)
        for month, event in zip(happened, inside, strict=True)
    ]
    grows = np.zeros(0, dtype=bool)
    if months > 0:
        grows = still_provisional(nowcast_of(happened, known, months, 0), months)
    conflict = np.array([event.half == "conflict" for event in inside], dtype=bool)
    ahead = None
    if months > 0:
        ahead = nowcast_of(
            np.array(happened, dtype=int)[conflict], np.array(known, dtype=int)[conflict], months, 0
        )
    told = Counter((month, event.half) for month, event in zip(happened, inside, strict=True))
    for month in range(months):
        yield MonthSeen(
            month_named(begun + month),
            told[month, "conflict"],
            told[month, "cooperation"],
            bool(grows[month]),
            None if ahead is None or not grows[month] else (int(ahead.low[month]), int(ahead.high[month])),
        )
