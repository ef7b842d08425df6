"""The commands of `kelisim discourse`. Each verb lives in a module of its own; heavy imports stay inside."""

from __future__ import annotations

import click

from kelisim.cli.discourse_code import adjudicate, agreement, code
from kelisim.cli.discourse_estimate import estimate
from kelisim.cli.discourse_sample import codebook, sample
from kelisim.cli.discourse_train import card, train

__all__ = ["discourse"]


@click.group(epilog="Example: kelisim discourse annotate posts.csv --text message --out labels.parquet")
def discourse() -> None:
    """News and networks: from feeds and exports to shares that one can trust."""


for _command in (codebook, sample, code, adjudicate, agreement, estimate, train, card):
    discourse.add_command(_command)
