"""One column of texts out of a file of any size, in batches: CSV, TSV, NDJSON, Parquet, XLSX.

Texts are taken as they are: zero-width signs, bidirectional marks and emoji belong to what people wrote. A
row that cannot be read costs that row, and every such row is named; a missing column refuses the file.
"""

from __future__ import annotations

import csv
import difflib
import io
import json
import os
import stat
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, TextIO

from kelisim.core.errors import Fault, Refused

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["KINDS", "Rows", "text_rows"]

KINDS = ("csv", "tsv", "ndjson", "parquet", "xlsx")
_ENDINGS = {".csv": "csv", ".tsv": "tsv", ".tab": "tsv", ".ndjson": "ndjson", ".jsonl": "ndjson"}
_ENDINGS |= {".parquet": "parquet", ".xlsx": "xlsx"}
_DELIMITERS = (",", ";", "\t", "|")
_LONGEST_LINE = 64 * 2**20
_LARGEST_WORKBOOK = 64 * 2**20
# A batch also ends here, so that a file of long texts does not fill the memory.
_MOST_LETTERS = 32 * 2**20
# A cell longer than this is no cell but a quotation mark that was never closed.
_LONGEST_CELL = 200 * 2**20


@dataclass(frozen=True, slots=True)
class Rows:
    """Some rows of a file.

    numbers : (rows,) line of the file, or row of the sheet or table below its header, from 1
    texts, ids : (rows,) None where the cell is empty or absent; ids are all None where no column was named
    faults : rows among them that could not be read
    """

    numbers: list[int]
    texts: list[str | None]
    ids: list[str | None]
    faults: list[Fault]


def text_rows(path: Path, text: str, id_column: str | None, batch: int) -> Iterator[Rows]:
    """Rows of a file in batches, in their order.

    text, id_column : names of columns, in NDJSON of keys
    Raises: Refused where the file or a column is not there, before the first batch; later for a damaged file.
    """
    kind = _kind(path)
    columns = [text] if id_column is None else [text, id_column]
    if kind == "parquet":
        rows = _parquet(path, columns, batch)
    elif kind == "xlsx":
        rows = _xlsx(path, columns)
    elif kind == "ndjson":
        rows = _ndjson(path, columns)
    else:
        rows = _delimited(path, columns, ("\t",) if kind == "tsv" else _DELIMITERS)
    return _batches(rows, batch)


_Cells = tuple[int, Sequence[str | None]] | Fault


def _batches(rows: Iterator[_Cells], batch: int) -> Iterator[Rows]:
    part, letters = Rows([], [], [], []), 0
    for row in rows:
        if isinstance(row, Fault):
            part.faults.append(row)
            continue
        number, cells = row
        part.numbers.append(number)
        part.texts.append(cells[0])
        part.ids.append(cells[1] if len(cells) > 1 else None)
        letters += len(cells[0] or "")
        if len(part.numbers) == batch or letters >= _MOST_LETTERS:
            yield part
            part, letters = Rows([], [], [], []), 0
    if part.numbers or part.faults:
        yield part


def _kind(path: Path) -> str:
    try:
        mode = path.stat().st_mode
    except OSError as error:
        raise _refused(
            path, f"it cannot be read: {error.strerror}.", "correct the name or its rights."
        ) from None
    if not stat.S_ISREG(mode):
        raise _refused(path, "it is not a plain file.", "name a file.")
    kind = _ENDINGS.get(path.suffix.lower())
    if kind is None:
        reason = f"its ending '{path.suffix}' is none of {', '.join(sorted(_ENDINGS))}."
        raise _refused(path, reason, "rename it to say what it is, or export it as CSV.")
    return kind


def _places(path: Path, header: Sequence[str], columns: Sequence[str]) -> list[int]:
    """Where the columns stand. Raises: Refused naming every column that is missing or stands twice."""
    faults = []
    for column in columns:
        times = list(header).count(column)
        if times > 1:
            faults.append(Fault(path.name, 1, column, "two columns have this name.", "rename one of them."))
        elif not times:
            near = difflib.get_close_matches(column, header, n=1)
            listed = ", ".join(header[:12]) + (" ..." if len(header) > 12 else "")
            way_out = f"did you mean '{near[0]}'?" if near else f"the columns are: {listed}."
            faults.append(Fault(path.name, 1, column, "there is no such column.", way_out))
    if faults:
        raise Refused(faults)
    return [list(header).index(column) for column in columns]


