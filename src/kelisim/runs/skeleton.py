"""The study that `kelisim init` writes: invented, small, commented, and running as it is.

The files lie beside this module. One more is made on the spot: a workbook such as statistical offices
hand out, with a title above, headings in two rows, merged cells and a note below, to practise reading on.
"""

from __future__ import annotations

from importlib.resources import files
from io import BytesIO
from pathlib import Path

from kelisim.store.study_files import new_folder

__all__ = ["write_skeleton"]

_MEANINGS = {
    "study.yaml": "the declaration: read it from top to bottom, the comments explain it",
    "data/areas.csv": "areas, their names in three languages and what they belong to",
    "data/groups.csv": "ethnic groups as your tables count them",
    "data/population.csv": "persons by district and group: replace this table first",
    "data/events.csv": "register of events",
    "data/practice.xlsx": "the population table as an office's workbook has it, to practise on",
}
_PRACTICE = (
    ("Саржайлау облысы аудандары халқының этникалық құрамы, 2024 жылғы 1 қаңтар", None, None, None, None),
    (None, None, None, None, "адам"),
    ("Аудан", "Барлығы", "оның ішінде", None, None),
    (None, None, "аңғарлықтар", "таулықтар", "басқалар"),
    ("Саржайлау облысы", 96400, 61250, 30420, 4730),
    ("Ақтасты ауданы", 41200, 33900, 5350, 1950),
    ("Көкөзек ауданы", 32700, 19800, 11420, 1480),
    ("Тасбұлақ ауданы", 22500, 7550, 13650, 1300),
    (None, None, None, None, None),
    ("* Деректер ойдан шығарылған.", None, None, None, None),
)


def write_skeleton(folder: Path) -> dict[str, str]:
    """Write the study into a new or empty folder; file -> what it is for. Raises: OutputError."""
    source = files("kelisim.runs").joinpath("skeleton_files")
    contents = {name: source.joinpath(name).read_bytes() for name in _MEANINGS if not name.endswith(".xlsx")}
    new_folder(folder, contents | {"data/practice.xlsx": _workbook()})
    return dict(_MEANINGS)


def _workbook() -> bytes:
    from openpyxl import Workbook

    workbook = Workbook()
    sheet = workbook.active
    sheet.title = "1.2"
    for row in _PRACTICE:
        sheet.append(row)
    for block in ("A1:E1", "A3:A4", "B3:B4", "C3:E3"):
        sheet.merge_cells(block)
    for row in sheet.iter_rows(min_row=5, max_row=8, min_col=2):
        for cell in row:
            cell.number_format = "#,##0"
    out = BytesIO()
    workbook.save(out)
    return out.getvalue()
