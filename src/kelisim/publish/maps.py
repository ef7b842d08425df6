"""Maps with outlines, drawn on the server as SVG: no script, no outside request, readable when printed.

An area is drawn with the shade of its class, or with a pattern where its figure is missing or was counted
within other boundaries than the map shows. Every area is a link that the keyboard reaches and a screen reader
names with its value; the same values stand in a table below the map.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from html import escape

from kelisim.core.areas import Areas
from kelisim.core.outlines import Outlines, Ring

__all__ = ["CLASSES", "classes", "counted_within_other_boundaries", "outline_map"]

CLASSES = 5
_WIDTH, _HEIGHT = 900.0, 640.0
_MARGIN = 4.0


def counted_within_other_boundaries(
    area_id: str, counted: Iterable[str], drawn: Iterable[str], areas: Areas
) -> bool:
    """Whether a table counts an area in boundaries that a map does not draw.

    An area that was divided is two different territories under one code. Where the part taken from it is
    counted on its own but not drawn, or drawn but not counted, figure and outline do not belong together.

    counted : areas of the table the figure comes from; drawn : areas of the map
    """
    parts = {area.area_id for area in areas if area_id in area.split_from}
    return (parts & set(counted)) != (parts & set(drawn))


def classes(values: Mapping[str, float], ends: Sequence[float]) -> dict[str, int]:
    """Class 0, 1 ... of every value: the number of inner class ends that it reaches.

    >>> classes({"a": 0.1, "b": 0.4}, [0.2, 0.4])
    {'a': 0, 'b': 2}
    """
    return {area: sum(value >= end for end in ends) for area, value in values.items()}


def outline_map(
    outlines: Outlines, labels: Mapping[str, str], shades: Mapping[str, int], links: Mapping[str, str],
    *, title: str, desc: str, key: str,
) -> str:  # fmt: skip
    """One set of outlines as SVG, north up, longitude shortened by the cosine of the latitude.

    labels : area -> name and value, already written for the language
    shades : area -> class from 0 to 4; an area without one is drawn with the pattern for "no figure"
    links : area -> page;  key : word that makes ids unique on a page with several maps
    """
    project = _projection(ring for rings in outlines.shapes.values() for ring in rings)
    pattern = f"none-{key}"
    parts = [
        f'<svg class="outlines" viewBox="0 0 {project.width:.1f} {project.height:.1f}" role="group" '
        f'aria-labelledby="t-{key}" '
        f'aria-describedby="d-{key}" xmlns="http://www.w3.org/2000/svg">'
        f'<title id="t-{key}">{escape(title)}</title><desc id="d-{key}">{escape(desc)}</desc>'
        f'<defs><pattern id="{pattern}" width="8" height="8" patternUnits="userSpaceOnUse" '
        'patternTransform="rotate(45)"><rect class="p0" width="8" height="8"/>'
        '<line class="p1" x1="0" y1="0" x2="0" y2="8"/></pattern></defs>'
    ]
    # Small areas last: a city that lies within an oblast is drawn upon it and stays in reach.
    for area_id in sorted(outlines.shapes, key=lambda a: (-_extent(outlines.shapes[a]), a)):
        path = "".join(_path(ring, project) for ring in outlines.shapes[area_id])
        fill = f'class="s{shades[area_id]}"' if area_id in shades else f'fill="url(#{pattern})"'
        label = escape(labels[area_id], quote=True)
        parts.append(
            f'<a href="{escape(links[area_id], quote=True)}" aria-label="{label}"><path {fill} '
            f'fill-rule="evenodd" d="{path}"><title>{label}</title></path></a>'
        )
    return "".join(parts) + "</svg>"


class _Projection:
    """Equirectangular about the middle latitude of the map, as large as its frame allows."""

    def __init__(self, west: float, east: float, south: float, north: float) -> None:
        self.west, self.north = west, north
        self.narrow = math.cos(math.radians((south + north) / 2))
        across, up = max((east - west) * self.narrow, 1e-9), max(north - south, 1e-9)
        self.scale = min((_WIDTH - 2 * _MARGIN) / across, (_HEIGHT - 2 * _MARGIN) / up)
        self.width = across * self.scale + 2 * _MARGIN
        self.height = up * self.scale + 2 * _MARGIN

    def __call__(self, point: tuple[float, float]) -> str:
        x = (point[0] - self.west) * self.narrow * self.scale + _MARGIN
        y = (self.north - point[1]) * self.scale + _MARGIN
        return f"{x:.1f} {y:.1f}"


def _projection(rings: Iterable[Ring]) -> _Projection:
    points = [point for ring in rings for point in ring]
    longitudes, latitudes = [x for x, _ in points], [y for _, y in points]
    return _Projection(min(longitudes), max(longitudes), min(latitudes), max(latitudes))


def _path(ring: Ring, project: _Projection) -> str:
    drawn: list[str] = []
    for point in ring[:-1]:
        text = project(point)
        if not drawn or drawn[-1] != text:
            drawn.append(text)
    return "M" + "L".join(drawn) + "Z"


def _extent(rings: Sequence[Ring]) -> float:
    xs = [x for ring in rings for x, _ in ring]
    ys = [y for ring in rings for _, y in ring]
    return (max(xs) - min(xs)) * (max(ys) - min(ys))
