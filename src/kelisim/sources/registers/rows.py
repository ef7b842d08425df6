"""Rows of a foreign register from CSV, workbook or GeoJSON, as names and texts. Nothing is judged here."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from kelisim.core.errors import Fault, Refused
from kelisim.sources.delimited import read_delimited, repeated_columns
from kelisim.sources.xlsx import read_xlsx

__all__ = ["Row", "read_rows"]

_WORKBOOKS = (".xlsx", ".xlsm")
_GEOJSON = (".geojson", ".json")


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its line (of a GeoJSON, the number of the feature) and the text under every heading."""

    line: int
    cells: dict[str, str]


def read_rows(data: bytes, file: str, wanted: tuple[str, ...]) -> tuple[tuple[str, ...], list[Row]]:
    """Headings and rows of a file.

    wanted : headings by which the delimiter of a text table shows itself
    Raises: Refused for a file that cannot be split into rows.
    """
    if file.lower().endswith(_WORKBOOKS):
        return _workbook(data, file)
    if file.lower().endswith(_GEOJSON):
        return _features(data, file)
    grid = read_delimited(data, file, wanted)
    pairs = zip(grid.lines, grid.rows, strict=True)
    return grid.header, [Row(line, dict(zip(grid.header, row, strict=True))) for line, row in pairs]


def _workbook(data: bytes, file: str) -> tuple[tuple[str, ...], list[Row]]:
    sheet = read_xlsx(data, file, None)
    filled = [k for k, row in enumerate(sheet.texts) if sum(bool(cell.strip()) for cell in row) > 1]
    if not filled:
        raise Refused([Fault(file, None, "", "the sheet has no table.", "give a row of headings and rows.")])
    top = filled[0]
    header = tuple(cell.strip() for cell in sheet.texts[top])
    named = [k for k, name in enumerate(header) if name]
    if faults := repeated_columns([header[k] for k in named], file):
        raise Refused(faults)
    faults = [
        Fault(file, sheet.lines[r], header[c], *why)
        for (r, c), why in sheet.bad.items()
        if r > top and c in named
    ]
    if faults:
        raise Refused(faults)
    rows = [
        Row(sheet.lines[k], {header[c]: sheet.texts[k][c] for c in named})
        for k in range(top + 1, len(sheet.texts))
        if any(cell.strip() for cell in sheet.texts[k])
    ]
    return tuple(header[c] for c in named), rows


def _features(data: bytes, file: str) -> tuple[tuple[str, ...], list[Row]]:
    try:
        document = json.loads(data.decode("utf-8-sig"))
    except (UnicodeDecodeError, ValueError, RecursionError) as error:
        reason = f"this is no GeoJSON: {error}."
        raise Refused([Fault(file, None, "", reason, "export it again as GeoJSON in UTF-8.")]) from error
    listed = document.get("features") if isinstance(document, dict) else None
    if not isinstance(listed, list) or not all(isinstance(each, dict) for each in listed):
        reason = "this is no FeatureCollection with features."
        raise Refused([Fault(file, None, "", reason, "export the layer as GeoJSON.")])
    rows = [Row(number, _cells(each)) for number, each in enumerate(listed, 1)]
    return tuple(dict.fromkeys(name for row in rows for name in row.cells)), rows


def _cells(feature: dict[str, Any]) -> dict[str, str]:
    properties = feature.get("properties")
    cells = {str(k): _text(v) for k, v in properties.items()} if isinstance(properties, dict) else {}
    geometry = feature.get("geometry")
    if isinstance(geometry, dict) and geometry.get("type") == "Point":
        at = geometry.get("coordinates")
        if isinstance(at, list) and len(at) >= 2:
            cells["longitude"], cells["latitude"] = _text(at[0]), _text(at[1])
    return cells


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return format(value, ".12g") if isinstance(value, float) else str(value)
