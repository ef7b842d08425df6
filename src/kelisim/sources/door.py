"""The door of texts: nobody who wrote or is named by a handle can be found behind it.

Passed by every record before the first write. The author becomes a keyed digest, under a key per quarter that
stands outside the data: a plain hash of numbered accounts can be reversed by counting, a keyed one cannot,
and with a destroyed key nothing of that quarter can be joined to its authors any more. In the text handles,
telephones, personal numbers, e-mails, cards and plates become placeholders that say what stood there.
Personal names in running text cannot all be found by rule; that is why stored texts stay closed.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from kelisim.core.texts import Item, WatchedSource
from kelisim.sources.records import Given

__all__ = ["PLACEHOLDERS", "Keys", "door", "external_key", "fed_digest", "quarter_of", "redact"]

PLACEHOLDERS = ("[handle]", "[name]", "[phone]", "[number]", "[email]", "[card]", "[plate]")
UNDATED = "undated"
_EARLIEST = datetime(1991, 1, 1, tzinfo=UTC)

_NETWORKS = (
    r"vk\.com|vk\.me|vk\.ru|vkontakte\.ru|t\.me|telegram\.me|telegram\.dog|instagram\.com|instagr\.am|facebook\.com|fb\.com"
    r"|fb\.me|wa\.me|api\.whatsapp\.com|ok\.ru|my\.mail\.ru|tiktok\.com|youtube\.com|twitter\.com|x\.com|threads\.net|threads\.com"
)
_GAP = r"[\s().\-\u2010-\u2015]{0,3}"
_RULES = (
    ("email", r"[\w.+\-]+@[\w\-]+(?:\.[\w\-]+)+"),
    ("name", r"\[[\w.:\-]{2,64}\|[^\]\n]{0,200}\]"),
    ("handle", r"(?<!\w)[@*](?:id|club|public|event)\d+(?:\s?\([^)\n]{0,100}\))?"),
    ("handle", rf"(?<![\w.\-])(?:https?://)?(?:[\w\-]+\.){{0,2}}(?:{_NETWORKS})/[^\s<>\"'|\]]+"),
    ("handle", r"(?<!\w)@\w[\w.]+"),
    ("card", r"(?<![\d])\d{13,19}(?!\d)"),
    ("grouped", r"(?<![\d])\d{4}(?:[ \u00a0\u202f\-]\d{4}){2}[ \u00a0\u202f\-]\d{1,7}(?!\d)"),
    ("phone", rf"(?<![\d])(?:\+|00)?[78](?:{_GAP}\d){{10}}(?!\d)"),
    ("phone", rf"\+\d(?:{_GAP}\d){{8,14}}(?!\d)"),
    ("phone", rf"(?<![\d])\(?7\d{{2}}\)?{_GAP}\d{{3}}{_GAP}\d{{2}}{_GAP}\d{{2}}(?!\d)"),
    ("number", r"(?<![\d])\d{6}[ \u00a0\u202f\-]\d{6}(?!\d)"),
    ("number", r"\d{10,}"),
    ("plate", r"(?<!\w)\d{3}[ \u00a0\-]?[A-ZА-ЯӘҒҚҢӨҰҮҺІ]{2,3}[ \u00a0\-]?(?:0[1-9]|1\d|20)(?!\w)"),
    ("plate", r"(?<!\w)\d{3}[a-zа-яәғқңөұүһі]{2,3}(?:0[1-9]|1\d|20)(?!\w)"),
    ("plate", r"(?<!\w)[A-ZА-Я] ?\d{3} ?[A-ZА-Я]{2,3}(?: ?\d{2,3})?(?!\w)"),
)
_ANY = re.compile("|".join(f"(?P<r{k}>{rule})" for k, (_, rule) in enumerate(_RULES)))
# Nothing above can match without one of these: most texts leave here.
_PERHAPS = re.compile(rf"[@*|/]|\d{_GAP}\d{_GAP}\d")
_UNSEEN = re.compile(r"[\u00ad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_DISGUISED = re.compile(
    rf"{_UNSEEN.pattern}|(?![0-9])\d|[\u00b2\u00b3\u00b9\u2070-\u2089\u2460-\u249b\uff01-\uff5e\U0001d400-\U0001d7ff]"
)
_BROKEN = re.compile("[\x00\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Keys:
    """The secrets of a deployment: one for items, and one for the authors of each quarter."""

    items: bytes
    of_quarter: Callable[[str], bytes]


def quarter_of(when: datetime | None) -> str:
    """The quarter whose key stands for the authors of a time.

    >>> quarter_of(datetime(2024, 5, 1, tzinfo=UTC))
    '2024q2'
    """
    return UNDATED if when is None else f"{when.year}q{(when.month + 2) // 3}"


def redact(text: str) -> str:
    """A text with placeholders for whatever leads to a person.

    Digits of any script count, and invisible characters between them hide nothing.

    >>> redact("Жазыңыз: +7 (701) 123-45-67 немесе @aidana_t, ЖСН 870101300123")
    'Жазыңыз: [phone] немесе [handle], ЖСН [number]'
    """
    if not _DISGUISED.search(text):
        return _ANY.sub(_placeholder, text) if _PERHAPS.search(text) else text
    # Matched on the signs that are meant, replaced where the same signs stand in the text.
    places = [k for k, sign in enumerate(text) if not _UNSEEN.match(sign)]
    plain = "".join(_meant(text[k]) for k in places)
    parts, end = [], 0
    for found in _ANY.finditer(plain):
        said = _placeholder(found)
        if said != found.group():
            parts += [text[end : places[found.start()]], said]
            end = places[found.end() - 1] + 1
    return "".join([*parts, text[end:]])


def _meant(sign: str) -> str:
    """The plain sign that a wide, circled or foreign one stands for."""
    if sign.isascii():
        return sign
    digit = unicodedata.digit(sign, None)
    folded = unicodedata.normalize("NFKC", sign)
    return str(digit) if digit is not None else folded if len(folded) == 1 else sign


def _placeholder(found: re.Match[str]) -> str:
    what = _RULES[int(str(found.lastgroup)[1:])][0]
    if what != "grouped":
        return f"[{what}]"
    # Years and sums stand in groups of four too; a card of a bank ends with the digit that Luhn asks for.
    digits = [unicodedata.decimal(sign) for sign in found.group() if sign.isdecimal()]
    doubled = (
        digit if k % 2 == 0 else 2 * digit - 9 * (digit > 4) for k, digit in enumerate(reversed(digits))
    )
    return "[card]" if sum(doubled) % 10 == 0 else found.group()


def external_key(keys: Keys, source_id: str, external_id: str) -> bytes:
    """Keyed digest by which an item of a source is known again."""
    name = f"{source_id}\0{external_id}".encode(errors="surrogatepass")
    return hashlib.blake2b(name, key=keys.items, person=b"kelisim-item", digest_size=16).digest()


def door(given: Given, source: WatchedSource, keys: Keys, zone: ZoneInfo, now: datetime) -> Item:
    """The item that may be stored: no id, no handle, no profile of anybody is left in it.

    zone : civil time of the study, for the day; now : times before 1991 or after tomorrow are no times
    """
    posted = _time(given.posted_at, now)
    name = given.external_id or "\0".join(("", given.author, str(posted), given.text))
    key = external_key(keys, source.source_id, name)
    author = None
    if given.author:
        who = f"{source.platform}:{given.author}".encode(errors="surrogatepass")
        secret = keys.of_quarter(quarter_of(posted))
        author = hashlib.blake2b(who, key=secret, person=b"kelisim-author", digest_size=16).digest()
    return Item(
        item_id=_number(key),
        external_key=key,
        source_id=source.source_id,
        platform=source.platform,
        kind=given.kind,
        parent_id=_number(external_key(keys, source.source_id, given.parent)) if given.parent else None,
        posted_at=posted,
        day=None if posted is None else posted.astimezone(zone).date(),
        edited_at=_time(given.edited_at, now),
        area_id=source.area_id,
        author_key=author,
        text=redact(_clean(given.text)),
        url=redact(_clean(given.url)) if given.kind == "article" else "",
        likes=given.likes,
        comments=given.comments,
        reposts=given.reposts,
        views=given.views,
        page=given.page,
        fed=fed_digest(given, keys),
    )


def fed_digest(given: Given, keys: Keys) -> bytes:
    """Keyed digest of what the source gave; another one means that the item was edited or counted anew."""
    what = (given.fed or given.text, given.kind, given.likes, given.comments, given.reposts, given.views)
    return hashlib.blake2b(repr(what).encode(), key=keys.items, digest_size=8).digest()


def _clean(text: str) -> str:
    return _BROKEN.sub("\ufffd", text) if _BROKEN.search(text) else text


def _number(key: bytes) -> int:
    return int.from_bytes(key[:8], "big", signed=True)


def _time(when: datetime | None, now: datetime) -> datetime | None:
    if when is None or when.tzinfo is None:
        return None
    try:
        when = when.astimezone(UTC)
    except OverflowError:
        return None
    return when if when >= _EARLIEST and (when - now).days < 2 else None
