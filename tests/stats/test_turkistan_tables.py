"""Golden: both tables of shares in the Turkistan study follow from its table of counts, cell by cell."""

from __future__ import annotations

import csv
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from kelisim.stats.composition import shares
from kelisim.stats.printed import agrees, sum_agrees

DATA = Path(__file__).resolve().parents[2] / "examples/turkistan/data"
WHOLE, TOTAL = "KZ", "total"
Cells = dict[tuple[str, str], Fraction]


def read(name: str, column: str) -> dict[tuple[str, str], str]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    cells = {(row["area_id"], row["group_id"]): row[column] for row in rows}
    assert len(cells) == len(rows), "one print for each area and group"
    return cells


@pytest.fixture(scope="module")
def persons() -> dict[tuple[str, str], int]:
    return {
        key: int(text) for key, text in read("table1_population_by_region_group_2019.csv", "count").items()
    }


def prints(name: str) -> Cells:
    found = read(name, "printed")
    assert all(len(text.partition(",")[2]) == 2 for text in found.values()), "two decimals in every cell"
    return {key: Fraction(text.replace(",", ".")) for key, text in found.items()}


@pytest.fixture(scope="module")
def within_areas() -> Cells:
    return prints("table2_share_within_region_2019.csv")


@pytest.fixture(scope="module")
def across_areas() -> Cells:
    return prints("table5_regional_distribution_of_group_2019.csv")


def differing(printed: Cells, exact: Cells) -> list[tuple[str, str]]:
    return [key for key, share in printed.items() if not agrees(exact[key], share, 2)]


def test_table_2_is_recomputed_from_table_1(persons: dict[tuple[str, str], int], within_areas: Cells) -> None:
    exact = {(a, g): Fraction(100 * n, persons[a, TOTAL]) for (a, g), n in persons.items()}
    assert len(within_areas) == 342
    assert differing(within_areas, exact) == []


def test_table_5_is_recomputed_from_table_1(persons: dict[tuple[str, str], int], across_areas: Cells) -> None:
    exact = {(a, g): Fraction(100 * n, persons[WHOLE, g]) for (a, g), n in persons.items()}
    assert len(across_areas) == 304
    assert differing(across_areas, exact) == []


def test_one_changed_digit_would_be_found(persons: dict[tuple[str, str], int], within_areas: Cells) -> None:
    exact = {(a, g): Fraction(100 * n, persons[a, TOTAL]) for (a, g), n in persons.items()}
    for key in within_areas:
        # One unit of the last digit away, to the side on which the exact share does not lie.
        side = 1 if within_areas[key] >= exact[key] else -1
        wrong = within_areas | {key: within_areas[key] + side * Fraction(1, 100)}
        assert differing(wrong, exact) == [key]


def test_the_shares_we_compute_print_as_table_2(
    persons: dict[tuple[str, str], int], within_areas: Cells
) -> None:
    groups = sorted({group for _, group in persons} - {TOTAL})
    for area in {area for area, _ in persons}:
        computed = 100 * shares([persons[area, group] for group in groups])
        printed = np.array([float(within_areas[area, group]) for group in groups])
        assert np.abs(computed - printed).max() <= 0.005 + 1e-9


def test_printed_shares_add_up_to_100_within_their_rounding(within_areas: Cells) -> None:
    for area in {area for area, _ in within_areas}:
        parts = [share for (a, g), share in within_areas.items() if a == area and g != TOTAL]
        assert len(parts) == 18
        assert sum_agrees(parts, Fraction(100), 2, None)
