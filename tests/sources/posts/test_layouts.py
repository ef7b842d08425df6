"""Every layout gives the same facts, told by content alone; what a version lacks is named and counted."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from kelisim.core.errors import Refused
from tests.sources.posts.exports import BUILDERS, COLUMNS, TEXTS, WHEN, as_latin, read, table, write, zipped

AT = datetime.fromtimestamp(WHEN, UTC)


@pytest.mark.parametrize("name", list(BUILDERS))
def test_texts_and_times_come_through(name: str, tmp_path: Path) -> None:
    build, kind = BUILDERS[name]
    given, aside, export = read(tmp_path, write(kind, build(3)), columns=COLUMNS if name == "plain" else {})
    assert not aside and not export.gone and export.read == 3
    assert [one.text for one in given if not one.external_id.endswith(".r")] == list(TEXTS)
    assert all(one.posted_at is not None and abs((one.posted_at - AT).total_seconds()) < 5 for one in given)
    assert all(one.author for one in given) and len({one.external_id for one in given}) == len(given)


def test_a_discussion_group_gives_comments_to_posts(tmp_path: Path) -> None:
    message = {"type": "message", "date": "2024-05-01T11:00:00", "text": "т"}
    group = {
        "name": "Талқы",
        "type": "public_supergroup",
        "id": 55,
        "messages": [
            {**message, "id": 1, "from": "Канал", "from_id": "channel77", "forwarded_from": "Канал"},
            {**message, "id": 2, "from": "Айдана Т.", "from_id": "user9", "reply_to_message_id": 1},
            {
                **message,
                "id": 3,
                "from": None,
                "from_id": "user8",
                "reply_to_message_id": 2,
                "reactions": [{"type": "emoji", "count": 3, "emoji": "x"}, {"type": "emoji", "count": 2}],
            },
            {
                "id": 4,
                "type": "service",
                "date": "2024-05-01T11:00:00",
                "actor": "Айдана",
                "action": "invite_members",
            },
            {
                **message,
                "id": 5,
                "from_id": "user9",
                "reply_to_message_id": 7,
                "reply_to_peer_id": "channel77",
            },
        ],
    }
    for whole in (group, {"about": "x", "chats": {"about": "y", "list": [group]}}):
        given, aside, export = read(tmp_path, json.dumps(whole).encode())
        assert not aside and export.passed == {"notice of the service": 1}
        assert [one.kind for one in given] == ["post", "comment", "comment", "comment"]
        assert [one.parent for one in given] == ["", "55/1", "55/2", "77/7"]
        assert given[2].likes == 5 and given[0].external_id == "55/1"
        # Without seconds of 1970 the time is civil time of the study.
        assert given[0].posted_at == AT


def test_marked_parts_of_telegram_are_placeholders(tmp_path: Path) -> None:
    text = [
        "Жаз: ",
        {"type": "mention_name", "text": "Айдана", "user_id": 9},
        " ",
        {"type": "phone", "text": "112"},
        {"type": "bold", "text": " тез"},
        {"type": "text_link", "text": " мұнда", "href": "https://portal.example"},
    ]
    chat = {
        "name": "К",
        "type": "public_channel",
        "id": 7,
        "messages": [{"id": 1, "type": "message", "date": "2024-05-01T11:00:00", "text": text}],
    }
    given, _, _ = read(tmp_path, json.dumps(chat).encode())
    assert given[0].text == "Жаз: [name] [phone] тез мұнда"


def test_vk_comments_know_their_post_and_comment(tmp_path: Path) -> None:
    comment = {
        "id": 9,
        "from_id": 123,
        "post_id": 5,
        "owner_id": -77,
        "date": WHEN,
        "text": "т",
        "thread": {
            "count": 1,
            "items": [{"id": 10, "from_id": 124, "date": WHEN, "text": "ж", "reply_to_comment": 9}],
        },
    }
    whole = {
        "response": {"count": 2, "items": [comment, {"id": 11, "deleted": True, "date": WHEN, "post_id": 5}]}
    }
    given, aside, export = read(tmp_path, json.dumps(whole).encode())
    assert not aside and export.passed == {"deleted": 1} and export.platform == "vk"
    assert [(one.external_id, one.parent) for one in given] == [
        ("-77_5_r9", "-77_5"),
        ("-77_5_r10", "-77_5_r9"),
    ]
    lines = "\n".join(json.dumps(one) for one in (comment, comment)).encode()
    assert len(read(tmp_path, lines)[0]) == 4


def test_a_repost_carries_what_it_repeats(tmp_path: Path) -> None:
    post = {
        "id": 1,
        "owner_id": -77,
        "from_id": -77,
        "date": WHEN,
        "text": "Қараңыз",
        "copy_history": [{"text": "Хабар"}],
    }
    assert read(tmp_path, json.dumps([post]).encode())[0][0].text == "Қараңыз\nХабар"


def test_own_downloads_of_meta(tmp_path: Path) -> None:
    comments = {
        "comments_media_comments": [
            {
                "media_list_data": [],
                "string_map_data": {
                    "Comment": {"value": as_latin("Дұрыс")},
                    "Media Owner": {"value": "bireu"},
                    "Time": {"timestamp": WHEN},
                },
            }
        ]
    }
    given, aside, _ = read(tmp_path, json.dumps(comments).encode(), platform="instagram")
    assert not aside and (given[0].text, given[0].kind, given[0].posted_at) == ("Дұрыс", "comment", AT)
    own = {
        "comments_v2": [
            {
                "timestamp": WHEN,
                "title": "x",
                "data": [
                    {
                        "comment": {
                            "timestamp": WHEN,
                            "comment": as_latin("Рас"),
                            "author": as_latin("Айдана Т."),
                        }
                    }
                ],
            }
        ]
    }
    given, aside, _ = read(tmp_path, json.dumps(own).encode())
    assert not aside and (given[0].text, given[0].author) == ("Рас", "Айдана Т.")
    album = [
        {
            "title": as_latin("Альбом"),
            "creation_timestamp": WHEN,
            "media": [
                {"uri": "1.jpg", "creation_timestamp": WHEN, "title": ""},
                {"uri": "2.jpg", "creation_timestamp": WHEN, "title": ""},
            ],
        }
    ]
    assert read(tmp_path, json.dumps(album).encode())[0][0].text == "Альбом"


def test_youtube_in_its_four_ways(tmp_path: Path) -> None:
    dlp = {
        "id": "v1",
        "title": "т",
        "channel_id": "UCa",
        "comments": [
            {
                "id": "a",
                "text": "Бір",
                "timestamp": WHEN,
                "parent": "root",
                "author": "@aidana",
                "author_id": "UCx",
            },
            {
                "id": "a.b",
                "text": "Екі",
                "timestamp": WHEN,
                "parent": "a",
                "author": "@b",
                "author_id": "UCy",
            },
        ],
    }
    given, _, _ = read(tmp_path, json.dumps(dlp).encode())
    assert [(one.parent, one.text) for one in given] == [("v1", "Бір"), ("a", "Екі")]
    tools = table(
        [
            {
                "id": "a",
                "likeCount": "1",
                "publishedAt": "2024-05-01 06:00:00Z",
                "authorName": "@a",
                "text": "Бір",
                "authorChannelId": "UCx",
                "isReply": "0",
                "isReplyTo": "",
            }
        ]
    )
    given, aside, _ = read(tmp_path, tools)
    assert not aside and (given[0].text, given[0].author, given[0].posted_at) == ("Бір", "UCx", AT)
    takeout = table(
        [
            {
                "Channel ID": "UCx",
                "Comment create timestamp": "2024-05-01T06:00:00+00:00",
                "Price": "0",
                "Comment ID": "a",
                "Parent comment ID": "",
                "Video ID": "v1",
                "Comment text": '{"text":"Бір "},{"text":"екі"}',
            }
        ]
    )
    given, aside, _ = read(tmp_path, takeout)
    assert not aside and (given[0].text, given[0].parent) == ("Бір екі", "v1")
    video = {
        "items": [
            {
                "kind": "youtube#video",
                "id": "v1",
                "statistics": {"viewCount": "12"},
                "snippet": {
                    "title": "Т",
                    "description": "С",
                    "publishedAt": "2024-05-01T06:00:00Z",
                    "channelId": "UCa",
                },
            }
        ]
    }
    given, _, _ = read(tmp_path, json.dumps(video).encode())
    assert (given[0].kind, given[0].text, given[0].views) == ("post", "Т\nС", 12)


def test_zeeschuimer_in_its_shapes(tmp_path: Path) -> None:
    def envelope(platform: str, data: Any) -> dict[str, Any]:
        return {"item_id": "1", "source_platform": platform, "data": data}

    graph = {
        "__typename": "GraphImage",
        "id": "3",
        "shortcode": "C3",
        "taken_at_timestamp": WHEN,
        "edge_media_to_caption": {"edges": [{"node": {"text": "Граф"}}]},
        "owner": {"id": "9", "username": "a"},
        "edge_media_preview_like": {"count": 4},
    }
    comment = {
        "comment_id": "8",
        "text": "Рас",
        "created_at": WHEN,
        "user": {"id": "5", "unique_id": "aidana"},
        "post_id": "3_9",
        "parent_comment_id": None,
    }
    advert = {"product_type": "ad", "code": "x"}
    lines = [
        envelope("instagram.com", graph),
        envelope("instagram-comments", comment),
        envelope("instagram.com", advert),
    ]
    given, aside, export = read(tmp_path, write("lines", lines))
    assert not aside and export.passed == {"advertisement": 1}
    assert [(one.kind, one.text, one.external_id, one.parent) for one in given] == [
        ("post", "Граф", "3", ""),
        ("comment", "Рас", "c8", "3"),
    ]
    story = {
        "comet_sections": {
            "content": {
                "story": {
                    "post_id": "44",
                    "message": {"text": "Хабар"},
                    "actors": [{"id": "7", "name": "Бет", "url": "https://www.facebook.com/page.b"}],
                }
            },
            "context_layout": {
                "story": {
                    "comet_sections": {
                        "metadata": [
                            {
                                "__typename": "CometFeedStoryMinimizedTimestampStrategy",
                                "story": {"creation_time": WHEN},
                            }
                        ]
                    }
                }
            },
        }
    }
    answers = {
        "id": "feedback:44",
        "__typename": "Feedback",
        "comment_rendering_instance_for_feed_location": {
            "comments": {
                "edges": [
                    {
                        "node": {
                            "legacy_fbid": "90",
                            "body": {"text": "Дұрыс"},
                            "created_time": WHEN,
                            "author": {"id": "6", "name": "Айдана"},
                        }
                    }
                ]
            }
        },
    }
    given, aside, _ = read(
        tmp_path, write("lines", [envelope("facebook.com", story), envelope("facebook-comments", answers)])
    )
    assert not aside and [(one.text, one.parent) for one in given] == [("Хабар", ""), ("Дұрыс", "44")]
    with pytest.raises(Refused, match=r"tiktok\.com, which is not read"):
        read(tmp_path, write("lines", [envelope("tiktok.com", {"id": "1"})] * 2))


def test_4cat_of_telegram_keeps_chats_apart(tmp_path: Path) -> None:
    row = {
        "id": "5",
        "thread_id": "chan",
        "chat": "chan",
        "author_is_bot": "False",
        "body": "т",
        "reply_to": "",
        "author": "9",
        "timestamp": "2024-05-01 06:00:00",
        "unix_timestamp": str(WHEN),
    }
    given, _, _ = read(tmp_path, table([row, {**row, "id": "6", "reply_to": "5"}, {**row, "chat": "other"}]))
    assert [(one.external_id, one.kind, one.parent) for one in given] == [
        ("chan/5", "post", ""),
        ("chan/6", "comment", "chan/5"),
        ("other/5", "post", ""),
    ]


@pytest.mark.parametrize(
    ("name", "field"),
    [
        ("telegram", "text"),
        ("telegram", "from_id"),
        ("vk", "from_id"),
        ("vk", "text"),
        ("zeeschuimer", "caption"),
        ("instagram", "creation_timestamp"),
        ("youtube", "textOriginal"),
    ],
)
def test_a_field_that_is_gone_is_named_and_counted(name: str, field: str, tmp_path: Path) -> None:
    build, kind = BUILDERS[name]
    made = build(20)

    def without(value: Any) -> Any:
        if isinstance(value, dict):
            return {k: without(v) for k, v in value.items() if k != field}
        return [without(one) for one in value] if isinstance(value, list) else value

    # The last six records are of another version of the platform.
    records = {
        "telegram": lambda: made["messages"],
        "vk": lambda: made["response"]["items"],
        "youtube": lambda: made["items"],
    }.get(name, lambda: made)()
    for record in records[14:]:
        changed = without(record)
        if name == "telegram" and field == "from_id":
            changed["from"] = "Айдана"
        if field == "from_id":
            changed.pop("owner_id", None)
            changed["post_id"] = 1
        record.clear()
        record.update(changed)
    if name == "telegram" and field == "from_id":
        made["type"] = "public_supergroup"
    given, aside, export = read(tmp_path, write(kind, made))
    assert export.read == 20 and len(aside) == 6 and export.gone == {field: 6}
    assert {one.field for one in aside} == {field} and {one.record for one in aside} == set(range(15, 21))
    assert len(given) in (14, 15)


def test_archives_hold_several_exports(tmp_path: Path) -> None:
    build, kind = BUILDERS["instagram"]
    members = {
        "content/posts_1.json": write(kind, build(3)),
        "media/1.jpg": b"\xff\xd8picture",
        "personal/profile.json": b'{"profile_user": [{"string_map_data": {"Email": {"value": "a@b.kz"}}}]}',
        "start_here.html": b"<html></html>",
        "empty.json": b"",
    }
    given, aside, export = read(tmp_path, zipped(members))
    assert len(given) == 3 and not aside and len(export.skipped) == 4


def test_tables_in_workbooks(tmp_path: Path) -> None:
    from openpyxl import Workbook

    book = Workbook()
    sheet = book.active
    sheet.append(["number", "message", "date", "who"])
    sheet.append([1, "Ауылда жиын өтті", datetime(2024, 5, 1, 11, 0), "aidana"])
    sheet.append([2, "=1+1", "кеше", "b"])
    book.save(tmp_path / "x.xlsx")
    given, aside, _ = read(tmp_path, (tmp_path / "x.xlsx").read_bytes(), columns=COLUMNS, kind="comment")
    assert [(one.text, one.posted_at, one.kind) for one in given] == [("Ауылда жиын өтті", AT, "comment")]
    assert len(aside) == 1 and "кеше" in aside[0].reason


def warc(records: list[tuple[str, str, str, bytes]]) -> bytes:
    """A web archive as crawlers write it: every record packed by itself."""
    made = b""
    for k, (url, status, kind, body) in enumerate(records):
        page = f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\n\r\n".encode() + body
        head = (
            f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: {url}\r\n"
            f"WARC-Date: 2024-05-01T06:00:0{k}Z\r\nWARC-Record-ID: <urn:uuid:{k}>\r\n"
            f"Content-Type: application/http; msgtype=response\r\nContent-Length: {len(page)}\r\n\r\n"
        )
        made += gzip.compress(head.encode() + page + b"\r\n\r\n")
    return made


def test_web_archives_give_articles(tmp_path: Path) -> None:
    sentence = "Аудан тұрғындары {}-ші жиында ауыз су мәселесін талқылап, шешім қабылдады."
    words = "".join(f"<p>{sentence.format(k)}</p>" for k in range(9))
    page = (
        f"<html><head><title>Жиын</title></head><body><article><h1>Жиын</h1>{words}</article></body></html>"
    )
    data = warc(
        [
            ("https://portal.example/1", "200 OK", "text/html", page.encode()),
            ("https://portal.example/2", "404 Not Found", "text/html", b"<html></html>"),
            ("https://portal.example/3", "200 OK", "image/png", b"x"),
        ]
    )
    given, aside, export = read(tmp_path, data)
    assert not aside and export.read == 3 and sum(export.passed.values()) == 2
    assert given[0].url == "https://portal.example/1" and "ауыз су" in given[0].text
    assert given[0].account == "portal.example" and given[0].posted_at is None
    _, aside, export = read(tmp_path, data[: len(data) // 3])
    assert len(aside) == 1 or export.read == 1
