"""`kelisim discourse annotate`, `explain` and `train-language`: labels on texts, and why they are there."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from kelisim.core.languages import Language
    from kelisim.runs.discourse_file import Tally

__all__ = ["annotate", "explain", "train_language"]

_SECONDS_BETWEEN = 2.0
_FAULTS_SHOWN = 20

_ANNOTATE = """\b
Example: kelisim discourse annotate posts.csv --text message --id post_id --out labels.parquet
Example: kelisim discourse annotate comments.xlsx --text Comment --format ndjson > labels.ndjson
Example: kelisim discourse annotate my-region
"""


@click.command(epilog=_ANNOTATE)
@click.argument("file", metavar="FILE|STUDY", type=click.Path(path_type=Path))
@click.option("--text", metavar="COLUMN", help="Column that holds the texts of a file.")
@click.option(
    "--id", "id_column", metavar="COLUMN", help="Column to carry over, so that labels can be joined."
)
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="Parquet file to write.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["parquet", "ndjson"]),
    default="parquet",
    show_default=True,
    help="ndjson goes to standard output.",
)
@click.option("--quiet", is_flag=True, help="Print nothing but faults.")
def annotate(
    file: Path, text: str | None, id_column: str | None, out: Path | None, form: str, quiet: bool
) -> None:
    """Label the texts in a column of FILE (csv, tsv, ndjson, parquet, xlsx), or the stored texts of STUDY.

    For each text: language with its margin and script, flags, mentions of groups with their sense and span,
    places, frames, cues, keys for equal and nearly equal texts, and the versions that made them. Spans count
    characters of the text as it stands in the file. A row that cannot be read is named and left out; all else
    keeps its order. Labels are triage: shares of them are no findings before people have coded a sample.
    The labels of a study stand in its closed folder; what is labelled already is left alone.
    Exit code 2: the file or a column cannot be read, or the output cannot be written.
    """
    if (file / "study.yaml").is_file():
        _annotate_study(file, quiet)
        return
    if text is None:
        raise click.UsageError("--text COLUMN is missing: which column of the file holds the texts?")
    if form == "parquet" and out is None:
        raise click.UsageError("--out FILE.parquet is missing; or give --format ndjson for standard output.")
    if form == "ndjson" and out is not None:
        raise click.UsageError("--format ndjson goes to standard output: leave --out, and add > FILE.")
    from kelisim.runs.discourse_file import annotate_to_lines, annotate_to_parquet

    progress = _Progress(quiet)
    if out is not None:
        tally = annotate_to_parquet(file, text, id_column, out, progress)
    else:
        tally = annotate_to_lines(file, text, id_column, sys.stdout, progress)
    _say(tally, out, quiet)


def _annotate_study(study: Path, quiet: bool) -> None:
    from kelisim.runs.discourse_labels import annotate_study, labels_of

    def tell(done: int, rows: int) -> None:
        if not quiet:
            click.echo(f"  {done:,} of {rows:,} texts", err=True)

    made = annotate_study(study, progress=tell)
    if quiet:
        return
    click.echo(
        f"Labelled {made.rows:,} texts in {made.files:,} files; {made.files_kept:,} files were done already."
    )
    items, labels = f"{study}/.kelisim/texts/items", labels_of(study)
    click.echo(
        f"Next: kelisim discourse sample {study} --texts {items} --labels {labels} --id g1 --design random "
        "--period all --seed 1"
    )


class _Progress:
    """Says on standard error how far the work is, every two seconds."""

    def __init__(self, quiet: bool) -> None:
        self._quiet = quiet
        self._begun = self._said = time.monotonic()

    def __call__(self, texts: int) -> None:
        now = time.monotonic()
        if not self._quiet and now - self._said >= _SECONDS_BETWEEN:
            self._said = now
            rate = texts / (now - self._begun)
            click.echo(f"  {texts:,} texts, {rate:,.0f} a second", err=True)


def _say(tally: Tally, out: Path | None, quiet: bool) -> None:
    for fault in tally.faults[:_FAULTS_SHOWN]:
        click.echo(f"Left out: {fault}", err=True)
    if len(tally.faults) > _FAULTS_SHOWN:
        click.echo(f"  ... and {len(tally.faults) - _FAULTS_SHOWN:,} more", err=True)
    if tally.faults and out is not None:
        click.echo(f"All rows left out: {out}.faults.csv", err=True)
    if quiet:
        return
    languages = ", ".join(f"{name} {count:,}" for name, count in tally.languages.most_common())
    click.echo(f"Read {tally.texts:,} texts, {tally.without_text:,} of them empty. {languages}", err=True)
    found = ", ".join(f"{name} in {count:,}" for name, count in tally.labels.items())
    click.echo(f"Found: {found}.", err=True)
    if tally.repeated_ids:
        click.echo(f"{tally.repeated_ids:,} rows repeat an id of an earlier row; all are kept.", err=True)
    if out is not None:
        click.echo(f"Wrote {out}", err=True)
    click.echo('Next: kelisim discourse explain "TEXT"     why a text has its labels', err=True)


@click.command(epilog='Example: kelisim discourse explain "Өзбектер қазақ тілін біледі" --language kk')
@click.argument("text")
@click.option("--language", type=click.Choice(["kk", "ru", "en"]), default="en", show_default=True)
def explain(text: str, language: Language) -> None:
    """Show how TEXT is read: matching view, language with the runner-up, and each label with what made it.

    A dash as TEXT reads standard input. Insulting words are named by their id only.
    """
    from kelisim.annotation.explain import explanation
    from kelisim.annotation.kernel import load

    if text == "-":
        text = sys.stdin.read()
    for line in explanation(load(), text, language):
        click.echo(line)


@click.command(
    "train-language", epilog="Example: kelisim discourse train-language data/text --out language.npz"
)
@click.argument("folder", type=click.Path(path_type=Path))
@click.option(
    "--out", type=click.Path(path_type=Path, dir_okay=False), required=True, help="File for the weights."
)
def train_language(folder: Path, out: Path) -> None:
    """Train the language model again from open texts in FOLDER and write its weights.

    FOLDER holds sib200/LANG.train.tsv and kazsandra/polarity_train_balanced.csv.gz, and for the card the dev
    and validation splits. The same texts give the same weights. The card says how well the model does on
    texts held apart.
    """
    from kelisim.runs.language_card import card, scores, validation
    from kelisim.runs.language_training import train_language as train

    made = train(folder, out)
    click.echo(f"Learned from {made.sentences:,} sentences and {made.reviews:,} reviews.")
    click.echo(f"Wrote {out}: {made.size_bytes:,} bytes.\n")
    click.echo(card(scores(made.model, validation(folder, "held apart"))))
    click.echo("\nNext: put the file into src/kelisim/annotation/models/ and the card into the handbook.")
