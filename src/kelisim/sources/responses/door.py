"""What may not come in: names, telephones, places on the map, devices, and all that the form does not ask.

Only columns the questionnaire declares are taken, and what the submission says about itself becomes a digest,
a time and a length. Everything else is counted and left. In words that respondents wrote, addresses of mail,
telephone numbers and coordinates are blotted out. The list of what was left names columns and never a value.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial

from kelisim.core.questionnaire import Item

__all__ = ["Door", "Dropped", "not_kept", "why_foreign", "without_persons"]

_KINDS = (
    ("telephone number", r"phone|\btel\b|mobile|whats ?app|телефон|ұялы"),
    ("address of mail", r"e.?mail|почт[аы]|пошта"),
    (
        "exact coordinates",
        r"gps|\bgeo|latitude|longitude|altitude|precision|\blat\b|\blon\b|\bcoord|location",
    ),
    ("exact coordinates", r"координат|орналас"),
    ("device", r"device|imei|subscriber|simserial|sim serial|\bip\b|ip.?addr|user.?agent"),
    (
        "name of a person",
        r"(?<!file)(?<!form)name\b|username|submitt(ed_by|er)|enumerator|respondent|attachment",
    ),
    ("name of a person", r"\bфио\b|фамили|\bимя\b|аты.?жөні|есімі|\bтегі\b"),
    ("address of a home", r"\baddress|мекенжай|\bадрес"),
)
_MAIL = re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]+")
_PHONE = re.compile(r"(?<![\w.,])\+?\d[\d\s()\u00a0-]{7,18}\d(?![\w])")
_POINT = re.compile(r"-?\d{1,3}[.,]\d{4,}\s*[,; ]\s*-?\d{1,3}[.,]\d{4,}")
_BLOTS = ((_MAIL, "[mail]"), (_POINT, "[place]"), (_PHONE, "[telephone]"))
_FEWEST_DIGITS = 9


@dataclass(frozen=True, slots=True)
class Dropped:
    """A column that was left at the door. filled : cells that held anything."""

    column: str
    why: str
    filled: int


@dataclass
class Door:
    """Counts what was left, by column and reason."""

    _filled: Counter[tuple[str, str]] = field(default_factory=Counter)

    def leave(self, column: str, why: str, cells: Sequence[str]) -> None:
        """Count a column that is not taken."""
        self._filled[column, why] += sum(map(bool, map(str.strip, cells)))

    def blotted(self, column: str, text: str) -> str:
        """Words without what would find a person; what was blotted out is counted."""
        made, blots = _blotted(text)
        for blot in blots:
            self._filled[column, f"{blot[1:-1]} inside words, blotted out"] += 1
        return made

    def left(self) -> tuple[Dropped, ...]:
        """All that was left, in the order it was met."""
        return tuple(Dropped(column, why, filled) for (column, why), filled in self._filled.items())


def without_persons(text: str) -> str:
    """A cell as it may be quoted in the quarantine file."""
    return _blotted(text)[0]


def _blotted(text: str) -> tuple[str, list[str]]:
    blots: list[str] = []
    for pattern, blot in _BLOTS if _suspect(text) else ():
        made = pattern.sub(partial(_blot, blot=blot), text)
        if made != text:
            blots.append(blot)
            text = made
    return text, blots


def _suspect(text: str) -> bool:
    return "@" in text or (len(text) >= _FEWEST_DIGITS and sum(map(str.isdigit, text)) >= _FEWEST_DIGITS)


def _blot(found: re.Match[str], *, blot: str) -> str:
    if blot == "[telephone]" and sum(sign.isdigit() for sign in found.group()) < _FEWEST_DIGITS:
        return found.group()
    return blot


def why_foreign(column: str) -> str:
    """Why a column that belongs to no question is left."""
    words = re.sub(r"[_/.\-]+", " ", column)
    for why, pattern in _KINDS:
        if re.search(pattern, words, re.IGNORECASE) or re.search(pattern, column, re.IGNORECASE):
            return why
    return "not declared in the questionnaire"


def not_kept(item: Item) -> str:
    """Why an item is not taken although it is declared; "" where it is."""
    if item.type not in ("open", "number") or item.role:
        return ""
    why = why_foreign(item.code)
    return "" if why.startswith("not declared") else f"{why}, even where declared"
