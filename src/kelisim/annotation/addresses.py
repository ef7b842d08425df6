"""Addresses inside a text: links, bare domains, handles and e-mail. They are left out of the matching view.

A domain may hold the name of a group or a place (`qazaqstan.tv`), and nobody has said that word.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

__all__ = ["addresses", "mixed_domain"]

# Endings of domains that occur in the region's posts. A list, because "сөз.Сөз" without a space is common.
_LIST = (
    "com org net info biz edu gov int mil kz қаз ru рф su uz kg tj tm by ua az ge am tr cn mn af ir pk in de "
    "fr uk us eu it es pl il ae me io tv be ly gl cc co ai gg app dev site online media link pro asia"
)
_ENDINGS = frozenset(_LIST.split())
_TOKEN_SIGN = re.compile(r"[\w.\-]")
_REST = re.compile(r"(?::[0-9]{1,5})?(?:[/?#][^\s<>\"«»]*)?")
_UNTIL_SPACE = re.compile(r"[^\s<>\"«»]*")
_HOST = re.compile(r"[^/?#:\s]*")
_LATIN, _CYRILLIC = re.compile(r"[A-Za-z]"), re.compile("[\u0400-\u052f]")
_LONGEST_NAME = 253  # of a domain, by its standard; a longer run of letters and dots is none


def mixed_domain(domain: str) -> bool:
    """Whether a part of the domain mixes Latin and Cyrillic letters.

    >>> mixed_domain("kаzinform.kz"), mixed_domain("президент.kz")
    (True, False)
    """
    return any(_LATIN.search(part) and _CYRILLIC.search(part) for part in domain.split("."))


def addresses(text: str, signs: Iterable[int]) -> Iterator[tuple[int, int, str]]:
    """Addresses around the given places of ":", "@" and "." in a text: (first, last, domain).

    The domain is "" for a handle. Each stretch of text is looked at once, so the time grows with its length.

    >>> text = "қара: vk.com/pr_1 @kimdir"
    >>> [text[first:last] for first, last, _ in addresses(text, [4, 8, 18])]
    ['vk.com/pr_1', '@kimdir']
    """
    done = 0
    for sign in signs:
        if sign < done:
            continue
        found: tuple[int, int, str] | None = None
        if text[sign] == ":":
            found = _link(text, sign, done)
        elif text[sign] == "@":
            found = _handle(text, sign, done)
        else:
            first, last = _run(text, sign, done)
            if text[last : last + 1] == "@":
                continue  # the name of a mailbox; the "@" finds it whole
            found = _domain(text, first, last)
            done = max(done, last)
        if found:
            yield found
            done = found[1]


def _run(text: str, place: int, done: int) -> tuple[int, int]:
    first, last = place, place
    while first > done and place - first < _LONGEST_NAME and _TOKEN_SIGN.match(text[first - 1]):
        first -= 1
    while last < len(text) and last - place < _LONGEST_NAME and _TOKEN_SIGN.match(text[last]):
        last += 1
    return first, last


def _link(text: str, sign: int, done: int) -> tuple[int, int, str] | None:
    if text[sign : sign + 3] != "://":
        return None
    first, _ = _run(text, sign, done)
    end = _UNTIL_SPACE.match(text, sign)
    host = _HOST.match(text, sign + 3)
    assert end and host
    return first, end.end(), host.group().lower()


def _handle(text: str, sign: int, done: int) -> tuple[int, int, str] | None:
    first, _ = _run(text, sign, done)
    _, last = _run(text, sign + 1, sign + 1)
    if last == sign + 1:
        return None
    name = text[sign + 1 : last]
    return first, last, name.lower() if first < sign and "." in name else ""


def _domain(text: str, first: int, last: int) -> tuple[int, int, str] | None:
    parts = text[first:last].lower().rstrip(".-").split(".")
    ending = parts[-1].split("-", 1)[0]
    if len(parts) < 2 or not parts[-2]:
        return None
    if ending in _ENDINGS:
        stop = first + sum(len(part) + 1 for part in parts[:-1]) + len(ending)
    elif parts[0] == "www":
        stop = last
    else:
        return None
    rest = _REST.match(text, stop)
    assert rest
    return first, rest.end(), text[first:stop].lower()
