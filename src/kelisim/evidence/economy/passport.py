"""The passport of an area: printed figures with their age and grade."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

import numpy as np

from kelisim.core.estimates import Estimate, Figure, grade_from_faults
from kelisim.core.periods import last_day, years_between
from kelisim.core.study import Indicator
from kelisim.core.tables import Table
from kelisim.stats.printed import printed_range

__all__ = ["passport"]


def passport(
    tables: Mapping[str, Table], indicators: Mapping[str, Indicator], as_of: date, named: Mapping[str, bool]
) -> Iterator[Figure]:
    """Printed figures that fill indicators of the study, one per print.

    Grade by faults: source not named, error not known (always so for a bare print), and age above one and a
    half of the indicator's rhythm. A print that is a range ("220-240") has no value and keeps both ends.
    named : source_id -> whether its author and title are known.
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
    day = last_day(year)
    if day is None:
        faults.append("age_unknown")
    elif years_between(day, as_of) > 1.5 * indicator.rhythm_years:
        faults.append("too_old")
    doubts = len(faults)
    known = not np.isnan(value)
    cell = table.cell(row, "value")
    low, high = (None if known else printed_range(cell.printed)) or (None, None)
    if not known:
        faults.append("print_is_no_number" if low is None else "printed_as_range")
    return Figure(
        indicator=indicator.indicator,
        area_id=str(table["area"][row]),
        period_id=year or "undated",
        klass="published",
        variant=table.use.table_id,
        cells=(cell,),
        estimate=Estimate(
            value=value if known else None,
            low=low,
            high=high,
            unit=indicator.unit,
            method="as_printed",
            grade=grade_from_faults(doubts),
            source=table.use.source_id,
            flag="ok" if known else "missing",
            reasons=tuple(faults),
        ),
    )
