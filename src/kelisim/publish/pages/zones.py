"""The page of zones: map, table of probabilities, the declared rule, and what to collect where too little is
known."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from kelisim.publish.decision_story import zone_title
from kelisim.publish.view import View
from kelisim.publish.zone_tiles import STATES, patterns, swatch, zone_map
from kelisim.stats.reliability import mean_reliability

__all__ = ["zones"]

_PARTS = ("hostility", "clash_danger", "interethnic_climate", "felt_tension")
_ASKED = (
    "hostility_towards", "hostility_from", "clash_danger_country", "clash_danger_place", "climate_place",
    "climate_country", "felt_tension",
)  # fmt: skip
_PLAN = (53, 100, 231, 300, 396)


def zones(view: View) -> Mapping[str, Any]:
    """Stories of the areas, the map, the key, parts and the plan of interviews."""
    stories = [view.zone(zone.area_id) for zone in view.release.zones]
    return {
        "stories": stories,
        "patterns": patterns(),
        "map": _map(view),
        "key": [
            (swatch(s, view.speaker.word(f"zones.letter.{s}")), view.speaker.word(f"zones.state.{s}"))
            for s in STATES
        ],
        "parts": [(part, _known(view, part)) for part in _PARTS],
        "asked": _ASKED,
        "plan": _plan(view),
        "beside": list(_beside(view)),
        "lacking": any(zone.grey for zone in view.release.zones),
    }


def _map(view: View) -> str:
    told = {story.area_id: story for zone in view.release.zones if (story := view.zone(zone.area_id))}
    grid = {area: cell for area, cell in view.study.grid.items() if area in told}
    if not grid:
        return ""
    pages = set(view.areas_with_page())
    return zone_map(
        grid,
        {area: view.tile_name(area) for area in grid},
        {area: (told[area].state, told[area].letter, told[area].title) for area in grid},
        {area: f"area-{area}.html" if area in pages else f"#{area}" for area in grid},
        view.speaker.word("zones.map"),
    )


def _beside(view: View) -> Iterator[tuple[str, tuple[str, str], tuple[str, str]]]:
    """Areas with a zone by what people said and one by forecast: two judgements, side by side."""
    made = view.release.decided
    for zone in () if made is None or made.decided is None else made.decided.zones:
        told = view.zone(zone.area_id)
        if told is not None:
            letter = view.speaker.word(f"zones.letter.{zone.shown}")
            yield zone.area_id, (told.letter, told.title), (letter, zone_title(zone, view.speaker))


def _known(view: View, part: str) -> str:
    """What is known of a part: in how many areas it is measured, or why it is not."""
    measured = [zone for zone in view.release.zones if part in zone.parts]
    if measured:
        return view.speaker.word("zones.part.areas").format(n=len(measured))
    state = view.cards[part]
    return view.speaker.word("zones.part.whole" if state.filled else f"no_data.{state.reason}")


def _plan(view: View) -> list[tuple[int, str, str]]:
    rule = view.study.zones
    if rule is None:
        return []
    rows = []
    for n in _PLAN:
        r = round(mean_reliability(n, rule.index.intraclass), 2)
        use = "none" if r < 0.5 else "flag" if r < 0.7 else "show" if r < 0.8 else "order"
        rows.append((n, view.speaker.number(r, 2), view.speaker.word(f"zones.plan.use.{use}")))
    return rows
