"""The commands of `kelisim events`: rows taken into the register, views of any day, files for others."""

from __future__ import annotations

import json
import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kelisim.cli.events_statements import adjudicate, correct, label, withdraw

if TYPE_CHECKING:
    from kelisim.evidence.events.register import Event

__all__ = ["events", "export", "import_command", "show", "unreported"]

_DAY = click.DateTime(["%Y-%m-%d"])
_FORM = click.option(
    "--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True
)
_REGISTER = click.argument("register", type=click.Path(path_type=Path))
_STUDY = click.option(
    "--study", type=click.Path(path_type=Path), help="Check areas and groups against this study."
)
_KNOWN = click.option("--as-known-on", "day", required=True, type=_DAY, help="Day whose knowledge is shown.")
_ASSUMED = {
    "closed": "the same events could enter every list (same area, time and kinds)",
    "matched": "no event was wrongly taken for another, or for a new one",
    "equal_chance": "within a list every event had the same chance of entering it",
    "independent": "being on one list makes it neither likelier nor less likely to be on another",
}
_IMPORT = """\b
Example: kelisim events import acled.csv --study my-region --register register.csv --source acled
             --known-on 2024-03-01        (a trial run; add --write to keep the result)
Example: kelisim events import desk.xlsx --study my-region --register register.csv --source desk
             --known-on 2024-03-01 --map first=Date --map area=District --map event_type=Kind
"""


@click.group(epilog="Example: kelisim events show register.csv --as-known-on 2024-03-01")
def events() -> None:
    """The event register: what happened, when it became known, and who called it what."""


def _pairs(_: click.Context, __: click.Parameter, values: tuple[str, ...]) -> dict[str, str]:
    for value in values:
        if "=" not in value:
            raise click.BadParameter(f"'{value}' is no pair OURS=THEIRS, such as first=Date.")
    return dict(value.split("=", 1) for value in values)


@events.command("import", epilog=_IMPORT)
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--study", type=click.Path(path_type=Path), required=True, help="Study with areas and groups.")
@click.option("--register", type=click.Path(path_type=Path), required=True, help="Register to add to (CSV).")
@click.option("--source", required=True, help="Word for the list the rows come from, such as acled.")
@click.option(
    "--known-on", type=_DAY, help="Day on which the rows enter the register; else the file must say it."
)
@click.option(
    "--layout",
    type=click.Choice(["kelisim", "ucdp-ged", "acled", "ushahidi", "ushahidi-reports"]),
    help="Layout of the columns; told from the headings unless named.",
)
@click.option(
    "--map", "columns", multiple=True, callback=_pairs, metavar="OURS=THEIRS", help="Any other file."
)
@click.option("--type", "event_type", help="Type of the rows that name none of the register's.")
@click.option("--write", is_flag=True, help="Append the good rows; without it nothing is changed.")
@_FORM
def import_command(
    file: Path, study: Path, register: Path, source: str, known_on: datetime | None, layout: str | None,
    columns: dict[str, str], event_type: str | None, write: bool, form: str,
) -> None:  # fmt: skip
    """Check FILE (CSV, XLSX or GeoJSON) row by row and add its good rows to the register.

    Free text, links and names of actors are never carried. Exit code 0: every row was good; 1: some were left
    out, with their reasons; 2: the file or the register cannot be read.
    """
    from kelisim.runs.event_register import take_in

    made = take_in(
        file, register, study, source=source, known_on=known_on.date() if known_on else None, layout=layout,
        columns=columns, event_type=event_type, write=write,
    )  # fmt: skip
    if form == "json":
        click.echo(json.dumps(_imported(made, write), ensure_ascii=False, indent=1))
        sys.exit(1 if made.bad_rows else 0)
    click.echo(f"{made.rows} rows read: {made.rows - made.bad_rows} good, {made.bad_rows} left out.")
    if made.same or made.corrected:
        click.echo(f"{made.same} stood in the register already; {made.corrected} correct an event in it.")
    for fault in made.quarantined[:40]:
        click.echo(f"  {fault}")
    if len(made.quarantined) > 40:
        click.echo(f"  ... and {len(made.quarantined) - 40} more (--format json lists them)")
    if made.dropped:
        click.echo(f"Columns not carried: {', '.join(made.dropped)}.")
    if made.unknown_actors:
        click.echo(f"{made.unknown_actors} names of actors are no declared groups and were not carried.")
    if write:
        click.echo(f"Appended {len(made.statements)} rows to {register}.")
        click.echo(f"Next: kelisim events show {register} --as-known-on DAY")
    else:
        click.echo("Nothing was written. Next: the same command with --write.")
    sys.exit(1 if made.bad_rows else 0)


def _imported(made: Any, write: bool) -> dict[str, Any]:
    return {
        "rows": made.rows,
        "left_out": made.bad_rows,
        "appended": len(made.statements) if write else 0,
        "same": made.same,
        "corrected": made.corrected,
        "not_carried": list(made.dropped),
        "unknown_actors": made.unknown_actors,
        "quarantined": [
            {"file": f.file, "row": f.row, "field": f.field, "reason": f.reason, "way_out": f.way_out}
            for f in made.quarantined
        ],
    }


