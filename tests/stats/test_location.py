"""Location quotients and the flag of an enclave, limits included."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from numpy.typing import NDArray

from kelisim.core.errors import CountsError, NotDefined
from kelisim.stats.composition import shares
from kelisim.stats.location import is_enclave, location_quotients
from tests.stats.strategies import tables


@given(tables())
def test_quotients_average_to_one_over_people(table: NDArray[np.float64]) -> None:
    lived = table[table.sum(axis=1) > 0][:, table.sum(axis=0) > 0]
    mean = shares(lived.sum(axis=1)) @ location_quotients(lived)
    assert mean == pytest.approx(1.0, abs=1e-9)


@given(tables())
def test_only_empty_units_and_groups_have_no_quotient(table: NDArray[np.float64]) -> None:
    empty = (table.sum(axis=1, keepdims=True) == 0) | (table.sum(axis=0, keepdims=True) == 0)
    assert (np.isnan(location_quotients(table)) == empty).all()


def test_two_cases_worked_by_hand() -> None:
    # Shares in the whole are .4 and .6; in the units .75 .25 and 1/6 5/6.
    found = location_quotients([[30, 10], [10, 50]])
    assert found == pytest.approx(np.array([[1.875, 5 / 12], [5 / 12, 25 / 18]]))
    assert location_quotients([[20, 20], [0, 60]])[:, 0] == pytest.approx([2.5, 0.0])


@pytest.mark.parametrize(
    ("share_pct", "quotient", "expected"),
    [(70.0, 2.0, True), (69.99, 9.0, False), (99.0, 1.99, False), (99.0, float("nan"), False)],
)
def test_both_limits_must_be_reached(share_pct: float, quotient: float, expected: bool) -> None:
    assert is_enclave(share_pct, quotient, min_share_pct=70.0, min_quotient=2.0) is expected


def test_counts_exactly_on_both_limits_are_flagged() -> None:
    # 7 of 10 in the first unit and 35 of 100 in the whole: 70 percent and a quotient of 2 without remainder.
    table = np.array([[7, 3], [28, 62]])
    share_pct = 100.0 * float(shares(table[0])[0])
    quotient = float(location_quotients(table)[0, 0])
    assert is_enclave(share_pct, quotient, min_share_pct=70.0, min_quotient=2.0)


def test_a_majority_everywhere_makes_no_enclave() -> None:
    table = np.array([[95, 5], [90, 10]])
    assert not is_enclave(95.0, float(location_quotients(table)[0, 0]), min_share_pct=70.0, min_quotient=2.0)


def test_limits_have_no_default() -> None:
    with pytest.raises(TypeError):
        is_enclave(99.0, 5.8)  # type: ignore[call-arg]


def test_an_empty_table_and_a_single_row_are_refused() -> None:
    with pytest.raises(NotDefined):
        location_quotients([[0, 0]])
    with pytest.raises(CountsError, match="two dimensions"):
        location_quotients([1, 2])
