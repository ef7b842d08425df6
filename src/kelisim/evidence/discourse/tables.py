"""Declared tables of discourse: lists to watch, the texts they bring, and the coverage ledger."""

from __future__ import annotations

from kelisim.core.tables import Column, TableSpec

__all__ = ["COVERAGE", "ITEMS", "TABLES", "WATCHLIST"]

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
ITEMS = TableSpec(
    "core_discourse__items",
    "stored texts, not declared",
    "Articles, posts and comments behind the door, by source and day, every version of each. They stay in "
    "the closed warehouse (`items/SOURCE/YYYY-MM/YYYY-MM-DD.parquet`); a study does not declare them.",
    (
        Column("item_id", "integer", "first eight bytes of the external key", key=True),
        Column(
            "version", "integer", "1 for the first; more where the source edited or counted anew", key=True
        ),
        Column("external_key", "text", "keyed digest of the platform's own id within the source"),
        Column("source_id", "code", "source of sources.csv"),
        Column("platform", "code", "portal, vk, instagram, facebook, telegram, youtube, other"),
        Column("kind", "code", "article, post or comment", vocabulary=("article", "post", "comment")),
        Column("parent_id", "integer", "item it answers", empty=True),
        Column("posted_at", "text", "UTC; empty where the source gives no time", empty=True),
        Column("day", "date", "local civil day of it", empty=True),
        Column("edited_at", "text", "UTC, as the source says", empty=True),
        Column("area_id", "area", "area of the source, never of the author", empty=True),
        Column("author_key", "text", "keyed digest of the author under the key of the quarter", empty=True),
        Column("text", "text", "words, with placeholders for what leads to a person", empty=True),
        Column("url", "address", "of articles only", empty=True),
        Column("likes", "count", "likes or reactions when last seen", unit="likes", empty=True),
        Column("comments", "count", "comments when last seen", unit="comments", empty=True),
        Column("reposts", "count", "reposts when last seen", unit="reposts", empty=True),
        Column("views", "count", "views when last seen", unit="views", empty=True),
        Column(
            "page",
            "code",
            "whether the article's own page was read",
            vocabulary=("", "taken", "failed", "refused"),
        ),
        Column("fed", "text", "keyed digest of what the source gave, by which an edit is seen"),
        Column("seen_at", "text", "UTC at which this version was read"),
    ),
)
COVERAGE = TableSpec(
    "out_discourse__coverage",
    "coverage ledger, not declared",
    "What every source, language and day should have brought and what it is worth; made by "
    "`kelisim discourse coverage`. Only days with the status ok may be counted.",
    (
        Column("source_id", "code", "source of sources.csv", key=True),
        Column("lang", "code", "language of the texts, und where they are not annotated", key=True),
        Column("day", "date", "local civil day", key=True),
        Column(
            "expected",
            "number",
            "mean of the middle six of its last eight same weekdays",
            unit="texts",
            empty=True,
        ),
        Column("low", "count", "lower end of what the day should bring, at 95 %", unit="texts", empty=True),
        Column("high", "count", "upper end of what the day should bring, at 95 %", unit="texts", empty=True),
        Column("got", "count", "texts that came", unit="texts"),
        Column(
            "status",
            "code",
            "what the day is worth",
            vocabulary=("ok", "late", "partial", "outage", "not_collected", "retired"),
        ),
        Column("reason", "text", "why it is not ok", empty=True),
    ),
)
# A study declares the lists only; texts and ledger are made.
TABLES = (WATCHLIST,)
