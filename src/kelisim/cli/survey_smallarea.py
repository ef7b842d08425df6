"""`kelisim survey smallarea`: figures of areas with few interviews, direct and by a model, side by side."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from kelisim.stats.small_area.results import AreaEstimate

__all__ = ["smallarea"]

_LONELY = ["fail", "remove", "certainty", "adjust", "average", "collapse"]
_FIELDS = (
    "statistic", "variable", "category", "by", "value", "se", "df", "low", "high", "level", "deff", "n",
    "method",
)  # fmt: skip
_OWN = ("synthetic", "gamma", "shrinkage", "reliability", "verdict", "interviews_needed", "model_only", "icc")
_DIRECT = ("value", "se", "df", "low", "high")
_EPILOG = """\b
Example: kelisim survey smallarea wave.csv --weights w --strata h --psu village --by district
           --lonely adjust --share trust --category yes --covariates areas.csv --x unemployment
Example: kelisim survey smallarea wave.csv --weights w --psu village --by district --lonely adjust
           --share trust --model mrp --cells census.csv --effects age:sex,education
"""


def _list(_: click.Context, __: click.Parameter, values: Sequence[str]) -> tuple[str, ...]:
    return tuple(name.strip() for value in values for name in value.split(",") if name.strip())


def _columns(name: str, words: str) -> Callable[[Any], Any]:
    return click.option(name, multiple=True, callback=_list, metavar="COLUMNS", help=words)


@click.command(epilog=_EPILOG)
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--weights", required=True, metavar="COLUMN", help="Weights: inverse chances of selection.")
@_columns("--strata", "Strata, one column per stage.")
@_columns("--psu", "Sampling units, first stage first; none: every record is one.")
@_columns("--fpc", "Population counts or sampled fractions, one column per stage.")
@click.option("--lonely", required=True, type=click.Choice(_LONELY), help="Rule for strata with one unit.")
@click.option("--collapse", multiple=True, metavar="STRATUM=JOINED", help="Pairing of strata for that rule.")
@click.option(
    "--nest/--no-nest", default=True, show_default=True, help="Codes of units repeat between strata."
)
@click.option(
    "--kind",
    type=click.Choice(["probability", "quota", "convenience"]),
    default="probability",
    show_default=True,
    help="How people were chosen.",
)
@click.option("--places-exchangeable", is_flag=True, help="Picked sample: as if places were a random draw.")
@click.option("--by", required=True, metavar="AREA", help="Column of the areas.")
@_columns("--mean", "Means of these columns.")
@_columns("--share", "Shares of the categories of these columns.")
@_columns("--category", "Only these categories of the shares.")
@click.option(
    "--model", type=click.Choice(["fay-herriot", "mrp"]), default="fay-herriot", show_default=True,
    help="Area-level model, or multilevel regression with post-stratification.",
)  # fmt: skip
@click.option(
    "--method-variance", type=click.Choice(["adjusted", "reml", "posterior"]), default="adjusted",
    show_default=True, help="Variance between areas: adjusted likelihood (never 0), REML, full posterior.",
)  # fmt: skip
@click.option("--covariates", type=click.Path(path_type=Path), help="Table of areas, sampled or not.")
@_columns("--x", "Its columns that foretell the areas; none is taken by itself.")
@click.option("--population", metavar="COLUMN", help="Its persons, for benchmarks.")
@click.option("--places", metavar="COLUMN", help="Its effective numbers of places, for mrp.")
@click.option(
    "--benchmark", type=click.Choice(["none", "ratio", "difference"]), default="none", show_default=True,
    help="How areas are moved to add up to the estimate of the whole.",
)  # fmt: skip
@click.option(
    "--cells",
    multiple=True,
    type=click.Path(path_type=Path),
    help="Counts of the population; several tables are joined by IPF.",
)
@click.option(
    "--count", default="count", show_default=True, metavar="COLUMN", help="Their column of persons."
)
@_columns("--effects", "Effects of the multilevel model beside areas and places; a:b crosses two.")
@click.option(
    "--draws", type=click.IntRange(100, 100_000), default=2000, show_default=True, help="Draws of it."
)
@click.option("--seed", type=int, default=20260101, show_default=True, help="Seed of the draws.")
@click.option(
    "--publish-at", type=float, default=0.7, show_default=True, help="Least reliability to publish."
)
@click.option("--flag-at", type=float, default=0.5, show_default=True, help="Least reliability to show.")
@click.option("--level", type=float, default=0.95, show_default=True, help="Level of the intervals.")
@click.option(
    "--format", "form", type=click.Choice(["text", "json", "csv"]), default="text", show_default=True
)
def smallarea(file: Path, form: str, **options: Any) -> None:
    """Estimate means or shares of small areas from the survey in FILE, a CSV table.

    Prints the direct estimate and the model's, the weight of the direct one, interval, reliability, and what
    the gate says: publish, flag or withheld, with the interviews that would open the area.
    Exit code 2: a file, the design or the model cannot be used.
    """
    from kelisim.runs.bare_areas import AskedAreas, estimate_areas
    from kelisim.stats.small_area.gate import Limits
    from kelisim.stats.survey.design import Design

    try:
        design = Design(
            kind=options["kind"],
            weights=options["weights"],
            lonely=options["lonely"],
            strata=options["strata"],
            psu=options["psu"],
            fpc=options["fpc"],
            nest=options["nest"],
            collapse=dict(_halves(pair) for pair in options["collapse"]) or None,
            assume="places_exchangeable" if options["places_exchangeable"] else None,
        )
        asked = AskedAreas(
            by=options["by"],
            mean=options["mean"],
            share=options["share"],
            categories=options["category"],
            model=options["model"],
            method=options["method_variance"],
            benchmark=options["benchmark"],
            limits=Limits(publish=options["publish_at"], flag=options["flag_at"]),
            level=options["level"],
            covariates=options["covariates"],
            x=options["x"],
            population=options["population"],
            cells=options["cells"],
            count=options["count"],
            effects=options["effects"],
            draws=options["draws"],
            seed=options["seed"],
            places=options["places"],
        )
        found = estimate_areas(file, design, asked)
    except ValueError as error:
        raise click.UsageError(str(error)) from error
    click.echo({"text": _text, "json": _json, "csv": _csv}[form](found))


def _halves(text: str) -> tuple[str, str]:
    first, found, second = text.partition("=")
    if not (found and first.strip() and second.strip()):
        raise ValueError(f"'{text}' should have the form STRATUM=JOINED")
    return first.strip(), second.strip()


def _record(one: AreaEstimate) -> dict[str, Any]:
    made: dict[str, Any] = {name: getattr(one, name) for name in _FIELDS}
    made["by"] = ", ".join(label for _, label in one.by)
    made |= {f"direct_{name}": getattr(one.direct, name) if one.direct else None for name in _DIRECT}
    return made | {name: getattr(one, name) for name in _OWN}


def _json(found: list[AreaEstimate]) -> str:
    records = [
        _record(one)
        | {
            "groups": dict(one.by),
            "interval": one.interval,
            "n_eff": one.n_eff,
            "weighted_n": one.weighted_n,
            "cases": one.cases,
            "deff_kind": one.deff_kind,
            "reasons": list(one.reasons),
        }
        for one in found
    ]
    return json.dumps(records, ensure_ascii=False, indent=1)


def _csv(found: list[AreaEstimate]) -> str:
    page = io.StringIO()
    names = [*_FIELDS, *(f"direct_{name}" for name in _DIRECT), *_OWN]
    writer = csv.DictWriter(page, names, lineterminator="\n")
    writer.writeheader()
    writer.writerows(_record(one) for one in found)
    return page.getvalue().rstrip("\n")


def _text(found: list[AreaEstimate]) -> str:
    head = (
        "area", "variable", "category", "n", "direct", "interval", "model", "interval", "weight of direct",
        "reliability", "verdict", "interviews needed",
    )  # fmt: skip
    rows = [head]
    for one in found:
        direct = one.direct
        rows.append(
            (
                one.by[0][1],
                one.variable,
                one.category or "",
                str(one.n),
                "-" if direct is None else _short(direct.value),
                "-"
                if direct is None or direct.low is None
                else f"{_short(direct.low)} .. {_short(direct.high)}",
                _short(one.value),
                f"{_short(one.low)} .. {_short(one.high)}",
                f"{one.gamma:.2f}",
                f"{one.reliability:.2f}",
                one.verdict + (" (model only)" if one.model_only else ""),
                ""
                if one.verdict == "publish"
                else "-"
                if one.interviews_needed is None
                else str(one.interviews_needed),
            )
        )
    wide = [max(len(row[k]) for row in rows) for k in range(len(head))]
    lines = [
        "  ".join(cell.ljust(width) for cell, width in zip(row, wide, strict=True)).rstrip() for row in rows
    ]
    notes = sorted({f"method: {one.method}; interval {one.interval}, level {one.level}" for one in found})
    reasons = sorted({reason for one in found for reason in one.reasons})
    notes += [f"note: {reason.replace('_', ' ')}" for reason in reasons]
    shut = sum(one.verdict == "withheld" for one in found)
    if shut:
        notes.append(
            f"{shut} of {len(found)} figures are withheld: on a page they stay grey and have no value."
        )
        notes.append("Next: kelisim survey plan FRAME.csv, to plan the interviews that would open them.")
    return "\n".join([*lines, "", *notes])


def _short(number: float | None) -> str:
    return "-" if number is None else f"{number:.4g}"
