"""Age: what is older than one and a half of its rhythm is widened by its own past, or falls a grade."""

from __future__ import annotations

from datetime import date

import pytest

from kelisim.assessment.age import age_in_years, aged, end_of_period, growth_per_rhythm
from kelisim.core.estimates import Estimate
from tests.cast import PERIODS

FRESH = Estimate(value=5.0, unit="scale 0-10", method="m", grade="good", source="s", se=0.3)


def test_up_to_one_and_a_half_rhythms_nothing_changes() -> None:
    assert aged(FRESH, 1.5, 1.0, None) is FRESH
    assert aged(FRESH, None, None, None) is FRESH, "what happened does not grow old"


def test_without_a_past_the_grade_falls_one_step() -> None:
    old = aged(FRESH, 1.6, 1.0, None)
    assert old.grade == "acceptable" and old.reasons == ("too_old",) and old.se == 0.3


def test_with_a_past_the_variance_grows() -> None:
    old = aged(FRESH, 3.0, 1.0, 0.04)
    assert old.grade == "good" and old.se == pytest.approx((0.09 + 0.12) ** 0.5)


def test_an_unknown_age_is_no_young_age() -> None:
    assert aged(FRESH, None, 1.0, 0.04).grade == "acceptable"


def test_growth_takes_the_error_of_both_waves_away() -> None:
    assert growth_per_rhythm([(0.1, 0.5, 1.0)]) == 0.0
    assert growth_per_rhythm([(1.0, 0.0, 4.0)]) == 0.25


@pytest.mark.parametrize(
    ("period", "end"),
    [("y2019", date(2019, 1, 1)), ("2022", date(2022, 12, 31)), ("2007-2020", date(2020, 12, 31)),
     ("2024-02", date(2024, 2, 29)), ("undated", None)],
)  # fmt: skip
def test_the_end_of_a_period(period: str, end: date | None) -> None:
    assert end_of_period(period, PERIODS) == end


def test_a_running_period_has_no_negative_age() -> None:
    assert age_in_years(date(2022, 1, 1), date(2021, 6, 1)) == 0.0
