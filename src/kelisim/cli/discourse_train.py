"""`kelisim discourse train` and `card`: classifiers of the study's own codes, and how good each is."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

import click

__all__ = ["card", "train"]

_EXAMPLES = """\b
Example: kelisim discourse train my-region --sample g1 --variable complaint --seed 1
Example: kelisim discourse train my-region --sample g1 --variable tone --group uzbek --seed 1
Example: kelisim discourse train my-region --sample g1 --variable complaint --seed 1 --id large
             --model http://127.0.0.1:8000/v1 --model-name NAME
"""


@click.command("train", epilog=_EXAMPLES)
@click.argument("study", type=click.Path(path_type=Path))
@click.option("--sample", required=True, metavar="ID", help="Coded sample.")
@click.option("--variable", required=True, help="What the classifier tells.")
@click.option("--group", default="", help="Group, where the variable is asked for every group.")
@click.option("--id", "name", help="Name of the classifier. [default: VARIABLE-SAMPLE]")
@click.option("--model", metavar="FOLDER|ADDRESS",
              help="Take a larger model instead of training: a folder, or http(s)://.../v1.")  # fmt: skip
@click.option("--model-name", default="", help="Name of the model at that address.")
@click.option("--texts-may-leave", is_flag=True, help="Texts may be sent to another machine.")
@click.option("--seed", type=click.IntRange(0), required=True, help="Seed of the split into folds.")
def train(
    study: Path, sample: str, variable: str, group: str, name: str | None, model: str | None,
    model_name: str, texts_may_leave: bool, seed: int,
) -> None:  # fmt: skip
    """Train a classifier on the codes of a sample, or take a larger model, and measure it on those codes.

    The classifier orders texts and draws strata for the next sample; its own shares are never shown. Each
    score of the card comes of a model that had not seen the text, and the card expires after 90 days.
    """
    from kelisim.runs.discourse_training import Elsewhere, card_of
    from kelisim.runs.discourse_training import train as trained

    elsewhere = None
    if model is not None:
        elsewhere = Elsewhere(place=model, model=model_name, texts_may_leave=texts_may_leave)
        if elsewhere.served and not model_name:
            raise click.UsageError("say which model the address is to use: --model-name NAME.")
        if not elsewhere.served:
            elsewhere = Elsewhere(place=str(Path(model).resolve()), model="", texts_may_leave=False)
    called = name or "-".join(filter(None, (variable, group, sample)))
    made = trained(study, sample, variable, called, seed=seed, group=group, elsewhere=elsewhere)
    click.echo(
        f"Wrote {made.folder}: {made.version}, {made.texts} coded texts, codes {', '.join(made.classes)}."
    )
    for code, n in made.left_out.items():
        click.echo(f"  not learnt: {code}, with {n} coded texts; 10 are needed.")
    if made.unanswered:
        click.echo(f"  the model gave no code to {made.unanswered} texts.")
    _show(card_of(study, called, date.today()))
    drawn = f"--id g2 --design score --score-by {called} --seed 2"
    click.echo(f"Next: kelisim discourse sample {study} --texts FILE {drawn}")


@click.command(
    "card", epilog="Example: kelisim discourse card my-region --model complaint-g1 --as-of 2024-09-01"
)
@click.argument("study", type=click.Path(path_type=Path))
@click.option("--model", "name", required=True, help="Name of the classifier.")
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), help="Day of the look. [default: today]")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def card(study: Path, name: str, as_of: datetime | None, form: str) -> None:
    """Show the quality card of a classifier: what it finds and misses in each language, and until when."""
    from kelisim.runs.discourse_training import card_of

    told = card_of(study, name, as_of.date() if as_of else date.today())
    if form == "json":
        click.echo(json.dumps(told, ensure_ascii=False, indent=1))
        return
    click.echo(f"{name}: {told['version']}, trained {told['trained_at'][:10]} on sample '{told['sample']}'.")
    _show(told)
    if any(row["expired"] for row in told["rows"]):
        click.echo("Next: draw and code a new sample, then train again under a new name.")


def _show(told: Mapping[str, Any]) -> None:
    for row in told["rows"]:
        where = row["language"] + (" letterless" if row["letterless"] else "")
        head = f"  {told['variable']}={row['code']}, {where}, {row['n']} coded, {row['positives']} with it:"
        says = ", ".join(
            f"{label} {_said(row[key])}"
            for key, label in (
                ("precision", "precision"),
                ("recall", "recall"),
                ("average_precision", "area under precision and recall"),
            )
        )
        until = "EXPIRED on" if row["expired"] else "valid until"
        click.echo(f"{head} {says}; {until} {row['expires_on']}")


def _said(estimate: Mapping[str, Any]) -> str:
    if estimate["value"] is None:
        return f"grey ({estimate['reasons'][-1].replace('_', ' ')})"
    return f"{estimate['value']:.2f} ({estimate['low']:.2f} to {estimate['high']:.2f})"
