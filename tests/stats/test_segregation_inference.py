"""Null distributions and the bootstrap of units: what is drawn, what is made of it, what has no value."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import stats

from kelisim.core.errors import CountsError, NotDefined
from kelisim.stats import segregation
from kelisim.stats.gini import multigroup_gini
from kelisim.stats.null_tables import NULLS, Null, null_tables
from kelisim.stats.segregation_inference import (
    bootstrap_draws,
    chance_corrected,
    null_draws,
    null_test,
    percentile_interval,
)
from kelisim.stats.segregation_sums import MEASURES, Measure, ResampledSums, TableSums
from tests.stats.strategies import tables

Table = NDArray[np.float64]
FOUR_UNITS = np.array([[120, 30, 50], [80, 90, 30], [10, 140, 50], [200, 20, 5]])
ONE_BY_ONE: dict[str, Callable[[Table], object]] = {
    "theil_h": segregation.theil_h,
    "mutual_information": segregation.mutual_information,
    "multigroup_dissimilarity": segregation.multigroup_dissimilarity,
    "relative_diversity": segregation.relative_diversity,
    "multigroup_gini": multigroup_gini,
    "dissimilarity": lambda t: [
        segregation.dissimilarity_from_rest(t[:, g], t.sum(axis=1)) for g in range(t.shape[1])
    ],
    "isolation": lambda t: [segregation.isolation(t[:, g], t.sum(axis=1)) for g in range(t.shape[1])],
}


def rng(seed: int = 1) -> np.random.Generator:
    return np.random.default_rng(seed)


@pytest.mark.parametrize("measure", MEASURES)
@given(table=tables(max_groups=4))
def test_sums_give_the_index_that_its_own_function_gives(measure: str, table: Table) -> None:
    table = table[:, table.sum(axis=0) > 0]
    expected = ONE_BY_ONE[measure](table)
    drawn = MEASURES[measure](TableSums(table[None].astype(np.int64)))[0]
    # Sums of n log n cancel where groups are nearly alone, which costs some of the last digits.
    assert drawn == pytest.approx(expected, abs=1e-8)
    once = np.ones((1, len(table)))
    assert MEASURES[measure](ResampledSums(table, once))[0] == pytest.approx(expected, abs=1e-8)


@pytest.mark.parametrize("measure", MEASURES)
@given(table=tables(max_groups=3), data=st.data())
@settings(max_examples=40)
def test_a_resampled_table_is_measured_as_if_it_were_written_out(
    measure: str, table: Table, data: st.DataObject
) -> None:
    draw = st.lists(st.integers(0, len(table) - 1), min_size=len(table), max_size=len(table))
    draws = data.draw(st.lists(draw, min_size=1, max_size=4))
    times = np.array([np.bincount(rows, minlength=len(table)) for rows in draws], dtype=np.float64)
    together = ResampledSums(table, times)
    with np.errstate(invalid="ignore", divide="ignore"):
        found = MEASURES[measure](together)
        for k, rows in enumerate(draws):
            if table[rows].sum() == 0:
                continue
            alone = MEASURES[measure](TableSums(table[rows][None].astype(np.int64)))[0]
            assert found[k] == pytest.approx(alone, abs=1e-7, nan_ok=True)


@pytest.mark.parametrize(
    ("null", "kept"), [("evenness", (2,)), ("systematic", (1,)), ("person_permutation", (1, 2))]
)
@given(table=tables(), seed=st.integers(0, 99))
@settings(max_examples=30)
def test_a_null_keeps_what_it_says(null: Null, kept: tuple[int, ...], table: Table, seed: int) -> None:
    counts = np.minimum(table, 5000).astype(np.int64)
    drawn = null_tables(counts, null, 3, rng(seed))
    assert drawn.shape == (3, *counts.shape)
    assert (drawn >= 0).all()
    assert (drawn.sum(axis=(1, 2)) == counts.sum()).all()
    for axis in kept:
        assert (drawn.sum(axis=axis) == counts.sum(axis=axis - 1)).all()


@pytest.mark.parametrize("units", [2, 3, 5, 8, 13])
def test_dealing_by_halves_has_the_moments_of_the_hypergeometric_table(units: int) -> None:
    """Mean t_u N_g / T and variance of a single cell with both margins fixed, to five standard errors."""
    counts = rng(units).integers(1, 30, size=(units, 3))
    total, draws = counts.sum(), 4000
    drawn = null_tables(counts, "person_permutation", draws, rng(7))
    u, g = counts.sum(axis=1, keepdims=True), counts.sum(axis=0, keepdims=True)
    mean = u * g / total
    variance = mean * (1 - g / total) * (total - u) / (total - 1)
    assert np.abs(drawn.mean(axis=0) - mean).max() <= 5 * np.sqrt(variance.max() / draws)
    assert drawn.var(axis=0) == pytest.approx(variance, rel=0.25)
    # Two cells of one unit: covariance -t N_g N_h (T - t) / (T^2 (T - 1)).
    t = u[:, 0]
    expected = -t * g[0, 0] * g[0, 1] * (total - t) / (total**2 * (total - 1))
    both = drawn - drawn.mean(axis=0)
    assert (both[:, :, 0] * both[:, :, 1]).mean(axis=0) == pytest.approx(expected, rel=0.35, abs=0.05)


def test_two_units_follow_the_hypergeometric_law() -> None:
    counts = np.array([[8, 4], [2, 10]])
    drawn = null_tables(counts, "person_permutation", 5000, rng())[:, 0, 0]
    law = stats.hypergeom(24, 10, 12)
    seen = np.bincount(drawn, minlength=11)[:11] / 5000
    assert np.abs(seen - law.pmf(np.arange(11))).max() < 0.025


@pytest.mark.parametrize("null", NULLS)
def test_p_is_uniform_where_the_null_is_true(null: Null) -> None:
    counts = rng(5).integers(20, 60, size=(12, 3))
    # Tables of the null itself are tested against the null; with ties p may only be too large.
    whole = null_tables(counts, null, 400, rng(11))
    drawn = null_draws(counts, ["theil_h"], null=null, draws=999, rng=rng(13))["theil_h"]
    observed = MEASURES["theil_h"](TableSums(whole))
    p = [null_test(float(value), drawn).p for value in observed]
    assert stats.kstest(p, "uniform").pvalue > 0.01


def test_p_is_never_zero_and_chance_gives_more_in_small_units() -> None:
    far = np.diag([50, 50, 50])
    drawn = null_draws(far, ["theil_h"], null="evenness", draws=99, rng=rng())["theil_h"]
    assert null_test(1.0, drawn).p == 0.01
    small = null_draws(far // 10, ["theil_h"], null="evenness", draws=99, rng=rng())["theil_h"]
    assert np.nanmean(small) > 5 * drawn.mean()


def test_expected_information_is_that_of_the_literature() -> None:
    """Under independence 2 T M is about chi squared with (U - 1)(G - 1) degrees of freedom (Miller 1955)."""
    counts = np.outer([4000, 6000, 5000, 3000], [5, 3, 2])
    drawn = null_draws(counts, ["mutual_information"], null="person_permutation", draws=2000, rng=rng())
    scaled = 2 * counts.sum() * drawn["mutual_information"]
    assert scaled.mean() == pytest.approx(6, abs=5 * np.sqrt(12 / 2000))
    assert stats.kstest(scaled, stats.chi2(6).cdf).pvalue > 0.001


def test_threads_and_indices_asked_for_do_not_change_the_draws() -> None:
    counts = rng(3).integers(0, 40, size=(3000, 12))
    two = null_draws(counts, ["theil_h", "dissimilarity"], null="evenness", draws=17, rng=rng(), workers=2)
    one = null_draws(counts, ["dissimilarity"], null="evenness", draws=17, rng=rng())
    assert (two["dissimilarity"] == one["dissimilarity"]).all()
    assert two["theil_h"].shape == (17,)
    assert two["dissimilarity"].shape == (17, 12)


def test_numbers_of_fixture_b_by_the_sums() -> None:
    sums = TableSums(FOUR_UNITS[None])
    value = {name: measure(sums)[0] for name, measure in MEASURES.items()}
    assert value["mutual_information"] == pytest.approx(0.24703020, abs=5e-9)
    assert value["theil_h"] == pytest.approx(0.24447765, abs=5e-9)
    assert value["multigroup_dissimilarity"] == pytest.approx(0.471267132, abs=5e-10)
    assert value["relative_diversity"] == pytest.approx(0.269355614, abs=5e-10)
    assert value["isolation"] == pytest.approx([0.68848238, 0.51706349, 0.21934156], abs=5e-9)


def test_gini_of_two_groups_worked_by_hand() -> None:
    # Shares 3/4 and 1/6 of units of 40 and 60: 2 * 40 * 60 * 7/12 / (2 * 100^2 * 0.4 * 0.6) = 7/12.
    assert multigroup_gini([[30, 10], [10, 50]]) == pytest.approx(7 / 12)
    assert multigroup_gini(np.eye(3) * 7) == pytest.approx(1.0)


@given(tables())
def test_gini_is_at_least_dissimilarity(table: Table) -> None:
    assert multigroup_gini(table) >= segregation.multigroup_dissimilarity(table) - 1e-9


@given(tables(), st.data())
def test_merging_units_alike_and_doubling_everybody_leaves_gini(table: Table, data: st.DataObject) -> None:
    unit = data.draw(st.integers(0, len(table) - 1))
    value = multigroup_gini(np.vstack([table, table[unit]]))
    merged = table.copy()
    merged[unit] *= 2
    assert multigroup_gini(merged) == pytest.approx(value, abs=1e-9)
    assert multigroup_gini(2 * table) == pytest.approx(multigroup_gini(table), abs=1e-9)


def test_the_bootstrap_of_units_alike_has_no_width() -> None:
    drawn = bootstrap_draws(np.tile([30, 10], (8, 1)), ["theil_h"], draws=50, rng=rng())["theil_h"]
    assert percentile_interval(drawn, 0.95) == pytest.approx((0.0, 0.0), abs=1e-12)


def test_correction_is_zero_at_chance_and_one_at_most() -> None:
    assert chance_corrected(0.3, 0.3) == 0
    assert chance_corrected(1.0, 0.3) == 1
    assert chance_corrected(0.2, 0.3) < 0
    with pytest.raises(NotDefined):
        chance_corrected(1.0, 1.0)


@pytest.mark.parametrize(
    ("counts", "reason"),
    [([[0, 0], [0, 0]], "empty_area"), ([[5, 6], [0, 0]], "one_unit"), ([[5, 0], [6, 0]], "one_group")],
)
@pytest.mark.parametrize("draw", [lambda c: null_draws(c, ["theil_h"], null="evenness", draws=9, rng=rng()),
                                  lambda c: bootstrap_draws(c, ["theil_h"], draws=9, rng=rng())])  # fmt: skip
def test_what_cannot_be_segregated_says_why(
    draw: Callable[..., object], counts: list[list[int]], reason: str
) -> None:
    with pytest.raises(NotDefined) as finding:
        draw(counts)
    assert finding.value.reason == reason


def test_draws_without_a_value_are_left_out() -> None:
    # With three persons a drawn table may hold one group only, and then H has no value.
    drawn = null_draws([[1, 0], [1, 1]], ["theil_h"], null="evenness", draws=300, rng=rng())["theil_h"]
    assert np.isnan(drawn).any()
    test = null_test(0.1, drawn)
    assert test.draws == np.count_nonzero(~np.isnan(drawn))
    for lost in (lambda: null_test(0.1, [np.nan]), lambda: percentile_interval([np.nan], 0.9)):
        with pytest.raises(NotDefined):
            lost()


def test_arguments_that_do_not_fit_are_refused() -> None:
    with pytest.raises(CountsError, match="two dimensions"):
        null_draws([1, 2], ["theil_h"], null="evenness", draws=9, rng=rng())
    with pytest.raises(CountsError, match="evenness"):
        null_tables(np.array([[10**9, 1], [1, 1]]), "person_permutation", 1, rng())
    with pytest.raises(ValueError, match="at least 1"):
        bootstrap_draws(FOUR_UNITS, ["theil_h"], draws=0, rng=rng())
    with pytest.raises(ValueError, match="level"):
        percentile_interval([0.1], 95)


def population(units: int, stream: np.random.Generator) -> NDArray[np.int64]:
    """Units of 2,000 persons whose compositions scatter around one (Dirichlet): a population of units."""
    shares = stream.dirichlet([6.0, 3.0, 1.0], size=units)
    return stream.multinomial(2000, shares)


@pytest.mark.proof
@pytest.mark.parametrize(("units", "at_least"), [(17, 0.76), (60, 0.87), (200, 0.90)])
@pytest.mark.parametrize("measure", ["theil_h", "multigroup_dissimilarity"])
def test_how_often_the_interval_holds_the_truth(measure: Measure, units: int, at_least: float) -> None:
    """Nominal 95 %. Few units: the interval lies low and covers less, as its docstring and the page say."""
    truth = ONE_BY_ONE[measure](population(200_000, rng(2)).astype(float))
    stream, held, runs = rng(3), 0, 1000
    for _ in range(runs):
        drawn = bootstrap_draws(population(units, stream), [measure], draws=399, rng=stream)[measure]
        low, high = percentile_interval(drawn, 0.95)
        held += low <= truth <= high
    assert at_least <= held / runs <= 0.97
