"""Text tables of any size, a stretch at a time: one bad row costs that row and no other.

The file is read twice: once for its digest and the code of its letters, once for its rows. A quotation mark
that is never closed would swallow the rest of the file; it is told from a cell of several lines by what the
swallowed lines look like, and only the row with the mark is lost. A row in another code than its file is told
by signs that the file's code does not have.
"""

from __future__ import annotations

import codecs
import csv
import hashlib
import io
import os
import re
import stat
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from kelisim.core.errors import Fault, Refused
from kelisim.sources.delimited import oversize
from kelisim.sources.encodings import OFFERED, one_byte_code
from kelisim.sources.responses.blocks import ROWS_PER_BLOCK, Block, Broken
from kelisim.sources.responses.headers import Known, plan_of

__all__ = ["TextFile", "look_at_text", "opened_plain", "text_blocks"]

_STEP = 2**20
_SAMPLE = 2 * 2**20
_DELIMITERS = (",", ";", "\t", "|")
_LEAST_WIDTH = 5  # a line of fewer cells may be a line of somebody's words
_MOST_BROKEN = 1_000
_SEP = re.compile(r"sep=.?", re.IGNORECASE)
_NOTHING = ' \t\r\n,;|"\ufeff'


@dataclass(frozen=True, slots=True)
class TextFile:
    """A text table that was looked at. mixed : some lines are in another code than the file."""

    path: Path
    code: str
    delimiter: str
    header: tuple[str, ...]
    digest: str
    size: int
    mixed: bool


def opened_plain(path: Path) -> BinaryIO:
    """A plain file, open for reading. Raises: Refused; a pipe would be waited for without end."""
    try:
        file = os.fdopen(os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC), "rb")
    except (OSError, ValueError) as error:
        reason = f"the file cannot be read: {getattr(error, 'strerror', None) or error}."
        raise _refused(path, reason, "correct its name or its rights.") from error
    if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
        file.close()
        raise _refused(path, "it is not a plain file.", "give the path of a file.")
    return file


def look_at_text(path: Path, known: Known, code: str | None) -> TextFile:
    """Digest, code of letters, delimiter and header of a text table. code : where the person says it.

    Raises: Refused.
    """
    with opened_plain(path) as file:
        digest, lines = _scan(file, path)
        size = os.fstat(file.fileno()).st_size
    found = code or lines.code(path)
    # Both codes on different lines: rows in the other one are set aside when they are met.
    mixed = lines.in_utf8 > 0 and lines.not_in_utf8 > 0
    with _text(path, found) as text:
        start = ""
        for line in text:
            start += line
            if _SEP.fullmatch(start.strip("\ufeff \t\r\n")):
                start = ""  # Excel names the delimiter so; it shows by itself
            closed = start.count('"') % 2 == 0 and bool(start.strip(_NOTHING))
            if closed or len(start) > _STEP:
                break
            if not start.strip():
                start = ""
    if not start.strip(_NOTHING):
        raise _refused(path, "the file is empty.", "give a file with a header line and submissions.")
    header, delimiter = _header(start.removeprefix("\ufeff"), path, known)
    return TextFile(path, found, delimiter, header, digest, size, mixed)


