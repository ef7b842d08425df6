"""Commands about the areas of a study: outlines for maps, taken in and taken back."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import click

__all__ = ["areas", "import_command", "undo"]


@click.group(epilog="Example: kelisim areas import regions.geojson my-region --name regions ...")
def areas() -> None:
    """Outlines of areas for maps: import them into a study, or take them back."""


@areas.command(
    "import",
    epilog="Example: kelisim areas import regions.geojson my-region --name regions --day 2024-01-01 "
    '--attribution "Land committee" --licence "CC BY 4.0"   (a trial run; add --write to keep the result)',
)
@click.argument("file", type=click.Path(path_type=Path))
@click.argument("study", type=click.Path(path_type=Path))
@click.option("--name", required=True, help="Name of the set inside the study, for instance districts-2024.")
@click.option(
    "--day", required=True, type=click.DateTime(["%Y-%m-%d"]), help="A day on which these boundaries held."
)
@click.option("--attribution", required=True, help="Whose work it is; printed beside every map.")
@click.option("--licence", required=True, help="Licence of the file; printed beside every map.")
@click.option(
    "--key", default="KATO", show_default=True, help="Property that holds the code (kato or area_id)."
)
@click.option("--within", help="Take only the areas below this area_id; the rest of the file is left out.")
@click.option(
    "--write", is_flag=True, help="Write the outlines into the study; without it nothing is changed."
)
@click.option("--quiet", is_flag=True, help="Print nothing but faults.")
def import_command(
    file: Path, study: Path, name: str, day: datetime, attribution: str, licence: str, key: str,
    within: str | None, write: bool, quiet: bool,
) -> None:  # fmt: skip
    """Check outlines in FILE (GeoJSON) against the areas of STUDY, simplify, and show what would be written.

    Areas are joined by code and never by name. Borders that two areas share stay shared.
    """
    from kelisim.runs.outlines import import_outlines

    taken, whole = import_outlines(
        file, study, name=name, key=key, day=_day(day), attribution=attribution, licence=licence,
        within=within, write=write,
    )  # fmt: skip
    if quiet:
        return
    document = taken.document
    click.echo(f"{len(taken.shapes)} areas joined by {key}, whole on {document.day}:")
    for area_id in sorted(taken.shapes):
        click.echo(f"  {area_id:10} {whole.areas[area_id].names.kk}")
    if taken.left_out:
        click.echo(f"{taken.left_out} features outside {within} were left out.")
    click.echo(
        f"{document.points_before:,} points simplified to {document.points_after:,}; borders stay shared."
    )
    for note in taken.notes:
        click.echo(f"Note: {note}.")
    click.echo(f"Every map will name: {document.attribution}, {document.licence}.")
    if write:
        click.echo(
            f"Wrote {study / 'outlines' / name}.geojson and .yaml. "
            f"Take back: kelisim areas undo {study} --name {name}"
        )
        click.echo(f"Next: kelisim run {study} --out DIR, and open the page of maps.")
    else:
        click.echo("Nothing was written. Next: the same command with --write.")


def _day(moment: datetime) -> date:
    return moment.date()


@areas.command(epilog="Example: kelisim areas undo my-region --name regions")
@click.argument("study", type=click.Path(path_type=Path))
@click.option("--name", required=True, help="Name of the set inside the study.")
@click.option("--quiet", is_flag=True, help="Print nothing but faults.")
def undo(study: Path, name: str, quiet: bool) -> None:
    """Take a set of outlines out of STUDY; the set it had replaced, if any, is put back."""
    from kelisim.runs.outlines import undo_outlines

    back = undo_outlines(study, name)
    if not quiet:
        click.echo(
            f"The set '{name}' was taken out" + (", and the one before it stands again." if back else ".")
        )
        click.echo(f"Next: kelisim run {study} --out DIR")
