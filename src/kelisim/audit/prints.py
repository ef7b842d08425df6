"""Reading of prints for comparison: exact fractions, and how many decimals were printed."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from fractions import Fraction

from kelisim.core.provenance import Cell
from kelisim.core.study import Study
from kelisim.core.tables import Table

__all__ = ["PrintedValue", "by_area_and_group", "name_of", "spoken"]

_DECIMALS = re.compile(r"[.,](\d+)\s*%?\s*$")


@dataclass(frozen=True, slots=True)
class PrintedValue:
    """A value, the decimals of its print and its cell; `value` is None where nothing is printed."""

    value: Fraction | None
    decimals: int
    cell: Cell

    @classmethod
    def at(cls, table: Table, row: int, column: str) -> PrintedValue:
        """The value of one cell. Decimals come from the print, else from the number itself."""
        number, cell = float(table[column][row]), table.cell(row, column)
        if math.isnan(number):
            return cls(None, 0, cell)
        own = Fraction(repr(number))
        match = _DECIMALS.search(cell.printed)
        decimals = len(match.group(1)) if match else 0
        shown = repr(number).partition(".")[2].rstrip("0")
        return cls(own, max(decimals, len(shown)), cell)


def by_area_and_group(table: Table, column: str, number: int = 1) -> dict[tuple[str, str], PrintedValue]:
    """The values of one print of a table by area and group."""
    return {
        (str(table["area"][row]), str(table["group"][row])): PrintedValue.at(table, row, column)
        for row in range(len(table))
        if int(table.prints[row]) == number
    }


def name_of(study: Study, area_id: str) -> tuple[str, str, str]:
    """Names of an area in Kazakh, Russian and English."""
    names = study.areas[area_id].names
    return names.kk, names.ru, names.en


def spoken(value: Fraction | None) -> str:
    """A value as plain digits for a message."""
    return "–" if value is None else f"{float(value):.12g}"
