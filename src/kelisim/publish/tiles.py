"""Tile-grid maps as SVG: one equal tile per area, so that no area shouts by its size."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

__all__ = ["tile_map"]

_SIZE, _GAP = 104, 6


def tile_map(
    grid: Mapping[str, tuple[int, int]],
    names: Mapping[str, str],
    values: Mapping[str, str],
    links: Mapping[str, str],
    title: str,
) -> str:
    """An SVG with a tile per area: name, value and link. Grey throughout: colour says nothing here.

    grid : area_id -> (row, column); values : text under the name, already written for the language
    """
    rows = max(row for row, _ in grid.values()) + 1
    columns = max(column for _, column in grid.values()) + 1
    step = _SIZE + _GAP
    parts = [
        f'<svg class="tiles" viewBox="0 0 {columns * step} {rows * step}" role="group" '
        f'aria-label="{escape(title)}" xmlns="http://www.w3.org/2000/svg">'
    ]
    for area_id, (row, column) in grid.items():
        x, y = column * step, row * step
        name, value = names[area_id], values.get(area_id, "–")
        label = f"{escape(name)}: {escape(value)}"
        lines = _lines(name)
        text = "".join(
            f'<text x="{x + _SIZE / 2:g}" y="{y + 34 + 15 * k}" class="n">{escape(line)}</text>'
            for k, line in enumerate(lines)
        )
        parts.append(
            f'<a href="{escape(links[area_id])}" aria-label="{label}"><rect x="{x}" y="{y}" '
            f'width="{_SIZE}" height="{_SIZE}" rx="6"/>{text}'
            f'<text x="{x + _SIZE / 2:g}" y="{y + 86}" class="v">{escape(value)}</text></a>'
        )
    return "".join(parts) + "</svg>"


def _lines(name: str) -> list[str]:
    head, _, tail = name.partition(" ")
    if tail:
        return [head, tail]
    cut = name.find("-")
    if len(name) > 13 and cut > 0:
        return [name[: cut + 1], name[cut + 1 :]]
    return [name]
