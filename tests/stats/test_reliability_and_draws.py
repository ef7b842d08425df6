"""Reliability of an area mean, and draws held to their scale."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kelisim.core.errors import CountsError, NotDefined
from kelisim.stats.draws import correlated_uniforms, share_draws, truncated_t_draws
from kelisim.stats.reliability import interviews_for, mean_reliability


@pytest.mark.parametrize(("n", "expected"), [(53, 0.35), (100, 0.50), (300, 0.75), (396, 0.80)])
def test_reliability_at_a_between_share_of_one_percent(n: int, expected: float) -> None:
    assert round(mean_reliability(n, 0.01), 2) == expected


@given(st.floats(0.05, 0.95), st.floats(0.002, 0.5))
def test_the_inverse_gives_the_fewest_interviews(reliability: float, intraclass: float) -> None:
    n = interviews_for(reliability, intraclass)
    assert mean_reliability(n, intraclass) >= reliability - 1e-9
    assert n == 0 or mean_reliability(n - 1, intraclass) < reliability + 1e-9


def test_reliability_refuses_what_cannot_be() -> None:
    with pytest.raises(NotDefined):
        mean_reliability(10, 0.0)
    with pytest.raises(CountsError):
        mean_reliability(-1, 0.1)
    assert mean_reliability(0, 0.1) == 0.0


@settings(deadline=None)  # the first example loads scipy
@given(
    st.floats(0, 10), st.floats(0, 5), st.sampled_from([1.0, 3.0, 23.0, 200.0, np.inf]),
    st.lists(st.floats(0, 1), min_size=1, max_size=5),
)  # fmt: skip
def test_draws_stay_on_their_scale_and_rise_with_the_uniform(
    value: float, se: float, df: float, uniforms: list[float]
) -> None:
    drawn = truncated_t_draws(sorted(uniforms), value, se, df, 0.0, 10.0)
    assert ((drawn >= 0) & (drawn <= 10)).all()
    assert (np.diff(drawn) >= -1e-9).all()


def test_draws_far_from_the_ends_have_the_moments_of_t() -> None:
    u = (np.arange(20_000) + 0.5) / 20_000
    drawn = truncated_t_draws(u, 5.0, 0.2, 10.0, 0.0, 10.0)
    assert abs(drawn.mean() - 5.0) < 1e-6
    assert drawn.std() == pytest.approx(0.2 * np.sqrt(10 / 8), rel=0.01)


def test_a_share_of_nought_is_not_certain() -> None:
    u = (np.arange(2000) + 0.5) / 2000
    drawn = share_draws(u, 0.0, 50.0)
    assert 0 < drawn.mean() < 0.02 and drawn.max() > 0.02


def test_errors_of_items_move_together_as_declared() -> None:
    u = correlated_uniforms(20_000, 3, 0.6, np.random.default_rng(2))
    # The rank correlation of a normal copula: 6 / pi * arcsin(r / 2).
    assert np.corrcoef(u.T)[0, 1] == pytest.approx(6 / np.pi * np.arcsin(0.3), abs=0.02)
    with pytest.raises(ValueError, match="correlation"):
        correlated_uniforms(10, 2, 1.0, np.random.default_rng(1))


def test_draws_refuse_a_value_outside_its_scale() -> None:
    with pytest.raises(CountsError):
        truncated_t_draws([0.5], 11.0, 1.0, 10.0, 0.0, 10.0)
    with pytest.raises(CountsError):
        share_draws([0.5], 0.5, 0.0)
