"""VK: what its interface returns for walls and comments (wall.get, wall.getComments, newsfeed.search), as
JSON.

The archive that VK sends to its users is a folder of HTML and holds only their own things, so it is not read.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from kelisim.sources.posts.layout import Context, Layout, Outcome, Passed, count, dig, need, text_of
from kelisim.sources.posts.times import from_seconds
from kelisim.sources.records import Given

__all__ = ["VK", "VK_LINES"]


def _fits(record: Mapping[str, Any], beside: Mapping[str, Any]) -> bool:
    return "date" in record and "id" in record and bool({"owner_id", "from_id", "post_id"} & set(record))


def _read(record: Mapping[str, Any], context: Context) -> Iterator[Outcome]:
    comment = "post_id" in record or "parents_stack" in record or record.get("4cat_item_type") == "comment"
    owner = record.get("owner_id", record.get("to_id", record.get("source_id", "")))
    number = need(record, "id")
    post = record.get("post_id")
    if record.get("deleted"):
        yield Passed("deleted")
        return
    if record.get("marked_as_ads"):
        yield Passed("advertisement")
        return
    if record.get("text") is None:
        need(record, "text")
    answered = record.get("reply_to_comment")
    parent = ""
    if comment:
        parent = f"{owner}_{post}_r{answered}" if answered else f"{owner}_{post}"
    yield Given(
        external_id=f"{owner}_{post}_r{number}" if comment else f"{owner}_{number}",
        kind="comment" if comment else "post",
        text=_text(record),
        posted_at=from_seconds(need(record, "date")),
        edited_at=from_seconds(record.get("edited")),
        parent=parent,
        author=str(need(record, "from_id", "owner_id")),
        account=str(owner),
        likes=count(dig(record, "likes", "count")),
        comments=count(dig(record, "comments", "count")),
        reposts=count(dig(record, "reposts", "count")),
        views=count(dig(record, "views", "count")),
    )
    for path in (("thread", "items"), ("comments", "items")):
        inside = dig(record, *path)
        for one in inside if isinstance(inside, list) else ():
            if isinstance(one, Mapping):
                whole = {"owner_id": owner, "post_id": post if comment else number, **one}
                yield from _read(whole, context)


def _text(record: Mapping[str, Any]) -> str:
    own = text_of(record.get("text"), "text")
    shared = dig(record, "copy_history", 0, "text")
    return "\n".join(part for part in (own, shared) if isinstance(part, str) and part)


VK = Layout("VK, JSON of its interface", "vk", "json", _fits, _read, ("items", "response", ""))
VK_LINES = Layout("VK, one JSON a line", "vk", "lines", _fits, _read)