def _opened(path: Path) -> BinaryIO | TextIO:
    with path.open("rb") as stream:
        wide = stream.read(2) in (b"\xff\xfe", b"\xfe\xff")
    return path.open(encoding="utf-16", errors="replace", newline="") if wide else path.open("rb")


class _Lines(Iterator[str]):
    """Lines of a file as text; one that is not UTF-8 is read by its own letters, with the lost ones marked.

    taken : the lines since it was last emptied, which can be given back
    """

    def __init__(self, stream: BinaryIO | TextIO) -> None:
        self._stream = stream
        self._code: str | None = None
        self._back: deque[str] = deque()
        self.taken: list[str] = []
        self.number = 0

    def __next__(self) -> str:
        line = self._back.popleft() if self._back else self._fresh()
        self.number += 1
        self.taken.append(line)
        return line

    def _fresh(self) -> str:
        raw = self._stream.readline(_LONGEST_LINE)
        if not raw:
            raise StopIteration
        line = (raw if isinstance(raw, str) else self._decoded(raw)).replace("\x00", "\ufffd")
        return line if self.number else line.removeprefix("\ufeff")

    def give_back(self) -> None:
        """All taken lines but the first."""
        self._back.extendleft(reversed(self.taken[1:]))
        self.number -= len(self.taken) - 1

    def _decoded(self, raw: bytes) -> str:
        try:
            return raw.decode("utf-8")
        except UnicodeDecodeError:
            return raw.decode(self._code_of(raw), errors="replace")

    def _code_of(self, raw: bytes) -> str:
        """The code of office programs in which the letters give words, told by the first clear line."""
        from kelisim.sources.encodings import one_byte_code

        if self._code is None:
            try:
                self._code = one_byte_code(raw, "")
            except Refused:
                return "utf-8"
        return self._code


def _delimited(path: Path, columns: Sequence[str], delimiters: Sequence[str]) -> Iterator[_Cells]:
    with _opened(path) as stream:
        first = next(_Lines(stream), "")
    if not first.strip():
        raise _refused(path, "the file is empty.", "give a header line and rows.")
    marks = {mark: _header(first, mark) for mark in delimiters}
    mark = max(marks, key=lambda m: (len(set(marks[m]) & set(columns)), len(marks[m])))
    header = marks[mark]
    places = _places(path, header, columns)
    return _delimited_rows(path, mark, len(header), places)


def _header(line: str, mark: str) -> list[str]:
    try:
        return [cell.strip() for cell in next(csv.reader([line], delimiter=mark), [])]
    except csv.Error:
        return []


def _delimited_rows(path: Path, mark: str, width: int, places: Sequence[int]) -> Iterator[_Cells]:
    with _opened(path) as stream:
        lines = _Lines(stream)
        reader = csv.reader(lines, delimiter=mark, strict=True)
        next(reader, None)
        while True:
            lines.taken.clear()
            line, error = lines.number + 1, ""
            try:
                row = _next(reader)
            except StopIteration:
                return
            except csv.Error as found:
                row, error = [], f"the row cannot be split: {found}."
            if not error and not any(cell.strip() for cell in row):
                continue
            if width == 1 and len(row) > 1:
                row = [mark.join(row)]  # in a table of one column nothing is divided
            if not error and len(row) == width:
                yield line, [row[place] or None for place in places]
                continue
            # A quotation mark that is never closed costs its own line and not the rest of the file.
            lines.give_back()
            error = error or f"the row has {len(row)} cells, the header {width}."
            yield Fault(path.name, line, "", error, "quote cells that hold the delimiter or a line's end.")


def _next(reader: Iterator[list[str]]) -> list[str]:
    """The next row, its cells of any length: the limit belongs to the whole process, so it is put back."""
    usual = csv.field_size_limit(_LONGEST_CELL)
    try:
        return next(reader)
    finally:
        csv.field_size_limit(usual)


