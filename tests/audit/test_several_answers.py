"""Shares of several answers that sum to 100, and options without a print."""

from __future__ import annotations

from kelisim.audit.several_answers import exclusive_shares, options_without_print
from tests.cast import marginals, question, study

MANY = question("A", ("1", "2", "3", "4"), type="multiple", do_not_read=("4",))


def test_several_answers_that_sum_to_a_hundred_are_found() -> None:
    rows = [("A", "1", "55,8"), ("A", "2", "30,2"), ("A", "3", "14")]
    (found,) = exclusive_shares(study(marginals(rows), questions=[MANY]))
    assert (found.code, found.level) == ("several_answers_sum_to_100", "note")
    assert [cell.row for cell in found.cells] == [2, 3, 4]


def test_other_sums_two_shares_and_single_choices_pass() -> None:
    for rows, asked in (
        ([("A", "1", "55,8"), ("A", "2", "30,2"), ("A", "3", "14,8")], MANY),
        ([("A", "1", "50,0"), ("A", "2", "50,0")], MANY),
        ([("A", "1", "55,8"), ("A", "2", "30,2"), ("A", "3", "14,0")], question("A", "123")),
    ):
        assert not list(exclusive_shares(study(marginals(rows), questions=[asked])))


def test_options_without_a_print_are_named_with_what_is_left() -> None:
    rows = [("A", "1", "52,4"), ("A", "2", "20,0")]
    (found,) = options_without_print(study(marginals(rows), questions=[question("A", "1234")]))
    assert found.values["options"] == ("3", "4") and "27.6%" in found.message.en
    (several,) = options_without_print(study(marginals(rows), questions=[MANY]))
    assert several.values["options"] == ("3",) and several.level == "gap"


def test_nothing_is_missing_where_nothing_is_left_or_only_unread_options_lack() -> None:
    full = [("A", "1", "60,0"), ("A", "2", "40,0")]
    assert not list(options_without_print(study(marginals(full), questions=[question("A", "123")])))
    unread = question("A", "123", do_not_read=("3",))
    part = [("A", "1", "60,0"), ("A", "2", "30,0")]
    assert not list(options_without_print(study(marginals(part), questions=[unread])))
    again = [("A", "1", "60,0"), ("A", "2", "30,0"), ("A", "3", "10,0"), ("A", "1", "60,0")]
    assert not list(options_without_print(study(marginals(again), questions=[question("A", "123")])))
