"""Declared tables of events: the register, and what different voices called an event."""

from __future__ import annotations

from kelisim.core.tables import Column, TableSpec

__all__ = ["EVENTS", "EVENT_LABELS", "TABLES", "VOICES"]

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
TABLES = (EVENTS, EVENT_LABELS)
