"""Bounds hold whatever the unknown outcomes were; bins keep every case; bars are exact."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom

from kelisim.core.errors import NotDefined
from kelisim.stats.calibration_bins import bounded_calibration_error, calibration_bins, consistency_bar
from kelisim.stats.rates import proportion_interval
from kelisim.stats.unknown_outcomes import bounded_brier, bounded_share, bounded_skill, design_effect

CASE = st.tuples(
    st.sampled_from([0.0, 1.0, float("nan")]),
    st.floats(0.01, 0.99),
    st.floats(0.01, 0.99),
    st.integers(0, 3),
)


@given(st.lists(CASE, min_size=1, max_size=7))
def test_every_way_the_unknown_may_have_fallen_lies_within_the_bounds(
    cases: list[tuple[float, float, float, int]],
) -> None:
    x, p, b, groups = (np.array(column) for column in zip(*cases, strict=True))
    rng = np.random.default_rng(1)
    share = bounded_share(x, groups, 0.9)
    brier = bounded_brier(p, x, groups, 0.9, rng)
    skill = bounded_skill(p, b, x, groups, 0.9, rng)
    unknown = np.flatnonzero(np.isnan(x))
    found = []
    for filling in product((0.0, 1.0), repeat=unknown.size):
        y = x.copy()
        y[unknown] = filling
        found.append((y.mean(), ((p - y) ** 2).mean(), 1 - ((p - y) ** 2).sum() / ((b - y) ** 2).sum()))
    for bounded, values in zip((share, brier, skill), zip(*found, strict=True), strict=True):
        # The bounds are sharp: both are reached.
        assert bounded.lowest == pytest.approx(min(values), rel=1e-6, abs=1e-9)
        assert bounded.highest == pytest.approx(max(values), rel=1e-6, abs=1e-9)
        assert bounded.low <= bounded.lowest + 1e-12 and bounded.highest <= bounded.high + 1e-12


@given(st.lists(st.booleans(), min_size=2, max_size=60))
def test_independent_cases_have_the_exact_interval(outcomes: list[bool]) -> None:
    made = bounded_share(np.array(outcomes, float), range(len(outcomes)), 0.95)
    exact = proportion_interval(sum(outcomes), len(outcomes), 0.95, "clopper-pearson")
    assert (made.low, made.high) == pytest.approx(exact)
    assert made.known == made.lowest == made.highest


def test_cases_that_go_together_count_for_less() -> None:
    x = np.repeat([1.0, 0.0, 0.0, 1.0, 0.0, 0.0], 10)
    groups = np.repeat(np.arange(6), 10)
    together, apart = bounded_share(x, groups, 0.9), bounded_share(x, range(60), 0.9)
    assert together.high - together.low > 1.5 * (apart.high - apart.low)
    assert design_effect(x, groups) > 8 and design_effect(x, range(60)) < 1.1
    alone = bounded_share(x, np.zeros(60), 0.9)
    assert (alone.low, alone.high) == (0.0, 1.0)


def test_no_case_is_a_finding() -> None:
    with pytest.raises(NotDefined, match="no warning"):
        bounded_share([], [], 0.9)


@given(
    st.lists(st.tuples(st.floats(0.001, 0.999), st.sampled_from([0.0, 1.0, float("nan")])), max_size=80),
    st.sampled_from([0.05, 0.1, 0.25, 1.0]),
    st.integers(1, 20),
)
def test_bins_keep_every_case_and_are_large_enough(
    cases: list[tuple[float, float]], width: float, fewest: int
) -> None:
    p, x = [case[0] for case in cases], [case[1] for case in cases]
    bins = calibration_bins(p, x, range(len(cases)), width=width, fewest=fewest, level=0.9)
    assert sum(b.share.n for b in bins) == len(cases)
    assert sum(b.share.n * b.forecast for b in bins) == pytest.approx(sum(p))
    assert all(b.share.n >= min(fewest, len(cases)) for b in bins)
    assert all(b.first - 1e-6 <= b.forecast <= b.last + 1e-6 for b in bins)
    if bins:
        low, high = bounded_calibration_error(bins)
        assert 0 <= low <= high <= 1


@given(st.integers(1, 40), st.floats(0.05, 0.95), st.sampled_from([0.8, 0.9, 0.95]))
def test_the_bar_of_equal_forecasts_is_binomial(n: int, p: float, level: float) -> None:
    low, high = consistency_bar([p] * n, level)
    tail = (1 - level) / 2
    # A quantile on the edge of a step may fall either way by rounding.
    for end, chance in ((low, tail), (high, 1 - tail)):
        assert round(end * n) in {int(binom.ppf(chance + slack, n, p)) for slack in (-1e-9, 1e-9)}
