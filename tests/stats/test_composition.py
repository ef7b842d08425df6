"""Composition of one population: laws, hand-worked cases, and what is said where nobody lives."""

from __future__ import annotations

from collections.abc import Callable
from math import exp, log

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kelisim.core.errors import CountsError, NotDefined
from kelisim.stats.composition import (
    check_counts,
    entropy,
    fractionalisation,
    hill,
    polarisation,
    relative_entropy,
    shares,
)
from tests.stats.strategies import counts

TOLERANCE = 1e-12
INDICES = (fractionalisation, polarisation, entropy)


@given(counts())
def test_shares_sum_to_one(persons: list[int]) -> None:
    assert shares(persons).sum() == pytest.approx(1.0, abs=TOLERANCE)


@given(counts())
def test_fractionalisation_stays_within_its_bounds(persons: list[int]) -> None:
    assert -TOLERANCE <= fractionalisation(persons) <= 1 - 1 / len(persons) + TOLERANCE


@given(counts(min_groups=2))
def test_polarisation_and_relative_entropy_stay_within_0_and_1(persons: list[int]) -> None:
    assert -TOLERANCE <= polarisation(persons) <= 1 + TOLERANCE
    assert 0 <= relative_entropy(persons) <= 1


@given(counts())
def test_hill_numbers_fall_with_their_order(persons: list[int]) -> None:
    n0, n1, n2 = hill(persons, 0), hill(persons, 1), hill(persons, 2)
    assert n0 * (1 + TOLERANCE) >= n1 and n1 * (1 + TOLERANCE) >= n2 >= 1 - TOLERANCE


@pytest.mark.parametrize("measure", INDICES)
@given(persons=counts(), data=st.data())
def test_names_of_groups_and_size_of_the_area_do_not_matter(
    measure: Callable[[list[int]], float], persons: list[int], data: st.DataObject
) -> None:
    shuffled = data.draw(st.permutations(persons))
    value = measure(persons)
    assert measure(shuffled) == pytest.approx(value, abs=TOLERANCE)
    assert measure([2 * n for n in persons]) == pytest.approx(value, abs=TOLERANCE)
    assert measure([*persons, 0]) == pytest.approx(value, abs=TOLERANCE)


@given(counts(min_groups=3))
def test_joining_two_groups_never_raises_diversity(persons: list[int]) -> None:
    joined = [persons[0] + persons[1], *persons[2:]]
    assert fractionalisation(joined) <= fractionalisation(persons) + TOLERANCE
    assert entropy(joined) <= entropy(persons) + TOLERANCE


@pytest.mark.parametrize("k", [2, 3, 7, 18])
def test_equal_groups_reach_the_upper_ends(k: int) -> None:
    assert fractionalisation([5] * k) == pytest.approx(1 - 1 / k)
    assert relative_entropy([5] * k) == pytest.approx(1.0)
    assert [hill([5] * k, order) for order in (0, 1, 2)] == pytest.approx([k, k, k])
    assert polarisation([5] * k) == pytest.approx(4 * (k - 1) / k**2)


# Worked by hand: p = .5 .3 .2 and p = .6 .4.
HAND = [
    ([50, 30, 20], 0.62, 0.88, 1.029653, 0.937231, 2.631579),
    ([60, 40], 0.48, 0.96, 0.673012, 0.970951, 1.923077),
]


@pytest.mark.parametrize(("persons", "elf", "rq", "nats", "relative", "n2"), HAND)
def test_two_cases_worked_by_hand(
    persons: list[int], elf: float, rq: float, nats: float, relative: float, n2: float
) -> None:
    assert fractionalisation(persons) == pytest.approx(elf, abs=1e-12)
    assert polarisation(persons) == pytest.approx(rq, abs=1e-12)
    assert entropy(persons) == pytest.approx(nats, abs=5e-7)
    assert relative_entropy(persons) == pytest.approx(relative, abs=5e-7)
    assert hill(persons, 1) == pytest.approx(exp(nats), abs=5e-6)
    assert hill(persons, 2) == pytest.approx(n2, abs=5e-7)


def test_one_group_has_no_diversity() -> None:
    assert (fractionalisation([7, 0]), polarisation([7, 0])) == (0.0, 0.0)
    assert str(entropy([7, 0])) == "0.0"
    assert hill([7, 0], 0) == hill([7, 0], 1) == hill([7, 0], 2) == 1.0
    assert entropy([1, 1]) == pytest.approx(log(2))


@pytest.mark.parametrize("measure", [*INDICES, relative_entropy, shares])
def test_an_empty_area_has_no_composition(measure: Callable[[list[int]], float]) -> None:
    with pytest.raises(NotDefined) as finding:
        measure([0, 0])
    assert finding.value.reason == "empty_area"


def test_relative_entropy_needs_two_groups() -> None:
    with pytest.raises(NotDefined) as finding:
        relative_entropy([7])
    assert finding.value.reason == "one_group"


@pytest.mark.parametrize(
    ("bad", "word"), [([1, -2], "negative"), ([1, 0.5], "fractional"), ([1, np.nan], "missing")]
)
def test_what_is_no_count_is_refused(bad: list[float], word: str) -> None:
    with pytest.raises(CountsError, match=word):
        check_counts(bad)


@pytest.mark.parametrize("measure", INDICES)
def test_several_units_are_not_taken_for_one(measure: Callable[[list[list[int]]], float]) -> None:
    with pytest.raises(CountsError, match="2 dimensions"):
        measure([[1, 2], [3, 4]])


def test_other_hill_numbers_are_not_offered() -> None:
    with pytest.raises(ValueError, match="order 3"):
        hill([1, 2], 3)  # type: ignore[arg-type]
