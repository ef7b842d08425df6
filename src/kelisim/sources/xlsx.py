"""Workbooks (.xlsx) to a `Sheet`: merged cells filled, numbers plain, formulas by their stored values.

What a spreadsheet shows and what it stores differ: 0.6851 is shown as 68.51 %, 45292 as a day. The value is
taken from the store and the print from the format. Nothing is computed here: a formula without a stored value
is a fault of the cell, not a zero.
"""

from __future__ import annotations

import difflib
import re
import warnings
from datetime import date, datetime, time, timedelta
from io import BytesIO
from typing import Any

from kelisim.core.errors import Fault, Refused
from kelisim.sources.archives import checked_workbook
from kelisim.sources.sheets import Merge, Sheet, letters

__all__ = ["read_xlsx"]

_CELLS = 1_000_000
_DECIMALS = re.compile(r"0(?:\.(0+))?(%?)")
_BESIDE = re.compile(r'"[^"]*"|\\.|_.|\[[^\]]*\]')
_ESCAPED = re.compile(r"_x000[DA9]_", re.IGNORECASE)


def read_xlsx(data: bytes, file: str, sheet: str | None) -> Sheet:
    """One sheet of a workbook; `sheet` may be left out where only one is visible. Raises: Refused."""
    checked_workbook(data, file)
    try:
        with warnings.catch_warnings():
            # Warnings speak of styles and form fields that a table of figures does not need.
            warnings.simplefilter("ignore")
            workbook = _opened(data, data_only=True)
            name = _chosen(workbook, file, sheet)
            _check_extent(workbook[name], file)
            return _sheet(workbook[name], _formulas(data, name))
    except Refused:
        raise
    except Exception as error:  # the reader raises whatever a damaged part leads it to
        reason = f"the workbook cannot be read ({type(error).__name__}: {_short(error)})."
        way_out = "open it in a spreadsheet program and save it again."
        raise Refused([Fault(file, None, "", reason, way_out)]) from error


def _opened(data: bytes, **how: bool) -> Any:
    from openpyxl import load_workbook

    return load_workbook(BytesIO(data), **how)


def _formulas(data: bytes, name: str) -> set[tuple[int, int]]:
    """Row and column, from 0, of the cells with a formula; the first reading gave their stored values."""
    rows = _opened(data, read_only=True)[name].iter_rows()
    return {(cell.row - 1, cell.column - 1) for row in rows for cell in row if cell.data_type == "f"}


def _short(error: Exception) -> str:
    return " ".join(str(error).split())[:120]


def _chosen(workbook: Any, file: str, wanted: str | None) -> str:
    sheets = {str(ws.title): ws.sheet_state == "visible" for ws in workbook.worksheets}
    shown = [title for title, visible in sheets.items() if visible] or list(sheets)
    listed = ", ".join(f"'{title}'" for title in sheets)
    if not sheets:
        reason = "the workbook cannot be read: it holds no sheet."
        raise Refused([Fault(file, None, "", reason, "open it in a spreadsheet program and save it again.")])
    if wanted is None:
        if len(shown) == 1:
            return shown[0]
        reason = f"the workbook has {len(shown)} sheets: {listed}."
        raise Refused([Fault(file, None, "sheet", reason, "say which one with `layout: {sheet: ...}`.")])
    if wanted in sheets:
        return wanted
    nearest = difflib.get_close_matches(wanted, list(sheets), n=1)
    hint = f"did you mean '{nearest[0]}'?" if nearest else f"the sheets are: {listed}."
    raise Refused([Fault(file, None, wanted, "there is no such sheet.", hint)])


def _check_extent(sheet: Any, file: str) -> None:
    height, width = sheet.max_row, sheet.max_column
    if height * width > _CELLS:
        reason = f"the sheet '{sheet.title}' reaches to row {height:,} and column {letters(width - 1)}."
        way_out = "delete the empty rows and columns below and beside the table, and save."
        raise Refused([Fault(file, None, str(sheet.title), reason, way_out)])


