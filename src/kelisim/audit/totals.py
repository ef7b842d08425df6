"""Totals against parts: groups in an area, units in a whole, and one number in two tables of one date."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from kelisim.audit.matrix import Matrix
from kelisim.audit.prints import PrintedValue, area_words, group_words, spoken
from kelisim.core.findings import Finding
from kelisim.core.groups import TOTAL
from kelisim.core.languages import Words
from kelisim.core.study import Study

__all__ = ["totals"]


def totals(study: Study) -> Iterator[Finding]:
    """Compare every printed total with the sum of its parts, and one number in two places with itself.

    Where parts are absent or empty a smaller sum proves nothing; a sum above the total still does.
    """
    read = [Matrix.of(table, "count_persons") for table in study.of_kind("population_count")]
    for matrix in read:
        table = matrix.table
        if table.use.complete_groups:
            yield from _groups(study, matrix)
        if table.use.whole is not None:
            yield from _units(study, matrix, table.use.whole)
        for number in range(2, int(table.prints.max(initial=1)) + 1):
            yield from _differing(study, matrix, Matrix.of(table, "count_persons", number), remainders=True)
    for one, other in combinations(read, 2):
        if one.table.use.period_id is not None and one.table.use.period_id == other.table.use.period_id:
            # "Others" are different quantities in two tables, and `label_definitions` speaks of them.
            yield from _differing(study, one, other, remainders=False)


def _groups(study: Study, matrix: Matrix) -> Iterator[Finding]:
    total = matrix.index_of_group(TOTAL)
    if total is None:
        return
    parts = np.array([i for i in range(len(matrix.groups)) if i != total], dtype=np.int64)
    what = Words("топтардың қосындысы", "сумма по группам", "the groups add up to")
    complete = np.ones(len(matrix.areas), dtype=bool)
    for i in _contradicted(matrix.values[:, total], matrix.values[:, parts], matrix.rows[:, parts], complete):
        yield _finding(study, matrix, (i, total), [(i, int(j)) for j in parts], what)


def _units(study: Study, matrix: Matrix, whole: str) -> Iterator[Finding]:
    table = matrix.table
    at = matrix.index_of_area(whole)
    if at is None:
        return
    day = study.period(table).middle if table.use.period_id is not None else None
    expected = {area.area_id for area in study.areas.children(whole, day, table.use.unit_level)}
    units = np.array([i for i, area in enumerate(matrix.areas) if area in expected], dtype=np.int64)
    # Without a date it is not known which units existed; the table's own list is then taken as whole.
    needed = len(expected) if day is not None else len(units)
    complete = (matrix.rows[units] >= 0).sum(axis=0) == needed
    what = Words("аумақтардың қосындысы", "сумма по территориям", "the areas add up to")
    for j in _contradicted(matrix.values[at], matrix.values[units].T, matrix.rows[units].T, complete):
        yield _finding(study, matrix, (at, j), [(int(i), j) for i in units], what)


def _contradicted(
    whole: NDArray[np.float64],
    parts: NDArray[np.float64],
    rows: NDArray[np.int64],
    complete: NDArray[np.bool_],
) -> list[int]:
    """Lines whose known parts exceed the whole, or fall short of it although every part is printed."""
    known = ~np.isnan(parts)
    summed = np.where(known, parts, 0.0).sum(axis=1)
    complete = complete & (known.sum(axis=1) == (rows >= 0).sum(axis=1))
    speaks = ~np.isnan(whole) & known.any(axis=1)
    return [int(i) for i in np.flatnonzero(speaks & ((summed > whole) | ((summed < whole) & complete)))]


def _finding(
    study: Study, matrix: Matrix, whole: tuple[int, int], parts: list[tuple[int, int]], what: Words
) -> Finding:
    area, group = matrix.areas[whole[0]], matrix.groups[whole[1]]
    total = PrintedValue.at(matrix.table, int(matrix.rows[whole]), matrix.column)
    present = sorted(int(matrix.rows[part]) for part in parts if matrix.rows[part] >= 0)
    values = [PrintedValue.at(matrix.table, row, matrix.column) for row in present]
    summed = sum((value.value for value in values if value.value is not None), Fraction(0))
    assert total.value is not None
    place, name = area_words(study, area), group_words(study, group)
    a, b, d = spoken(total.value), spoken(summed), spoken(abs(summed - total.value))
    return Finding(
        code="total_differs_from_parts",
        level="contradiction",
        table_id=matrix.table.use.table_id,
        cells=(total.cell, *(part.cell for part in values)),
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


def _differing(study: Study, one: Matrix, other: Matrix, *, remainders: bool) -> Iterator[Finding]:
    groups = [g for g in other.groups if remainders or g == TOTAL or not study.groups[g].remainder]
    columns = [(one.groups.index(g), other.groups.index(g)) for g in groups if g in one.groups]
    places = {area: i for i, area in enumerate(one.areas)}
    lines = [(places[area], j) for j, area in enumerate(other.areas) if area in places]
    if not columns or not lines:
        return
    at_one = np.ix_([i for i, _ in lines], [a for a, _ in columns])
    at_other = np.ix_([j for _, j in lines], [b for _, b in columns])
    early, late = one.values[at_one], other.values[at_other]
    differ = ~np.isnan(early) & ~np.isnan(late) & (early != late)
    pairs = zip(other.rows[at_other][differ], one.rows[at_one][differ], strict=True)
    for later, earlier in sorted((int(x), int(y)) for x, y in pairs):
        area, group = str(other.table["area"][later]), str(other.table["group"][later])
        first = PrintedValue.at(one.table, earlier, one.column)
        second = PrintedValue.at(other.table, later, other.column)
        place, name = area_words(study, area), group_words(study, group)
        a, b = spoken(first.value), spoken(second.value)
        yield Finding(
            code="same_count_printed_differently",
            level="contradiction",
            table_id=one.table.use.table_id,
            cells=(first.cell, second.cell),
            values={
                "area_id": area,
                "group_id": group,
                "first": float(one.table[one.column][earlier]),
                "second": float(other.table[other.column][later]),
            },
            message=Words(
                f"{place.kk}, {name.kk}: бір сан екі жерде әртүрлі басылған – {a.kk} және {b.kk}.",
                f"{place.ru}, {name.ru}: одно и то же число напечатано по-разному – {a.ru} и {b.ru}.",
                f"{place.en}, {name.en}: one number is printed with two values, {a.en} and {b.en}.",
            ),
        )
