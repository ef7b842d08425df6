"""Nowcast: complete months stay as they are, open ones are covered, and too little is said."""

from __future__ import annotations

import numpy as np
import pytest

from kelisim.core.errors import CountsError, NotDefined
from kelisim.stats.nowcast import delay_triangle, nowcast

DELAYS = np.array([0.45, 0.22, 0.12, 0.08, 0.06, 0.04, 0.03])


def test_without_delay_nothing_is_added() -> None:
    triangle = np.zeros((30, 4))
    triangle[:, 0] = 5
    found = nowcast(triangle, np.random.default_rng(1), level=0.9)
    assert (found.low == 5).all() and np.median(found.draws[:, -1]) == 5
    assert found.draws.min() >= 5


def test_complete_months_have_no_doubt_and_open_ones_never_fall_below_what_is_known() -> None:
    rng = np.random.default_rng(2)
    triangle = rng.poisson(8 * DELAYS, (40, 7))
    found = nowcast(triangle, rng, level=0.9)
    complete = found.ages >= 6
    assert (found.draws[:, complete] == found.seen[complete]).all()
    assert (found.draws >= found.seen).all()
    assert found.known_share[-1] == pytest.approx(0.45, abs=0.06)
    assert found.provisional[-3:].all() and not found.provisional[complete].any()


def test_what_is_not_yet_known_changes_nothing() -> None:
    rng = np.random.default_rng(3)
    triangle = rng.poisson(8 * DELAYS, (40, 7))
    later = triangle.copy()
    later[-1, 1:] += 50
    one, other = (nowcast(t, np.random.default_rng(4), level=0.9) for t in (triangle, later))
    assert (one.draws == other.draws).all()


def test_refusals() -> None:
    with pytest.raises(NotDefined, match="a nowcast needs 20 in 12"):
        nowcast(np.zeros((40, 7)), np.random.default_rng(1), level=0.9)
    with pytest.raises(NotDefined):
        nowcast(np.ones((17, 7)), np.random.default_rng(1), level=0.9)
    with pytest.raises(CountsError):
        nowcast([[0.5]], np.random.default_rng(1), level=0.9)
    with pytest.raises(CountsError, match="before it happened"):
        delay_triangle([3], [2], 5, 2)


@pytest.mark.proof
@pytest.mark.parametrize(("mean", "size"), [(2.0, 1.5), (6.0, 3.0), (20.0, 5.0)])
def test_coverage_and_gain(mean: float, size: float) -> None:
    rng, worlds, months = np.random.default_rng(5), 400, 42
    held, error, reported = np.zeros(4), np.zeros(4), np.zeros(4)
    for _ in range(worlds):
        triangle = rng.poisson(rng.gamma(size, mean / size, months)[:, None] * DELAYS)
        total = triangle.sum(axis=1)
        found = nowcast(triangle, rng, level=0.9, draws=1000)
        for age in range(4):
            at = months - 1 - age
            held[age] += found.low[at] <= total[at] <= found.high[at]
            error[age] += abs(found.middle[at] - total[at])
            reported[age] += abs(found.seen[at] - total[at])
    print("nowcast", mean, (held / worlds).round(3), (error / reported).round(2))
    assert (held / worlds >= 0.9 - 3 * (0.09 / worlds) ** 0.5).all()
    assert (error / reported)[0] <= (0.65 if mean > 2 else 1.0)
