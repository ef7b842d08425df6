"""Age: a value older than one and a half of its rhythm is worth less, and says so.

Where the indicator's own past shows how much it changes from one rhythm to the next, the variance grows by
that much for every rhythm passed; where there is no past to learn from, the grade falls one step. Nothing is
carried forward silently.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from math import sqrt

from kelisim.core.estimates import Estimate, Grade
from kelisim.core.periods import PartialDate, Period, years_between

__all__ = ["TOO_OLD", "age_in_years", "aged", "end_of_period", "growth_per_rhythm", "one_step_lower"]

TOO_OLD = 1.5


def end_of_period(period_id: str, periods: Mapping[str, Period]) -> date | None:
    """Last day a figure's period speaks of: of a declared period, or of a printed year or span; None if
    neither.

    >>> end_of_period("2020-2021", {})
    datetime.date(2021, 12, 31)
    >>> end_of_period("undated", {}) is None
    True
    """
    if period_id in periods:
        return periods[period_id].last
    first, dash, second = period_id.partition("-")
    text = second if dash and len(second) == 4 and len(first) == 4 else period_id
    try:
        return PartialDate.parse(text).last
    except ValueError:
        return None


def age_in_years(end: date | None, as_of: date) -> float | None:
    """Years from the end of a period to the study's day; 0 for a period that is still running."""
    return None if end is None else max(0.0, years_between(end, as_of))


def one_step_lower(grade: Grade) -> Grade:
    """The next grade down.

    >>> one_step_lower("good"), one_step_lower("poor")
    ('acceptable', 'poor')
    """
    return "acceptable" if grade == "good" else "poor"


def growth_per_rhythm(history: Iterable[tuple[float, float, float]]) -> float | None:
    """Variance added per rhythm, learned from past changes: the mean of (change^2 - error variance) /
    rhythms.

    history : (change between two waves, sum of the squared standard errors of both, rhythms between them)
    Returns: q, not below 0; None without any past change.

    >>> growth_per_rhythm([(0.3, 0.01, 1.0), (-0.1, 0.01, 1.0)])
    0.04
    >>> growth_per_rhythm([]) is None
    True
    """
    parts = [(change**2 - error) / rhythms for change, error, rhythms in history if rhythms > 0]
    return max(0.0, round(sum(parts) / len(parts), 15)) if parts else None


def aged(estimate: Estimate, age: float | None, rhythm: float | None, growth: float | None) -> Estimate:
    """The estimate as it may be used at its age.

    Up to 1.5 rhythms it is unchanged. Beyond, with a known growth the variance rises by growth x (rhythms
    passed); otherwise the grade falls one step. An unknown age counts as too old.
    """
    if rhythm is None or (age is not None and age <= TOO_OLD * rhythm):
        return estimate
    reason = "age_unknown" if age is None else "too_old"
    if growth is None or age is None or estimate.se is None:
        return replace(estimate, grade=one_step_lower(estimate.grade), reasons=(*estimate.reasons, reason))
    wider = sqrt(estimate.se**2 + growth * age / rhythm)
    return replace(estimate, se=wider, reasons=(*estimate.reasons, "widened_for_age"))
