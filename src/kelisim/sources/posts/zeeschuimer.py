"""Zeeschuimer: what the browser saw while somebody read Instagram or Facebook, one JSON a line.

Each line is an envelope (source_platform, data); 4CAT writes the same lines without it. Instagram comes in
two shapes, as a node of a graph and as an item of a list.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from kelisim.sources.posts.layout import Context, Gone, Layout, Outcome, Passed, count, dig, need, text_of
from kelisim.sources.posts.times import from_seconds
from kelisim.sources.records import Given

__all__ = ["ZEESCHUIMER_FACEBOOK", "ZEESCHUIMER_INSTAGRAM", "platform_of_envelope"]


def platform_of_envelope(record: Mapping[str, Any]) -> str:
    """What an envelope of Zeeschuimer says it holds, such as "instagram.com"; "" where this is none.

    >>> platform_of_envelope({"source_platform": "tiktok.com", "data": {}})
    'tiktok.com'
    """
    found = record.get("source_platform")
    return found if isinstance(found, str) and "data" in record else ""


def _data(record: Mapping[str, Any]) -> Mapping[str, Any]:
    data = record.get("data")
    return data if "source_platform" in record and isinstance(data, Mapping) else record


def _instagram(record: Mapping[str, Any], beside: Mapping[str, Any]) -> bool:
    if platform_of_envelope(record):
        return platform_of_envelope(record).startswith("instagram")
    return "__import_meta" in record and bool({"code", "shortcode", "comment_id"} & set(record))


def _read_instagram(record: Mapping[str, Any], context: Context) -> Iterator[Outcome]:
    data = _data(record)
    if platform_of_envelope(record) == "instagram-comments" or "comment_id" in data:
        yield _instagram_comment(data)
    elif data.get("product_type") == "ad" or str(data.get("link") or "").startswith(
        "https://www.facebook.com/ads/"
    ):
        yield Passed("advertisement")
    elif "shortcode" in data:
        yield _graph_node(data)
    else:
        yield _list_item(data)


def _instagram_comment(data: Mapping[str, Any]) -> Given:
    post = need(data, "post_id", "media_id")
    parent = data.get("parent_comment_id")
    user = need(data, "user")
    return Given(
        external_id=f"c{need(data, 'comment_id', 'pk', 'id')}",
        kind="comment",
        text=text_of(need(data, "text"), "text"),
        posted_at=from_seconds(need(data, "created_at", "created_at_utc")),
        parent=f"c{parent}" if parent else str(post).partition("_")[0],
        author=str(dig(user, "id") or dig(user, "pk") or dig(user, "unique_id") or ""),
        likes=count(data.get("comment_like_count")),
    )


def _graph_node(data: Mapping[str, Any]) -> Given:
    owner = data.get("owner") or data.get("user") or {}
    if "edge_media_to_caption" not in data:
        raise Gone("edge_media_to_caption")
    caption = dig(data, "edge_media_to_caption", "edges", 0, "node", "text")
    return Given(
        external_id=str(data.get("id") or need(data, "shortcode")).partition("_")[0],
        kind="post",
        text=text_of(caption, "edge_media_to_caption"),
        posted_at=from_seconds(need(data, "taken_at_timestamp")),
        author=str(dig(owner, "id") or dig(owner, "username") or ""),
        account=str(dig(owner, "username") or ""),
        likes=count(dig(data, "edge_media_preview_like", "count")),
        comments=count(dig(data, "edge_media_preview_comment", "count")),
        views=count(data.get("video_view_count")),
    )


def _list_item(data: Mapping[str, Any]) -> Given:
    user = data.get("user") or data.get("owner") or {}
    if "caption" not in data:
        raise Gone("caption")
    caption = data["caption"]
    text = (
        text_of(caption.get("text"), "caption")
        if isinstance(caption, Mapping)
        else text_of(caption, "caption")
    )
    return Given(
        external_id=str(data.get("pk") or data.get("id") or need(data, "code")).partition("_")[0],
        kind="post",
        text=text,
        posted_at=from_seconds(need(data, "taken_at")),
        author=str(dig(user, "pk") or dig(user, "id") or dig(user, "username") or ""),
        account=str(dig(user, "username") or ""),
        likes=count(data.get("like_count")),
        comments=count(data.get("comment_count")),
        views=count(data.get("view_count") or data.get("play_count")),
    )


def _facebook(record: Mapping[str, Any], beside: Mapping[str, Any]) -> bool:
    if platform_of_envelope(record):
        return platform_of_envelope(record).startswith("facebook")
    return "__import_meta" in record and (
        "comet_sections" in record or record.get("__typename") == "Feedback"
    )


def _read_facebook(record: Mapping[str, Any], context: Context) -> Iterator[Outcome]:
    data = _data(record)
    edges = dig(data, "comment_rendering_instance_for_feed_location", "comments", "edges")
    if isinstance(edges, list):
        for edge in edges:
            yield _facebook_comment(dig(edge, "node"), str(data.get("id") or ""))
        return
    story = dig(data, "comet_sections", "content", "story")
    if not isinstance(story, Mapping):
        raise Gone("comet_sections")
    parts = dig(data, "comet_sections", "context_layout", "story", "comet_sections", "metadata")
    times = [dig(part, "story", "creation_time") for part in (parts if isinstance(parts, list) else ())]
    posted = next((from_seconds(time) for time in times if time is not None), None)
    if posted is None:
        raise Gone("creation_time")
    author = dig(story, "actors", 0)
    yield Given(
        external_id=str(need(story, "post_id")),
        kind="post",
        text=text_of(dig(story, "message", "text"), "message"),
        posted_at=posted,
        author=str(dig(author, "id") or dig(author, "url") or ""),
        account=str(dig(author, "url") or ""),
    )


def _facebook_comment(node: Any, feedback: str) -> Outcome:
    if not isinstance(node, Mapping):
        raise Gone("node")
    author = node.get("author") or {}
    return Given(
        external_id=str(need(node, "legacy_fbid", "id")),
        kind="comment",
        text=text_of(dig(node, "body", "text"), "body"),
        posted_at=from_seconds(need(node, "created_time")),
        # The id of a post's discussion is "feedback:" and the id of the post.
        parent=feedback.rpartition(":")[2],
        author=str(dig(author, "id") or dig(author, "name") or ""),
    )


ZEESCHUIMER_INSTAGRAM = Layout("Zeeschuimer, Instagram", "instagram", "lines", _instagram, _read_instagram)
ZEESCHUIMER_FACEBOOK = Layout("Zeeschuimer, Facebook", "facebook", "lines", _facebook, _read_facebook)
