"""Printed shares against the counts they follow from."""

from __future__ import annotations

from kelisim.audit.share_counts import shares_against_counts
from tests.cast import counts, shares, study

COUNTS = counts(
    [("S", "total", 9), ("S", "alder", 6), ("S1", "total", 3), ("S1", "alder", 1), ("S2", "alder", 5)],
    table_id="counted",
)


def test_shares_at_the_precision_of_their_print_pass() -> None:
    within = shares(
        [("S1", "total", "100"), ("S1", "alder", "33,3")], base="within_area", counts_table="counted"
    )
    across = shares([("S1", "alder", "16,67")], base="across_areas", whole="S", counts_table="counted")
    assert not list(shares_against_counts(study(COUNTS, within)))
    assert not list(shares_against_counts(study(COUNTS, across)))


def test_a_share_off_by_one_digit_is_found_with_its_counts() -> None:
    within = shares([("S1", "alder", "33,4")], base="within_area", counts_table="counted")
    (found,) = shares_against_counts(study(COUNTS, within))
    assert found.code == "share_differs_from_count"
    assert [(c.file, c.row, c.printed) for c in found.cells] == [
        ("data/population_share.csv", 2, "33,4"),
        ("data/counted.csv", 5, "1"),
        ("data/counted.csv", 4, "3"),
    ]
    assert "33,4 %" in found.message.kk and "33,33 %" in found.message.ru and "33.33%" in found.message.en


def test_the_base_of_a_share_across_areas_is_the_group_in_the_whole() -> None:
    across = shares([("S1", "alder", "33,3")], base="across_areas", whole="S", counts_table="counted")
    (found,) = shares_against_counts(study(COUNTS, across))
    assert [cell.row for cell in found.cells] == [2, 5, 3]


def test_nothing_is_said_of_shares_without_counts_or_without_a_print() -> None:
    unknown = [("S3", "alder", "12,0"), ("S1", "birch", "1,0"), ("S2", "alder", "1,0"), ("S1", "alder", "")]
    within = shares(unknown, base="within_area", counts_table="counted")
    assert not list(shares_against_counts(study(COUNTS, within)))
