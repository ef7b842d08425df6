"""Text tables: bytes to rows, whatever the office's program wrote.

Encodings: utf-8 and utf-16 by mark or strictly, else KZ-1048 or PTCP154 by which of them gives letters of the
Kazakh alphabet, cp1251 only where no Kazakh letter could have been lost. Nothing falls back to a guess.
"""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from kelisim.core.errors import Fault, Refused
from kelisim.core.provenance import Place
from kelisim.sources.sheets import Sheet

__all__ = ["Grid", "decode", "read_delimited", "read_sheet", "repeated_columns"]

_ALPHABET = set("аәбвгғдеёжзийкқлмнңоөпрстуұүфхһцчшщъыіьэюя")
_CLEAN_SHARE = 0.97
_DELIMITERS = (",", ";", "\t")


@dataclass(frozen=True, slots=True)
class Grid:
    """A table of strings: header, rows and the line on which each row starts.

    places : for every row the place of each of its values, where row and header do not tell; else empty
    """

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    lines: tuple[int, ...]
    places: tuple[tuple[Place, ...], ...] = ()


def decode(data: bytes, file: str) -> str:
    """Text of a file. Raises: Refused when no offered encoding fits."""
    for mark, name in (
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if data.startswith(mark):
            try:
                return data.decode(name)
            except UnicodeDecodeError as error:
                raise Refused([_encoding_fault(file)]) from error
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        pass
    scored = [(_cleanliness(text), name, text) for name, text in _legacy(data)]
    best = max(scored, default=(0.0, "", ""), key=lambda item: item[0])
    if best[0] < _CLEAN_SHARE:
        raise Refused([_encoding_fault(file)])
    return best[2]


def _legacy(data: bytes) -> list[tuple[str, str]]:
    found = []
    for name in ("kz1048", "ptcp154", "cp1251"):
        try:
            found.append((name, data.decode(name)))
        except UnicodeDecodeError:
            continue
    return found


def _cleanliness(text: str) -> float:
    letters = [letter for letter in text if letter.isalpha() and ord(letter) > 127]
    if not letters:
        return 0.0
    good = sum(letter.lower() in _ALPHABET for letter in letters)
    # A capital after a small letter, or a Latin letter beside a Cyrillic one, tells of a wrong code.
    inside = sum(
        (b.isupper() and a.islower()) or (a.isalpha() and b.isalpha() and a.isascii() != b.isascii())
        for a, b in pairwise(text)
    )
    return (good - inside) / len(letters)


def _encoding_fault(file: str) -> Fault:
    return Fault(
        file,
        None,
        "",
        "its letters fit none of utf-8, utf-16, kz1048, ptcp154 and Russian cp1251.",
        "save the file as UTF-8 and try again.",
    )


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
    try:
        for row in reader:
            lines.append(reader.line_num if not lines else max(lines[-1] + 1, reader.line_num - _breaks(row)))
            rows.append([" ".join(cell.split()) for cell in row])
    except csv.Error as error:
        fault = Fault(
            file, reader.line_num, "", f"the row cannot be split: {error}.", "check its quotation marks."
        )
        raise Refused([fault]) from error
    width = max(map(len, rows))
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
    return text.removeprefix("\ufeff")


def _first_filled(text: str, file: str) -> str:
    filled = next((line for line in text.splitlines() if line.strip(' ,;\t"')), None)
    if filled is None:
        raise Refused([Fault(file, None, "", "the file is empty.", "give a header line and rows.")])
    return filled


def _hits(line: str, delimiter: str, wanted: Sequence[str]) -> tuple[int, int]:
    names = [name.strip().strip('"') for name in line.split(delimiter)]
    return sum(name in wanted for name in names), len(names)


def _split(text: str, file: str, delimiter: str) -> Grid:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows: list[tuple[str, ...]] = []
    lines: list[int] = []
    faults: list[Fault] = []
    header: tuple[str, ...] | None = None
    start = 1
    try:
        for row in reader:
            line, start = start, reader.line_num + 1
            if not any(cell.strip() for cell in row):
                continue
            if header is None:
                header = tuple(cell.strip() for cell in row)
            elif len(row) != len(header):
                faults.append(
                    Fault(
                        file,
                        line,
                        "",
                        f"the row has {len(row)} cells, the header {len(header)}.",
                        "quote cells that hold the delimiter, or complete the row.",
                    )
                )
            else:
                rows.append(tuple(row))
                lines.append(line)
    except csv.Error as error:
        faults.append(
            Fault(file, start, "", f"the row cannot be split: {error}.", "check its quotation marks.")
        )
    if header is None and not faults:
        faults.append(Fault(file, None, "", "the file is empty.", "give a header line and rows."))
    faults += repeated_columns(header or (), file)
    if faults:
        raise Refused(faults)
    return Grid(header or (), tuple(rows), tuple(lines))


def repeated_columns(header: Sequence[str], file: str) -> list[Fault]:
    """One fault for every name that two columns share."""
    twice = sorted({name for name in header if list(header).count(name) > 1})
    return [Fault(file, 1, name, "two columns have this name.", "rename one of them.") for name in twice]
