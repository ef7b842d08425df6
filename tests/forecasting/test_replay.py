"""Past origins played again: nothing later is seen, and what is shown first was earned before."""

from __future__ import annotations

import numpy as np
import pytest

from kelisim.forecasting.baselines import BASELINES, Member, conflictology, last_poisson
from kelisim.forecasting.panel import Draws, Panel
from kelisim.forecasting.replay import JUDGED_FROM, replay, shown_forecast
from kelisim.forecasting.vintages import Vintages
from tests.forecasting.worlds import world

CHEAP: dict[str, Member] = {"all": conflictology(None), "twelve": conflictology(12)}
FEW: dict[str, Member] = {"last_poisson": last_poisson}
HORIZONS = (1, 3)


def with_delays(shown: Panel, seed: int) -> Vintages:
    area, month = np.nonzero(shown.counts)
    late = np.random.default_rng(seed).integers(0, 4, area.size)
    return Vintages.of(
        shown.areas,
        1,
        shown.months,
        area=area,
        month=month,
        known=month + late,
        count=shown.counts[area, month],
    )


def changed_after(register: Vintages, origin: int) -> Vintages:
    """The same register, but everything that became known from `origin` on is different."""
    early = register.known < origin
    late_months = np.arange(origin, register.months)
    return Vintages.of(
        register.areas,
        1,
        register.months,
        area=np.concatenate([register.area[early], np.zeros(late_months.size, dtype=int), [0]]),
        month=np.concatenate([register.month[early], late_months, [0]]),
        known=np.concatenate([register.known[early], late_months, [origin]]),
        count=np.concatenate([register.count[early], np.full(late_months.size, 50), [70]]),
    )


@pytest.mark.parametrize("members", [CHEAP, None], ids=["cheap members", "the pool"])
def test_changing_the_future_changes_nothing_before(members: dict[str, Member] | None) -> None:
    """Draws, weights and what is shown are equal to the byte, also where a report of an old incident comes
    late."""
    chosen = {} if members is None else {"members": members, "baselines": FEW}
    months, last = (70, 60) if members else (40, 24)
    register = with_delays(world("surge", np.random.default_rng(1), areas=5, months=months), 2)
    other = changed_after(register, last)
    assert (other.final().counts != register.final().counts).any()
    origins = range(18, last + 1, 1 if members else 6)
    for ours, theirs in zip(
        replay(register, HORIZONS, origins, 60, 3, **chosen),  # type: ignore[arg-type]
        replay(other, HORIZONS, origins, 60, 3, **chosen),  # type: ignore[arg-type]
        strict=True,
    ):
        assert ours.shown == theirs.shown and ours.weights == theirs.weights
        for name, made in ours.draws.items():
            for h in HORIZONS:
                assert made[h].tobytes() == theirs.draws[name][h].tobytes()


def test_the_same_seed_gives_the_same_and_another_seed_another() -> None:
    register = Vintages.settled(world("sparse", np.random.default_rng(4), areas=5, months=40))

    def last(seed: int) -> bytes:
        return list(replay(register, (3,), (39, 40), 80, seed))[-1].draws["pool"][3].tobytes()

    assert last(1) == last(1) != last(2)


def test_weights_stay_equal_until_30_windows_have_ended() -> None:
    register = Vintages.settled(world("surge", np.random.default_rng(6), areas=8, months=84))
    issues = {
        issue.origin: issue
        for issue in replay(register, HORIZONS, range(18, 60), 60, 1, members=CHEAP, baselines=FEW)
    }
    for h in HORIZONS:
        assert issues[18 + 29 + h - 1].weights[h] == {"all": 0.5, "twelve": 0.5}
        assert issues[18 + 29 + h - 1].judged_on[h] == 29
        assert issues[18 + 29 + h].judged_on[h] == 30
        assert issues[18 + 29 + h].weights[h] != {"all": 0.5, "twelve": 0.5}


def test_a_pool_that_fails_is_replaced_by_the_baseline_and_not_before_it_was_judged() -> None:
    def absurd(panel: Panel, horizons: tuple[int, ...], draws: int, rng: np.random.Generator) -> Draws:
        return {h: np.full((len(panel.areas), draws), 300) for h in horizons}

    register = Vintages.settled(world("stationary", np.random.default_rng(7), areas=5, months=50))
    issues = list(replay(register, (3,), range(18, 45), 50, 1, members={"absurd": absurd}, baselines=FEW))  # type: ignore[dict-item]
    shown = [issue.shown[3] for issue in issues]
    first = JUDGED_FROM + 3 - 1
    assert shown[:first] == ["pool"] * first
    assert set(shown[first:]) == {"last_poisson"}


def test_a_baseline_must_be_better_in_both_scores_and_by_more_than_its_error() -> None:
    rng = np.random.default_rng(8)
    pool = rng.normal(5, 1, (40, 2))
    better = pool - np.array([0.5, 0.5])
    assert shown_forecast(pool, {"a": better}, 1) == "a"
    assert shown_forecast(pool, {"a": pool - np.array([0.5, -0.5])}, 1) == "pool"
    noisy = pool + rng.normal(-0.02, 1, (40, 2))
    assert shown_forecast(pool, {"a": noisy}, 1) == "pool"
    # A year of overlapping windows is worth little: the same gap that convinces at one month does not at 12.
    wavering = pool + np.where(np.arange(40) % 2, 0.2, -0.5)[:, None]
    assert shown_forecast(pool, {"a": wavering}, 1) == "a"
    assert shown_forecast(pool, {"a": wavering}, 12) == "pool"
    assert shown_forecast(pool[:11], {"a": better[:11]}, 1) == "pool"
    assert shown_forecast(pool, {"a": better, "b": better - np.array([0.1, 0])}, 1) == "b"


def test_forecasts_without_a_spread_are_never_shown_first() -> None:
    pool = np.ones((20, 2))
    assert shown_forecast(pool, {"zeros": pool - 0.5, "no_change": pool - 0.5}, 1) == "pool"
    assert set(BASELINES) > {"zeros", "no_change"}
