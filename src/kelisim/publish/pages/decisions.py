"""The page of zones by forecast: thresholds and their right, two clocks, hysteresis, and what alarms cost."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from kelisim.assessment.decided import Decided, StudyZones
from kelisim.assessment.economics import AlertEconomics, CostLossRow, alert_economics
from kelisim.core.decisions import DynamicZone
from kelisim.core.periods import PartialDate
from kelisim.core.zones import COLOURS
from kelisim.publish import charts
from kelisim.publish import decision_story as story
from kelisim.publish.pages.forecasts import counted_events
from kelisim.publish.view import View
from kelisim.publish.zone_tiles import STATES, patterns, swatch, zone_map

__all__ = ["decisions"]

_PERIODS = 8  # shown of the past
# Alarms supposed where none can be tried: share of events seen, and of quiet cells with an alarm.
_SUPPOSED = ((0.8, 0.1), (0.8, 0.05), (0.9, 0.02))


def decisions(view: View) -> Mapping[str, Any]:
    """Zones by forecast with everything they rest on; or why there are none, and what an alarm could be worth
    at the rate of the study."""
    made, word = view.release.decided, view.speaker.word
    said: dict[str, Any] = {"decided": None, "charts": {}, "why_none": [], "rare": list(_rare(view))}
    if made is None:
        said["why_none"] = [word("decisions.none"), word("forecasts.has").format(n=counted_events(view))]
        return said
    said["event"] = _event(view, made)
    if made.decided is None:
        said["why_none"] = [
            word("decisions.short").format(n=view.speaker.number(made.months, 0), needed=made.needed)
        ]
        return said
    return said | _told(view, made, made.decided)


def _told(view: View, made: StudyZones, decided: Decided) -> dict[str, Any]:
    say = view.speaker
    cost = story.table_rows(decided.table, say)
    lost = decided.unforecast_events
    return {
        "decided": decided,
        "map": _map(view, decided),
        "patterns": patterns(),
        "key": [(swatch(s, say.word(f"zones.letter.{s}")), say.word(f"zones.state.{s}")) for s in STATES],
        "months": say.count("months", made.rule.months),
        "rights": [_right(view, decided, colour) for colour in ("yellow", "red")],
        "thresholds": story.threshold_words(decided.current, say),
        "zones": [_zone(view, made, decided, zone) for zone in decided.zones],
        "periods": [say.date(PartialDate.parse(p)) for p in decided.periods[-_PERIODS:]],
        "replayed": story.replay_words(decided.replay, decided.changes, decided.bare_changes, lost, say),
        "head": [say.word(f"decisions.head.{name}") for name in story.TABLE_HEAD],
        "cost": cost,
        "positions": list(_positions(view, decided.table, cost)),
        "base": [_base(view, area_id, *told) for area_id, told in decided.areas.items()],
        "charts": {"value": _chart(view, made, decided, cost)} if decided.table else {},
    }


def _event(view: View, made: StudyZones) -> str:
    word, say = view.speaker.word, view.speaker
    kinds = ", ".join(word(f"event_type.{kind}") for kind in made.rule.counted)
    months = [made.first] if made.rule.months == 1 else [made.first, made.last]
    return word("decisions.event").format(
        kinds=kinds, months=" – ".join(say.date(month) for month in months), title=view.title(made.table_id)
    )


def _right(view: View, decided: Decided, colour: str) -> tuple[str, str, str]:
    """The colour, its threshold and the right by which it is drawn, in a word or two."""
    threshold = decided.current.yellow if colour == "yellow" else decided.current.red
    at = "–" if threshold.value is None else view.speaker.number(threshold.value, 2)
    word = view.speaker.word
    return word(f"zones.state.{colour}"), at, word(f"decisions.right.{threshold.footing.kind}")


def _zone(view: View, made: StudyZones, decided: Decided, zone: DynamicZone) -> dict[str, Any]:
    say, shown = view.speaker, zone.shown
    variant = made.table_id
    return {
        "area_id": zone.area_id,
        "letter": say.word(f"zones.letter.{shown}"),
        "title": story.zone_title(zone, say),
        "fast": view.one("signal_risk", zone.area_id, variant, None),
        "slow": view.one("yearly_risk", zone.area_id, variant, None),
        "chances": [say.number(zone.probabilities[c], 2) if zone.probabilities else "–" for c in COLOURS],
        "why": story.zone_words(zone, made.rule.decision.named_from, say),
        "path": [_state(view, h.state, h.by) for h in decided.paths[zone.area_id][-_PERIODS:]],
    }


def _state(view: View, state: int | None, by: str) -> str:
    if state is None:
        return "–"
    letter = view.speaker.word(f"zones.letter.{COLOURS[state]}")
    return f"{letter}*" if by in ("kept", "missing") else letter


def _map(view: View, decided: Decided) -> str:
    told = {zone.area_id: zone for zone in decided.zones}
    grid = {area: cell for area, cell in view.study.grid.items() if area in told}
    if not grid:
        return ""
    word = view.speaker.word
    marks = {
        area: (
            told[area].shown,
            word(f"zones.letter.{told[area].shown}"),
            story.zone_title(told[area], view.speaker),
        )
        for area in grid
    }
    return zone_map(
        grid, {area: view.tile_name(area) for area in grid}, marks, {area: f"#{area}" for area in grid},
        word("zones.map"),
    )  # fmt: skip


def _positions(
    view: View, rows: tuple[CostLossRow, ...], cost: list[tuple[str, ...]]
) -> Iterator[dict[str, Any]]:
    """The places of the slider; the office's own ratio, or the middle one, is chosen at first."""
    say = view.speaker
    own = next((k for k, row in enumerate(rows) if row.own), len(rows) // 2)
    for k, (row, told) in enumerate(zip(rows, cost, strict=True)):
        yield {
            "label": say.number(100 * row.ratio, 0),
            "chosen": k == own,
            "act": say.word("decisions.slider.act").format(t=told[0]),
            "cells": told[1:],
        }


def _base(view: View, area_id: str, base: float, told: AlertEconomics) -> tuple[str, ...]:
    say = view.speaker
    return (
        area_id, view.area(area_id), say.number(100 * base, 0),
        "–" if told.ppv is None else say.number(100 * told.ppv, 0), say.number(told.false_alarms_year, 1),
    )  # fmt: skip


def _chart(view: View, made: StudyZones, decided: Decided, cost: list[tuple[str, ...]]) -> charts.Chart:
    word = view.speaker.word
    points = [charts.Worth(100 * row.ratio, row.value, row.low, row.high) for row in decided.table]
    title = word("decisions.value.chart")
    spec = charts.worth(
        title,
        view.under_chart(made.table_id),
        word("decisions.value.axis"),
        word("decisions.head.value"),
        points,
    )
    head = tuple(word(f"decisions.head.{name}") for name in story.TABLE_HEAD)
    return charts.Chart("chart-value", spec, title, word("decisions.value.alt"), head, tuple(cost))


def _rare(view: View) -> Iterator[tuple[str, str, str, str]]:
    """What supposed alarms would be worth at the rate of the study's own list of clashes."""
    window, say = view.study.exposure, view.speaker
    if window is None:
        return
    areas = sum(area.valid_to is None for area in view.study.areas.children(window.area_id))
    for key, indicator, times in (
        ("month", "event_rate_area_month", 12),
        ("year", "event_rate_area_year", 1),
    ):
        figure = next(iter(view.by[indicator]), None)
        if figure is None or not figure.estimate.value or figure.estimate.value >= 1:
            continue
        for h, f in _SUPPOSED:
            told = alert_economics(figure.estimate.value, h, f, cells_a_year=areas * times)
            supposed = say.word("decisions.rare.supposed").format(
                h=say.number(100 * h, 0), f=say.number(100 * f, 0)
            )
            ppv = 100 * (told.ppv or 0.0)
            yield (
                say.word(f"decisions.rare.{key}"), supposed, say.number(ppv, 1 if ppv < 10 else 0),
                say.number(told.false_alarms_year, 0 if told.false_alarms_year >= 10 else 1),
            )  # fmt: skip