class _Lines:
    """Which lines of a file are UTF-8 beyond ASCII, and which are not UTF-8 at all."""

    def __init__(self) -> None:
        self.in_utf8 = self.not_in_utf8 = 0
        self.mark = b""
        self.sample = bytearray()
        self.nul = False

    def add(self, data: bytes) -> None:
        if data.isascii():
            return
        try:
            data.decode("utf-8")
            self.in_utf8 += data.count(b"\n") + 1
        except UnicodeDecodeError:
            for line in data.split(b"\n"):
                if line.isascii():
                    continue
                try:
                    line.decode("utf-8")
                    self.in_utf8 += 1
                except UnicodeDecodeError:
                    self.not_in_utf8 += 1
                    if len(self.sample) < _SAMPLE:
                        self.sample += line + b"\n"

    def code(self, path: Path) -> str:
        if self.mark.startswith(codecs.BOM_UTF8):
            return "utf-8-sig"
        if self.mark.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            return "utf-16"
        if self.nul:
            way_out = "export the table as CSV in UTF-8."
            raise _refused(path, "it holds NUL characters, so it is no text table.", way_out)
        if self.not_in_utf8 <= self.in_utf8:
            return "utf-8"
        try:
            return one_byte_code(bytes(self.sample), path.name)
        except Refused as refused:
            choices = ", ".join(OFFERED)
            raise Refused(
                Fault(f.file, f.row, f.field, f.reason, f"{f.way_out} Or say --encoding ({choices}).")
                for f in refused.faults
            ) from None


