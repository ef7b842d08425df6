"""Numbers that are right but for a factor of 10, 100 or 1,000: a lost digit, or thousands among units."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from kelisim.audit.matrix import Matrix
from kelisim.audit.prints import area_words, group_words, spoken
from kelisim.core.findings import Finding
from kelisim.core.groups import TOTAL
from kelisim.core.languages import Words
from kelisim.core.provenance import Cell
from kelisim.core.study import Study

__all__ = ["powers_of_ten"]

_POWERS = (-3, -2, -1, 1, 2, 3)
# Below a hundred persons a tenfold change is everyday life.
_SMALLEST = 100
# How near to a power of ten, in decimal logarithms; 0.08 is a fifth of the number.
_NEAR = 0.08
# Two tables are compared only if nearly all their other numbers differ by less than half.
_STEADY, _ENOUGH = 0.18, 5


def powers_of_ten(study: Study) -> Iterator[Finding]:
    """Find cells that fit once multiplied by a power of ten, and tables in different units.

    Within a table the cell must repair the sums of its line exactly, and where it stands under a whole those
    of its column too. Between tables and along a series it must stand out among numbers that hardly change.
    """
    matrices = [Matrix.of(table, "count_persons") for table in study.of_kind("population_count")]
    for matrix in matrices:
        if matrix.table.use.complete_groups:
            yield from _within(study, matrix)
    for one, other in combinations(matrices, 2):
        yield from _between(study, one, other)
    for kind, column in (("population_series", "count_persons"), ("figures", "value")):
        for table in study.of_kind(kind):
            lines: dict[tuple[str, ...], list[int]] = {}
            names = ("area",) if kind == "population_series" else ("figure", "area", "unit")
            keys = [table[name] for name in names if table.has(name)]
            for row in np.flatnonzero((table.prints == 1) & (table[column].astype(float) > 0)):
                lines.setdefault(tuple(str(key[row]) for key in keys), []).append(int(row))
            for rows in lines.values():
                values = table[column][rows].astype(float)
                for at, power in _outliers(np.log10(values)):
                    cells = [table.cell(rows[at], column), *(table.cell(r, column) for r in rows)]
                    area = area_words(study, str(table["area"][rows[at]]))
                    yield _finding(
                        table.use.table_id, cells, area, Fraction(values[at]), power, "among its other dates"
                    )


def _within(study: Study, matrix: Matrix) -> Iterator[Finding]:
    total, whole = matrix.index_of_group(TOTAL), matrix.index_of_area(matrix.table.use.whole or "")
    if total is None:
        return
    parts = [i for i in range(len(matrix.groups)) if i != total]
    missing = matrix.values[:, total] - matrix.values[:, parts].sum(axis=1)
    for i in np.flatnonzero(np.nan_to_num(missing) != 0):
        for j in parts:
            value = matrix.values[i, j]
            for power in _POWERS:
                right = value * 10.0**power
                mends = value >= 1 and right == int(right) and right - value == missing[i]
                if mends and _mends_column(study, matrix, int(i), j, right, whole):
                    yield _cell_finding(study, matrix, int(i), j, power)
        # The total itself may have lost a digit.
        value, summed = matrix.values[i, total], matrix.values[i, total] - missing[i]
        for power in _POWERS:
            if value >= _SMALLEST and value * 10.0**power == summed:
                yield _cell_finding(study, matrix, int(i), total, power)


def _mends_column(study: Study, matrix: Matrix, i: int, j: int, right: float, whole: int | None) -> bool:
    if whole is None or study.areas[matrix.areas[i]].parent != matrix.areas[whole]:
        return True
    beside = [k for k, a in enumerate(matrix.areas) if study.areas[a].parent == matrix.areas[whole]]
    summed = matrix.values[beside, j].sum() - matrix.values[i, j] + right
    printed = matrix.values[whole, j]
    return bool(np.isnan(printed) or np.isnan(summed) or summed == printed)


def _cell_finding(study: Study, matrix: Matrix, i: int, j: int, power: int) -> Finding:
    area, group = matrix.areas[i], matrix.groups[j]
    place, name = area_words(study, area), group_words(study, group)
    what = Words(f"{place.kk}, {name.kk}", f"{place.ru}, {name.ru}", f"{place.en}, {name.en}")
    cells = [matrix.table.cell(int(matrix.rows[i, j]), matrix.column)]
    cells += [
        matrix.table.cell(int(r), matrix.column) for r in matrix.rows[i] if r >= 0 and r != matrix.rows[i, j]
    ]
    value = Fraction(float(matrix.values[i, j]))
    return _finding(matrix.table.use.table_id, cells, what, value, power, "in its sums")


_WHERE = {
    "in its sums": Words(
        "қосындылар сонда ғана дұрыс шығады", "тогда суммы сходятся", "the sums then come out right"
    ),
    "among its other dates": Words(
        "басқа күндердегі сандар соған жақын",
        "числа других дат близки к этому",
        "its numbers on other dates lie near that",
    ),
    "in the other table": Words(
        "екінші кестедегі сан соған жақын",
        "число другой таблицы близко к этому",
        "the other table has a number near that",
    ),
}


def _finding(
    table_id: str, cells: list[Cell], what: Words, value: Fraction, power: int, where: str
) -> Finding:
    right, reason = value * Fraction(10) ** power, _WHERE[where]
    a, b = spoken(value), spoken(right)
    return Finding(
        code="off_by_power_of_ten",
        level="contradiction",
        table_id=table_id,
        cells=tuple(dict.fromkeys(cells)),
        values={"printed": float(value), "fits": float(right), "power": power},
        message=Words(
            f"{what.kk}: {a.kk} деп басылған. Үтір не нөл жылжып кеткен сияқты: {b.kk} болса, {reason.kk}.",
            f"{what.ru}: напечатано {a.ru}. Похоже, сдвинута запятая или потерян нуль: если взять {b.ru}, {reason.ru}.",
            f"{what.en}: {a.en} is printed. A decimal sign or a zero seems to have moved: with {b.en} {reason.en}.",
        ),
    )


def _outliers(logs: NDArray[np.float64]) -> Iterator[tuple[int, int]]:
    """Positions that lie a whole power of ten from all others, which lie close together."""
    if len(logs) < 3:
        return
    middle = float(np.median(logs))
    away = logs - middle
    powers = np.round(away)
    odd = (powers != 0) & (np.abs(powers) <= 3) & (np.abs(away - powers) < _NEAR)
    if odd.sum() == 1 and np.all(np.abs(away[~odd]) < _STEADY):
        at = int(np.flatnonzero(odd)[0])
        yield at, -int(powers[at])


def _between(study: Study, one: Matrix, other: Matrix) -> Iterator[Finding]:
    groups = [g for g in one.groups if g in other.groups and (g == TOTAL or not study.groups[g].remainder)]
    places = {area: i for i, area in enumerate(other.areas)}
    shared = [(i, places[area]) for i, area in enumerate(one.areas) if area in places]
    if not groups or not shared:
        return
    first = one.values[np.ix_([i for i, _ in shared], [one.groups.index(g) for g in groups])]
    second = other.values[np.ix_([j for _, j in shared], [other.groups.index(g) for g in groups])]
    known = np.minimum(first, second) > 0
    known &= np.maximum(first, second) >= _SMALLEST
    logs = np.log10(np.where(known, second, 1.0)) - np.log10(np.where(known, first, 1.0))
    if known.sum() < _ENOUGH:
        return
    middle = float(np.median(logs[known]))
    steady = np.abs(logs - middle) < _STEADY
    power = round(middle)
    if power and abs(power) <= 3 and abs(middle - power) < _NEAR and steady[known].mean() >= 0.9:
        yield _unit_finding(one, other, power, int(known.sum()))
    away = np.where(known, logs - middle, 0.0)
    powers = np.round(away)
    odd = known & (powers != 0) & (np.abs(powers) <= 3) & (np.abs(away - powers) < _NEAR)
    rest = known & ~odd
    if rest.sum() >= _ENOUGH and odd.sum() <= rest.sum() / 10 and steady[rest].mean() >= 0.98:
        for a, b in zip(*np.nonzero(odd), strict=True):
            i, j = shared[int(a)]
            group = groups[int(b)]
            place, name = area_words(study, one.areas[i]), group_words(study, group)
            what = Words(f"{place.kk}, {name.kk}", f"{place.ru}, {name.ru}", f"{place.en}, {name.en}")
            cells = [
                m.table.cell(int(m.rows[k, m.groups.index(group)]), m.column)
                for m, k in ((other, j), (one, i))
            ]
            # Of the two the cell is named whose own table it disturbs; without sums that is the second.
            yield _finding(
                other.table.use.table_id,
                cells,
                what,
                Fraction(float(second[a, b])),
                -int(powers[a, b]),
                "in the other table",
            )


def _unit_finding(one: Matrix, other: Matrix, power: int, number: int) -> Finding:
    first, second = one.table.use.title, other.table.use.title
    times = spoken(Fraction(10) ** abs(power))
    tables = (one, other) if power > 0 else (other, one)
    cells = [m.table.cell(int(m.rows[m.rows >= 0][0]), m.column) for m in tables]
    return Finding(
        code="tables_in_different_units",
        level="contradiction",
        table_id=one.table.use.table_id,
        cells=tuple(cells),
        values={"other_table": other.table.use.table_id, "power": power, "numbers": number},
        message=Words(
            f"«{first.kk}» мен «{second.kk}» сандары бір-бірінен шамамен {times.kk} есе өзгеше. Бірінде бірлік басқа болса керек (мысалы, мың адам).",
            f"Числа таблиц «{first.ru}» и «{second.ru}» отличаются примерно в {times.ru} раз. Видимо, в одной из них другая единица (например, тысячи человек).",
            f"The numbers of “{first.en}” and “{second.en}” differ by a factor of about {times.en}. One of them is probably in another unit, such as thousands of persons.",
        ),
    )
