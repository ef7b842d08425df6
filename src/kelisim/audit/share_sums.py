"""Shares of one whole must add up to 100 within what rounding allows."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from kelisim.audit.prints import PrintedValue, by_area_and_group, spoken
from kelisim.core.findings import Finding
from kelisim.core.groups import TOTAL
from kelisim.core.languages import Words
from kelisim.core.study import Question, Study
from kelisim.core.tables import Table
from kelisim.stats.printed import half_unit

__all__ = ["share_sums"]


def share_sums(study: Study) -> Iterator[Finding]:
    """Check groups of an area, areas of a group (only where no unit is missing) and single-choice answers.

    Answers are expected to reach 100 only where every option has a print; above 100 is always a finding.
    """
    for table in study.of_kind("population_share"):
        yield from _of_population(study, table)
    for table in study.of_kind("marginals"):
        for question in study.questions.values():
            yield from _of_question(table, question)


def _beyond(parts: list[PrintedValue], complete: bool) -> Fraction | None:
    known = [part for part in parts if part.value is not None]
    total = sum((part.value for part in known if part.value is not None), Fraction(0))
    slack = sum((half_unit(part.decimals) for part in known), Fraction(0))
    wrong = total > 100 + slack or (complete and len(known) == len(parts) and total < 100 - slack)
    return total if known and wrong else None


def _finding(table: Table, parts: list[PrintedValue], total: Fraction, what: Words) -> Finding:
    return Finding(
        code="shares_do_not_sum",
        level="contradiction",
        table_id=table.use.table_id,
        cells=tuple(part.cell for part in parts),
        values={"sum_pct": float(total), "parts": len(parts)},
        message=Words(
            f"{what.kk}: үлестердің қосындысы {spoken(total)} %, дөңгелектеу мұны түсіндірмейді.",
            f"{what.ru}: сумма долей {spoken(total)} %, округлением этого не объяснить.",
            f"{what.en}: the shares add up to {spoken(total)} %, which rounding does not explain.",
        ),
    )


def _of_population(study: Study, table: Table) -> Iterator[Finding]:
    values = by_area_and_group(table, "share_pct")
    if table.use.base == "within_area":
        for area in dict.fromkeys(area for area, _ in values):
            parts = [value for (a, g), value in values.items() if a == area and g != TOTAL]
            total = _beyond(parts, complete=True)
            if total is not None:
                yield _finding(table, parts, total, study.areas[area].names)
    if table.use.base == "across_areas" and table.use.whole is not None:
        named = {area for area, _ in values}
        day = study.period(table).middle
        expected = {a.area_id for a in study.areas.children(table.use.whole, day, table.use.unit_level)}
        for group in dict.fromkeys(group for _, group in values if group != TOTAL):
            parts = [v for (a, g), v in values.items() if g == group and a in expected]
            total = _beyond(parts, complete=expected <= named)
            if total is not None:
                yield _finding(table, parts, total, study.groups[group].names)


def _of_question(table: Table, question: Question) -> Iterator[Finding]:
    if question.type != "single":
        return
    for number in range(1, int(table.prints.max(initial=0)) + 1):
        rows = [
            row
            for row in range(len(table))
            if str(table["question"][row]) == question.code and int(table.prints[row]) == number
        ]
        parts = [PrintedValue.at(table, row, "share_pct") for row in rows]
        complete = {str(table["option"][row]) for row in rows} >= set(question.options)
        total = _beyond(parts, complete)
        if total is not None:
            yield _finding(table, parts, total, question.label)
