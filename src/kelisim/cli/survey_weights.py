"""`kelisim survey weights`: weights brought to known totals, and the file written with them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from kelisim.cli.survey_design import two_numbers

__all__ = ["weights"]

_EPILOG = (
    "Example: kelisim survey weights wave.csv --base w --margins totals.csv --method rake --trim 200,5000"
    " --out weighted.csv"
)


@click.command(epilog=_EPILOG)
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--base", required=True, metavar="COLUMN", help="Weights so far: inverse chances of selection.")
@click.option(
    "--margins",
    required=True,
    type=click.Path(path_type=Path),
    help="Known totals: a CSV table of variable, category, total; no category: total of a numeric column.",
)
@click.option(
    "--method",
    required=True,
    type=click.Choice(["rake", "post", "linear", "logit"]),
    help="Raking, post-stratification, linear or logit calibration.",
)
@click.option("--bounds", metavar="LOW,HIGH", help="Least and greatest new weight over old, around 1.")
@click.option("--trim", metavar="LOW,HIGH", help="Least and greatest new weight; totals stay met.")
@click.option(
    "--name",
    default="calibrated_weight",
    show_default=True,
    metavar="COLUMN",
    help="Name of the new weight; its factor over the old one is g_factor.",
)
@click.option("--out", required=True, type=click.Path(path_type=Path), help="The CSV file to write.")
@click.option("--force", is_flag=True, help="Replace the file that stands there.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def weights(file: Path, form: str, **options: Any) -> None:
    """Calibrate the weights of the survey in FILE to known totals and write it with the new weights.

    Every record and column is kept. Exit code 2: totals cannot be met, or something in the files is wrong;
    nothing is written then.
    """
    from kelisim.runs.bare_weights import read_totals, weigh_file

    try:
        if not options["name"].strip() or options["name"] == "g_factor":
            raise ValueError("--name takes the name of a column other than g_factor")
        made = weigh_file(
            file,
            read_totals(options["margins"]),
            base=options["base"],
            method=options["method"],
            bounds=two_numbers(options["bounds"], "--bounds"),
            limits=two_numbers(options["trim"], "--trim"),
            column=options["name"],
            out=options["out"],
            force=options["force"],
        )
    except ValueError as error:
        raise click.UsageError(str(error)) from error
    if form == "json":
        fields = {name: getattr(made, name) for name in made.__slots__}
        click.echo(json.dumps(fields, ensure_ascii=False, indent=1))
        return
    loss = 1 - made.n_eff_after / made.records
    lines = [
        f"Wrote {options['out']}: {made.records} records, weights in '{made.column}'"
        f" ({made.weight_low:.6g} .. {made.weight_high:.6g}), factors in 'g_factor'.",
        f"Totals met after {made.steps} steps; new over old weight {made.g_low:.4g} .. {made.g_high:.4g}.",
        f"Effective interviews by weighting (Kish): {made.n_eff_before:.1f} before, {made.n_eff_after:.1f}"
        f" after, a loss of {loss:.1%}.",
    ]
    if made.trimmed:
        lines.append(f"{made.trimmed} weights lay outside the limits and were trimmed.")
    if made.thin:
        lines.append(f"Fewer than 20 records: {', '.join(made.thin)}. Join them if weights vary wildly.")
    lines.append(
        f"Next: kelisim survey estimate {options['out']} --weights {made.column}"
        f" --calibrated {options['margins']} --lonely fail --share COLUMN"
    )
    click.echo("\n".join(lines))
