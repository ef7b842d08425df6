"""Printed shares against the counts they should follow from, at the precision of the print."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from kelisim.audit.matrix import Matrix
from kelisim.audit.prints import PrintedValue, area_words, decimals_of, group_words, spoken
from kelisim.core.findings import Finding
from kelisim.core.groups import TOTAL
from kelisim.core.languages import Words
from kelisim.core.study import Study
from kelisim.core.tables import Table
from kelisim.stats.printed import agrees

__all__ = ["shares_against_counts"]


def shares_against_counts(study: Study) -> Iterator[Finding]:
    """Recompute every share in exact fractions and compare it with its print."""
    for table in study.of_kind("population_share"):
        if table.use.counts_table is not None:
            yield from _of_table(study, table, study.table(table.use.counts_table))


def _of_table(study: Study, table: Table, counts_table: Table) -> Iterator[Finding]:
    counts, shares = Matrix.of(counts_table, "count_persons"), Matrix.of(table, "share_pct")
    for row, at_part, at_base in _suspects(table, shares, counts):
        printed = PrintedValue.at(table, row, "share_pct")
        part = PrintedValue.at(counts_table, at_part, "count_persons")
        base = PrintedValue.at(counts_table, at_base, "count_persons")
        area, group = str(table["area"][row]), str(table["group"][row])
        assert printed.value is not None and part.value is not None and base.value
        share = 100 * part.value / base.value
        if agrees(share, printed.value, printed.decimals):
            continue
        place, name = area_words(study, area), group_words(study, group)
        # One digit more than the print, so that the two numbers of the message are seen to differ.
        said, shown = spoken(printed.value, printed.decimals), spoken(share, printed.decimals + 1)
        yield Finding(
            code="share_differs_from_count",
            level="contradiction",
            table_id=table.use.table_id,
            cells=(printed.cell, part.cell, base.cell),
            values={
                "area_id": area,
                "group_id": group,
                "printed": float(printed.value),
                "computed": float(share),
            },
            message=Words(
                f"{place.kk}, {name.kk}: басылған үлес – {said.kk} %, ал халық саны бойынша {shown.kk} % болуы керек.",
                f"{place.ru}, {name.ru}: напечатана доля {said.ru} %, а по численности населения выходит {shown.ru} %.",
                f"{place.en}, {name.en}: the printed share is {said.en}%, but the population counts give {shown.en}%.",
            ),
        )


def _suspects(table: Table, shares: Matrix, counts: Matrix) -> list[tuple[int, int, int]]:
    """Rows of a share, its part and its base, where floating arithmetic does not settle that they agree."""
    places = {area: i for i, area in enumerate(counts.areas)}
    groups = {group: j for j, group in enumerate(counts.groups)}
    within = table.use.base == "within_area"
    base_line, base_column = places.get(table.use.whole or ""), groups.get(TOTAL)
    if (base_column if within else base_line) is None:
        return []
    rows = np.array(sorted(int(r) for r in shares.rows.ravel() if r >= 0), dtype=np.int64)
    at_area = np.array([places.get(a, -1) for a in table["area"][rows]], dtype=np.int64)
    at_group = np.array([groups.get(g, -1) for g in table["group"][rows]], dtype=np.int64)
    of_area = at_area if within else np.full(len(rows), base_line)
    of_group = np.full(len(rows), base_column) if within else at_group
    there = (at_area >= 0) & (at_group >= 0)
    rows, at_area, at_group = rows[there], at_area[there], at_group[there]
    of_area, of_group = of_area[there], of_group[there]
    part, base = counts.values[at_area, at_group], counts.values[of_area, of_group]
    printed = table["share_pct"][rows].astype(float)
    known = (base > 0) & ~np.isnan(part) & ~np.isnan(printed)
    halves = np.array([0.5 * 10.0**-d for d in decimals_of(table, "share_pct", rows)])
    with np.errstate(divide="ignore", invalid="ignore"):
        # The exact comparison decides everything that is not clearly inside the half unit.
        clear = np.abs(100 * part / base - printed) < halves * (1 - 1e-6) - 1e-9
    chosen = known & ~clear
    parts, bases = counts.rows[at_area, at_group], counts.rows[of_area, of_group]
    return [tuple(map(int, t)) for t in zip(rows[chosen], parts[chosen], bases[chosen], strict=True)]  # type: ignore[misc]
