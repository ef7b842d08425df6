"""Numbers of segregation: an independent program, formulas, two cases by hand, and what is not defined."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from kelisim.core.errors import CountsError, NotDefined
from kelisim.stats.composition import entropy, fractionalisation, polarisation
from kelisim.stats.location import location_quotients
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

FOUR_UNITS = np.array([[120, 30, 50], [80, 90, 30], [10, 140, 50], [200, 20, 5]])


def test_numbers_of_an_independent_program() -> None:
    """Computed with the R package segregation 1.1.0.9000; half a unit of the last digit it printed."""
    assert mutual_information(FOUR_UNITS) == pytest.approx(0.24703020, abs=5e-9)
    assert theil_h(FOUR_UNITS) == pytest.approx(0.24447765, abs=5e-9)
    assert entropy(FOUR_UNITS.sum(axis=0)) == pytest.approx(1.0104408, abs=5e-8)
    local = [0.096514993, 0.027061230, 0.497871447, 0.353379475]
    assert local_segregation(FOUR_UNITS) == pytest.approx(local, abs=5e-10)
    matrix = exposure_matrix(FOUR_UNITS)
    assert np.diag(matrix) == pytest.approx([0.68848238, 0.51706349, 0.21934156], abs=5e-9)
    assert matrix[0, 1] == pytest.approx(0.19214092, abs=5e-9)
    assert dissimilarity(FOUR_UNITS[:, 0], FOUR_UNITS[:, 1]) == pytest.approx(0.60191638, abs=5e-9)


def test_numbers_computed_from_the_formulas_apart() -> None:
    assert multigroup_dissimilarity(FOUR_UNITS) == pytest.approx(0.471267132, abs=5e-10)
    assert fractionalisation(FOUR_UNITS.sum(axis=0)) == pytest.approx(0.611056015, abs=5e-10)
    assert polarisation(FOUR_UNITS.sum(axis=0)) == pytest.approx(0.890908423, abs=5e-10)
    assert location_quotients(FOUR_UNITS)[2, 1] == pytest.approx(2.0625, abs=1e-12)


def test_relative_diversity_is_not_normalised_exposure() -> None:
    """Both compare shares of units with shares of the whole; with three groups they differ.

    R divides the sum of squared differences by T I, normalised exposure each group's sum by T (1 - p_i)
    (Reardon and Firebaugh 2002). Exact fractions give 0.269355614 and 0.291383920 for this table.
    """
    unit = FOUR_UNITS.sum(axis=1, keepdims=True)
    p = FOUR_UNITS.sum(axis=0) / FOUR_UNITS.sum()
    squares = unit * (FOUR_UNITS / unit - p) ** 2 / FOUR_UNITS.sum()
    assert (squares / (1 - p)).sum() == pytest.approx(0.291383920, abs=5e-10)
    assert squares.sum() / (p * (1 - p)).sum() == pytest.approx(0.269355614, abs=5e-10)
    assert relative_diversity(FOUR_UNITS) == pytest.approx(0.269355614, abs=5e-10)


# Worked by hand. First: units 30 10 | 10 50. Second: 20 20 | 0 60, where one unit lacks the first group.
HAND = [
    ([[30, 10], [10, 50]], 7 / 12, 19 / 48, 0.177741, 0.264098, 49 / 144),
    ([[20, 20], [0, 60]], 3 / 4, 1 / 2, 0.223144, 0.445928, 3 / 8),
]


@pytest.mark.parametrize(("rows", "d", "xpy", "m", "h", "r"), HAND)
def test_two_cases_worked_by_hand(
    rows: list[list[int]], d: float, xpy: float, m: float, h: float, r: float
) -> None:
    table = np.array(rows)
    own, other = table.T
    total = own + other
    assert dissimilarity(own, other) == pytest.approx(d)
    assert dissimilarity_from_rest(own, total) == pytest.approx(d)
    assert multigroup_dissimilarity(table) == pytest.approx(d)
    assert exposure(own, other, total) == pytest.approx(xpy)
    assert isolation(own, total) == pytest.approx(1 - xpy)
    assert mutual_information(table) == pytest.approx(m, abs=5e-7)
    assert theil_h(table) == pytest.approx(h, abs=5e-7)
    assert relative_diversity(table) == pytest.approx(r)


def test_a_unit_without_people_takes_no_part() -> None:
    with_empty = np.vstack([FOUR_UNITS, [0, 0, 0]])
    for measure in (mutual_information, theil_h, multigroup_dissimilarity, relative_diversity):
        assert measure(with_empty) == pytest.approx(measure(FOUR_UNITS))
    assert exposure_matrix(with_empty) == pytest.approx(exposure_matrix(FOUR_UNITS))
    assert np.isnan(local_segregation(with_empty)).tolist() == [False] * 4 + [True]


@pytest.mark.parametrize(
    ("call", "reason"),
    [
        (lambda: dissimilarity([0, 0], [1, 2]), "no_members"),
        (lambda: dissimilarity_from_rest([1, 2], [1, 2]), "no_members"),
        (lambda: exposure([0], [5], [10]), "no_members"),
        (lambda: isolation([0, 0], [5, 5]), "no_members"),
        (lambda: theil_h([[5, 0], [7, 0]]), "one_group"),
        (lambda: multigroup_dissimilarity([[5, 0], [7, 0]]), "one_group"),
        (lambda: relative_diversity([[5, 0], [7, 0]]), "one_group"),
        (lambda: mutual_information([[0, 0], [0, 0]]), "empty_area"),
        (lambda: exposure_matrix([[0, 0]]), "empty_area"),
        (lambda: local_segregation([[0, 0]]), "empty_area"),
    ],
)
def test_what_has_no_value_says_why(call: Callable[[], object], reason: str) -> None:
    with pytest.raises(NotDefined) as finding:
        call()
    assert finding.value.reason == reason


@pytest.mark.parametrize(
    "call",
    [
        lambda: dissimilarity([1, 2], [1, 2, 3]),
        lambda: dissimilarity_from_rest([1, 2], [1, 2, 3]),
        lambda: dissimilarity_from_rest([5, 0], [4, 9]),
        lambda: exposure([1, 2], [1, 2], [3]),
        lambda: exposure([5], [1], [4]),
        lambda: exposure([1], [5], [4]),
        lambda: theil_h([5, 6]),
        lambda: theil_h([[5, -6]]),
        lambda: dissimilarity([np.nan, 1], [1, 1]),
        lambda: isolation([0.5], [1]),
    ],
)
def test_counts_that_do_not_fit_are_refused(call: Callable[[], object]) -> None:
    with pytest.raises(CountsError):
        call()
