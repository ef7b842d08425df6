"""Rows or columns of numbers that stand twice."""

from __future__ import annotations

import pytest

from kelisim.audit.repeated_blocks import repeated_blocks
from tests.cast import counts, study

GROUPS = ("alder", "birch", "cedar", "other")
ROW = (51_234, 7_421, 1_988, 12_345)


def rows(**areas: tuple[int, ...]) -> list[tuple[str, str, float | None]]:
    return [(a, g, n) for a, values in areas.items() for g, n in zip(GROUPS, values, strict=True)]


def test_an_area_copied_from_another_is_found_by_cell() -> None:
    table = counts(rows(S1=ROW, S2=(9_999, 1_204, 871, 4_410), S3=ROW))
    (found,) = repeated_blocks(study(table))
    assert found.code == "block_repeated" and found.values["repeated"] == ("S1", "S3")
    assert [cell.row for cell in found.cells] == [2, 3, 4, 5, 10, 11, 12, 13]


def test_a_group_copied_from_another_is_found() -> None:
    table = counts(
        [(a, g, n) for i, (a, n) in enumerate(zip(("S1", "S2", "S3", "S4"), ROW, strict=True)) for g, n in
         (("alder", n), ("birch", n), ("cedar", 77 + i))],
    )  # fmt: skip
    (found,) = repeated_blocks(study(table))
    assert found.values["repeated"] == ("alder", "birch")


def test_the_same_numbers_under_two_dates_are_found() -> None:
    tables = [counts(rows(S1=ROW), table_id="a"), counts(rows(S1=ROW), table_id="b", period_id="y2021")]
    (found,) = repeated_blocks(study(*tables))
    assert found.code == "same_numbers_under_two_dates" and len(found.cells) == 8


@pytest.mark.parametrize("small", [(3, 0, 1, 2), (500, 500, 500, 500), (0, 0, 0, 60_000)])
def test_small_or_uniform_numbers_agree_by_chance(small: tuple[int, ...]) -> None:
    assert not list(repeated_blocks(study(counts(rows(S1=small, S2=small)))))


def test_the_only_unit_of_a_whole_repeats_it_by_nature() -> None:
    assert not list(repeated_blocks(study(counts(rows(S=ROW, S1=ROW), whole="S"))))
