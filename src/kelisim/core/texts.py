"""Texts of media and networks as values: an item after the door, a watched source, a look at a source.

Nothing here knows how a text was found or where it is kept. An item has no author: a keyed digest stands in
his place, and handles, telephones and numbers of persons are placeholders in the text already.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, get_args

__all__ = ["KINDS", "PLATFORMS", "Item", "ItemKind", "Look", "Page", "Platform", "Watch", "WatchedSource"]

ItemKind = Literal["article", "post", "comment"]
KINDS: tuple[ItemKind, ...] = get_args(ItemKind)
Platform = Literal["portal", "vk", "instagram", "facebook", "telegram", "youtube", "other"]
PLATFORMS: tuple[Platform, ...] = get_args(Platform)
# Whether the page of an article was read: not asked for, read, failed for now, not to be had.
Page = Literal["", "taken", "failed", "refused"]


@dataclass(frozen=True, slots=True)
class WatchedSource:
    """A portal or account that is watched.

    address : its own page; feed : address of its feed, "" where it comes by exports
    language : language it mostly writes in; area_id : area it speaks of, None for the whole country
    rhythm_hours : hours between two looks; of_a_person : whether it is the page of one named official
    pages : whether articles are read from their pages too; retired_on : first day it is watched no more
    """

    source_id: str
    name: str
    platform: Platform
    address: str
    feed: str
    language: str
    area_id: str | None
    rhythm_hours: float
    of_a_person: bool
    pages: bool = False
    retired_on: date | None = None


@dataclass(frozen=True, slots=True)
class Watch:
    """What a study watches: its sources, the civil time in which its days begin, and from when to when."""

    sources: tuple[WatchedSource, ...]
    timezone: str
    first: date
    last: date | None = None

    def source(self, source_id: str) -> WatchedSource | None:
        """One source by its id; None where it is not watched."""
        return next((one for one in self.sources if one.source_id == source_id), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A text after the door.

    external_key : keyed digest of the platform's own id, by which the item is known again
    item_id : its first eight bytes as a whole number; parent_id : the same of the item it answers
    posted_at : in UTC; None where the source gives none; day : local civil day of it
    author_key : keyed digest of the author, under the key of the quarter; None where there is none
    url : for articles only; posts are not linked, for a link names an account
    fed : digest of what the source gave, by which an edit is seen
    """

    item_id: int
    external_key: bytes
    source_id: str
    platform: str
    kind: ItemKind
    parent_id: int | None
    posted_at: datetime | None
    day: date | None
    edited_at: datetime | None
    area_id: str | None
    author_key: bytes | None
    text: str
    url: str
    likes: int | None
    comments: int | None
    reposts: int | None
    views: int | None
    page: Page
    fed: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """One look at a source, the collector's own heartbeat: what came, and for which time nothing was missed.

    how : "feed" or "import"; status : of HTTP, 0 where none came
    ok : the source was read; reason : why not, or what was odd
    read, kept, new, aside : records met, taken, of those not known before, and set aside
    newest : time of the newest item; covers_from, covers_to : the span this look vouches for, None for none
    """

    source_id: str
    at: datetime
    how: Literal["feed", "import"]
    ok: bool
    status: int = 0
    reason: str = ""
    read: int = 0
    kept: int = 0
    new: int = 0
    aside: int = 0
    newest: datetime | None = None
    covers_from: datetime | None = None
    covers_to: datetime | None = None
