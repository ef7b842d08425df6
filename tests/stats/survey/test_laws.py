"""Laws of every designed sample: order, names, scale, split records, domains, calibrated totals."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kelisim.core.errors import Refused
from kelisim.stats.survey.calibration import calibrate, rake
from kelisim.stats.survey.contrasts import contrast, difference
from kelisim.stats.survey.glm import glm
from kelisim.stats.survey.moments import mean, ratio, share, total
from kelisim.stats.survey.quantile import quantile
from kelisim.stats.survey.replicates import bootstrap, jkn
from kelisim.stats.survey.results import Estimates
from kelisim.stats.survey.sample import Sample
from tests.stats.survey.invented import LEVEL, random_columns, stratified

Columns = dict[str, Any]
MANY = settings(max_examples=12, deadline=None)


@st.composite
def columns(draw: st.DrawFn) -> Columns:
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    sizes = draw(st.integers(1, 4)), draw(st.integers(2, 5)), draw(st.integers(2, 6))
    return dict(random_columns(rng, *sizes))


def everything(sample: Sample, **how: Any) -> list[Estimates]:
    return [
        mean(sample, "y", level=LEVEL, **how),
        total(sample, "y", level=LEVEL, **how),
        ratio(sample, "y", "x", level=LEVEL, **how),
        share(sample, "z", level=LEVEL, by=["g"], **how),
        quantile(sample, "y", [0.5], level=LEVEL, **{k: v for k, v in how.items() if k != "deff"}),
    ]


def alike(first: list[Estimates], second: list[Estimates], skip: tuple[str, ...] = ()) -> None:
    for a, b in zip(first, second, strict=True):
        for name in ("value", "se", "df", "low", "high", "deff", "n"):
            if name not in skip:
                np.testing.assert_allclose(
                    getattr(a, name), getattr(b, name), rtol=1e-9, atol=1e-9, err_msg=f"{a.statistic} {name}"
                )


@MANY
@given(columns(), st.randoms(use_true_random=False))
def test_the_order_of_records_does_not_matter(data: Columns, random: Any) -> None:
    order = list(range(len(data["y"])))
    random.shuffle(order)
    moved = {name: values[order] for name, values in data.items()}
    alike(everything(Sample(data, stratified())), everything(Sample(moved, stratified())))


@MANY
@given(columns())
def test_names_of_strata_and_units_do_not_matter(data: Columns) -> None:
    names = data | {"h": 1000 - 7 * data["h"], "psu": np.array([f"u{p}" for p in data["psu"]])}
    alike(everything(Sample(data, stratified())), everything(Sample(names, stratified())))


@MANY
@given(columns(), st.floats(1e-3, 1e3))
def test_the_scale_of_weights_changes_totals_alone(data: Columns, factor: float) -> None:
    scaled = everything(Sample(data | {"w": data["w"] * factor}, stratified()), deff="replace")
    plain = everything(Sample(data, stratified()), deff="replace")
    np.testing.assert_allclose(scaled[1].value, plain[1].value * factor, rtol=1e-9)
    np.testing.assert_allclose(scaled[1].se, plain[1].se * factor, rtol=1e-7)
    alike([scaled[0], *scaled[2:]], [plain[0], *plain[2:]])


@MANY
@given(columns())
def test_a_record_split_into_halves_changes_nothing(data: Columns) -> None:
    twice = {name: np.concatenate((values, values[:1])) for name, values in data.items()}
    twice["w"] = twice["w"].copy()
    twice["w"][[0, -1]] /= 2
    # The number of records is what simple random sampling goes by, so deff may move, and the interval of a
    # share of 0 or 1, where no effect of the design is seen. Nothing else may.
    whole, split = everything(Sample(data, stratified())), everything(Sample(twice, stratified()))
    alike([whole[i] for i in (0, 1, 2, 4)], [split[i] for i in (0, 1, 2, 4)], skip=("n", "deff"))
    alike(whole[3:4], split[3:4], skip=("n", "deff", "low", "high"))


@MANY
@given(columns(), st.booleans())
def test_a_domain_is_the_same_by_filter_by_null_by_weight_and_by_group(data: Columns, fpc: bool) -> None:
    inside = data["g"] == "a"
    if not inside.any():
        return
    more: dict[str, Any] = {"fpc": ("N",)} if fpc else {}
    data = data | {"N": np.full(inside.size, 40.0)}
    sample = Sample(data, stratified(**more))
    by_filter = mean(sample, "y", level=LEVEL, where=inside)
    by_group = mean(sample, "y", level=LEVEL, by=["g"]).find(g="a")
    by_null = mean(
        Sample(data | {"y": np.where(inside, data["y"], np.nan)}, stratified(**more)), "y", level=LEVEL
    )
    weightless = data | {"w": np.where(inside, data["w"], 0.0)}
    by_weight = mean(Sample(weightless, stratified(zero_weights="outside", **more)), "y", level=LEVEL)
    alike([by_filter], [by_null])
    alike([by_filter], [by_weight])
    one = by_filter.one()
    assert (by_group.value, by_group.n, by_group.df) == (pytest.approx(one.value), one.n, one.df)
    assert by_group.se == pytest.approx(one.se, rel=1e-9, abs=1e-12)


@MANY
@given(columns())
def test_a_calibrated_total_has_no_doubt(data: Columns) -> None:
    sample = Sample(data, stratified())
    w, x = data["w"], data["x"]
    labels = np.unique(data["g"])
    margins = {"g": {label: w[data["g"] == label].sum() * (0.9 + 0.1 * i) for i, label in enumerate(labels)}}
    try:
        made = calibrate(sample, kind="linear", margins=margins, numbers={"x": 1.02 * (w * x).sum()}).sample
    except Refused as refused:
        # With one record in each category their totals fix the total of x as well.
        assert "no weights meet the totals" in str(refused)
        return
    one = total(made, "x", level=LEVEL).one()
    assert one.value == pytest.approx(1.02 * (w * x).sum(), rel=1e-9)
    assert one.se is not None and one.value is not None and one.se <= 1e-9 * one.value
    assert share(made, "g", level=LEVEL).se.max() <= 1e-9


@MANY
@given(columns())
def test_raking_is_the_same_in_any_order_of_margins(data: Columns) -> None:
    sample = Sample(data, stratified())
    size = float(data["w"].sum())
    margins = {
        name: {label: size / np.unique(data[name]).size for label in np.unique(data[name])}
        for name in ("g", "z")
    }
    try:
        first = rake(sample, margins, variance="regression").sample.weights
    except Refused as refused:
        assert "no weights meet the totals" in str(refused)
        return
    second = rake(sample, dict(reversed(margins.items())), variance="regression").sample.weights
    np.testing.assert_allclose(first, second, rtol=1e-7, atol=1e-9 * size)


@MANY
@given(columns())
def test_shares_sum_to_one_and_their_covariance_to_nothing(data: Columns) -> None:
    made = share(Sample(data, stratified()), "z", level=LEVEL)
    assert made.value.sum() == pytest.approx(1)
    covariance = made.vcov()
    np.testing.assert_allclose(covariance.sum(axis=0), 0, atol=1e-12)
    np.testing.assert_allclose(np.sqrt(covariance.diagonal()), made.se, rtol=1e-7, atol=1e-9)


@MANY
@given(columns())
def test_the_difference_of_domains_is_the_slope_of_a_model(data: Columns) -> None:
    if set(np.unique(data["g"])) != set("abc"):
        return
    sample = Sample(data, stratified())
    within = np.isin(data["g"], ["a", "b"])
    if len(data["y"]) < 12 or mean(sample, "y", level=LEVEL, where=within).df[0] < 2:
        return
    domains = mean(sample, "y", level=LEVEL, by=["g"])
    gap = difference(domains, 1, 0, level=LEVEL).one()
    slope = glm(
        sample, "y", ["g"], family="gaussian", reference={"g": "a"}, level=LEVEL, where=None
    ) if mean(sample, "y", level=LEVEL).df[0] > 3 else None  # fmt: skip
    if slope is not None:
        assert slope.find("g=b").value == pytest.approx(gap.value, abs=1e-9)
        assert slope.find("g=b").se == pytest.approx(gap.se, rel=1e-7, abs=1e-9)
    both = contrast(domains, [[1, -1, 0], [0, 1, -1]], ["a-b", "b-c"], level=LEVEL)
    third = contrast(both, [[1, 1]], ["a-c"], level=LEVEL).one()
    assert third.se == pytest.approx(difference(domains, 0, 2, level=LEVEL).one().se, rel=1e-7, abs=1e-9)


def test_thousands_of_domains_agree_with_one_by_one() -> None:
    rng = np.random.default_rng(5)
    data: Columns = dict(random_columns(rng, 20, 60, 9))
    data["many"] = rng.integers(0, 6000, size=len(data["y"]))
    data["N"] = np.full(len(data["y"]), 100)
    sample = Sample(data, stratified(fpc=("N",)))
    for made in (mean(sample, "y", by=["many"], level=LEVEL), share(sample, "g", by=["many"], level=LEVEL)):
        assert not made.spread.pairs.full  # type: ignore[union-attr]
        for code in data["many"][[0, 17, -1]]:
            inside = data["many"] == code
            if made.statistic == "mean":
                one = mean(sample, "y", where=inside, level=LEVEL).one()
                found = made.find(many=code)
            else:
                one = share(sample, "g", where=inside, level=LEVEL).find("b")
                found = made.find("b", many=code)
            assert found.se == pytest.approx(one.se, rel=1e-9)
            assert (found.n, found.df) == (one.n, one.df)
    replicates = jkn(Sample(data, stratified()), centre="estimate")
    made = mean(replicates.sample, "y", by=["many"], level=LEVEL, replicates=replicates)
    inside = data["many"] == data["many"][17]
    one = mean(replicates.sample, "y", where=inside, level=LEVEL, replicates=replicates).one()
    assert made.find(many=data["many"][17]).se == pytest.approx(one.se, rel=1e-9)


@pytest.mark.parametrize("statistic", [mean, total])
def test_replicates_come_near_linearisation(statistic: Any) -> None:
    data = random_columns(np.random.default_rng(11), 8, 10, 12)
    sample = Sample(data, stratified())
    exact = statistic(sample, "y", level=LEVEL).one().se
    for made in (
        jkn(sample, centre="estimate"),
        bootstrap(sample, 6000, rng=np.random.default_rng(3), centre="replicates"),
    ):
        assert statistic(sample, "y", level=LEVEL, replicates=made).one().se == pytest.approx(exact, rel=0.05)


def test_the_bootstrap_sees_both_stages() -> None:
    data: Columns = dict(random_columns(np.random.default_rng(12), 5, 6, 8))
    size = len(data["y"])
    data |= {"record": np.arange(size), "N": np.full(size, 10), "M": np.full(size, 12)}
    sample = Sample(data, stratified(psu=("psu", "record"), fpc=("N", "M")))
    made = bootstrap(sample, 8000, rng=np.random.default_rng(4), centre="replicates")
    exact = total(sample, "y", level=LEVEL).one().se
    assert total(sample, "y", level=LEVEL, replicates=made).one().se == pytest.approx(exact, rel=0.05)


def test_replicates_are_factors_and_give_what_record_weights_give() -> None:
    data: Columns = dict(random_columns(np.random.default_rng(13), 3, 4, 5))
    sample = Sample(data, stratified())
    made = jkn(sample, centre="replicates")
    for r in range(3):
        again = Sample(data | {"w": made.record_weights(r)}, stratified(zero_weights="outside"))
        np.testing.assert_allclose(
            mean(sample, "y", level=LEVEL, by=["g"], replicates=made).spread.values[r].ravel(),  # type: ignore[union-attr]
            mean(again, "y", level=LEVEL, by=["g"]).value,
            rtol=1e-12,
        )
