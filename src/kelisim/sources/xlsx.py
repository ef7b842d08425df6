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

_CELLS = 2_000_000
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
            values, formulas = _loaded(data)
    except Exception as error:  # the reader raises whatever a damaged part leads it to
        reason = f"the workbook cannot be read ({type(error).__name__}: {_short(error)})."
        raise Refused(
            [Fault(file, None, "", reason, "open it in a spreadsheet program and save it again.")]
        ) from error
    name = _chosen(values, file, sheet)
    return _sheet(values[name], formulas[name], file, name)


def _loaded(data: bytes) -> tuple[Any, Any]:
    from openpyxl import load_workbook

    return load_workbook(BytesIO(data), data_only=True), load_workbook(BytesIO(data))


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


def _sheet(values: Any, formulas: Any, file: str, name: str) -> Sheet:
    height, width = values.max_row, values.max_column
    if height * width > _CELLS:
        reason = f"the sheet '{name}' reaches to row {height:,} and column {letters(width - 1)}."
        way_out = "delete the empty rows and columns below and beside the table, and save."
        raise Refused([Fault(file, None, name, reason, way_out)])
    texts: list[list[str]] = []
    prints: list[list[str]] = []
    bad: dict[tuple[int, int], tuple[str, str]] = {}
    for r, (row, sources) in enumerate(zip(values.iter_rows(), formulas.iter_rows(), strict=True)):
        texts.append([])
        prints.append([])
        for c, (cell, source) in enumerate(zip(row, sources, strict=True)):
            text, printed = _words(cell.value, str(getattr(cell, "number_format", "General")))
            if getattr(source, "data_type", "") == "f" and cell.value is None:
                bad[r, c] = (
                    "the formula has no stored value.",
                    "open the workbook, let it compute, and save.",
                )
            elif getattr(cell, "data_type", "") == "e":
                bad[r, c] = (f"the cell holds the error {cell.value}.", "correct its formula, and save.")
            texts[-1].append(text)
            prints[-1].append(printed)
    merges = _merges(values, texts, prints, bad)
    return Sheet(
        name, tuple(map(tuple, texts)), tuple(map(tuple, prints)), tuple(range(1, height + 1)), merges, bad,
        _hidden(values),
    )  # fmt: skip


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
