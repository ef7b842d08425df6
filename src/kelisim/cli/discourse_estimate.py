"""`kelisim discourse estimate`: shares that rest on human codes, or the reason why there is none."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kelisim.cli.discourse_sample import heading_pairs

if TYPE_CHECKING:
    from kelisim.evidence.discourse.corrected_shares import Counted
    from kelisim.runs.discourse_estimates import Told
    from kelisim.runs.discourse_frame import Span

__all__ = ["estimate"]

_EXAMPLES = """\b
Example: kelisim discourse estimate my-region --sample g1 --variable complaint
Example: kelisim discourse estimate my-region --sample g1 --of items --changes --format json
Example: kelisim discourse estimate my-region --sample g1 --texts june.parquet --labels june-labels.parquet
"""


@click.command("estimate", epilog=_EXAMPLES)
@click.argument("study", type=click.Path(path_type=Path))
@click.option("--sample", "name", required=True, metavar="ID", help="Coded sample.")
@click.option("--variable", "only", multiple=True, help="This variable only; may stand several times.")
@click.option("--of", "count", type=click.Choice(["families", "items"]), default="families",
              show_default=True, help="Count families (origins) or items (reach).")  # fmt: skip
@click.option("--changes", is_flag=True, help="Also the change from each period to the next.")
@click.option("--texts", type=click.Path(path_type=Path, exists=True),
              help="Other texts of which the codes are to speak; at most 90 days younger.")  # fmt: skip
@click.option("--labels", multiple=True, type=click.Path(path_type=Path, exists=True), help="Their labels.")
@click.option("--column", "columns", multiple=True, callback=heading_pairs, metavar="NAME=HEADING",
              help="What the file of texts calls text, lang, posted_at, source_id ...")  # fmt: skip
@click.option("--period", "span", type=click.Choice(["month", "quarter", "year", "all"]), default="month",
              show_default=True, help="Periods of the other texts.")  # fmt: skip
@click.option("--level", type=float, default=0.95, show_default=True, help="Of the intervals.")
@click.option("--draws", type=click.IntRange(200), default=4000, show_default=True)
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def estimate(
    study: Path, name: str, only: tuple[str, ...], count: Counted, changes: bool, texts: Path | None,
    labels: tuple[Path, ...], columns: dict[str, str], span: Span, level: float, draws: int, form: str,
) -> None:  # fmt: skip
    """Shares of texts by what people coded, with intervals; a machine's raw share is never shown.

    Where there is no number there is the reason: too few coded texts and how many are missing, coders who do
    not agree, differences nobody decided, codes of other texts than these. Languages are never mixed.
    """
    from dataclasses import asdict

    from kelisim.runs.discourse_estimates import estimates
    from kelisim.runs.discourse_frame import read_texts
    from kelisim.store.coding import read_sample

    if not 0 < level < 1:
        raise click.BadParameter("a level lies between 0 and 1, such as 0.95.", param_hint="--level")
    others = None
    if texts is not None:
        others = read_texts(texts, span=span, labels=labels, names=columns)
        if scored_by := read_sample(study, name).scored_by:
            from kelisim.runs.discourse_training import with_scores

            others = with_scores(study, scored_by, others)
    told = estimates(
        study, name, count=count, level=level, draws=draws, only=only, changes=changes, texts=others
    )
    if form == "json":
        click.echo(json.dumps([asdict(one) for one in told], ensure_ascii=False, indent=1))
        return
    for one in told:
        click.echo(_line(one))
    grey = sum(one.estimate.value is None for one in told)
    click.echo(f"{len(told) - grey} figures, {grey} grey.")
    if any(one.estimate.reasons[:1] == ("no_gold",) for one in told):
        click.echo(f"Next: kelisim discourse code {study} --sample {name} --coder A")
    elif any("undecided" in one.estimate.reasons for one in told):
        click.echo(f"Next: kelisim discourse adjudicate {study} --sample {name} --coder C")
    else:
        click.echo(f"Next: kelisim discourse train {study} --sample {name} --variable VARIABLE --seed 1")


def _line(one: Told) -> str:
    about = f" to {one.group}" if one.group else ""
    since = f" since {one.since}" if one.since else ""
    head = f"{one.variable}={one.code}{about}, {one.language}, {one.period}{since}:"
    e = one.estimate
    if e.value is None:
        return f"  {head} grey, {(e.reasons or ('',))[-1].replace('_', ' ')}: {one.explanation}"
    sign = "+" if one.since else ""
    marks = "".join(f", {reason.replace('_', ' ')}" for reason in e.reasons)
    synthetic = ", synthetic" if e.flag == "synthetic" else ""
    return (
        f"  {head} {e.value:{sign}.1f} {e.unit} ({100 * (e.level or 0):g} %: {e.low:{sign}.1f} to "
        f"{e.high:{sign}.1f}), n {e.n}, grade {e.grade}{marks}{synthetic}; {e.source}"
    )
