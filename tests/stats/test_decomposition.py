"""Mutual information split between and within clusters, and by unit and group: parts sum to the whole."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from kelisim.core.errors import CountsError, NotDefined
from kelisim.stats.composition import shares
from kelisim.stats.decomposition import between_and_within, local_contributions
from kelisim.stats.segregation import local_segregation, mutual_information
from tests.stats.strategies import tables

Table = NDArray[np.float64]
EXACT = 1e-12


@given(tables(), st.data())
def test_between_and_within_sum_to_the_whole(table: Table, data: st.DataObject) -> None:
    clusters = data.draw(st.lists(st.sampled_from("abc"), min_size=len(table), max_size=len(table)))
    split = between_and_within(table, clusters)
    assert split.between + split.within == pytest.approx(split.total, abs=EXACT)
    assert sum(part.weight for part in split.parts) == pytest.approx(1)
    assert split.between >= 0
    assert all(part.m >= 0 for part in split.parts)


@given(tables())
def test_one_cluster_holds_everything_and_single_units_hold_nothing(table: Table) -> None:
    assert between_and_within(table, ["all"] * len(table)).within == pytest.approx(
        mutual_information(table), abs=EXACT
    )
    alone = between_and_within(table, list(range(len(table))))
    assert alone.within == pytest.approx(0, abs=EXACT)
    assert alone.between == pytest.approx(alone.total, abs=EXACT)


@given(tables(), st.sampled_from([0, 1]))
def test_contributions_sum_to_mutual_information(table: Table, of: int) -> None:
    parts = local_contributions(table, of=of)
    assert parts.sum() == pytest.approx(mutual_information(table), abs=EXACT)
    assert (parts >= 0).all()


@given(tables())
def test_a_unit_adds_its_share_times_its_distance(table: Table) -> None:
    lived = table[table.sum(axis=1) > 0]
    expected = shares(lived.sum(axis=1)) * local_segregation(lived)
    assert local_contributions(lived, of=0) == pytest.approx(expected, abs=EXACT)


def test_two_regions_worked_by_hand() -> None:
    # Region a is wholly apart (M = ln 2), region b is even; both are half of the population and alike as
    # wholes.
    split = between_and_within([[10, 0], [0, 10], [5, 5], [5, 5]], ["a", "a", "b", "b"])
    assert split.between == 0
    assert [(part.cluster, part.weight) for part in split.parts] == [("a", 0.5), ("b", 0.5)]
    assert split.parts[0].contribution == pytest.approx(np.log(2) / 2)
    assert split.parts[1].m == 0


def test_what_has_no_value_or_does_not_fit() -> None:
    with pytest.raises(NotDefined):
        between_and_within([[0, 0]], ["a"])
    with pytest.raises(NotDefined):
        local_contributions([[0, 0]], of=0)
    with pytest.raises(CountsError):
        between_and_within([[1, 2]], ["a", "b"])
    with pytest.raises(CountsError):
        local_contributions([[1, 2]], of=2)