def _sheet(values: Any, formulas: set[tuple[int, int]]) -> Sheet:
    texts: list[list[str]] = []
    prints: list[list[str]] = []
    bad: dict[tuple[int, int], tuple[str, str]] = {}
    for r, row in enumerate(values.iter_rows()):
        words = [_words(cell.value, str(getattr(cell, "number_format", "General"))) for cell in row]
        texts.append([text for text, _ in words])
        prints.append([printed for _, printed in words])
        for c, cell in enumerate(row):
            if cell.value is None and (r, c) in formulas:
                reason = "the formula has no stored value."
                bad[r, c] = (reason, "open the workbook, let it compute, and save.")
            elif getattr(cell, "data_type", "") == "e":
                bad[r, c] = (f"the cell holds the error {cell.value}.", "correct its formula, and save.")
    merges = _merges(values, texts, prints, bad)
    lines = tuple(range(1, len(texts) + 1))
    rows = tuple(map(tuple, texts)), tuple(map(tuple, prints))
    return Sheet(str(values.title), *rows, lines, merges, bad, _hidden(values))


def _words(value: object, shape: str) -> tuple[str, str]:
    """Value in plain form, and as the sheet shows it."""
    if value is None:
        return "", ""
    if isinstance(value, bool):
        return ("yes", "yes") if value else ("no", "no")
    if isinstance(value, int | float):
        return _number(value, shape)
    if isinstance(value, datetime):
        text = value.date().isoformat() if value.time() == time(0) else value.isoformat(" ")
        return text, text
    if isinstance(value, date | time | timedelta):
        return str(value), str(value)
    text = " ".join(_ESCAPED.sub(" ", str(value)).split())
    return text, text


def _number(value: float, shape: str) -> tuple[str, str]:
    # Words in quotation marks are shown beside the number; a percent sign there scales nothing.
    shape = _BESIDE.sub("", shape.split(";")[0])
    found = _DECIMALS.search(shape)
    plain = found is not None and not re.search(r"[Ee?/]", shape)
    percent = plain and "%" in shape
    # Fifteen digits are what a spreadsheet keeps; more would show the noise of binary fractions.
    text = _plain(100 * value if percent else value)
    if not plain or found is None:
        return text, text
    decimals = len(found.group(1) or "")
    printed = f"{100 * value if percent else value:.{decimals}f}"
    return text, printed + ("%" if percent else "")


def _plain(value: float) -> str:
    from decimal import Decimal

    return format(Decimal(f"{value:.15g}"), "f")


def _merges(
    sheet: Any, texts: list[list[str]], prints: list[list[str]], bad: dict[tuple[int, int], tuple[str, str]]
) -> dict[tuple[int, int], Merge]:
    found: dict[tuple[int, int], Merge] = {}
    for block in sheet.merged_cells.ranges:
        merge = Merge(block.min_row - 1, block.min_col - 1, block.max_row - 1, block.max_col - 1)
        for r in range(merge.top, min(merge.bottom + 1, len(texts))):
            for c in range(merge.left, min(merge.right + 1, len(texts[r]))):
                texts[r][c] = texts[merge.top][merge.left]
                prints[r][c] = prints[merge.top][merge.left]
                if (merge.top, merge.left) in bad:
                    bad[r, c] = bad[merge.top, merge.left]
                found[r, c] = merge
    return found


def _hidden(sheet: Any) -> tuple[str, ...]:
    rows = [f"row {number}" for number, row in sorted(sheet.row_dimensions.items()) if row.hidden]
    columns = []
    for column in sheet.column_dimensions.values():
        if column.hidden:
            first, last = column.min or 1, min(column.max or column.min or 1, sheet.max_column)
            columns += [f"column {letters(number - 1)}" for number in range(first, last + 1)]
    return (*rows, *sorted(columns))
