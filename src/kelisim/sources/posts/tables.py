"""Tables of posts: the CSV that 4CAT writes, and plain CSV or XLSX whose columns a person names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from kelisim.core.texts import KINDS
from kelisim.sources.posts.layout import Context, Gone, Layout, Outcome, Passed, count, need
from kelisim.sources.posts.times import from_seconds, moment
from kelisim.sources.records import Aside, Given

__all__ = ["FOURCAT", "MAPPED", "plain_layout"]

# What a person may name a column for.
MAPPED = (
    "id", "text", "posted_at", "author", "parent", "kind", "account", "url", "likes", "comments", "reposts",
    "views", "edited_at",
)  # fmt: skip


def _fourcat_row(record: Mapping[str, Any], context: Context) -> Iterator[Outcome]:
    number, thread = need(record, "id"), str(record.get("thread_id") or "")
    if "body" not in record:
        raise Gone("body")
    said = str(record.get("item_type") or record.get("type") or "").lower()
    parent = _first(record, "in_reply_to_comment_id", "reply_to", "parent_id", "replied_id")
    # In 4CAT a post opens its own thread; whatever stands in another one's thread answers it.
    comment = said in ("comment", "reply") or (thread not in ("", str(number)) and said not in ("post",))
    telegram = "chat" in record and "author_is_bot" in record
    if telegram:
        comment = bool(parent)
        parent = f"{record['chat']}/{parent}" if parent else ""
        number = f"{record['chat']}/{number}"
    posted = from_seconds(record.get("unix_timestamp")) or moment(need(record, "timestamp"), context.zone)
    own = parent if parent and parent != str(number) else thread if comment else ""
    yield Given(
        external_id=str(number),
        kind="comment" if comment else "post",
        text=str(record["body"]),
        posted_at=posted,
        edited_at=from_seconds(_first(record, "unix_timestamp_edited")),
        parent=own if comment else "",
        author=_first(record, "author_id", "author_channel_id", "author", "author_username", "author_name"),
        account=_first(record, "chat", "group_name") or ("" if comment else _first(record, "author")),
        likes=count(_first(record, "likes", "num_likes", "like_count", "likes_count")),
        comments=count(_first(record, "post_comments", "num_comments", "comment_count", "comments")),
        reposts=count(_first(record, "reposts", "forwards", "share_count", "shares")),
        views=count(_first(record, "views", "num_views", "view_count")),
    )


def _first(record: Mapping[str, Any], *names: str) -> str:
    return next((str(record[name]) for name in names if str(record.get(name) or "").strip()), "")


FOURCAT = Layout(
    "4CAT, CSV", None, "table", lambda record, beside: True, _fourcat_row,
    columns=frozenset({"id", "thread_id", "body", "timestamp"}),
)  # fmt: skip


def plain_layout(columns: Mapping[str, str], kind: str) -> Layout:
    """The layout of a plain table.

    columns : what is meant ("text", "posted_at" ...) -> name of the column; kind : of rows where no column
        says
    """

    def read(record: Mapping[str, Any], context: Context) -> Iterator[Outcome]:
        cells = {meant: str(record.get(name) or "").strip() for meant, name in columns.items()}
        if columns["text"] not in record:
            raise Gone(columns["text"])
        said = cells.get("kind", "").lower() or kind
        if said not in KINDS:
            yield Aside(context.number, columns.get("kind", "kind"), f"'{said[:40]}' is no kind of text.")
            return
        if not any(cells.values()):
            yield Passed("empty row")
            return
        when = cells.get("posted_at", "")
        posted = moment(when, context.zone)
        if when and posted is None:
            reason = f"'{when[:40]}' is no time that can be read without guessing."
            yield Aside(context.number, columns["posted_at"], reason, str(record[columns["text"]]))
            return
        yield Given(
            external_id=cells.get("id", ""),
            kind=said,
            text=str(record[columns["text"]] or ""),
            posted_at=posted,
            edited_at=moment(cells.get("edited_at", ""), context.zone),
            parent=cells.get("parent", ""),
            author=cells.get("author", ""),
            account=cells.get("account", ""),
            url=cells.get("url", ""),
            likes=count(cells.get("likes") or None),
            comments=count(cells.get("comments") or None),
            reposts=count(cells.get("reposts") or None),
            views=count(cells.get("views") or None),
        )

    return Layout(
        "plain table", None, "table", lambda record, beside: True, read, columns=frozenset(columns.values())
    )
