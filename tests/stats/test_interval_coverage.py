"""How often intervals hold the truth: exactly where the sum is short, by seeded draws as a second road."""

from __future__ import annotations

from math import sqrt

import numpy as np
import pytest
from scipy import stats as reference

from kelisim.stats.rates import poisson_rate, proportion_interval

LEVEL = 0.95
DRAWS = 2000
# Three standard errors of a share of draws at the level: what chance alone may take away.
ALLOWED = 3 * sqrt(LEVEL * (1 - LEVEL) / DRAWS)


def holds(truth: float, low: float, high: float) -> bool:
    return low <= truth <= high


@pytest.mark.parametrize("mean", [0.05, 0.7, 2.9, 4.0, 11.3, 40.0])
def test_garwood_never_covers_less_than_its_level(mean: float) -> None:
    events = np.arange(int(mean + 12 * sqrt(mean) + 20))
    chance = reference.poisson.pmf(events, mean)
    held = [holds(mean, *poisson_rate(int(k), 1.0, LEVEL)[1:]) for k in events]
    assert chance[held].sum() >= LEVEL - 1e-9


@pytest.mark.parametrize("p", [0.01, 0.13, 0.5, 0.88])
@pytest.mark.parametrize("n", [5, 30, 214])
def test_clopper_pearson_never_covers_less_than_its_level(n: int, p: float) -> None:
    chance = reference.binom.pmf(np.arange(n + 1), n, p)
    held = [holds(p, *proportion_interval(k, n, LEVEL, "clopper-pearson")) for k in range(n + 1)]
    assert chance[held].sum() >= LEVEL - 1e-9


@pytest.mark.parametrize("n", [30, 214])
def test_wilson_covers_its_level_on_average(n: int) -> None:
    truths = np.linspace(0.02, 0.98, 97)
    intervals = np.array([proportion_interval(k, n, LEVEL, "wilson") for k in range(n + 1)])
    held = (intervals[:, :1] <= truths) & (truths <= intervals[:, 1:])
    chance = reference.binom.pmf(np.arange(n + 1)[:, None], n, truths)
    assert (chance * held).sum(axis=0).mean() == pytest.approx(LEVEL, abs=0.01)


def test_garwood_holds_the_truth_in_seeded_draws() -> None:
    rng = np.random.default_rng(20190101)
    exposure, rate = 14.0, 4 / 14
    drawn = rng.poisson(rate * exposure, size=DRAWS)
    held = [holds(rate, *poisson_rate(int(k), exposure, LEVEL)[1:]) for k in drawn]
    assert np.mean(held) >= LEVEL - ALLOWED


def test_wilson_holds_the_truth_in_seeded_draws() -> None:
    rng = np.random.default_rng(20190102)
    drawn = rng.binomial(214, 0.3, size=DRAWS)
    held = [holds(0.3, *proportion_interval(int(k), 214, LEVEL, "wilson")) for k in drawn]
    assert np.mean(held) == pytest.approx(LEVEL, abs=0.015)
