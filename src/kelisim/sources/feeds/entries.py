"""A feed to records: RSS and Atom in whatever state, with the entries that can be read and the rest counted.

feedparser reads the formats; what it is given is decoded here first, because a Kazakh site that names the
wrong code would otherwise become letters of no language. Times without a zone are the study's civil time.
"""

from __future__ import annotations

import calendar
import hashlib
import io
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from email.utils import parsedate_tz
from typing import Any
from urllib.parse import urljoin, urlsplit
from zoneinfo import ZoneInfo

from kelisim.core.errors import Refused
from kelisim.sources.encodings import one_byte_code
from kelisim.sources.feeds.markup import plain_text
from kelisim.sources.records import Aside, Given

__all__ = ["FeedRead", "read_feed"]

_DECLARED = re.compile(rb"""<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']""")
_DECLARATION = re.compile(r"^\s*<\?xml[^>]{0,400}\?>")
_ZONE = re.compile(r"(?:Z|[+-]\d\d:?\d\d|\b(?:GMT|UTC|UT|[ECMP][SD]T|MSK))\s*$")
_ENGLISH = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_MONTHS = {
    local: english
    for names in (
        "янв фев мар апр май июн июл авг сен окт ноя дек",
        "янв фев мар апр мая июн июл авг сен окт ноя дек",
        "қаң ақп нау сәу мам мау шіл там қыр қаз қар жел",
    )
    for local, english in zip(names.split(), _ENGLISH, strict=True)
}
_MONTH = re.compile(rf"(?<=[\d\s])(?:{'|'.join(_MONTHS)})[^\W\d]*", re.I)
_MOST_ENTRIES = 5_000
_LONGEST = 1_000_000


@dataclass(frozen=True, slots=True)
class FeedRead:
    """What a feed held. fault : why it is not a whole feed, "" where it is"""

    entries: tuple[Given, ...]
    aside: tuple[Aside, ...]
    fault: str = ""

    @property
    def met(self) -> int:
        """Entries met, taken or not."""
        return len(self.entries) + len(self.aside)


def read_feed(body: bytes, headers: Mapping[str, str], url: str, zone: ZoneInfo) -> FeedRead:
    """The entries of a feed as records. Broken feeds give the entries before the break, and the fault."""
    import feedparser

    text, fault = _decoded(body, headers)
    data = io.BytesIO(_DECLARATION.sub("", text, count=1).lstrip().encode("utf-8", errors="replace"))
    # Without the feed's address: the reader would make addresses out of plain ids.
    heads = {"content-type": "application/xml; charset=utf-8"}
    try:
        parsed = feedparser.parse(data, response_headers=heads)
    except Exception as error:  # the reader raises whatever a broken feed leads it to
        return FeedRead((), (), f"it cannot be read as a feed ({type(error).__name__})")
    if not parsed.get("version") and not parsed.get("entries"):
        kind = "a page of HTML" if re.search(r"<html|<!doctype html", text[:2000], re.I) else "no feed"
        return FeedRead((), (), f"this is {kind}")
    if parsed.get("bozo"):
        problem = parsed.get("bozo_exception")
        if not type(problem).__name__.startswith(("CharacterEncoding", "NonXMLContentType")):
            fault = fault or f"the feed is broken ({' '.join(str(problem).split())[:120]})"
    entries: list[Given] = []
    aside: list[Aside] = []
    seen: set[str] = set()
    for number, entry in enumerate(parsed.entries[:_MOST_ENTRIES], start=1):
        try:
            given = _given(entry, url, zone)
        except (ValueError, TypeError, AttributeError, KeyError, OverflowError) as error:
            aside.append(Aside(number, "entry", f"it cannot be read ({type(error).__name__})."))
            continue
        if isinstance(given, Aside):
            aside.append(Aside(number, given.field, given.reason, given.text))
        elif given.external_id not in seen:
            seen.add(given.external_id)
            entries.append(given)
    if len(parsed.entries) > _MOST_ENTRIES:
        fault = fault or f"it has {len(parsed.entries)} entries; the first {_MOST_ENTRIES} were read"
    return FeedRead(tuple(entries), tuple(aside), fault)


