"""The commands of `kelisim discourse`. Each verb lives in a module of its own; heavy imports stay inside."""

from __future__ import annotations

import click

from kelisim.cli.discourse_annotate import annotate, explain, train_language
from kelisim.cli.discourse_code import adjudicate, agreement, code
from kelisim.cli.discourse_collect import collect, coverage, import_texts, sources
from kelisim.cli.discourse_estimate import estimate
from kelisim.cli.discourse_sample import codebook, sample
from kelisim.cli.discourse_train import card, train

__all__ = ["discourse"]


@click.group(epilog="Example: kelisim discourse annotate posts.csv --text message --out labels.parquet")
def discourse() -> None:
    """News and networks: from feeds and exports to shares that one can trust."""


# In the order of the work: what is read, labelled, coded, estimated.
for _command in (
    *(sources, collect, import_texts, coverage),
    *(annotate, explain, train_language),
    *(codebook, sample, code, adjudicate, agreement, train, card, estimate),
):
    discourse.add_command(_command)
