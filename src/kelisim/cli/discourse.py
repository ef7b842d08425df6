"""The commands of `kelisim discourse`. Each verb lives in a module of its own; heavy imports stay inside."""

from __future__ import annotations

import click

from kelisim.cli.discourse_annotate import annotate, explain, train_language

__all__ = ["discourse"]


@click.group(epilog="Example: kelisim discourse annotate posts.csv --text message --out labels.parquet")
def discourse() -> None:
    """News and networks: from feeds and exports to shares that one can trust."""


for _command in (annotate, explain, train_language):
    discourse.add_command(_command)
