"""The open register of events as files of a release: a table, a map layer, a calendar.

What leaves is the view of the day of the release, by area: no coordinates of an event, no name of a place.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from typing import Any

from kelisim.core.outlines import Outlines, Ring
from kelisim.disclosure.release import Release
from kelisim.evidence.events.register import Event
from kelisim.runs.event_register import Seen, exported
from kelisim.runs.event_views import register_of

__all__ = ["open_events"]

_KEPT = (
    "event_type", "area", "parties", "conflict_type", "relation", "stage_model", "stage", "calls",
    "calming_voices", "outcome",
)  # fmt: skip


def open_events(released: Release) -> dict[str, bytes]:
    """`events.csv`, `events.geojson`, `events.ics` of the registers that passed the gate; {} without one.

    In the map layer an event lies in the middle of its area where the release has its outline, else nowhere.
    """
    day = released.study.as_of
    told = tuple(_told(released))
    if not told:
        return {}
    seen = Seen(day, told, (), None)
    plain = Seen(day, tuple(_without_middle(event) for event in told), (), None)
    return {
        "events.csv": exported(plain, "csv").encode(),
        "events.geojson": exported(seen, "geojson").encode(),
        "events.ics": exported(plain, "ics").encode(),
    }


def _told(released: Release) -> Iterator[Event]:
    middles = dict(_middles(released.study.outlines))
    for table in released.records.values():
        if table.use.kind != "event_records":
            continue
        for event in register_of(table).as_known_on(released.study.as_of):
            kept: dict[str, Any] = {name: event.values[name] for name in _KEPT if name in event.values}
            middle = middles.get(str(kept["area"]))
            if middle is not None:
                kept |= {"longitude": middle[0], "latitude": middle[1]}
            yield replace(event, values=kept)


def _without_middle(event: Event) -> Event:
    # In a table a middle would be read as the place where it happened.
    values = {k: v for k, v in event.values.items() if k not in ("longitude", "latitude")}
    return replace(event, values=values)


def _middles(outlines: tuple[Outlines, ...]) -> Iterator[tuple[str, tuple[float, float]]]:
    for each in outlines:
        for area_id, rings in each.shapes.items():
            yield area_id, _middle(max(rings, key=lambda ring: abs(_twice_area(ring))))


def _twice_area(ring: Ring) -> float:
    return sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in pairwise(ring))


def _middle(ring: Ring) -> tuple[float, float]:
    """Centre of gravity of a closed ring, to three decimals (about 100 m): it is no place of an event."""
    twice = _twice_area(ring)
    if not twice:
        return round(ring[0][0], 3), round(ring[0][1], 3)
    x = y = 0.0
    for (x1, y1), (x2, y2) in pairwise(ring):
        cross = x1 * y2 - x2 * y1
        x += (x1 + x2) * cross
        y += (y1 + y2) * cross
    return round(x / (3 * twice), 3), round(y / (3 * twice), 3)
