"""Exports of invented people, as each platform writes them; every builder gives records and their file."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from kelisim.sources.posts.export import Export, ReadAs
from kelisim.sources.records import Aside, Given

__all__ = ["BUILDERS", "WHEN", "as_latin", "read", "table", "write", "zipped"]

WHEN = 1_714_543_200  # 2024-05-01 06:00 UTC
ZONE = ZoneInfo("Asia/Almaty")
TEXTS = ("Ауылда жиын өтті", "Жиналыс болды 😀", "Рахмет, дұрыс айтасыз")


def telegram(n: int = 3) -> Any:
    messages = [
        {
            "id": k,
            "type": "message",
            "date": "2024-05-01T11:00:00",
            "date_unixtime": str(WHEN + k),
            "from": "Канал",
            "from_id": "channel77",
            "text": TEXTS[k % 3],
            "text_entities": [],
        }
        for k in range(n)
    ]
    return {"name": "Канал", "type": "public_channel", "id": 77, "messages": messages}


def vk(n: int = 3) -> Any:
    items = [
        {
            "id": k,
            "owner_id": -77,
            "from_id": -77,
            "date": WHEN + k,
            "text": TEXTS[k % 3],
            "post_type": "post",
            "likes": {"count": 5},
            "comments": {"count": 2},
            "reposts": {"count": 1},
            "views": {"count": 100},
        }
        for k in range(n)
    ]
    return {"response": {"count": n, "items": items, "profiles": [{"id": 1, "first_name": "Айдана"}]}}


def as_latin(text: str) -> str:
    """As the downloads of Facebook and Instagram write it."""
    return text.encode().decode("latin-1")


def instagram(n: int = 3) -> Any:
    return [
        {
            "media": [
                {"uri": f"media/{k}.jpg", "creation_timestamp": WHEN + k, "title": as_latin(TEXTS[k % 3])}
            ]
        }
        for k in range(n)
    ]


def facebook(n: int = 3) -> Any:
    return [
        {
            "timestamp": WHEN + k,
            "title": "posted",
            "attachments": [],
            "data": [{"post": as_latin(TEXTS[k % 3])}, {"update_timestamp": WHEN + 60}],
        }
        for k in range(n)
    ]


def youtube(n: int = 3) -> Any:
    def comment(name: str, k: int) -> dict[str, Any]:
        return {
            "kind": "youtube#comment",
            "id": name,
            "snippet": {
                "videoId": "v1",
                "textOriginal": TEXTS[k % 3],
                "authorDisplayName": "Айдана Т.",
                "authorChannelId": {"value": "UCx"},
                "likeCount": 4,
                "publishedAt": "2024-05-01T06:00:00Z",
                "updatedAt": "2024-05-01T06:00:00Z",
            },
        }

    items = [
        {
            "kind": "youtube#commentThread",
            "id": f"c{k}",
            "snippet": {"videoId": "v1", "topLevelComment": comment(f"c{k}", k)},
            "replies": {"comments": [comment(f"c{k}.r", k)]} if k == 0 else {},
        }
        for k in range(n)
    ]
    return {"kind": "youtube#commentThreadListResponse", "items": items}


def zeeschuimer(n: int = 3) -> Any:
    return [
        {
            "nav_index": "1:1:1",
            "item_id": str(k),
            "timestamp_collected": WHEN * 1000,
            "source_platform": "instagram.com",
            "source_platform_url": "https://www.instagram.com/x/",
            "data": {
                "id": f"{k}_9",
                "pk": str(k),
                "code": f"C{k}",
                "taken_at": WHEN + k,
                "media_type": 1,
                "caption": {"text": TEXTS[k % 3]},
                "user": {"pk": "9", "username": "page_a", "full_name": "A"},
                "like_count": 7,
                "comment_count": 2,
            },
        }
        for k in range(n)
    ]


def fourcat(n: int = 3) -> Any:
    return [
        {
            "id": str(k),
            "thread_id": "0",
            "body": TEXTS[k % 3],
            "author": "aidana",
            "timestamp": "2024-05-01 06:00:00",
            "unix_timestamp": str(WHEN + k),
            "likes": "3",
        }
        for k in range(n)
    ]


def plain(n: int = 3) -> Any:
    return [
        {"number": str(k), "message": TEXTS[k % 3], "date": "01.05.2024 11:00", "who": "aidana"}
        for k in range(n)
    ]


BUILDERS: Mapping[str, tuple[Callable[..., Any], str]] = {
    "telegram": (telegram, "json"),
    "vk": (vk, "json"),
    "instagram": (instagram, "json"),
    "facebook": (facebook, "json"),
    "youtube": (youtube, "json"),
    "zeeschuimer": (zeeschuimer, "lines"),
    "fourcat": (fourcat, "csv"),
    "plain": (plain, "csv"),
}
COLUMNS = {"id": "number", "text": "message", "posted_at": "date", "author": "who"}


def table(rows: list[dict[str, str]], delimiter: str = ",", code: str = "utf-8") -> bytes:
    import csv

    made = io.StringIO()
    page = csv.DictWriter(made, list(rows[0]), delimiter=delimiter)
    page.writeheader()
    page.writerows(rows)
    return made.getvalue().encode(code)


def write(kind: str, made: Any) -> bytes:
    """Bytes of an export."""
    if kind == "json":
        return json.dumps(made, ensure_ascii=False).encode()
    if kind == "lines":
        return "\n".join(json.dumps(one, ensure_ascii=False) for one in made).encode()
    return table(made)


def zipped(members: Mapping[str, bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return made.getvalue()


def read(
    folder: Path, data: bytes, name: str = "export", **how: Any
) -> tuple[list[Given], list[Aside], Export]:
    """Read bytes as an export."""
    path = folder / name
    path.write_bytes(data)
    export = Export(path, ReadAs(**{"zone": ZONE, **how}))
    outcomes = list(export)
    given = [one for one in outcomes if isinstance(one, Given)]
    return given, [one for one in outcomes if isinstance(one, Aside)], export
