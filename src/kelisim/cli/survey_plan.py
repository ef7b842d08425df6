"""`kelisim survey plan`: how many interviews, where, at what price, and what they will not show."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from kelisim.runs.bare_plan import Drawn
    from kelisim.stats.planning.plan import Plan

__all__ = ["plan"]

_EPILOG = """\b
Example: kelisim survey plan frame.csv --stratum district --place village --size persons
           --icc 0.05 --cost-place 60000 --cost-interview 4000 --budget 6000000
           --allocation power --control Otyrar --icc-areas 0.02
           --languages kk,ru,uz --seed 7 --sheets sheets
"""
_WARNINGS = {
    "few_degrees_of_freedom": "fewer than 8 places above the number of strata: intervals are wide.",
    "lonely_places": "a stratum has a single place: nothing will say how much its places differ.",
    "no_control_areas": "no control area is named (--control): risky places alone cannot be compared.",
}


def _list(_: click.Context, __: click.Parameter, values: Sequence[str]) -> tuple[str, ...]:
    return tuple(name.strip() for value in values for name in value.split(",") if name.strip())


@click.command(epilog=_EPILOG)
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--stratum", required=True, metavar="COLUMN", help="Column of strata, such as districts.")
@click.option("--place", required=True, metavar="COLUMN", help="Column of places, one row each.")
@click.option("--size", required=True, metavar="COLUMN", help="Column of persons of each place.")
@click.option("--icc", type=float, required=True, help="Likeness of answers inside a place, such as 0.05.")
@click.option("--cost-place", type=float, required=True, help="Cost of a place, travel included.")
@click.option("--cost-interview", type=float, required=True, help="Cost of an interview.")
@click.option("--allocation", type=click.Choice(["proportional", "neyman", "power", "equal"]), required=True,
              help="How places are shared out over strata.")  # fmt: skip
@click.option(
    "--exponent", type=float, default=0.5, show_default=True, help="Exponent of the power allocation."
)
@click.option("--budget", type=float, help="Goal: money to spend.")
@click.option("--half-width", type=float, help="Goal: half of the interval, 0.05 for 5 points.")
@click.option(
    "--change", type=float, help="Goal: change between two waves that is to be seen, 0.05 for 5 points."
)
@click.option("--reliability", type=float, help="Goal: reliability of every stratum as an area.")
@click.option("--icc-areas", type=float, help="Share of the variance of answers between areas, such as 0.02.")
@click.option(
    "--icc-interviewer", type=float, default=0.0, show_default=True, help="Likeness by interviewer."
)
@click.option(
    "--load", type=click.IntRange(1), help="Interviews of one interviewer; none: the most that is safe."
)
@click.option(
    "--weights-cv", type=float, default=0.0, show_default=True, help="Variation of weights in strata."
)
@click.option("--per-place", type=click.IntRange(1), help="Interviews in a place; none: what buys most.")
@click.option("--share", type=float, default=0.5, show_default=True, help="Expected share.")
@click.option("--stratum-share", multiple=True, metavar="STRATUM=SHARE", help="Another one in this stratum.")
@click.option(
    "--control", multiple=True, callback=_list, metavar="STRATA", help="Strata asked for comparison."
)
@click.option("--overlap", type=float, default=0.0, show_default=True, help="Share of people asked again.")
@click.option("--correlation", type=float, default=0.5, show_default=True, help="Of their two answers.")
@click.option("--power", type=float, default=0.8, show_default=True, help="Chance that the change is seen.")
@click.option("--level", type=float, default=0.95, show_default=True, help="Level of the intervals.")
@click.option("--languages", multiple=True, callback=_list, metavar="COLUMNS", help="Persons by language.")
@click.option(
    "--reserves", type=click.IntRange(0), default=2, show_default=True, help="Reserves per stratum."
)
@click.option("--seed", type=int, help="Draw the places with this seed.")
@click.option("--sheets", type=click.Path(path_type=Path), help="New folder for places and sheets.")
@click.option(
    "--format", "form", type=click.Choice(["text", "json", "csv"]), default="text", show_default=True
)
def plan(file: Path, form: str, **options: Any) -> None:
    """Plan interviews over the places of FILE, a CSV table with one row per settlement.

    State one goal: --budget, --half-width, --change or --reliability. With --seed places are drawn with
    chances by their size, and --sheets writes them with sheets for interviewers: a random number for every
    interview, and no names. Exit code 2: the frame cannot be used, or the goal is out of its reach.
    """
    from kelisim.runs.bare_plan import draw, read_frame, write_sheets
    from kelisim.stats.planning.plan import Assumed, Goal
    from kelisim.stats.planning.plan import plan as make_plan

    if options["sheets"] and options["seed"] is None:
        raise click.UsageError("sheets need places, and places a draw: add --seed")
    try:
        goal = Goal(**{name: options[name] for name in ("budget", "half_width", "change", "reliability")})
        names = (
            "icc", "cost_place", "cost_interview", "icc_interviewer", "icc_areas", "per_place", "weights_cv",
            "load", "level", "power", "overlap", "correlation",
        )  # fmt: skip
        assumed = Assumed(**{name: options[name] for name in names})
        shares = dict(_share(pair) for pair in options["stratum_share"])
        frame = read_frame(
            file,
            stratum=options["stratum"],
            place=options["place"],
            size=options["size"],
            languages=options["languages"],
        )
        strata = frame.planned(shares, options["share"], options["control"])
        made = make_plan(
            strata, goal, assumed, allocation=options["allocation"], exponent=options["exponent"]
        )
        drawn: list[Drawn] = []
        files: list[str] = []
        if options["seed"] is not None:
            import numpy as np

            drawn, interviews = draw(frame, made, options["reserves"], np.random.default_rng(options["seed"]))
            if options["sheets"]:
                files = write_sheets(options["sheets"], drawn, interviews)
    except ValueError as error:
        raise click.UsageError(str(error)) from error
    if form == "json":
        click.echo(_json(made, drawn))
    elif form == "csv":
        click.echo(_csv(made))
    else:
        click.echo(_text(made, drawn, assumed.power, assumed.icc_areas is not None))
        if files:
            click.echo(f"Wrote {options['sheets']}: {', '.join(files)}")
        following = "kelisim survey estimate WAVE.csv, when the interviews are back"
        if options["seed"] is None:
            following = "add --seed N --sheets FOLDER, to draw the places and write the sheets"
        click.echo(f"Next: {following}.")


def _share(text: str) -> tuple[str, float]:
    name, found, share = text.rpartition("=")
    try:
        if found and name.strip():
            return name.strip(), float(share)
    except ValueError:
        pass
    raise ValueError(f"'{text}' should have the form STRATUM=0.3")


def _json(made: Plan, drawn: Sequence[Drawn]) -> str:
    record = asdict(made) | {"drawn": [asdict(one) for one in drawn]}
    return json.dumps(record, ensure_ascii=False, indent=1)


def _csv(made: Plan) -> str:
    page = io.StringIO()
    rows = [asdict(h) for h in made.strata]
    writer = csv.DictWriter(page, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return page.getvalue().rstrip("\n")


def _text(made: Plan, drawn: Sequence[Drawn], power: float, areas: bool) -> str:
    head = ["stratum", "persons", "places", "interviews", "half-width", "change seen"]
    head += ["reliability", "needed for 0.7"] if areas else []
    rows = [head]
    for h in made.strata:
        row = [
            h.name + (" (control)" if h.control else ""),
            f"{h.population:,.0f}",
            str(h.places),
            str(h.interviews),
        ]
        row += [_points(h.half_width), _points(h.change)]
        if areas:
            row += ["-" if h.reliability is None else f"{h.reliability:.2f}", str(h.interviews_needed or "-")]
        rows.append(row)
    total = sum(h.population for h in made.strata)
    rows.append(
        [
            "all",
            f"{total:,.0f}",
            str(made.places),
            str(made.interviews),
            _points(made.half_width),
            _points(made.change),
        ]
    )
    wide = [max(len(row[k]) for row in rows if k < len(row)) for k in range(len(head))]
    lines = [
        "  ".join(cell.ljust(width) for cell, width in zip(row, wide, strict=False)).rstrip() for row in rows
    ]
    best = "" if made.per_place_best is None else f" (what buys most: {made.per_place_best:.1f})"
    lines += [
        "",
        f"{made.per_place} interviews in a place{best}; design effect {made.deff:.2f}, effective n"
        f" {made.n_eff:.0f}, degrees of freedom {made.df}; cost {made.cost:,.0f}.",
    ]
    if made.interviewers is not None:
        lines.append(f"{made.interviewers} interviewers with {made.load} interviews each at most.")
    lines.append(
        f"Not to be seen: between two such waves a rise under {_points(made.change)} would not be seen"
        f" with a chance of {power:.0%}."
    )
    weak = [h.name for h in made.strata if h.reliability is not None and h.reliability < 0.7]
    if weak:
        lines.append(f"Not to be shown alone (reliability under 0.7): {', '.join(weak)}.")
    lines += [f"Warning: {_WARNINGS[code]}" for code in made.warnings]
    if drawn:
        lines += ["", "Drawn:"]
        lines += [f"  {one.stratum}: {one.place} ({one.role})" for one in drawn]
    return "\n".join(lines)


def _points(share: float | None) -> str:
    return "-" if share is None else f"{100 * share:.1f} points"
