"""Commands that add one statement about an event to the register: correct, label, adjudicate, withdraw."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

import click

__all__ = ["adjudicate", "correct", "label", "withdraw"]

_Command = TypeVar("_Command", bound=Callable[..., Any])


def _about(command: _Command) -> _Command:
    options = [
        click.argument("register", type=click.Path(path_type=Path)),
        click.argument("event"),
        click.option("--study", type=click.Path(path_type=Path), required=True,
                     help="Study with areas and groups."),
        click.option("--source", required=True, help="Word for the list or office that says it."),
        click.option("--known-on", type=click.DateTime(["%Y-%m-%d"]), required=True,
                     help="Day on which it enters the register; never before its latest row."),
        click.option("--write", is_flag=True, help="Append it; without it nothing is changed."),
    ]  # fmt: skip
    for option in reversed(options):
        command = option(command)
    return command


def _pairs(_: click.Context, __: click.Parameter, values: tuple[str, ...]) -> dict[str, str]:
    found = dict(value.split("=", 1) for value in values if "=" in value)
    if len(found) != len(values):
        raise click.BadParameter("write each column once, as COLUMN=VALUE, such as outcome=reconciled.")
    return found


@click.command(
    epilog="Example: kelisim events correct register.csv E4 --set outcome=prosecuted --set last=2020-07-31 "
    "--study my-region --source court --known-on 2021-02-01 --write"
)
@_about
@click.option("--set", "values", multiple=True, required=True, callback=_pairs, metavar="COLUMN=VALUE")
def correct(
    register: Path,
    event: str,
    study: Path,
    source: str,
    known_on: datetime,
    values: dict[str, str],
    write: bool,
) -> None:
    """Correct what is known of EVENT; what was known before stays readable on its day."""
    _state(register, event, study, "correction", source, known_on, values, write)


@click.command(
    epilog="Example: kelisim events label register.csv E4 --voice minister --label domestic_quarrel "
    "--study my-region --source press --known-on 2020-08-01 --write"
)
@_about
@click.option("--voice", required=True, help="Kind of source that used the word, such as media.")
@click.option("--label", "called", required=True, help="What it called the event, such as ethnic.")
def label(
    register: Path, event: str, study: Path, source: str, known_on: datetime, voice: str, called: str,
    write: bool,
) -> None:  # fmt: skip
    """Write down what one voice called EVENT; voices stand side by side and are never merged."""
    _state(register, event, study, "label", source, known_on, {"voice": voice, "label": called}, write)


@click.command(
    epilog="Example: kelisim events adjudicate register.csv E4 --label land --study my-region --source desk "
    "--known-on 2020-09-01 --write"
)
@_about
@click.option("--label", "called", required=True, help="What the keepers of the register decided it was.")
def adjudicate(
    register: Path, event: str, study: Path, source: str, known_on: datetime, called: str, write: bool
) -> None:
    """Decide what EVENT was, as a record of its own; the labels of the voices stay as they are."""
    _state(register, event, study, "adjudication", source, known_on, {"label": called}, write)


@click.command(
    epilog="Example: kelisim events withdraw register.csv E4 --study my-region --source desk "
    "--known-on 2020-09-01 --write"
)
@_about
def withdraw(register: Path, event: str, study: Path, source: str, known_on: datetime, write: bool) -> None:
    """Take EVENT back. It is no longer shown, and stays readable on the days before."""
    _state(register, event, study, "withdrawal", source, known_on, {}, write)


def _state(
    register: Path, event: str, study: Path, record: str, source: str, known_on: datetime,
    values: Mapping[str, str], write: bool,
) -> None:  # fmt: skip
    from kelisim.runs.event_statements import state

    said = state(
        register, study, event=event, record=record, source=source, known_on=known_on.date(), values=values,
        write=write,
    )  # fmt: skip
    told = ", ".join(f"{name} = {value}" for name, value in said.values.items()) or "nothing more"
    click.echo(f"{said.record} of {said.event}, known on {said.known_on}: {told}.")
    if write:
        click.echo(f"Appended to {register}.")
        click.echo(f"Next: kelisim events show {register} --as-known-on {said.known_on}")
    else:
        click.echo("Nothing was written. Next: the same command with --write.")
