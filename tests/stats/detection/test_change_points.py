"""Change points: none without change, the right month with an interval that holds it, refusals."""

from __future__ import annotations

import numpy as np
import pytest

from kelisim.core.errors import NotDefined
from kelisim.stats.detection.change_points import change_points
from kelisim.stats.detection.history import History
from kelisim.stats.detection.null import negative_binomial


def test_a_plain_step_is_found_where_it_is() -> None:
    history = History.of([1, 0, 1, 1, 0, 1, 0, 1, 1, 0, 1, 1, 6, 7, 5, 8, 6, 7, 6, 5, 7, 6, 8, 6])
    found = change_points(history, np.random.default_rng(1), false_rate=0.05, level=0.9)
    (change,) = found.changes
    assert change.month == 12 and change.low <= 12 <= change.high
    assert (round(change.before, 3), round(change.after, 3)) == (0.667, 6.417)


def test_effort_explains_a_step_away_and_missing_months_keep_the_calendar() -> None:
    counts = [2, 1, 2, 3, 2, 2, 1, 2, 3, 2, 2, 2, 8, 7, 8, 9, 8, 8, 7, 8, 9, 8, 8, 8]
    rng = np.random.default_rng(2)
    even = History.of(counts, [1.0] * 12 + [4.0] * 12)
    assert change_points(even, rng, false_rate=0.05, level=0.9).changes == ()
    gap = History.of([*counts[:12], None, None, *counts[12:]])
    assert [c.month for c in change_points(gap, rng, false_rate=0.05, level=0.9).changes] == [14]


def test_too_little_is_said() -> None:
    for counts in ([1] * 17, [0] * 40 + [3]):
        with pytest.raises(NotDefined, match="change points need"):
            change_points(History.of(counts), np.random.default_rng(1), false_rate=0.05, level=0.9)


@pytest.mark.proof
@pytest.mark.parametrize("size", [1.0, 5.0])
def test_false_changes_and_coverage_in_simulated_histories(size: float) -> None:
    rng, worlds = np.random.default_rng(3), 400
    false = sum(
        bool(change_points(_calm(1.5, size, rng), rng, false_rate=0.05, level=0.9, simulations=300).changes)
        for _ in range(worlds)
    )
    held, found = 0, 0
    for _ in range(worlds):
        changes = change_points(
            _step(1.0, 4.0, 50, size, rng), rng, false_rate=0.05, level=0.9, simulations=300
        ).changes
        if changes:
            nearest = min(changes, key=lambda c: abs(c.month - 50))
            found += 1
            held += nearest.low <= 50 <= nearest.high
    print("change points", size, false / worlds, found / worlds, held / found)
    assert false / worlds <= 0.05 + 3 * (0.05 * 0.95 / worlds) ** 0.5 + 0.02
    assert found / worlds >= 0.6
    assert held / found >= 0.85


def _calm(mean: float, size: float, rng: np.random.Generator) -> History:
    return History.of(negative_binomial(np.full(84, mean), np.array(size), rng))


def _step(low: float, high: float, at: int, size: float, rng: np.random.Generator) -> History:
    return History.of(negative_binomial(np.where(np.arange(84) < at, low, high), np.array(size), rng))
