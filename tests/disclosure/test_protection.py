"""The pieces by themselves: systems of sums, rules, rounding, and the size of table the gate must carry."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kelisim.core.errors import CountsError
from kelisim.disclosure.audit import feasible_intervals
from kelisim.disclosure.cells import Relation, crossed, linked
from kelisim.disclosure.policy import ORDINARY, SENSITIVE
from kelisim.disclosure.protection import protect
from kelisim.disclosure.rounding import controlled, nearest, randomly
from kelisim.disclosure.rules import dominated, required_intervals, sensitive_cells


def seventeen_by_nineteen(seed: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    counts = rng.multinomial(20_000, rng.dirichlet(np.ones(17 * 19) * 1.2)) + 5
    counts[rng.choice(17 * 19, 50, replace=False)] = rng.integers(1, 5, 50)
    return counts.reshape(17, 19)


def test_seventeen_areas_by_nineteen_groups_with_fifty_small_cells() -> None:
    system, _ = crossed(seventeen_by_nineteen(0))
    done = protect(system, ORDINARY)
    small = np.flatnonzero(done.sensitive)
    assert len(small) == 50 and not done.coarse and not done.unprotected
    low, high = feasible_intervals(system, done.withheld, small)
    assert (low <= 0).all() and (high >= 5).all()
    assert done.withheld.sum() <= 65, "few cells are enough"


def test_equal_tables_get_equal_patterns() -> None:
    system, _ = crossed(seventeen_by_nineteen(1)[:8, :8])
    first, second = protect(system, ORDINARY), protect(system, ORDINARY)
    assert np.array_equal(first.values, second.values, equal_nan=True)


@settings(max_examples=10, deadline=None)
@given(st.lists(st.integers(0, 400), min_size=8, max_size=8))
def test_three_dimensions_are_one_system(numbers: list[int]) -> None:
    system, _ = crossed(np.array(numbers).reshape(2, 2, 2))
    done = protect(system, SENSITIVE)
    small = np.flatnonzero(done.sensitive)
    low, high = feasible_intervals(system, done.withheld, small)
    wanted_low, wanted_high = required_intervals(system, SENSITIVE)
    assert (low <= wanted_low[small] + 1e-6).all() and (high >= wanted_high[small] - 1e-6).all()
    assert (high - low >= 10 - 1e-6).all()


@settings(max_examples=10, deadline=None)
@given(st.lists(st.integers(10, 400), min_size=12, max_size=12))
def test_controlled_rounding_keeps_sums_and_stays_beside_the_truth(numbers: list[int]) -> None:
    system, _ = crossed(np.array(numbers).reshape(3, 4))
    rounded = controlled(system, np.ones(len(system), dtype=bool), 5)
    assert (rounded % 5 == 0).all() and (np.abs(rounded - system.values) < 5).all()
    for relation in system.relations:
        assert rounded[list(relation.parts)].sum() == rounded[relation.whole]


def test_random_rounding_is_unbiased_and_the_same_in_every_release() -> None:
    values = np.full(4000, 12.0)
    names = [str(i) for i in range(4000)]
    one = randomly(values, 5, names=names, key=b"k" * 16)
    assert set(one) == {10.0, 15.0}
    # 40 % go up: 3 standard errors of the mean are 3 * 5 * sqrt(0.4 * 0.6 / 4000) = 0.12
    assert abs(one.mean() - 12.0) < 0.12
    assert np.array_equal(one, randomly(values, 5, names=names, key=b"k" * 16))
    assert not np.array_equal(one, randomly(values, 5, names=names, key=b"l" * 16))
    with pytest.raises(ValueError, match="16"):
        randomly(values, 5, names=names, key=b"short")


def test_random_rounding_through_the_whole_policy() -> None:
    system, _ = crossed(np.array([[40, 51], [62, 73]]))
    policy = replace(SENSITIVE, rounding="random")
    done = protect(system, policy, key=b"k" * 32, names=[str(i) for i in range(9)])
    assert (np.abs(done.values - system.values) < 5).all() and (done.values % 5 == 0).all()
    assert np.array_equal(protect(system, replace(policy, round_to=1)).values, system.values)
    assert nearest(np.array([2.5]), 5).tolist() == [5.0]


def test_dominating_contributors() -> None:
    assert dominated([61, 20, 19], SENSITIVE), "one makes more than 60 %"
    assert dominated([40, 36, 24], SENSITIVE), "two make more than 75 %"
    assert dominated([50, 20, 4, 0.5], replace(SENSITIVE, one_pct=99, two_pct=99)), (
        "the second finds the first"
    )
    assert not dominated([30, 25, 25, 20], SENSITIVE)
    assert dominated([10, 10], SENSITIVE), "each of two knows the other"
    with pytest.raises(ValueError, match="negative"):
        dominated([5, -1], SENSITIVE)


def test_a_dominated_sum_is_protected_like_a_small_count() -> None:
    system, place = crossed(np.array([[500, 80, 90], [70, 60, 55], [85, 95, 65]]))
    cell = int(place[0, 0])
    done = protect(system, replace(SENSITIVE, protection_persons=50), also_sensitive=[cell])
    low, high = feasible_intervals(system, done.withheld, [cell])
    assert low[0] <= 450 and high[0] >= 550


def test_missing_negative_and_contradicting_cells() -> None:
    with pytest.raises(CountsError):
        linked([-1.0], [])
    system = linked([100.0, 60.0, 50.0, float("nan")], [Relation(0, (1, 2)), Relation(0, (1, 2, 3))])
    assert system.unpublished.tolist() == [False, False, False, True]
    assert len(system) == 4, "parts that exceed the whole leave no rest"
    assert not sensitive_cells(system, SENSITIVE).any()
