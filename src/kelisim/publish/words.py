"""The words of the pages, a file per subject and language; numbers and dates as each language writes them."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files

from kelisim.core.areas import Area
from kelisim.core.estimates import Estimate
from kelisim.core.languages import Language
from kelisim.core.periods import PartialDate
from kelisim.core.questionnaire import FormLanguage

__all__ = ["Speaker", "catalogue"]

_ISO_DAY = re.compile(r"(?<![\w-])\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])(?![\w-])")
_DECIMALS = {
    "persons": 0,
    "percent": 2,
    "index 0-1": 3,
    "ratio": 2,
    "events": 0,
    "percent of futures": 0,
    "percent of cases": 0,
    "incidents per area": 3,
    "events per year": 2,
    "events per area-year": 3,
    "events per area-month": 4,
    "probability": 3,
    "groups": 2,
    "texts": 0,
    "sources": 0,
    "views": 0,
    "percent of days": 0,
    "percent of texts": 0,
    "nats": 3,
    "percent a year": 2,
}


@cache
def catalogue(language: FormLanguage) -> dict[str, str]:
    """The words of one language, from all files of its folder; Uzbek has words for forms only.

    Raises: ValueError for a repeated key.
    """
    import yaml

    # The same safe loader, written in C where the library has it: pages wait for thousands of words.
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    found: dict[str, str] = {}
    for file in sorted(
        files("kelisim.publish").joinpath(f"locale/{language}").iterdir(), key=lambda f: f.name
    ):
        words = yaml.load(file.read_text(encoding="utf-8"), Loader=loader)
        if twice := sorted(found.keys() & words.keys()):
            raise ValueError(f"the words {', '.join(twice)} stand in {file.name} and in another file")
        found |= {str(key): str(value) for key, value in words.items()}
    return found


@dataclass(frozen=True)
class Speaker:
    """Says words, numbers and dates in one language. Rounding happens here and nowhere else."""

    language: Language

    def word(self, key: str) -> str:
        """The words of a key; a missing key is an error, never a silent gap. Raises: KeyError."""
        return catalogue(self.language)[key]

    def either(self, key: str, fallback: str) -> str:
        """The words of a key, or the given words where the study brings its own."""
        return catalogue(self.language).get(key, fallback)

    def knows(self, key: str) -> bool:
        """Whether the key has words."""
        return key in catalogue(self.language)

    def count(self, key: str, number: int) -> str:
        """A number with its noun in the form the language asks for: "1 событие", "2 события", "5 событий".

        The words stand under `KEY.one`, `KEY.few`, `KEY.many`, `KEY.other`, with {} for the number.
        """
        form = _plural_rule(self.language)(number)
        words = catalogue(self.language)
        pattern = words.get(f"{key}.{form}") or words[f"{key}.other"]
        return pattern.replace("{}", self.number(number, 0))

    def number(self, value: float, decimals: int) -> str:
        """A number with the grouping and decimal sign of the language."""
        from babel.numbers import format_decimal

        pattern = "#,##0" + ("." + "0" * decimals if decimals else "")
        return str(format_decimal(value, format=pattern, locale=self.language))

    def value(self, estimate: Estimate) -> str:
        """The value of an estimate with its interval, a range as printed, or its flag in words."""
        if estimate.is_range:
            return self._range(estimate.low, estimate.high)
        if estimate.value is None:
            return self.word(f"flag.{estimate.flag}")
        if estimate.unit == "flag":
            return self.word("yes" if estimate.value else "no")
        decimals = _DECIMALS.get(estimate.unit, 0 if abs(estimate.value) >= 1000 else 1)
        if estimate.unit.startswith("scale"):
            decimals = 2
        if estimate.method in ("survey_share", "survey_answers"):
            # The gate rounds to whole points, or coarser where fewer were asked.
            told = (estimate.value, estimate.low, estimate.high)
            decimals = 0 if all(end is None or end == int(end) for end in told) else 1
        if estimate.method == "as_printed":
            # A print is shown with the digits it was printed with; more would claim what nobody said.
            decimals = _digits(estimate.value)
        text = self.number(estimate.value, decimals)
        if estimate.value and not round(estimate.value, decimals):
            # A value that is not zero is never shown as zero.
            least = self.number(10.0**-decimals, decimals)
            text = f"< {least}" if estimate.value > 0 else f"> −{least}"
        if estimate.low is not None and estimate.high is not None and estimate.level is not None:
            low, high = self.number(estimate.low, decimals), self.number(estimate.high, decimals)
            # A dash between two numbers reads as a minus where one of them is below zero.
            ends = f"{low} … {high}" if estimate.low < 0 else f"{low}–{high}"
            text += f" ({ends}; {self.number(100 * estimate.level, 0)} %)"
        return text

    def _range(self, low: float | None, high: float | None) -> str:
        ends = ["" if end is None else self.number(end, _digits(end)) for end in (low, high)]
        if not ends[1]:
            return self.word("range.more").replace("{}", ends[0])
        if not ends[0]:
            return self.word("range.less").replace("{}", ends[1])
        return self.word("range.between").replace("{}", f"{ends[0]}–{ends[1]}")

    def area(self, area: Area) -> str:
        """The name of an area with the word for its level, unless the name already says it."""
        name = area.names.say(self.language)
        pattern = catalogue(self.language).get(f"area.{area.level}", "{}")
        level = pattern.replace("{}", "").strip()
        return name if level in name.lower() else pattern.format(name)

    def day(self, day: date) -> str:
        """A day in the long form of the language."""
        from babel.dates import format_date

        # "2/3/24" and "February 2" are read two ways; British English puts the day first, as kk and ru do.
        locale = "en_GB" if self.language == "en" else self.language
        return str(format_date(day, format="long", locale=locale))

    def days_in(self, text: str) -> str:
        """A text with every day in it written as the language writes days.

        >>> Speaker("ru").days_in("на 2020-01-01, строка 7")
        'на 1 января 2020\\u202fг., строка 7'
        """

        def said(found: re.Match[str]) -> str:
            try:
                return self.day(PartialDate.parse(found.group()).first)
            except ValueError:  # 30 February, as some source printed it
                return found.group()

        return _ISO_DAY.sub(said, text)

    def date(self, when: PartialDate) -> str:
        """A date as exactly as it is known: a day, a month of a year, or a year."""
        from babel.dates import format_skeleton

        if when.precision == "day":
            return self.day(when.first)
        if when.precision == "year":
            return self.word("date.year").replace("{}", str(when.first.year))
        return str(format_skeleton("yMMMM", when.first, locale=self.language))


def _digits(value: float) -> int:
    return len(repr(value).partition(".")[2].rstrip("0"))


@cache
def _plural_rule(language: Language) -> Callable[[int], str]:
    from babel import Locale

    rule: Callable[[int], str] = Locale.parse(language).plural_form
    return rule
