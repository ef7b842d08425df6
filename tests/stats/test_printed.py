"""Exact arithmetic of prints: a value agrees with its own rounding, and with nothing a unit away."""

from __future__ import annotations

from decimal import ROUND_DOWN, ROUND_HALF_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal, localcontext
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kelisim.stats.printed import agrees, bounds, half_unit, sum_agrees, sum_slack

DECIMALS = st.integers(0, 4)
MODES = st.sampled_from([ROUND_HALF_UP, ROUND_HALF_EVEN, ROUND_HALF_DOWN])


def rounded(value: Fraction, decimals: int, mode: str) -> Fraction:
    """The print of an exact value, by decimal arithmetic with 60 digits."""
    with localcontext(prec=60):
        exact = Decimal(value.numerator) / Decimal(value.denominator)
        return Fraction(exact.quantize(Decimal(1).scaleb(-decimals), rounding=mode))


@given(st.integers(0, 10**8), st.integers(1, 10**8), DECIMALS, MODES)
def test_a_share_agrees_with_its_own_print(part: int, whole: int, decimals: int, mode: str) -> None:
    value = Fraction(100 * part, whole)
    assert agrees(value, rounded(value, decimals, mode), decimals)


@given(st.fractions(0, 100), DECIMALS, MODES, st.sampled_from([-1, 1]))
def test_a_print_two_units_away_never_agrees(value: Fraction, decimals: int, mode: str, side: int) -> None:
    far = rounded(value, decimals, mode) + side * Fraction(2, 10**decimals)
    assert not agrees(value, far, decimals)


@given(st.fractions(0, 100), DECIMALS)
def test_bounds_are_one_unit_wide_and_both_ends_agree(value: Fraction, decimals: int) -> None:
    low, high = bounds(value, decimals)
    assert high - low == Fraction(1, 10**decimals) == 2 * half_unit(decimals)
    assert agrees(low, value, decimals) and agrees(high, value, decimals)
    beyond = Fraction(1, 10**12)
    assert not agrees(low - beyond, value, decimals) and not agrees(high + beyond, value, decimals)


def test_two_cases_worked_by_hand() -> None:
    # 1 of 8 is 12.5 percent: without decimals both 12 and 13 are honest prints of it, 11 and 14 are not.
    eighth = Fraction(100, 8)
    assert [p for p in range(10, 16) if agrees(eighth, Fraction(p), 0)] == [12, 13]
    # 2 of 3 is 66.666... percent: 66.67 is its print; 66.66 is cut off and misses by more than half a unit.
    two_thirds = Fraction(200, 3)
    assert agrees(two_thirds, Fraction("66.67"), 2)
    assert not agrees(two_thirds, rounded(two_thirds, 2, ROUND_DOWN), 2)


def test_round_thousands_are_prints_too() -> None:
    assert bounds(Fraction(370_000), -3) == (369_500, 370_500)
    assert agrees(Fraction(370_499), Fraction(370_000), -3)


@given(st.lists(st.integers(0, 10**6), min_size=1, max_size=20).filter(any), DECIMALS, MODES)
def test_honestly_rounded_shares_may_add_up_to_100(persons: list[int], decimals: int, mode: str) -> None:
    total = sum(persons)
    parts = [rounded(Fraction(100 * n, total), decimals, mode) for n in persons]
    assert sum_agrees(parts, Fraction(100), decimals, None)


@given(st.lists(st.fractions(0, 1000), min_size=1, max_size=12), DECIMALS, DECIMALS, MODES)
def test_rounded_parts_agree_with_their_rounded_sum(
    exact: list[Fraction], decimals: int, whole_decimals: int, mode: str
) -> None:
    parts = [rounded(value, decimals, mode) for value in exact]
    whole = rounded(sum(exact, Fraction(0)), whole_decimals, mode)
    assert sum_agrees(parts, whole, decimals, whole_decimals)


@pytest.mark.parametrize(
    ("n_parts", "decimals", "whole_decimals", "slack"),
    [(3, 1, None, "0.15"), (3, 1, 1, "0.20"), (18, 2, 2, "0.095"), (0, 2, 0, "0.5")],
)
def test_the_slack_is_half_a_unit_for_each_rounded_number(
    n_parts: int, decimals: int, whole_decimals: int | None, slack: str
) -> None:
    assert sum_slack(n_parts, decimals, whole_decimals) == Fraction(slack)


def test_a_sum_beyond_its_slack_is_found() -> None:
    # 33.3 three times misses 100 by 0.1 and may; a sum of 100.5 from four parts may miss by 0.2 only.
    assert sum_agrees([Fraction("33.3")] * 3, Fraction(100), 1, None)
    assert not sum_agrees([Fraction("40.5"), *[Fraction(20)] * 3], Fraction(100), 1, None)
