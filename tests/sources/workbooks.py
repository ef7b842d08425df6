"""Workbooks for tests, built cell by cell, and the study that reads them."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Iterable, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

from openpyxl import Workbook

from tests.sources.invented import DECLARATION, write_study

__all__ = ["GROUPS", "OFFICE", "bytes_of", "declaration", "repacked", "study_of", "workbook"]

GROUPS = """\
group_id,group_kk,name_ru,name_en
kazakh,қазақ,казахи,Kazakhs
uzbek,өзбек,узбеки,Uzbeks
other,басқа,другие,others
"""
OFFICE: Sequence[Sequence[Any]] = (
    ("Тау облысының халқы", None, None, None, None),
    ("адам", None, None, None, None),
    ("Аудан", "Барлығы", "оның ішінде", None, None),
    (None, None, "қазақ", "өзбек", "басқа"),
    ("Тау", 2700.0, "2 100", 450, 150),
    ("Көл", 1500, "1\u00a0200", 200.0, 100),
    ("Өзен", 1200, 900, 250, 50),
    (None, None, None, None, None),
    ("Ескерту: ойдан шығарылған", None, None, None, None),
)
OFFICE_MERGES = ("A1:E1", "A3:A4", "B3:B4", "C3:E3")
_WIDE = """\
    layout:
      header: [3, 4]
      wide:
        {heading: group, value: count_persons, first: "Барлығы", last: "оның ішінде / басқа",
        names: {"Барлығы": total}}
"""


def workbook(
    rows: Iterable[Sequence[Any]] = OFFICE, merges: Iterable[str] = OFFICE_MERGES,
    change: Callable[[Any], None] | None = None, title: str = "Халық",
) -> Workbook:  # fmt: skip
    """A workbook with one sheet of these rows; `change` may do anything to the sheet."""
    made = Workbook()
    sheet = made.active
    sheet.title = title
    for row in rows:
        sheet.append(list(row))
    for block in merges:
        sheet.merge_cells(block)
    if change is not None:
        change(sheet)
    return made


def bytes_of(made: Workbook) -> bytes:
    """The workbook as a file."""
    out = BytesIO()
    made.save(out)
    return out.getvalue()


def repacked(data: bytes, change: Callable[[str, bytes], bytes | None], **more: bytes) -> bytes:
    """The archive with its parts changed (None drops one) and more parts put in."""
    out = BytesIO()
    with zipfile.ZipFile(BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            body = change(name, old.read(name))
            if body is not None:
                new.writestr(name, body)
        for name, body in more.items():
            new.writestr(name, body)
    return out.getvalue()


def declaration(layout: str = _WIDE, columns: str = '{area: "Аудан"}', file: str = "counts.xlsx") -> str:
    """The invented study's declaration with a workbook for its table of counts."""
    text = DECLARATION.replace("counts.csv", file)
    return re.sub(r"    columns: .*\n", lambda _: f"    columns: {columns}\n{layout}", text)


def study_of(folder: Path, data: bytes, declared: str | None = None, file: str = "counts.xlsx") -> Path:
    """A study folder whose table of counts is this file."""
    write_study(folder, declaration=declared or declaration(file=file), groups=GROUPS, counts=None)
    (folder / file).write_bytes(data)
    return folder
