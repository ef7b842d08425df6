"""From a sample to figures of areas: smoothed variances, shares both ways, benchmark, gate, and refusals."""

from __future__ import annotations

import numpy as np
import pytest

from kelisim.core.errors import NotDefined, Refused
from kelisim.stats.small_area.area_model import Covariates, area_means, area_shares, category_of
from kelisim.stats.small_area.benchmark import benchmark
from kelisim.stats.small_area.direct import smooth
from kelisim.stats.small_area.gate import Limits
from kelisim.stats.survey.design import Design
from kelisim.stats.survey.moments import mean
from kelisim.stats.survey.sample import Sample
from tests.stats.small_area.oblast import draw, make, sample_of, without

LEVEL = 0.95


def one_sample(seed: int = 1, *, binary: bool = True, icc: float = 0.04) -> Sample:
    rng = np.random.default_rng(seed)
    return sample_of(draw(make(rng, icc_areas=icc, binary=binary), rng, binary=binary))


def test_smoothing_finds_the_likeness_and_the_scatter_that_were_planted() -> None:
    rng = np.random.default_rng(2)
    found = []
    for _ in range(60):
        place = np.repeat(np.arange(80), 8)
        y = rng.normal(0, np.sqrt(0.1), 80)[place] + rng.normal(0, np.sqrt(0.9), place.size)
        data = {"area": place // 4, "place": place, "y": y, "w": rng.gamma(20, 1, place.size)}
        sample = sample_of(data)
        direct = mean(sample, "y", by=["area"], level=LEVEL)
        made = smooth(sample, direct, y, (place // 4).astype(np.intp))
        found.append(
            (made.icc, made.within, float((made.within * made.relative).mean()), float((direct.se**2).mean()))
        )
    icc, within, smoothed, raw = np.mean(found, axis=0)
    assert icc == pytest.approx(0.1, abs=0.015)
    assert within == pytest.approx(1.0, abs=0.02)
    assert smoothed == pytest.approx(raw, rel=0.05)
    # Weights vary by 5 % of their squared mean, people in a place 8, places 4.
    wanted = 0.1 * (1 + 0.05 / 8) / 4 + 0.9 * 1.05 / 32
    assert smoothed == pytest.approx(wanted, rel=0.08)


def test_without_units_the_design_effect_is_that_of_the_weights() -> None:
    rng = np.random.default_rng(3)
    area, w, y = np.repeat(np.arange(9), 30), rng.gamma(3, 1, 270), rng.normal(size=270)
    sample = Sample({"area": area, "w": w, "y": y}, Design(kind="probability", weights="w", lonely="fail"))
    made = smooth(sample, mean(sample, "y", by=["area"], level=LEVEL), y, area)
    kish = [30 * (w[area == a] ** 2).sum() / w[area == a].sum() ** 2 for a in range(9)]
    assert made.icc == 0 and made.deff == pytest.approx(kish)


def test_a_share_and_what_is_left_of_it_mirror_each_other() -> None:
    made = area_shares(one_sample(), "y", by="area", method="adjusted", level=LEVEL)
    no, yes = made[:17], made[17:]
    assert [one.category for one in made] == ["0"] * 17 + ["1"] * 17
    for a, b in zip(no, yes, strict=True):
        assert a.value == pytest.approx(1 - b.value) and a.low == pytest.approx(1 - b.high)
        assert a.reliability == pytest.approx(b.reliability) and a.gamma == pytest.approx(b.gamma)
        assert 0 <= b.low <= b.value <= b.high <= 1


@pytest.mark.parametrize("rule", ["ratio", "difference"])
def test_a_benchmark_adds_up_to_the_whole(rule: str) -> None:
    sample = one_sample(4)
    made = area_shares(
        sample,
        "y",
        by="area",
        method="adjusted",
        level=LEVEL,
        categories=["1"],
        benchmark_rule=rule,  # type: ignore[arg-type]
    )
    whole = mean(sample, "y", level=LEVEL).one().value
    size = np.array([one.weighted_n for one in made])
    assert (size * [one.value for one in made]).sum() / size.sum() == pytest.approx(whole, abs=1e-12)
    plain = area_shares(sample, "y", by="area", method="adjusted", level=LEVEL, categories=["1"])
    assert all(a.se >= b.se for a, b in zip(made, plain, strict=True))
    assert all(a.low <= a.value <= a.high and "benchmarked" in a.method for a in made)


def test_a_benchmark_that_leaves_the_range_is_refused() -> None:
    with pytest.raises(NotDefined) as found:
        benchmark(np.array([0.1, 0.99]), np.array([9.0, 1.0]), 0.4, "ratio", bounds=(0, 1))
    assert found.value.reason == "benchmark_out_of_range"


def test_an_area_without_interviews_is_model_only_and_says_so() -> None:
    rng = np.random.default_rng(6)
    oblast = make(rng, icc_areas=0.05, explained=0.7)
    sample = sample_of(without(draw(oblast, rng), "a05"))
    table = Covariates(
        names=("x",),
        values={f"a{a:02d}": (float(x),) for a, x in enumerate(oblast.x)},
        population={f"a{a:02d}": float(n) for a, n in enumerate(oblast.total)},
    )
    made = area_shares(
        sample, "y", by="area", method="adjusted", level=LEVEL, categories=["1"], covariates=table,
        benchmark_rule="difference",
    )  # fmt: skip
    assert len(made) == 17 and made[-1].by == (("area", "a05"),)
    alone = made[-1]
    assert alone.model_only and alone.direct is None and alone.gamma == 0 and alone.n == 0
    assert "model_only" in alone.reasons and alone.verdict != "publish" and alone.interviews_needed
    assert not any(one.model_only for one in made[:-1])
    assert "covariates x" in alone.method
    with pytest.raises(ValueError, match="declare it"):
        bare = Covariates(names=table.names, values=table.values)
        area_shares(
            sample, "y", by="area", method="reml", level=LEVEL, covariates=bare, benchmark_rule="ratio"
        )


def test_the_interviews_needed_open_the_area_and_one_less_does_not() -> None:
    limits = Limits(publish=0.6, flag=0.4)
    made = area_means(
        one_sample(7, binary=False, icc=0.06), "y", by="area", method="adjusted", level=LEVEL, limits=limits
    )
    shut = [one for one in made if one.verdict != "publish"]
    assert shut
    for one in shut:
        assert one.interviews_needed is not None and one.interviews_needed > one.n
        assert (one.verdict == "flag") == (one.reliability >= 0.4)
    assert all(
        one.interviews_needed is None and one.reliability >= 0.6 for one in made if one.verdict == "publish"
    )


def test_a_withheld_figure_takes_no_value_out_of_the_house() -> None:
    made = area_means(one_sample(8, binary=False, icc=0.01), "y", by="area", method="adjusted", level=LEVEL)
    shut = next(one for one in made if one.verdict == "withheld")
    out = shut.to_estimate(unit="points", method="small_area", source="synthetic oblast")
    assert (out.value, out.low, out.high, out.se) == (None, None, None, None)
    assert out.flag == "withheld" and "unreliable" in out.reasons
    easy = Limits(publish=1e-9, flag=1e-9)
    open_ = area_means(
        one_sample(8, binary=False, icc=0.06), "y", by="area", method="adjusted", level=LEVEL, limits=easy
    )
    shown = next(one for one in open_ if one.verdict == "publish")
    out = shown.to_estimate(unit="points", method="small_area", source="synthetic oblast")
    assert out.value == shown.value and out.low == shown.low and out.grade == "acceptable" and out.df == 16


def test_what_cannot_be_is_refused_and_what_cannot_be_told_has_no_value() -> None:
    sample = one_sample(9)
    with pytest.raises(Refused, match="a00"):
        area_shares(sample, "y", by="area", method="reml", level=LEVEL, covariates=Covariates(values={}))
    with pytest.raises(ValueError, match="none of the categories"):
        area_shares(sample, "y", by="area", method="reml", level=LEVEL, categories=["yes"])
    rng = np.random.default_rng(9)
    few = sample_of(draw(make(rng, icc_areas=0.04, areas=5), rng))
    with pytest.raises(NotDefined) as found:
        area_shares(few, "y", by="area", method="adjusted", level=LEVEL)
    assert found.value.reason == "too_few_areas"
    data = draw(make(rng, icc_areas=0.04), rng)
    picked = Sample(data, Design(kind="quota", weights="w", psu=("place",), lonely="fail"))
    with pytest.raises(NotDefined) as found:
        area_shares(picked, "y", by="area", method="adjusted", level=LEVEL)
    assert found.value.reason == "no_margin"
    same = sample_of(data | {"y": np.full(data["w"].size, 3.0)})
    with pytest.raises(NotDefined) as found:
        area_means(same, "y", by="area", method="adjusted", level=LEVEL)
    assert found.value.reason == "no_scatter"


def test_an_area_where_nobody_answered_counts_as_not_asked() -> None:
    rng = np.random.default_rng(10)
    data = draw(make(rng, icc_areas=0.04), rng)
    y = np.where(data["area"] == "a03", np.nan, data["y"].astype(float))
    made = area_means(sample_of(data | {"y": y}), "y", by="area", method="adjusted", level=LEVEL)
    (silent,) = [one for one in made if one.by[0][1] == "a03"]
    assert silent.model_only and silent.n == 0 and silent.value == pytest.approx(silent.synthetic)


def test_a_rare_answer_keeps_its_interval_within_bounds() -> None:
    rng = np.random.default_rng(11)
    data = draw(make(rng, icc_areas=0.02, level=-4.5), rng)
    sample = sample_of(data)
    own, _ = category_of(sample, "y", "1", by="area", level=LEVEL, deff="wor")
    assert (own.value == 0).any()
    for one in area_shares(sample, "y", by="area", method="adjusted", level=LEVEL, categories=["1"]):
        assert 0 <= one.low <= one.value <= one.high <= 1 and one.high > 0
