"""A tile-grid map of zones: every state has a letter and a pattern of its own, so that no colour speaks
alone."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

__all__ = ["STATES", "patterns", "swatch", "zone_map"]

STATES = ("green", "yellow", "red", "grey", "alarm")
_SIZE, _GAP = 104, 6
# Lines that survive a black-and-white printer: none, slanted, crossed, dots, dots under a heavy frame.
_LINES = {
    "green": "",
    "yellow": '<path d="M0 10 10 0"/>',
    "red": '<path d="M0 10 10 0M0 0 10 10"/>',
    "grey": '<circle cx="5" cy="5" r="1"/>',
    "alarm": '<circle cx="5" cy="5" r="1"/>',
}


def zone_map(
    grid: Mapping[str, tuple[int, int]],
    names: Mapping[str, str],
    marks: Mapping[str, tuple[str, str, str]],
    links: Mapping[str, str],
    title: str,
) -> str:
    """An SVG with a tile per area.

    grid : area_id -> (row, column); marks : area_id -> (state, letter, state in words)
    """
    rows = max(row for row, _ in grid.values()) + 1
    columns = max(column for _, column in grid.values()) + 1
    step = _SIZE + _GAP
    parts = [
        f'<svg class="tiles zones" viewBox="0 0 {columns * step} {rows * step}" role="group" '
        f'aria-label="{escape(title)}" xmlns="http://www.w3.org/2000/svg">'
    ]
    for area_id, (row, column) in grid.items():
        state, letter, words = marks[area_id]
        x, y = column * step, row * step
        middle = x + _SIZE / 2
        name = "".join(
            f'<text x="{middle:g}" y="{y + 24 + 15 * k}" class="n"{_narrow(line)}>{escape(line)}</text>'
            for k, line in enumerate(_lines(names[area_id]))
        )
        parts.append(
            f'<a href="{escape(links[area_id])}" aria-label="{escape(names[area_id])}: {escape(words)}">'
            f"{_tile(x, y, state)}{name}"
            f'<text x="{middle:g}" y="{y + 84}" class="z">{escape(letter)}</text></a>'
        )
    return "".join(parts) + "</svg>"


def swatch(state: str, letter: str) -> str:
    """A small tile for the key of the map; hidden from readers of speech, who hear the words beside it."""
    return (
        f'<svg class="swatch zones" viewBox="0 0 {_SIZE} {_SIZE}" aria-hidden="true" '
        f'xmlns="http://www.w3.org/2000/svg">{_tile(0, 0, state)}'
        f'<text x="{_SIZE / 2:g}" y="68" class="z">{escape(letter)}</text></svg>'
    )


def _tile(x: float, y: float, state: str) -> str:
    box = f'x="{x}" y="{y}" width="{_SIZE}" height="{_SIZE}" rx="6"'
    return f'<rect {box} class="z-{state}"/><rect {box} style="fill:url(#z-{state});stroke:none"/>'


def patterns() -> str:
    """The patterns of all states, written once on a page for its map and its key."""
    drawn = "".join(
        f'<pattern id="z-{state}" width="10" height="10" patternUnits="userSpaceOnUse">{lines}</pattern>'
        for state, lines in _LINES.items()
    )
    return (
        '<svg class="zones" width="0" height="0" style="position:absolute" aria-hidden="true" xmlns="http://www.w3.org/2000/svg">'
        f'<defs class="lines">{drawn}</defs></svg>'
    )


def _narrow(line: str) -> str:
    # About twelve letters fit; a longer name is drawn narrower rather than over its neighbours.
    return f' textLength="{_SIZE - 8}" lengthAdjust="spacingAndGlyphs"' if len(line) > 12 else ""


def _lines(name: str) -> list[str]:
    head, _, tail = name.partition(" ")
    return [head, tail] if tail else [name]
