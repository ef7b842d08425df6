"""Multilevel regression with post-stratification: cells, unseen levels, silent areas, refusals."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from kelisim.core.errors import NotDefined, Refused
from kelisim.stats.small_area.area_model import Covariates
from kelisim.stats.small_area.cells import joint, tabulate
from kelisim.stats.small_area.mrp import mrp_shares
from kelisim.stats.small_area.results import AreaEstimate
from kelisim.stats.survey.sample import Sample
from tests.stats.small_area.oblast import draw, make, sample_of, without

RNG = np.random.default_rng(20260401)
OBLAST = make(RNG, icc_areas=0.04)
DATA = draw(OBLAST, RNG)
CELLS = OBLAST.tabulated()


def shares(sample: Sample, **how: Any) -> list[AreaEstimate]:
    told: dict[str, Any] = {"effects": ["age_sex", "education"], "cells": CELLS, "draws": 400} | how
    return mrp_shares(
        sample, "y", by="area", level=0.95, categories=["1"], rng=np.random.default_rng(5), **told
    )


def test_it_is_nearer_to_the_truth_than_the_direct_estimates_and_repeats_itself() -> None:
    made = shares(sample_of(DATA))
    direct = np.array([one.direct.value for one in made if one.direct])
    value = np.array([one.value for one in made])
    assert np.square(value - OBLAST.truth).mean() < np.square(direct - OBLAST.truth).mean()
    assert all(0 <= one.low < one.value < one.high <= 1 and 0 <= one.gamma <= 1 for one in made)
    assert [one.value for one in shares(sample_of(DATA))] == value.tolist()
    assert all("places" in one.method and one.interval == "quantiles of draws" for one in made)


def test_an_area_without_interviews_is_prior_only_wide_and_shut() -> None:
    made = shares(sample_of(without(DATA, "a16")))
    alone = made[16]
    assert alone.model_only and alone.n == 0 and alone.direct is None and alone.gamma < 0.2
    assert alone.verdict == "withheld" and alone.interviews_needed and "model_only" in alone.reasons
    assert alone.se > np.median([one.se for one in made[:16]])


def test_a_level_that_nobody_asked_has_is_marked_and_widens() -> None:
    kept = DATA["education"] != "e2"
    made = shares(sample_of({name: column[kept] for name, column in DATA.items()}))
    assert all("prior_only" in one.reasons for one in made)
    plain = shares(sample_of(DATA))
    assert not any("prior_only" in one.reasons for one in plain)
    assert np.mean([one.se for one in made]) > np.mean([one.se for one in plain])


def test_few_places_in_an_area_are_a_doubt_of_their_own() -> None:
    many = shares(sample_of(DATA), places=dict.fromkeys(OBLAST.effective_places, 1e9))
    few = shares(sample_of(DATA), places=dict.fromkeys(OBLAST.effective_places, 3.0))
    assert np.mean([one.se for one in few]) > 1.1 * np.mean([one.se for one in many])
    assert [one.se for one in many] == pytest.approx([one.se for one in shares(sample_of(DATA))], rel=0.1)


def test_clusters_are_not_ignored() -> None:
    design = sample_of(DATA).design
    from dataclasses import replace

    blind = Sample(DATA, replace(design, psu=(), strata=()))
    widths = [np.mean([one.high - one.low for one in shares(s)]) for s in (sample_of(DATA), blind)]
    assert widths[0] > widths[1]


def test_joint_counts_by_fitting_are_labelled_and_crossings_work() -> None:
    rows = OBLAST.counts()
    parts = [
        tabulate(pair, [tuple(row[n] for n in pair) for row in rows], [row["count"] for row in rows])
        for pair in (("area", "age_sex"), ("area", "education"))
    ]
    made = shares(sample_of(DATA), cells=joint(parts))
    assert all("assumed_joint" in one.reasons and "assumed by IPF" in one.method for one in made)
    exact = shares(sample_of(DATA))
    assert [one.value for one in made] == pytest.approx([one.value for one in exact], abs=0.02)
    crossed = shares(sample_of(DATA), effects=["age_sex:education"])
    assert [one.value for one in crossed] == pytest.approx([one.value for one in exact], abs=0.05)


def test_a_declared_covariate_moves_areas_without_interviews() -> None:
    rng = np.random.default_rng(12)
    oblast = make(rng, icc_areas=0.06, explained=0.95)
    far = int(np.abs(oblast.x).argmax())
    sample = sample_of(without(draw(oblast, rng), f"a{far:02d}"))
    table = Covariates(names=("x",), values={f"a{a:02d}": (float(x),) for a, x in enumerate(oblast.x)})
    plain = shares(sample, cells=oblast.tabulated())[far]
    told = shares(sample, cells=oblast.tabulated(), covariates=table)[far]
    assert abs(told.value - oblast.truth[far]) < abs(plain.value - oblast.truth[far])


def test_what_cannot_be_is_refused() -> None:
    sample = sample_of(DATA)
    with pytest.raises(Refused, match="a16"):
        shares(sample, cells=make(np.random.default_rng(1), icc_areas=0.04, areas=16).tabulated())
    with pytest.raises(Refused, match="no such column"):
        shares(sample, effects=["group"])
    with pytest.raises(ValueError, match="leave it out"):
        shares(sample, effects=["area"])
    with pytest.raises(Refused, match="number of places"):
        shares(sample, places={"a00": 3.0})
    with pytest.raises(ValueError, match="100 draws"):
        shares(sample, draws=10)
    rng = np.random.default_rng(2)
    small = make(rng, icc_areas=0.04, areas=5)
    with pytest.raises(NotDefined) as found:
        shares(sample_of(draw(small, rng)), cells=small.tabulated())
    assert found.value.reason == "too_few_areas"
