"""`kelisim discourse codebook|sample`: what is asked about texts, and which texts people are to code."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kelisim.core.languages import LANGUAGES, Language

if TYPE_CHECKING:
    from kelisim.evidence.discourse.gold import By
    from kelisim.runs.discourse_frame import Span

__all__ = ["codebook", "heading_pairs", "sample"]

_STUDY = click.argument("study", type=click.Path(path_type=Path))
_WORDS = click.option(
    "--language", type=click.Choice(LANGUAGES), default="en", show_default=True, help="Words of the labels."
)


def heading_pairs(_: click.Context, __: click.Parameter, values: Sequence[str]) -> dict[str, str]:
    """NAME=HEADING, cut at the first mark."""
    found = {}
    for value in values:
        name, mark, heading = value.partition("=")
        if not (mark and name.strip() and heading.strip()):
            raise click.BadParameter(f"'{value}' should have the form NAME=HEADING, such as text=message.")
        found[name.strip()] = heading.strip()
    return found


@click.command("codebook", epilog="Example: kelisim discourse codebook my-region")
@_STUDY
@_WORDS
def codebook(study: Path, language: Language) -> None:
    """Write the codebook of STUDY where it has none yet, else check it; show its questions and keys.

    It stands in STUDY/discourse/codebook.yaml and is yours to change. Once texts were coded with a version,
    a changed definition needs a new one. Exit code 2: the codebook cannot be used; every fault is told.
    """
    from kelisim.runs.discourse_sample import begin_codebook
    from kelisim.sources.codebook import CODEBOOK, read_codebook
    from kelisim.store.coding import kept_meanings

    begun = begin_codebook(study)
    book = read_codebook(study)
    click.echo(f"{'Wrote' if begun else 'Read'} {study / CODEBOOK}: '{book.name}', version {book.version}.")
    for variable in book.variables:
        condition = (
            f", if {variable.ask_if[0]} is {' or '.join(variable.ask_if[1])}" if variable.ask_if else ""
        )
        every = ", for every group named" if variable.asked == "group" else ""
        click.echo(
            f"  {variable.code}: {variable.label.say(language)} ({variable.measure}{every}{condition})"
        )
        click.echo("    " + "  ".join(f"{v.key} {v.label.say(language)}" for v in variable.values))
    used = kept_meanings(study)
    if (before := used.get(book.version)) is not None and before != book.meanings():
        changed = sorted(n for n in {*before, *book.meanings()} if before.get(n) != book.meanings().get(n))
        click.echo(f"Changed since version {book.version} was used: {', '.join(changed)}. Raise `version`.")
    click.echo(f"Next: kelisim discourse sample {study} --texts FILE --id g1 --design random --seed 1")


_SAMPLE_EXAMPLES = """\b
Example: kelisim discourse sample my-region --texts posts.csv --column text=message --id g1
             --design random --seed 1
Example: kelisim discourse sample my-region --texts posts.parquet --labels labels.parquet --id g2
             --design score --coders aigul,berik --seed 2
"""


@click.command("sample", epilog=_SAMPLE_EXAMPLES)
@_STUDY
@click.option("--texts", type=click.Path(path_type=Path, exists=True), required=True,
              help="CSV, Parquet, or a folder of Parquet files.")  # fmt: skip
@click.option("--labels", multiple=True, type=click.Path(path_type=Path, exists=True),
              help="Parquet of `kelisim discourse annotate`, joined by item_id.")  # fmt: skip
@click.option("--column", "columns", multiple=True, callback=heading_pairs, metavar="NAME=HEADING",
              help="What the file calls text, lang, posted_at, source_id, score ...")  # fmt: skip
@click.option("--id", "name", required=True, help="Name of the sample, such as g1.")
@click.option("--design", type=click.Choice(["random", "score", "class"]), required=True,
              help="Random; bands of a machine score; or classes a machine gave.")  # fmt: skip
@click.option("--period", "span", type=click.Choice(["month", "quarter", "year", "all"]), default="month",
              show_default=True, help="Each language and period is sampled for itself.")  # fmt: skip
@click.option("--families", type=click.IntRange(1), help="Families for each language and period.")
@click.option("--expected", type=float, help="Expected share; under 0.03 twice as many are drawn.")
@click.option("--largest-from", type=click.IntRange(2), help="Draw every family of this many items or more.")
@click.option("--group", help="Only texts that name this group, for its tone.")
@click.option("--coders", help="Aliases, joined by commas; without them every text is everybody's.")
@click.option("--score-by", metavar="MODEL",
              help="Classifier of this study that scores the texts, such as complaint.")  # fmt: skip
@click.option("--seed", type=click.IntRange(0), required=True, help="Seed of the draw.")
def sample(
    study: Path, texts: Path, labels: tuple[Path, ...], columns: dict[str, str], name: str, design: By,
    span: Span, families: int | None, expected: float | None, largest_from: int | None, group: str | None,
    coders: str | None, score_by: str | None, seed: int,
) -> None:  # fmt: skip
    """Draw texts for people to code, with known chances; families of near copies are drawn once.

    Every language and period needs 200 families and 50 in every stratum (400 where a share under 3 % is
    looked for). Kazakh typed without its letters is a stratum of its own. Nothing is overwritten.
    """
    from kelisim.evidence.discourse.gold import Design
    from kelisim.runs.discourse_frame import read_texts
    from kelisim.runs.discourse_sample import draw_sample
    from kelisim.runs.studies import read_whole

    if expected is not None and not 0 < expected < 1:
        raise click.BadParameter("a share lies between 0 and 1, such as 0.02.", param_hint="--expected")
    synthetic = read_whole(study).synthetic
    read = read_texts(texts, span=span, labels=labels, names=columns, group=group)
    if score_by is not None:
        from kelisim.runs.discourse_training import with_scores

        read = with_scores(study, score_by, read)
    plan = Design(by=design, families=families, expected_share=expected, largest_from=largest_from)
    people = [one.strip() for one in (coders or "").split(",") if one.strip()]
    made = draw_sample(
        study, read, name, plan, seed=seed, coders=people, synthetic=synthetic, scored_by=score_by or ""
    )
    click.echo(f"Read {read.file}: {read.items} items in {len(read.frame)} families.")
    for what, n in (("without a day", read.undated), ("without a text", read.wordless)):
        if n:
            click.echo(f"Left out {n} items {what}.")
    click.echo(f"Drew {len(made.units)} families to code (sample '{name}', seed {seed}):")
    for stratum in made.strata:
        click.echo(
            f"  {stratum.key:32} {stratum.drawn:5} of {stratum.families:6}  chance {stratum.chance:.4f}"
        )
    first, second = ([*people, "A", "B"])[:2] if not people else people[:2]
    click.echo(
        f"Next: kelisim discourse code {study} --sample {name} --coder {first}   (and --coder {second})"
    )
