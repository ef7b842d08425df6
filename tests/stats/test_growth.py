"""Change between two printed points: absolute, relative, and per year."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kelisim.core.errors import NotDefined
from kelisim.stats.growth import absolute_change, annual_growth_pct, relative_change_pct

PERSONS = st.integers(1, 20_000_000)
YEARS = st.floats(1, 40)


@given(PERSONS, PERSONS, YEARS)
def test_growing_year_by_year_leads_to_the_later_point(earlier: int, later: int, years: float) -> None:
    yearly = annual_growth_pct(earlier, later, years)
    assert earlier * (1 + yearly / 100) ** years == pytest.approx(later, rel=1e-6)


@given(PERSONS, PERSONS)
def test_over_one_year_annual_and_relative_change_are_the_same(earlier: int, later: int) -> None:
    relative = relative_change_pct(earlier, later)
    assert annual_growth_pct(earlier, later, 1.0) == pytest.approx(relative, rel=1e-9, abs=1e-9)
    assert absolute_change(earlier, later) == pytest.approx(earlier * relative / 100, abs=1e-6)


@given(PERSONS, YEARS)
def test_no_change_is_zero_growth(persons: int, years: float) -> None:
    assert absolute_change(persons, persons) == 0.0
    assert relative_change_pct(persons, persons) == 0.0
    assert annual_growth_pct(persons, persons, years) == 0.0


def test_two_cases_worked_by_hand() -> None:
    assert (absolute_change(400, 441), relative_change_pct(400, 441)) == (41.0, 10.25)
    assert annual_growth_pct(400, 441, 2) == pytest.approx(5.0)
    assert (absolute_change(800, 100), relative_change_pct(800, 100)) == (-700.0, -87.5)
    assert annual_growth_pct(800, 100, 3) == pytest.approx(-50.0)


def test_a_group_that_is_gone_has_a_relative_change_but_no_yearly_rate() -> None:
    assert relative_change_pct(50, 0) == -100.0
    with pytest.raises(NotDefined) as finding:
        annual_growth_pct(50, 0, 2)
    assert finding.value.reason == "not_positive"


@pytest.mark.parametrize("earlier", [0, -5])
def test_growth_from_nothing_is_not_defined(earlier: int) -> None:
    for call in (lambda: relative_change_pct(earlier, 5), lambda: annual_growth_pct(earlier, 5, 2)):
        with pytest.raises(NotDefined) as finding:
            call()
        assert finding.value.reason == "not_positive"


@pytest.mark.parametrize("years", [0.0, -1.0])
def test_growth_needs_time_between_the_points(years: float) -> None:
    with pytest.raises(NotDefined) as finding:
        annual_growth_pct(5, 6, years)
    assert finding.value.reason == "same_day"


def test_a_missing_point_is_said() -> None:
    nan = float("nan")
    for call in (
        lambda: absolute_change(nan, 1),
        lambda: relative_change_pct(1, nan),
        lambda: annual_growth_pct(1, nan, 2),
        lambda: annual_growth_pct(1, 2, nan),
    ):
        with pytest.raises(NotDefined) as finding:
            call()
        assert finding.value.reason == "not_printed"
