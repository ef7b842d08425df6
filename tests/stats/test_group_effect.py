"""Intraclass correlation by interviewer: worked values, laws, and coverage of its interval."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kelisim.core.errors import NotDefined
from kelisim.stats.group_effect import intraclass_one_way

# Shrout and Fleiss (1979), table 2: six targets, four ratings each; one-way ICC(1) = .17 there.
RATINGS = np.array([[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]])


def test_a_printed_value_and_its_interval() -> None:
    effect = intraclass_one_way(RATINGS.ravel(), np.repeat(np.arange(6), 4), level=0.95)
    assert effect.value == pytest.approx(0.1657, abs=5e-4)
    assert (effect.low, effect.high) == (pytest.approx(-0.1329, abs=5e-4), pytest.approx(0.7226, abs=5e-4))


@given(st.integers(0, 2**32), st.floats(-5, 5), st.floats(0.01, 100))
def test_unit_origin_and_order_do_not_matter(seed: int, shift: float, factor: float) -> None:
    rng = np.random.default_rng(seed)
    groups = rng.integers(0, 5, 60)
    values = rng.normal(size=60) + groups
    order = rng.permutation(60)
    one = intraclass_one_way(values, groups, level=0.9)
    other = intraclass_one_way((values * factor + shift)[order], groups[order], level=0.9)
    assert other.value == pytest.approx(one.value, rel=1e-6, abs=1e-9)
    assert other.low <= other.value <= other.high


def test_where_it_has_no_value() -> None:
    for values, groups, reason in (
        ([1, 2], ["a", "a"], "one_group"),
        ([1, np.nan], ["a", "b"], "one_group"),
        ([1, 2], ["a", "b"], "one_per_group"),
        ([3, 3, 3, 3], ["a", "a", "b", "b"], "no_spread"),
    ):
        with pytest.raises(NotDefined) as undefined:
            intraclass_one_way(values, groups, level=0.95)
        assert undefined.value.reason == reason
    assert intraclass_one_way([1, 1, 2, 2], ["a", "a", "b", "b"], level=0.95).value == 1.0


@pytest.mark.proof
@pytest.mark.parametrize("truth", [0.0, 0.02, 0.1, 0.3])
@pytest.mark.parametrize("sizes", [(20,) * 12, (5, 10, 15, 20, 25, 30, 35, 10, 20, 15)])
def test_the_interval_covers(truth: float, sizes: tuple[int, ...]) -> None:
    rng, runs, hits = np.random.default_rng(7), 1500, 0
    groups = np.repeat(np.arange(len(sizes)), sizes)
    for _ in range(runs):
        effects = rng.normal(scale=np.sqrt(truth), size=len(sizes))
        values = effects[groups] + rng.normal(scale=np.sqrt(1 - truth), size=len(groups))
        effect = intraclass_one_way(values, groups, level=0.95)
        hits += effect.low <= truth <= effect.high
    # Exact for equal sizes; where sizes differ a point and a half is lost at most.
    allowed = 3 * np.sqrt(0.95 * 0.05 / runs) + (0.015 if len(set(sizes)) > 1 else 0)
    assert abs(hits / runs - 0.95) < allowed
