"""How often incidents happened: base rates over the declared window and, as a check, from the first event."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from kelisim.core.areas import Areas
from kelisim.core.estimates import Estimate, Figure
from kelisim.core.periods import PartialDate, years_between
from kelisim.core.study import Exposure
from kelisim.core.tables import Table
from kelisim.stats.rates import poisson_rate

__all__ = ["base_rate", "counted_rows"]

_MONTHS = 12


def counted_rows(table: Table, areas: Areas, window: Exposure) -> list[int]:
    """Rows of the register that count: of a declared kind, inside the area and the window.

    An event told twice, with another place or date, is one event: its first print counts.
    """
    found = []
    for row in range(len(table)):
        if int(table.prints[row]) > 1:
            continue
        inside = window.area_id in {area.area_id for area in areas.line(str(table["area"][row]))}
        day = PartialDate.read(str(table["date"][row]))
        if not inside or str(table["kind"][row]) not in window.kinds or day is None:
            continue
        if window.first <= day.first and day.last <= window.last:
            found.append(row)
    return found


def base_rate(table: Table, areas: Areas, window: Exposure, level: float) -> Iterator[Figure]:
    """Events per year with the exact Poisson interval (Garwood 1936): one rate and its checks.

    event_rate                     k / T over the declared window of T years
    event_rate_area_year, _month   k / (T m), m being the areas of the present division directly below
    event_rate_from_first          k / T', T' counted from the day of the first event: biased upwards, because
                                   an event opens that window by construction
    event_rate_after_first         (k - 1) / T': the same window without the event that opened it

    Rests on the assumption that events are independent and all were reported; an incident the source did not
    print is not in it, so every rate is a lower bound of what happened. The checks appear only with an event.
    """
    rows = counted_rows(table, areas, window)
    end = window.last + timedelta(days=1)  # the last day counts whole
    years = years_between(window.first, end)
    below = sum(area.valid_to is None for area in areas.children(window.area_id))
    rates: list[tuple[str, int, float, str, date, tuple[str, ...]]] = [
        ("event_rate", len(rows), years, "events per year", window.first, ())
    ]
    if below > 1:
        shared = ("present_division",)
        rates += [
            ("event_rate_area_year", len(rows), years * below, "events per area-year", window.first, shared),
            ("event_rate_area_month", len(rows), years * below * _MONTHS, "events per area-month",
             window.first, shared),
        ]  # fmt: skip
    if rows:
        first = min(PartialDate.parse(str(table["date"][row])).first for row in rows)
        since, opened = years_between(first, end), ("window_opened_by_event",)
        rates += [
            ("event_rate_from_first", len(rows), since, "events per year", first, opened),
            ("event_rate_after_first", len(rows) - 1, since, "events per year", first, opened),
        ]
    for indicator, events, exposure, unit, begun, reasons in rates:
        rate, low, high = poisson_rate(events, exposure, level)
        yield Figure(
            indicator=indicator,
            area_id=window.area_id,
            period_id=f"{begun.year}-{window.last.year}",
            klass="derived",
            variant=table.use.table_id,
            cells=tuple(table.cell(row, "date") for row in rows),
            estimate=Estimate(
                value=rate,
                low=low,
                high=high,
                level=level,
                unit=unit,
                n=events,
                method="poisson_rate",
                grade="poor",
                source=table.use.source_id,
                reasons=("few_events", "reporting_unknown", *reasons),
            ),
        )
