"""Records set aside: one CSV per source or import, in which each stands once, with its place and reason.

What a record says has passed the door before it comes here; the rest of it stays in the file it came from.
"""

from __future__ import annotations

import csv
import os
import re
from collections.abc import Iterable
from pathlib import Path

from kelisim.core.errors import OutputError

__all__ = ["ASIDE_COLUMNS", "set_aside"]

ASIDE_COLUMNS = ("file", "record", "field", "reason", "text")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,120}")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def set_aside(
    place: Path, name: str, rows: Iterable[tuple[str, int, str, str, str]], *, anew: bool = False
) -> Path:
    """Add rows (file, record, field, reason, text) to `aside/NAME.csv`; those that stand there are not
    repeated.

    anew : what stood there before is let go, as when a file is imported again
    Returns: the file.  Raises: OutputError.
    """
    if not _NAME.fullmatch(name):
        raise OutputError(f"'{name}' cannot name a file. Way out: letters, digits, '-', '_' and '.'.")
    path = place / "aside" / f"{name}.csv"
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        known = [] if anew else _rows(path)
        seen = set(known)
        for row in rows:
            cells = tuple(_cell(value) for value in row)
            if cells not in seen:
                seen.add(cells)
                known.append(cells)
        aside = path.with_name(f".{path.name}.part")
        with aside.open("w", encoding="utf-8", newline="") as file:
            page = csv.writer(file)
            page.writerow(ASIDE_COLUMNS)
            page.writerows(known)
            file.flush()
            os.fsync(file.fileno())
        aside.replace(path)
    except OSError as error:
        raise OutputError(
            f"'{path}' cannot be written ({error.strerror or error}). Way out: free space or rights."
        ) from error
    return path


def _rows(path: Path) -> list[tuple[str, ...]]:
    if not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        return [tuple(row) for row in list(csv.reader(file))[1:]]


def _cell(value: object) -> str:
    text = str(value).replace("\x00", "\ufffd").replace("\r\n", "\n").replace("\r", "\n")[:2000]
    text = text.encode("utf-8", errors="replace").decode("utf-8")
    # A spreadsheet would compute a cell that begins like a formula.
    return f"'{text}" if text.startswith(_FORMULA) else text