def _decoded(body: bytes, headers: Mapping[str, str]) -> tuple[str, str]:
    """The text, and what was odd about its code. What the letters say goes before what is declared."""
    told = re.search(r"charset\s*=\s*[\"']?([\w.-]+)", headers.get("content-type", ""))
    inner = _DECLARED.search(body[:1024])
    declared = [inner.group(1).decode()] if inner else []
    declared += [told.group(1)] if told else []
    text, code = _by_letters(body)
    if text is None:
        for one in declared:
            try:
                return body.decode(one), ""
            except (UnicodeDecodeError, LookupError, ValueError):
                continue
        return body.decode("utf-8", errors="replace"), "some letters could not be read in any code"
    wrong = [one for one in declared if not _same(one, code)]
    return text, f"it says {wrong[0]} and is in the code {code}" if wrong and not body.isascii() else ""


def _by_letters(body: bytes) -> tuple[str | None, str]:
    if body[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return body.decode("utf-16", errors="replace"), "utf-16"
    try:
        return body.decode("utf-8-sig"), "utf-8"
    except UnicodeDecodeError:
        pass
    try:
        code = one_byte_code(body, "feed")
        return body.decode(code), code
    except (Refused, UnicodeDecodeError):
        return None, ""


def _same(one: str, other: str) -> bool:
    names = {"cp1251": "windows1251", "win1251": "windows1251"}
    # kz1048 and cp1251 share every Russian letter, so one stands for the other where they read the same.
    plain = [re.sub(r"[^a-z0-9]", "", name.lower()) for name in (one, other)]
    first, second = (names.get(name, name).replace("kz1048", "windows1251") for name in plain)
    return first == second or (first, second) == ("utf16le", "utf16")


def _given(entry: Any, url: str, zone: ZoneInfo) -> Given | Aside:
    title = plain_text(str(entry.get("title") or ""))
    bodies = [str(part.get("value") or "") for part in entry.get("content") or ()]
    summary = str(entry.get("summary") or "")
    body = max([*bodies, summary], key=len)
    if len(body) > _LONGEST:
        return Aside(0, "content", f"it has {len(body):,} characters; up to {_LONGEST:,} are taken.", title)
    text = plain_text(body)
    words = text if title and text.startswith(title) else "\n".join(part for part in (title, text) if part)
    if not words:
        return Aside(0, "title", "it has neither a title nor a text.")
    link = urljoin(url, str(entry.get("link") or "")) if entry.get("link") else ""
    link = link if urlsplit(link).scheme in ("http", "https") else ""
    posted = _time(entry, "published", zone) or _time(entry, "updated", zone)
    name = str(entry.get("id") or "") or link
    if not name:
        name = "digest:" + hashlib.sha256(f"{title}\0{posted}".encode(errors="replace")).hexdigest()
    return Given(
        external_id=name,
        kind="article",
        text=words,
        fed=words,
        posted_at=posted,
        edited_at=_time(entry, "updated", zone),
        author=str(entry.get("author") or ""),
        url=link,
    )


def _time(entry: Any, which: str, zone: ZoneInfo) -> datetime | None:
    # Asked through the reader itself, a missing time of change would be that of publication.
    said = str(entry[which]).strip() if dict.__contains__(entry, which) else ""
    parsed = entry[f"{which}_parsed"] if dict.__contains__(entry, f"{which}_parsed") else None
    try:
        if parsed is not None:
            moment = datetime.fromtimestamp(calendar.timegm(parsed), UTC)
            return moment if _ZONE.search(said) else moment.replace(tzinfo=zone).astimezone(UTC)
        # Months in the language of the portal, and times without a zone, which the reader of feeds gives up.
        plain = parsedate_tz(_MONTH.sub(lambda found: _MONTHS[found.group()[:3].lower()], said))
        if plain is None:
            return None
        bare = datetime(*plain[:6])
        offset = plain[9]
        known = timezone(timedelta(seconds=offset)) if offset is not None and _ZONE.search(said) else zone
        return bare.replace(tzinfo=known).astimezone(UTC)
    except (ValueError, OverflowError, OSError, TypeError):
        return None
