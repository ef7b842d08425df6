"""Web archives (WARC): the pages that were kept, read as articles like pages from the web."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, BinaryIO
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from kelisim.sources.posts.layout import Passed
from kelisim.sources.posts.times import moment
from kelisim.sources.records import Aside, Given

__all__ = ["is_web_archive", "pages_of"]

_LARGEST = 8 * 2**20
_LEAST = 80


def is_web_archive(start: bytes) -> bool:
    """Whether a file begins like a WARC, packed or not."""
    import zlib

    if start.startswith(b"WARC/"):
        return True
    if not start.startswith(b"\x1f\x8b"):
        return False
    try:
        return zlib.decompressobj(wbits=31).decompress(start, 16).startswith(b"WARC/")
    except zlib.error:
        return False


def pages_of(
    open_file: Callable[[], BinaryIO], zone: ZoneInfo
) -> Iterator[tuple[int, Mapping[str, Any], Given | Aside | Passed]]:
    """Every record of the archive: an article, something else that is counted, or set aside with its reason.

    The time of an article is its own where the page tells it; the time it was kept is not the time it was
    written, so an article that tells none has none.
    """
    from warcio.archiveiterator import ArchiveIterator
    from warcio.exceptions import ArchiveLoadFailed

    number = 0
    with open_file() as stream:
        try:
            for record in ArchiveIterator(stream):
                number += 1
                yield number, {}, _page(record, number, zone)
        except (ArchiveLoadFailed, EOFError, OSError, ValueError, AttributeError) as error:
            told = " ".join(str(error).split())[:100] or type(error).__name__
            reason = f"after record {number} the archive is broken ({told}); what follows was not read."
            yield number + 1, {}, Aside(number + 1, "file", reason)


def _page(record: Any, number: int, zone: ZoneInfo) -> Given | Aside | Passed:
    from kelisim.sources.feeds.pages import article_of

    if record.rec_type != "response":
        return Passed(f"record of kind '{str(record.rec_type)[:20]}'")
    url = record.rec_headers.get_header("WARC-Target-URI") or ""
    heads = record.http_headers
    if heads is None or heads.get_statuscode() != "200":
        return Passed("page that was not there")
    if "html" not in (heads.get_header("Content-Type") or "").lower():
        return Passed("no page of HTML")
    body = record.content_stream().read(_LARGEST + 1)
    if len(body) > _LARGEST:
        return Aside(number, "body", f"it has more than {_LARGEST // 2**20} MB.")
    page = article_of(body, url, zone)
    if page is None or len(page.text) < _LEAST:
        return Passed("page without an article")
    kept = moment(record.rec_headers.get_header("WARC-Date"), zone)
    text = page.text if page.text.startswith(page.title) or not page.title else f"{page.title}\n{page.text}"
    return Given(
        external_id=url,
        kind="article",
        text=text,
        posted_at=page.posted_at if kept is None or page.posted_at is None else min(page.posted_at, kept),
        account=urlsplit(url).hostname or "",
        url=url,
        page="taken",
    )
