"""Commands that make the instrument of a survey: a questionnaire to begin with, forms, codebook, library."""

from __future__ import annotations

from pathlib import Path

import click

from kelisim.core.questionnaire import FORM_LANGUAGES, FormLanguage

__all__ = ["batteries", "codebook", "form", "new", "print_"]

_FILE = click.argument("file", type=click.Path(path_type=Path))
_FORCE = click.option("--force", is_flag=True, help="Replace what is there already.")
_OUT_FILE = click.option(
    "--out", type=click.Path(path_type=Path, dir_okay=False), required=True, help="File to write."
)


@click.command(epilog="Example: kelisim survey new my-survey")
@click.argument("folder", type=click.Path(path_type=Path))
def new(folder: Path) -> None:
    """Write a commented questionnaire with the sixteen questions to FOLDER, to be changed into your own."""
    from kelisim.runs.survey_forms import start_questionnaire

    made = start_questionnaire(folder)
    click.echo(f"Wrote {made}. Next: kelisim survey form {made} --out {folder / 'form.xlsx'}")


@click.command(epilog="Example: kelisim survey form my-survey/questionnaire.yaml --out form.xlsx")
@_FILE
@_OUT_FILE
@click.option("--no-validate", is_flag=True, help="Leave out ODK Validate, which needs Java.")
@_FORCE
def form(file: Path, out: Path, no_validate: bool, force: bool) -> None:
    """Make the XLSForm of the questionnaire in FILE, for ODK, Kobo and their relatives.

    The form is converted by pyxform, and checked by ODK Validate where Java is there, before it is written.
    Exit code 2: the questionnaire has faults, and every one is told by row and question.
    """
    from kelisim.runs.survey_forms import write_form

    questionnaire, check = write_form(file, out, not no_validate, force)
    columns = sum(1 for _ in questionnaire.columns())
    click.echo(f"Wrote {out}: {len(questionnaire.items)} questions, {columns} columns of answers.")
    if check.validated:
        click.echo("Converted by pyxform, checked by ODK Validate.")
    elif check.converted:
        click.echo("Converted by pyxform; not checked by ODK Validate.")
    for remark in (check.skipped, *check.warnings):
        if remark:
            click.echo(f"  {' '.join(remark.split())}")
    _warn(questionnaire.unreviewed)
    click.echo(f"Next: load it into your server, or kelisim survey print {file} --language kk --out form.pdf")


@click.command(
    "print", epilog="Example: kelisim survey print my-survey/questionnaire.yaml --language kk --out form.pdf"
)
@_FILE
@click.option("--language", type=click.Choice(FORM_LANGUAGES), required=True, help="Language of the paper.")
@_OUT_FILE
@_FORCE
def print_(file: Path, language: FormLanguage, out: Path, force: bool) -> None:
    """Make a PDF of the questionnaire in FILE to print: boxes, lines to write on, the way on in words.

    Exit code 2: the questionnaire has faults, or no such language.
    """
    from kelisim.runs.survey_forms import write_print

    try:
        questionnaire = write_print(file, language, out, force)
    except ValueError as error:
        raise click.UsageError(str(error)) from error
    _warn(tuple(one for one in questionnaire.unreviewed if one == language))
    click.echo(f"Wrote {out}. Next: kelisim survey codebook {file} --out codebook")


@click.command(epilog="Example: kelisim survey codebook my-survey/questionnaire.yaml --out codebook")
@_FILE
@click.option(
    "--out", type=click.Path(path_type=Path, file_okay=False), required=True, help="Folder to write into."
)
@_FORCE
def codebook(file: Path, out: Path, force: bool) -> None:
    """Write the codebook of the questionnaire in FILE: pages, columns, options, plan of tables, DDI.

    Exit code 2: the questionnaire has faults.
    """
    from kelisim.runs.survey_forms import write_codebook

    names = write_codebook(file, out, force)
    click.echo(f"Wrote to {out}: {', '.join(names)}.")
    click.echo("Next: field the form, then bring the answers in with kelisim survey import.")


@click.command(epilog="Example: kelisim survey batteries contact")
@click.argument("name", required=False)
def batteries(name: str | None) -> None:
    """List the batteries of the library, or show the declaration of the one called NAME to read or copy."""
    from kelisim.sources.batteries import battery_document, battery_names, battery_text

    if name is not None:
        click.echo(battery_text(name), nl=False)
        return
    for key in battery_names():
        document = battery_document(key)
        rows = "; asks for rows" if document.asks_rows else ""
        click.echo(f"{key}: {document.name.en} ({len(document.questions)} questions{rows})")
        click.echo(f"  measures: {document.measures}")
        click.echo(f"  not for:  {document.not_for}")
    click.echo("Next: put `- use: NAME` under `questions:`, or kelisim survey batteries NAME.")


def _warn(unreviewed: tuple[FormLanguage, ...]) -> None:
    if unreviewed:
        click.echo(f"Not reviewed by a speaker yet: {', '.join(unreviewed)}; the form says so.")
