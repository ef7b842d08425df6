"""One question printed twice."""

from __future__ import annotations

import pytest

from kelisim.audit.repeated_question import repeated_questions
from tests.cast import marginals, question, study


def test_two_prints_that_differ_are_found_by_cell() -> None:
    rows = [("A", "1", "38,1%"), ("A", "2", "61,9%"), ("A", "1", "37,2%"), ("A", "2", "61,9%")]
    (found,) = repeated_questions(study(marginals(rows), questions=[question("A", ("1", "2"))]))
    assert found.code == "question_printed_twice"
    assert [(cell.row, cell.printed) for cell in found.cells] == [(2, "38,1%"), (4, "37,2%")]
    assert "“option 1” 38.1% and 37.2%" in found.message.en


@pytest.mark.parametrize("again", ["38,1", "38", "38,12", ""])
def test_a_second_print_of_one_value_passes(again: str) -> None:
    assert not list(repeated_questions(study(marginals([("A", "1", "38,1"), ("A", "1", again)]))))


def test_prints_that_only_touch_are_different() -> None:
    (found,) = repeated_questions(study(marginals([("A", "1", "38,1"), ("A", "1", "38,2")])))
    assert found.values["question"] == "A"
