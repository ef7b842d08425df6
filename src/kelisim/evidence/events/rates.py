"""How often incidents happened over the declared window: a base rate with its interval."""

from __future__ import annotations

from collections.abc import Iterator

from kelisim.core.areas import Areas
from kelisim.core.estimates import Estimate, Figure
from kelisim.core.periods import PartialDate, years_between
from kelisim.core.study import Exposure
from kelisim.core.tables import Table
from kelisim.stats.rates import poisson_rate

__all__ = ["base_rate", "counted_rows"]


def counted_rows(table: Table, areas: Areas, window: Exposure) -> list[int]:
    """Rows of the register that count: of a declared kind, inside the area and the window."""
    found = []
    for row in range(len(table)):
        inside = window.area_id in {area.area_id for area in areas.line(str(table["area"][row]))}
        if not inside or str(table["kind"][row]) not in window.kinds or not str(table["date"][row]):
            continue
        day = PartialDate.parse(str(table["date"][row]))
        if window.first <= day.first and day.last <= window.last:
            found.append(row)
    return found


def base_rate(table: Table, areas: Areas, window: Exposure, level: float) -> Iterator[Figure]:
    """Events per year in the area, with the exact Poisson interval.

    Rests on the assumption that events are independent and all were reported; both make it a lower bound of
    doubt, which the method page says. An incident the source did not print is not in it.
    """
    rows = counted_rows(table, areas, window)
    years = years_between(window.first, window.last)
    rate, low, high = poisson_rate(len(rows), years, level)
    yield Figure(
        indicator="event_rate",
        area_id=window.area_id,
        period_id=f"{window.first.year}-{window.last.year}",
        klass="derived",
        variant=table.use.table_id,
        cells=tuple(table.cell(row, "date") for row in rows),
        estimate=Estimate(
            value=rate,
            low=low,
            high=high,
            level=level,
            unit="events per year",
            n=len(rows),
            method="poisson_rate",
            grade="poor",
            source=table.use.source_id,
            reasons=("few_events", "reporting_unknown"),
        ),
    )
