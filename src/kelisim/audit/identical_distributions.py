"""The same distribution under two different questions: one of the two was probably printed by mistake."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import combinations
from math import factorial

from kelisim.audit.prints import PrintedValue, joined, spoken
from kelisim.core.findings import Finding
from kelisim.core.languages import Words
from kelisim.core.study import Study
from kelisim.core.tables import Table
from kelisim.stats.printed import half_unit

__all__ = ["identical_distributions"]

# Two answers can agree by chance; three shares that agree to the last digit hardly do.
_ENOUGH = 3
# Few answers can be shared out in few ways: five answers among three options in two, 60 in 300.
_WAYS = 300


def identical_distributions(study: Study) -> Iterator[Finding]:
    """Compare the first prints of all pairs of questions, whatever the order of their options.

    Two questions match when all their non-zero shares, three or more, pair off within one unit of the finer
    print. Whole percentages must be equal: neighbouring ones often are so by chance.
    """
    for table in study.of_kind("marginals"):
        shares = _shares(table)
        for one, other in combinations(shares, 2):
            a, b = shares[one], shares[other]
            telling = len(a) >= _ENOUGH and _ways(study, a) >= _WAYS
            if telling and len(a) == len(b) and all(map(_alike, a, b)):
                yield _finding(study, table, (one, other), (a, b))


def _shares(table: Table) -> dict[str, list[PrintedValue]]:
    found: dict[str, list[PrintedValue]] = {}
    for row in range(len(table)):
        value = PrintedValue.at(table, row, "share_pct")
        if int(table.prints[row]) == 1 and value.value:
            found.setdefault(str(table["question"][row]), []).append(value)
    return {
        question: sorted(values, key=lambda v: v.value or 0, reverse=True)
        for question, values in found.items()
    }


def _ways(study: Study, shares: list[PrintedValue]) -> float:
    """About how many ways there are to share out the answers, n^(k-1) / (k! (k-1)!), whatever their order."""
    steps, k = 100 * 10 ** max(value.decimals for value in shares), len(shares)
    n = min(steps, study.n_printed or steps)
    return float(n ** (k - 1)) / (factorial(k) * factorial(k - 1))


def _alike(a: PrintedValue, b: PrintedValue) -> bool:
    assert a.value is not None and b.value is not None
    finer = max(a.decimals, b.decimals)
    return abs(a.value - b.value) <= (2 * half_unit(finer) if finer else Fraction(0))


def _finding(
    study: Study, table: Table, questions: tuple[str, str], shares: tuple[list[PrintedValue], ...]
) -> Finding:
    labels = [study.questions[q].label if q in study.questions else Words.same(q) for q in questions]
    listed = [joined((spoken(v.value, v.decimals) for v in values), "; ") for values in shares]
    one, other = (
        Words(f"«{label.kk}» ({x.kk})", f"«{label.ru}» ({x.ru})", f"“{label.en}” ({x.en})")
        for label, x in zip(labels, listed, strict=True)
    )
    return Finding(
        code="identical_distributions",
        level="note",
        table_id=table.use.table_id,
        cells=tuple(value.cell for values in shares for value in sorted(values, key=lambda v: v.cell.row)),
        values={"question": questions[0], "other_question": questions[1]},
        message=Words(
            f"Екі бөлек сұраққа бірдей үлестер (%) басылған: {one.kk} және {other.kk}. Бірі қате көшірілген болуы мүмкін.",
            f"У двух разных вопросов напечатаны одинаковые доли (%): {one.ru} и {other.ru}. Возможно, одни перенесены по ошибке.",
            f"Two different questions carry the same shares (%): {one.en} and {other.en}. One may have been copied by mistake.",
        ),
    )
