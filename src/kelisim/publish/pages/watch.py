"""The page of the watch: what would be seen in each area, and what was; outages and false alarms with it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kelisim.core.foresight import AreaWatched, Foresight
from kelisim.core.periods import PartialDate
from kelisim.publish.pages.forecasts import counted_events, in_words, register_facts
from kelisim.publish.view import View

__all__ = ["watch"]


def watch(view: View) -> Mapping[str, Any]:
    """Areas with their state, their months and what could be seen; or why nothing can be watched."""
    seen, word = view.release.foresight, view.speaker.word
    said: dict[str, Any] = {
        "needed": word("watch.needed"),
        "why_none": [word("forecasts.none.why"), word("forecasts.has").format(n=counted_events(view))],
        "facts": [],
        "rows": [],
        "map": "",
    }
    if seen is None:
        return said
    said["facts"] = register_facts(view, seen)
    if seen.too_short:
        n, m = view.speaker.number(seen.months, 0), seen.rule.watched_months
        said["why_none"] = [word("watch.short").format(n=n, m=m)]
        return said
    said["facts"] += _window(view, seen)
    months = _months(seen)
    said["months"] = [(_short(month), view.speaker.date(month)) for month in months]
    said["rows"] = [_row(view, seen, area, months) for area in seen.areas]
    states = {area.area_id: word(f"watch.state.{area.state}") for area in seen.areas}
    if any(area_id in states for area_id in view.study.grid):
        marks = {area.area_id: len(area.alarms) for area in seen.areas}
        said["map"] = view.map(seen.rule.area_id, word("watch.map"), states, marks)
    return said


def _window(view: View, seen: Foresight) -> list[str]:
    word, say, rule = view.speaker.word, view.speaker, seen.rule
    areas = sum(area.area_id != rule.area_id for area in seen.areas)
    charts = ", ".join(word(f"watch.chart.{chart}") for chart in rule.charts)
    return [
        word("watch.window").format(
            first=say.date(seen.watched_from), last=say.date(seen.last), budget=say.number(rule.budget, 2),
            charts=charts,
        ),
        word("watch.expected_false").format(n=say.number(rule.budget * areas, 1), areas=areas),
    ]  # fmt: skip


def _months(seen: Foresight) -> list[PartialDate]:
    year, month = seen.watched_from.first.year, seen.watched_from.first.month
    numbers = range(12 * year + month - 1, 12 * year + month - 1 + seen.rule.watched_months)
    return [PartialDate.parse(f"{n // 12:04d}-{n % 12 + 1:02d}") for n in numbers]


def _short(month: PartialDate) -> str:
    return f"{month.first.month:02d}.{month.first.year % 100:02d}"


def _row(view: View, seen: Foresight, area: AreaWatched, months: list[PartialDate]) -> dict[str, Any]:
    word, say = view.speaker.word, view.speaker
    sounded = {str(month) for month, _ in area.alarms}
    cells = []
    for month, count in zip(months, area.counts, strict=True):
        text = "–" if count is None else say.number(count, 0)
        text += "*" if month in seen.provisional and count is not None else ""
        cells.append((text, str(month) in sounded))
    variant = seen.rule.table_id
    return {
        "area_id": area.area_id,
        "state": word(f"watch.state.{area.state}"),
        "alarm": bool(area.alarms),
        "cells": cells,
        "alarms": [
            f"{say.date(month)} ({', '.join(word(f'watch.chart.{chart}') for chart in charts)})"
            for month, charts in area.alarms
        ],
        "outages": in_words(view, area.outages) or word("watch.outages.none"),
        "verdict": area.verdict.say(view.language),
        "tripling": view.one("rise_seen", area.area_id, variant, None),
        "known": view.one("incidents_known", area.area_id, variant, None),
    }
