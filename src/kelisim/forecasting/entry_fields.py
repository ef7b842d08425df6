"""Fields of an entry of the ledger, read one by one; whatever is wrong with any of them is gathered.

Something that reaches a person has no place in a file that is published for ever, so words and references
are looked through for addresses and telephone numbers.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from kelisim.core.errors import Problem
from kelisim.core.languages import LANGUAGES, Words

__all__ = ["CODE", "CONTACT", "REFERENCE", "Fields", "short"]

CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}", re.ASCII)
REFERENCE = re.compile(r"[^\s\x00-\x1f\x7f]{1,200}")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
# Something that reaches a person has no place in a file that is published for ever.
CONTACT = re.compile(r"[\w.+-]+@[\w-]+\.[a-z]{2,4}\b|(?:\+7|\b[78])[\s(-]{0,2}(?:\d[\s()-]{0,2}){9}\d")
_LETTER = re.compile(r"[^\W\d_]")
_LONGEST_WORDS = 600


def short(value: object) -> str:
    """A value as it may stand in a message: cut where it is long."""
    text = str(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


class Fields:
    """Fields of one mapping, with every problem met on the way. A reader takes its field out; `done` finds
    those that nobody asked for."""

    def __init__(self, raw: Mapping[str, Any], path: str, problems: list[Problem]) -> None:
        self._raw = dict(raw)
        self._path = path
        self.problems = problems

    def name(self, key: str) -> str:
        return f"{self._path}{key}"

    def wrong(self, key: str, reason: str, way_out: str) -> None:
        self.problems.append(Problem(self.name(key), reason, way_out))

    def take(self, key: str, needed: bool = True) -> Any:
        value = self._raw.pop(key, None)
        if value is None and needed:
            self.wrong(key, "it is missing.", "add it; `kelisim ledger issue --template` shows every field.")
        return value

    def matching(self, key: str, pattern: re.Pattern[str], what: str, needed: bool = True) -> str:
        value = self.take(key, needed)
        if value is None or (value == "" and not needed):
            return ""
        value = str(value) if type(value) is int else value  # version: 2, written without quotes
        if not isinstance(value, str) or not pattern.fullmatch(value):
            self.wrong(key, f"'{short(value)}' is not {what}.", f"write {what}.")
            return ""
        return value

    def code(self, key: str, needed: bool = True) -> str:
        return self.matching(key, CODE, "a code of up to 64 Latin letters, digits, _ . and -", needed)

    def reference(self, key: str, needed: bool = True) -> str:
        found = self.matching(key, REFERENCE, "a reference without blanks, up to 200 signs", needed)
        return self._public(key, found)

    def _public(self, key: str, text: str) -> str:
        if CONTACT.search(text):
            self.wrong(
                key, "it holds an address or number of a person.", "leave it out: the ledger is public."
            )
        return text

    def choice(self, key: str, choices: tuple[str, ...], needed: bool = True) -> str:
        value = self.take(key, needed)
        if value is None or (value == "" and not needed):
            return ""
        if value not in choices:
            self.wrong(key, f"'{short(value)}' is not known.", f"take one of {', '.join(choices)}.")
            return ""
        return str(value)

    def day(self, key: str, needed: bool = True) -> date | None:
        value = self.take(key, needed)
        if value is None or (type(value) is date):
            return value
        try:
            if not isinstance(value, str) or not _DAY.fullmatch(value):
                raise ValueError
            return date.fromisoformat(value)
        except ValueError:
            self.wrong(key, f"'{short(value)}' is no day of the calendar.", "write YYYY-MM-DD.")
            return None

    def number(self, key: str, low: int, high: int, needed: bool = True) -> int:
        value = self.take(key, needed)
        if value is None:
            return low
        if type(value) is not int or not low <= value <= high:
            self.wrong(key, f"'{short(value)}' is not a whole number from {low} to {high}.", "correct it.")
            return low
        return value

    def chance(self, key: str, value: Any) -> float:
        if type(value) not in (int, float) or not 0 < value < 1:
            reason = f"{short(value)} does not lie between 0 and 1."
            self.wrong(key, reason, "write a probability such as 0.15; nothing is certain or impossible.")
            return 0.5
        return float(value)

    def words(self, key: str) -> Words:
        value = self.take(key)
        if value is None:
            return Words("", "", "")
        if not isinstance(value, Mapping) or set(value) != set(LANGUAGES):
            self.wrong(key, "it is not said in kk, ru and en.", "give the three languages and nothing else.")
            return Words("", "", "")
        for language, text in value.items():
            if not isinstance(text, str) or not _LETTER.search(text) or len(text) > _LONGEST_WORDS:
                reason = f"it holds no word, or more than {_LONGEST_WORDS} signs."
                self.wrong(f"{key}.{language}", reason, "say it in a sentence or two.")
            else:
                self._public(f"{key}.{language}", text)
        return Words.of({language: str(text) for language, text in value.items()})

    def several(self, key: str, read: Callable[[Any, str], Any], needed: bool = True) -> tuple[Any, ...]:
        value = self.take(key, needed)
        if value is None:
            return ()
        if not isinstance(value, list | tuple) or (needed and not value) or len(value) > 100:
            self.wrong(key, "it is not a list of 1 to 100 things.", "write a list.")
            return ()
        return tuple(read(item, f"{key}.{index}") for index, item in enumerate(value))

    def below(self, key: str) -> Fields:
        value = self.take(key)
        if value is not None and not isinstance(value, Mapping):
            self.wrong(key, "it is not a set of fields.", "write its fields one below the other.")
        raw = value if isinstance(value, Mapping) else {}
        return Fields(raw, self.name(f"{key}."), self.problems if isinstance(value, Mapping) else [])

    def done(self) -> None:
        for key in self._raw:
            self.wrong(str(key), "there is no such field.", "take it out or correct its name.")