def _ndjson(path: Path, columns: Sequence[str]) -> Iterator[_Cells]:
    met = False
    with _opened(path) as stream:
        lines = _Lines(stream)
        for line in lines:
            lines.taken.clear()
            if not line.strip():
                continue
            try:
                record = json.loads(line)
            except (ValueError, RecursionError):
                record = None
            if not isinstance(record, dict):
                yield Fault(
                    path.name, lines.number, "", "the line is no JSON record.", "write one record per line."
                )
                continue
            if not met:
                # A record may leave a key out; a key that even the first one has not is likely misspelt.
                _places(path, list(record), columns)
                met = True
            cells = [record.get(column) for column in columns]
            if cells[0] is not None and not isinstance(cells[0], str):
                reason = f"the text is a {type(cells[0]).__name__}, not a string."
                yield Fault(path.name, lines.number, columns[0], reason, "write it in quotation marks.")
                continue
            yield lines.number, [_said(cell) for cell in cells]


def _said(cell: object) -> str | None:
    if cell is None or isinstance(cell, str):
        # Half of a pair of surrogates is no character; JSON lets it through.
        return cell.encode("utf-8", "replace").decode() if cell else None
    return json.dumps(cell, ensure_ascii=False) if isinstance(cell, dict | list) else str(cell)


def _parquet(path: Path, columns: Sequence[str], batch: int) -> Iterator[_Cells]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        source = pq.ParquetFile(path)
    except (pa.ArrowException, OSError) as error:
        raise _refused(path, f"this is no readable Parquet file: {error}.", "write it again.") from error
    _places(path, source.schema_arrow.names, columns)
    kind = source.schema_arrow.field(columns[0]).type
    inner = kind.value_type if pa.types.is_dictionary(kind) else kind
    if not (pa.types.is_string(inner) or pa.types.is_large_string(inner) or pa.types.is_null(inner)):
        raise Refused(
            [Fault(path.name, None, columns[0], f"it holds {kind}, no texts.", "name another column.")]
        )
    return _parquet_rows(path, source, columns, batch)


def _parquet_rows(path: Path, source: Any, columns: Sequence[str], batch: int) -> Iterator[_Cells]:
    import pyarrow as pa

    number = 0
    try:
        for part in source.iter_batches(batch_size=batch, columns=list(dict.fromkeys(columns))):
            cells = [_cells(part.column(column)) for column in columns]
            for row in zip(*cells, strict=True):
                number += 1
                yield number, row
    except (pa.ArrowException, OSError, ValueError) as error:
        raise _refused(path, f"it is damaged behind row {number:,}: {error}.", "write it again.") from error


def _cells(column: pa.Array) -> list[str | None]:
    import pyarrow as pa

    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
        raw = column.cast(pa.large_string(), safe=False).cast(pa.large_binary())
        return [None if cell is None else cell.decode("utf-8", "replace") or None for cell in raw.to_pylist()]
    return [None if cell is None else str(cell) for cell in column.to_pylist()]


def _xlsx(path: Path, columns: Sequence[str]) -> Iterator[_Cells]:
    from kelisim.sources.archives import checked_workbook

    if path.stat().st_size > _LARGEST_WORKBOOK:
        raise _refused(path, "a workbook of this size is not read.", "save the sheet as CSV.")
    data = path.read_bytes()
    checked_workbook(data, path.name)
    from openpyxl import load_workbook

    try:
        sheet = load_workbook(io.BytesIO(data), read_only=True, data_only=True).worksheets[0]
        rows = sheet.iter_rows(values_only=True)
        header = ["" if cell is None else str(cell).strip() for cell in next(rows, ())]
    except (ValueError, KeyError, OSError, IndexError, TypeError, AttributeError) as error:
        raise _refused(path, f"the workbook cannot be read: {error}.", "save the sheet as CSV.") from error
    places = _places(path, header, columns)
    return (
        (number, [None if row[place] in (None, "") else str(row[place]) for place in places])
        for number, row in enumerate(rows, start=2)
        if len(row) > max(places) and any(cell is not None for cell in row)
    )


def _refused(path: Path, reason: str, way_out: str) -> Refused:
    return Refused([Fault(os.fspath(path.name or path), None, "", reason, way_out)])
