"""A bare survey file as a sample: the columns that are asked for, read and told by row where they are wrong.

Cells may be empty or "NA" where there is no answer; numbers may have a decimal comma. Everything wrong with
the file is told in one message. Nothing is stored.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kelisim.core.errors import Fault, Refused
from kelisim.sources.delimited import Grid, read_delimited
from kelisim.sources.numbers import parse_number
from kelisim.stats.survey.design import Design
from kelisim.stats.survey.sample import Sample

__all__ = ["BareFile", "read_bare", "read_bytes"]

_NO_ANSWER = frozenset({"", "NA", "NaN"})
_WHOLE = re.compile(r"0|-?[1-9]\d{0,17}")
_SHOWN = 20


@dataclass(frozen=True, slots=True, eq=False)
class BareFile:
    """The sample of a file, its table of strings, and which columns a pattern stood for."""

    sample: Sample
    grid: Grid
    matched: tuple[str, ...]


def read_bare(
    path: Path,
    design: Design,
    *,
    numbers: Sequence[str],
    labels: Sequence[str],
    pattern: Sequence[str] = (),
    no_answer: frozenset[str] = frozenset(),
) -> BareFile:
    """The sample of a CSV file with the columns of the design and those named.

    numbers : columns that must hold numbers; labels : columns of categories, also where they are numbers
    pattern : columns of numbers, where * stands for any letters; no_answer : cells of theirs that are none
    Raises: Refused with every fault of the file.
    """
    plain = dict.fromkeys([*([design.weights] if design.weights else []), *design.fpc, *numbers])
    coded = dict.fromkeys([*design.strata, *design.psu, *labels])
    content = read_bytes(path)
    grid = read_delimited(content, path.name, [*plain, *coded, *pattern])
    matched = [name for mark in pattern for name in _matching(mark, grid, path.name)]
    numeric = plain | dict.fromkeys(matched)
    wanted = list(numeric | coded)
    _check_columns(grid, path.name, wanted)
    data: dict[str, Any] = {}
    faults: list[Fault] = []
    for name in wanted:
        cells = _cells(grid, name)
        if name in matched:
            cells = ["" if cell in no_answer else cell for cell in cells]
        # Numbers serve as categories too, such as `--mean b --share b`.
        data[name] = _numbers(cells, grid, path.name, name, faults) if name in numeric else _labels(cells)
    if faults:
        raise Refused(faults)
    sample = Sample(data, design, name=path.name, rows=grid.lines)
    return BareFile(sample, grid, tuple(dict.fromkeys(matched)))


def read_bytes(path: Path) -> bytes:
    """The content of a file.  Raises: Refused where it cannot be read."""
    try:
        return path.read_bytes()
    except OSError as error:
        reason = f"it cannot be read: {error.strerror or error}."
        raise Refused([Fault(path.name, None, "", reason, "give the path of a CSV file.")]) from error


def _matching(mark: str, grid: Grid, file: str) -> list[str]:
    found = [name for name in grid.header if fnmatchcase(name, mark)]
    if not found:
        known = ", ".join(grid.header)
        reason = f"no column has a name like '{mark}'."
        raise Refused([Fault(file, 1, mark, reason, f"take from: {known}.")])
    return found


def _check_columns(grid: Grid, file: str, wanted: Sequence[str]) -> None:
    missing = [name for name in wanted if name not in grid.header]
    if missing:
        known = ", ".join(grid.header)
        raise Refused(
            Fault(file, 1, name, "there is no such column.", f"take one of: {known}.") for name in missing
        )
    if not grid.rows:
        raise Refused([Fault(file, None, "", "it has a header and no records.", "give at least one record.")])


def _cells(grid: Grid, name: str) -> list[str]:
    place = grid.header.index(name)
    cells = [row[place].strip() for row in grid.rows]
    return ["" if cell in _NO_ANSWER else cell for cell in cells]


def _labels(cells: list[str]) -> NDArray[Any]:
    """Whole numbers as such, so that 9 stands before 10; everything else as text."""
    if all(_WHOLE.fullmatch(cell) for cell in cells):
        return np.array(cells, dtype=np.int64)
    return np.array(cells, dtype=object)


def _numbers(cells: list[str], grid: Grid, file: str, name: str, faults: list[Fault]) -> NDArray[np.float64]:
    try:
        return np.array([float(cell) if cell else np.nan for cell in cells])
    except ValueError:
        pass
    made = np.full(len(cells), np.nan)
    own: list[Fault] = []
    for i, cell in enumerate(cells):
        try:
            number = parse_number(cell)
            made[i] = np.nan if number is None else float(number)
        except ValueError:
            own.append(
                Fault(file, grid.lines[i], name, f"'{cell}' is not a number.", "write a number, or nothing.")
            )
    faults += own[:_SHOWN]
    if len(own) > _SHOWN:
        words = f"{len(own) - _SHOWN} more records have the same fault."
        faults.append(Fault(file, None, name, words, "write a number, or nothing."))
    return made
