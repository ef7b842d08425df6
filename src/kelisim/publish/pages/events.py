"""The page of events: conflict and co-operation side by side, a line of time, maps, rates and their doubt."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from kelisim.core.estimates import Figure
from kelisim.publish import charts
from kelisim.publish.pages.event_register import register_charts, registers
from kelisim.publish.pages.register import Entry, entries
from kelisim.publish.view import View

__all__ = ["RATES", "events", "rate_charts"]

RATES = (
    "event_rate",
    "event_rate_from_first",
    "event_rate_after_first",
    "event_rate_area_year",
    "event_rate_area_month",
)


def events(view: View) -> Mapping[str, Any]:
    """Entries of both halves, voices, maps of counts, rates, and the charts of time and rate."""
    found = entries(view)
    figures = [figure for indicator in RATES for figure in view.by[indicator]]
    drawn = dict(rate_charts(view))
    line = _timeline(view, found)
    if line is not None:
        drawn["timeline"] = line
    drawn |= register_charts(view)
    return {
        "registers": registers(view),
        "conflicts": [entry for entry in found if not entry.accord],
        "accords": [entry for entry in found if entry.accord],
        "voices": list(dict.fromkeys(said.voice for entry in found for said in entry.voices)),
        "spoken": [entry for entry in found if entry.voices],
        "rates": figures,
        "once": _once(view),
        "maps": [_map(view, whole, found) for whole in view.wholes()] if found else [],
        "charts": drawn,
    }


def rate_charts(view: View) -> Mapping[str, charts.Chart]:
    """The yearly rate with its interval: over the declared window, and the checks from the first event."""
    word, rows = view.speaker.word, []
    figures = [figure for indicator in RATES[:3] for figure in view.by[indicator]]
    for figure in figures:
        e = figure.estimate
        if e.value is not None and e.low is not None and e.high is not None:
            rows.append(
                charts.Rate(charts.in_lines(word(f"{figure.indicator}.short")), e.value, e.low, e.high)
            )
    if not rows:
        return {}
    title = word("chart.rates")
    spec = charts.rates(title, view.under_chart(figures[0].variant), word("chart.per_year"), rows)
    table = tuple(
        (word(f"{f.indicator}.short"), view.value(f), view.speaker.number(f.estimate.n or 0, 0))
        for f in figures
    )
    head = (word("events.window"), word("chart.per_year"), word("events.counted"))
    return {"rates": charts.Chart("chart-rates", spec, title, word("chart.rates.alt"), head, table)}


def _timeline(view: View, found: Sequence[Entry]) -> charts.Chart | None:
    word, window = view.speaker.word, view.study.exposure
    dated = [entry for entry in found if entry.when is not None]
    if not dated:
        return None
    kinds = {True: word("chart.inside"), False: word("chart.outside")}
    spans = []
    for entry in dated:
        assert entry.when is not None
        spans.append(
            charts.Span(charts.in_lines(entry.place), entry.when.first, entry.when.last, kinds[entry.inside])
        )
    table_id = view.records("events")[0].use.table_id
    title = word("chart.timeline")
    spec = charts.spans(
        title, view.under_chart(table_id), spans, (window.first, window.last) if window else None
    )
    rows = tuple((e.place, e.date, kinds[e.inside]) for e in dated)
    head = (word("events.place"), word("events.date"), word("area"))
    return charts.Chart("chart-timeline", spec, title, word("chart.timeline.alt"), head, rows)


def _once(view: View) -> tuple[Figure, str, str] | None:
    """How rare an event is in one area, in years between two: the area-year rate turned round."""
    for figure in view.by["event_rate_area_year"]:
        e = figure.estimate
        if e.value and e.low and e.high:
            number = view.speaker.number
            return figure, number(1 / e.value, 0), f"{number(1 / e.high, 0)}–{number(1 / e.low, 0)}"
    return None


def _map(view: View, whole: str, found: Sequence[Entry]) -> tuple[str, str, str]:
    children = {area.area_id for area in view.tree(whole)}
    counts: Counter[str] = Counter()
    for entry in found:
        if entry.accord:
            continue
        tile = next((a.area_id for a in view.study.areas.line(entry.area_id) if a.area_id in children), None)
        if tile is not None:
            counts[tile] += 1
    values = {area_id: view.speaker.number(n, 0) for area_id, n in counts.items()}
    return whole, view.area(whole), view.map(whole, view.speaker.word("map.events"), values, counts)
