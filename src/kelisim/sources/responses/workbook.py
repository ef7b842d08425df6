"""Answers in a workbook: columns as in a text table, numbers and days as the sheet stores them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from kelisim.core.errors import Fault, Refused
from kelisim.sources.delimited import oversize
from kelisim.sources.files import read_file
from kelisim.sources.responses.blocks import ROWS_PER_BLOCK, Block, Broken, Opened
from kelisim.sources.sheets import Sheet
from kelisim.sources.xlsx import read_xlsx

__all__ = ["open_workbook"]


def open_workbook(path: Path, sheet: str | None, own_words: bool) -> Opened:
    """Look at one sheet of a workbook; `sheet` may be left out where only one is visible. Raises: Refused."""
    data, digest = read_file(path.parent, path.name)
    try:
        read = read_xlsx(data, path.name, sheet)
    except Refused as refused:
        # The readers of studies speak of layouts; here the sheet is named on the command line.
        way_out = "say which one with --sheet."
        raise Refused(
            Fault(f.file, f.row, f.field, f.reason, way_out if f.field == "sheet" else f.way_out)
            for f in refused.faults
        ) from None
    top = next((r for r, row in enumerate(read.texts) if any(row)), None)
    if top is None:
        raise Refused(
            [Fault(path.name, None, "", "the sheet is empty.", "give a header line and submissions.")]
        )
    header = tuple(name or f"column {place}" for place, name in enumerate(_trimmed(read.texts[top]), 1))
    if faults := oversize(path.name, len(header), 0):
        raise Refused(faults)
    how = f"workbook, sheet '{read.name}'"
    return Opened(
        path.name, how, lambda: _blocks(read, top, header), lambda: digest, len(data), own_words=own_words
    )


def _trimmed(row: tuple[str, ...]) -> tuple[str, ...]:
    while row and not row[-1]:
        row = row[:-1]
    return row


def _blocks(sheet: Sheet, top: int, header: tuple[str, ...]) -> Iterator[Block]:
    filled = [r for r in range(top + 1, len(sheet.texts)) if any(sheet.texts[r])]
    for start in range(0, len(filled), ROWS_PER_BLOCK):
        part = filled[start : start + ROWS_PER_BLOCK]
        broken = tuple(fault for r in part if (fault := _broken(sheet, r, len(header))) is not None)
        lost = {fault.line for fault in broken}
        kept = [r for r in part if sheet.lines[r] not in lost]
        columns = [[sheet.texts[r][c] for r in kept] for c in range(len(header))]
        yield Block(header, columns, [sheet.lines[r] for r in kept], broken)


def _broken(sheet: Sheet, row: int, width: int) -> Broken | None:
    for column in range(width):
        if (row, column) in sheet.bad:
            reason, way_out = sheet.bad[row, column]
            place = sheet.address(row, column)
            return Broken(sheet.lines[row], "row_unreadable", f"{place}: {reason}", way_out)
    return None
