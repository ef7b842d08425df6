"""Spread of incidents: nothing found where there is none, the truth held where there is, refusals."""

from __future__ import annotations

import numpy as np
import pytest

from kelisim.core.errors import CountsError, NotDefined
from kelisim.stats.detection.spread import spread


def excited(mean: float, ratio: float, life: float, steps: int, rng: np.random.Generator) -> np.ndarray:
    r, s = 2.0 ** (-1.0 / life), 0.0
    y = np.zeros(steps)
    for t in range(steps):
        y[t] = rng.poisson(mean + ratio * s)
        s = r * s + (1 - r) * y[t]
    return y


def test_spread_is_shown_where_it_is_strong() -> None:
    found = spread(excited(0.1, 0.6, 3.0, 1500, np.random.default_rng(1)), level=0.9)
    assert found.shown and found.half_life is not None
    assert found.branching_low <= 0.6 <= found.branching_high
    assert found.branching_low < found.branching < found.branching_high < 1


def test_even_events_show_none() -> None:
    found = spread(np.tile([1.0, 0.0, 0.0], 100), level=0.9)
    assert not found.shown and found.half_life is None and found.branching_low == 0.0


def test_a_known_background_is_no_spread() -> None:
    rng = np.random.default_rng(2)
    shape = np.where(np.arange(1200) % 400 < 60, 6.0, 0.5)
    y = rng.poisson(0.3 * shape)
    assert spread(y, level=0.9).shown
    assert not spread(y, level=0.9, background=shape).shown


def test_refusals() -> None:
    with pytest.raises(NotDefined, match="spread needs 30 in 60"):
        spread([1] * 29 + [0] * 60, level=0.9)
    for bad in ([-1.0] * 90, [0.5] * 90, [np.nan] * 90):
        with pytest.raises(CountsError):
            spread(bad, level=0.9)
    with pytest.raises(CountsError, match="background"):
        spread([1] * 90, level=0.9, background=[0] * 90)


@pytest.mark.proof
@pytest.mark.parametrize(("mean", "ratio", "life"), [(0.2, 0.0, 3.0), (0.1, 0.5, 4.0), (0.05, 0.7, 10.0)])
def test_coverage(mean: float, ratio: float, life: float) -> None:
    rng, worlds = np.random.default_rng(3), 70
    held = shown = lives = 0
    for _ in range(worlds):
        found = spread(excited(mean, ratio, life, 1200, rng), level=0.9)
        held += found.branching_low <= ratio <= found.branching_high
        if found.shown:
            shown += 1
            lives += (found.half_life_low or 0.0) <= life <= (found.half_life_high or np.inf)
    print("spread", ratio, held / worlds, shown / worlds, lives / max(shown, 1))
    assert held / worlds >= 0.9 - 3 * (0.09 / worlds) ** 0.5
    if ratio == 0.0:
        assert shown / worlds <= 0.1 + 3 * (0.09 / worlds) ** 0.5
    else:
        assert shown / worlds >= 0.95
        assert lives / shown >= 0.75
