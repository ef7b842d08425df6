"""On a synthetic oblast with planted truth: intervals hold it, and models come nearer than the survey."""

from __future__ import annotations

from collections.abc import Callable
from math import sqrt
from typing import Any

import numpy as np
import pytest

from kelisim.stats.small_area.area_model import Covariates, area_means, area_shares
from kelisim.stats.small_area.mrp import mrp_shares
from kelisim.stats.small_area.results import AreaEstimate
from tests.stats.small_area.oblast import Oblast, draw, make, sample_of

LEVEL = 0.95
AREAS = 17
SMALL, MIDDLE, LARGE = slice(0, 6), slice(6, 11), slice(11, 17)
Model = Callable[[Oblast, np.random.Generator], list[AreaEstimate]]


def shares(oblast: Oblast, rng: np.random.Generator) -> list[AreaEstimate]:
    sample = sample_of(draw(oblast, rng))
    return area_shares(sample, "y", by="area", method="adjusted", level=LEVEL, categories=["1"])


def full(oblast: Oblast, rng: np.random.Generator) -> list[AreaEstimate]:
    sample = sample_of(draw(oblast, rng))
    return area_shares(sample, "y", by="area", method="posterior", level=LEVEL, categories=["1"])


def explained(oblast: Oblast, rng: np.random.Generator) -> list[AreaEstimate]:
    table = Covariates(names=("x",), values={f"a{a:02d}": (float(x),) for a, x in enumerate(oblast.x)})
    sample = sample_of(draw(oblast, rng))
    return area_shares(
        sample, "y", by="area", method="adjusted", level=LEVEL, categories=["1"], covariates=table
    )


def means(oblast: Oblast, rng: np.random.Generator) -> list[AreaEstimate]:
    sample = sample_of(draw(oblast, rng, binary=False))
    return area_means(sample, "y", by="area", method="adjusted", level=LEVEL)


def mrp(oblast: Oblast, rng: np.random.Generator) -> list[AreaEstimate]:
    return mrp_shares(
        sample_of(draw(oblast, rng)), "y", by="area", effects=["age_sex", "education"],
        cells=oblast.tabulated(), places=oblast.effective_places, level=LEVEL, rng=rng, categories=["1"],
        draws=1000,
    )  # fmt: skip


def simulate(model: Model, draws: int, seed: int, **how: Any) -> tuple[np.ndarray, float, float]:  # type: ignore[type-arg]
    """Coverage by rank of the area's size, and the root mean squared error of model and survey."""
    rng = np.random.default_rng(seed)
    held, model_error, direct_error = np.zeros(AREAS), 0.0, 0.0
    for _ in range(draws):
        oblast = make(rng, **how)
        made = model(oblast, rng)
        rank = oblast.total.argsort().argsort()
        held[rank] += [one.low <= t <= one.high for one, t in zip(made, oblast.truth, strict=True)]
        model_error += np.square([one.value - t for one, t in zip(made, oblast.truth, strict=True)]).mean()
        direct_error += np.square(
            [one.direct.value - t for one, t in zip(made, oblast.truth, strict=True) if one.direct]
        ).mean()
    return held / draws, sqrt(model_error / draws), sqrt(direct_error / draws)


def allowed(draws: int, areas: int) -> float:
    """Three standard errors; areas of one draw share their estimate of the variance between areas, which is
    counted as if every two of them were one."""
    return 3 * sqrt(LEVEL * (1 - LEVEL) / (draws * areas / 2))


@pytest.mark.parametrize("model", [shares, mrp])
def test_a_few_draws_already_show_the_gain(model: Model) -> None:
    held, error, direct = simulate(model, 8 if model is mrp else 25, 20260501, icc_areas=0.02)
    assert error < 0.85 * direct and held.mean() > 0.85


@pytest.mark.proof
@pytest.mark.parametrize("icc", [0.01, 0.02, 0.04, 0.06])
@pytest.mark.parametrize(
    ("model", "how"),
    [(shares, {}), (full, {}), (explained, {"explained": 0.5}), (means, {"binary": False})],
    ids=["shares", "full posterior", "with a covariate", "means"],
)
def test_the_area_model(model: Model, how: dict[str, Any], icc: float) -> None:
    draws = 300
    held, error, direct = simulate(model, draws, 20260502, icc_areas=icc, **how)
    assert error < 0.9 * direct
    # The adjusted likelihood errs on the safe side where areas hardly differ, so only the floor is nominal.
    assert held.mean() >= 0.95 - allowed(draws, AREAS)
    for part in (SMALL, MIDDLE, LARGE):
        assert held[part].mean() >= 0.93 - allowed(draws, 6) / 2
    assert held.mean() <= 0.995


@pytest.mark.proof
@pytest.mark.parametrize("icc", [0.01, 0.02, 0.04, 0.06])
def test_the_multilevel_model(icc: float) -> None:
    draws = 80
    held, error, direct = simulate(mrp, draws, 20260503, icc_areas=icc)
    assert error < 0.9 * direct
    # 400 draws of each gave 94.0 to 96.7 % (the handbook's table): one point under where areas differ much.
    assert 0.94 - allowed(draws, AREAS) <= held.mean() <= 0.985
    for part in (SMALL, MIDDLE, LARGE):
        assert held[part].mean() >= 0.93 - allowed(draws, 6)
