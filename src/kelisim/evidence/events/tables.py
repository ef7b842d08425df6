"""Declared tables of events: the register, and what different voices called an event."""

from __future__ import annotations

from kelisim.core.tables import Column, TableSpec
from kelisim.evidence.events.vocabulary import (
    CONFLICT_TYPES,
    EVENT_TYPES,
    LABELS,
    OUTCOMES,
    PLACE_PRECISIONS,
    RELATIONS,
    SPREADS,
    STAGE_WORDS,
    STAGES,
)

__all__ = [
    "COUNTED",
    "EVENTS",
    "EVENT_EFFORT",
    "EVENT_LABELS",
    "EVENT_RECORDS",
    "RECORDS",
    "TABLES",
    "VOICES",
]

# Kinds of speaker. The list is closed so that no person's name can stand where a kind of source belongs.
VOICES = (
    "author",
    "minister",
    "local_authority",
    "law_enforcement",
    "court",
    "media",
    "association",
    "residents",
    "network_users",
    "researchers",
)

EVENTS = TableSpec(
    "raw_events__events",
    "events",
    "Events as the source tells them, one row each; what happened is kept in three languages.",
    (
        Column("event", "code", "short name", key=True),
        Column(
            "date", "date", "date as printed: year, month or day; empty where none is printed", empty=True
        ),
        Column("date_last", "date", "last day of an event that lasted", required=False, empty=True),
        Column("date_basis", "code", "printed, period of the source material, or not printed"),
        Column("kind", "code", "clash, dispute or co-operation"),
        Column("area", "area", "smallest declared area that holds the place"),
        Column("place_kk", "text", "place in Kazakh"),
        Column("place_ru", "text", "place in Russian"),
        Column("place_en", "text", "place in English"),
        Column("parties", "groups", "groups in contact, codes joined by ;", empty=True),
        Column("what_kk", "text", "what happened, in Kazakh"),
        Column("what_ru", "text", "what happened, in Russian"),
        Column("what_en", "text", "what happened, in English"),
    ),
    register=True,
)
EVENT_LABELS = TableSpec(
    "raw_events__event_labels",
    "event_labels",
    "What each voice called an event. Labels by source differ, and the difference is itself a fact.",
    (
        Column("event", "code", "short name of the event in the register", key=True),
        Column("voice", "code", "kind of source, never a person", key=True, vocabulary=VOICES),
        Column("label_kk", "text", "the label in Kazakh"),
        Column("label_ru", "text", "the label in Russian"),
        Column("label_en", "text", "the label in English"),
        Column("printed", "print", "the label as printed", required=False, empty=True),
    ),
    register=True,
)
RECORDS = ("report", "correction", "withdrawal", "label", "adjudication")
COUNTED = ("participants", "killed", "injured", "detained")


def _may(name: str, vocabulary: tuple[str, ...], meaning: str) -> Column:
    return Column(name, "code", meaning, required=False, empty=True, vocabulary=vocabulary)


EVENT_RECORDS = TableSpec(
    "raw_events__event_records",
    "event_records",
    "A register that only grows: one row for every statement about an event, with the day it became known. "
    "A correction is a row of its own and holds only what it changes. No person is named.",
    (
        Column("event", "code", "short name, the same in every row about the event", key=True),
        Column("known_on", "date", "day on which this became known to the register", key=True),
        Column("record", "code", "what the row does", key=True, vocabulary=RECORDS),
        Column("source", "code", "list or office it comes from, never a person", key=True),
        Column("first", "date", "when it happened: day, month or year", required=False, empty=True),
        Column("last", "date", "last day of an event that lasted", required=False, empty=True),
        _may("event_type", EVENT_TYPES, "what happened"),
        Column("area", "area", "smallest declared area that holds the place", required=False, empty=True),
        Column("place", "text", "name of the place", required=False, empty=True),
        _may("place_precision", PLACE_PRECISIONS, "how exactly the place is known"),
        Column("longitude", "number", "degrees east", "degrees", required=False, empty=True),
        Column("latitude", "number", "degrees north", "degrees", required=False, empty=True),
        Column("parties", "groups", "groups in contact, joined by ;", required=False, empty=True),
        *(
            Column(f"{what}_{end}", "count", f"{what}: {words}", "persons", required=False, empty=True)
            for what in COUNTED
            for end, words in (("low", "at least"), ("best", "most likely"), ("high", "at most"))
        ),
        _may("conflict_type", CONFLICT_TYPES, "what it was about"),
        _may("relation", RELATIONS, "how the parties stand to each other"),
        _may("stage_model", tuple(STAGES), "model of stages; brahm where a stage stands alone"),
        _may("stage", STAGE_WORDS, "stage of the conflict by that model"),
        Column("audience_persons", "count", "how many it reached", "persons", required=False, empty=True),
        _may("spread", SPREADS, "how far word of it went"),
        _may("calls", ("yes", "no"), "whether anybody called for action"),
        _may("calming_voices", ("yes", "no"), "whether anybody called for calm"),
        _may("outcome", OUTCOMES, "how it ended"),
        _may("voice", VOICES, "of a label: kind of source that used it"),
        _may("label", LABELS, "of a label or adjudication: what the event was called"),
    ),
    register=True,
)
EVENT_EFFORT = TableSpec(
    "raw_events__event_effort",
    "event_effort",
    "How much was looked at, month by month and area by area: a month of nothing is an outage, not calm.",
    (
        Column("area", "area", "declared area", key=True),
        Column("month", "date", "month, as 2020-07", key=True),
        Column(
            "effort", "count", "days a desk was open, posts read, sources up; 0 where nobody looked", "any"
        ),
    ),
)
TABLES = (EVENTS, EVENT_LABELS, EVENT_RECORDS, EVENT_EFFORT)
