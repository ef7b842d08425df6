"""Who lives in an area as each table prints it, and the chart of shares of the parts of a whole."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kelisim.core.estimates import Figure
from kelisim.core.groups import TOTAL
from kelisim.publish import charts
from kelisim.publish.view import View

__all__ = ["Composition", "compositions", "shares_chart"]

_NAMED = 5


@dataclass(frozen=True)
class Composition:
    """One table's composition of an area: the total, and a row of (count, share) per group, largest first."""

    table_id: str
    total: Figure | None
    rows: tuple[tuple[Figure, Figure | None], ...]


def compositions(view: View, area_id: str) -> list[Composition]:
    """The area's population by group, one composition per table, the one with most groups first."""
    shares = {(f.variant, f.group_id): f for f in view.find("group_share", area_id=area_id)}
    found = []
    figures = view.find("population", area_id=area_id)
    for table_id in dict.fromkeys(f.variant for f in figures):
        own = [f for f in figures if f.variant == table_id]
        groups = [f for f in own if f.group_id not in (None, TOTAL)]
        groups.sort(key=lambda f: -(f.estimate.value or 0))
        total = next((f for f in own if f.group_id == TOTAL), None)
        found.append(
            Composition(table_id, total, tuple((f, shares.get((table_id, f.group_id))) for f in groups))
        )
    return sorted(found, key=lambda c: -len(c.rows))


def shares_chart(view: View, whole: str, name: str) -> charts.Chart | None:
    """Shares of the largest groups in every part of a whole; None where no table carries them."""
    parts = {a.area_id for a in view.tree(whole)}
    figures = [f for f in view.by["group_share"] if f.area_id in parts and f.estimate.value is not None]
    if not figures:
        return None
    table_id = figures[0].variant
    figures = [f for f in figures if f.variant == table_id and f.group_id != TOTAL]
    weight: dict[str, float] = {}
    for figure in figures:
        assert figure.group_id is not None and figure.estimate.value is not None
        weight[figure.group_id] = weight.get(figure.group_id, 0.0) + figure.estimate.value
    ranked = sorted((g for g in weight if "@" not in g), key=lambda g: -weight[g])[:_NAMED]
    word = view.speaker.word
    percent: dict[tuple[str, str], float] = {}
    for figure in figures:
        assert figure.group_id is not None and figure.estimate.value is not None
        group = view.group(figure.group_id) if figure.group_id in ranked else word("chart.all_others")
        key = view.area(figure.area_id), group
        percent[key] = percent.get(key, 0.0) + figure.estimate.value
    groups = [*(view.group(g) for g in ranked), word("chart.all_others")]
    areas = sorted({a for a, _ in percent}, key=lambda a: percent.get((a, groups[0]), 0.0))
    title = word("chart.shares").replace("{}", view.area(whole))
    spec = charts.shares(title, view.under_chart(table_id), word("chart.percent"), areas, groups, percent)
    return charts.Chart(
        name, spec, title, word("chart.shares.alt").replace("{}", view.area(whole)),
        (word("area"), *groups), _rows(view, areas, groups, percent),
    )  # fmt: skip


def _rows(
    view: View, areas: Sequence[str], groups: Sequence[str], percent: dict[tuple[str, str], float]
) -> tuple[tuple[str, ...], ...]:
    return tuple(
        (area, *(view.speaker.number(percent[area, g], 1) if (area, g) in percent else "–" for g in groups))
        for area in areas
    )
