"""Every forecast: whole counts of the right shape, joint over areas, blind to the names of areas."""

from __future__ import annotations

import numpy as np
import pytest

from kelisim.core.errors import NotDefined
from kelisim.forecasting.baselines import BASELINES, Member
from kelisim.forecasting.combine import MEMBERS, pool
from kelisim.forecasting.laplace import laplace_draws
from kelisim.forecasting.panel import Panel
from kelisim.forecasting.self_exciting import _Fit, self_exciting
from kelisim.forecasting.shared_level import shared_level
from tests.forecasting.worlds import panel, world

HORIZONS = (1, 3, 12)
EVERY = {**BASELINES, **MEMBERS, "pool": pool}


@pytest.fixture(scope="module")
def quiet() -> Panel:
    return world("exciting", np.random.default_rng(1), areas=6, months=48)


@pytest.mark.parametrize("member", EVERY.values(), ids=list(EVERY))
def test_draws_are_whole_counts_of_the_right_shape(member: Member, quiet: Panel) -> None:
    made = member(quiet, HORIZONS, 300, np.random.default_rng(2))
    for h in HORIZONS:
        assert made[h].shape == (6, 300)
        assert made[h].dtype.kind == "i" and (made[h] >= 0).all()


@pytest.mark.parametrize("member", EVERY.values(), ids=list(EVERY))
def test_a_region_without_incidents_is_forecast_and_not_refused(member: Member) -> None:
    made = member(panel(np.zeros((4, 40), dtype=int)), (1, 12), 400, np.random.default_rng(3))
    assert np.isfinite(made[12]).all() and made[12].mean() < 0.5


@pytest.mark.parametrize("member", EVERY.values(), ids=list(EVERY))
def test_the_order_of_areas_does_not_matter(member: Member, quiet: Panel) -> None:
    """Areas are exchangeable: reordered, their forecasts are the same up to chance."""
    order = np.array([3, 0, 5, 1, 4, 2])
    turned = Panel.of(tuple(quiet.areas[k] for k in order), 1, quiet.counts[order])
    draws = 6000
    plain = member(quiet, (3,), draws, np.random.default_rng(4))[3][order]
    made = member(turned, (3,), draws, np.random.default_rng(5))[3]
    error = np.sqrt((plain.var(axis=1) + made.var(axis=1)) / draws)
    # The shared level of one draw moves all areas at once, so six areas err together: four errors, not three.
    assert (np.abs(plain.mean(axis=1) - made.mean(axis=1)) <= 4 * error + 1e-9).all()


def test_baselines_by_hand() -> None:
    shown = panel(np.array([[5, 0, 1, 2], [0, 1, 0, 0]]))
    rng = np.random.default_rng(6)
    assert BASELINES["no_change"](shown, (1, 2), 3, rng)[2].tolist() == [[3, 3, 3], [0, 0, 0]]
    assert BASELINES["zeros"](shown, (1,), 2, rng)[1].tolist() == [[0, 0], [0, 0]]
    assert BASELINES["last_poisson"](shown, (2,), 40_000, rng)[2][0].mean() == pytest.approx(3, abs=0.03)
    windows = BASELINES["conflictology_all"](shown, (2,), 5000, rng)[2]
    # One window of history for all areas of a draw: the three that exist, and no mixture of them.
    assert {tuple(column) for column in windows.T} == {(5, 1), (1, 1), (3, 0)}
    with pytest.raises(ValueError, match="read-only"):
        shown.counts[0, 0] = 1


def test_no_change_scales_a_history_that_is_shorter_than_the_horizon() -> None:
    assert BASELINES["no_change"](panel(np.array([[1, 2]])), (4,), 1, np.random.default_rng(1))[
        4
    ].tolist() == [[6]]


@pytest.mark.parametrize(
    ("name", "months"), [("gamma_poisson", 7), ("self_exciting", 11), ("shared_level", 5)]
)
def test_histories_that_are_too_short_are_refused(name: str, months: int) -> None:
    with pytest.raises(NotDefined) as told:
        MEMBERS[name](panel(np.ones((2, months), dtype=int)), (1,), 10, np.random.default_rng(1))
    assert told.value.reason == "short_history"


def test_gradient_of_the_self_exciting_likelihood() -> None:
    fit = _Fit.of(world("exciting", np.random.default_rng(7), areas=4, months=30))
    at = fit.prior() + 0.3 * np.random.default_rng(8).standard_normal(fit.prior().size)
    step = 1e-6 * np.eye(at.size)
    numeric = [(fit.loss(at + e)[0] - fit.loss(at - e)[0]) / 2e-6 for e in step]
    np.testing.assert_allclose(fit.loss(at)[1], numeric, rtol=1e-4, atol=1e-4)


def test_laplace_draws_of_a_normal_are_that_normal() -> None:
    spread = np.array([2.0, 0.5])

    def loss(x: np.ndarray) -> tuple[float, np.ndarray]:
        off = (x - 1) / spread
        return float(0.5 * (off**2).sum()), off / spread

    found = laplace_draws(loss, np.zeros(2), 10.0, 20_000, np.random.default_rng(9))
    np.testing.assert_allclose(found.mean(axis=0), 1, atol=0.05)
    np.testing.assert_allclose(found.std(axis=0), spread, rtol=0.03)


def test_a_surge_of_the_region_reaches_quiet_areas_in_the_shared_level() -> None:
    counts = np.ones((10, 40), dtype=int)
    counts[:9, 36:] = 8
    counts[9, 36:] = 1
    made = shared_level(panel(counts), (1,), 4000, np.random.default_rng(10))[1]
    assert made[9].mean() > 1.5
    assert made[:9].mean() > 5


def test_cascades_are_capped_not_endless() -> None:
    counts = np.full((3, 24), 400)
    made = self_exciting(panel(counts), (12,), 200, np.random.default_rng(11))[12]
    assert made.max() < 12 * 200 * 60
