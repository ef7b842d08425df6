"""Answers of a wave for the analyst inside the office: found, written where nobody else looks, and logged."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from kelisim.core.answers import Answers
from kelisim.core.errors import Fault, OutputError, Refused
from kelisim.core.questionnaire import FormLanguage
from kelisim.runs.studies import read_whole
from kelisim.store.answers import answers_of, read_answers, waves
from kelisim.store.folders import MARK
from kelisim.store.microdata import MicrodataFormat, write_microdata

__all__ = ["LOG", "Exported", "export_answers"]

LOG = "exports.jsonl"


@dataclass(frozen=True, slots=True)
class Exported:
    """What was written: persons, columns, sensitive questions left out, and where the reason was noted."""

    persons: int
    columns: int
    left_out: tuple[str, ...]
    log: Path


def export_answers(
    study: Path, wave: str, out: Path, kind: MicrodataFormat, *, language: FormLanguage, reason: str | None
) -> Exported:
    """Write the answers of a wave, declared in the study or imported into its closed folder.

    reason : why sensitive questions are written as well; None leaves them out
    Raises: Refused, OutputError; StoreError for damaged answers.
    """
    _check_place(out)
    answers = _answers(study, wave)
    form = answers.questionnaire
    if language not in form.languages:
        way_out = f"take one of: {', '.join(form.languages)}."
        raise Refused([Fault("--language", None, "", f"the form has no '{language}'.", way_out)])
    columns = write_microdata(out, answers, kind, language, with_sensitive=reason is not None)
    left = () if reason is not None else tuple(item.code for item in form.items if item.sensitive)
    note = {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "wave": wave,
        "file": str(out.absolute()),
        "persons": len(answers),
        "with_sensitive": reason is not None,
        "reason": reason or "",
    }
    return Exported(len(answers), columns, left, _note(study, note))


def _check_place(out: Path) -> None:
    """An output of a run is published, so nothing about persons may be written anywhere in it."""
    for folder in out.absolute().resolve().parents:
        if (folder / MARK).is_file():
            raise OutputError(
                f"'{out}' lies in '{folder}', the output of a run, which is published. "
                "Way out: name a file in a folder that only the office can read."
            )
    if not out.absolute().parent.is_dir():
        raise OutputError(f"there is no folder '{out.parent}'. Way out: make it first, closed to others.")


def _answers(study: Path, wave: str) -> Answers:
    stored = waves(answers_of(study))
    if wave in stored:
        return read_answers(answers_of(study), wave)
    declared = read_whole(study).waves
    if wave not in declared:
        known = ", ".join((*declared, *stored)) or "none yet"
        raise Refused(
            [Fault(str(study), None, "--wave", f"there is no wave '{wave}'.", f"waves here: {known}.")]
        )
    return declared[wave].answers


def _note(study: Path, note: dict[str, object]) -> Path:
    folder = study / ".kelisim"
    log = folder / LOG
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        (folder / ".gitignore").write_text("*\n", encoding="utf-8")
        with log.open("a", encoding="utf-8") as file:
            file.write(json.dumps(note, ensure_ascii=False) + "\n")
        log.chmod(0o600)
    except OSError as error:
        raise OutputError(
            f"'{log}' cannot be written ({error.strerror}). Way out: see its rights."
        ) from error
    return log
