"""Declared tables of events: the register."""

from __future__ import annotations

from kelisim.core.tables import Column, TableSpec

__all__ = ["EVENTS", "TABLES"]

EVENTS = TableSpec(
    "raw_events__events",
    "events",
    "Events as the source tells them, one row each; what happened is kept in three languages.",
    (
        Column("event", "code", "short name", key=True),
        Column(
            "date", "text", "date as printed: year, month or day; empty where none is printed", empty=True
        ),
        Column("date_basis", "code", "printed, period of the source material, or not printed"),
        Column("kind", "code", "clash, dispute or co-operation"),
        Column("area", "area", "smallest declared area that holds the place"),
        Column("place_kk", "text", "place in Kazakh"),
        Column("place_ru", "text", "place in Russian"),
        Column("place_en", "text", "place in English"),
        Column("parties", "text", "groups in contact, codes joined by ;", empty=True),
        Column("what_kk", "text", "what happened, in Kazakh"),
        Column("what_ru", "text", "what happened, in Russian"),
        Column("what_en", "text", "what happened, in English"),
    ),
)
TABLES = (EVENTS,)
