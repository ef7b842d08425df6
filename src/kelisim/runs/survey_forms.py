"""From a questionnaire to the files people take into the field: read, made, checked, written whole."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from kelisim.core.questionnaire import FormLanguage, Questionnaire
from kelisim.publish.forms.codebook import codebook_files
from kelisim.publish.forms.printed import printed_form
from kelisim.publish.forms.validation import FormCheck, check_form
from kelisim.publish.forms.xlsform import xlsform
from kelisim.sources.questionnaire import read_questionnaire
from kelisim.store.study_files import new_folder, write_whole

__all__ = ["start_questionnaire", "write_codebook", "write_form", "write_print"]

_START = "questionnaire.yaml"


def write_form(file: Path, out: Path, validate: bool, replace: bool) -> tuple[Questionnaire, FormCheck]:
    """The XLSForm of a questionnaire; written only if the programs that read it take it.

    Raises: Refused, OutputError, KelisimError.
    """
    questionnaire = read_questionnaire(file)
    workbook = xlsform(questionnaire)
    check = check_form(workbook, validate)
    write_whole({out: workbook}, replace)
    return questionnaire, check


def write_print(file: Path, language: FormLanguage, out: Path, replace: bool) -> Questionnaire:
    """The form on paper. Raises: Refused, OutputError; ValueError where the form lacks the language."""
    questionnaire = read_questionnaire(file)
    write_whole({out: printed_form(questionnaire, language)}, replace)
    return questionnaire


def write_codebook(file: Path, out: Path, replace: bool) -> tuple[str, ...]:
    """Codebook, plan of tables and DDI; returns the names of the files. Raises: Refused, OutputError."""
    made = codebook_files(read_questionnaire(file))
    write_whole({out / name: data for name, data in made.items()}, replace)
    return tuple(made)


def start_questionnaire(folder: Path) -> Path:
    """A commented questionnaire to begin with, in a new or empty folder. Raises: OutputError."""
    text = files("kelisim.runs").joinpath(f"questionnaire_files/{_START}").read_bytes()
    new_folder(folder, {_START: text})
    return folder / _START
