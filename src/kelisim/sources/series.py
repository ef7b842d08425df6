"""A series by area and month from a bare CSV file, such as unemployment or the tone of comments.

Columns `area` and `month` (YYYY-MM) say where a value belongs; what is not given stays unmeasured. Every
fault is told at once, by row.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from kelisim.core.errors import Fault, Refused
from kelisim.sources.delimited import MOST_FAULTS, read_delimited
from kelisim.sources.files import read_linked
from kelisim.sources.incidents import Month
from kelisim.sources.numbers import parse_number

__all__ = ["read_series"]

_NO_VALUE = frozenset({"", "NA", "NaN"})


def read_series(
    path: Path, column: str, areas: Sequence[str], first: Month, months: int
) -> NDArray[np.float64]:
    """Values of a column, shape (areas, months), nan where there is none.

    Months outside the window are left alone, because series often begin earlier than a register.
    Raises: Refused for areas that the register does not have, months that are none, cells that are no number
    and places given twice.
    """
    data, _ = read_linked(path)
    wanted = ("area", "month", column)
    grid = read_delimited(data, path.name, wanted)
    missing = [name for name in wanted if name not in grid.header]
    if missing:
        way_out = f"take one of: {', '.join(grid.header)}; area and month must be there."
        raise Refused(Fault(path.name, 1, name, "there is no such column.", way_out) for name in missing)
    where = [grid.header.index(name) for name in wanted]
    place = {name: k for k, name in enumerate(areas)}
    found = np.full((len(areas), months), np.nan)
    given: set[tuple[str, Month]] = set()
    faults: list[Fault] = []
    for line, row in zip(grid.lines, grid.rows, strict=True):
        area, when, cell = (row[k].strip() for k in where)
        month, value = _month(when), _number(cell)
        if area not in place:
            reason = f"the area '{area}' is not in the register."
            faults.append(Fault(path.name, line, "area", reason, "use the names of the register's areas."))
        if month is None:
            faults.append(Fault(path.name, line, "month", f"'{when}' is no month.", "write YYYY-MM."))
        if value is None:
            faults.append(
                Fault(path.name, line, column, f"'{cell}' is no number.", "write a number, or nothing.")
            )
        if month is None or value is None or area not in place:
            continue
        if (area, month) in given:
            reason = f"{area} in {month} is given twice."
            faults.append(Fault(path.name, line, column, reason, "give each area and month once."))
        given.add((area, month))
        if 0 <= first.until(month) < months:
            found[place[area], first.until(month)] = value
    if faults:
        raise Refused(faults[:MOST_FAULTS])
    return found


def _month(text: str) -> Month | None:
    try:
        return Month.parse(text)
    except ValueError:
        return None


def _number(text: str) -> float | None:
    """A number, nan where the cell says that there is none, None where it is neither."""
    if text in _NO_VALUE:
        return float("nan")
    try:
        number = parse_number(text)
    except ValueError:
        return None
    value = float("nan") if number is None else float(number)
    return None if np.isinf(value) else value
