"""Blocks of numbers that stand twice: rows or columns of one table, and the same numbers under two dates."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from kelisim.audit.matrix import Matrix
from kelisim.audit.prints import area_words, group_words, joined
from kelisim.core.findings import Finding
from kelisim.core.groups import TOTAL
from kelisim.core.languages import Words
from kelisim.core.study import Study
from kelisim.core.tables import Table

__all__ = ["repeated_blocks"]

# A block speaks only if its numbers are many and large enough not to agree by chance: at least four of them,
# three different ones, and the product of all beyond e^30 (five counts of 400, three of 22,000).
_ENOUGH, _DIFFERENT, _WEIGHT = 4, 3, 30.0


def repeated_blocks(study: Study) -> Iterator[Finding]:
    """Find areas, or groups, with exactly the same counts, and areas unchanged between two dates."""
    matrices = [Matrix.of(table, "count_persons") for table in study.of_kind("population_count")]
    for matrix in matrices:
        yield from _areas(study, matrix)
        yield from _groups(study, matrix)
    for one, other in combinations(matrices, 2):
        dates = {one.table.use.period_id, other.table.use.period_id}
        if None not in dates and len(dates) == 2:
            yield from _dates(study, one, other)


def _speaks(values: NDArray[np.float64]) -> bool:
    known = values[~np.isnan(values) & (values > 0)]
    heavy = float(np.log1p(known).sum()) >= _WEIGHT
    return len(known) >= _ENOUGH and len(np.unique(known)) >= _DIFFERENT and heavy


def _alike(lines: NDArray[np.float64]) -> Iterator[list[int]]:
    """Indices of lines that are equal throughout, by their bytes."""
    found: dict[bytes, list[int]] = {}
    for index, line in enumerate(np.ascontiguousarray(lines)):
        found.setdefault(line.tobytes(), []).append(index)
    for indices in found.values():
        if len(indices) > 1 and _speaks(lines[indices[0]]):
            yield indices


def _areas(study: Study, matrix: Matrix) -> Iterator[Finding]:
    parts = [i for i, group in enumerate(matrix.groups) if group != TOTAL]
    for same in _alike(matrix.values[:, parts]):
        lines = {matrix.areas[i] for i in same}
        # The only unit of a whole repeats it by nature.
        units = [i for i in same if not lines & {a.area_id for a in study.areas.line(matrix.areas[i])[1:]}]
        if len(units) > 1:
            names = joined(area_words(study, matrix.areas[i]) for i in units)
            rows = matrix.rows[np.ix_(units, parts)]
            yield _finding(matrix.table, rows, names, tuple(matrix.areas[i] for i in units))


def _groups(study: Study, matrix: Matrix) -> Iterator[Finding]:
    # Total repeats the only group of a table by nature, and so does the line of a whole.
    columns = [i for i, group in enumerate(matrix.groups) if group != TOTAL]
    lines = [i for i, area in enumerate(matrix.areas) if area != matrix.table.use.whole]
    for same in _alike(matrix.values[np.ix_(lines, columns)].T):
        groups = [columns[i] for i in same]
        names = joined(group_words(study, matrix.groups[i]) for i in groups)
        rows = matrix.rows[np.ix_(lines, groups)].T
        yield _finding(matrix.table, rows, names, tuple(matrix.groups[i] for i in groups))


def _finding(table: Table, rows: NDArray[np.int64], names: Words, codes: tuple[str, ...]) -> Finding:
    title = table.use.title
    return Finding(
        code="block_repeated",
        level="note",
        table_id=table.use.table_id,
        cells=tuple(table.cell(int(row), "count_persons") for row in rows.ravel() if row >= 0),
        values={"repeated": codes, "numbers": int(rows.shape[1])},
        message=Words(
            f"«{title.kk}»: {names.kk} – бұлардың барлық сандары бірдей. Бірі екіншісінен көшірілген болуы мүмкін.",
            f"«{title.ru}»: {names.ru} – все числа совпадают. Возможно, одни скопированы с других.",
            f"“{title.en}”: all numbers are the same for {names.en}. One may have been copied from the other.",
        ),
    )


def _dates(study: Study, one: Matrix, other: Matrix) -> Iterator[Finding]:
    groups = [g for g in one.groups if g in other.groups and g != TOTAL]
    at_one, at_other = ([m.groups.index(g) for g in groups] for m in (one, other))
    places = {area: i for i, area in enumerate(other.areas)}
    same: list[tuple[int, int]] = []
    for i, area in enumerate(one.areas):
        j = places.get(area)
        if j is None:
            continue
        a, b = one.values[i, at_one], other.values[j, at_other]
        if np.array_equal(a, b, equal_nan=True) and _speaks(a):
            same.append((i, j))
    if not same:
        return
    first, second = one.table.use.title, other.table.use.title
    names = joined(area_words(study, one.areas[i]) for i, _ in same[:5])
    more = f" … (+{len(same) - 5})" if len(same) > 5 else ""
    rows = [(one.table, int(r)) for i, _ in same for r in one.rows[i, at_one]]
    rows += [(other.table, int(r)) for _, j in same for r in other.rows[j, at_other]]
    yield Finding(
        code="same_numbers_under_two_dates",
        level="note",
        table_id=one.table.use.table_id,
        cells=tuple(table.cell(row, "count_persons") for table, row in rows if row >= 0),
        values={"other_table": other.table.use.table_id, "areas": tuple(one.areas[i] for i, _ in same)},
        message=Words(
            f"«{first.kk}» және «{second.kk}» әр күнге қатысты, бірақ мына аумақтардың сандары бірдей: {names.kk}{more}.",
            f"«{first.ru}» и «{second.ru}» относятся к разным датам, но числа одинаковы: {names.ru}{more}.",
            f"“{first.en}” and “{second.en}” speak of different dates, but the numbers are the same: {names.en}{more}.",
        ),
    )
