"""What the commands of the ledger have in common: the ledger, the day, dry runs and formats."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, TypeVar

import click

__all__ = ["DAY", "day_of", "dry_run_option", "format_option", "ledger_argument", "now", "on_option"]

_Command = TypeVar("_Command", bound=Callable[..., Any])
DAY = click.DateTime(["%Y-%m-%d"])


def ledger_argument(command: _Command) -> _Command:
    """The ledger: the folder of a study, or a file."""
    return click.argument("target", metavar="LEDGER", type=click.Path(path_type=Path))(command)


def dry_run_option(command: _Command) -> _Command:
    """Check, and write nothing."""
    words = "Check everything and say what would be written."
    return click.option("--dry-run", is_flag=True, help=words)(command)


def format_option(command: _Command) -> _Command:
    """Text for people, JSON for programs."""
    kinds = click.Choice(["text", "json"])
    return click.option("--format", "form", type=kinds, default="text", show_default=True)(command)


def on_option(command: _Command) -> _Command:
    """The day as known on which the ledger is read."""
    words = "As known at the end of this day (UTC); today unless given."
    return click.option("--on", type=DAY, help=words)(command)


def now() -> datetime:
    """The clock of the machine, in UTC."""
    return datetime.now(UTC)


def day_of(given: datetime | None) -> date:
    """The day asked for, or today."""
    return given.date() if given else now().date()
