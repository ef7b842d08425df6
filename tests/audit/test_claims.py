"""Claims bound to tables: holds, fails, cannot be judged."""

from __future__ import annotations

import pytest

from kelisim.audit.claims import claims, judged_claims
from kelisim.core.languages import Words
from kelisim.core.statements import Claim, Statements
from kelisim.core.study import Study
from tests.cast import counts, expression, figures, marginals, series, shares, study, table, watchlist

COUNTS = counts(
    [
        ("S", "total", 100), ("S", "alder", 60), ("S", "birch", 25), ("S", "cedar", 15),
        ("S1", "total", 70), ("S1", "alder", 50), ("S1", "birch", 20),
        ("S2", "total", 30), ("S2", "alder", None),
    ],
    table_id="people", whole="S",
)  # fmt: skip
SHARES = shares([("S1", "alder", "71,4")], table_id="parts")
FIGURES = table(
    "figures",
    ("figure", "area", "year", "value", "printed"),
    [("wage", "S1", "2019", 7.6, "7,6"), ("wage", "S1", "2021", 9.0, "9,0"), 
     ("posts", "S", "", None, "220-240"),
     ("tone", "S", "", None, "85:15"), ("place", "S1", "", None, "60+")],
    table_id="text",
)  # fmt: skip
ANSWERS = marginals([("A", "1", "93%"), ("A", "2", "7,5%"), ("A", "1", "92%")], table_id="answers")
SERIES = series([("S", "2019-01-01", 99.0)], table_id="bureau")
SITES = watchlist([("one", "a.kz"), ("two", "b.kz"), ("three", "")], table_id="sites")


def judged(text: str) -> tuple[Study, str]:
    words = Words("т", "у", "a statement")
    claim = Claim("c", words, expression(text), "book", "claims.yaml", 7)
    given = study(COUNTS, SHARES, FIGURES, ANSWERS, SERIES, SITES, statements=Statements(claims=(claim,)))
    return given, judged_claims(given)[0].verdict


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("count(people, S, alder) == 60", "holds"),
        ("count(people, S, alder) / count(people, S) > 0.6", "fails"),
        ("count(people, S2, alder) > 1", "cannot be judged"),  # nothing printed
        ("count(people, S3) > 1", "cannot be judged"),  # no such row
        ("share(parts, S1, alder) == count(people, S1, alder) / count(people, S1) * 100", "holds"),
        ("share(parts, S1, alder) > 71.42", "cannot be judged"),  # 71.35 to 71.45
        ("share(parts, S1, alder) > 71.3 and share(parts, S1, alder) < 71.5", "holds"),
        ("figure(text, wage) > 1", "cannot be judged"),  # two years
        ("figure(text, wage, year=2019) < figure(text, wage, S1, 2021)", "holds"),
        ("figure(text, posts) == 11 * between(20, 22)", "holds"),
        ("figure(text, posts) < 220", "fails"),
        ("figure(text, tone) == 85", "cannot be judged"),  # no number
        ("figure(text, place) > 50", "holds"),
        ("figure(text, place) < 100", "cannot be judged"),
        ("answer(answers, A, 1) > 50", "holds"),
        ("answer(answers, A, 1, print=2) == 92", "holds"),
        ("series(bureau, S, '2019-01-01') == count(people, S)", "fails"),
        ("rank_of_group(people, S, birch) == 2", "holds"),
        ("rank_of_area(people, S1) == 1", "holds"),
        ("rank_of_area(people, S1, alder) == 1", "cannot be judged"),  # the other area may have more
        ("top_groups(people, S, 2) == [alder, birch]", "holds"),
        ("top_groups(people, S, 2) == [birch, alder]", "fails"),
        ("same_members([birch, alder], top_groups(people, S, 2))", "holds"),
        ("cedar in groups(people)", "holds"),
        ("units(people) == 2", "holds"),
        ("rows(sites) == 3 and rows(sites, number_from=2) == 2 and rows(sites, name=one) == 1", "holds"),
        ("total(sites, number) == 6", "holds"),
        ("total(sites, name) == 6", "cannot be judged"),
        ("count(people, S) / (count(people, S) - 100) > 1", "cannot be judged"),
        ("not (count(people, S) > 100) or figure(text, tone) > 1", "cannot be judged"),
        ("about(71.4, 1) == 71.44", "holds"),
        ("over(3) > 2", "holds"),
        ("[alder] > 2", "cannot be judged"),
    ],
)
def test_verdicts(text: str, verdict: str) -> None:
    assert judged(text)[1] == verdict


def test_a_claim_that_fails_is_found_with_its_cells_and_its_own_line() -> None:
    given, _ = judged("count(people, S, alder) > 50 and count(people, S, alder) > 61")
    (found,) = claims(given)
    assert (found.code, found.level, found.table_id) == ("claim_fails", "contradiction", "people")
    assert [(c.file, c.row, c.printed) for c in found.cells][:1] == [("data/people.csv", 3, "60")]
    assert (found.cells[-1].file, found.cells[-1].row) == ("claims.yaml", 7)
    assert "60 > 61" in found.message.en and "60 > 50" not in found.message.en


def test_a_claim_without_its_number_is_a_gap_and_one_that_holds_is_silent() -> None:
    (found,) = claims(judged("count(people, S3) > 1")[0])
    assert (found.code, found.level) == ("claim_cannot_be_judged", "gap")
    assert not list(claims(judged("count(people, S) == 100")[0]))
    assert figures([("x", 1.0)])["figure"][0] == "x"
