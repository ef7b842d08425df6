"""Alpha, omega and intraclass correlations: printed numbers, laws, gates, degenerate answers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from kelisim.core.errors import NotDefined
from kelisim.stats.scales.alpha import cluster_interval, cronbach, feldt_interval
from kelisim.stats.scales.bivariate import bivariate_cdf
from kelisim.stats.scales.gates import judge_scale
from kelisim.stats.scales.intraclass import intraclass
from kelisim.stats.scales.items import read_items
from kelisim.stats.scales.omega import minres, omega_total
from kelisim.stats.scales.places import place_correlation, place_correlation_binary
from kelisim.stats.scales.polychoric import polychoric, polychoric_matrix
from tests.stats.scales.invented import C, sample_of, table_items

ANSWERS = arrays(np.float64, st.tuples(st.integers(4, 25), st.integers(2, 6)), elements=st.integers(1, 5))


def of(scores: Any, **more: Any) -> Any:
    return cronbach(scores, level=0.95, **more)


# Fixture C, computed with R's package psych.
def test_alpha_of_fixture_c() -> None:
    made = of(C)
    assert made.value == pytest.approx(0.927417984, abs=5e-10)
    assert made.low == pytest.approx(0.80904720, abs=5e-9)
    assert made.high == pytest.approx(0.97975088, abs=5e-9)
    assert made.mean_correlation == pytest.approx(0.7675876874, abs=5e-10)
    assert [item.rest for item in made.items] == pytest.approx(
        [0.9344192065, 0.8564534057, 0.7702799192, 0.7890440572], abs=5e-10
    )
    assert [item.alpha_without for item in made.items] == pytest.approx(
        [0.8693994280, 0.8979980934, 0.9263157895, 0.9227166276], abs=5e-10
    )


def test_intraclass_of_fixture_c() -> None:
    made = {one.form: one for one in intraclass(C, level=0.95)}
    wanted = {
        "1": (0.73127036, 0.4748019183, 0.9117288826),
        "2": (0.73372781, 0.4764336061, 0.9126288311),
        "3": (0.76158571, 0.5143801846, 0.9236420515),
        "1k": (0.91585926, 0.7833703865, 0.9763676823),
        "2k": (0.91682070, 0.7844785669, 0.9766255158),
        "3k": (0.92741798, 0.8090471977, 0.9797508767),
    }
    for form, (value, low, high) in wanted.items():
        assert made[form].value == pytest.approx(value, abs=5e-9)
        assert (made[form].low, made[form].high) == pytest.approx((low, high), abs=5e-10)


def test_omega_of_fixture_c() -> None:
    made = omega_total(C, correlations="pearson", least_n=10)
    assert made.value == pytest.approx(0.93221, abs=5e-6)
    assert made.loadings == pytest.approx((0.99742, 0.89463, 0.79197, 0.82584), abs=5e-5)
    with pytest.raises(NotDefined) as why:
        omega_total(C, correlations="pearson")
    assert why.value.reason == "few_records"


@settings(max_examples=50)
@given(ANSWERS, st.randoms(use_true_random=False))
def test_laws_of_alpha(scores: Any, random: Any) -> None:
    try:
        made = of(scores)
    except NotDefined:
        assume(False)
    rows, columns = list(range(scores.shape[0])), list(range(scores.shape[1]))
    random.shuffle(rows)
    random.shuffle(columns)
    assert of(scores[rows][:, columns]).value == pytest.approx(made.value, abs=1e-9)
    shift = np.arange(scores.shape[1]) * 10
    assert of(-2.5 * scores + shift).value == pytest.approx(made.value, abs=1e-9)
    assert made.value <= 1 + 1e-9 and made.low <= made.value + 1e-9 <= made.high + 2e-9
    third = (
        next(one for one in intraclass(scores, level=0.95) if one.form == "3k") if _varies(scores) else None
    )
    if third is not None:
        assert third.value == pytest.approx(made.value, abs=1e-8)


def _varies(scores: Any) -> bool:
    return bool(np.ptp(scores.mean(axis=1)) > 0)


@settings(max_examples=50)
@given(ANSWERS)
def test_laws_of_intraclass(scores: Any) -> None:
    assume(_varies(scores))
    k = scores.shape[1]
    made = {one.form: one for one in intraclass(scores, level=0.9)}
    for form in ("1", "3"):
        assert -1 / (k - 1) - 1e-9 <= made[form].value <= 1 + 1e-9
        assert made[form].low <= made[form].value + 1e-9 and made[form].value <= made[form].high + 1e-9
    moved = {one.form: one for one in intraclass(3 * scores - 4, level=0.9)}
    assert moved["2"].value == pytest.approx(made["2"].value, abs=1e-8)
    lifted = {one.form: one for one in intraclass(scores + np.arange(k) * 5, level=0.9)}
    assert lifted["3"].value == pytest.approx(made["3"].value, abs=1e-8)


@settings(max_examples=30)
@given(ANSWERS, st.integers(2, 4))
def test_whole_weights_are_repeated_records_in_the_mean(scores: Any, times: int) -> None:
    weights = np.ones(scores.shape[0])
    weights[0] = times
    repeated = np.concatenate((scores, np.repeat(scores[:1], times - 1, axis=0)))
    try:
        assert of(scores, weights=weights).value == pytest.approx(of(repeated).value, abs=1e-9)
    except NotDefined:
        assume(False)


def test_items_that_go_together_without_fault_and_not_at_all() -> None:
    one = np.arange(1, 9.0)[:, None]
    assert of(np.repeat(one, 3, axis=1)).value == pytest.approx(1)
    with pytest.raises(NotDefined) as why:
        of(np.column_stack((one, -one)))
    assert why.value.reason == "one_category"
    constant = of(np.column_stack((one, one + np.array([[0, 1] * 4]).T, np.ones(8))))
    assert constant.items[2].rest is None and constant.mean_correlation is None


def test_reversed_items_are_declared_and_undeclared_ones_are_told() -> None:
    turned = C.astype(float).copy()
    turned[:, 1] = 6 - turned[:, 1]
    sample, _ = table_items(turned)
    names = tuple(f"i{k}" for k in range(4))
    read = read_items(sample, names, reverse=["i1"])
    assert of(read.scores).value == pytest.approx(0.927417984, abs=5e-10)
    plain = of(read_items(sample, names).scores, names=names)
    verdict = judge_scale(plain, None)
    assert verdict.negative == ("i1",) and "negative_item" in verdict.codes
    assert not verdict.may_enter_index
    good = judge_scale(of(np.repeat(C, 12, axis=0)), None)
    assert good.may_enter_index and good.codes == ()


def test_incomplete_records_are_left_out_and_counted() -> None:
    scores = C.astype(float).copy()
    scores[3, 2] = np.nan
    _, read = table_items(scores)
    assert read.left_out == 1 and read.scores.shape == (9, 4)
    for names, words in (("i0", "two items"), (["i0", "i0"], "twice"), (["i0"], "two items")):
        with pytest.raises(ValueError, match=words):
            read_items(table_items(C)[0], names)
    with pytest.raises(ValueError, match="not in the scale"):
        read_items(table_items(C)[0], ["i0", "i1"], reverse=["i9"])


def villages(places: int, people: int, alike: float) -> Any:
    rng = np.random.default_rng(6)
    village = np.repeat(np.arange(places), people)
    f = np.sqrt(alike) * rng.normal(size=places)[village] + rng.normal(size=village.size)
    scores = f[:, None] + rng.normal(size=(village.size, 4))
    return {f"i{k}": scores[:, k] for k in range(4)} | {"v": village, "h": village // 10}


def test_the_design_widens_alpha_where_villages_are_alike() -> None:
    data = villages(40, 12, 0.6)
    names = tuple(f"i{k}" for k in range(4))
    rng = np.random.default_rng(7)
    clustered = sample_of(data, psu=("v",), strata=("h",))
    items = read_items(clustered, names)
    made = cluster_interval(clustered, items, level=0.95, draws=999, rng=rng)
    value = of(items.scores).value
    assert made.low is not None and made.high is not None and made.low < value < made.high
    assert (made.df, made.psus) == (36, 40)
    alone = sample_of(data)
    plain = cluster_interval(alone, read_items(alone, names), level=0.95, draws=999, rng=rng)
    assert plain.low is not None and plain.high is not None
    # Independent normal answers: the bootstrap and Feldt agree.
    low, high = feldt_interval(value, 480, 4, 0.95)
    assert plain.high - plain.low == pytest.approx(high - low, rel=0.15)
    assert made.high - made.low > 1.1 * (plain.high - plain.low)


def test_minres_finds_what_was_planted_and_flags_heywood() -> None:
    loadings = np.array([0.9, 0.5, -0.4, 0.7, 0.3])
    matrix = np.outer(loadings, loadings)
    np.fill_diagonal(matrix, 1)
    assert minres(matrix[None])[0] == pytest.approx(loadings, abs=1e-8)
    rng = np.random.default_rng(8)
    x = rng.normal(size=(300, 1))
    heywood = omega_total(
        np.hstack((x, x + 0.05 * rng.normal(size=(300, 1)), rng.normal(size=(300, 2)) + 0.2 * x)),
        correlations="pearson",
    )
    assert heywood.heywood
    alpha = of(np.repeat(C, 12, axis=0))
    assert "heywood" in judge_scale(alpha, heywood).codes
    with pytest.raises(ValueError, match="three items"):
        omega_total(C[:, :2], correlations="pearson", least_n=5)


def test_omega_equals_alpha_for_equal_loadings() -> None:
    rng = np.random.default_rng(9)
    x = 0.8 * rng.normal(size=(60_000, 1)) + rng.normal(size=(60_000, 5))
    assert omega_total(x, correlations="pearson").value == pytest.approx(of(x).value, abs=2e-3)


def test_bivariate_normal() -> None:
    from scipy.special import ndtr

    h = np.array([-1.0, 0.3, 2.0, np.inf, -np.inf])
    k = np.array([0.5, -0.7, 1.0, 0.2, 3.0])
    assert bivariate_cdf(h, k, 0.0) == pytest.approx(ndtr(h) * ndtr(k), abs=1e-15)
    for rho in (-0.99, -0.4, 0.7, 0.995):
        zero = float(bivariate_cdf(np.array(0.0), np.array(0.0), rho))
        assert zero == pytest.approx(0.25 + np.arcsin(rho) / (2 * np.pi), abs=1e-12)
        # P(X <= h) = P(X <= h, Y <= k) + P(X <= h, -Y <= -k)
        other = bivariate_cdf(h, -k, -rho)
        assert bivariate_cdf(h, k, rho) + other == pytest.approx(ndtr(h), abs=1e-12)


def test_polychoric_finds_the_correlation_behind_the_answers() -> None:
    rng = np.random.default_rng(10)
    x = rng.multivariate_normal([0, 0, 0], [[1, 0.6, 0.3], [0.6, 1, -0.5], [0.3, -0.5, 1]], 4_000)
    cut = np.digitize(x, [-0.5, 0.8])
    found = polychoric_matrix(cut)
    assert found[0, 1] == pytest.approx(0.6, abs=0.05) and found[1, 2] == pytest.approx(-0.5, abs=0.05)
    assert polychoric(cut[:, 0], -cut[:, 1]) == pytest.approx(-found[0, 1], abs=1e-9)
    assert polychoric([1, 1, 2, 2], [1, 1, 2, 2]) == 0.995
    with pytest.raises(NotDefined):
        polychoric([1, 1], [1, 2])
    impossible = np.array([[0, 0, 1], [0, 0, 1], [1, 1, 1], [1, 1, 0], [0, 1, 0], [1, 0, 0]] * 3)
    assert np.linalg.eigvalsh(polychoric_matrix(impossible)).min() > -1e-9


def test_likeness_within_places() -> None:
    # Balanced places: the ANOVA value and interval are those of ICC(1), and REML agrees with it.
    rng = np.random.default_rng(11)
    table = rng.normal(size=(12, 1)) + rng.normal(size=(12, 6))
    place = np.repeat(np.arange(12), 6)
    one = intraclass(table, level=0.95)[0]
    for method in ("anova", "reml"):
        made = place_correlation(table.ravel(), place, level=0.95, method=method)  # type: ignore[arg-type]
        assert made.value == pytest.approx(one.value, abs=1e-6)
        assert (made.low, made.high) == pytest.approx((one.low, one.high), abs=1e-7)
    alike = place_correlation(rng.normal(size=60), np.repeat(np.arange(6), 10), level=0.95, method="reml")
    assert alike.value >= 0 and alike.low == 0
    for y, places, reason in (
        ([1, 2, 3], [1, 1, 1], "one_place"),
        ([1, 2, 3], [1, 2, 3], "one_answer_each"),
        ([2, 2, 2, 2], [1, 1, 2, 2], "one_category"),
    ):
        with pytest.raises(NotDefined) as why:
            place_correlation(y, places, level=0.95, method="anova")
        assert why.value.reason == reason
    gaps = np.append(table.ravel(), np.nan)
    assert place_correlation(gaps, np.append(place, 0), level=0.95, method="anova").n == 72


def test_likeness_of_yes_and_no_is_nothing_where_shares_are_equal() -> None:
    y = np.tile([0, 1], 60)
    made = place_correlation_binary(y, np.repeat(np.arange(12), 10), level=0.95)
    assert made.value == pytest.approx(0, abs=1e-3) and made.low == 0 and 0 < made.high < 0.2
    apart = place_correlation_binary(np.repeat([0, 1], 60), np.repeat(np.arange(12), 10), level=0.95)
    assert apart.value > 0.8
    with pytest.raises(NotDefined):
        place_correlation_binary([1, 1, 1], [1, 2, 2], level=0.95)
    with pytest.raises(ValueError, match="0, 1"):
        place_correlation_binary([1, 2, 1], [1, 2, 2], level=0.95)
