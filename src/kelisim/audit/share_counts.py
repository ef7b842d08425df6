"""Printed shares against the counts they should follow from, at the precision of the print."""

from __future__ import annotations

from collections.abc import Iterator

from kelisim.audit.prints import by_area_and_group, name_of, spoken
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
    counts = by_area_and_group(counts_table, "count_persons")
    whole = table.use.whole or ""
    for (area, group), printed in by_area_and_group(table, "share_pct").items():
        part = counts.get((area, group))
        base = counts.get((area, TOTAL) if table.use.base == "within_area" else (whole, group))
        if part is None or base is None or not base.value or part.value is None or printed.value is None:
            continue
        share = 100 * part.value / base.value
        if agrees(share, printed.value, printed.decimals):
            continue
        kk, ru, en = name_of(study, area)
        names = Words("барлығы", "всего", "total") if group == TOTAL else study.groups[group].names
        shown = f"{float(share):.{printed.decimals}f}"
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
                f"{kk}, {names.kk}: басылған үлес {spoken(printed.value)} %, ал адам санынан {shown} % шығады.",
                f"{ru}, {names.ru}: напечатана доля {spoken(printed.value)} %, а по численности выходит {shown} %.",
                f"{en}, {names.en}: the printed share is {spoken(printed.value)} %, the counts give {shown} %.",
            ),
        )
