"""Totals against parts: groups in an area, units in a whole, and one number in two tables of one date."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from kelisim.audit.prints import PrintedValue, by_area_and_group, name_of, spoken
from kelisim.core.findings import Finding
from kelisim.core.groups import TOTAL
from kelisim.core.languages import Words
from kelisim.core.study import Study
from kelisim.core.tables import Table

__all__ = ["totals"]

_Values = dict[tuple[str, str], PrintedValue]


def totals(study: Study) -> Iterator[Finding]:
    """Compare every printed total with the sum of its parts. Incomplete tables are left to `missing_units`."""
    read = {
        table.use.table_id: (table, by_area_and_group(table, "count_persons"))
        for table in study.of_kind("population_count")
    }
    for table, values in read.values():
        if table.use.complete_groups:
            yield from _groups(study, table, values)
        if table.use.whole is not None:
            yield from _units(study, table, values, table.use.whole)
        yield from _later_prints(study, table, values)
    tables = list(read.values())
    for index, (table, values) in enumerate(tables):
        for other, others in tables[index + 1 :]:
            if table.use.period_id is not None and table.use.period_id == other.use.period_id:
                yield from _same_number(study, table, values, other, others)


def _finding(
    study: Study,
    table: Table,
    cells: tuple[PrintedValue, ...],
    area: str,
    total: Fraction,
    parts: Fraction,
    what: Words,
) -> Finding:
    kk, ru, en = name_of(study, area)
    a, b, d = spoken(total), spoken(parts), spoken(parts - total)
    return Finding(
        code="total_differs_from_parts",
        level="contradiction",
        table_id=table.use.table_id,
        cells=tuple(value.cell for value in cells),
        values={
            "area_id": area,
            "total": float(total),
            "parts": float(parts),
            "difference": float(parts - total),
        },
        message=Words(
            f"{kk}, {what.kk}: басылған жиынтық {a}, ал бөліктердің қосындысы {b} (айырмасы {d}).",
            f"{ru}, {what.ru}: напечатанный итог {a}, а сумма частей {b} (разница {d}).",
            f"{en}, {what.en}: the printed total is {a}, the parts add up to {b} (difference {d}).",
        ),
    )


def _groups(study: Study, table: Table, values: _Values) -> Iterator[Finding]:
    for (area, group), total in values.items():
        if group != TOTAL or total.value is None:
            continue
        parts = [value for (a, g), value in values.items() if a == area and g != TOTAL]
        known = [value.value for value in parts if value.value is not None]
        if parts and len(known) == len(parts) and sum(known) != total.value:
            what = Words("барлық топтар", "все группы", "all groups")
            yield _finding(study, table, (total, *parts), area, total.value, sum(known, Fraction(0)), what)


def _units(study: Study, table: Table, values: _Values, whole: str) -> Iterator[Finding]:
    areas = {area for area, _ in values}
    units = {area for area in areas if study.areas[area].parent == whole}
    if not units:
        return
    for group in dict.fromkeys(group for _, group in values):
        total = values.get((whole, group))
        if total is None or total.value is None:
            continue
        parts = [values[area, group] for area in sorted(units) if (area, group) in values]
        known = [value.value for value in parts if value.value is not None]
        complete = len(parts) == len(units)
        if complete and known and sum(known) != total.value:
            names = Words("барлық халық", "всё население", "all persons")
            if group != TOTAL:
                names = study.groups[group].names
            yield _finding(study, table, (total, *parts), whole, total.value, sum(known, Fraction(0)), names)


def _later_prints(study: Study, table: Table, values: _Values) -> Iterator[Finding]:
    for number in range(2, int(table.prints.max(initial=1)) + 1):
        yield from _differing(study, table, values, by_area_and_group(table, "count_persons", number), True)


def _same_number(
    study: Study, table: Table, values: _Values, other: Table, others: _Values
) -> Iterator[Finding]:
    del other
    shared = {
        key: value for key, value in others.items() if key[1] == TOTAL or not study.groups[key[1]].remainder
    }
    yield from _differing(study, table, values, shared, False)


def _differing(study: Study, table: Table, values: _Values, others: _Values, same: bool) -> Iterator[Finding]:
    for (area, group), second in others.items():
        first = values.get((area, group))
        if first is None or first.value is None or second.value is None or first.value == second.value:
            continue
        kk, ru, en = name_of(study, area)
        names = Words("барлығы", "всего", "total") if group == TOTAL else study.groups[group].names
        a, b = spoken(first.value), spoken(second.value)
        yield Finding(
            code="same_count_printed_differently",
            level="contradiction",
            table_id=table.use.table_id,
            cells=(first.cell, second.cell),
            values={
                "area_id": area,
                "group_id": group,
                "first": float(first.value),
                "second": float(second.value),
                "same_table": same,
            },
            message=Words(
                f"{kk}, {names.kk}: бір сан екі рет әртүрлі басылған: {a} және {b}.",
                f"{ru}, {names.ru}: одно число напечатано дважды по-разному: {a} и {b}.",
                f"{en}, {names.en}: one number is printed twice with different values: {a} and {b}.",
            ),
        )
