"""The passport of an area: printed figures with their age and grade."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

import numpy as np

from kelisim.core.estimates import Estimate, Figure, grade_from_faults
from kelisim.core.periods import PartialDate, years_between
from kelisim.core.study import Indicator
from kelisim.core.tables import Table

__all__ = ["passport"]


def passport(
    tables: Mapping[str, Table], indicators: Mapping[str, Indicator], as_of: date, named: Mapping[str, bool]
) -> Iterator[Figure]:
    """Printed figures that fill indicators of the study, one per print.

    Grade by faults: source not named, error not known (always so for a bare print), and age above one and a
    half of the indicator's rhythm. named : source_id -> whether its author and title are known.
    """
    for indicator in indicators.values():
        for use in indicator.figures:
            table = tables[use.table_id]
            for row in np.flatnonzero(table["figure"] == use.figure):
                yield _figure(table, int(row), indicator, as_of, named)


def _figure(table: Table, row: int, indicator: Indicator, as_of: date, named: Mapping[str, bool]) -> Figure:
    value = float(table["value"][row])
    year = str(table["year"][row]) if table.has("year") else ""
    faults = ["error_unknown"]
    if not named.get(table.use.source_id, False):
        faults.append("source_not_named")
    try:
        age = years_between(PartialDate.parse(year).last, as_of)
    except ValueError:
        faults.append("age_unknown")
    else:
        if age > 1.5 * indicator.rhythm_years:
            faults.append("too_old")
    known = not np.isnan(value)
    return Figure(
        indicator=indicator.indicator,
        area_id=str(table["area"][row]),
        period_id=year or "undated",
        klass="published",
        variant=table.use.table_id,
        cells=(table.cell(row, "value"),),
        estimate=Estimate(
            value=value if known else None,
            unit=indicator.unit,
            method="as_printed",
            grade=grade_from_faults(len(faults)),
            source=table.use.source_id,
            flag="ok" if known else "missing",
            reasons=(*faults, *(() if known else ("print_is_no_number",))),
        ),
    )
