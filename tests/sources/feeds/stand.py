"""A web server on this machine that does whatever a test wants of it, and feeds to put on it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from tests.studies import text_of, write_study

__all__ = ["Answer", "Stand", "atom", "rss", "serving", "watched_study"]

Body = bytes | Callable[[Any], None]
Answer = tuple[int, dict[str, str], Body]


class Stand:
    """Answers by path; what is not there is 404. `asked` remembers paths and headers."""

    def __init__(self) -> None:
        self.pages: dict[str, Answer | Callable[[Any], Answer]] = {}
        self.asked: list[tuple[str, dict[str, str]]] = []
        stand = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                heads = {name.lower(): value for name, value in self.headers.items()}
                stand.asked.append((self.path, heads))
                found = stand.pages.get(self.path, (404, {}, b"no such page"))
                code, headers, body = found(heads) if callable(found) else found
                self.send_response(code)
                given = {"Connection": "close", **headers}
                if isinstance(body, bytes) and "Content-Length" not in given:
                    given["Content-Length"] = str(len(body))
                for name, value in given.items():
                    self.send_header(name, value)
                self.end_headers()
                try:
                    if callable(body):
                        body(self)
                    else:
                        self.wfile.write(body)
                except OSError:
                    pass
                self.close_connection = True

            def log_message(self, *words: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.server.block_on_close = False
        self.server.handle_error = lambda *words: None  # type: ignore[method-assign]
        self.base = f"http://127.0.0.1:{self.server.server_address[1]}"
        self.thread = threading.Thread(
            target=self.server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True
        )
        self.thread.start()

    def paths(self) -> list[str]:
        """What was asked for, without robots.txt."""
        return [path for path, _ in self.asked if path != "/robots.txt"]

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()


@contextmanager
def serving() -> Iterator[Stand]:
    stand = Stand()
    try:
        yield stand
    finally:
        stand.stop()


def drip(handler: Any, byte: bytes = b"x", pause: float = 0.05, longest: float = 20.0) -> None:
    """A body that comes byte by byte and does not end."""
    end = time.monotonic() + longest
    while time.monotonic() < end:
        handler.wfile.write(byte)
        handler.wfile.flush()
        time.sleep(pause)


def flood(handler: Any, chunk: bytes = b"<p>x</p>" * 8192) -> None:
    """A body without an end, as fast as it is taken."""
    for _ in range(100_000):
        handler.wfile.write(chunk)


def rss(entries: Iterable[dict[str, Any]], *, code: str = "utf-8", declared: str | None = None) -> bytes:
    """A feed of RSS 2.0. Entries: id, title, text, at (datetime), link, author; missing ones are left out."""
    items = []
    for entry in entries:
        parts = [f"<title>{escape(entry['title'])}</title>"] if "title" in entry else []
        parts += [f"<guid isPermaLink='false'>{escape(entry['id'])}</guid>"] if "id" in entry else []
        parts += [f"<link>{escape(entry['link'])}</link>"] if "link" in entry else []
        parts += [f"<description>{escape(entry['text'])}</description>"] if "text" in entry else []
        parts += [f"<author>{escape(entry['author'])}</author>"] if "author" in entry else []
        if "at" in entry:
            at = entry["at"]
            parts.append(f"<pubDate>{format_datetime(at) if isinstance(at, datetime) else at}</pubDate>")
        items.append(f"<item>{''.join(parts)}</item>")
    head = f'<?xml version="1.0" encoding="{declared or code}"?><rss version="2.0"><channel><title>t</title>'
    return (head + "\n".join(items) + "</channel></rss>").encode(code)


def atom(entries: Iterable[dict[str, Any]]) -> bytes:
    """A feed of Atom 1.0, entries as for `rss`."""
    items = [
        f"<entry><id>{escape(e['id'])}</id><title>{escape(e['title'])}</title>"
        f"<link href='{escape(e.get('link', 'https://portal.example/1'))}'/>"
        f"<updated>{e['at'].isoformat()}</updated>"
        f"<content type='html'>{escape(e.get('text', ''))}</content></entry>"
        for e in entries
    ]
    return (
        '<?xml version="1.0" encoding="utf-8"?><feed xmlns="http://www.w3.org/2005/Atom"><title>t</title>'
        + "".join(items) + "</feed>"
    ).encode()  # fmt: skip


def news(count: int, *, start: int = 0, now: datetime | None = None) -> list[dict[str, Any]]:
    """Entries of an invented portal, one an hour, the newest first."""
    now = now or datetime.now(UTC)
    return [
        {
            "id": f"n{start + k}",
            "title": f"Жаңалық {start + k}",
            "text": f"Ауданда {start + k} шара өтті. Хабарласу: +7 701 123 45 {10 + k % 80}, @tilshi{k}",
            "at": (now - timedelta(hours=count - k)).replace(microsecond=0),
            "author": f"Тілші {k % 3}",
        }
        for k in reversed(range(count))
    ]


def watched_study(folder: Path, rows: Iterable[str], *, first: str = "2020-01-01") -> Path:
    """The invented study with a list of watched sources."""
    declared = f"discourse:\n  sources: sources.csv\n  timezone: Asia/Almaty\n  first: {first}\n"
    write_study(folder, study=text_of("study.yaml") + declared)
    head = "id,name,platform,address,feed,language,area,rhythm_hours,of_a_person,pages,retired_on"
    (folder / "sources.csv").write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")
    return folder
