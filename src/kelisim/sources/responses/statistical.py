"""Answers from SPSS (.sav, .zsav) and Stata (.dta): values with the labels the file itself gives them.

Values declared missing by the user are read as they stand: "don't know" and "refused" are answers of their
own, and the programs would turn both into the same blank. Where a label of the file is the label of an
option, the label decides what the value means, whatever the number.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any, Literal

from kelisim.core.errors import Fault, Refused
from kelisim.core.questionnaire import Questionnaire
from kelisim.sources.delimited import oversize
from kelisim.sources.responses.blocks import ROWS_PER_BLOCK, Block, Opened
from kelisim.sources.responses.text_rows import opened_plain

__all__ = ["open_statistical"]


def open_statistical(path: Path, kind: Literal["sav", "dta"], form: Questionnaire) -> Opened:
    """Look at a file of SPSS or Stata. Raises: Refused when it cannot be read or pyreadstat is not there."""
    made, size = hashlib.sha256(), 0
    with opened_plain(path) as file:
        while part := file.read(2**20):
            made.update(part)
            size += len(part)
    digest = made.hexdigest()
    _, about = _read(path, kind, metadataonly=True)
    header = tuple(about.column_names)
    if faults := oversize(path.name, len(header), 0):
        raise Refused(faults)
    if not header or not all(header):
        reason = "it has variables without a name." if header else "it has no variables."
        raise Refused([Fault(path.name, None, "", reason, "export it again.")])
    labels = {
        column: {_cell(value): str(label) for value, label in found.items()}
        for column, found in about.variable_value_labels.items()
    }
    titles = {name: title for name, title in about.column_names_to_labels.items() if title}
    how = {"sav": "SPSS", "dta": "Stata"}[kind] + f", {len(header)} variables"
    return Opened(path.name, how, lambda: _blocks(path, kind, header), lambda: digest, size, labels, titles)


def _blocks(path: Path, kind: Literal["sav", "dta"], header: tuple[str, ...]) -> Iterator[Block]:
    start = 0
    while True:
        data, _ = _read(path, kind, row_offset=start, row_limit=ROWS_PER_BLOCK)
        columns = [[_cell(value) for value in data[name]] for name in header]
        size = len(columns[0])
        if size:
            yield Block(header, columns, range(start + 1, start + size + 1))
        if size < ROWS_PER_BLOCK:
            return
        start += size


def _read(path: Path, kind: Literal["sav", "dta"], **how: Any) -> tuple[Mapping[str, Any], Any]:
    try:
        import pyreadstat
    except ImportError as error:
        way_out = "install it with `pip install kelisim[surveys]`, or export the answers as CSV."
        raise Refused(
            [Fault(path.name, None, "", "pyreadstat, which reads it, is not there.", way_out)]
        ) from error
    read = pyreadstat.read_sav if kind == "sav" else pyreadstat.read_dta
    try:
        found: tuple[Mapping[str, Any], Any] = read(
            str(path), user_missing=True, disable_datetime_conversion=False, output_format="dict", **how
        )
    except Exception as error:  # the reader raises whatever a damaged part leads it to
        reason = f"it cannot be read ({type(error).__name__}: {' '.join(str(error).split())[:120]})."
        raise Refused(
            [Fault(path.name, None, "", reason, "save it again in the program that wrote it.")]
        ) from error
    return found


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.isoformat(" ")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) or hasattr(value, "dtype"):
        number = float(value)
        if math.isnan(number):
            return ""
        return str(int(number)) if number.is_integer() and abs(number) < 1e15 else format(number, ".15g")
    return str(value)
