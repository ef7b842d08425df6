"""A sheet as a rectangle of texts, whatever file it came from: what a layout is laid upon."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

__all__ = ["Merge", "Sheet", "letters"]


@dataclass(frozen=True, slots=True)
class Merge:
    """A block of merged cells, first and last row and column, counted from 0."""

    top: int
    left: int
    bottom: int
    right: int


@dataclass(frozen=True)
class Sheet:
    """A rectangle of cells.

    name : of the sheet; "" for text tables
    texts : what each cell means, numbers in plain form; prints : what a reader of the sheet sees
    lines : the number under which a person finds each row
    merges : cell (row, column from 0) -> the block it belongs to; texts repeat the first cell's
    bad : cell -> (reason, way out) for cells that cannot be read; a fault only where the table uses them
    hidden : rows and columns that the spreadsheet hides, as people name them
    """

    name: str
    texts: tuple[tuple[str, ...], ...]
    prints: tuple[tuple[str, ...], ...]
    lines: tuple[int, ...]
    merges: Mapping[tuple[int, int], Merge] = field(default_factory=dict)
    bad: Mapping[tuple[int, int], tuple[str, str]] = field(default_factory=dict)
    hidden: tuple[str, ...] = ()

    @property
    def width(self) -> int:
        """Number of columns."""
        return len(self.texts[0]) if self.texts else 0

    def address(self, row: int, column: int) -> str:
        """The cell as a person finds it: "Sheet1!C7"; for text tables the letter alone."""
        place = f"{letters(column)}{self.lines[row]}"
        return f"{self.name}!{place}" if self.name else place


def letters(column: int) -> str:
    """Letters of a column counted from 0.

    >>> letters(0), letters(25), letters(26)
    ('A', 'Z', 'AA')
    """
    text = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        text = chr(65 + rest) + text
    return text
