"""Rows of a text table of posts: letters decided line by line, one bad row costs that row and no other."""

from __future__ import annotations

import csv
import io
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from typing import BinaryIO

from kelisim.core.errors import Refused
from kelisim.sources.encodings import one_byte_code
from kelisim.sources.records import Aside

__all__ = ["header_of", "table_rows"]

_DELIMITERS = (",", ";", "\t", "|")
_SAMPLE = 2 * 2**20
_LONGEST_LINE = 64 * 2**20
_MOST_COLUMNS = 2_000


class _Lines:
    """Lines of a file as text, which may be given back. A line that is not UTF-8 has a code of its own."""

    def __init__(self, stream: BinaryIO, code: str | None, wide: bool) -> None:
        self._stream = io.TextIOWrapper(stream, "utf-16", newline="") if wide else stream
        self._code = code
        self._back: deque[str] = deque()
        self.taken: list[str] = []
        self.number = 0

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        if self._back:
            line = self._back.popleft()
        else:
            raw = self._stream.readline(_LONGEST_LINE)
            if not raw:
                raise StopIteration
            line = raw if isinstance(raw, str) else self._decoded(raw)
            line = line.replace("\x00", "\ufffd")
        if self.number == 0:
            line = line.removeprefix("\ufeff")
        self.taken.append(line)
        self.number += 1
        return line

    def _decoded(self, raw: bytes) -> str:
        try:
            return raw.decode("utf-8")
        except UnicodeDecodeError:
            return raw.decode(self._code or "utf-8", errors="replace")

    def give_back(self) -> None:
        """All lines of this row but the first."""
        self._back.extendleft(reversed(self.taken[1:]))
        self.number -= len(self.taken) - 1
        del self.taken[1:]


def _code_of(stream: BinaryIO, file: str) -> tuple[str | None, bool]:
    """The code of the lines that are not UTF-8, None where it cannot be told; and whether all is UTF-16."""
    start = stream.read(2)
    if start in (b"\xff\xfe", b"\xfe\xff"):
        return None, True
    sample = bytearray()
    line = start + stream.readline(_LONGEST_LINE)
    while line:
        if not line.isascii():
            try:
                line.decode("utf-8")
            except UnicodeDecodeError:
                sample += line
                if len(sample) > _SAMPLE:
                    break
        line = stream.readline(_LONGEST_LINE)
    if not sample:
        return None, False
    try:
        return one_byte_code(bytes(sample), file), False
    except Refused:
        return None, False


def header_of(open_file: Callable[[], BinaryIO], wanted: Sequence[str]) -> tuple[tuple[str, ...], str]:
    """Header and delimiter of a text table: the one that gives most of the wanted columns."""
    with open_file() as stream:
        wide = stream.read(2) in (b"\xff\xfe", b"\xfe\xff")
    with open_file() as stream:
        lines = _Lines(stream, None, wide)
        first = next((line for line in lines if line.strip('" \t\r\n,;|')), "")[:100_000]
    best: tuple[tuple[int, int], tuple[str, ...], str] = ((-1, -1), (), ",")
    for delimiter in _DELIMITERS:
        try:
            row = next(csv.reader([first], delimiter=delimiter), [])
        except csv.Error:
            continue
        header = tuple(cell.strip() for cell in row)
        score = (len(set(header) & set(wanted)), len(header))
        if score > best[0] and len(header) <= _MOST_COLUMNS:
            best = (score, header, delimiter)
    return best[1], best[2]


def table_rows(
    open_file: Callable[[], BinaryIO], header: Sequence[str], delimiter: str, file: str
) -> Iterator[dict[str, str] | Aside]:
    """The rows below the header, by column; a row that cannot be cut or whose letters are lost is set aside.

    open_file : opens the file anew; it is read twice, once for the code of its letters
    """
    with open_file() as stream:
        code, wide = _code_of(stream, file)
    with open_file() as stream:
        lines = _Lines(stream, code, wide)
        reader = csv.reader(lines, delimiter=delimiter, strict=True)
        started, width = False, len(header)
        while True:
            lines.taken.clear()
            start = lines.number + 1
            try:
                row, error = next(reader), ""
            except StopIteration:
                return
            except csv.Error as found:
                row, error = [], str(found)
            if not started:
                started = any(cell.strip() for cell in row)
                continue
            if not error and not any(cell.strip() for cell in row):
                continue
            too_wide = len(row) > width and any(cell.strip() for cell in row[width:])
            if error or len(row) < width or too_wide:
                if len(lines.taken) > 1:
                    lines.give_back()  # a quotation mark that is never closed would swallow the rest
                reason = f"it cannot be split: {error}." if error else f"it has {len(row)} cells of {width}."
                yield Aside(start, "row", reason, "".join(lines.taken)[:2000])
            elif "\ufffd" in "".join(row):
                reason = "letters were lost or are in a code that cannot be told."
                yield Aside(start, "row", reason, "".join(lines.taken)[:2000])
            else:
                yield dict(zip(header, row, strict=False))
