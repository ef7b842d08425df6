"""The text of an article from its page, by trafilatura, within limits that a hostile page cannot pass."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from kelisim.sources.records import Given

__all__ = ["PageText", "article_of", "too_deep", "with_page"]

_DEEPEST = 400
_TAG = re.compile(r"<(/?)(div|span|p|b|i|em|font|table|ul|ol|li|section|article|blockquote|a)\b", re.I)
_LEAST = 80  # characters: below it a page gave a notice about cookies, and not an article


class PageText:
    """The article on a page: text, title and day, "" and None where there are none."""

    __slots__ = ("posted_at", "text", "title")

    def __init__(self, title: str, text: str, posted_at: datetime | None) -> None:
        self.title, self.text, self.posted_at = title, text, posted_at


def too_deep(html: str) -> bool:
    """Whether elements are nested so deeply that reading the page would take for ever."""
    depth = 0
    for found in _TAG.finditer(html):
        depth = max(depth - 1, 0) if found.group(1) else depth + 1
        if depth > _DEEPEST:
            return True
    return False


def article_of(body: bytes, url: str, zone: ZoneInfo) -> PageText | None:
    """The article of a page; None where there is none or the page is no honest one."""
    import trafilatura
    from trafilatura.utils import decode_file

    html = decode_file(body)
    if not html or too_deep(html):
        return None
    try:
        found = trafilatura.bare_extraction(
            html, url=url or None, include_comments=False, include_tables=False, with_metadata=True
        )
    except Exception:  # the reader raises whatever a broken page leads it to
        return None
    if found is None or not found.text:
        return None
    posted = None
    if found.date:
        try:
            posted = datetime.fromisoformat(found.date).replace(tzinfo=zone, hour=12).astimezone(UTC)
        except ValueError:
            posted = None
    return PageText(str(found.title or ""), str(found.text), posted)


def with_page(given: Given, page: PageText | None) -> Given:
    """A record of a feed with the article's own text where the page gave more than the feed."""
    from dataclasses import replace

    if page is None or len(page.text) < max(_LEAST, len(given.text) // 2):
        return replace(given, page="refused")
    title = given.text.partition("\n")[0]
    text = page.text if page.text.startswith(title) else f"{title}\n{page.text}"
    return replace(given, page="taken", text=text, posted_at=given.posted_at or page.posted_at)
