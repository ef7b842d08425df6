"""A record as a platform gives it, before the door. It is never stored and never shown."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from kelisim.core.texts import ItemKind, Page

__all__ = ["Aside", "Given"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """One article, post or comment before the door.

    external_id : the platform's own id, unique within the source; "" where there is none
    parent : external id of what it answers; author : whatever the platform knows its author by
    posted_at, edited_at : with a time zone, or None
    account : the page it stood on, as the platform names it; "" where the file does not say
    fed : what a feed said where the text was read from the page instead
    """

    external_id: str
    kind: ItemKind
    text: str
    posted_at: datetime | None = None
    edited_at: datetime | None = None
    parent: str = ""
    author: str = ""
    account: str = ""
    url: str = ""
    likes: int | None = None
    comments: int | None = None
    reposts: int | None = None
    views: int | None = None
    page: Page = ""
    fed: str = ""


@dataclass(frozen=True, slots=True)
class Aside:
    """A record that could not be taken: its number in the file, the field at fault, and why.

    text : what it says, still before the door
    """

    record: int
    field: str
    reason: str
    text: str = ""
