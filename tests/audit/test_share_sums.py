"""Shares that should make 100: groups of an area, areas of a group, answers to a question."""

from __future__ import annotations

from kelisim.audit.share_sums import share_sums
from tests.cast import marginals, question, shares, study

USE = {"whole": "S", "unit_level": ("oblast", "city")}
THIRDS = [("S1", "alder", "33,3"), ("S1", "birch", "33,3"), ("S1", "other", "33,3")]
ASKED = question("A", ("1", "2", "3"), do_not_read=("3",))


def test_rounded_thirds_of_an_area_pass_and_the_total_is_no_part() -> None:
    assert not list(share_sums(study(shares([("S1", "total", "100"), *THIRDS], base="within_area"))))


def test_groups_beyond_rounding_are_found_by_cell() -> None:
    (found,) = share_sums(study(shares([*THIRDS[:2], ("S1", "other", "33,1")], base="within_area")))
    assert (found.code, found.level, found.values["sum_pct"]) == ("shares_do_not_sum", "contradiction", 99.7)
    assert [(cell.row, cell.printed) for cell in found.cells] == [(2, "33,3"), (3, "33,3"), (4, "33,1")]


def test_areas_of_a_group_are_summed_only_when_all_are_there() -> None:
    rows = [("S", "alder", "100"), ("S1", "alder", "50,0"), ("S2", "alder", "30,0"), ("S3", "alder", "20,5")]
    (found,) = share_sums(study(shares(rows, base="across_areas", **USE)))
    assert [cell.row for cell in found.cells] == [3, 4, 5]
    assert not list(share_sums(study(shares(rows[:3], base="across_areas", **USE))))
    assert not list(share_sums(study(shares(rows[:3], base="across_areas", **USE, period_id=None))))


def test_answers_that_make_a_hundred_pass() -> None:
    asked = marginals([("A", "1", "93,4%"), ("A", "2", "0"), ("A", "3", "6,5%")])
    assert not list(share_sums(study(asked, questions=[ASKED])))


def test_answers_above_a_hundred_are_found_even_if_some_are_not_printed() -> None:
    (found,) = share_sums(study(marginals([("A", "1", "93,0"), ("A", "3", "7,5")]), questions=[ASKED]))
    assert found.level == "contradiction" and [cell.row for cell in found.cells] == [2, 3]


def test_a_sum_that_only_the_coarser_print_explains_is_a_note() -> None:
    (found,) = share_sums(study(marginals([("A", "1", "93%"), ("A", "3", "7,5%")]), questions=[ASKED]))
    assert found.level == "note" and found.values["sum_pct"] == 100.5


def test_what_unread_options_leave_over_is_a_gap() -> None:
    (found,) = share_sums(study(marginals([("A", "1", "60,0"), ("A", "2", "33,0")]), questions=[ASKED]))
    assert found.level == "gap" and "93%" in found.message.en


def test_options_that_are_not_printed_excuse_a_small_sum() -> None:
    assert not list(share_sums(study(marginals([("A", "1", "60,0")]), questions=[ASKED])))


def test_several_answers_may_exceed_a_hundred() -> None:
    asked = question("A", ("1", "2"), type="multiple")
    assert not list(share_sums(study(marginals([("A", "1", "60"), ("A", "2", "70")]), questions=[asked])))


def test_every_print_is_summed_by_itself() -> None:
    rows = [("A", "1", "60,0"), ("A", "2", "40,0"), ("A", "1", "60,0"), ("A", "2", "41,0")]
    (found,) = share_sums(study(marginals(rows), questions=[question("A", ("1", "2"))]))
    assert [cell.row for cell in found.cells] == [4, 5]
