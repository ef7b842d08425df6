"""Small tables beside a bare survey file: covariates and counts of areas, frames of places. Read by columns;
everything wrong with a table is told in one message, by row."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from kelisim.core.errors import Fault, Refused
from kelisim.sources.delimited import Grid, read_delimited
from kelisim.sources.numbers import parse_number

__all__ = ["labels_of", "numbers_of", "read_table"]


def read_table(path: Path, wanted: Sequence[str]) -> Grid:
    """A CSV table that has the wanted columns.  Raises: Refused."""
    try:
        content = path.read_bytes()
    except OSError as error:
        reason = f"it cannot be read: {error.strerror or error}."
        raise Refused([Fault(path.name, None, "", reason, "give the path of a CSV file.")]) from error
    grid = read_delimited(content, path.name, wanted)
    known = ", ".join(grid.header)
    faults = [
        Fault(path.name, 1, name, "there is no such column.", f"take one of: {known}.")
        for name in wanted
        if name not in grid.header
    ]
    if not grid.rows and not faults:
        faults.append(Fault(path.name, None, "", "it has a header and no rows.", "give one row at least."))
    if faults:
        raise Refused(faults)
    return grid


def labels_of(grid: Grid, name: str, file: str, faults: list[Fault]) -> list[str]:
    """A column of names; empty cells become faults."""
    place = grid.header.index(name)
    made = [row[place].strip() for row in grid.rows]
    for cell, line in zip(made, grid.lines, strict=True):
        if not cell:
            faults.append(Fault(file, line, name, "the cell is empty.", "write a name."))
    return made


def numbers_of(
    grid: Grid, name: str, file: str, faults: list[Fault], *, least: float | None = None
) -> list[float]:
    """A column of numbers, not below `least`; everything else becomes a fault."""
    place = grid.header.index(name)
    made = []
    for row, line in zip(grid.rows, grid.lines, strict=True):
        try:
            number = parse_number(row[place])
        except ValueError:
            number = None
        if number is None:
            faults.append(Fault(file, line, name, f"'{row[place]}' is not a number.", "write a number."))
        elif least is not None and number < least:
            faults.append(Fault(file, line, name, f"{number} is below {least:g}.", "correct the number."))
        made.append(float("nan") if number is None else float(number))
    return made
