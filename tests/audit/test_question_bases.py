"""Bases of questions: the number of answers printed against the shares printed."""

from __future__ import annotations

from typing import Any

from kelisim.audit.question_bases import bases_of, question_bases
from kelisim.core.findings import Finding
from kelisim.core.statements import Interviews
from kelisim.core.study import Question
from tests.cast import marginals, question, study

PRINTS = ("35,1", "31,6", "21,1", "12,3")


def asked(*shares: str, n: int | None, code: str = "A", **changed: Any) -> list[Finding]:
    rows = [(code, str(i), share) for i, share in enumerate(shares)]
    options = [str(i) for i in range(len(shares))]
    questions = changed.pop("questions", [question(code, options)])
    return list(question_bases(study(marginals(rows), questions=questions, n_printed=n, **changed)))


def test_shares_that_fit_the_printed_number_pass() -> None:
    assert not asked(*PRINTS, n=57) and not asked(*PRINTS, n=171)


def test_shares_that_cannot_arise_from_it_are_found_by_cell() -> None:
    (found,) = asked(*PRINTS, n=214)
    assert (found.code, found.values["smallest_base"], found.values["feasible_bases"]) == (
        "base_does_not_fit",
        57,
        3,
    )
    assert [cell.row for cell in found.cells] == [2, 3, 4, 5]
    assert (
        "cannot arise from 214 equal-weight answers" in found.message.en
        and "57, 114, 171" in found.message.en
    )
    assert "false" not in found.message.en and "Weighting" in found.message.en


def test_shares_of_no_number_of_answers_are_found() -> None:
    (found,) = asked("38,1", "33,3", "26,2", "2,3", n=214)
    assert found.values["smallest_base"] is None and "from 1 to 214" in found.message.en


def test_a_wrong_sum_is_left_to_the_sums() -> None:
    assert not asked("60", "60", n=100)


def test_without_power_nothing_is_said_and_the_power_is_stated() -> None:
    given = study(
        marginals([("A", "1", "35"), ("A", "2", "65")]), questions=[question("A", "12")], n_printed=500
    )
    assert not list(question_bases(given))
    assert next(iter(bases_of(given))).power == 0.0


def test_weights_filters_and_own_bases_are_respected() -> None:
    weighted = Interviews("marginals", "chosen", (), True, None, "", "", "")
    assert not asked(*PRINTS, n=214, interviews=weighted)
    options = question("A", "0123").options
    filtered = Question("A", question("A", "0").label, "single", None, options, (), True)
    own = Question("A", question("A", "0").label, "single", None, options, (), False, 57)
    assert not asked(*PRINTS, n=214, questions=[filtered])
    assert not asked(*PRINTS, n=214, questions=[own])
    assert not asked(*PRINTS, n=None)


def test_no_common_number_is_a_note_about_the_sample() -> None:
    rows = [("A", "1", "30,2"), ("A", "2", "69,8"), ("B", "1", "38,1"), ("B", "2", "61,9")]
    given = study(marginals(rows), questions=[question("A", "12"), question("B", "12")], n_printed=50)
    *each, whole = question_bases(given)
    assert [f.code for f in each] == ["base_does_not_fit"] * 2 and whole.code == "no_common_base"
    assert whole.values["smallest_bases"] == ("21", "43") and "21 for B" in whole.message.en
