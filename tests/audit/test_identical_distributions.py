"""The same shares under two questions."""

from __future__ import annotations

import pytest

from kelisim.audit.identical_distributions import identical_distributions
from kelisim.core.findings import Finding
from tests.cast import marginals, study


def found(first: str, second: str) -> list[Finding]:
    rows = [("A", str(i), share) for i, share in enumerate(first.split())]
    rows += [("B", str(i), share) for i, share in enumerate(second.split())]
    return list(identical_distributions(study(marginals(rows))))


def test_the_same_shares_in_another_order_are_found_by_cell() -> None:
    (one,) = found("55,8 30,2 14,0 0", "14,0 30,2 55,9")
    assert (one.values["question"], one.values["other_question"]) == ("A", "B")
    assert [cell.row for cell in one.cells] == [2, 3, 4, 6, 7, 8]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("55,8 30,2 14,0", "55,8 30,4 13,8"),  # two units away
        ("60,0 40,0", "60,0 40,0"),  # two shares agree by chance
        ("60 30 10", "61 29 10"),  # neighbouring whole percentages
        ("50,0 30,0 20,0", "50,0 30,0 15,0 5,0"),  # another number of answers
    ],
)
def test_different_distributions_pass(first: str, second: str) -> None:
    assert not found(first, second)


def test_few_answers_agree_by_chance() -> None:
    rows = [(asked, o, p) for asked in "AB" for o, p in (("1", "60,0"), ("2", "20,0"), ("3", "20,0"))]
    assert not list(identical_distributions(study(marginals(rows), n_printed=5)))
    assert list(identical_distributions(study(marginals(rows), n_printed=214)))


def test_a_second_print_of_a_question_is_not_another_question() -> None:
    rows = [("A", option, share) for option, share in (("1", "55,8"), ("2", "30,2"), ("3", "14,0"))] * 2
    assert not list(identical_distributions(study(marginals(rows))))
