"""One label with two definitions: "others" of two tables, and labels whose definitions the study declares."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import combinations

from kelisim.audit.matrix import Matrix
from kelisim.audit.prints import PrintedValue, area_words, group_words, joined, spoken
from kelisim.core.findings import Finding
from kelisim.core.groups import TOTAL
from kelisim.core.languages import Words
from kelisim.core.statements import Label
from kelisim.core.study import Study
from kelisim.core.tables import Table

__all__ = ["labels_with_two_definitions"]

_Row = dict[str, PrintedValue]


def labels_with_two_definitions(study: Study) -> Iterator[Finding]:
    """Report remainders that collect different groups in two tables of one date, and declared labels.

    A remainder together with the groups listed beside it must make the same number in both tables; the
    finding says whether it does.
    """
    tables = [table for table in study.of_kind("population_count") if table.use.complete_groups]
    for one, other in combinations(tables, 2):
        if one.use.period_id is not None and one.use.period_id == other.use.period_id:
            yield from _remainders(study, one, other)
    for first, second in combinations(study.statements.labels, 2):
        if first.label == second.label and first.definition != second.definition:
            yield _declared(study, first, second)


def _remainders(study: Study, one: Table, other: Table) -> Iterator[Finding]:
    areas = _areas_that_differ(study, one, other)
    if not areas:
        return
    first, second = (_by_area(table, areas) for table in (one, other))
    for area in (area for area in first if area in second):
        a, b = first[area], second[area]
        for group in (g for g in a if g in b and g != TOTAL and study.groups[g].remainder):
            apart = [[g for g in x if g not in y and g != TOTAL] for x, y in ((a, b), (b, a))]
            if any(apart) and a[group].value != b[group].value:
                yield _remainder(study, (one, other), area, group, (a, b), apart)


def _areas_that_differ(study: Study, one: Table, other: Table) -> set[str]:
    """Areas for which a remainder has another number in the two tables."""
    read = [Matrix.of(table, "count_persons") for table in (one, other)]
    found: set[str] = set()
    for group in read[0].groups:
        if group == TOTAL or group not in read[1].groups or not study.groups[group].remainder:
            continue
        first, second = (dict(zip(m.areas, m.values[:, m.groups.index(group)], strict=True)) for m in read)
        found |= {area for area, value in first.items() if area in second and value != second[area]}
    return found


def _by_area(table: Table, areas: set[str]) -> dict[str, _Row]:
    found: dict[str, _Row] = {}
    for row in range(len(table)):
        area = str(table["area"][row])
        if area in areas and int(table.prints[row]) == 1:
            value = PrintedValue.at(table, row, "count_persons")
            found.setdefault(area, {})[str(table["group"][row])] = value
    return found


def _remainder(
    study: Study,
    tables: tuple[Table, Table],
    area: str,
    group: str,
    rows: tuple[_Row, _Row],
    apart: list[list[str]],
) -> Finding:
    sums = [
        sum((row[g].value or Fraction(0) for g in (group, *listed)), Fraction(0))
        for row, listed in zip(rows, apart, strict=True)
    ]
    said = joined(
        (
            _table_words(study, *each)
            for each in zip(tables, (row[group] for row in rows), apart, strict=True)
        ),
        "; ",
    )
    place, name = area_words(study, area), group_words(study, group)
    agree = Words(
        "Осы топтарды қоса есептегенде екі кесте сәйкес келеді.",
        "С учётом этих групп таблицы согласуются.",
        "With these groups counted in, the two tables agree.",
    )
    if sums[0] != sums[1]:
        d = spoken(abs(sums[0] - sums[1]))
        agree = Words(
            f"Бұл топтар айырманы толық түсіндірмейді: {d.kk} адам қалады.",
            f"Эти группы не объясняют разницу полностью: остаётся {d.ru} чел.",
            f"These groups do not explain the whole difference: {d.en} persons remain.",
        )
    return Finding(
        code="label_with_two_definitions",
        level="note" if sums[0] == sums[1] else "contradiction",
        table_id=tables[0].use.table_id,
        cells=(rows[0][group].cell, rows[1][group].cell),
        values={
            "area_id": area,
            "group_id": group,
            "other_table": tables[1].use.table_id,
            "listed_in_one_only": tuple(sorted(apart[0] + apart[1])),
            "unexplained": float(abs(sums[0] - sums[1])),
        },
        message=Words(
            f"{place.kk}: «{name.kk}» екі кестеде әртүрлі топтарды біріктіреді. {said.kk}. {agree.kk}",
            f"{place.ru}: «{name.ru}» в двух таблицах объединяют разные группы. {said.ru}. {agree.ru}",
            f"{place.en}: “{name.en}” means different groups in two tables. {said.en}. {agree.en}",
        ),
    )


def _table_words(study: Study, table: Table, value: PrintedValue, apart: list[str]) -> Words:
    title, number = table.use.title, spoken(value.value)
    if not apart:
        return Words(f"«{title.kk}»: {number.kk}", f"«{title.ru}»: {number.ru}", f"“{title.en}”: {number.en}")
    names = joined(group_words(study, group) for group in apart)
    return Words(
        f"«{title.kk}»: {number.kk}, тек мұнда бөлек көрсетілгендер – {names.kk}",
        f"«{title.ru}»: {number.ru}, только здесь отдельно показаны {names.ru}",
        f"“{title.en}”: {number.en}, and only here are listed apart {names.en}",
    )


def _declared(study: Study, first: Label, second: Label) -> Finding:
    cells = tuple(
        table.cell(row, "value")
        for use in (first, second)
        for table in (study.table(use.table_id),)
        for row in range(len(table))
        if str(table["figure"][row]) == use.figure
    )
    one, two, label = first.definition, second.definition, first.label
    return Finding(
        code="label_with_two_definitions",
        level="contradiction",
        table_id=first.table_id,
        cells=cells,
        values={"label": label},
        message=Words(
            f"«{label}» екі түрлі мағынада басылған: «{one.kk}» және «{two.kk}».",
            f"«{label}» напечатано в двух значениях: «{one.ru}» и «{two.ru}».",
            f"“{label}” is printed with two meanings: “{one.en}” and “{two.en}”.",
        ),
    )
