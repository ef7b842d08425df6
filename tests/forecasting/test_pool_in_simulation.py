"""The pool in invented worlds: never far behind a baseline, calibrated, with honest totals."""

from __future__ import annotations

import numpy as np
import pytest

from kelisim.forecasting.baselines import BASELINES
from kelisim.forecasting.combine import member_draws, pool, total_draws
from kelisim.stats import scoring
from tests.forecasting.worlds import WORLDS, world

pytestmark = pytest.mark.proof

HORIZONS = (1, 3, 6, 12)
ORIGINS = (24, 36, 48, 54, 60, 66, 72)
Scores = dict[tuple[str, str, int], list[tuple[np.ndarray, ...]]]


@pytest.fixture(scope="module")
def scores() -> Scores:
    """World, forecast and horizon -> by origin: CRPS, log score, P(any), outcome, inside, total inside."""
    found: Scores = {}
    for kind in WORLDS:
        for replicate in range(2):
            shown = world(kind, np.random.default_rng([21, replicate, len(kind)]))
            for origin in ORIGINS:
                seen = shown.until(origin)
                made = member_draws(seen, BASELINES, HORIZONS, 600, replicate)
                made["pool"] = pool(seen, HORIZONS, 600, np.random.default_rng([replicate, origin]))
                for name, by_horizon in made.items():
                    for h in HORIZONS:
                        draws, outcome = by_horizon[h], shown.after(origin, h)
                        total = total_draws(draws)[None, :]
                        found.setdefault((kind, name, h), []).append((
                            scoring.crps(draws, outcome),
                            scoring.log_score(draws, outcome),
                            (draws > 0).mean(axis=1),
                            outcome,
                            scoring.within_interval(draws, outcome, 0.9),
                            scoring.within_interval(total, [outcome.sum()], 0.9),
                        ))  # fmt: skip
    return found


def joined(
    scores: Scores, name: str, h: int, part: int, kinds: tuple[str, ...] = tuple(WORLDS)
) -> np.ndarray:
    return np.concatenate([one[part] for kind in kinds for one in scores[kind, name, h]])


@pytest.mark.parametrize("h", HORIZONS)
@pytest.mark.parametrize("kind", WORLDS)
def test_never_more_than_two_percent_behind_a_baseline(scores: Scores, kind: str, h: int) -> None:
    """Two percent and twice the error of the mean difference: one of seven baselines is lucky at times."""
    ours = np.array([one[0].mean() for one in scores[kind, "pool", h]])
    for name in BASELINES:
        theirs = np.array([one[0].mean() for one in scores[kind, name, h]])
        error = (ours - theirs).std() / np.sqrt(len(ours))
        assert (ours - theirs).mean() <= 0.02 * theirs.mean() + 2 * error, name


@pytest.mark.parametrize("h", HORIZONS)
def test_ahead_of_sixty_months_of_history_over_all_worlds(scores: Scores, h: int) -> None:
    crps, bits = (
        joined(scores, "pool", h, part).mean() / joined(scores, "conflictology_60", h, part).mean()
        for part in (0, 1)
    )
    assert crps <= 0.97 and bits <= 0.95
    if h == 3:
        assert crps <= 0.95 and bits <= 0.90


@pytest.mark.parametrize("h", HORIZONS)
def test_probabilities_and_intervals_are_honest(scores: Scores, h: int) -> None:
    happened = joined(scores, "pool", h, 3) > 0
    assert scoring.calibration_error(joined(scores, "pool", h, 2), happened) <= 0.05
    inside = joined(scores, "pool", h, 4)
    # Counts are whole: where most cells are empty an honest 90 % interval holds more than 90 %.
    assert 0.88 <= inside.mean() <= 0.98
    assert joined(scores, "pool", h, 5).mean() >= 0.80
    # With one incident in twenty area-months a 90 % interval is [0, 0], and no active cell can lie inside.
    frequent = tuple(kind for kind in WORLDS if kind != "sparse" or h > 1)
    active = joined(scores, "pool", h, 3, frequent) > 0
    assert joined(scores, "pool", h, 4, frequent)[active].mean() >= 0.80
