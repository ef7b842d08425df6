"""What every code point is for the matching view: folded letter, space, nothing, or a sign to be looked at.

One table, made once from the Unicode data of Python, so that a batch is folded by one look-up per
character. Everything here maps one character to one character; what needs neighbours (addresses, marks,
apostrophes) is settled in `normalise`.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "AMPERSAND",
    "APOSTROPHE",
    "AT",
    "BAD",
    "COLON",
    "DOT",
    "DROPPED",
    "KAZAKH",
    "LESS",
    "MARK",
    "OKINA",
    "SPACE",
    "compatible",
    "fold",
    "folding",
    "kinds",
    "skeleton",
    "without_case",
]

SPACE = 0x20
OKINA = 0x2BB  # the letter that stands for every apostrophe
KAZAKH = "әғқңөұүһі"

# Values below the space are signs that the table cannot settle alone.
DROPPED, MARK, APOSTROPHE, DOT, AT, AMPERSAND, LESS, COLON, BAD = range(9)
_SIGNS = {".": DOT, "@": AT, "&": AMPERSAND, "<": LESS, ":": COLON, "\ufffd": BAD} | dict.fromkeys(
    "'`´’‘ʼʻʹ′＇ꞌ", APOSTROPHE
)
# One way of writing where keyboards have two: Arabic-script yeh and kaf.
_SAME = {"ё": "е", "ی": "ي", "ک": "ك", "ـ": ""}
# Characters past the second plane are rare ideographs and variation selectors; the last entry serves them.
_LAST = 0x20000
_BARE = {"ә": "а", "ғ": "г", "қ": "к", "ң": "н", "ө": "о", "ұ": "у", "ү": "у", "һ": "х", "і": "и"}


def compatible(sign: str) -> str:
    """The plain letter behind a compatibility form (full-width, mathematical bold), else the sign itself."""
    plain = unicodedata.normalize("NFKC", sign) if unicodedata.decomposition(sign) else sign
    return plain if len(plain) == 1 else sign


def without_case(sign: str) -> str:
    """Simple case folding of one character: İ becomes i, ı stays.

    >>> without_case("Қ") + without_case("İ") + without_case("ı")
    'қiı'
    """
    low = sign.lower()
    return low if len(low) == 1 else low[0]


def _folded(code: int) -> int:
    sign = chr(code)
    if sign in _SIGNS:
        return _SIGNS[sign]
    kind = unicodedata.category(sign)
    if kind in ("Mn", "Me"):
        return MARK
    if kind == "Cf":
        return DROPPED
    if kind[0] not in "LNM":
        return SPACE
    for _ in range(3):  # a capital of a compatibility form needs two steps
        sign = without_case(compatible(sign))
        sign = _SAME.get(sign, sign)
        if not sign:
            return DROPPED
    return ord(sign) if unicodedata.category(sign)[0] in "LNM" else SPACE


@lru_cache(maxsize=1)
def folding() -> NDArray[np.uint32]:
    """Code point -> folded code point, `SPACE`, `DROPPED` or one of the signs below it; shape (131073,)."""
    table = np.full(_LAST + 1, SPACE, dtype=np.uint32)
    table[:_LAST] = np.fromiter(map(_folded, range(_LAST)), dtype=np.uint32, count=_LAST)
    table[:SPACE] = SPACE
    table.setflags(write=False)
    return table


def fold(code: int) -> int:
    """The folding of one code point.

    >>> chr(fold(ord("Ё")))
    'е'
    """
    return int(folding()[min(code, _LAST)])


@lru_cache(maxsize=1)
def kinds() -> NDArray[np.uint64]:
    """Folded code point -> one in the 16 bits of its script: Cyrillic, Latin, Arabic, letters of Kazakh only.

    Kazakh letters count as Cyrillic too. Sums over a text keep the four counts apart up to 65,535 letters.
    """
    table = np.zeros(_LAST + 1, dtype=np.uint64)
    for code, folded in enumerate(folding()[:0x10000].tolist()):
        if folded != code or not chr(code).isalpha() or code == OKINA:
            continue
        name = unicodedata.name(chr(code), "")
        place = {"CYRILLIC": 0, "LATIN": 16, "ARABIC": 32}.get(name.split(" ", 1)[0])
        if place is not None:
            table[code] = (1 << place) | ((1 << 48) if chr(code) in KAZAKH else 0)
    table.setflags(write=False)
    return table


@lru_cache(maxsize=1)
def skeleton() -> NDArray[np.uint32]:
    """Folded code point -> the letter a writer without a Kazakh keyboard types instead."""
    table = np.arange(_LAST + 1, dtype=np.uint32)
    for letter, bare in _BARE.items():
        table[ord(letter)] = ord(bare)
    table.setflags(write=False)
    return table
