"""Totals against products of means, and one thing printed with several numbers."""

from __future__ import annotations

import pytest

from kelisim.audit.products import products
from kelisim.audit.quantities import quantities
from kelisim.core.findings import Finding
from kelisim.core.languages import Words
from kelisim.core.statements import Product, Quantity, Statements
from tests.cast import counts, expression, study, table

WHAT = Words("жазба", "записи", "posts")


def figures(rows: list[tuple[str, str, str]]):  # type: ignore[no-untyped-def]
    read = [(n, "S", year, None, printed) for n, year, printed in rows]
    return table(
        "figures", ("figure", "area", "year", "value", "printed"), read, table_id="text", period_id=None
    )


def multiplied(total: str, *factors: str) -> list[Finding]:
    rows = [("total", "", total), *((f"f{i}", "", f) for i, f in enumerate(factors))]
    product = Product(
        WHAT,
        expression("figure(text, total)"),
        tuple(expression(f"figure(text, f{i})") for i in range(len(factors))),
    )
    return list(products(study(figures(rows), statements=Statements(products=(product,)))))


def test_a_total_no_product_allows_is_found_by_cell() -> None:
    (found,) = multiplied("3488", "383", "40")
    assert found.code == "product_differs_from_total" and found.level == "contradiction"
    assert [cell.row for cell in found.cells] == [2, 3, 4]
    assert found.values["product_low"] == pytest.approx(382.5 * 39.5)
    assert "383 × 40" in found.message.en and "3 488" in found.message.ru.replace("\N{NO-BREAK SPACE}", " ")


@pytest.mark.parametrize(
    ("total", "factors"),
    [
        ("2300", ("10", "220-240")),
        ("220-240", ("11", "20-22")),
        ("2600+", ("15", "173,4")),
        ("15300", ("383", "40")),  # 40 may be 39.95
        ("85:15", ("2", "2")),  # no number, nothing to compare
    ],
)
def test_totals_that_the_prints_allow_pass(total: str, factors: tuple[str, ...]) -> None:
    assert not multiplied(total, *factors)


def printed(*values: str, rows: list[tuple[str, str, str]]) -> list[Finding]:
    quantity = Quantity(WHAT, tuple(expression(v) for v in values))
    people = counts([("S", "total", 2_107_612)], table_id="people")
    return list(quantities(study(people, figures(rows), statements=Statements(quantities=(quantity,)))))


def test_thousands_agree_with_persons_at_their_precision() -> None:
    values = ("count(people, S)", "figure(text, a) * 1000")
    assert not printed(*values, rows=[("a", "2019-01-01", "2107,6")])
    (found,) = printed(*values, rows=[("a", "2019-01-01", "2107,7")])
    assert (found.code, found.level) == ("one_thing_two_numbers", "contradiction")
    assert [(c.file, c.row) for c in found.cells] == [("data/people.csv", 2), ("data/text.csv", 2)]
    assert "2,107,700" in found.message.en


def test_another_date_or_no_date_is_a_note() -> None:
    values = ("count(people, S)", "figure(text, a)")
    (later,) = printed(*values, rows=[("a", "2022", "2188512")])
    (undated,) = printed(*values, rows=[("a", "", "2188512")])
    assert later.level == undated.level == "note"
    assert "different dates" in later.message.en and "no date" in undated.message.en


def test_one_finding_names_every_number() -> None:
    rows = [("a", "2019", "5"), ("b", "2019", "7"), ("c", "2021", "9")]
    (found,) = printed("figure(text, a)", "figure(text, b)", "figure(text, c)", rows=rows)
    assert found.level == "contradiction" and len(found.cells) == 3
