"""`kelisim survey export`: answers of persons for the analyst inside the office."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from kelisim.core.questionnaire import FormLanguage
    from kelisim.store.microdata import MicrodataFormat

__all__ = ["export"]

_EXAMPLES = """\b
Example: kelisim survey export my-region --wave spring --to sav --out closed/spring.sav
Example: kelisim survey export my-region --wave spring --to xlsx --out closed/spring.xlsx --language kk
"""


@click.command(epilog=_EXAMPLES)
@click.argument("study", type=click.Path(path_type=Path))
@click.option("--wave", required=True, help="Wave of the study, or of its closed folder.")
@click.option(
    "--to",
    "kind",
    type=click.Choice(["sav", "xlsx", "csv", "parquet"]),
    required=True,
    help="SPSS with labels, workbook with a codebook, CSV, or Parquet.",
)
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), required=True, help="File to write.")
@click.option(
    "--language",
    type=click.Choice(["kk", "ru", "en", "uz"]),
    default="kk",
    show_default=True,
    help="Language of the labels.",
)
@click.option("--with-sensitive", is_flag=True, help="Also write questions declared sensitive.")
@click.option("--reason", help="Why they are needed; it is noted in the study's closed log.")
def export(
    study: Path,
    wave: str,
    kind: MicrodataFormat,
    out: Path,
    language: FormLanguage,
    with_sensitive: bool,
    reason: str | None,
) -> None:
    """Write the answers of persons in a wave of STUDY to a file for work inside the office.

    The file can be read by its owner only and may not lie in the output of a run. Questions declared
    sensitive are left out unless --with-sensitive and a --reason are given. For publication, take the tables
    of an output: they have passed the gate.
    """
    from kelisim.runs.survey_export import export_answers

    if with_sensitive and not (reason or "").strip():
        raise click.UsageError('--with-sensitive needs --reason "why", which is noted in the closed log.')
    if reason is not None and not with_sensitive:
        raise click.UsageError("--reason belongs to --with-sensitive.")
    done = export_answers(study, wave, out, kind, language=language, reason=reason)
    click.echo(f"Wrote {out}: {done.persons} persons, {done.columns} columns, rights 0600.")
    click.echo("These are answers of single persons: keep them in the office, never publish or send them.")
    if done.left_out:
        click.echo(f"Left out as sensitive: {', '.join(done.left_out)}.")
    click.echo(f"Noted in {done.log}. Next: kelisim run {study} --out DIR makes the tables for publication.")
