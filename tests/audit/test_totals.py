"""Totals against parts: over groups, over units, and one number in two places."""

from __future__ import annotations

from kelisim.audit.totals import totals
from tests.cast import counts, study

ROWS = [
    ("S", "total", 100), ("S", "alder", 60), ("S", "other", 40),
    ("S1", "total", 50), ("S1", "alder", 30), ("S1", "other", 20),
    ("S2", "total", 30), ("S2", "alder", 20), ("S2", "other", 10),
    ("S3", "total", 20), ("S3", "alder", 10), ("S3", "other", 10),
]  # fmt: skip
USE = {"whole": "S", "unit_level": ("oblast", "city"), "complete_groups": True}


def test_a_clean_table_passes() -> None:
    assert not list(totals(study(counts(ROWS, **USE))))


def test_groups_that_do_not_make_the_total_are_found_by_cell() -> None:
    planted = [("S1", "total", 50), ("S1", "alder", 31), ("S1", "other", 20)]
    (found,) = totals(study(counts(planted, complete_groups=True)))
    assert found.code == "total_differs_from_parts"
    assert [(cell.row, cell.printed) for cell in found.cells] == [(2, "50"), (3, "31"), (4, "20")]
    assert (found.values["total"], found.values["parts"], found.values["difference"]) == (50, 51, 1)
    assert "Aqsu oblast" in found.message.en and "Ақсу облысы" in found.message.kk


def test_a_table_of_some_groups_owes_no_total() -> None:
    assert not list(totals(study(counts([("S1", "total", 50), ("S1", "alder", 31)]))))


def test_units_that_do_not_make_the_whole_are_found_by_group() -> None:
    rows = [row for row in ROWS if row[1] == "alder"]
    planted = [*rows[:1], ("S1", "alder", 33), *rows[2:]]
    (found,) = totals(study(counts(planted, whole="S", unit_level=("oblast", "city"))))
    assert [cell.row for cell in found.cells] == [2, 3, 4, 5]
    assert found.values["group_id"] == "alder" and found.values["difference"] == 3


def test_a_missing_unit_excuses_a_small_sum_but_not_a_large_one() -> None:
    rows = [("S", "total", 100), ("S1", "total", 50), ("S2", "total", 30)]
    assert not list(totals(study(counts(rows, **USE))))
    rows[1] = ("S1", "total", 71)
    (found,) = [f for f in totals(study(counts(rows, **USE))) if f.values["area_id"] == "S"]
    assert found.values["difference"] == 1


def test_an_empty_unit_excuses_a_small_sum() -> None:
    rows = [("S", "total", 100), ("S1", "total", 50), ("S2", "total", 30), ("S3", "total", None)]
    assert not list(totals(study(counts(rows, **USE))))


def test_a_unit_founded_later_is_needed_only_from_then_on() -> None:
    assert not list(totals(study(counts(ROWS, **USE, period_id="y2021"))))
    short = [row for row in ROWS if row[0] != "S3"]
    assert not list(totals(study(counts(short, **USE, period_id="y2021"))))


def test_one_number_in_two_tables_of_one_date() -> None:
    one = counts([("S", "alder", 60), ("S", "other", 40)], table_id="one")
    two = counts([("S", "alder", 61), ("S", "other", 7)], table_id="two")
    (found,) = totals(study(one, two))
    assert found.code == "same_count_printed_differently" and found.table_id == "one"
    assert [(c.file, c.row, c.printed) for c in found.cells] == [
        ("data/one.csv", 2, "60"),
        ("data/two.csv", 2, "61"),
    ]


def test_tables_of_different_dates_are_not_compared() -> None:
    one = counts([("S", "alder", 60)], table_id="one")
    two = counts([("S", "alder", 61)], table_id="two", period_id="y2021")
    assert not list(totals(study(one, two)))


def test_a_second_print_with_another_value_is_found() -> None:
    again = counts([("S", "total", 100), ("S", "total", 100), ("S", "total", 99)], repeats="prints")
    (found,) = totals(study(again))
    assert [cell.row for cell in found.cells] == [2, 4]
