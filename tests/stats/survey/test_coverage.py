"""How often intervals hold the truth, by simulation: means, ratios, medians, models, raking, shares."""

from __future__ import annotations

from math import sqrt
from typing import Any

import numpy as np
import pytest

from kelisim.stats.survey.calibration import rake
from kelisim.stats.survey.design import Design
from kelisim.stats.survey.glm import glm
from kelisim.stats.survey.intervals import share_interval
from kelisim.stats.survey.moments import mean, ratio
from kelisim.stats.survey.quantile import quantile
from kelisim.stats.survey.replicates import bootstrap
from kelisim.stats.survey.results import SurveyEstimate
from kelisim.stats.survey.sample import Sample

pytestmark = pytest.mark.proof
LEVEL = 0.95
DRAWS = 2000
LOW, HIGH = 0.93, 0.975
PLAIN = Design(kind="probability", weights="w", strata=("h",), psu=("p",), lonely="fail")


def population() -> dict[str, np.ndarray]:  # type: ignore[type-arg]
    """6 strata of 150 villages of 30 people who resemble their neighbours (correlation about 0.1)."""
    rng = np.random.default_rng(20260301)
    village = np.repeat(np.arange(900), 30)
    effect = rng.normal(size=900)[village]
    x = rng.gamma(4, 1, size=village.size) + 0.3 * effect
    return {
        "h": village // 150, "p": village, "x": x, "g": (rng.random(village.size) < 0.3).astype(int),
        "y": 10 + 0.5 * (village // 150) + effect + 0.8 * x + rng.normal(scale=3, size=village.size),
    }  # fmt: skip


def draw(people: dict[str, np.ndarray], rng: np.random.Generator) -> dict[str, np.ndarray]:  # type: ignore[type-arg]
    """From every stratum 5 to 10 villages, 8 people in each: 45 units in all, with unequal weights."""
    rows, weights = [], []
    for h, villages in enumerate((5, 6, 7, 8, 9, 10)):
        for village in rng.choice(150, size=villages, replace=False):
            taken = rng.choice(30, size=8, replace=False)
            rows.append((h * 150 + village) * 30 + taken)
            weights.append(np.full(8, 150 / villages * 30 / 8))
    found = np.concatenate(rows)
    return {name: values[found] for name, values in people.items()} | {"w": np.concatenate(weights)}


@pytest.fixture(scope="module")
def held() -> dict[str, float]:
    people = population()
    x, y, g = people["x"], people["y"], people["g"]
    slope = np.polyfit(x, y, 1)[0]
    truth = {
        "mean": y.mean(), "ratio": y.sum() / x.sum(), "domain": y[g == 1].mean(), "median": np.median(y),
        "model": slope, "raked mean": y.mean(), "bootstrap": y.mean(),
    }  # fmt: skip
    margins: dict[str, Any] = {
        "h": {h: int((people["h"] == h).sum()) for h in range(6)},
        "g": {k: int((g == k).sum()) for k in (0, 1)},
    }
    rng = np.random.default_rng(20260302)
    hits = dict.fromkeys(truth, 0)
    for _ in range(DRAWS):
        sample = Sample(draw(people, rng), PLAIN)
        replicates = bootstrap(sample, 200, rng=rng, centre="replicates")
        found: dict[str, SurveyEstimate] = {
            "mean": mean(sample, "y", level=LEVEL).one(),
            "ratio": ratio(sample, "y", "x", level=LEVEL).one(),
            "domain": mean(sample, "y", by=["g"], level=LEVEL).find(g=1),
            "median": quantile(sample, "y", [0.5], level=LEVEL).one(),
            "model": glm(sample, "y", ["x"], family="gaussian", level=LEVEL)[1],
            "raked mean": mean(rake(sample, margins, variance="regression").sample, "y", level=LEVEL).one(),
            "bootstrap": mean(sample, "y", level=LEVEL, replicates=replicates).one(),
        }
        for name, one in found.items():
            assert one.low is not None and one.high is not None
            hits[name] += one.low <= truth[name] <= one.high
    return {name: count / DRAWS for name, count in hits.items()}


@pytest.mark.parametrize("what", ["mean", "ratio", "domain", "median", "model", "raked mean", "bootstrap"])
def test_designed_intervals_hold_the_truth(held: dict[str, float], what: str) -> None:
    assert LOW <= held[what] <= HIGH


GRID = [(4, 53, 0.05, 0.02), (4, 53, 0.05, 0.10), (4, 53, 0.50, 0.10),
        (10, 21, 0.05, 0.10), (30, 20, 0.05, 0.02),
        (60, 10, 0.20, 0.10)]  # fmt: skip


@pytest.mark.parametrize(("clusters", "size", "p", "icc"), GRID)
def test_intervals_of_shares_in_clusters(clusters: int, size: int, p: float, icc: float) -> None:
    rng = np.random.default_rng(20260303)
    draws = 20_000
    a = p * (1 / icc - 1)
    successes = rng.binomial(size, rng.beta(a, a * (1 - p) / p, size=(draws, clusters)))
    means = successes / size
    found = means.mean(axis=1)
    se = means.std(axis=1, ddof=1) / sqrt(clusters)
    wide = lambda number: np.full(draws, float(number))  # noqa: E731
    for method, least in (("logit", 0.92), ("beta", 0.94)):
        how: Any = (LEVEL, method, 1 + (size - 1) * icc)
        low, high = share_interval(found, se, wide(clusters - 1), wide(clusters * size), wide(clusters), *how)
        assert np.mean((low <= p) & (p <= high)) >= least, method
