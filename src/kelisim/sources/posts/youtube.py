"""YouTube: videos and comments from its interface, from yt-dlp, from YouTube Data Tools and from Takeout."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from kelisim.sources.posts.layout import Context, Gone, Layout, Outcome, count, dig, need, text_of
from kelisim.sources.posts.times import from_seconds, moment
from kelisim.sources.records import Given

__all__ = ["YOUTUBE_DATA_TOOLS", "YOUTUBE_INTERFACE", "YOUTUBE_TAKEOUT", "YT_DLP"]


def _interface(record: Mapping[str, Any], beside: Mapping[str, Any]) -> bool:
    return str(record.get("kind", "")).startswith("youtube#") and isinstance(record.get("snippet"), Mapping)


def _read_interface(record: Mapping[str, Any], context: Context) -> Iterator[Outcome]:
    snippet = need(record, "snippet")
    kind = str(record["kind"])
    if kind == "youtube#commentThread":
        top = need(snippet, "topLevelComment")
        yield from _comment(top, str(snippet.get("videoId", "")), "", context)
        replies = dig(record, "replies", "comments")
        for reply in replies if isinstance(replies, list) else ():
            yield from _comment(reply, str(snippet.get("videoId", "")), str(top.get("id")), context)
        return
    if kind == "youtube#comment":
        video = str(snippet.get("videoId", ""))
        yield from _comment(record, video, str(snippet.get("parentId") or ""), context)
        return
    video = dig(record, "id", "videoId") or dig(snippet, "resourceId", "videoId") or need(record, "id")
    title, words = (
        text_of(need(snippet, "title"), "title"),
        text_of(snippet.get("description"), "description"),
    )
    yield Given(
        external_id=str(video),
        kind="post",
        text="\n".join(part for part in (title, words) if part),
        posted_at=moment(need(snippet, "publishedAt"), context.zone),
        author=str(snippet.get("channelId") or ""),
        account=str(snippet.get("channelId") or ""),
        likes=count(dig(record, "statistics", "likeCount")),
        comments=count(dig(record, "statistics", "commentCount")),
        views=count(dig(record, "statistics", "viewCount")),
    )


def _comment(record: Mapping[str, Any], video: str, parent: str, context: Context) -> Iterator[Outcome]:
    snippet = need(record, "snippet")
    author = dig(snippet, "authorChannelId", "value") or snippet.get("authorDisplayName") or ""
    posted = moment(need(snippet, "publishedAt"), context.zone)
    updated = moment(snippet.get("updatedAt"), context.zone)
    yield Given(
        external_id=str(need(record, "id")),
        kind="comment",
        text=text_of(need(snippet, "textOriginal", "textDisplay"), "textOriginal"),
        posted_at=posted,
        edited_at=None if updated == posted else updated,
        parent=parent or video,
        author=str(author),
        account=str(snippet.get("channelId") or ""),
        likes=count(snippet.get("likeCount")),
    )


def _yt_dlp(record: Mapping[str, Any], beside: Mapping[str, Any]) -> bool:
    return {"id", "text", "parent"} <= set(record) and bool({"author_id", "author"} & set(record))


def _read_yt_dlp(record: Mapping[str, Any], context: Context) -> Iterator[Outcome]:
    parent = str(need(record, "parent"))
    yield Given(
        external_id=str(need(record, "id")),
        kind="comment",
        text=text_of(need(record, "text"), "text"),
        posted_at=from_seconds(need(record, "timestamp")),
        parent=str(context.beside.get("id", "")) if parent == "root" else parent,
        author=str(record.get("author_id") or record.get("author") or ""),
        account=str(context.beside.get("channel_id") or ""),
        likes=count(record.get("like_count")),
    )


def _read_data_tools(record: Mapping[str, Any], context: Context) -> Iterator[Outcome]:
    yield Given(
        external_id=need(record, "id"),
        kind="comment",
        text=record["text"],
        posted_at=moment(need(record, "publishedAt"), context.zone),
        parent=record.get("isReplyTo") or record.get("videoId") or "",
        author=record.get("authorChannelId") or record.get("authorName") or "",
        likes=count(record.get("likeCount")),
    )


def _read_takeout(record: Mapping[str, Any], context: Context) -> Iterator[Outcome]:
    raw = record["Comment text"]
    try:
        # One object for each stretch of the comment, with commas between and no brackets around.
        parts = json.loads(f"[{raw}]")
        text = "".join(str(part["text"]) for part in parts)
    except (ValueError, TypeError, KeyError, RecursionError):
        if re.match(r"\s*\{", raw):
            raise Gone("Comment text") from None
        text = raw
    yield Given(
        external_id=need(record, "Comment ID"),
        kind="comment",
        text=text,
        posted_at=moment(need(record, "Comment create timestamp", "Comment Create Timestamp"), context.zone),
        parent=record.get("Parent comment ID") or record.get("Video ID") or "",
        author=record.get("Channel ID") or "",
    )


YOUTUBE_INTERFACE = Layout(
    "YouTube, JSON of its interface", "youtube", "json", _interface, _read_interface, ("items", "")
)
YT_DLP = Layout("YouTube comments, yt-dlp", "youtube", "json", _yt_dlp, _read_yt_dlp, ("comments",))
YOUTUBE_DATA_TOOLS = Layout(
    "YouTube Data Tools, CSV", "youtube", "table", lambda record, beside: True, _read_data_tools,
    columns=frozenset({"id", "text", "publishedAt", "authorChannelId"}),
)  # fmt: skip
YOUTUBE_TAKEOUT = Layout(
    "YouTube Takeout, comments", "youtube", "table", lambda record, beside: True, _read_takeout,
    columns=frozenset({"Comment ID", "Comment text", "Video ID"}),
)  # fmt: skip
