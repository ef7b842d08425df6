"""Charts as Vega-Lite specifications: plain dicts made from rows of tables, never from words a user typed.

Few kinds: shares of a whole by area, spans of time on a line, values with their interval, ages against a
limit. A `Chart` carries the words and the rows it is drawn from, so a page always shows both. No red, yellow
or green: those colours belong to zones, and nothing here is one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

__all__ = [
    "Age",
    "Calibration",
    "Chart",
    "Line",
    "Month",
    "Rate",
    "Span",
    "Worth",
    "ages",
    "calibration",
    "in_lines",
    "lines",
    "months",
    "rates",
    "shares",
    "spans",
    "worth",
]

_SCHEMA = "https://vega.github.io/schema/vega-lite/v5.json"
# Neighbours differ in lightness, so the order is legible without colour.
_SHADES = ("#1f3b57", "#a9c6d9", "#4f83a8", "#d9c7e3", "#7a5c86", "#c9cfd3")
_DARK = _SHADES[::2]
_MARK, _SOFT, _BAND = "#1f3b57", "#7f9db5", "#eef2f4"
_WIDTH, _STEP = 420, 30
_LINES = {"labelExpr": "split(datum.label, '\\n')", "labelLimit": 0}
_LONG = 32
_LEGIBLE_SHARE = 7.0  # narrower segments have no room for their number


@dataclass(frozen=True)
class Chart:
    """A chart with its words: what a page needs to show drawing, text and table side by side.

    name : file name without ending; alt : what the drawing shows, in a sentence or two
    head, rows : the same numbers as a table, written for the language
    """

    name: str
    spec: Mapping[str, Any]
    title: str
    alt: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Span:
    """Something that happened within a span: known to the day, the month or the year."""

    label: str
    first: date
    last: date
    kind: str


@dataclass(frozen=True, slots=True)
class Rate:
    """A value with its interval."""

    label: str
    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Age:
    """How old a figure is, and from which age it counts as too old."""

    label: str
    years: float
    limit_years: float


@dataclass(frozen=True, slots=True)
class Calibration:
    """A point of the calibration diagram, in percent: what was said, what came true, and its doubts.

    lowest, highest : whatever the unknown outcomes were; low, high : with sampling doubt
    bar_low, bar_high : where the share would lie if all forecasts of the point were honest
    """

    said: float
    came: float | None
    lowest: float
    highest: float
    low: float
    high: float
    bar_low: float
    bar_high: float


@dataclass(frozen=True, slots=True)
class Month:
    """A month with a count. kind : what the count is, in words; the first kind met is drawn dark"""

    first: date
    count: int
    kind: str


@dataclass(frozen=True, slots=True)
class Worth:
    """Value of a forecast at one ratio of cost to loss, in percent; no interval where none can be given."""

    ratio: float
    value: float
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class Line:
    """A series of one thing. points : (first day, value, low, high); None where nothing is known"""

    name: str
    points: tuple[tuple[date, float | None, float | None, float | None], ...]


def in_lines(label: str) -> str:
    """A long label in two lines of about equal length.

    >>> in_lines("mean monthly wage of the oblast in tenge")
    'mean monthly wage of\\nthe oblast in tenge'
    """
    gaps = [k for k, letter in enumerate(label) if letter == " "]
    if len(label) <= _LONG or not gaps:
        return label
    cut = min(gaps, key=lambda k: abs(k - len(label) / 2))
    return f"{label[:cut]}\n{label[cut + 1 :]}"


def shares(
    title: str,
    subtitle: str,
    axis: str,
    areas: Sequence[str],
    groups: Sequence[str],
    percent: Mapping[tuple[str, str], float],
) -> dict[str, Any]:
    """Bars of equal length, one per area, divided by group; numbers stand in segments that have room.

    percent : (area, group) -> share in percent; areas and groups are drawn in the order given
    """  # fmt: skip
    rows = [
        {"area": area, "group": group, "share": percent[area, group], "order": order}
        for area in areas
        for order, group in enumerate(groups)
        if (area, group) in percent
    ]
    place: dict[str, Any] = {
        "y": {"field": "area", "type": "nominal", "sort": list(areas), "title": None, "axis": _LINES},
        "x": {"field": "share", "type": "quantitative", "stack": "zero", "title": axis,
              "scale": {"domain": [0, 100], "nice": False}, "axis": {"tickCount": 5}},
        "order": {"field": "order", "type": "quantitative"},
    }  # fmt: skip
    used = list(_SHADES[: len(groups)])
    colour = {"field": "group", "type": "nominal", "sort": list(groups), "title": None,
              "scale": {"domain": list(groups), "range": used}, "legend": {"columns": 3}}  # fmt: skip
    dark = [group for group, shade in zip(groups, used, strict=False) if shade in _DARK]
    ink = {"condition": {"test": {"field": "group", "oneOf": dark}, "value": "white"}, "value": "#1d2a33"}
    middle = {**place["x"], "bandPosition": 0.5}
    return {
        **_frame(title, subtitle, len(areas)),
        "data": {"values": rows},
        "layer": [
            {"mark": {"type": "bar", "stroke": "white", "strokeWidth": 1},
             "encoding": {**place, "color": colour}},
            {"mark": {"type": "text", "fontSize": 11},
             "transform": [{"filter": f"datum.share >= {_LEGIBLE_SHARE}"}],
             "encoding": {**place, "x": middle, "color": ink, "text": {"field": "share", "format": ".0f"}}},
        ],
    }  # fmt: skip


def spans(
    title: str, subtitle: str, items: Sequence[Span], window: tuple[date, date] | None
) -> dict[str, Any]:
    """A line of time, a row per item; a mark is as long as its date is uncertain. The window is shaded."""
    labels = [item.label for item in items]
    kinds = list(dict.fromkeys(item.kind for item in items))
    rows = [
        {"label": item.label, "kind": item.kind, "first": item.first.isoformat(),
         # A day and a month would be thinner than a hair on a line of years.
         "last": date.fromordinal(max(item.last.toordinal(), item.first.toordinal() + 60)).isoformat()}
        for item in items
    ]  # fmt: skip
    y = {"field": "label", "type": "nominal", "sort": labels, "title": None, "axis": _LINES}
    years = {"format": "%Y", "tickCount": "year", "labelOverlap": True}
    # Days are days of the study: in the time zone of the machine the same chart would lie some pixels aside.
    utc = {"type": "utc"}
    layers: list[dict[str, Any]] = []
    if window is not None:
        shade = [{"first": window[0].isoformat(), "last": window[1].isoformat()}]
        across = {"x": {"field": "first", "type": "temporal", "scale": utc}, "x2": {"field": "last"}}
        layers.append(
            {"data": {"values": shade}, "mark": {"type": "rect", "color": _BAND}, "encoding": across}
        )
    colour = {"field": "kind", "type": "nominal", "title": None,
              "scale": {"domain": kinds, "range": list(_SHADES[: len(kinds)])}}  # fmt: skip
    layers.append(
        {"mark": {"type": "bar", "height": 12, "cornerRadius": 2},
         "encoding": {"y": y, "x2": {"field": "last"}, "color": colour,
                      "x": {"field": "first", "type": "temporal", "scale": utc, "title": None,
                            "axis": years}}}
    )  # fmt: skip
    return {**_frame(title, subtitle, len(items)), "data": {"values": rows}, "layer": layers}


def rates(
    title: str, subtitle: str, axis: str, items: Sequence[Rate], highest: float | None = None
) -> dict[str, Any]:
    """Points with their interval from zero on, to the end of the scale where it has one; a longer line is a
    wider doubt."""
    labels = [item.label for item in items]
    rows = [{"label": i.label, "value": i.value, "low": i.low, "high": i.high} for i in items]
    y = {"field": "label", "type": "nominal", "sort": labels, "title": None, "axis": _LINES}
    scale: dict[str, Any] = {"domainMin": 0} if highest is None else {"domain": [0, highest]}
    x = {"type": "quantitative", "title": axis, "scale": scale}
    return {
        **_frame(title, subtitle, len(items)),
        "data": {"values": rows},
        "layer": [
            {"mark": {"type": "rule", "strokeWidth": 4, "color": _SOFT},
             "encoding": {"y": y, "x": {**x, "field": "low"}, "x2": {"field": "high"}}},
            {"mark": {"type": "point", "filled": True, "size": 110, "color": _MARK},
             "encoding": {"y": y, "x": {**x, "field": "value"}}},
        ],
    }  # fmt: skip


def months(title: str, subtitle: str, axis: str, items: Sequence[Month]) -> dict[str, Any]:
    """A bar per month on a line of time; months of another kind in another shade."""
    kinds = list(dict.fromkeys(item.kind for item in items))
    rows = [{"month": i.first.isoformat(), "count": i.count, "kind": i.kind} for i in items]
    utc = {"type": "utc"}
    return {
        **_frame(title, subtitle, 5),
        "data": {"values": rows},
        "mark": {"type": "bar", "width": {"band": 0.8}},
        "encoding": {
            "x": {"field": "month", "type": "temporal", "timeUnit": "utcyearmonth", "scale": utc,
                  "title": None, "axis": {"format": "%Y", "tickCount": "year", "labelOverlap": True}},
            "y": {"field": "count", "type": "quantitative", "title": axis,
                  "axis": {"tickMinStep": 1, "format": "d"}},
            "color": {"field": "kind", "type": "nominal", "title": None,
                      "scale": {"domain": kinds, "range": [_MARK, _SHADES[1]][: len(kinds)]}},
        },
    }  # fmt: skip


def lines(title: str, subtitle: str, axis: str, items: Sequence[Line], days: bool = False) -> dict[str, Any]:
    """Values over time with their intervals; where a value is missing the line is broken, never at zero.

    days : whether the axis tells days and not months
    """
    names = [line.name for line in items]
    rows = [
        {"name": line.name, "day": day.isoformat(), "value": value, "low": low, "high": high}
        for line in items
        for day, value, low, high in line.points
    ]
    x = {"field": "day", "type": "temporal", "scale": {"type": "utc"}, "title": None,
         "axis": {"format": "%d.%m" if days else "%m.%y", "labelOverlap": True}}  # fmt: skip
    y = {"type": "quantitative", "title": axis, "scale": {"domainMin": 0}}
    shades = [_MARK, "#b0703c", "#7a5c86", "#4f83a8"][: len(names)]
    # One legend for all, with the shapes of the points, which tell the lines apart without colour too.
    legend = {"columns": 2, "symbolOpacity": 1} if len(names) > 1 else None
    colour = {"field": "name", "type": "nominal", "title": None, "legend": legend,
              "scale": {"domain": names, "range": shades}}  # fmt: skip
    shape = {"field": "name", "type": "nominal", "title": None, "scale": {"domain": names}, "legend": legend}
    return {
        **_frame(title, subtitle, 8),
        "data": {"values": rows},
        "layer": [
            {"mark": {"type": "area", "opacity": 0.18, "invalid": "break-paths-show-domains"},
             "encoding": {"x": x, "y": {**y, "field": "low"}, "y2": {"field": "high"}, "color": colour}},
            {"mark": {"type": "line", "strokeWidth": 2, "invalid": "break-paths-show-domains"},
             "encoding": {"x": x, "y": {**y, "field": "value"}, "color": colour}},
            {"mark": {"type": "point", "filled": True, "size": 50},
             "transform": [{"filter": "isValid(datum.value)"}],
             "encoding": {"x": x, "y": {**y, "field": "value"}, "color": colour,
                          "shape": shape}},
        ],
    }  # fmt: skip


def ages(title: str, subtitle: str, axis: str, items: Sequence[Age]) -> dict[str, Any]:
    """Bars of age with a tick where the figure becomes too old for its rhythm."""
    labels = [item.label for item in items]
    rows = [{"label": i.label, "years": i.years, "limit": i.limit_years} for i in items]
    y = {"field": "label", "type": "nominal", "sort": labels, "title": None, "axis": _LINES}
    x = {"type": "quantitative", "title": axis, "scale": {"domainMin": 0}}
    return {
        **_frame(title, subtitle, len(items)),
        "data": {"values": rows},
        "layer": [
            {"mark": {"type": "bar", "height": 12, "color": _SOFT},
             "encoding": {"y": y, "x": {**x, "field": "years"}}},
            {"mark": {"type": "tick", "thickness": 3, "size": 20, "color": _MARK},
             "encoding": {"y": y, "x": {**x, "field": "limit"}}},
        ],
    }  # fmt: skip


def calibration(
    title: str, subtitle: str, said: str, came: str, points: Sequence[Calibration]
) -> dict[str, Any]:
    """What came true against what was said; on the diagonal both agree.

    A thin line is the interval, a thick one the range of unknown outcomes, a grey field where honest
    forecasts would lie.
    """
    rows = [
        {"said": p.said, "lowest": p.lowest, "highest": p.highest, "low": p.low, "high": p.high,
         "bar_low": p.bar_low, "bar_high": p.bar_high, **({} if p.came is None else {"came": p.came})}
        for p in points
    ]  # fmt: skip
    percent = {"scale": {"domain": [0, 100]}, "axis": {"tickCount": 5}}
    x = {"field": "said", "type": "quantitative", "title": said, **percent}
    y = {"type": "quantitative", "title": came, **percent}

    def rule(low: str, high: str, width: int, colour: str) -> dict[str, Any]:
        return {"mark": {"type": "rule", "strokeWidth": width, "color": colour},
                "encoding": {"x": x, "y": {**y, "field": low}, "y2": {"field": high}}}  # fmt: skip

    diagonal = {"data": {"values": [{"said": 0, "came": 0}, {"said": 100, "came": 100}]},
                "mark": {"type": "line", "strokeDash": [4, 4], "color": "#8d9ba4", "strokeWidth": 1},
                "encoding": {"x": x, "y": {**y, "field": "came"}}}  # fmt: skip
    points_known = {"mark": {"type": "point", "filled": True, "size": 110, "color": _MARK},
                    "transform": [{"filter": "isValid(datum.came)"}],
                    "encoding": {"x": x, "y": {**y, "field": "came"}}}  # fmt: skip
    return {
        **_frame(title, subtitle, 10),
        "data": {"values": rows},
        "layer": [
            rule("bar_low", "bar_high", 16, "#dde4e8"), diagonal, rule("low", "high", 2, _SOFT),
            rule("lowest", "highest", 6, _SOFT), points_known,
        ],
    }  # fmt: skip


def worth(title: str, subtitle: str, axis: str, value: str, points: Sequence[Worth]) -> dict[str, Any]:
    """Value of acting on a forecast over the ratio of cost to loss; on the line of 0 it is worth nothing."""
    rows = [
        {"ratio": p.ratio, "value": p.value, **({} if p.low is None else {"low": p.low, "high": p.high})}
        for p in points
    ]
    x = {"field": "ratio", "type": "quantitative", "title": axis, "scale": {"domainMin": 0}}
    y = {"type": "quantitative", "title": value}
    known = [{"filter": "isValid(datum.low)"}]
    return {
        **_frame(title, subtitle, 9),
        "data": {"values": rows},
        "layer": [
            {"data": {"values": [{"zero": 0}]},
             "mark": {"type": "rule", "strokeDash": [4, 4], "color": "#8d9ba4"},
             "encoding": {"y": {**y, "field": "zero"}}},
            {"mark": {"type": "line", "color": _SOFT, "strokeWidth": 2},
             "encoding": {"x": x, "y": {**y, "field": "value"}}},
            {"mark": {"type": "rule", "strokeWidth": 3, "color": _SOFT}, "transform": known,
             "encoding": {"x": x, "y": {**y, "field": "low"}, "y2": {"field": "high"}}},
            {"mark": {"type": "point", "filled": True, "size": 90, "color": _MARK},
             "encoding": {"x": x, "y": {**y, "field": "value"}}},
        ],
    }  # fmt: skip


def _frame(title: str, subtitle: str, rows: int) -> dict[str, Any]:
    return {
        "$schema": _SCHEMA,
        "title": {"text": title, "subtitle": subtitle},
        "width": _WIDTH,
        "height": max(2, rows) * _STEP,
        "autosize": {"type": "pad"},
    }
