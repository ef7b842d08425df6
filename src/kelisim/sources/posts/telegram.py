"""Telegram: the JSON export of its desktop program, for channels, their discussion groups and whole accounts.

The export of a channel holds its posts and no comments. Comments stand in the linked discussion group, which
is exported by itself: there a post of the channel appears under the channel's own id, and each comment
answers it or another comment. Views are not in the export.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from kelisim.sources.posts.layout import Context, Gone, Layout, Outcome, Passed, count, dig, need
from kelisim.sources.posts.times import from_seconds, moment
from kelisim.sources.records import Given

__all__ = ["TELEGRAM"]

# What Telegram itself has marked in the text.
_MARKED = {
    "mention": "[handle]",
    "mention_name": "[name]",
    "phone": "[phone]",
    "email": "[email]",
    "bank_card": "[card]",
}


def _fits(record: Mapping[str, Any], beside: Mapping[str, Any]) -> bool:
    return record.get("type") in ("message", "service") and "id" in record and "date" in record


def _read(record: Mapping[str, Any], context: Context) -> Iterator[Outcome]:
    if need(record, "type") == "service":
        yield Passed("notice of the service")
        return
    chat = str(context.beside.get("id", ""))
    sender = str(record.get("from_id") or "")
    of_channel = str(context.beside.get("type", "")).endswith("channel") or sender.startswith("channel")
    if "from_id" not in record and "from" in record and not of_channel:
        raise Gone("from_id")
    parent = record.get("reply_to_message_id")
    elsewhere = str(record.get("reply_to_peer_id") or "")
    there = "".join(sign for sign in elsewhere if sign.isdecimal()) or chat
    posted = from_seconds(record.get("date_unixtime")) or moment(need(record, "date"), context.zone)
    reactions = record.get("reactions")
    likes = sum(count(dig(one, "count")) or 0 for one in reactions) if isinstance(reactions, list) else None
    yield Given(
        external_id=f"{chat}/{need(record, 'id')}",
        kind="post" if of_channel else "comment",
        text=_text(record),
        posted_at=posted,
        edited_at=from_seconds(record.get("edited_unixtime")) or moment(record.get("edited"), context.zone),
        parent=f"{there}/{parent}" if parent is not None and not of_channel else "",
        author=sender,
        account=str(context.beside.get("name", "")),
        likes=likes,
    )


def _text(record: Mapping[str, Any]) -> str:
    if "text" not in record:
        raise Gone("text")
    text = record["text"]
    if isinstance(text, str):
        return text
    if not isinstance(text, list):
        raise Gone("text")
    parts = []
    for part in text:
        if isinstance(part, str):
            parts.append(part)
        elif isinstance(part, Mapping) and isinstance(part.get("text"), str):
            parts.append(_MARKED.get(str(part.get("type")), str(part["text"])))
        else:
            raise Gone("text")
    return "".join(parts)


TELEGRAM = Layout("Telegram Desktop, JSON", "telegram", "json", _fits, _read, ("messages",))
