"""Open data of a release: rows of estimates, their cells and the findings, as tidy CSV with a description."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from typing import Any

from kelisim.disclosure.release import Release

__all__ = ["cell_rows", "codebook", "csv_bytes", "datapackage", "estimate_rows", "findings_json"]

_MEANINGS = {
    "estimate_id": "identifier; `kelisim explain DIR ID` shows its cells",
    "area_id": "area, see areas.csv of the study",
    "group_id": "ethnic group; 'total' the whole; others carry their table after @",
    "period": "period of the study, or the year as printed",
    "indicator": "indicator",
    "variant": "table or print that tells figures of one quantity apart",
    "value": "value; empty where the flag is not ok or synthetic",
    "low": "lower end of the interval",
    "high": "upper end of the interval",
    "level": "confidence level of the interval",
    "unit": "unit of value, low and high",
    "n": "cases behind the value",
    "method": "method, see the method page",
    "grade": "good, acceptable or poor",
    "source": "source of the study",
    "flag": "ok, withheld, missing, not asked or synthetic",
    "class": "published by a source, derived from published figures, or computed",
    "recipe": "identifier of the index recipe; values of different recipes cannot be compared",
}


def estimate_rows(release: Release) -> list[dict[str, Any]]:
    """One row per figure, values unrounded; internal reasons stay inside."""
    rows = []
    for figure in release.figures:
        e = figure.estimate
        rows.append(
            dict(
                zip(
                    _MEANINGS,
                    (
                        figure.estimate_id,
                        figure.area_id,
                        figure.group_id or "",
                        figure.period_id,
                        figure.indicator,
                        figure.variant,
                        e.value,
                        e.low,
                        e.high,
                        e.level,
                        e.unit,
                        e.n,
                        e.method,
                        e.grade,
                        e.source,
                        e.flag,
                        figure.klass,
                        e.recipe,
                    ),
                    strict=True,
                )
            )
        )
    return rows


def cell_rows(release: Release) -> list[dict[str, Any]]:
    """One row per input cell of a figure."""
    return [
        {"estimate_id": f.estimate_id, "file": c.file, "row": c.row, "column": c.column, "printed": c.printed}
        for f in release.figures
        for c in f.cells
    ]


def csv_bytes(rows: list[dict[str, Any]]) -> bytes:
    """Rows as CSV in UTF-8; missing values are empty."""
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, list(rows[0]) if rows else [], lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


def findings_json(release: Release) -> bytes:
    """The findings of the auditor as JSON."""
    return json.dumps([f.as_dict() for f in release.findings], ensure_ascii=False, indent=1).encode()


def codebook() -> bytes:
    """What every column of `estimates` means."""
    rows = [{"column": name, "meaning": meaning} for name, meaning in _MEANINGS.items()]
    return csv_bytes(rows)


def datapackage(release: Release, files: dict[str, bytes]) -> bytes:
    """Description of the package: files with size and SHA-256, sources with licence."""
    study = release.study
    body = {
        "name": f"kelisim-{study.study_id}",
        "title": study.title.en,
        "version": release.code_version,
        "created": study.as_of.isoformat(),
        "synthetic": study.synthetic,
        "sources": [
            {"title": s.title.en, "citation": s.citation, "licence": s.licence}
            for s in study.sources.values()
        ],
        "resources": [
            {"name": name.partition(".")[0], "path": name, "bytes": len(data),
             "hash": f"sha256:{hashlib.sha256(data).hexdigest()}", "encoding": "utf-8"}
            for name, data in files.items()
        ],
    }  # fmt: skip
    return json.dumps(body, ensure_ascii=False, indent=1).encode()
