"""Open data of a release: rows of estimates, their cells and the findings, with a description of every field.

The description is a Data Package: each file with size, digest and, where it is a table, its schema.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Mapping
from typing import Any

from kelisim.core.estimates import FLAGS, GRADES
from kelisim.core.languages import Language
from kelisim.disclosure.release import Release
from kelisim.publish.survey_tables import SURVEY
from kelisim.publish.words import Speaker

__all__ = [
    "cell_rows",
    "citation",
    "codebook",
    "csv_bytes",
    "datapackage",
    "estimate_rows",
    "findings_json",
    "readme",
]

# Field -> type of the Data Package, meaning.
_ESTIMATES = {
    "estimate_id": ("string", "identifier; `kelisim explain DIR ID` shows its cells"),
    "area_id": ("string", "area, see areas.csv of the study"),
    "group_id": ("string", "ethnic group; 'total' the whole; others carry their table after @"),
    "period": ("string", "period of the study, or the year as printed"),
    "indicator": ("string", "indicator"),
    "variant": ("string", "table or print that tells figures of one quantity apart"),
    "value": ("number", "value; empty where the flag is not ok or synthetic"),
    "low": ("number", "lower end of the interval; without a level, lower end of a range as printed"),
    "high": ("number", "upper end of the interval; without a level, upper end of a range as printed"),
    "level": ("number", "confidence level of the interval; empty where low and high are a printed range"),
    "unit": ("string", "unit of value, low and high"),
    "n": ("integer", "cases behind the value"),
    "method": ("string", "method, see the method page"),
    "grade": ("string", "good, acceptable or poor"),
    "source": ("string", "source of the study"),
    "flag": ("string", "ok, withheld, missing, not asked or synthetic"),
    "class": ("string", "published by a source, derived from published figures, or computed"),
    "recipe": ("string", "identifier of the index recipe; values of different recipes cannot be compared"),
}
_CELLS = {
    "estimate_id": ("string", "estimate that rests on the cell"),
    "file": ("string", "file inside the study folder"),
    "row": ("integer", "line of the file, the header being line 1"),
    "column": ("string", "column of the file"),
    "printed": ("string", "what stands there, unchanged"),
}
_CODEBOOK = {
    "table": ("string", "table of this package"),
    "column": ("string", "column of that table"),
    "type": ("string", "type of its values"),
    "meaning": ("string", "what the column means"),
}
_TABLES = {"estimates": _ESTIMATES, "cells": _CELLS, "codebook": _CODEBOOK, "survey": SURVEY}
_KEYS = {"estimates": ["estimate_id"], "codebook": ["table", "column"], "survey": ["estimate_id"]}
_WORDS = {"grade": list(GRADES), "flag": list(FLAGS)}
_MEDIA = {
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "json": "application/json",
    "geojson": "application/geo+json",
    "ics": "text/calendar",
    "parquet": "application/vnd.apache.parquet",
    "md": "text/markdown",
    "cff": "application/yaml",
}


def estimate_rows(release: Release) -> list[dict[str, Any]]:
    """One row per figure, values unrounded; internal reasons stay inside."""
    rows = []
    for figure in release.figures:
        e = figure.estimate
        values = (
            figure.estimate_id, figure.area_id, figure.group_id or "", figure.period_id, figure.indicator,
            figure.variant, e.value, e.low, e.high, e.level, e.unit, e.n, e.method, e.grade, e.source, e.flag,
            figure.klass, e.recipe,
        )  # fmt: skip
        rows.append(dict(zip(_ESTIMATES, values, strict=True)))
    return rows


def cell_rows(release: Release) -> list[dict[str, Any]]:
    """One row per input cell of a figure."""
    return [
        dict(zip(_CELLS, (f.estimate_id, c.file, c.row, c.column, c.printed), strict=True))
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


def codebook(release: Release) -> bytes:
    """What every column of every table means; that of surveys only where there is one."""
    rows = [
        {"table": table, "column": name, "type": kind, "meaning": meaning}
        for table, columns in _TABLES.items()
        if table != "survey" or release.waves
        for name, (kind, meaning) in columns.items()
    ]
    return csv_bytes(rows)


def readme(release: Release, language: Language) -> bytes:
    """What is in the folder, how to read it and how to cite it, in one language."""
    study, word = release.study, Speaker(language).word
    names = (
        "estimates",
        "cells",
        *(("survey",) if release.waves else ()),
        *(("events",) if release.events else ()),
        "findings",
        "codebook",
        "datapackage",
    )
    lines = [
        f"# {study.title.say(language)}",
        *([word("synthetic")] if study.synthetic else []),
        word("package.what"),
        "\n".join(f"- `{name}`: {word(f'package.{name}')}" for name in names),
        word("package.read"),
        f"## {word('about.cite.title')}",
        f"{word('about.cite')}\n\n{word('site.name')}. {study.title.say(language)}. {release.code_version}, "
        f"{release.run_id}. {Speaker(language).day(study.as_of)}.",
        f"## {word('about.sources')}",
        "\n".join(f"- {s.title.say(language)}. {s.citation}." for s in study.sources.values()),
        word("about.licence"),
    ]
    return ("\n\n".join(lines) + "\n").encode()


def citation(release: Release) -> bytes:
    """The release as a CITATION.cff of kind data set."""
    study = release.study
    fields: dict[str, str] = {
        "cff-version": "1.2.0",
        "message": "If you use these data, please cite this release by its run.",
        "type": "dataset",
        "title": f"{study.title.en}: open data" + (" (synthetic)" if study.synthetic else ""),
        "version": release.run_id,
        "date-released": study.as_of.isoformat(),
    }
    # A JSON string is a YAML string, so nothing in a title can break the file.
    lines = [f"{key}: {json.dumps(value, ensure_ascii=False)}" for key, value in fields.items()]
    lines += ["authors:", '  - name: "The kelisim maintainers"', "references:"]
    for source in study.sources.values():
        lines += [
            "  - type: generic",
            f"    title: {json.dumps(source.title.en, ensure_ascii=False)}",
            f"    notes: {json.dumps(source.citation, ensure_ascii=False)}",
            '    authors: [{name: "not known"}]',
        ]
    return ("\n".join(lines) + "\n").encode()


def datapackage(release: Release, files: Mapping[str, bytes]) -> bytes:
    """Description of the package: every file with size, SHA-256 and schema; sources with licence."""
    study = release.study
    body = {
        "name": f"kelisim-{study.study_id}",
        "id": release.run_id,
        "title": study.title.en,
        "titles": study.title.as_dict(),
        "profile": "data-package",
        "version": release.code_version.split()[-1],
        "created": f"{study.as_of.isoformat()}T00:00:00Z",
        "synthetic": study.synthetic,
        "licenses": [{"name": "facts", "title": "Facts of the sources named; free to use with their name"}],
        "contributors": [{"title": "The kelisim maintainers", "role": "publisher"}],
        "sources": [
            {"title": s.title.en, "citation": s.citation, "licence": s.licence}
            for s in study.sources.values()
        ],
        "resources": [_resource(name, data) for name, data in sorted(files.items())],
    }
    return json.dumps(body, ensure_ascii=False, indent=1).encode()


def _resource(path: str, data: bytes) -> dict[str, Any]:
    stem, _, ending = path.rpartition(".")
    resource: dict[str, Any] = {
        "name": path.lower().replace(".", "-"),
        "path": path,
        "format": ending,
        "mediatype": _MEDIA[ending],
        "bytes": len(data),
        "hash": f"sha256:{hashlib.sha256(data).hexdigest()}",
    }
    if ending not in ("parquet", "xlsx"):
        resource["encoding"] = "utf-8"
    if stem in _TABLES and ending in ("csv", "parquet"):
        resource["profile"] = "tabular-data-resource"
        resource["schema"] = _schema(stem)
    return resource


def _schema(table: str) -> dict[str, Any]:
    fields = []
    for name, (kind, meaning) in _TABLES[table].items():
        field: dict[str, Any] = {"name": name, "type": kind, "description": meaning}
        if name in _WORDS and table == "estimates":
            field["constraints"] = {"enum": _WORDS[name]}
        fields.append(field)
    schema: dict[str, Any] = {"fields": fields, "missingValues": [""]}
    if table in _KEYS:
        schema["primaryKey"] = _KEYS[table]
    if table in ("cells", "survey"):
        schema["foreignKeys"] = [
            {"fields": ["estimate_id"], "reference": {"resource": "estimates-csv", "fields": ["estimate_id"]}}
        ]
    return schema
