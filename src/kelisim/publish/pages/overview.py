"""The first page: what this is, the headline facts, what contradicts what, what is not known, where to go."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from kelisim.core.estimates import Figure
from kelisim.core.findings import LEVELS
from kelisim.core.groups import TOTAL
from kelisim.publish.pages.compositions import compositions, shares_chart
from kelisim.publish.pages.register import entries
from kelisim.publish.view import View

__all__ = ["findings_by_level", "headlines", "overview"]

_LARGEST = 3


def overview(view: View) -> Mapping[str, Any]:
    """Facts, findings by level, maps, the chart of shares of the parts of the focus, age of the data."""
    chart = shares_chart(view, view.study.focus, "chart-shares")
    return {
        **headlines(view),
        "levels": findings_by_level(view),
        "maps": [(whole, view.area(whole), view.population_map(whole)) for whole in view.wholes()],
        "charts": {"shares": chart} if chart else {},
        "fresh": _freshness(view),
        "roots": view.tree(None),
        "interviewed": view.study.n_printed,
    }


def headlines(view: View) -> Mapping[str, Any]:
    """Population of the focus in all its prints, its largest groups, and how often events happened."""
    focus = view.study.focus
    totals = view.find("population", area_id=focus, group_id=TOTAL)
    composed = compositions(view, focus)
    largest = [share for _, share in composed[0].rows[:_LARGEST] if share] if composed else []
    prints = [f for f in totals if f.estimate.value is not None]
    return {"totals": prints, "largest": largest, "rates": view.find("event_rate", area_id=focus)}


def findings_by_level(view: View) -> list[tuple[str, int]]:
    """Levels of findings, the most serious first, with how many of each; levels without one are left out."""
    numbers = [(level, sum(f.level == level for f in view.release.findings)) for level in LEVELS]
    return [(level, number) for level, number in numbers if number]


def _freshness(view: View) -> list[tuple[str, date | None, int]]:
    """Page, the last day its newest figure speaks of, number of figures; empty strands are left out."""
    answers = [f for f in view.release.figures if f.indicator.startswith("answer.")]
    strands: dict[str, Iterable[Figure]] = {
        "demography": view.by["population"],
        "economy": view.subject("economy"),
        "survey": answers,
        "media": view.subject("media"),
    }
    found: list[tuple[str, date | None, int]] = []
    for page, figures in strands.items():
        listed = list(figures)
        if listed:
            days = [day for figure in listed if (day := view.moment(figure)) is not None]
            found.append((page, max(days) if days else None, len(listed)))
    happened = entries(view)
    if happened:
        days = [entry.when.last for entry in happened if entry.when]
        found.append(("events", max(days) if days else None, len(happened)))
    return found
