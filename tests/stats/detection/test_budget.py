"""Thresholds keep their false-alarm budget, estimated parameters included, and power is what it says."""

from __future__ import annotations

import numpy as np
import pytest

from kelisim.stats.detection.arl import alarms_per_year, exact_power
from kelisim.stats.detection.budget import set_threshold
from kelisim.stats.detection.chart import WARM_UP, Chart
from kelisim.stats.detection.cusum import Cusum
from kelisim.stats.detection.ewma import Ewma
from kelisim.stats.detection.farrington import Farrington
from kelisim.stats.detection.history import History
from kelisim.stats.detection.null import SIZES, Null, common_size, fit_null, negative_binomial
from kelisim.stats.detection.power import power_table

BUDGET = 0.25


def known(rate: float, column: int) -> Null:
    """A null without doubt: one rate, one size."""
    weights = np.zeros((2, SIZES.size))
    weights[0, column] = 1.0
    return Null(np.array([rate, rate * (1 + 1e-9)]), SIZES, weights, 600, 600)


@pytest.mark.parametrize(("rate", "column"), [(0.1, 8), (2.0, 12)])
def test_a_threshold_agrees_with_the_exact_run_length(rate: float, column: int) -> None:
    null = known(rate, column)
    calm = History.of([0] * 24)
    set_to = set_threshold(Cusum(), calm, null, BUDGET, np.random.default_rng(1), paths=1500, years=8)
    exact = alarms_per_year(rate, 2.0, set_to.threshold * (1 + 1e-9), size=float(SIZES[column]), states=1200)
    assert set_to.attained <= BUDGET
    assert set_to.attained == pytest.approx(exact, abs=4 * set_to.se + 0.05 * exact)


def test_a_larger_budget_never_raises_the_threshold() -> None:
    null, calm = known(0.5, 9), History.of([0] * 24)
    found = [
        set_threshold(Ewma(), calm, null, b, np.random.default_rng(2), paths=500).threshold
        for b in (0.1, 0.3, 1)
    ]
    assert found == sorted(found, reverse=True)


def test_power_never_beats_the_bound_by_more_than_chance_and_grows_with_time() -> None:
    rng = np.random.default_rng(3)
    calm = History.of(negative_binomial(np.full(48, 0.1), np.array(1.5), rng))
    null = fit_null(calm)
    set_to = set_threshold(Cusum(), calm, null, BUDGET, rng, paths=1500)
    table = power_table(Cusum(), calm, null, set_to, rng, paths=3000)
    assert [(p.factor, p.months) for p in table] == [(f, m) for f in (2.0, 3.0) for m in (3, 6, 12)]
    for p in table:
        assert p.seen <= p.bound + p.chance + 4 * p.se
    for f in (2.0, 3.0):
        seen = [p.seen for p in table if p.factor == f]
        assert seen == sorted(seen)


@pytest.mark.parametrize(("rate", "factor"), [(0.1, 3.0), (0.5, 2.0)])
def test_power_agrees_with_the_exact_chain(rate: float, factor: float) -> None:
    null, calm, size = known(rate, 8), History.of([0] * 24), float(SIZES[8])
    rng = np.random.default_rng(4)
    set_to = set_threshold(Cusum(), calm, null, BUDGET, rng, paths=1200)
    # Just above the simulated threshold, which is itself a level the chart can take.
    exact_at = set_to.threshold * (1 + 1e-9)
    for p in power_table(Cusum(), calm, null, set_to, rng, factors=(factor,)):
        exact = exact_power(
            rate, factor * rate, 2.0, exact_at, p.months, size=size, warm_up=WARM_UP, states=800
        )
        assert p.seen == pytest.approx(exact, abs=4 * p.se + 0.015)
        calm_too = exact_power(rate, rate, 2.0, exact_at, p.months, size=size, warm_up=WARM_UP, states=800)
        assert p.chance == pytest.approx(calm_too, abs=4 * p.se + 0.015)


