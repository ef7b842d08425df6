"""Tile-grid maps as SVG: one equal tile per area, so that no area shouts by its size."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

__all__ = ["tile_map"]

_SIZE, _GAP = 112, 6
_MOST_DOTS = 5
_WIDE = 12  # letters that fit a tile at the usual size


def tile_map(
    grid: Mapping[str, tuple[int, int]],
    names: Mapping[str, str],
    values: Mapping[str, str],
    links: Mapping[str, str],
    title: str,
    marks: Mapping[str, int],
) -> str:
    """An SVG with a tile per area: name, value and link. Grey throughout: colour says nothing here.

    grid : area_id -> (row, column); values : text under the name, already written for the language;
    marks : number of dots in the tile, for things that are counted one by one
    """
    # Rows and columns that hold no tile would leave a hole in the drawing.
    rows = {row: k for k, row in enumerate(sorted({row for row, _ in grid.values()}))}
    columns = {column: k for k, column in enumerate(sorted({column for _, column in grid.values()}))}
    step = _SIZE + _GAP
    parts = [
        f'<svg class="tiles" viewBox="0 0 {len(columns) * step - _GAP} {len(rows) * step - _GAP}" '
        f'role="group" aria-label="{escape(title)}" xmlns="http://www.w3.org/2000/svg">'
    ]
    for area_id, (row, column) in grid.items():
        x, y = columns[column] * step, rows[row] * step
        middle = x + _SIZE / 2
        name, value = names[area_id], values.get(area_id, "–")
        text = "".join(
            f'<text x="{middle:g}" y="{y + 30 + 16 * k}" class="{"n long" if len(line) > _WIDE else "n"}">'
            f"{escape(line)}</text>"
            for k, line in enumerate(_lines(name))
        )
        dots = min(marks.get(area_id, 0), _MOST_DOTS)
        drawn = "".join(
            f'<circle cx="{middle + 14 * (k - (dots - 1) / 2):g}" cy="{y + 70}" r="5"/>' for k in range(dots)
        )
        kind = ' class="marked"' if dots else ""
        parts.append(
            f'<a href="{escape(links[area_id])}" aria-label="{escape(name)}: {escape(value)}"><rect x="{x}" '
            f'y="{y}" width="{_SIZE}" height="{_SIZE}" rx="4"{kind}/>{text}{drawn}'
            f'<text x="{middle:g}" y="{y + 96}" class="v">{escape(value)}</text></a>'
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
