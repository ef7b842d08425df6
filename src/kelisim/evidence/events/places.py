"""Which area a point lies in, by the outlines of a day."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from itertools import pairwise

from kelisim.core.areas import Areas
from kelisim.core.outlines import Outlines, Ring

__all__ = ["area_at", "holds"]


def area_at(
    longitude: float, latitude: float, outlines: Iterable[Outlines], areas: Areas, day: date
) -> str | None:
    """The smallest area whose outline holds the point and that existed on the day; None where none does.

    Smallest: the one with the longest line of areas above it.
    """
    found = [
        area_id
        for each in outlines
        for area_id, rings in each.shapes.items()
        if area_id in areas and areas[area_id].existed(day) and holds(rings, longitude, latitude)
    ]
    return max(found, key=lambda area_id: len(areas.line(area_id)), default=None)


def holds(rings: Iterable[Ring], longitude: float, latitude: float) -> bool:
    """Whether closed rings hold a point, by the even-odd rule, so that a ring inside another is a hole.

    >>> square = ((0.0, 0.0), (2.0, 0.0), (2.0, 2.0), (0.0, 2.0), (0.0, 0.0))
    >>> holds([square], 1.0, 1.0), holds([square], 3.0, 1.0)
    (True, False)
    """
    inside = False
    for ring in rings:
        for (x1, y1), (x2, y2) in pairwise(ring):
            if (y1 > latitude) != (y2 > latitude):
                crossing = x1 + (latitude - y1) / (y2 - y1) * (x2 - x1)
                inside ^= longitude < crossing
    return inside
