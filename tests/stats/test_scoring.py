"""Scores of draws: golden numbers by hand, and laws for any draws and outcomes."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kelisim.stats.scoring import (
    LOG_SCORE_BINS,
    brier_score,
    calibration_error,
    crps,
    log_score,
    pit_bounds,
    pit_histogram,
    within_interval,
)

counts = st.integers(0, 60)
forecasts = st.lists(st.lists(counts, min_size=5, max_size=5), min_size=1, max_size=6)


def test_crps_of_three_draws_by_hand() -> None:
    # E|X - y| = (2 + 1 + 4) / 3; pairs of draws differ by 1, 6 and 5, half their mean is 2.
    assert crps([[0, 1, 6]], [2])[0] == pytest.approx(7 / 3 - 2)


def test_crps_agrees_with_the_sum_over_thresholds() -> None:
    # For a distribution on whole numbers CRPS = sum over k of (F(k) - [y <= k])^2. The fair estimator has
    # the mean of that and differs from it by the Gini term / m; the law is checked on the plain one.
    draws, y, m = np.array([0, 0, 1, 3, 9]), 2, 5
    plain = sum(((draws <= k).mean() - (y <= k)) ** 2 for k in range(12))
    half_gap = np.abs(draws[:, None] - draws).sum() / 2
    assert crps([draws], [y])[0] == pytest.approx(plain + half_gap / m**2 - half_gap / (m * (m - 1)))


@given(forecasts, st.data())
def test_crps_is_zero_at_certainty_and_moves_with_the_unit(
    rows: list[list[int]], data: st.DataObject
) -> None:
    y = np.array([data.draw(counts) for _ in rows])
    certain = np.repeat(y[:, None], 4, axis=1)
    assert (crps(certain, y) == 0).all()
    np.testing.assert_allclose(crps(np.array(rows) * 3 + 1, y * 3 + 1), 3 * crps(rows, y), atol=1e-9)


@given(forecasts, st.data())
def test_crps_and_log_score_do_not_depend_on_the_order_of_draws(
    rows: list[list[int]], data: st.DataObject
) -> None:
    y = [data.draw(counts) for _ in rows]
    backwards = [row[::-1] for row in rows]
    np.testing.assert_allclose(crps(rows, y), crps(backwards, y))
    np.testing.assert_allclose(log_score(rows, y), log_score(backwards, y))


@given(st.lists(counts, min_size=8, max_size=8))
def test_log_scores_of_all_bins_are_a_distribution(row: list[int]) -> None:
    shares = [2.0 ** -log_score([row], [low])[0] for low in LOG_SCORE_BINS]
    assert sum(shares) == pytest.approx(1)


def test_log_score_bins_by_hand() -> None:
    # 3 and 4 share a bin: two of four draws and one more, over four draws and eight bins.
    assert log_score([[3, 4, 5, 0]], [4])[0] == pytest.approx(-np.log2(3 / 12))
    assert log_score([[49, 20, 50, 1]], [20])[0] == pytest.approx(-np.log2(3 / 12))
    assert log_score([[50, 999, 0, 0]], [10**6])[0] == pytest.approx(-np.log2(3 / 12))


@pytest.mark.parametrize("score", [crps, log_score])
def test_scores_are_proper(score: object) -> None:
    """Whoever believes in Poisson(3) does best by saying Poisson(3)."""
    rng = np.random.default_rng(3)
    y = rng.poisson(3, 4000)
    said = {mean: rng.poisson(mean, (4000, 200)) for mean in (1.5, 2.4, 3.0, 3.8, 6.0)}
    means = {mean: score(draws, y).mean() for mean, draws in said.items()}  # type: ignore[operator]
    assert min(means, key=lambda mean: means[mean]) == 3.0


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=30))
def test_brier_and_calibration_lie_between_0_and_1(cases: list[tuple[float, bool]]) -> None:
    p, x = np.array([c[0] for c in cases]), np.array([c[1] for c in cases])
    assert ((brier_score(p, x) >= 0) & (brier_score(p, x) <= 1)).all()
    assert 0 <= calibration_error(p, x) <= 1
    # Binning can only lose: the distance of bin means is at most the mean distance.
    assert calibration_error(p, x) <= np.abs(p - x).mean() + 1e-9


def test_calibration_error_by_hand() -> None:
    # Bin .2-.3: said .25 twice, came once: 2/3 * .25; bin .9-1: said 1.0, did not come: 1/3 * 1.
    assert calibration_error([0.25, 0.25, 1.0], [1, 0, 0]) == pytest.approx(2 / 3 * 0.25 + 1 / 3)


@given(forecasts, st.data())
def test_pit_histograms_sum_to_one(rows: list[list[int]], data: st.DataObject) -> None:
    y = [data.draw(counts) for _ in rows]
    low, high = pit_bounds(rows, y)
    assert ((low <= high) & (low >= 0) & (high <= 1)).all()
    assert pit_histogram(low, high).sum() == pytest.approx(1)


def test_pit_histogram_is_flat_where_forecasts_are_honest_and_humped_where_they_are_too_wide() -> None:
    rng = np.random.default_rng(4)
    y = rng.poisson(6, 3000)
    honest = pit_histogram(*pit_bounds(rng.poisson(6, (3000, 400)), y))
    wide = pit_histogram(*pit_bounds(rng.poisson(rng.gamma(1, 6, (3000, 400))), y))
    assert np.abs(honest - 0.1).max() < 3 * np.sqrt(0.09 / 3000)
    assert wide[4:6].sum() > 0.25 > honest[4:6].sum()


def test_an_outcome_that_no_draw_met_counts_at_the_end_it_lies_beyond() -> None:
    assert pit_histogram(*pit_bounds([[1, 2]], [9]), bins=4).tolist() == [0, 0, 0, 1]
    assert pit_histogram(*pit_bounds([[1, 2]], [0]), bins=4).tolist() == [1, 0, 0, 0]


@given(forecasts, st.data())
def test_wider_levels_hold_no_less(rows: list[list[int]], data: st.DataObject) -> None:
    y = [data.draw(counts) for _ in rows]
    assert (within_interval(rows, y, 0.9) >= within_interval(rows, y, 0.5)).all()


def test_shapes_and_levels_that_make_no_sense_are_refused() -> None:
    with pytest.raises(ValueError, match="as many outcomes"):
        crps([[1, 2]], [1, 2])
    with pytest.raises(ValueError, match="at least two draws"):
        crps([[1]], [1])
    with pytest.raises(ValueError, match="not negative"):
        log_score([[1, 2]], [-1])
    with pytest.raises(ValueError, match="between 0 and 1"):
        within_interval([[1, 2]], [1], 90)
    with pytest.raises(ValueError, match="no case"):
        calibration_error([], [])
