"""The same distribution under two different questions: one of the two was probably printed by mistake."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from kelisim.audit.prints import PrintedValue, spoken
from kelisim.core.findings import Finding
from kelisim.core.languages import Words
from kelisim.core.study import Study
from kelisim.core.tables import Table
from kelisim.stats.printed import half_unit

__all__ = ["identical_distributions"]

# Two answers can agree by chance; three shares that agree to the last digit hardly do.
_ENOUGH = 3


def identical_distributions(study: Study) -> Iterator[Finding]:
    """Compare the first prints of all pairs of questions, whatever the order of their options.

    Two questions match when all non-zero shares pair off within one unit of the coarser print.
    """
    for table in study.of_kind("marginals"):
        shares = _shares(table)
        for one, other in combinations(shares, 2):
            a, b = shares[one], shares[other]
            if len(a) >= _ENOUGH and len(a) == len(b) and all(map(_alike, a, b)):
                yield _finding(study, table, one, other, a, b)


def _shares(table: Table) -> dict[str, list[PrintedValue]]:
    found: dict[str, list[PrintedValue]] = {}
    for row in range(len(table)):
        value = PrintedValue.at(table, row, "share_pct")
        if int(table.prints[row]) == 1 and value.value:
            found.setdefault(str(table["question"][row]), []).append(value)
    return {question: sorted(values, key=lambda v: v.value or 0) for question, values in found.items()}


def _alike(a: PrintedValue, b: PrintedValue) -> bool:
    assert a.value is not None and b.value is not None
    return abs(a.value - b.value) <= 2 * half_unit(max(a.decimals, b.decimals))


def _finding(
    study: Study, table: Table, one: str, other: str, a: list[PrintedValue], b: list[PrintedValue]
) -> Finding:
    first, second = (
        study.questions[q].label if q in study.questions else Words.same(q) for q in (one, other)
    )
    left, right = (", ".join(spoken(v.value) for v in values) for values in (a, b))
    return Finding(
        code="identical_distributions",
        level="contradiction",
        table_id=table.use.table_id,
        cells=tuple(value.cell for value in (*a, *b)),
        values={"question": one, "other_question": other},
        message=Words(
            f"Екі бөлек сұрақтың үлестері бірдей басылған: «{first.kk}» ({left}) және «{second.kk}» ({right}).",
            f"У двух разных вопросов напечатаны одинаковые доли: «{first.ru}» ({left}) и «{second.ru}» ({right}).",
            f"Two different questions carry the same shares: “{first.en}” ({left}) and “{second.en}” ({right}).",
        ),
    )
