"""Periods: the day a number speaks of, kept apart from the year that was printed beside it.

A printed "2019" may mean 1 January 2019, the year's average or the year's end. A `Period` therefore holds
the print as text and the reference date or span as dates; every comparison in time uses the dates.
"""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from typing import Literal

__all__ = ["PartialDate", "Period", "last_day", "years_between"]

_PARTIAL = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?", re.ASCII)
_SPAN = re.compile(r"\d{4}\s?[-–]\s?(\d{4})", re.ASCII)
_DAYS_IN_YEAR = 365.2425


@dataclass(frozen=True, slots=True)
class PartialDate:
    """A date known to the day, the month or the year.

    >>> PartialDate.parse("2018-06").first
    datetime.date(2018, 6, 1)
    """

    first: date
    last: date
    precision: Literal["day", "month", "year"]

    @classmethod
    def parse(cls, text: str) -> PartialDate:
        """Read YYYY, YYYY-MM or YYYY-MM-DD. Raises ValueError for anything else."""
        match = _PARTIAL.fullmatch(text.strip())
        if match is None:
            raise ValueError(f"'{text}' is not a date of the form YYYY, YYYY-MM or YYYY-MM-DD")
        year, month, day = (int(part) if part else None for part in match.groups())
        assert year is not None
        if month is None:
            return cls(date(year, 1, 1), date(year, 12, 31), "year")
        if day is None:
            return cls(date(year, month, 1), date(year, month, monthrange(year, month)[1]), "month")
        return cls(date(year, month, day), date(year, month, day), "day")

    @classmethod
    def read(cls, text: str) -> PartialDate | None:
        """The date of a print, or None where none is printed or none can be read from it ("1990s")."""
        try:
            return cls.parse(text)
        except ValueError:
            return None

    def __str__(self) -> str:
        length = {"day": 10, "month": 7, "year": 4}[self.precision]
        return self.first.isoformat()[:length]


@dataclass(frozen=True, slots=True)
class Period:
    """One point or span of time that numbers of the study speak of.

    period_id : key in the study
    printed : the year or words that the source printed
    first, last : the reference date (equal) or the span, both inclusive
    known : False where the reference date is our reading of a printed year and not stated by the source
    """

    period_id: str
    printed: str
    first: date
    last: date
    known: bool

    @property
    def middle(self) -> date:
        """The day in the middle of the span; the reference date itself for a point."""
        return date.fromordinal((self.first.toordinal() + self.last.toordinal()) // 2)


def last_day(printed: str) -> date | None:
    """The last day of a time as printed: "2022", "2020-07", a span "1991-2011"; None where it says no time.

    >>> last_day("2020-2021"), last_day("")
    (datetime.date(2021, 12, 31), None)
    """
    span = _SPAN.fullmatch(printed.strip())
    try:
        return PartialDate.parse(span.group(1) if span else printed).last
    except ValueError:
        return None


def years_between(earlier: date, later: date) -> float:
    """Years from one day to another, a year being 365.2425 days.

    >>> round(years_between(date(1999, 1, 1), date(2019, 1, 1)), 2)
    20.0
    """
    return (later - earlier).days / _DAYS_IN_YEAR
