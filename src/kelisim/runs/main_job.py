"""The main job: read, audit, compute, pass the gate, write the site and the open data, all or nothing."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from kelisim.core.errors import OutputError
from kelisim.core.study import Study
from kelisim.disclosure.closed_tables import guarded
from kelisim.disclosure.policy import policy_of
from kelisim.disclosure.release import Release
from kelisim.publish import package
from kelisim.publish.bulletin import bulletin
from kelisim.publish.site import site
from kelisim.publish.survey_tables import survey_rows, workbook
from kelisim.runs.ledger import with_ledger
from kelisim.runs.media import media_of
from kelisim.runs.open_events import open_events
from kelisim.runs.release import released_study
from kelisim.runs.studies import read_whole
from kelisim.store.digests import digests_below
from kelisim.store.folders import MARK, replaced_folder
from kelisim.store.parquet import write_rows
from kelisim.store.warehouse import place_of, write_warehouse

__all__ = ["Made", "run_study"]


@dataclass(frozen=True, slots=True)
class Made:
    """What a run wrote."""

    figures: int
    findings: int
    pages: int


def run_study(folder: Path, out: Path, tell: Callable[[str], None], warehouse: Path | None = None) -> Made:
    """Run a study into `out`, which is replaced only when everything is written.

    tell : receives a line before each step
    warehouse : where the closed tables are kept; None for `.kelisim/warehouse` inside the study, where it is
                no fault that the study may not be written
    Raises: Refused, OutputError and other errors of the house; then `out` is as it was.
    """
    tell(f"reading {folder}")
    study, ledger = with_ledger(read_whole(folder), folder)
    tell(f"auditing, protecting and measuring {len(study.tables)} tables")
    leaving = guarded(study)
    if study.watch is not None:
        tell(f"reading the texts of {len(study.watch.sources)} sources")
    released = released_study(study, leaving, ledger, media_of(folder, study))
    with replaced_folder(out, keep=folder) as fresh:
        tell("writing open data")
        _write_data(fresh / "data", released)
        tell("writing pages in " + ", ".join(study.languages))
        pages = _write_site(fresh / "site", released)
        for language in study.languages:
            tell(f"writing the bulletin in {language}")
            (fresh / f"bulletin-{language}.pdf").write_bytes(bulletin(released, language))
        record = _record(leaving, released, digests_below(fresh))
        (fresh / MARK).write_text(json.dumps(record, ensure_ascii=False, indent=1), encoding="utf-8")
        _store(study, released, folder, out, warehouse, tell)
    return Made(len(released.figures), len(released.findings), pages)


def _record(study: Study, released: Release, outputs: dict[str, str]) -> dict[str, Any]:
    """What a rebuild is proved by. Closed inputs are only named: a digest lets contents be tried out."""
    return {
        "run_id": released.run_id,
        "code_version": released.code_version,
        "study": released.study.study_id,
        "inputs": dict(sorted(released.study.inputs.items())),
        "closed_inputs": sorted(study.closed_files),
        "gate": asdict(policy_of(study.thresholds)),
        "steps": ["read", "audit", "protect", "compute", "assess", "gate", "publish"],
        "ledger": None if released.warnings is None else released.warnings.head,
        "figures": len(released.figures),
        "findings": [finding.code for finding in released.findings],
        "outputs": outputs,
    }


def _store(
    study: Study, released: Release, folder: Path, out: Path, named: Path | None, tell: Callable[[str], None]
) -> None:
    place = named or place_of(folder)
    tell(f"keeping the closed tables in {place}")
    try:
        write_warehouse(
            place,
            out,
            study.tables.values(),
            run_id=released.run_id,
            code_version=released.code_version,
            inputs=study.inputs,
        )
    except OutputError as error:
        if named is not None:
            raise
        # The release is whole without it, and a study on a read-only medium must still be publishable.
        tell(f"no closed warehouse: {error}")


def _write_data(folder: Path, released: Release) -> None:
    folder.mkdir()
    rows, cells = package.estimate_rows(released), package.cell_rows(released)
    files = {
        "estimates.csv": package.csv_bytes(rows),
        "cells.csv": package.csv_bytes(cells),
        "findings.json": package.findings_json(released),
        "codebook.csv": package.codebook(released),
        "CITATION.cff": package.citation(released),
    }
    files |= open_events(released)
    for language in released.study.languages:
        files[f"README.{language}.md"] = package.readme(released, language)
    tables = {"estimates.parquet": rows, "cells.parquet": cells}
    if released.waves:
        tables["survey.parquet"] = survey_rows(released)
        files["survey.csv"] = package.csv_bytes(tables["survey.parquet"])
        files["survey.xlsx"] = workbook(released)
    for name, data in files.items():
        (folder / name).write_bytes(data)
    for name, table in tables.items():
        write_rows(folder / name, table)
        files[name] = (folder / name).read_bytes()
    (folder / "datapackage.json").write_bytes(package.datapackage(released, files))


def _write_site(folder: Path, released: Release) -> int:
    pages = 0
    for name, data in site(released):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        pages += name.endswith(".html")
    return pages
