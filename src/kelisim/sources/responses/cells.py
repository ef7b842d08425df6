"""What a cell means: the code of an option, several options, a number, a day, words.

Options are known by their code or by their label in any language of the form. Several answers in one cell
are found by looking for the declared labels, longest first, never by cutting at commas, which stand inside
labels too. Where a cell may be read in two ways it is not read.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache

from kelisim.core.answers import AsideReason
from kelisim.core.languages import fold_homoglyphs
from kelisim.core.questionnaire import Item, Labels
from kelisim.sources.numbers import parse_number

__all__ = ["Bad", "Choices", "Several", "day_of", "is_blank", "number_of", "plain", "tick_of"]

_BLANKS = frozenset({"", "na", "n/a", "nan", "null", "none", "nat", "#n/a"})
_BRACKETED = re.compile(r"^\s*[\[(][^\])]*[\])]\s*")
_CODE_BEFORE = re.compile(r"^\s*(\S{1,20}?)\s*[.)\-:–=]\s*(.+)$", re.DOTALL)
_WHOLE = re.compile(r"-?\d+\.0+")
_PARTS = " \t\r\n,;|"
_OTHER = "-oth-"  # LimeSurvey's code of the option with words of its own
_MOST_READINGS = 2_000
_TICKS = {"1": 1.0, "true": 1.0, "yes": 1.0, "y": 1.0, "x": 1.0, "checked": 1.0, "selected": 1.0,
          "0": 0.0, "false": 0.0, "no": 0.0, "n": 0.0, "unchecked": 0.0, "not selected": 0.0}  # fmt: skip
_UNIFIED = str.maketrans("ё“”„«»’‘–—−", "е" + '"' * 5 + "''---", "\u00ad\u200b\ufeff")


@dataclass(frozen=True, slots=True)
class Bad:
    """A cell that gives no answer: why, and what to do."""

    code: AsideReason
    reason: str
    way_out: str


@dataclass(frozen=True, slots=True)
class Several:
    """Options chosen in one cell, and words of the respondent's own."""

    codes: tuple[str, ...]
    words: str = ""


@lru_cache(maxsize=20_000)
def plain(text: str) -> str:
    """The form in which labels are compared: lower case, single spaces, one kind of dash and quotation mark.

    >>> plain("  «Жауап  беру» — қиын ")
    '"жауап беру" - қиын'
    """
    folded = fold_homoglyphs(unicodedata.normalize("NFC", text))[0].casefold()
    return " ".join(folded.translate(_UNIFIED).split())


def is_blank(cell: str) -> bool:
    """Whether a cell of codes or numbers holds nothing."""
    return not cell or cell.strip().casefold() in _BLANKS


class Choices:
    """The options of an item by code and by label.

    shown : value as the file writes it -> the file's own label for it, for SPSS and Stata
    labels_first : whether a value that is one option's code and another's label means the label
    """

    def __init__(self, item: Item, shown: Mapping[str, str] = {}, labels_first: bool = False) -> None:
        self.item, self.shown, self.labels_first = item, shown, labels_first
        self._codes = {option.code for option in item.options}
        lower = {code.lower(): code for code in self._codes}
        self._lower = lower if len(lower) == len(self._codes) else {}
        labels: dict[str, set[str]] = {}
        for option in item.options:
            for text in _spellings(option.label):
                labels.setdefault(text, set()).add(option.code)
        self._labels = {text: min(of) for text, of in labels.items() if len(of) == 1}
        self._longest_first = sorted(self._labels, key=len, reverse=True)

    def one(self, cell: str) -> str | Bad | None:
        """The code of the option a cell names; None where it is blank."""
        body = cell.strip()
        found = self._one(body)
        if found is None and not is_blank(body):
            return self.unknown(body)
        return found

    def _one(self, body: str) -> str | None:
        if body in self.shown and (code := self._by_label(self.shown[body])) is not None:
            return code
        if self.labels_first and (code := self._by_label(body)) is not None:
            return code
        return self._by_code(body) or self._by_label(body)

    def _by_code(self, body: str) -> str | None:
        if body in self._codes:
            return body
        if _WHOLE.fullmatch(body):
            body = body.split(".")[0]
            return body if body in self._codes else None
        return self._lower.get(body.lower())

    def _by_label(self, body: str) -> str | None:
        text = plain(body)
        if (code := self._labels.get(text)) is not None:
            return code
        bare = plain(_BRACKETED.sub("", body))
        if bare and (code := self._labels.get(bare)) is not None:
            return code
        before = _CODE_BEFORE.match(body)
        if before and before[1] in self._codes and self._labels.get(plain(before[2])) == before[1]:
            return before[1]
        if text == _OTHER:
            return self.with_words()
        return None

    def with_words(self) -> str | None:
        """The only option with a line for words; None where there is none or more than one."""
        codes = [option.code for option in self.item.options if option.open_text]
        return codes[0] if len(codes) == 1 else None

    def unknown(self, body: str) -> Bad:
        """What is said of a value that is no option."""
        known = ", ".join(option.code for option in self.item.options[:12])
        reason = f"'{_short(body)}' is no option of {self.item.code}."
        return Bad(
            "unknown_option", reason, f"correct the cell, or declare the option; the codes are {known}."
        )

    def one_or_words(self, cell: str) -> tuple[str | Bad | None, str]:
        """As `one`, where the respondent may have written an answer of their own instead."""
        found = self.one(cell)
        other = self.with_words()
        if isinstance(found, Bad) and other is not None:
            return other, " ".join(cell.split())
        return found, ""

    def several(self, cell: str, own_words: bool) -> Several | Bad | None:
        """Every option that a cell names; None where it is blank."""
        body = cell.strip()
        if self._by_code(body) is None and self._by_label(body) is None and is_blank(body):
            return None
        if not self.labels_first and (codes := self._split_codes(body)) is not None:
            return Several(codes)
        readings = self._readings(plain(body))
        if len(readings) > 1:
            reason = f"'{_short(body)}' can be cut into options of {self.item.code} in two ways."
            return Bad("two_readings", reason, "export the answers as codes instead of labels.")
        if readings:
            return Several(next(iter(readings)))
        if (codes := self._split_codes(body)) is not None:
            return Several(codes)
        other = self.with_words() if own_words else None
        return self.unknown(body) if other is None else self._with_own_words(body, other)

    def _split_codes(self, body: str) -> tuple[str, ...] | None:
        for mark in (None, ";", ","):
            parts = [part.strip() for part in body.split(mark)]
            codes = [self._by_code(part) for part in parts if part]
            if codes and None not in codes:
                return tuple(dict.fromkeys(code for code in codes if code is not None))
        return None

    def _readings(self, text: str) -> set[tuple[str, ...]]:
        """Sets of options whose labels, with marks between them, make up the text; at most two are sought."""
        found: set[tuple[str, ...]] = set()
        waiting: list[tuple[int, frozenset[str]]] = [(0, frozenset())]
        seen = set(waiting)
        steps = 0
        while waiting and len(found) < 2 and steps < _MOST_READINGS:
            steps += 1
            start, chosen = waiting.pop()
            start += len(text) - start - len(text[start:].lstrip(_PARTS))
            if start >= len(text):
                found.add(tuple(option.code for option in self.item.options if option.code in chosen))
                continue
            for label in reversed(self._longest_first):
                end = start + len(label)
                if not text.startswith(label, start) or (end < len(text) and text[end] not in _PARTS):
                    continue
                step = (end, chosen | {self._labels[label]})
                if step not in seen:
                    seen.add(step)
                    waiting.append(step)
        return found

    def _with_own_words(self, body: str, other: str) -> Several | Bad:
        """Labels first, then what the respondent wrote, which Google Forms puts at the end."""
        text = " ".join(body.split())
        for mark in (0, *(found.end() for found in re.finditer(r",\s", text))):
            before = text[:mark].rstrip(_PARTS)
            readings = self._readings(plain(before)) if before else {()}
            # The longest run of words without a label: the first place where all before it are labels.
            if len(readings) == 1 and not self._starts_with_label(plain(text[mark:])):
                codes = {*next(iter(readings)), other}
                return Several(tuple(o.code for o in self.item.options if o.code in codes), text[mark:])
        return self.unknown(body)

    def _starts_with_label(self, text: str) -> bool:
        return any(
            text.startswith(label) and (len(text) == len(label) or text[len(label)] in _PARTS)
            for label in self._labels
        )


