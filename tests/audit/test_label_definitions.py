"""One label with two definitions."""

from __future__ import annotations

from kelisim.audit.label_definitions import labels_with_two_definitions
from kelisim.core.languages import Words
from kelisim.core.statements import Label, Statements
from tests.cast import counts, figures, study

ONE = [("S1", "total", 100), ("S1", "alder", 60), ("S1", "birch", 5), ("S1", "other", 35)]


def two(other: int, cedar: int = 15) -> list[tuple[str, str, float | None]]:
    return [("S1", "total", 100), ("S1", "alder", 60), ("S1", "cedar", cedar), ("S1", "other", other)]


def test_two_remainders_that_agree_once_groups_are_counted_in_are_a_note() -> None:
    tables = [
        counts(ONE, table_id="one", complete_groups=True),
        counts(two(25), table_id="two", complete_groups=True),
    ]
    (found,) = labels_with_two_definitions(study(*tables))
    assert (found.code, found.level, found.values["unexplained"]) == ("label_with_two_definitions", "note", 0)
    assert [(c.file, c.row, c.printed) for c in found.cells] == [
        ("data/one.csv", 5, "35"),
        ("data/two.csv", 5, "25"),
    ]
    assert "Birches" in found.message.en and "самырсындар" in found.message.kk


def test_what_the_groups_do_not_explain_is_a_contradiction() -> None:
    tables = [
        counts(ONE, table_id="one", complete_groups=True),
        counts(two(24), table_id="two", complete_groups=True),
    ]
    (found,) = labels_with_two_definitions(study(*tables))
    assert (found.level, found.values["unexplained"]) == ("contradiction", 1)


def test_the_same_groups_or_other_dates_pass() -> None:
    one = counts(ONE, table_id="one", complete_groups=True)
    same = counts(ONE, table_id="two", complete_groups=True)
    later = counts(two(25), table_id="two", complete_groups=True, period_id="y2021")
    undated = [
        counts(rows, table_id=name, complete_groups=True, period_id=None)
        for name, rows in (("one", ONE), ("two", two(25)))
    ]
    for tables in ((one, same), (one, later), undated):
        assert not list(labels_with_two_definitions(study(*tables)))


def test_two_declared_definitions_of_one_label_are_found_by_cell() -> None:
    table = figures([("tone", 85.0), ("users", 85.0)], table_id="figures")
    labels = [
        Label("85/15", "figures", "tone", Words("реңк", "тональность", "tone of comments")),
        Label("85/15", "figures", "users", Words("үлес", "доля", "share of users")),
    ]
    (found,) = labels_with_two_definitions(study(table, statements=Statements(labels=tuple(labels))))
    assert found.level == "contradiction" and [cell.row for cell in found.cells] == [2, 3]
    assert not list(
        labels_with_two_definitions(study(table, statements=Statements(labels=(labels[0], labels[0]))))
    )
