"""Reading of prints for comparison, and how a finding names numbers, areas and groups in three languages.

Values are exact fractions and keep the number of decimals with which they were printed; a check may then
ask whether rounding alone explains a difference.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from kelisim.core.groups import TOTAL
from kelisim.core.languages import Words
from kelisim.core.provenance import Cell
from kelisim.core.study import Study
from kelisim.core.tables import Table

__all__ = [
    "PrintedValue",
    "area_words",
    "by_area_and_group",
    "decimals_of",
    "group_words",
    "joined",
    "spoken",
]

_DECIMALS = re.compile(r"[.,](\d+)\s*%?\s*$")
_NO_BREAK = "\N{NO-BREAK SPACE}"

# The word for the level follows or precedes the name; a name that already says it is left alone.
_LEVELS = {
    "oblast": Words("{} облысы", "{} область", "{} oblast"),
    "district": Words("{} ауданы", "{} район", "{} district"),
    "city_administration": Words("{} қаласы", "город {}", "{} city"),
    "city_of_republican_significance": Words("{} қаласы", "город {}", "{} city"),
}
_SAID = ("облысы", "ауданы", "қаласы", "область", "район", "город ", "oblast", "region", "district", "city")


@dataclass(frozen=True, slots=True)
class PrintedValue:
    """A value, the decimals of its print and its cell; `value` is None where nothing is printed."""

    value: Fraction | None
    decimals: int
    cell: Cell

    @classmethod
    def at(cls, table: Table, row: int, column: str) -> PrintedValue:
        """The value of one cell.

        Decimals are those of the print, or of the number itself where it carries more.
        """
        number, cell = float(table[column][row]), table.cell(row, column)
        if math.isnan(number):
            return cls(None, 0, cell)
        exact = Decimal(repr(number)).normalize()
        exponent = exact.as_tuple().exponent
        own = max(0, -exponent) if isinstance(exponent, int) else 0
        match = _DECIMALS.search(cell.printed)
        return cls(Fraction(exact), max(own, len(match.group(1)) if match else 0), cell)


def decimals_of(table: Table, column: str, rows: Iterable[int]) -> list[int]:
    """Decimals of each cell as `PrintedValue.at` counts them, without building the values."""
    numbers, prints = table[column], table.data.get("printed")
    found = []
    for row in rows:
        own = repr(float(numbers[row])).partition(".")[2]
        digits = 0 if "e" in own or own == "0" else len(own)
        match = _DECIMALS.search(str(prints[row])) if prints is not None else None
        found.append(max(digits, len(match.group(1)) if match else 0))
    return found


def by_area_and_group(table: Table, column: str, number: int = 1) -> dict[tuple[str, str], PrintedValue]:
    """The values of one print of a table by area and group."""
    return {
        (str(table["area"][row]), str(table["group"][row])): PrintedValue.at(table, row, column)
        for row in range(len(table))
        if int(table.prints[row]) == number
    }


def area_words(study: Study, area_id: str) -> Words:
    """The name of an area with the word for its level."""
    area = study.areas[area_id]
    pattern = _LEVELS.get(area.level, Words.same("{}"))

    def whole(name: str, form: str) -> str:
        return name if any(word in name.casefold() for word in _SAID) else form.format(name)

    names = area.names
    return Words(whole(names.kk, pattern.kk), whole(names.ru, pattern.ru), whole(names.en, pattern.en))


def group_words(study: Study, group_id: str) -> Words:
    """The name of a group inside a sentence: names of peoples begin small in Kazakh and Russian."""
    if group_id == TOTAL:
        return Words("барлық халық", "всё население", "whole population")
    names = study.groups[group_id].names
    return Words(names.kk[:1].lower() + names.kk[1:], names.ru[:1].lower() + names.ru[1:], names.en)


def spoken(value: Fraction | None, decimals: int | None = None) -> Words:
    """A value in digits as each language writes them; all its digits unless `decimals` says how many.

    >>> spoken(Fraction("12345.6")).en
    '12,345.6'
    """
    if value is None:
        return Words.same("–")
    exact = Decimal(repr(float(value)))
    plain = f"{exact:,.{decimals}f}" if decimals is not None else f"{exact:,f}"
    if decimals is None and "." in plain:
        plain = plain.rstrip("0").rstrip(".")
    plain = plain.replace("-", "−")
    other = plain.replace(",", _NO_BREAK).replace(".", ",")
    return Words(other, other, plain)


def joined(parts: Iterable[Words], mark: str = ", ") -> Words:
    """Several words in a row in every language."""
    listed = list(parts)
    return Words(
        mark.join(p.kk for p in listed), mark.join(p.ru for p in listed), mark.join(p.en for p in listed)
    )