@events.command(epilog="Example: kelisim events show register.csv --as-known-on 2020-07-31")
@_REGISTER
@_KNOWN
@_STUDY
@_FORM
def show(register: Path, day: datetime, study: Path | None, form: str) -> None:
    """Show the events of REGISTER as they were known on a day, with every voice's label.

    What was written down later changes nothing of this view.
    """
    from kelisim.runs.event_register import plain, seen_on

    seen = seen_on(register, day.date(), study)
    if form == "json":
        document = {
            "known_on": seen.day.isoformat(),
            "events": [plain(event) for event in seen.events],
            "contradictions": [
                {"kind": c.kind, "event": c.event, "known_on": c.known_on.isoformat(), "field": c.field,
                 "values": list(c.values), "rows": list(c.lines)}
                for c in seen.contradictions
            ],
        }  # fmt: skip
        click.echo(json.dumps(document, ensure_ascii=False, indent=1))
        return
    for event in seen.events:
        click.echo(_line(event))
        for voice in event.voices:
            click.echo(f"    {voice.voice} called it: {voice.label} ({voice.source}, {voice.known_on})")
        if event.adjudicated:
            click.echo(f"    decided: {event.adjudicated}")
        if event.disputed:
            click.echo(f"    corrections contradict each other: {', '.join(event.disputed)}")
    for c in seen.contradictions:
        rows = ", ".join(map(str, c.lines))
        said = " / ".join(c.values)
        click.echo(f"Contradiction ({c.kind}) about {c.event}, {c.field}: {said}. Rows {rows}.")
    conflicts = sum(event.half == "conflict" for event in seen.events)
    both = f"{conflicts} of conflict, {len(seen.events) - conflicts} of co-operation"
    click.echo(f"{len(seen.events)} events known on {seen.day}: {both}. Latest row of the file: {seen.head}.")
    click.echo(f"Next: kelisim events export {register} --as-known-on {seen.day} --to geojson")


def _line(event: Event) -> str:
    last = f" to {event.last}" if event.last else ""
    place = event.values.get("place") or event.values.get("area", "")
    known = f"known on {event.reported_on}"
    if event.changed_on != event.reported_on:
        known += f", last changed {event.changed_on}"
    return f"{event.event}: {event.values['event_type']}, {place}, {event.happened}{last} ({known})"


@events.command(
    epilog="Example: kelisim events export register.csv --as-known-on 2024-03-01 --to ics --out e.ics"
)
@_REGISTER
@_KNOWN
@_STUDY
@click.option("--to", required=True, type=click.Choice(["csv", "geojson", "ics"]), help="Kind of file.")
@click.option("--out", type=click.Path(path_type=Path), help="File to write; printed unless named.")
def export(register: Path, day: datetime, study: Path | None, to: Any, out: Path | None) -> None:
    """Write the events of REGISTER, as known on a day, as a table, map points or calendar days.

    For the desk that keeps the register: nothing here has passed the gate, so publish from a run instead.
    """
    from kelisim.core.errors import OutputError
    from kelisim.runs.event_register import exported, seen_on

    seen = seen_on(register, day.date(), study)
    text = exported(seen, to)
    if out is None:
        click.echo(text, nl=False)
        return
    try:
        out.write_bytes(text.encode())
    except OSError as error:
        reason = error.strerror or error
        raise OutputError(f"'{out}' cannot be written ({reason}). Way out: name another place.") from error
    click.echo(f"Wrote {out}: {len(seen.events)} events as known on {seen.day}.")
    if to == "ics":
        years = sum(event.happened.precision == "year" for event in seen.events)
        if years:
            click.echo(f"{years} events known to the year only have no day and are not in the calendar.")


_UNREPORTED = """\b
Example: kelisim events unreported register.csv --as-known-on 2024-03-01 --list desk --list press
             --seed 1
"""


@events.command(epilog=_UNREPORTED)
@_REGISTER
@_KNOWN
@click.option("--list", "lists", multiple=True, required=True, metavar="SOURCE", help="Two or three lists.")
@click.option("--half", type=click.Choice(["conflict", "cooperation"]), default="conflict", show_default=True)
@click.option("--level", type=click.FloatRange(0.5, 0.999), default=0.95, show_default=True)
@click.option("--seed", type=click.IntRange(0), required=True, help="Seed of the bootstrap for three lists.")
def unreported(
    register: Path, day: datetime, lists: tuple[str, ...], half: Any, level: float, seed: int
) -> None:
    """Estimate how many events no list has, from how far two or three lists overlap (capture-recapture).

    Refused where any two lists share fewer than 7 events. The assumptions are printed with every number.
    """
    from kelisim.runs.event_register import unreported as estimate

    if len(set(lists)) != len(lists) or len(lists) not in (2, 3):
        raise click.BadParameter("name two or three different lists", param_hint="--list")
    cells, found = estimate(register, day.date(), lists, half, level=level, seed=seed)
    for key, n in cells.items():
        on = " and ".join(name for name, mark in zip(lists, key, strict=True) if mark == "1")
        click.echo(f"  only on {on}: {n}")
    ends = f"{found.low:.0f} to {found.high:.0f}, {100 * level:g} %"
    click.echo(f"{found.known} events known; {found.total:.0f} in all ({ends}), model: {found.model}.")
    click.echo("This holds only if:")
    for code in found.assumptions:
        click.echo(f"  - {_ASSUMED[code]};")
    if found.model not in ("chapman", "independent"):
        click.echo(f"  - but for the ties between lists that the model has: {found.model}.")
    click.echo("Lists that copy from each other make the number too small. Next: say so where it is shown.")


for _command in (correct, label, adjudicate, withdraw):
    events.add_command(_command)
