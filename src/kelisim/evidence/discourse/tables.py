"""Declared tables of discourse: portals and accounts to watch."""

from __future__ import annotations

from kelisim.core.tables import Column, TableSpec

__all__ = ["TABLES", "WATCHLIST"]

WATCHLIST = TableSpec(
    "raw_discourse__watchlist",
    "watchlist",
    "Portals and accounts as listed by the source. No person is listed.",
    (
        Column("number", "integer", "number in the source's list", key=True),
        Column("name", "text", "name of the portal or account as printed"),
        Column("address", "address", "address, where one is printed", required=False, empty=True),
        Column("platform", "code", "network or kind of medium", required=False, empty=True),
        Column("subgroup", "code", "subgroup of the source's list", required=False, empty=True),
        Column(
            "of_a_person",
            "code",
            "yes where the page is that of one named official",
            required=False,
            empty=True,
            vocabulary=("yes", "no"),
        ),
        Column(
            "audience_persons", "count", "followers as printed", unit="persons", required=False, empty=True
        ),
    ),
    register=True,
)
TABLES = (WATCHLIST,)
