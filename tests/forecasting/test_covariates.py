"""The gate for covariates: what drives incidents gets in, noise and what works the wrong way do not."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kelisim.core.errors import CountsError
from kelisim.forecasting.baselines import Member, conflictology
from kelisim.forecasting.covariates import Admission, Covariate, admit, shifted
from kelisim.forecasting.replay import Issue, replay
from kelisim.forecasting.vintages import Vintages
from tests.forecasting.worlds import panel

AREAS, MONTHS = 12, 84
MEMBERS: dict[str, Member] = {"all": conflictology(None)}


def driven(effect: float, seed: int) -> tuple[np.ndarray, Vintages, list[Issue]]:
    """A wandering covariate of each area, and incidents of the next month that follow it."""
    rng = np.random.default_rng(seed)
    x = np.zeros((AREAS, MONTHS))
    for month in range(1, MONTHS):
        x[:, month] = 0.8 * x[:, month - 1] + 0.6 * rng.standard_normal(AREAS)
    before = np.pad(x, ((0, 0), (1, 0)))[:, :MONTHS]
    register = Vintages.settled(panel(rng.poisson(1.5 * np.exp(effect * before))))
    return (
        x,
        register,
        list(replay(register, (1, 3), range(18, MONTHS), 300, 1, members=MEMBERS, baselines=MEMBERS)),
    )


def judged(
    x: np.ndarray, register: Vintages, issues: list[Issue], direction: Literal[-1, 1] = 1, others: int = 0
) -> Admission:
    rng = np.random.default_rng(9)
    declared = [Covariate.of("x", x, direction=direction, delay=0)]
    declared += [
        Covariate.of(f"noise {k}", rng.standard_normal(x.shape), direction=1, delay=0) for k in range(others)
    ]
    return admit(declared, issues, register, level=0.9, resamples=400, rng=rng)[0]


@pytest.fixture(scope="module")
def world() -> tuple[np.ndarray, Vintages, list[Issue]]:
    return driven(0.6, 1)


def test_a_covariate_that_drives_incidents_is_admitted_with_its_effect(
    world: tuple[np.ndarray, Vintages, list[Issue]],
) -> None:
    found = judged(*world, others=3)
    assert found.judgement == "admitted" and found.horizon == 1
    assert found.coefficient == pytest.approx(0.6 * world[0].std(), abs=0.1)
    assert found.difference is not None and found.difference.shows_skill
    assert found.difference.level == pytest.approx(1 - 0.1 / 4)


def test_the_same_covariate_declared_the_other_way_is_not(
    world: tuple[np.ndarray, Vintages, list[Issue]],
) -> None:
    assert judged(*world, direction=-1).judgement == "against_direction"


@pytest.mark.proof
def test_noise_is_hardly_ever_admitted(world: tuple[np.ndarray, Vintages, list[Issue]]) -> None:
    _, register, issues = world
    admitted = 0
    for seed in range(20):
        noise = np.random.default_rng([7, seed]).standard_normal((AREAS, MONTHS))
        admitted += judged(noise, register, issues).judgement == "admitted"
    # The upper tail of a 90 % interval is one in twenty; three of twenty is rarer than one in ten of that.
    assert admitted <= 3


def test_values_after_the_origin_change_nothing() -> None:
    x = np.random.default_rng(3).standard_normal((AREAS, MONTHS))
    later = x.copy()
    later[:, 40:] = 99
    ours, theirs = (Covariate.of("x", values, direction=1, delay=2) for values in (x, later))
    for origin in (1, 2, 3, 20, 42):
        assert ours.seen(origin).tolist() == theirs.seen(origin).tolist()
    assert ours.seen(43).tolist() != theirs.seen(43).tolist()


def test_what_was_not_measured_leaves_the_forecast_alone() -> None:
    x = np.array([[1.0, 2.0, np.nan], [3.0, 4.0, 5.0]])
    seen = Covariate.of("x", x, direction=1, delay=0).seen(3)
    assert seen[0] == 0 and seen[1] > 0
    assert (Covariate.of("x", np.ones((2, 3)), direction=1, delay=0).seen(3) == 0).all()


def test_short_pasts_are_too_little_data() -> None:
    x, register, issues = driven(0.6, 2)
    few = judged(x, register, issues[:20])
    assert (few.judgement, few.difference) == ("too_little_data", None)


@given(st.floats(0.25, 4), st.integers(0, 100))
def test_shifted_draws_have_the_shifted_mean(factor: float, seed: int) -> None:
    rng = np.random.default_rng(seed)
    draws = rng.poisson(rng.gamma(0.8, 4, (1, 20_000)))
    made = shifted(draws, np.array([factor]), rng)
    error = np.sqrt((made.var() + factor**2 * draws.var()) / 20_000)
    assert abs(made.mean() - factor * draws.mean()) < 5 * error
    assert (made >= 0).all()


def test_series_that_do_not_fit_are_refused(world: tuple[np.ndarray, Vintages, list[Issue]]) -> None:
    x, register, issues = world
    for bad in (np.full((2, 3), np.inf), np.zeros(4)):
        with pytest.raises(CountsError):
            Covariate.of("x", bad, direction=1, delay=0)
    with pytest.raises(CountsError):
        Covariate.of("x", x, direction=1, delay=-1)
    with pytest.raises(CountsError, match="areas and months"):
        admit([Covariate.of("x", x[:, :5], direction=1, delay=0)], issues, register, level=0.9, resamples=10,
              rng=np.random.default_rng(1))  # fmt: skip
