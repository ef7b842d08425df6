"""Laws of segregation that hold for every table of units and groups."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from kelisim.stats.composition import entropy, shares
from kelisim.stats.segregation import (
    dissimilarity,
    dissimilarity_from_rest,
    exposure,
    exposure_matrix,
    isolation,
    local_segregation,
    multigroup_dissimilarity,
    mutual_information,
    relative_diversity,
    theil_h,
)
from tests.stats.strategies import tables, two_groups

Table = NDArray[np.float64]
Measure = Callable[[Table], float]
TOLERANCE = 1e-9
INDICES: tuple[Measure, ...] = (multigroup_dissimilarity, theil_h, relative_diversity)


def first_two(table: Table) -> float:
    """Dissimilarity of the two groups of a table of two columns."""
    return dissimilarity(table[:, 0], table[:, 1])


@pytest.mark.parametrize("index", INDICES)
@given(table=tables())
def test_indices_stay_within_0_and_1(index: Measure, table: Table) -> None:
    assert 0 <= index(table) <= 1


@given(two_groups())
def test_dissimilarity_is_symmetric_and_within_0_and_1(table: Table) -> None:
    a, b = table.T
    assert 0 <= dissimilarity(a, b) <= 1
    assert dissimilarity(a, b) == pytest.approx(dissimilarity(b, a), abs=TOLERANCE)
    assert dissimilarity_from_rest(a, a + b) == dissimilarity(a, b)
    assert multigroup_dissimilarity(table) == pytest.approx(dissimilarity(a, b), abs=TOLERANCE)


@pytest.mark.parametrize("index", [first_two, *INDICES, mutual_information])
@given(table=two_groups(), data=st.data())
def test_order_and_size_do_not_matter(index: Measure, table: Table, data: st.DataObject) -> None:
    order = data.draw(st.permutations(range(len(table))))
    value = index(table)
    assert index(table[order]) == pytest.approx(value, abs=TOLERANCE)
    assert index(2 * table) == pytest.approx(value, abs=TOLERANCE)


@pytest.mark.parametrize("index", [first_two, *INDICES, mutual_information])
@given(table=two_groups(), data=st.data())
def test_splitting_a_unit_into_alike_parts_changes_nothing(
    index: Measure, table: Table, data: st.DataObject
) -> None:
    unit = data.draw(st.integers(0, len(table) - 1))
    # The unit three times as large is the sum of a part of its own size and one of double size.
    whole = table.copy()
    whole[unit] *= 3
    split = np.vstack([table, 2 * table[unit]])
    assert index(split) == pytest.approx(index(whole), abs=TOLERANCE)


@pytest.mark.parametrize("index", [first_two, *INDICES, mutual_information])
@given(row=st.lists(st.integers(1, 10_000), min_size=2, max_size=2), units=st.integers(1, 6))
def test_units_alike_are_not_segregated(index: Measure, row: list[int], units: int) -> None:
    table = np.outer(np.arange(1, units + 1), np.array(row, dtype=np.float64))
    assert index(table) == pytest.approx(0.0, abs=TOLERANCE)


@pytest.mark.parametrize("index", INDICES)
@given(groups=st.lists(st.integers(1, 10_000), min_size=2, max_size=6))
def test_units_of_one_group_each_are_wholly_segregated(index: Measure, groups: list[int]) -> None:
    table = np.diag(np.array(groups, dtype=np.float64))
    assert index(table) == pytest.approx(1.0, abs=TOLERANCE)
    assert mutual_information(table) == pytest.approx(entropy(groups), abs=TOLERANCE)


@given(tables())
def test_mutual_information_is_h_times_entropy(table: Table) -> None:
    whole = entropy(table.sum(axis=0))
    assert mutual_information(table) == pytest.approx(theil_h(table) * whole, abs=TOLERANCE)


@given(tables())
def test_mutual_information_is_the_sum_of_its_local_parts(table: Table) -> None:
    lived = table[table.sum(axis=1) > 0]
    parts = shares(lived.sum(axis=1)) * local_segregation(lived)
    assert parts.sum() == pytest.approx(mutual_information(table), abs=TOLERANCE)
    assert (parts >= 0).all()


@given(tables())
def test_mutual_information_is_the_same_seen_from_units_or_groups(table: Table) -> None:
    assert mutual_information(table.T) == pytest.approx(mutual_information(table), abs=TOLERANCE)


@given(tables())
def test_rows_of_exposure_sum_to_one(table: Table) -> None:
    present = table.sum(axis=0) > 0
    matrix = exposure_matrix(table)
    assert matrix[present].sum(axis=1) == pytest.approx(1.0, abs=TOLERANCE)
    assert np.isnan(matrix[~present]).all()


@given(tables())
def test_exposure_is_one_cell_of_its_matrix_and_isolation_its_diagonal(table: Table) -> None:
    total, matrix = table.sum(axis=1), exposure_matrix(table)
    for i in np.flatnonzero(table.sum(axis=0)):
        assert isolation(table[:, i], total) == pytest.approx(matrix[i, i], abs=TOLERANCE)
        for j in range(table.shape[1]):
            assert exposure(table[:, i], table[:, j], total) == pytest.approx(matrix[i, j], abs=TOLERANCE)


@given(tables())
def test_meetings_are_mutual(table: Table) -> None:
    # X times xPy and Y times yPx count the same pairs of neighbours.
    present = table[:, table.sum(axis=0) > 0]
    meetings = present.sum(axis=0)[:, None] * exposure_matrix(present)
    assert meetings == pytest.approx(meetings.T, rel=TOLERANCE, abs=TOLERANCE)


@given(tables())
def test_isolation_is_at_least_the_share_in_the_whole(table: Table) -> None:
    present = table[:, table.sum(axis=0) > 0]
    assert (np.diag(exposure_matrix(present)) >= shares(present.sum(axis=0)) - TOLERANCE).all()
