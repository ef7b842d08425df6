"""Printed shares against the counts they should follow from, at the precision of the print."""

from __future__ import annotations

from collections.abc import Iterator

from kelisim.audit.prints import area_words, by_area_and_group, group_words, spoken
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
