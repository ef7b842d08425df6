"""The page of one area: where it lies, who lives there, its passport, events and associations."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kelisim.core.groups import TOTAL
from kelisim.publish.pages.compositions import compositions
from kelisim.publish.pages.demography import area_sheets
from kelisim.publish.pages.register import entries
from kelisim.publish.view import View

__all__ = ["area"]


def area(view: View, area_id: str) -> Mapping[str, Any]:
    """What the parts of the page need; sections without data say so in words instead of being left out."""
    areas = view.study.areas
    own = areas[area_id]
    siblings = [a.area_id for a in view.tree(own.parent) if a.level == own.level]
    place = siblings.index(area_id)
    below = view.tree(area_id)
    economy = [f for f in view.subject("economy") if f.area_id == area_id]
    return {
        "area_id": area_id,
        "own": own,
        "line": areas.line(area_id)[:0:-1],
        "before": siblings[place - 1] if place > 0 else None,
        "after": siblings[place + 1] if place + 1 < len(siblings) else None,
        "below": below,
        "compositions": compositions(view, area_id),
        "demography": area_sheets(view, area_id),
        "totals": view.find("population", area_id=area_id, group_id=TOTAL),
        "matters": list(view.prints(economy)),
        "entries": [e for e in entries(view) if area_id in {a.area_id for a in areas.line(e.area_id)}],
        "map": view.population_map(area_id) if area_id in view.wholes() else None,
    }
