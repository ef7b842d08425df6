"""Series before the gate of a study's forecast: one that knows is let in and moves the pool, noise is not."""

from __future__ import annotations

import numpy as np
import pytest

from kelisim.forecasting.covariates import Covariate, admit
from kelisim.forecasting.panel import Panel
from kelisim.forecasting.replay import Issue
from kelisim.forecasting.vintages import Vintages
from kelisim.runs.study_covariates import with_admitted

AREAS = tuple("ABCDEFGH")
MONTHS = 60


@pytest.fixture(scope="module")
def world() -> tuple[Vintages, Covariate, Covariate, list[Issue]]:
    """A signal that doubles or halves each area's rate a month ahead, noise, and a pool that sees neither."""
    rng = np.random.default_rng(4)
    signal = rng.normal(size=(len(AREAS), MONTHS + 1))
    rate = 2.0 * np.exp(0.7 * np.pad(signal, ((0, 0), (1, 0)))[:, : MONTHS + 1])
    counts = rng.poisson(rate)[:, :MONTHS]
    vintages = Vintages.settled(Panel.of(AREAS, 1, counts))
    issues = [
        Issue(
            origin, vintages.at(origin), {"pool": {1: rng.poisson(2.5, (len(AREAS), 400))}}, {1: "pool"},
            {1: {}}, {1: 0},
        )
        for origin in range(18, MONTHS + 1)
    ]  # fmt: skip
    knows = Covariate.of("knows", signal[:, :MONTHS], direction=1, delay=0)
    noise = Covariate.of("noise", rng.normal(size=(len(AREAS), MONTHS)), direction=1, delay=0)
    return vintages, knows, noise, issues


def test_what_knows_is_admitted_and_moves_the_forecast_of_its_areas(
    world: tuple[Vintages, Covariate, Covariate, list[Issue]],
) -> None:
    vintages, knows, noise, issues = world
    said = admit([knows, noise], issues, vintages, level=0.9, resamples=500, rng=np.random.default_rng(1))
    assert {one.covariate: one.judgement == "admitted" for one in said} == {"knows": True, "noise": False}
    last = with_admitted(issues[-1], issues, [knows, noise], said, vintages, 1)
    before, after = (each.draws["pool"][1].mean(axis=1) for each in (issues[-1], last))
    now = knows.seen(MONTHS)
    assert np.corrcoef(now, np.log(after / before))[0, 1] > 0.95
    assert (after[now > 0.5] > before[now > 0.5]).all() and (after[now < -0.5] < before[now < -0.5]).all()


def test_what_is_not_admitted_changes_no_draw(
    world: tuple[Vintages, Covariate, Covariate, list[Issue]],
) -> None:
    vintages, _, noise, issues = world
    said = admit([noise], issues, vintages, level=0.9, resamples=500, rng=np.random.default_rng(1))
    last = with_admitted(issues[-1], issues, [noise], said, vintages, 1)
    assert np.array_equal(last.draws["pool"][1], issues[-1].draws["pool"][1])
