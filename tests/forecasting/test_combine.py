"""Mixing draws, learning weights, totals, and which horizons a history admits."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kelisim.forecasting.combine import (
    MEMBERS,
    admitted_horizons,
    member_draws,
    mix,
    stacked_weights,
    total_draws,
)
from tests.forecasting.worlds import world


@given(st.lists(st.floats(0.01, 5), min_size=2, max_size=4), st.integers(20, 60))
def test_a_mixture_takes_whole_futures_in_proportion(weights: list[float], draws: int) -> None:
    members = {f"m{k}": np.full((3, draws), k) + np.arange(3)[:, None] * 10 for k in range(len(weights))}
    made = mix(members, dict(zip(members, weights, strict=True)), np.random.default_rng(1))
    assert made.shape == (3, draws)
    # A column is one member's future in every area.
    assert (made[1] - made[0] == 10).all() and (made[2] - made[0] == 20).all()
    shares = np.array([(made[0] == k).mean() for k in range(len(weights))])
    assert np.abs(shares - np.array(weights) / sum(weights)).max() <= 1 / draws + 1e-9


def test_the_spread_of_a_total_is_that_of_summed_draws() -> None:
    draws = np.array([[0, 4, 0, 4], [0, 4, 4, 0]])
    assert total_draws(draws).tolist() == [0, 8, 4, 4]
    shared = np.tile(np.array([0, 0, 9, 9]), (2, 1))
    # With a shared shock the total is twice as wide as the areas say one by one.
    assert np.ptp(total_draws(shared)) == 18


def test_fewer_than_30_origins_leave_the_weights_equal() -> None:
    better = np.tile([[0.9, 0.1]], (29, 1))
    assert stacked_weights(better).tolist() == [0.5, 0.5]
    assert stacked_weights(np.tile([[0.9, 0.1]], (30, 1)))[0] > 0.6


@given(st.integers(30, 80), st.integers(2, 4), st.integers(0, 1000))
def test_weights_are_a_distribution_and_never_leave_a_member_out(n: int, k: int, seed: int) -> None:
    likelihoods = np.random.default_rng(seed).uniform(0.01, 1, (n, k))
    weights = stacked_weights(likelihoods)
    assert weights.sum() == pytest.approx(1)
    # The prior alone is worth 30 origins of equal weights.
    assert (weights >= 30 / k / (n + 30) - 1e-9).all()


def test_weights_find_the_mixture_that_made_the_data() -> None:
    rng = np.random.default_rng(2)
    first = rng.random(4000) < 0.8
    x = rng.normal(np.where(first, 0.0, 3.0))
    density = np.exp(-0.5 * (x[:, None] - np.array([0.0, 3.0])) ** 2)
    assert stacked_weights(density)[0] == pytest.approx(0.8, abs=0.03)


@pytest.mark.parametrize(
    ("months", "admitted"), [(17, ()), (18, (1, 3)), (35, (1, 3)), (36, (1, 3, 6, 12)), (200, (1, 3, 6, 12))]
)
def test_horizons_that_a_history_admits(months: int, admitted: tuple[int, ...]) -> None:
    assert admitted_horizons(months, (1, 3, 6, 12)) == admitted


def test_what_one_member_draws_does_not_depend_on_the_others() -> None:
    shown = world("sparse", np.random.default_rng(3), areas=4, months=30)
    alone = member_draws(shown, {"shared_level": MEMBERS["shared_level"]}, (1,), 50, 7)
    together = member_draws(shown, MEMBERS, (1,), 50, 7)
    assert (alone["shared_level"][1] == together["shared_level"][1]).all()


def test_a_member_that_refuses_the_history_is_left_out() -> None:
    shown = world("sparse", np.random.default_rng(4), areas=4, months=10)
    assert list(member_draws(shown, MEMBERS, (1,), 20, 1)) == ["gamma_poisson", "shared_level"]