@pytest.mark.proof
@pytest.mark.parametrize("chart", [Cusum(), Ewma()], ids=lambda c: c.name)
@pytest.mark.parametrize(("rate", "months"), [(0.1, 36), (0.5, 36), (2.0, 60)])
def test_false_alarms_with_estimated_parameters(chart: Chart, rate: float, months: int) -> None:
    """30 regions of eight areas: rates by area, size by the region together, then ten calm years."""
    rng = np.random.default_rng(11)
    counted, attained = [], []
    for _ in range(30):
        region = [History.of(negative_binomial(np.full(months, rate), np.array(1.5), rng)) for _ in range(8)]
        sizes = common_size(region)
        for calm in region[:3]:
            null = fit_null(calm, sizes=sizes)
            set_to = set_threshold(chart, calm, null, BUDGET, rng, paths=600)
            future = negative_binomial(np.full((60, WARM_UP + 120), rate), np.array(1.5), rng)
            raised = chart.levels(chart.scores(calm, null, future, np.ones(132)), set_to.threshold)[1]
            counted.append(raised[:, WARM_UP:].sum() / 600)
            attained.append(set_to.attained)
    error = np.std(counted, ddof=1) / len(counted) ** 0.5
    print(chart.name, rate, months, round(np.mean(counted), 3), round(error, 3), round(np.mean(attained), 3))
    assert np.mean(counted) == pytest.approx(np.mean(attained), abs=3 * error)
    assert np.mean(counted) <= BUDGET + 3 * error


@pytest.mark.proof
def test_false_alarms_of_the_regression() -> None:
    rng = np.random.default_rng(12)
    chart, counted = Farrington(), []
    for _ in range(14):
        region = [History.of(negative_binomial(np.full(48, 1.0), np.array(1.5), rng)) for _ in range(8)]
        calm, null = region[0], fit_null(region[0], sizes=common_size(region))
        set_to = set_threshold(chart, calm, null, BUDGET, rng, paths=300, years=3)
        future = negative_binomial(np.full((60, WARM_UP + 36), 1.0), np.array(1.5), rng)
        raised = chart.levels(chart.scores(calm, null, future, np.ones(48)), set_to.threshold)[1]
        counted.append(raised[:, WARM_UP:].sum() / 180)
    error = np.std(counted, ddof=1) / len(counted) ** 0.5
    print("farrington", np.mean(counted), error)
    assert np.mean(counted) == pytest.approx(BUDGET, abs=3 * error)


@pytest.mark.proof
@pytest.mark.parametrize(("rate", "factor"), [(0.1, 3.0), (0.5, 2.0), (0.5, 3.0)])
def test_power_against_simulated_truth(rate: float, factor: float) -> None:
    """The table's share, averaged over areas, against what happens when the true rate really rises."""
    rng, said, seen = np.random.default_rng(13), [], []
    for _ in range(80):
        calm = History.of(negative_binomial(np.full(60, rate), np.array(1.5), rng))
        null = fit_null(calm)
        set_to = set_threshold(Cusum(), calm, null, BUDGET, rng, paths=500)
        said.append(
            power_table(Cusum(), calm, null, set_to, rng, factors=(factor,), months=(6,), paths=500)[0].seen
        )
        mean = np.where(np.arange(WARM_UP + 6) < WARM_UP, rate, factor * rate)
        future = negative_binomial(np.broadcast_to(mean, (200, mean.size)), np.array(1.5), rng)
        raised = Cusum().levels(Cusum().scores(calm, null, future, np.ones(mean.size)), set_to.threshold)[1]
        seen.append(raised[:, WARM_UP:].any(axis=1).mean())
    error = np.std(np.subtract(said, seen), ddof=1) / len(seen) ** 0.5
    print("power", rate, factor, round(np.mean(said), 3), round(np.mean(seen), 3), round(error, 3))
    assert np.mean(said) == pytest.approx(np.mean(seen), abs=3 * error + 0.02)


@pytest.mark.proof
@pytest.mark.parametrize("chart", [Cusum(), Ewma()], ids=lambda c: c.name)
def test_reporting_effort_that_doubles_is_within_the_budget(chart: Chart) -> None:
    """Half-way through ten calm years twice as much is looked at; where that is told, nothing more sounds."""
    rng, counted = np.random.default_rng(14), []
    effort = np.where(np.arange(WARM_UP + 120) < WARM_UP + 60, 1.0, 2.0)
    for _ in range(60):
        region = [History.of(negative_binomial(np.full(60, 0.5), np.array(1.5), rng)) for _ in range(8)]
        null = fit_null(region[0], sizes=common_size(region))
        set_to = set_threshold(chart, region[0], null, BUDGET, rng, paths=600)
        future = negative_binomial(np.broadcast_to(0.5 * effort, (60, effort.size)), np.array(1.5), rng)
        raised = chart.levels(chart.scores(region[0], null, future, effort), set_to.threshold)[1]
        counted.append(raised[:, WARM_UP:].sum() / 600)
    error = np.std(counted, ddof=1) / len(counted) ** 0.5
    print("effort doubled", chart.name, np.mean(counted), error)
    assert np.mean(counted) <= BUDGET + 3 * error
