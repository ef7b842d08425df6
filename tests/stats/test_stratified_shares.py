"""Shares of stratified samples: laws, bounds, and intervals that cover rare shares."""

from __future__ import annotations

import os

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kelisim.core.errors import CountsError, NotDefined
from kelisim.evidence.discourse.gold import Design, Frame, draw_gold
from kelisim.stats.stratified_shares import ShareDraws, cluster_effect, stratified_share


def made(seed: int, **changes: object) -> ShareDraws:
    rng = np.random.default_rng(seed)
    place = np.repeat([0, 1, 2], [40, 30, 30])
    mark = rng.random(100) < [[0.05, 0.2, 0.6][h] for h in place]
    given = {"stratum": place, "positive": mark, "population": [400, 300, 100], "draws": 500}
    return stratified_share(**{**given, "rng": np.random.default_rng(1), **changes})  # type: ignore[arg-type]


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10_000), level=st.sampled_from([0.5, 0.9, 0.95]))
def test_laws(seed: int, level: float) -> None:
    rng = np.random.default_rng(seed)
    place = np.repeat([0, 1, 2], [40, 30, 30])
    mark = rng.random(100) < rng.random()
    one = made(seed, positive=mark)
    low, high = one.interval(level)
    assert 0 <= low <= one.value <= high <= 1 + 1e-12
    # The complement has the complement of the share, and all but the complement of the interval.
    other = made(seed, positive=~mark)
    assert other.value == pytest.approx(1 - one.value)
    assert other.interval(level) == pytest.approx((1 - high, 1 - low), abs=0.02)
    shuffled = rng.permutation(100)
    assert made(seed, positive=mark[shuffled], stratum=place[shuffled]).value == pytest.approx(one.value)
    # Twice the population, as the same sample, leaves the share.
    assert made(seed, positive=mark, population=[800, 600, 200]).value == pytest.approx(one.value)
    narrow, wide = one.interval(level), one.interval(0.99)
    assert wide[0] <= narrow[0] and narrow[1] <= wide[1]


def test_the_bound_where_none_was_found_is_that_of_a_plain_sample() -> None:
    none = stratified_share([0] * 60, [0] * 60, [60_000], draws=500, rng=np.random.default_rng(1))
    assert none.value == none.interval(0.95)[0] == 0
    assert none.interval(0.95)[1] == pytest.approx(1 - 0.05 ** (1 / 60), abs=1e-3)
    every = stratified_share([0] * 60, [1] * 60, [60_000], draws=500, rng=np.random.default_rng(1))
    assert every.interval(0.95)[0] == pytest.approx(0.05 ** (1 / 60), abs=1e-3)


def test_clusters_of_one_kind_widen() -> None:
    alike = np.repeat(np.arange(10), 10)
    mark = np.repeat(np.arange(10) < 3, 10).astype(float)
    assert cluster_effect(mark - mark.mean(), alike) > 8
    assert cluster_effect(mark - mark.mean(), np.tile(np.arange(10), 10)) == 1


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"population": [400, 300, 100, 50]}, NotDefined),
        ({"population": [20, 300, 100]}, CountsError),
        ({"population": [0, 0, 0]}, CountsError),
        ({"positive": [0.5] * 100}, CountsError),
        ({"stratum": [5] * 100}, CountsError),
    ],
)
def test_what_cannot_be_is_refused(changes: dict[str, object], error: type[Exception]) -> None:
    with pytest.raises(error):
        made(1, **changes)


FAMILIES, RUNS = 5_000, 600


@pytest.mark.proof
@pytest.mark.parametrize("share", [0.01, 0.05, 0.15])
def test_intervals_cover_where_the_raw_share_does_not(share: float) -> None:
    """Intervals from 200 coded texts cover 93 % or more; the raw share is biased (synthetic)."""
    rng = np.random.default_rng(int(1000 * share))
    ru = np.full(FAMILIES, "ru")
    covered, raw, truths, errors = 0, [], [], []
    for _ in range(RUNS):
        truth = rng.random(FAMILIES) < share
        # A machine that finds .70 of the texts with the mark and .95 of those without, at the threshold 0.
        score = np.where(truth, rng.normal(0.5244, 1, FAMILIES), rng.normal(-1.6449, 1, FAMILIES))
        frame = Frame(
            np.arange(FAMILIES).astype(str), ru, ru, ru, np.ones(FAMILIES, int), np.zeros(FAMILIES, bool),
            score, ru,
        )  # fmt: skip
        gold = draw_gold(frame, Design(by="score"), rng)
        assert len(gold.rows) == 200
        one = stratified_share(
            gold.stratum, truth[gold.rows], [s.families for s in gold.strata], draws=1000, rng=rng
        )
        low, high = one.interval(0.95)
        covered += low <= truth.mean() <= high
        errors.append(one.value - truth.mean())
        raw.append((score > 0).mean())
        truths.append(truth.mean())
    bias = float(np.mean(raw) - np.mean(truths))
    if share < 0.15:
        assert bias > 0.03, "the raw share should be far off, or the correction proves nothing"
    assert abs(np.mean(errors)) < 3 * np.std(errors) / np.sqrt(RUNS)
    # 95 % less the derived tolerance of 600 runs would be .923; the floor is higher and fixed.
    assert covered / RUNS >= 0.93
    if os.environ.get("KELISIM_SHOW"):
        print(share, covered / RUNS, bias)


@pytest.mark.proof
def test_items_are_covered_too() -> None:
    """Shares of items, from families of very unequal size (synthetic)."""
    rng = np.random.default_rng(11)
    covered, runs = 0, 400
    for _ in range(runs):
        size = 1 + rng.geometric(0.3, FAMILIES)
        truth = rng.random(FAMILIES) < np.where(size > 6, 0.25, 0.08)
        place = (rng.random(FAMILIES) < np.where(truth, 0.7, 0.15)).astype(int)
        count = np.bincount(place)
        rows = np.concatenate([rng.choice(np.flatnonzero(place == h), 100, replace=False) for h in (0, 1)])
        one = stratified_share(
            place[rows], truth[rows], count, size=size[rows], totals=np.bincount(place, weights=size),
            draws=1000, rng=rng,
        )  # fmt: skip
        low, high = one.interval(0.95)
        covered += low <= (size * truth).sum() / size.sum() <= high
    assert covered / runs >= 0.92
