"""Intervals of counts and proportions: agreement with distributions, known values, doors that stay shut."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats as reference

from kelisim.core.errors import CountsError, NotDefined
from kelisim.stats.rates import poisson_rate, proportion_interval

Method = Literal["wilson", "clopper-pearson"]
METHODS: tuple[Method, ...] = ("wilson", "clopper-pearson")
LEVELS = st.sampled_from([0.8, 0.9, 0.95, 0.99])


@given(st.integers(1, 5000), st.floats(0.01, 1e6), LEVELS)
def test_garwood_agrees_with_quantiles_of_chi_square(events: int, exposure: float, level: float) -> None:
    rate, low, high = poisson_rate(events, exposure, level)
    tail = (1 - level) / 2
    assert rate == events / exposure
    assert low == pytest.approx(reference.chi2.ppf(tail, 2 * events) / 2 / exposure, rel=1e-9)
    assert high == pytest.approx(reference.chi2.isf(tail, 2 * events + 2) / 2 / exposure, rel=1e-9)
    assert low < rate < high


@given(st.integers(1, 300), LEVELS)
def test_the_ends_of_garwood_leave_the_tail_outside(events: int, level: float) -> None:
    _, low, high = poisson_rate(events, 1.0, level)
    tail = (1 - level) / 2
    assert reference.poisson.sf(events - 1, low) == pytest.approx(tail, rel=1e-8)
    assert reference.poisson.cdf(events, high) == pytest.approx(tail, rel=1e-8)


@pytest.mark.parametrize(
    ("events", "low", "high"),
    [(0, 0.0, 3.6889), (1, 0.0253, 5.5716), (4, 1.0899, 10.2416), (10, 4.7954, 18.3904)],
)
def test_printed_limits_of_a_poisson_count(events: int, low: float, high: float) -> None:
    """Limits at 95 percent as tables of the Poisson distribution print them."""
    assert poisson_rate(events, 1.0, 0.95) == pytest.approx((events, low, high), abs=5e-5)


def test_no_event_is_not_no_risk() -> None:
    rate, low, high = poisson_rate(0, 14.0, 0.95)
    assert (rate, low) == (0.0, 0.0)
    assert high == pytest.approx(3.688879 / 14, abs=1e-6)


def test_a_rate_per_area_year_is_twelve_times_that_of_area_months() -> None:
    # Four clashes in fourteen years over seventeen areas: 0.0014 per area and month.
    per_year = poisson_rate(4, 17 * 14.0, 0.95)
    per_month = poisson_rate(4, 17 * 14.0 * 12, 0.95)
    assert per_month[0] == pytest.approx(0.0014, abs=5e-5)
    assert [12 * x for x in per_month] == pytest.approx(per_year)


@pytest.mark.parametrize("method", METHODS)
@given(n=st.integers(1, 5000), part=st.floats(0, 1), level=LEVELS)
def test_proportion_intervals_hold_the_share_and_stay_within_0_and_1(
    method: Method, n: int, part: float, level: float
) -> None:
    successes = round(part * n)
    low, high = proportion_interval(successes, n, level, method)
    assert 0 <= low <= successes / n <= high <= 1
    mirrored = proportion_interval(n - successes, n, level, method)
    assert (1 - mirrored[1], 1 - mirrored[0]) == pytest.approx((low, high), abs=1e-9)


@given(st.integers(1, 2000), st.floats(0, 1), LEVELS)
def test_proportion_intervals_agree_with_scipy(n: int, part: float, level: float) -> None:
    test = reference.binomtest(round(part * n), n)
    for ours, theirs in (("wilson", "wilson"), ("clopper-pearson", "exact")):
        expected = test.proportion_ci(level, method=theirs)
        found = proportion_interval(round(part * n), n, level, ours)  # type: ignore[arg-type]
        assert found == pytest.approx((expected.low, expected.high), abs=1e-9)


def test_two_proportions_known_from_the_literature() -> None:
    """81 of 263 and 15 of 148, printed by Newcombe (1998), Statistics in Medicine 17(8), 857-872."""
    assert proportion_interval(81, 263, 0.95, "wilson") == pytest.approx((0.2553, 0.3662), abs=5e-5)
    assert proportion_interval(81, 263, 0.95, "clopper-pearson") == pytest.approx((0.2527, 0.3676), abs=5e-5)
    assert proportion_interval(15, 148, 0.95, "wilson") == pytest.approx((0.0624, 0.1605), abs=5e-5)
    assert proportion_interval(15, 148, 0.95, "clopper-pearson") == pytest.approx((0.0578, 0.1617), abs=5e-5)


@pytest.mark.parametrize("method", METHODS)
def test_none_and_all_end_exactly_at_0_and_1(method: Method) -> None:
    for n in range(1, 400):
        assert proportion_interval(0, n, 0.95, method)[0] == 0.0
        assert proportion_interval(n, n, 0.95, method)[1] == 1.0


def test_what_has_no_rate_says_why() -> None:
    for exposure in (0.0, -1.0, float("nan"), float("inf")):
        with pytest.raises(NotDefined) as finding:
            poisson_rate(1, exposure, 0.95)
        assert finding.value.reason == "no_exposure"
    with pytest.raises(NotDefined) as finding:
        proportion_interval(0, 0, 0.95, "wilson")
    assert finding.value.reason == "no_answers"


@pytest.mark.parametrize(
    "call",
    [
        lambda: poisson_rate(-1, 1.0, 0.95),
        lambda: poisson_rate(1.5, 1.0, 0.95),  # type: ignore[arg-type]
        lambda: proportion_interval(5, 4, 0.95, "wilson"),
        lambda: proportion_interval(-1, 4, 0.95, "wilson"),
        lambda: proportion_interval(1.5, 4, 0.95, "wilson"),  # type: ignore[arg-type]
    ],
)
def test_what_is_no_count_is_refused(call: Callable[[], object]) -> None:
    with pytest.raises(CountsError):
        call()


def test_choices_are_words_and_levels_are_parts_of_one() -> None:
    with pytest.raises(ValueError, match="no interval is called 'wald'"):
        proportion_interval(1, 4, 0.95, "wald")  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        proportion_interval(1, 4, 0.95)  # type: ignore[call-arg]
    for level in (0.0, 1.0, 95.0):
        with pytest.raises(ValueError, match="level"):
            poisson_rate(1, 1.0, level)
        with pytest.raises(ValueError, match="level"):
            proportion_interval(1, 4, level, "wilson")
