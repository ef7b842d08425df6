"""From how many answers printed percentages can come."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kelisim.stats.bases import Rounding, attainable_share, feasible_bases

FIFTY_SEVEN = [(Fraction(p), 1) for p in ("35.1", "31.6", "21.1", "12.3")]
WHOLE = [(Fraction(p), 0) for p in ("35", "32", "21", "12")]


def test_the_worked_example_of_57_answers() -> None:
    found = feasible_bases(FIFTY_SEVEN, 300, exclusive=True, complete=True)
    assert found.listed() == (57, 114, 171, 228, 285) and found.smallest() == 57
    assert int(feasible_bases(WHOLE, 300, exclusive=True, complete=True).feasible.sum()) == 212


def test_what_the_printed_grid_leaves_to_chance() -> None:
    reached = attainable_share(np.array([50, 100, 214, 1000]), 1)
    assert [round(100 * float(x), 1) for x in reached] == [5.1, 10.1, 21.5, 100.0]
    whole = feasible_bases(WHOLE, 300, exclusive=True, complete=True)
    assert (
        whole.power(300) == 0.0
        and feasible_bases(FIFTY_SEVEN, 57, exclusive=True, complete=True).power(57) > 0.99
    )


@given(st.lists(st.integers(0, 40), min_size=2, max_size=5).filter(sum), st.integers(0, 2))
def test_the_true_base_always_fits(counts: list[int], decimals: int) -> None:
    n = sum(counts)
    prints = [(round(Fraction(100 * k, n), decimals), decimals) for k in counts]
    for complete in (True, False):
        assert feasible_bases(prints, n, exclusive=True, complete=complete).fits(n)
    assert feasible_bases(prints, n, exclusive=False, complete=True).fits(n)


def printed(k: int, n: int, decimals: int, rounding: Rounding) -> set[Fraction]:
    unit = Fraction(1, 10**decimals)
    steps = Fraction(100 * k, n) / unit
    down, half = steps.numerator // steps.denominator, Fraction(1, 2)
    up = down + (steps - down >= half)
    even = down + (steps - down > half or (steps - down == half and down % 2 == 1))
    either = {down, down + 1} if steps - down == half else {up}
    chosen = {"down": {down}, "half_up": {up}, "half_even": {even}, "nearest": either}[rounding]
    return {step * unit for step in chosen}


@given(
    st.integers(0, 100),
    st.integers(0, 1),
    st.integers(1, 60),
    st.sampled_from(["nearest", "half_up", "half_even", "down"]),
)
def test_a_base_fits_exactly_where_some_count_prints_so(
    step: int, d: int, n: int, rounding: Rounding
) -> None:
    value = Fraction(step, 10**d)
    brute = any(value in printed(k, n, d, rounding) for k in range(n + 1))
    found = feasible_bases([(value, d)], n, exclusive=False, complete=False, rounding=rounding)
    assert found.fits(n) == brute


def test_several_answers_obey_no_sum() -> None:
    prints = [(Fraction(60), 0), (Fraction(70), 0)]
    assert feasible_bases(prints, 100, exclusive=False, complete=True).fits(100)
    assert not feasible_bases(prints, 100, exclusive=True, complete=True).feasible.any()


def test_what_cannot_be_searched_is_refused() -> None:
    with pytest.raises(ValueError, match="base 1"):
        feasible_bases(WHOLE, 0, exclusive=True, complete=True)
    with pytest.raises(ValueError, match="decimals"):
        feasible_bases([(Fraction("1.25"), 1)], 10, exclusive=True, complete=True)
