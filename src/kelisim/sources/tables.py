"""From a grid of strings to a declared table: names joined to codes, numbers read, every fault gathered."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import numpy as np

from kelisim.core.areas import Areas
from kelisim.core.errors import Fault, Refused, UnknownName
from kelisim.core.groups import Groups
from kelisim.core.languages import fold_homoglyphs
from kelisim.core.periods import PartialDate
from kelisim.core.provenance import Place
from kelisim.core.study import Repair
from kelisim.core.tables import Column, Table, TableSpec, TableUse
from kelisim.sources.delimited import MOST_FAULTS, Grid
from kelisim.sources.numbers import parse_number

__all__ = ["table_from"]


def table_from(
    grid: Grid, spec: TableSpec, use: TableUse, areas: Areas, groups: Groups
) -> tuple[Table, tuple[Repair, ...]]:
    """Read a grid by its declaration. Raises: Refused with every fault of the file."""
    if not grid.rows and not spec.register:
        way_out = "add rows, or leave the table out of the study."
        raise Refused([Fault(use.file, None, "", "the table has a header and no rows.", way_out)])
    faults: list[Fault] = []
    repairs: list[Repair] = []
    data: dict[str, np.ndarray[Any, Any]] = {}
    for column in spec.columns:
        texts = _texts(grid, column, use, faults)
        if texts is None:
            continue
        values: list[Any] = []
        for index, (line, text) in enumerate(zip(grid.lines, texts, strict=True)):
            try:
                value = _read(column, text, areas, groups)
            except (ValueError, UnknownName) as error:
                field = _field(grid, use, column, index)
                faults.append(Fault(use.file, line, field, f"{str(error).rstrip('.')}.", _way_out(column)))
                value = float("nan") if column.type in _NUMERIC else ""
                if len(faults) >= MOST_FAULTS:
                    raise Refused(faults) from error
            if column.type in ("text", "address"):
                value = _folded(value, use, line, _field(grid, use, column, index), repairs)
            elif column.type in ("area", "group"):
                _folded(text.strip(), use, line, _field(grid, use, column, index), repairs)
            values.append(value)
        data[column.name] = np.array(values, dtype=np.float64 if column.type in _NUMERIC else object)
    if faults:
        raise Refused(faults)
    prints = _prints(spec, use, data, grid.lines)
    lines = np.array(grid.lines, dtype=np.int64)
    return Table(spec, use, data, lines, prints, _places(grid, use)), tuple(repairs)


def _places(grid: Grid, use: TableUse) -> dict[str, tuple[Place, ...]]:
    if not grid.places:
        return {}
    by_name = {name: tuple(row[k] for row in grid.places) for k, name in enumerate(grid.header)}
    return {declared: by_name[name] for declared, name in use.columns.items() if name in by_name}


def _field(grid: Grid, use: TableUse, column: Column, index: int) -> str:
    name = use.columns.get(column.name, column.name)
    return grid.places[index][grid.header.index(name)].column if grid.places and name in grid.header else name


# Zero-width spaces, marks of direction and soft hyphens, which come along when a cell is copied from a page.
_UNSEEN = dict.fromkeys((0x00AD, 0x200B, 0x200E, 0x200F, 0x2060, 0xFEFF))
_THOUSANDS = -3  # "1,000" or "1.000": three digits after the mark look like a group of thousands
_LARGEST_COUNT = 2**53  # above it a float leaves out whole numbers
_LARGEST_NUMBER = Decimal("1e18")
_NUMERIC = ("count", "number", "integer", "figure")


def _texts(grid: Grid, column: Column, use: TableUse, faults: list[Fault]) -> list[str] | None:
    if column.name in use.constants:
        return [use.constants[column.name]] * len(grid.rows)
    name = use.columns.get(column.name)
    if name is None:
        if column.required:
            faults.append(
                Fault(
                    use.file,
                    None,
                    column.name,
                    f"the table '{use.table_id}' does not say which column of the file this is.",
                    "map it under `columns` or `constants`.",
                )
            )
        return None
    if name not in grid.header:
        nearest = difflib.get_close_matches(name, grid.header, n=2) or list(grid.header)[:6]
        faults.append(
            Fault(
                use.file,
                1,
                name,
                "there is no such column.",
                f"correct the name or the delimiter; the header has: {', '.join(nearest)}.",
            )
        )
        return None
    place = grid.header.index(name)
    return [row[place] for row in grid.rows]


def _way_out(column: Column) -> str:
    if column.type in ("area", "group", "groups"):
        return f"correct the {column.type.removesuffix('s')} or declare it in the study."
    if column.type == "count":
        return "write a whole number of 0 or more, without a decimal part."
    if column.vocabulary:
        return "use one of these words."
    return "correct the cell, or leave it empty where the value is missing."


def _read(column: Column, text: str, areas: Areas, groups: Groups) -> Any:
    body = text.strip()
    if column.type == "print":
        return text
    if column.type in _NUMERIC:
        return _number(column, body)
    if not body:
        if not column.empty:
            raise ValueError("the cell is empty")
        return ""
    if column.type == "area":
        return areas.resolve(body)
    if column.type == "group":
        return groups.resolve(body)
    if column.type == "groups":
        return ";".join(groups.resolve(part.strip()) for part in body.split(";") if part.strip())
    if column.type == "date":
        return str(PartialDate.parse(body))
    if column.vocabulary and body not in column.vocabulary:
        raise ValueError(f"'{body}' is not one of: {', '.join(column.vocabulary)}")
    return body


def _number(column: Column, body: str) -> float:
    try:
        number = parse_number(body)
    except ValueError:
        if column.type == "figure":
            return float("nan")
        raise
    if number is None:
        if not column.empty:
            raise ValueError("the cell is empty")
        return float("nan")
    if column.type == "count":
        _check_count(number, body)
    elif abs(number) > _LARGEST_NUMBER:
        raise ValueError(f"{body} is too large for any quantity here")
    return float(number) + 0.0  # "-0" is 0


def _check_count(number: Decimal, body: str) -> None:
    if body.endswith("%"):
        raise ValueError(f"{body} is a share, and persons are counted")
    if abs(number) > _LARGEST_COUNT:
        raise ValueError(f"{body} is too large for a count")
    if number < 0:
        raise ValueError(f"{number} is negative, and persons are counted")
    if number != number.to_integral_value():
        raise ValueError(f"{number} is no whole number, and persons are counted")
    if number.as_tuple().exponent == _THOUSANDS:
        raise ValueError(f"{number} may mean one or a thousand")


def _folded(value: str, use: TableUse, line: int, field: str, repairs: list[Repair]) -> str:
    after = fold_homoglyphs(value.translate(_UNSEEN))[0]
    if after != value:
        repairs.append(Repair(use.table_id, use.file, line, field, value, after))
    return after


def _prints(
    spec: TableSpec, use: TableUse, data: Mapping[str, np.ndarray[Any, Any]], lines: tuple[int, ...]
) -> np.ndarray[Any, np.dtype[np.int64]]:
    key = [data[name] for name in spec.key if name in data]
    seen: dict[tuple[Any, ...], list[int]] = {}
    faults = []
    numbers = []
    for row, line in enumerate(lines):
        identity = tuple(column[row] for column in key)
        earlier = seen.setdefault(identity, [])
        if earlier and use.repeats == "refuse":
            shown = ", ".join(str(part) for part in identity)
            faults.append(
                Fault(
                    use.file,
                    line,
                    "+".join(spec.key),
                    f"the key ({shown}) already stands in row {earlier[0]}.",
                    "remove one row, or declare `repeats: prints`.",
                )
            )
            if len(faults) >= MOST_FAULTS:
                break
        earlier.append(line)
        numbers.append(len(earlier))
    if faults:
        raise Refused(faults)
    return np.array(numbers, dtype=np.int64)
