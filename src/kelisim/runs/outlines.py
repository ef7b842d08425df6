"""Taking outlines of areas into a study, first as a trial run, and taking them back."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

from kelisim.core.errors import Fault, Refused
from kelisim.core.study import Study
from kelisim.runs.studies import read_whole
from kelisim.sources.outlines import FOLDER, Taken, outline_files, take_outlines
from kelisim.store.study_files import add_files, take_back

__all__ = ["import_outlines", "undo_outlines"]


def import_outlines(
    file: Path, folder: Path, *, name: str, key: str, day: date, attribution: str, licence: str,
    within: str | None, write: bool,
) -> tuple[Taken, Study]:  # fmt: skip
    """Check and simplify the outlines of `file` for the study in `folder`; keep them only when `write`.

    Raises: Refused with every fault; OutputError.
    """
    _check_name(name)
    study = read_whole(folder)
    if within is not None and within not in study.areas:
        near = ", ".join(study.areas.nearest(within)) or "see the list of areas"
        raise Refused([Fault("--within", None, within, "this area is not declared.", f"{near}.")])
    try:
        data = file.read_bytes()
    except OSError as error:
        reason = f"the file cannot be read: {error.strerror or error}."
        raise Refused([Fault(str(file), None, "", reason, "correct its name or its rights.")]) from error
    taken = take_outlines(
        data,
        file.name,
        study.areas,
        key=key,
        day=day,
        attribution=attribution,
        licence=licence,
        within=within,
    )
    if write:
        files = {Path(path).name: text for path, text in outline_files(taken, name).items()}
        add_files(folder / FOLDER, files)
    return taken, study


def undo_outlines(folder: Path, name: str) -> bool:
    """Take a set of outlines out of a study; True where the set it had replaced stands there again.

    Raises: StoreError where there is no such set; OutputError.
    """
    _check_name(name)
    return take_back(folder / FOLDER, (f"{name}.geojson", f"{name}.yaml"))


def _check_name(name: str) -> None:
    if not re.fullmatch(r"[a-z0-9][a-z0-9_-]{0,40}", name):
        way_out = "write small Latin letters, digits, - and _, for instance districts-2024."
        raise Refused([Fault("--name", None, name, "this cannot be the name of a set.", way_out)])
