"""Second-order draws: their mean is the forecast's own probability, and doubt shrinks with history."""

from __future__ import annotations

import numpy as np
import pytest

from kelisim.forecasting.baselines import BASELINES
from kelisim.forecasting.chances import chances_of_any
from kelisim.forecasting.combine import MEMBERS
from kelisim.forecasting.panel import Panel

RATES = np.array([0.05, 0.2, 0.5, 1.0, 0.3, 0.1])


def panel(months: int, seed: int = 5) -> Panel:
    counts = np.random.default_rng(seed).poisson(RATES[:, None], (len(RATES), months))
    return Panel.of(tuple("ABCDEF"), 1, counts)


@pytest.mark.parametrize("name", [*MEMBERS, "conflictology_36", "conflictology_all"])
def test_their_mean_is_what_the_forecast_says(name: str) -> None:
    seen, h = panel(48), 3
    first = {**MEMBERS, **BASELINES}[name](seen, (h,), 4000, np.random.default_rng(1))[h]
    second = chances_of_any([seen], name, {}, h, 600, [1])
    assert second.shape == (6, 600) and ((second >= 0) & (second <= 1)).all()
    # 4,000 futures and 600 parameter draws of a spread up to .2: three standard errors are .035.
    assert np.abs(second.mean(axis=1) - (first > 0).mean(axis=1)).max() <= 0.04


def test_a_quiet_window_is_not_known_to_be_zero() -> None:
    quiet = Panel.of(("A",), 1, np.zeros((1, 24)))
    assert chances_of_any([quiet], "last_poisson", {}, 3, 500, [1]).mean() > 0.2


def test_doubt_shrinks_with_history() -> None:
    spread = {
        months: chances_of_any([panel(months)], "gamma_poisson", {}, 3, 800, [1]).std(axis=1).mean()
        for months in (24, 240)
    }
    assert spread[240] < 0.7 * spread[24]


def test_the_pool_mixes_members_by_weight_and_histories_share_the_draws() -> None:
    one, other = panel(40, 1), panel(40, 2)
    mixed = chances_of_any([one, other], "pool", {"gamma_poisson": 0.75, "shared_level": 0.25}, 3, 400, [1])
    assert mixed.shape == (6, 400)
    alone = chances_of_any([one, other], "pool", {"gamma_poisson": 1.0, "shared_level": 0.0}, 3, 400, [1])
    assert np.array_equal(alone, chances_of_any([one, other], "gamma_poisson", {}, 3, 400, [1]))


def test_same_streams_same_draws_and_more_incidents_raise_every_area_that_had_them() -> None:
    seen = panel(60)
    counts = seen.counts.copy()
    counts[1, -3:] += 2
    more = Panel.of(seen.areas, 1, counts)
    before, after = (chances_of_any([p], "gamma_poisson", {}, 3, 300, [1]).mean(axis=1) for p in (seen, more))
    assert after[1] > before[1] + 0.02
    again = chances_of_any([seen], "gamma_poisson", {}, 3, 300, [1]).mean(axis=1)
    assert np.array_equal(before, again)


def test_a_forecast_of_one_outcome_knows_no_doubt() -> None:
    with pytest.raises(ValueError, match="no doubt"):
        chances_of_any([panel(24)], "zeros", {}, 3, 100, [1])
