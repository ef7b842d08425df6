"""Rate and effort: watching more is not more conflict, and no source makes the index by itself."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from kelisim.core.errors import NotDefined
from kelisim.evidence.discourse.effort import chain_estimates, effort_rates
from kelisim.stats.chain_index import chain_index, fixed_panel_change
from kelisim.stats.negative_binomial import fit_counts

SHAPE = 6.0  # of the gamma that makes counts scatter more than Poisson


def world(seed: int, sources: int, periods: int, rate: float = 0.02) -> tuple[Any, Any]:
    """Counts and exposures of sources of unequal level and size, all rates constant (synthetic)."""
    rng = np.random.default_rng(seed)
    level = np.exp(rng.normal(0, 0.6, sources))[:, None]
    exposure = rng.gamma(4, 80, (sources, 1)) * np.ones((sources, periods))
    mean = rate * level * exposure
    return rng.negative_binomial(SHAPE, SHAPE / (SHAPE + mean)).astype(float), exposure


def rates(counts: Any, exposure: Any, **more: Any) -> list[float | None]:
    made = effort_rates(counts, exposure, covariates={}, level=0.95, source="synthetic", **more)
    return [one.value for one in made.rates]


@pytest.mark.proof
def test_doubling_the_sources_leaves_the_rate() -> None:
    """Twice the sources from the middle on, and louder ones: the count doubles and more, the rate stays."""
    off, raw = [], []
    for seed in range(60):
        counts, exposure = world(seed, 30, 12)
        exposure[15:, :6] = np.nan
        counts[15:, :6] = np.nan
        told = np.array(rates(counts, exposure), dtype=float)
        off.append(np.log(told[6:].mean() / told[:6].mean()))
        raw.append(np.nansum(counts[:, 6:]) / np.nansum(counts[:, :6]))
    assert np.mean(raw) > 1.8
    assert abs(np.expm1(np.mean(off))) < 0.02


@pytest.mark.proof
def test_intervals_of_rates_cover() -> None:
    covered = []
    for seed in range(150):
        rng = np.random.default_rng(seed)
        level = np.exp(rng.normal(0, 0.6, 12))[:, None]
        exposure = rng.gamma(4, 80, (12, 1)) * np.ones((12, 8))
        mean = 0.02 * level * exposure
        counts = rng.negative_binomial(SHAPE, SHAPE / (SHAPE + mean)).astype(float)
        truth = 1000 * 0.02 * float((exposure[:, 0] / exposure[:, 0].sum()) @ level[:, 0])
        made = effort_rates(counts, exposure, covariates={}, level=0.95, source="synthetic")
        covered += [one.low <= truth <= one.high for one in made.rates]  # type: ignore[operator]
    assert np.mean(covered) >= 0.92, np.mean(covered)


@pytest.mark.parametrize("seed", range(5))
def test_removing_the_largest_source_moves_the_index_little(seed: int) -> None:
    rng = np.random.default_rng(seed)
    # Sources of very unequal size and level that all follow one trend, counted without scatter.
    level, trend = np.exp(rng.normal(0, 1, 15))[:, None], np.exp(np.cumsum(rng.normal(0, 0.1, 12)))
    exposure = np.sort(rng.pareto(1.2, 15))[:, None] * 1000 * np.ones((15, 12)) + 200
    counts = 0.05 * level * trend * exposure
    whole = chain_index(counts, exposure, draws=9, rng=rng).values
    counts[-1, 5:] = np.nan
    without = chain_index(counts, exposure, draws=9, rng=rng).values
    assert np.abs(without / whole - 1).max() < 0.02
    raw = np.nansum(counts, axis=0) / np.where(np.isnan(counts), 0, exposure).sum(axis=0)
    assert np.abs(raw / raw[0] / whole - 1).max() > 0.02, "the raw rate should be moved, or nothing is shown"
    assert without[-1] == pytest.approx(trend[-1] / trend[0])
    assert fixed_panel_change(counts, exposure)[0] == pytest.approx(without[-1])


def test_what_was_not_covered_is_missing_and_never_zero() -> None:
    counts, exposure = world(1, 5, 6)
    counts[:, 3] = np.nan
    made = effort_rates(counts, exposure, covariates={}, level=0.95, source="synthetic").rates
    assert made[3].value is None and made[3].reasons == ("not_covered",)
    index = chain_estimates(
        counts, exposure, level=0.95, draws=200, rng=np.random.default_rng(1), source="synthetic"
    )
    assert [one.value is None for one in index] == [False, False, True, True, True]
    assert index[2].reasons == ("broken_link",)


def test_a_covered_period_without_the_mark_has_a_bound() -> None:
    counts, exposure = world(2, 6, 5)
    counts[:, 2] = 0
    one = effort_rates(counts, exposure, covariates={}, level=0.95, source="synthetic").rates[2]
    assert (one.value, one.low, one.n) == (0.0, 0.0, 0) and one.high is not None
    assert one.high >= 1000 * 3.6 / exposure[:, 2].sum() * 0.5


def test_a_source_without_the_mark_lowers_the_rate_and_breaks_nothing() -> None:
    counts, exposure = world(3, 6, 5)
    with_silent = np.vstack([counts, np.zeros(5)]), np.vstack([exposure, exposure.sum(axis=0)])
    loud, quiet = np.array(rates(counts, exposure), float), np.array(rates(*with_silent), float)
    assert quiet == pytest.approx(loud / 2, rel=0.02)


def test_effort_within_sources_is_taken_out() -> None:
    """A hotline that was advertised doubles complaints without more tension (synthetic)."""
    rng = np.random.default_rng(4)
    publicity = np.zeros((40, 12))
    publicity[:20, 6:] = 1
    mean = 0.02 * 300 * 2.0**publicity
    counts = rng.poisson(mean).astype(float)
    exposure = np.full((40, 12), 300.0)
    made = effort_rates(counts, exposure, covariates={"publicity": publicity}, level=0.95, source="synthetic")
    effect = made.effects["publicity"]
    assert effect.value == pytest.approx(2, rel=0.15) and "association_only" in effect.reasons
    told = np.array([one.value for one in made.rates], dtype=float)
    assert told[6:].mean() / told[:6].mean() == pytest.approx(1, abs=0.08)
    naive = np.array(rates(counts, exposure), dtype=float)
    assert naive[6:].mean() / naive[:6].mean() > 1.3


def test_parts_that_never_met_are_not_compared() -> None:
    counts, exposure = world(5, 4, 6)
    counts[:2, 3:], counts[2:, :3] = np.nan, np.nan
    with pytest.raises(NotDefined) as caught:
        rates(counts, exposure)
    assert caught.value.reason == "not_linked"


def test_counts_without_any_event() -> None:
    with pytest.raises(NotDefined) as caught:
        rates(np.zeros((2, 3)), np.ones((2, 3)))
    assert caught.value.reason == "no_events"


def test_an_index_of_one_source_has_no_interval() -> None:
    made = chain_estimates(
        [[10, 12]], [[100, 100]], level=0.95, draws=100, rng=np.random.default_rng(1), source="s"
    )
    assert made[0].value == pytest.approx(1.2) and made[0].low is None
    assert made[0].reasons == ("few_sources",)


def test_a_model_without_scatter_is_poisson() -> None:
    # Two groups of cells: the estimates are the rates of the groups, with Poisson's error 1 / sqrt(events).
    made = fit_counts([30, 30, 60, 60], [10, 10, 10, 10], [[1, 0], [1, 0], [1, 1], [1, 1]])
    assert made.dispersion == 0
    assert np.exp(made.coefficients) == pytest.approx([3, 2])
    assert made.covariance[0, 0] == pytest.approx(1 / 60)


def test_dispersion_is_found() -> None:
    rng = np.random.default_rng(6)
    counts = rng.negative_binomial(2, 2 / (2 + 50.0), 4000)
    made = fit_counts(counts, np.ones(4000), np.ones((4000, 1)))
    assert made.dispersion == pytest.approx(0.5, rel=0.06)
    assert np.exp(made.coefficients[0]) == pytest.approx(counts.mean())
