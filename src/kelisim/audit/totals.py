"""Totals against parts: groups in an area, units in a whole, and one number in two tables of one date."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

from kelisim.audit.prints import PrintedValue, area_words, by_area_and_group, group_words, spoken
from kelisim.core.findings import Finding
from kelisim.core.groups import TOTAL
from kelisim.core.languages import Words
from kelisim.core.study import Study
from kelisim.core.tables import Table

__all__ = ["totals"]

_Values = dict[tuple[str, str], PrintedValue]


def totals(study: Study) -> Iterator[Finding]:
    """Compare every printed total with the sum of its parts, and one number in two places with itself.

    Where parts are absent or empty a smaller sum proves nothing; a sum above the total still does.
    """
    read = [(table, by_area_and_group(table, "count_persons")) for table in study.of_kind("population_count")]
    for table, values in read:
        if table.use.complete_groups:
            yield from _groups(study, table, values)
        if table.use.whole is not None:
            yield from _units(study, table, values, table.use.whole)
        for number in range(2, int(table.prints.max(initial=1)) + 1):
            later = by_area_and_group(table, "count_persons", number)
            yield from _differing(study, table, values, later)
    for index, (table, values) in enumerate(read):
        for other, others in read[index + 1 :]:
            if table.use.period_id is not None and table.use.period_id == other.use.period_id:
                yield from _differing(study, table, values, _without_remainders(study, others))


def _groups(study: Study, table: Table, values: _Values) -> Iterator[Finding]:
    for (area, group), total in values.items():
        if group == TOTAL:
            parts = [value for (a, g), value in values.items() if a == area and g != TOTAL]
            what = Words("топтардың қосындысы", "сумма по группам", "the groups add up to")
            yield from _compared(study, table, area, group, total, parts, what, complete=True)


def _units(study: Study, table: Table, values: _Values, whole: str) -> Iterator[Finding]:
    day = study.period(table).middle if table.use.period_id is not None else None
    expected = {area.area_id for area in study.areas.children(whole, day, table.use.unit_level)}
    units = [area for area in dict.fromkeys(area for area, _ in values) if area in expected]
    # Without a date it is not known which units existed; the table's own list is then taken as whole.
    needed = expected if day is not None else set(units)
    what = Words("аумақтардың қосындысы", "сумма по территориям", "the areas add up to")
    for group in dict.fromkeys(group for _, group in values):
        total = values.get((whole, group))
        if total is not None:
            parts = [values[area, group] for area in units if (area, group) in values]
            complete = len(parts) == len(needed)
            yield from _compared(study, table, whole, group, total, parts, what, complete)


def _compared(
    study: Study,
    table: Table,
    area: str,
    group: str,
    total: PrintedValue,
    parts: Sequence[PrintedValue],
    what: Words,
    complete: bool,
) -> Iterator[Finding]:
    known = [part.value for part in parts if part.value is not None]
    if total.value is None or not known:
        return
    summed = sum(known, Fraction(0))
    complete = complete and len(known) == len(parts)
    if summed <= total.value and (summed == total.value or not complete):
        return
    place, name = area_words(study, area), group_words(study, group)
    a, b, d = spoken(total.value), spoken(summed), spoken(abs(summed - total.value))
    yield Finding(
        code="total_differs_from_parts",
        level="contradiction",
        table_id=table.use.table_id,
        cells=(total.cell, *(part.cell for part in parts)),
        values={
            "area_id": area,
            "group_id": group,
            "total": float(total.value),
            "parts": float(summed),
            "difference": float(summed - total.value),
        },
        message=Words(
            f"{place.kk}, {name.kk}: басылған жиынтық – {a.kk}, ал {what.kk} – {b.kk}; айырмасы – {d.kk}.",
            f"{place.ru}, {name.ru}: напечатан итог {a.ru}, а {what.ru} – {b.ru}; разница – {d.ru}.",
            f"{place.en}, {name.en}: the printed total is {a.en}, but {what.en} {b.en}; the difference is {d.en}.",
        ),
    )


def _without_remainders(study: Study, values: _Values) -> _Values:
    """Leave out "others": in two tables they are different quantities, and `label_definitions` speaks of them."""
    return {
        key: value for key, value in values.items() if key[1] == TOTAL or not study.groups[key[1]].remainder
    }


def _differing(study: Study, table: Table, values: _Values, others: _Values) -> Iterator[Finding]:
    for (area, group), second in others.items():
        first = values.get((area, group))
        if first is None or first.value is None or second.value is None or first.value == second.value:
            continue
        place, name = area_words(study, area), group_words(study, group)
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
            },
            message=Words(
                f"{place.kk}, {name.kk}: бір сан екі жерде әртүрлі басылған – {a.kk} және {b.kk}.",
                f"{place.ru}, {name.ru}: одно и то же число напечатано по-разному – {a.ru} и {b.ru}.",
                f"{place.en}, {name.en}: one number is printed with two values, {a.en} and {b.en}.",
            ),
        )
