"""Text tables: the rows of a file, split under the delimiter that gives the wanted columns.

A broken row is named by its line; nothing is completed or cut off. Size is bounded in cells, so that a file
within the limit of bytes cannot fill the memory with a million columns.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from kelisim.core.errors import Fault, Refused
from kelisim.core.provenance import Place
from kelisim.sources.encodings import decode
from kelisim.sources.sheets import Sheet

__all__ = [
    "MOST_CELLS",
    "MOST_COLUMNS",
    "MOST_FAULTS",
    "Grid",
    "oversize",
    "read_delimited",
    "read_sheet",
    "repeated_columns",
]

MOST_COLUMNS = 2_000
MOST_CELLS = 4_000_000
MOST_FAULTS = 100  # per file: a hundred rows show what is wrong with it, a million would fill the memory
_DELIMITERS = (",", ";", "\t")
_FILLED_LINE = re.compile(r"[^\r\n]*[^\s,;\"][^\r\n]*")
# Control characters and those that turn the direction of writing: a cell would not show what it holds.
_UNSHOWN = re.compile("[\x01-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


@dataclass(frozen=True, slots=True)
class Grid:
    """A table of strings: header, rows and the line on which each row starts.

    places : for every row the place of each of its values, where row and header do not tell; else empty
    """

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    lines: tuple[int, ...]
    places: tuple[tuple[Place, ...], ...] = ()


def read_delimited(data: bytes, file: str, wanted: Sequence[str]) -> Grid:
    """Split a file into rows; the delimiter is the one of `, ; tab` under which the wanted columns appear.

    Raises: Refused with every broken row.
    """
    text = _text(data, file)
    filled = _first_filled(text, file)
    delimiter = max(_DELIMITERS, key=lambda mark: _hits(filled, mark, wanted))
    return _split(text, file, delimiter)


def read_sheet(data: bytes, file: str, header: int, wanted: Sequence[str]) -> Sheet:
    """A text table as a sheet, for tables whose layout is declared: rows may be of any length.

    header : line of the last row of headings, under which the delimiter shows itself
    Raises: Refused with the first row that cannot be split.
    """
    text = _text(data, file)
    heading = (text.splitlines() or [""])[min(header, len(text.splitlines())) - 1] or _first_filled(
        text, file
    )
    delimiter = max(_DELIMITERS, key=lambda mark: _hits(heading, mark, wanted))
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows: list[list[str]] = []
    lines: list[int] = []
    width = 0
    try:
        for row in reader:
            width = max(width, len(row))
            if faults := oversize(file, width, len(rows)):
                raise Refused(faults)
            lines.append(reader.line_num if not lines else max(lines[-1] + 1, reader.line_num - _breaks(row)))
            rows.append([" ".join(cell.split()) for cell in row])
    except csv.Error as error:
        fault = Fault(
            file, reader.line_num, "", f"the row cannot be split: {error}.", "check its quotation marks."
        )
        raise Refused([fault]) from error
    texts = tuple(tuple(row + [""] * (width - len(row))) for row in rows)
    return Sheet("", texts, texts, tuple(lines))


def _breaks(row: Sequence[str]) -> int:
    return sum(cell.count("\n") for cell in row)


def _text(data: bytes, file: str) -> str:
    text = decode(data, file)
    if "\x00" in text:
        raise Refused(
            [
                Fault(
                    file,
                    None,
                    "",
                    "it holds NUL characters, so it is no text table.",
                    "export the table as CSV.",
                )
            ]
        )
    if unshown := _UNSHOWN.search(text):
        row = len(re.findall("\r\n|\r|\n", text[: unshown.start()])) + 1
        reason = f"it holds the character U+{ord(unshown.group()):04X}, which does not show."
        raise Refused([Fault(file, row, "", reason, "delete it from the cell, or write the file again.")])
    return text.removeprefix("\ufeff")


def _first_filled(text: str, file: str) -> str:
    filled = _FILLED_LINE.search(text)
    if filled is None:
        raise Refused([Fault(file, None, "", "the file is empty.", "give a header line and rows.")])
    return filled.group()


def _hits(line: str, delimiter: str, wanted: Sequence[str]) -> tuple[int, int]:
    names = [name.strip().strip('"') for name in line.split(delimiter)]
    return sum(name in wanted for name in names), len(names)


def _split(text: str, file: str, delimiter: str) -> Grid:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows: list[tuple[str, ...]] = []
    lines: list[int] = []
    faults: list[Fault] = []
    header: tuple[str, ...] | None = None
    for line, row in _numbered(reader, file, faults):
        if header is None:
            header = tuple(cell.strip() for cell in row)
            faults += [*oversize(file, len(header), 0), *repeated_columns(header, file)]
        elif len(row) != len(header):
            reason = f"the row has {len(row)} cells, the header {len(header)}."
            way_out = "quote cells that hold the delimiter, or complete the row."
            faults.append(Fault(file, line, "", reason, way_out))
        else:
            rows.append(tuple(row))
            lines.append(line)
            if len(rows) * len(header) > MOST_CELLS:
                faults += oversize(file, len(header), len(rows))
                break
        if len(faults) >= MOST_FAULTS:
            break
    if header is None and not faults:
        faults.append(Fault(file, None, "", "the file is empty.", "give a header line and rows."))
    if faults:
        raise Refused(faults)
    return Grid(header or (), tuple(rows), tuple(lines))


def _numbered(reader: csv._reader, file: str, faults: list[Fault]) -> Iterator[tuple[int, list[str]]]:  # type: ignore[name-defined, unused-ignore]
    """The rows that hold anything, each with the line it starts on; a row that cannot be split ends them."""
    start = 1
    try:
        for row in reader:
            line, start = start, reader.line_num + 1
            if any(cell.strip() for cell in row):
                yield line, row
    except csv.Error as error:
        reason = f"the row cannot be split: {error}."
        faults.append(Fault(file, start, "", reason, "check its quotation marks."))


def oversize(file: str, columns: int, rows: int) -> list[Fault]:
    """One fault where a table has more columns or cells than are read."""
    way_out = "leave out what the study does not use, or split the table."
    if columns > MOST_COLUMNS:
        return [Fault(file, 1, "", f"it has {columns:,} columns; up to {MOST_COLUMNS:,} are read.", way_out)]
    if columns * rows > MOST_CELLS:
        return [Fault(file, None, "", f"it has more than {MOST_CELLS:,} cells.", way_out)]
    return []


def repeated_columns(header: Sequence[str], file: str) -> list[Fault]:
    """One fault for every name that two columns share."""
    twice = sorted(name for name, times in Counter(header).items() if times > 1)
    return [
        Fault(file, 1, name, "two columns have this name.", "rename one of them.")
        for name in twice[:MOST_FAULTS]
    ]
