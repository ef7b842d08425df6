"""Lays a declared layout upon a sheet: headings of several rows, a block of data, the wide form, marks.

The result is the same grid of strings that plain text tables give, with the place of every value kept, so
that all tables pass the same checks and any number can be followed to its cell. What was passed over (rows of
notes below the table, hidden rows that were read all the same) is said in remarks, never silently.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kelisim.core.errors import Fault, Refused
from kelisim.core.languages import fold_homoglyphs
from kelisim.core.provenance import Place
from kelisim.core.tables import TableSpec
from kelisim.sources.delimited import Grid
from kelisim.sources.layout_document import LayoutDocument, Meaning, WideDocument
from kelisim.sources.sheets import Sheet, letters

__all__ = ["Passed", "lay_out"]

_COUNTED = ("count", "number", "integer", "figure")
_MEANS: Mapping[Meaning, str] = {"zero": "0", "missing": "", "withheld": ""}
_NOTE = re.compile(r"\*|\(?\d{1,2}\)|[¹²³⁴⁵]|ескерту|дереккөз|примечани|источник|note|source", re.IGNORECASE)
_ALIKE = str.maketrans({"х": "x", "–": "-", "—": "-", "−": "-", "…": "..."})
_UNTITLED = "column "


@dataclass(frozen=True, slots=True)
class Passed:
    """What the reading of a sheet passed over or met.

    what : "notes_below" rows, "hidden" rows and columns, "mixed_letters" in headings of columns
    """

    what: str
    places: tuple[str, ...]


@dataclass(frozen=True)
class _Columns:
    """Declared column -> column of the sheet, and the columns whose headings are values."""

    single: Mapping[str, int]
    wide: Sequence[tuple[int, str]]


def lay_out(
    sheet: Sheet, layout: LayoutDocument, file: str, spec: TableSpec, columns: Mapping[str, str]
) -> tuple[Grid, tuple[Passed, ...]]:
    """The table as a grid whose header holds declared names, one row per value in the wide form.

    columns : declared column -> heading in the sheet
    Raises: Refused with every fault of headings and cells.
    """
    titles = _titles(sheet, layout, file)
    found = _columns(sheet, layout, file, spec, columns, titles)
    body, notes = _body(sheet, layout, file)
    faults = _faults_of_cells(sheet, file, spec, found, body, layout, titles)
    if faults:
        raise Refused(faults)
    grid = _grid(sheet, layout, spec, found, body, titles)
    used = sorted({*found.single.values(), *(c for c, _ in found.wide)})
    met = {
        "notes_below": notes,
        "hidden": _hidden_inside(sheet, used, body),
        "mixed_letters": tuple(f"column {letters(c)}" for c in used if fold_homoglyphs(titles[c])[1]),
    }
    return grid, tuple(Passed(what, places) for what, places in met.items() if places)


def _titles(sheet: Sheet, layout: LayoutDocument, file: str) -> list[str]:
    """One heading per column: the parts of all heading rows joined by " / ", repeated parts once."""
    rows = [_index(sheet, number, file, "header") for number in layout.header]
    titles = []
    for c in range(sheet.width):
        parts: list[str] = []
        for r in rows:
            part = " ".join(sheet.texts[r][c].split())
            if part and (not parts or parts[-1] != part):
                parts.append(part)
        titles.append(" / ".join(parts) or f"{_UNTITLED}{letters(c)}")
    return titles


def _index(sheet: Sheet, line: int, file: str, key: str) -> int:
    if line in sheet.lines:
        return sheet.lines.index(line)
    reason = f"`{key}` names row {line}, and the table ends at row {sheet.lines[-1] if sheet.lines else 0}."
    raise Refused([Fault(file, line, sheet.name, reason, "correct the row in the layout of the table.")])


def _columns(
    sheet: Sheet, layout: LayoutDocument, file: str, spec: TableSpec, columns: Mapping[str, str],
    titles: Sequence[str],
) -> _Columns:  # fmt: skip
    faults: list[Fault] = []

    def find(name: str) -> int:
        places = [c for c, title in enumerate(titles) if _key(title) == _key(name)]
        if len(places) == 1:
            return places[0]
        if places:
            reason = f"{len(places)} columns have this heading."
            way_out = "add the row of headings that tells them apart to `header`, or rename one."
        else:
            reason = "there is no such heading."
            way_out = _nearest(sheet, layout, name, titles)
        faults.append(Fault(file, layout.header[-1], _named(sheet, name), reason, way_out))
        return -1

    single = {declared: find(name) for declared, name in columns.items()}
    wide: list[tuple[int, str]] = []
    if layout.wide is not None:
        first, last = find(layout.wide.first), find(layout.wide.last)
        taken = set(single.values())
        inside = [c for c in range(first, last + 1) if c not in taken] if first >= 0 and last >= 0 else []
        wide = [(c, _meaning(titles[c], layout.wide)) for c in inside]
        faults += _faults_of_wide(sheet, file, layout, spec, columns, wide, titles)
        if first > last >= 0:
            reason = f"it stands to the left of the first, '{layout.wide.first}'."
            faults.append(
                Fault(file, layout.header[-1], layout.wide.last, reason, "swap `first` and `last`.")
            )
    if faults:
        raise Refused(faults)
    return _Columns(single, wide)


def _key(title: str) -> str:
    # A heading may hold a Latin letter that looks Cyrillic; nobody could find the difference by eye.
    return fold_homoglyphs(" ".join(title.split()))[0]


def _named(sheet: Sheet, name: str) -> str:
    return f"{sheet.name}!'{name}'" if sheet.name else name


def _nearest(sheet: Sheet, layout: LayoutDocument, name: str, titles: Sequence[str]) -> str:
    wanted = " ".join(name.split())
    for row, line in enumerate(sheet.lines[:40]):
        cells = [" ".join(text.split()) for text in sheet.texts[row]]
        if line not in layout.header and wanted.split(" / ")[-1] in cells:
            return f"row {line} holds it: say so with `layout: {{header: [...]}}`."
    near = (
        difflib.get_close_matches(wanted, titles, n=3, cutoff=0.5)
        or [title for title in titles if not title.startswith(_UNTITLED)][:8]
    )
    return (
        f"the headings read: {'; '.join(near)}." if near else "the rows of `header` are empty; correct them."
    )


def _meaning(title: str, wide: WideDocument) -> str:
    names = {_key(name): meaning for name, meaning in wide.names.items()}
    last = title.split(" / ")[-1]
    return names.get(_key(title), names.get(_key(last), last))


def _faults_of_wide(
    sheet: Sheet, file: str, layout: LayoutDocument, spec: TableSpec, columns: Mapping[str, str],
    wide: Sequence[tuple[int, str]], titles: Sequence[str],
) -> list[Fault]:  # fmt: skip
    assert layout.wide is not None
    declared = {column.name for column in spec.columns}
    faults = []
    for key in (layout.wide.heading, layout.wide.value):
        if key not in declared or key in columns:
            reason = "it is mapped under `columns` too." if key in columns else "the kind has no such column."
            way_out = f"columns of this kind: {', '.join(sorted(declared))}."
            faults.append(Fault("study.yaml", None, f"layout.wide.{key}", reason, way_out))
    meanings = [meaning for _, meaning in wide]
    for c, meaning in wide:
        if meanings.count(meaning) > 1:
            reason = f"two columns of the wide table mean '{meaning}'."
            way_out = "tell them apart under `wide: {names: ...}`."
            faults.append(
                Fault(file, layout.header[-1], sheet.address(0, c).rstrip("0123456789"), reason, way_out)
            )
    known = {_key(t) for c, _ in wide for t in (titles[c], titles[c].split(" / ")[-1])}
    for name in sorted(name for name in layout.wide.names if _key(name) not in known):
        way_out = "correct the heading, or leave the line out."
        faults.append(
            Fault("study.yaml", None, f"layout.wide.names.{name}", "no column has this heading.", way_out)
        )
    return faults


def _body(sheet: Sheet, layout: LayoutDocument, file: str) -> tuple[list[int], tuple[str, ...]]:
    """Rows of data, and the rows of notes below them as people name them."""
    start = _index(sheet, layout.header[-1], file, "header") + 1
    if layout.rows is not None:
        first, last = (_index(sheet, line, file, "rows") for line in layout.rows)
        return [r for r in range(first, last + 1) if any(sheet.texts[r])], ()
    rows = [r for r in range(start, len(sheet.lines)) if any(sheet.texts[r])]
    notes: list[int] = []
    for place, r in enumerate(rows):
        after_gap = place > 0 and r > rows[place - 1] + 1
        if _filled(sheet, r) == 1 and place > 0 and (notes or _is_note(sheet, r, after_gap)):
            notes.append(r)
        elif notes:
            reason = f"rows go on below the notes that begin in row {sheet.lines[notes[0]]}."
            way_out = "say which rows are this table with `layout: {rows: [first, last]}`."
            raise Refused([Fault(file, sheet.lines[r], sheet.name, reason, way_out)])
    return [r for r in rows if r not in notes], tuple(f"row {sheet.lines[r]}" for r in notes)


def _filled(sheet: Sheet, row: int) -> int:
    blocks = {sheet.merges.get((row, c), (row, c)) for c, text in enumerate(sheet.texts[row]) if text}
    return len(blocks)


def _is_note(sheet: Sheet, row: int, after_gap: bool) -> bool:
    # An area whose figures are all missing looks like a note too; it is read as data.
    first = next(c for c, text in enumerate(sheet.texts[row]) if text)
    merge = sheet.merges.get((row, first))
    across = merge is not None and merge.right - merge.left + 1 >= max(3, sheet.width // 2)
    below = all(_filled(sheet, r) <= 1 for r in range(row, len(sheet.lines)))
    return _NOTE.match(sheet.texts[row][first]) is not None or (below and (after_gap or across))


def _faults_of_cells(
    sheet: Sheet, file: str, spec: TableSpec, found: _Columns, body: Sequence[int], layout: LayoutDocument,
    titles: Sequence[str],
) -> list[Fault]:  # fmt: skip
    counted = {c for name, c in found.single.items() if spec.column(name).type in _COUNTED}
    counted |= {c for c, _ in found.wide}
    faults = []
    for r in body:
        for c in sorted({*found.single.values(), *counted}):
            field = _field(sheet, r, c, titles)
            if (r, c) in sheet.bad:
                faults.append(Fault(file, sheet.lines[r], field, *sheet.bad[r, c]))
                continue
            merge = sheet.merges.get((r, c))
            if merge is not None and merge.right > merge.left and sheet.texts[r][c]:
                reason = "a merged cell lies across several columns of the table, as headings of a block do."
                way_out = "say which rows are data with `layout: {rows: [first, last]}`, or undo the merging."
                faults.append(Fault(file, sheet.lines[r], field, reason, way_out))
            elif merge is not None and c in counted and merge.bottom > merge.top and sheet.texts[r][c]:
                reason = (
                    "one number stands in a cell merged over several rows, so it is not clear whose it is."
                )
                faults.append(
                    Fault(file, sheet.lines[r], field, reason, "undo the merging and write each number.")
                )
    return faults


def _field(sheet: Sheet, row: int, column: int, titles: Sequence[str]) -> str:
    if not sheet.name:
        return titles[column]
    return f"{sheet.address(row, column)} ({titles[column]})"


def _grid(
    sheet: Sheet, layout: LayoutDocument, spec: TableSpec, found: _Columns, body: Sequence[int],
    titles: Sequence[str],
) -> Grid:  # fmt: skip
    marks = {_mark(mark): _MEANS[meaning] for mark, meaning in layout.marks.items()}

    def value(declared: str, r: int, c: int) -> str:
        kind = spec.column(declared).type
        if kind == "print":
            return sheet.prints[r][c]
        text = sheet.texts[r][c]
        return marks.get(_mark(text), text) if kind in _COUNTED else text

    def place(r: int, c: int) -> Place:
        return Place(_field(sheet, r, c, titles), sheet.prints[r][c])

    single = list(found.single.items())
    rows: list[tuple[str, ...]] = []
    places: list[tuple[Place, ...]] = []
    lines: list[int] = []
    header = [name for name, _ in single]
    wide = layout.wide
    prints = _print_column(spec, found, wide)
    if wide is not None:
        header += [wide.heading, wide.value]
    if prints:
        header.append("printed")
    for r in body:
        for c, meaning in found.wide if wide is not None else ((-1, ""),):
            cells = [(value(name, r, at), place(r, at)) for name, at in single]
            if wide is not None:
                cells += [(meaning, place(r, c)), (value(wide.value, r, c), place(r, c))]
            if prints:
                at = c if wide is not None else found.single[prints]
                cells.append((sheet.prints[r][at], place(r, at)))
            rows.append(tuple(text for text, _ in cells))
            places.append(tuple(where for _, where in cells))
            lines.append(sheet.lines[r])
    return Grid(tuple(header), tuple(rows), tuple(lines), tuple(places))


def _mark(text: str) -> str:
    return text.strip().casefold().translate(_ALIKE)


def _print_column(spec: TableSpec, found: _Columns, wide: WideDocument | None) -> str:
    """The counted column whose prints are kept beside it, where the kind keeps prints and none is mapped."""
    if "printed" in found.single or "printed" not in {column.name for column in spec.columns}:
        return ""
    if wide is not None:
        return wide.value
    counted = [name for name in found.single if spec.column(name).type in _COUNTED]
    return counted[0] if len(counted) == 1 else ""


def _hidden_inside(sheet: Sheet, columns: Sequence[int], body: Sequence[int]) -> tuple[str, ...]:
    used = {f"row {sheet.lines[r]}" for r in body} | {f"column {letters(c)}" for c in columns}
    return tuple(place for place in sheet.hidden if place in used)
