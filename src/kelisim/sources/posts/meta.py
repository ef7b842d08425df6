"""Instagram and Facebook: the JSON of the download that the owner of an account or page can ask for.

It holds what the account itself wrote, posts and comments, without ids and without what others answered.
Texts are written byte by byte as letters, which is put right here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from kelisim.sources.posts.layout import Context, Gone, Layout, Outcome, Passed, dig, mended, need, text_of
from kelisim.sources.posts.times import from_seconds
from kelisim.sources.records import Given

__all__ = ["FACEBOOK_COMMENTS", "FACEBOOK_POSTS", "INSTAGRAM_COMMENTS", "INSTAGRAM_POSTS"]


def _instagram_post(record: Mapping[str, Any], beside: Mapping[str, Any]) -> bool:
    media = record.get("media")
    return isinstance(media, list) and (
        "creation_timestamp" in record or dig(media, 0, "creation_timestamp") is not None
    )


def _read_instagram_post(record: Mapping[str, Any], context: Context) -> Iterator[Outcome]:
    # With one picture its words stand there, with several beside them.
    holder = record if record.get("title") or "creation_timestamp" in record else dig(record, "media", 0)
    if not isinstance(holder, Mapping):
        raise Gone("media")
    title = text_of(holder.get("title"), "title") or text_of(dig(record, "media", 0, "title"), "title")
    posted = from_seconds(need(holder, "creation_timestamp"))
    uri = dig(record, "media", 0, "uri")
    # Names of picture files are the only thing that tells two posts of one second apart.
    yield Given(
        external_id=f"{posted}\0{uri}", kind="post", text=mended(title), posted_at=posted, author="owner"
    )


def _instagram_comment(record: Mapping[str, Any], beside: Mapping[str, Any]) -> bool:
    return dig(record, "string_map_data", "Comment") is not None


def _read_instagram_comment(record: Mapping[str, Any], context: Context) -> Iterator[Outcome]:
    text = need(need(record, "string_map_data")["Comment"], "value")
    posted = from_seconds(dig(record, "string_map_data", "Time", "timestamp"))
    if posted is None:
        raise Gone("Time")
    yield Given(external_id="", kind="comment", text=mended(str(text)), posted_at=posted, author="owner")


def _facebook_post(record: Mapping[str, Any], beside: Mapping[str, Any]) -> bool:
    parts = record.get("data")
    return (
        "timestamp" in record
        and isinstance(parts, list)
        and ("attachments" in record or any(dig(part, "post") is not None for part in parts))
        and all(dig(part, "comment") is None for part in parts)
    )


def _read_facebook_post(record: Mapping[str, Any], context: Context) -> Iterator[Outcome]:
    parts = need(record, "data")
    texts = [part["post"] for part in parts if isinstance(dig(part, "post"), str)]
    posted = from_seconds(need(record, "timestamp"))
    edited = next((dig(part, "update_timestamp") for part in parts if dig(part, "update_timestamp")), None)
    if not texts and not record.get("attachments"):
        yield Passed("entry without words")
        return
    text = mended("\n".join(texts))
    yield Given(
        external_id=f"{posted}\0{text[:200]}", kind="post", text=text, posted_at=posted,
        edited_at=from_seconds(edited), author="owner",
    )  # fmt: skip


def _facebook_comment(record: Mapping[str, Any], beside: Mapping[str, Any]) -> bool:
    return isinstance(dig(record, "data", 0, "comment"), Mapping)


def _read_facebook_comment(record: Mapping[str, Any], context: Context) -> Iterator[Outcome]:
    comment = dig(record, "data", 0, "comment")
    if comment.get("comment") is None:
        yield Passed("comment without words")
        return
    yield Given(
        external_id="",
        kind="comment",
        text=mended(text_of(comment["comment"], "comment")),
        posted_at=from_seconds(need(comment, "timestamp")),
        author=mended(str(comment.get("author") or "owner")),
    )


INSTAGRAM_POSTS = Layout(
    "Instagram, own download, posts", "instagram", "json", _instagram_post, _read_instagram_post,
    ("", "ig_reels_media"),
)  # fmt: skip
INSTAGRAM_COMMENTS = Layout(
    "Instagram, own download, comments", "instagram", "json", _instagram_comment, _read_instagram_comment,
    ("", "comments_media_comments", "comments_reels_comments"),
)  # fmt: skip
FACEBOOK_POSTS = Layout(
    "Facebook, own download, posts", "facebook", "json", _facebook_post, _read_facebook_post,
    ("", "status_updates", "profile_posts_v2"),
)  # fmt: skip
FACEBOOK_COMMENTS = Layout(
    "Facebook, own download, comments", "facebook", "json", _facebook_comment, _read_facebook_comment,
    ("", "comments", "comments_v2"),
)  # fmt: skip
