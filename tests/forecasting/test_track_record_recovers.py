"""500 invented warnings: the planted calibration lies within intervals, and the truth within bounds.

The truth is what would have happened without any action. Where nobody acts the intervals alone must hold it
at their level; where half of the likely ones are acted upon and prevented, bounds and intervals must.
"""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from kelisim.forecasting.track_record import Scoring, track_record
from kelisim.stats.unknown_outcomes import Bounded
from tests.forecasting.warned_world import END, World, warned_world

LEVEL = 0.9
CHOICES = Scoring(level=LEVEL, period_months=12, half_width=0.1, bin_width=0.1, fewest_in_bin=30)
BASE = 0.2


def inside(bounded: Bounded | None, truth: float) -> bool:
    assert bounded is not None
    return bounded.low <= truth <= bounded.high


def held(world: World, rng: np.random.Generator) -> dict[str, list[bool]]:
    """For each figure, whether its interval holds what was planted."""
    record = track_record(world.ledger.standings(END), END, CHOICES, rng)
    c, p = world.chance, world.probability
    brier = c * (1 - p) ** 2 + (1 - c) * p**2
    base = c * (1 - BASE) ** 2 + (1 - c) * BASE**2
    return {
        "came_true": [inside(record.came_true, float(c.mean()))],
        "brier": [inside(record.brier, float(brier.mean()))],
        "skill": [inside(record.skill, float(1 - brier.sum() / base.sum()))],
        "bins": [
            inside(b.share, float(c[(p >= b.first - 1e-9) & (p < b.last - 1e-9)].mean())) for b in record.bins
        ],
    }


def coverage(worlds: int, seed: int, **how: float) -> dict[str, float]:
    rng = np.random.default_rng(seed)
    hits: Counter[str] = Counter()
    asked: Counter[str] = Counter()
    for _ in range(worlds):
        for name, found in held(warned_world(rng, **how), rng).items():
            hits[name] += sum(found)
            asked[name] += len(found)
    return {name: hits[name] / asked[name] for name in asked}


def test_judges_who_never_err_leave_the_truth_between_the_bounds() -> None:
    rng = np.random.default_rng(5)
    world = warned_world(rng, judges_err=0.0)
    record = track_record(world.ledger.standings(END), END, CHOICES, rng)
    x, p = world.truth.astype(float), world.probability
    assert record.scored == 500 and record.counts["acted_upon"] > 50
    for bounded, truth in (
        (record.came_true, x.mean()),
        (record.brier, ((p - x) ** 2).mean()),
        (record.skill, 1 - ((p - x) ** 2).sum() / ((BASE - x) ** 2).sum()),
    ):
        assert bounded is not None and bounded.lowest <= truth <= bounded.highest
    for b in record.bins:
        share = x[(p >= b.first - 1e-9) & (p < b.last - 1e-9)].mean()
        assert b.share.lowest <= share <= b.share.highest


def test_dishonest_forecasts_are_seen_and_honest_ones_are_not_accused() -> None:
    rng = np.random.default_rng(8)
    apart = {}
    for slope, shift in ((1.0, 0.0), (0.0, -0.3)):
        world = warned_world(rng, slope=slope, shift=shift, acting=0.0, together=0.0, judges_err=0.0)
        bins = track_record(world.ledger.standings(END), END, CHOICES, rng).bins
        apart[slope] = sum(not b.bar[0] <= b.share.lowest <= b.bar[1] for b in bins) / len(bins)
    assert apart[0.0] >= 0.5 and apart[1.0] <= 0.25


def test_a_few_worlds_hold_what_was_planted() -> None:
    found = coverage(4, 11)
    assert min(found.values()) >= 0.75, found


@pytest.mark.proof
@pytest.mark.parametrize(("acting", "seed"), [(0.0, 21), (0.5, 22)])
def test_what_was_planted_is_held_at_the_declared_level(acting: float, seed: int) -> None:
    worlds = 60
    found = coverage(worlds, seed, acting=acting)
    print(f"acting {acting}: {found}")
    allowed = 3 * np.sqrt(LEVEL * (1 - LEVEL) / worlds)
    assert min(found.values()) >= LEVEL - allowed, found
