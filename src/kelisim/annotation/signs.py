"""Signs that need their neighbours: entities, combining marks, addresses, tags, apostrophes.

Each is settled in its place. A character that goes away is marked as dropped (the word closes over it) or
becomes a space (the word ends there).
"""

from __future__ import annotations

import html
import re
import unicodedata
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from kelisim.annotation import letters
from kelisim.annotation.addresses import addresses, mixed_domain
from kelisim.annotation.flags import Flag

__all__ = ["settle_signs"]

_ENTITY = re.compile(r"&(?:amp;)?(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,24});")
_TAG = re.compile(
    r"</?(?:a|b|i|u|p|br|hr|em|strong|span|div|img|ul|ol|li|h[1-6]|blockquote|table|tr|td|th|font|small|"
    r"script|style|video|iframe)\b[^<>]{0,500}>",
    re.IGNORECASE,
)
# What the door puts in the place of handles and numbers of persons; nobody has said these words.
_PLACEHOLDER = re.compile(r"\[(?:handle|name|phone|number|email|card|plate)\]")
_NINE = ord("9")


def settle_signs(
    text: str,
    codes: NDArray[np.uint32],
    folded: NDArray[np.uint32],
    bounds: NDArray[np.int64],
    flags: NDArray[np.int32],
) -> None:
    """Settle every value of `folded` below the space; changes `codes`, `folded` and `flags` in place.

    text : the rows with a space before and after each, codes : its code points, folded : their folding
    bounds : (rows + 1,) where rows begin in `text`
    """
    if "[" in text:
        for match in _PLACEHOLDER.finditer(text):
            folded[match.start() : match.end()] = letters.SPACE
    signs = np.flatnonzero(folded < letters.SPACE)
    if not signs.size:
        return
    kind = folded[signs]

    def flag(places: NDArray[np.int64], mark: Flag) -> None:
        if places.size:
            flags[np.searchsorted(bounds, places, side="right") - 1] |= int(mark)

    flag(signs[kind == letters.BAD], Flag.BAD_UTF8)
    late = _entities(text, codes, folded, signs[kind == letters.AMPERSAND])
    marks = signs[kind == letters.MARK]
    if late.size:
        marks = np.union1d(marks, late[folded[late] == letters.MARK])
    _compose(codes, folded, marks)
    _blank_tags(text, folded, signs[kind == letters.LESS])
    links, mixed = _blank_addresses(text, folded, signs, kind)
    flag(links, Flag.URL)
    flag(mixed, Flag.MIXED_DOMAIN)
    signs = np.union1d(signs, late) if late.size else signs
    _settle_apostrophes(folded, signs[folded[signs] == letters.APOSTROPHE])
    left = folded[signs]
    folded[signs[(left < letters.SPACE) & (left != letters.DROPPED)]] = letters.SPACE


def _entities(
    text: str, codes: NDArray[np.uint32], folded: NDArray[np.uint32], places: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Entities as the character they stand for; the places of those characters."""
    changed = []
    for place in places.tolist():
        match = _ENTITY.match(text, place)
        sign = html.unescape(html.unescape(match.group()))[:1] if match else "&"
        if match is None or sign == "&":
            folded[place] = letters.SPACE
            if match is None:
                continue
        codes[place] = ord(sign)
        folded[place] = letters.SPACE if sign == "&" else letters.fold(ord(sign))
        folded[place + 1 : match.end()] = letters.DROPPED
        changed.append(place)
    return np.array(changed, dtype=np.int64)


@lru_cache(maxsize=4096)
def _composed(base: int, mark: int) -> int:
    pair = unicodedata.normalize("NFC", chr(base) + chr(mark))
    return ord(pair) if len(pair) == 1 else 0


def _compose(codes: NDArray[np.uint32], folded: NDArray[np.uint32], marks: NDArray[np.int64]) -> None:
    """Letters with marks as one character where Unicode has one; other marks are dropped.

    Taken pair by pair this gives the composed form (NFC) of every letter of our scripts.
    """
    folded[marks] = letters.DROPPED
    before, base = -1, 0
    for place in marks.tolist():
        if place - 1 != before:  # else one more mark on the same letter
            base = _last_kept(folded, place, before, base)
        before = place
        if folded[base] > letters.SPACE:
            whole = _composed(int(codes[base]), int(codes[place]))
            if whole:
                codes[base], folded[base] = whole, letters.fold(whole)


def _last_kept(folded: NDArray[np.uint32], place: int, known: int, kept: int) -> int:
    """The last place before `place` that is not dropped; before `known` that place is `kept`.

    What is known of the sign before keeps the time linear in a text of nothing but marks.
    """
    for before in range(place - 1, known, -1):
        if folded[before] != letters.DROPPED:
            return before
    return kept


def _blank_tags(text: str, folded: NDArray[np.uint32], places: NDArray[np.int64]) -> None:
    for place in places.tolist():
        if match := _TAG.match(text, place):
            folded[place : match.end()] = letters.SPACE


def _blank_addresses(
    text: str, folded: NDArray[np.uint32], signs: NDArray[np.int64], kind: NDArray[np.uint32]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Addresses become spaces; where they begin, and where those with a mixed domain begin."""
    after = folded[np.minimum(signs + 1, len(folded) - 1)]
    dots = (kind == letters.DOT) & (after > _NINE) & (folded[signs - 1] > letters.SPACE)
    colons = kind == letters.COLON
    hopeful = signs[dots | colons | (kind == letters.AT)]
    links, mixed = [], []
    for first, last, domain in addresses(text, hopeful.tolist()):
        folded[first:last] = letters.SPACE
        links.append(first)
        if mixed_domain(domain):
            mixed.append(first)
    return np.array(links, dtype=np.int64), np.array(mixed, dtype=np.int64)


def _settle_apostrophes(folded: NDArray[np.uint32], places: NDArray[np.int64]) -> None:
    """An apostrophe is a letter between letters and after a final o or g (Uzbek togʻ); else a space.

    Several in a row count once.
    """
    before, kept = -1, 0
    behind = _signs_behind(folded, places)
    for place, right in zip(places.tolist(), behind, strict=True):
        last = _last_kept(folded, place, before, kept)
        left = int(folded[last])
        before, kept = place, place
        if left == letters.OKINA:
            folded[place], kept = letters.DROPPED, last
        elif _letter(left) and (_letter(right) or left in _BEFORE_FINAL):
            folded[place] = letters.OKINA
        else:
            folded[place] = letters.SPACE


def _signs_behind(folded: NDArray[np.uint32], places: NDArray[np.int64]) -> list[int]:
    """The first sign behind each place that is neither dropped nor an apostrophe."""
    behind: list[int] = []
    known, sign = len(folded), letters.SPACE
    for place in places[::-1].tolist():
        for after in range(place + 1, known):
            if folded[after] != letters.DROPPED:
                sign = int(folded[after])
                break
        known = place
        behind.append(sign)
    return behind[::-1]


_BEFORE_FINAL = (ord("o"), ord("g"))


def _letter(code: int) -> bool:
    return code > letters.SPACE and chr(code).isalpha()