def _scan(file: BinaryIO, path: Path) -> tuple[str, _Lines]:
    before = os.fstat(file.fileno())
    made, lines, rest = hashlib.sha256(), _Lines(), b""
    read = 0
    while data := file.read(_STEP):
        made.update(data)
        lines.mark = lines.mark or data[:4]
        if read == 0:
            # One NUL in a row costs the row; many, or one in the header, mean that this is no text.
            start = data[:4096]
            lines.nul = b"\x00" in start.split(b"\n")[0] or start.count(0) > len(start) / 20
        read += len(data)
        whole, mark, end = (rest + data).rpartition(b"\n")
        lines.add(whole)
        rest = end if mark else rest + data
        if len(rest) > 16 * _STEP:
            lines.add(rest)
            rest = b""
    lines.add(rest)
    after = os.fstat(file.fileno())
    if read != before.st_size or (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
        way_out = "wait until nobody writes to it, then import again."
        raise _refused(path, "the file was changed while it was read.", way_out)
    return made.hexdigest(), lines


def _text(path: Path, code: str) -> io.TextIOWrapper:
    try:
        "".encode(code)
    except LookupError:
        raise _refused(
            path, f"'{code}' is no code of letters.", f"say one of: utf-8, {', '.join(OFFERED)}."
        ) from None
    return io.TextIOWrapper(opened_plain(path), encoding=code, errors="replace", newline="")


def _header(line: str, path: Path, known: Known) -> tuple[tuple[str, ...], str]:
    """Header and delimiter: the one under which most columns belong to questions."""
    best: tuple[tuple[int, int], tuple[str, ...], str] | None = None
    for delimiter in _DELIMITERS:
        try:
            row = next(csv.reader(io.StringIO(line, newline=""), delimiter=delimiter, strict=True), [])
        except csv.Error:
            continue
        header = tuple(" ".join(cell.split()) for cell in row)
        try:
            hits = len(plan_of(known, header, path.name, {}, {}).targets)
        except Refused:
            hits = len(header)  # its columns are known, and twice; the fault is told later
        score = (hits, len(header))
        if best is None or score > best[0]:
            best = (score, header, delimiter)
    if best is None:
        raise _refused(path, "its header line cannot be split.", "check its quotation marks.", 1)
    _, header, delimiter = best
    if "\ufffd" in "".join(header) or "\x00" in "".join(header):
        reason = "letters of the header were lost or are in another code than the file."
        raise _refused(path, reason, "save the file as UTF-8, or say its code with --encoding.", 1)
    while header and not header[-1]:
        header = header[:-1]
    named = tuple(name or f"column {place}" for place, name in enumerate(header, 1))
    if faults := oversize(path.name, len(named), 0):
        raise Refused(faults)
    return named, delimiter


def text_blocks(file: TextFile) -> Iterator[Block]:
    """The rows of a text table, a block at a time; rows that cannot be cut are named and passed over."""
    rows: list[list[str]] = []
    lines: list[int] = []
    broken: list[Broken] = []
    for line, row, fault in _rows(file):
        if fault is not None:
            broken.append(fault)
        else:
            rows.append(row)
            lines.append(line)
        if len(rows) >= ROWS_PER_BLOCK or len(broken) >= _MOST_BROKEN:
            yield _block(file, rows, lines, broken)
            rows, lines, broken = [], [], []
    if rows or broken:
        yield _block(file, rows, lines, broken)


def _block(file: TextFile, rows: list[list[str]], lines: list[int], broken: list[Broken]) -> Block:
    columns: Sequence[Sequence[str]] = list(zip(*rows, strict=True)) or [()] * len(file.header)
    return Block(file.header, columns, lines, tuple(broken))


class _Source:
    """Lines of a text for the splitter, which may be given back; remembers what was taken for one row."""

    def __init__(self, text: io.TextIOWrapper) -> None:
        self._text = text
        self._back: deque[str] = deque()
        self.taken: list[str] = []
        self.line = 0

    def __iter__(self) -> _Source:
        return self

    def __next__(self) -> str:
        line = self._back.popleft() if self._back else next(self._text)
        self.taken.append(line)
        self.line += 1
        return line

    def give_back(self) -> None:
        """All lines of this row but the first."""
        self._back.extendleft(reversed(self.taken[1:]))
        self.line -= len(self.taken) - 1
        del self.taken[1:]


def _rows(file: TextFile) -> Iterator[tuple[int, list[str], Broken | None]]:
    with _text(file.path, file.code) as text:
        source = _Source(text)
        reader = csv.reader(source, delimiter=file.delimiter, strict=True)
        width, started = len(file.header), False
        while True:
            source.taken.clear()
            start = source.line + 1
            try:
                row = next(reader)
                error = ""
            except StopIteration:
                return
            except csv.Error as found:
                row, error = [], str(found)
            if not started:
                # The header was read before; lines without anything before it are passed over.
                line = "".join(source.taken).strip("\ufeff \t\r\n")
                started = any(map(str.strip, row)) and not _SEP.fullmatch(line)
                continue
            if not error and not any(map(str.strip, row)):
                continue
            fault = _fault(file, source, row, error, start)
            if fault is not None:
                yield start, [], fault
            else:
                yield start, row[:width], None


def _fault(file: TextFile, source: _Source, row: list[str], error: str, start: int) -> Broken | None:
    width = len(file.header)
    if len(source.taken) > 1 and (error or not _fits(row, width) or _swallowed(source.taken, file)):
        source.give_back()
        error = error or "a quotation mark is opened and not closed"
    if error:
        return Broken(start, "row_broken", f"the row cannot be split: {error}.", "check its quotation marks.")
    if not _fits(row, width):
        reason = f"the row has {len(row)} cells, the header {width}."
        return Broken(
            start, "row_broken", reason, "quote cells that hold the delimiter, or complete the row."
        )
    text = "".join(source.taken)
    if "\ufffd" in text or "\x00" in text or (file.mixed and _other_code(text, file.code)):
        reason = "letters of the row were lost or are in another code than the rest of the file."
        return Broken(start, "row_unreadable", reason, "save the whole file as UTF-8 and import it again.")
    return None


def _fits(row: list[str], width: int) -> bool:
    return len(row) == width or (len(row) > width and not any(map(str.strip, row[width:])))


def _swallowed(taken: list[str], file: TextFile) -> bool:
    """Whether a line inside a cell is itself a row of the table."""
    width = len(file.header)
    if width < _LEAST_WIDTH:
        return False
    return any(line.count(file.delimiter) >= width - 1 for line in taken[1:-1]) or (
        taken[-1].count(file.delimiter) >= width - 1
    )


def _other_code(text: str, code: str) -> bool:
    if code.startswith("utf"):
        return False
    try:
        as_bytes = text.encode(code)
        return not as_bytes.isascii() and bool(as_bytes.decode("utf-8"))
    except UnicodeError:
        return False


def _refused(path: Path, reason: str, way_out: str, row: int | None = None) -> Refused:
    return Refused([Fault(path.name, row, "", reason, way_out)])
