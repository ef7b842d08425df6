"""One label with two definitions: "others" of two tables, and labels whose definitions the study declares."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from kelisim.audit.prints import by_area_and_group, name_of, spoken
from kelisim.core.findings import Finding
from kelisim.core.languages import Words
from kelisim.core.study import Claim, Study
from kelisim.core.tables import Table

__all__ = ["labels_with_two_definitions"]


def labels_with_two_definitions(study: Study) -> Iterator[Finding]:
    """Report remainders that collect different groups in two tables of one date, and declared labels."""
    tables = [table for table in study.of_kind("population_count") if table.use.complete_groups]
    for one, other in combinations(tables, 2):
        if one.use.period_id == other.use.period_id:
            yield from _remainders(study, one, other)
    for first, second in combinations(study.claims, 2):
        if first.label == second.label and first.definition != second.definition:
            yield _declared(study, first, second)


def _remainders(study: Study, one: Table, other: Table) -> Iterator[Finding]:
    a, b = (by_area_and_group(table, "count_persons") for table in (one, other))
    listed = [{group for _, group in values} for values in (a, b)]
    only = sorted(listed[0] ^ listed[1])
    if not only:
        return
    for area, group in sorted(set(a) & set(b)):
        remainder = group in study.groups and study.groups[group].remainder
        first, second = a[area, group], b[area, group]
        if not remainder or first.value == second.value:
            continue
        kk, ru, en = name_of(study, area)
        names = [study.groups[g].names for g in only]
        x, y = spoken(first.value), spoken(second.value)
        yield Finding(
            code="label_with_two_definitions",
            level="note",
            table_id=one.use.table_id,
            cells=(first.cell, second.cell),
            values={"area_id": area, "group_id": group, "listed_in_one_only": tuple(only)},
            message=Words(
                f"{kk}: «басқалар» екі кестеде әртүрлі топтарды білдіреді: {x} және {y}. "
                f"Тек бір кестеде бөлек көрсетілгендер: {', '.join(n.kk for n in names)}.",
                f"{ru}: «другие» в двух таблицах – разные группы: {x} и {y}. "
                f"Только в одной из таблиц выделены: {', '.join(n.ru for n in names)}.",
                f"{en}: “others” means different groups in two tables: {x} and {y}. "
                f"Listed apart in one table only: {', '.join(n.en for n in names)}.",
            ),
        )


def _declared(study: Study, first: Claim, second: Claim) -> Finding:
    cells = tuple(
        table.cell(row, "value")
        for claim in (first, second)
        for table in (study.table(claim.table_id),)
        for row in range(len(table))
        if str(table["figure"][row]) == claim.figure
    )
    one, two, label = first.definition, second.definition, first.label
    return Finding(
        code="label_with_two_definitions",
        level="contradiction",
        table_id=first.table_id,
        cells=cells,
        values={"label": label},
        message=Words(
            f"«{label}» екі түрлі мағынада басылған: {one.kk}; {two.kk}.",
            f"«{label}» напечатано в двух значениях: {one.ru}; {two.ru}.",
            f"“{label}” is printed with two meanings: {one.en}; {two.en}.",
        ),
    )
