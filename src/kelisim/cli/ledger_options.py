"""What the commands of the ledger have in common: the ledger, the day, dry runs and formats."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import click

__all__ = ["DAY", "DRY", "FORM", "ON", "TARGET", "day_of", "now"]

TARGET = click.argument("target", metavar="LEDGER", type=click.Path(path_type=Path))
DAY = click.DateTime(["%Y-%m-%d"])
DRY = click.option("--dry-run", is_flag=True, help="Check everything and say what would be written.")
FORM = click.option(
    "--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True
)
ON = click.option("--on", type=DAY, help="As known at the end of this day (UTC); today unless given.")


def now() -> datetime:
    """The clock of the machine, in UTC."""
    return datetime.now(UTC)


def day_of(given: datetime | None) -> date:
    """The day asked for, or today."""
    return given.date() if given else now().date()