def _spellings(label: Labels) -> Iterable[str]:
    for text in label.values():
        if text.strip():
            yield plain(text)
            if bare := plain(_BRACKETED.sub("", text)):
                yield bare


def tick_of(cell: str, choices: Choices, code: str) -> float | Bad | None:
    """1.0 where the cell of one option says it was chosen, 0.0 where not; None where it is blank."""
    body = cell.strip()
    if is_blank(body) and body.lower() != "n":
        return None
    ticked = _TICKS.get(body.lower().removesuffix(".0"))
    if ticked is not None:
        return ticked
    shown = choices.shown.get(body, body)
    if plain(shown) in _TICKS:
        return _TICKS[plain(shown)]
    # Some exports write the option itself where it was chosen.
    if choices.one(shown) == code:
        return 1.0
    reason = f"'{_short(body)}' does not say whether {code} was chosen at {choices.item.code}."
    return Bad("unknown_option", reason, "write 1 or 0.")


def number_of(cell: str, item: Item) -> float | Bad | None:
    """A number within the limits of its item; None where the cell is blank."""
    if is_blank(cell):
        return None
    try:
        number = parse_number(cell)
        value = None if number is None else float(number) + 0.0
    except (ValueError, OverflowError):
        return Bad("impossible_value", f"'{_short(cell.strip())}' is no number.", "write a plain number.")
    if value is None:
        return None
    if abs(value) > 1e18:
        return Bad("impossible_value", f"'{_short(cell.strip())}' is too large.", "correct the cell.")
    low, high = item.low, item.high
    if (low is not None and value < low) or (high is not None and value > high):
        reason = f"{value:g} lies outside {_end(low)}..{_end(high)} of {item.code}."
        return Bad("impossible_value", reason, "correct the cell, or the limits of the question.")
    if item.whole and value != int(value):
        return Bad("impossible_value", f"{value:g} is no whole number.", "correct the cell.")
    return value


def _end(limit: float | None) -> str:
    return "" if limit is None else f"{limit:g}"


def day_of(cell: str) -> date | Bad | None:
    """A day written 2024-01-31, 31.01.2024 or with a time after it; None where the cell is blank."""
    if is_blank(cell):
        return None
    body = cell.strip()
    try:
        if found := re.match(r"(\d{1,2})\.(\d{1,2})\.(\d{4})(?:\s|$)", body):
            return date(int(found[3]), int(found[2]), int(found[1]))
        return datetime.fromisoformat(body.replace("/", "-")).date()
    except ValueError:
        reason = f"'{_short(body)}' is no day."
        return Bad("impossible_value", reason, "write days as 2024-01-31.")


def _short(text: str) -> str:
    return text if len(text) <= 80 else f"{text[:60]} ..."
