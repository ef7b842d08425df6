"""The page of maps: for every set of outlines a map with legend and the same values as a table below it.

The shade tells how mixed the population is (fractionalisation), which is context and says nothing about risk.
Population is told in words, not in shade: a shade for a count would only show which areas are large.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from kelisim.core.estimates import Figure
from kelisim.core.groups import TOTAL
from kelisim.core.outlines import Outlines
from kelisim.publish.maps import classes, counted_within_other_boundaries, outline_map
from kelisim.publish.view import View

__all__ = ["OutlineMap", "Row", "maps"]

_ENDS = (0.2, 0.4, 0.6, 0.8)  # fifths of the scale, the same for every map, so that maps compare


@dataclass(frozen=True, slots=True)
class Row:
    """One area of a map: its two figures, or None, and whether they were counted in other boundaries."""

    area_id: str
    persons: Figure | None
    mixed: Figure | None
    other_boundaries: bool


@dataclass(frozen=True, slots=True)
class OutlineMap:
    """A map with the rows of the table below it and the words about its source."""

    title: str
    svg: str
    rows: tuple[Row, ...]
    outlines: Outlines


def maps(view: View) -> Mapping[str, Any]:
    """The maps of every set of outlines, and the legend of their shades."""
    ends = (0.0, *_ENDS, 1.0)
    legend = [f"{view.speaker.number(low, 1)}–{view.speaker.number(high, 1)}" for low, high in pairwise(ends)]
    return {"outline_maps": tuple(_maps(view)), "legend": legend}


def _maps(view: View) -> Iterator[OutlineMap]:
    word = view.speaker.word
    pages = set(view.areas_with_page())
    for outlines in view.study.outlines:
        rows = tuple(_row(view, area_id, outlines) for area_id in sorted(outlines.shapes))
        values = {
            row.area_id: row.mixed.estimate.value
            for row in rows
            if row.mixed and row.mixed.estimate.value is not None and not row.other_boundaries
        }
        shades = classes({area: value for area, value in values.items() if value is not None}, _ENDS)
        wholes = dict.fromkeys(view.study.areas[a].parent for a in sorted(outlines.shapes))
        title = ", ".join(view.area(whole) for whole in wholes if whole)
        title = (
            f"{title}. {word('fractionalisation')} ({word('outlines.day')}: {view.speaker.day(outlines.day)})"
        )
        svg = outline_map(
            outlines,
            {row.area_id: _label(view, row) for row in rows},
            shades,
            {
                row.area_id: f"area-{row.area_id}.html"
                if row.area_id in pages
                else f"#row-{outlines.name}-{row.area_id}"
                for row in rows
            },
            title=title,
            desc=word("outlines.desc"),
            key=outlines.name,
        )
        yield OutlineMap(title, svg, rows, outlines)


def _row(view: View, area_id: str, outlines: Outlines) -> Row:
    persons = view.find("population", area_id=area_id, group_id=TOTAL)
    mixed = view.find("fractionalisation", area_id=area_id)
    used = next(iter(mixed or persons), None)
    if used is None:
        return Row(area_id, None, None, False)
    same = [figure for figure in persons if figure.variant == used.variant] or persons
    counted = {f.area_id for f in view.by[used.indicator] if f.variant == used.variant}
    other = counted_within_other_boundaries(area_id, counted, outlines.shapes, view.study.areas)
    return Row(area_id, next(iter(same), None), next(iter(mixed), None), other)


def _label(view: View, row: Row) -> str:
    word = view.speaker.word
    name = view.area(row.area_id)
    if row.other_boundaries:
        return f"{name}: {word('outlines.other_boundaries')}"
    if row.mixed is None or row.mixed.estimate.value is None:
        return f"{name}: {word('flag.missing')}"
    persons = f"; {word('population')}: {view.value(row.persons)}" if row.persons is not None else ""
    return f"{name}: {view.value(row.mixed)}{persons}"
