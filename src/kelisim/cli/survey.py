"""The commands of `kelisim survey`. Estimates from a bare file; everything heavy is imported inside."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kelisim.cli.survey_answers import check, import_
from kelisim.cli.survey_design import INTERVALS, columns, design_options, halves, made_design
from kelisim.cli.survey_export import export
from kelisim.cli.survey_forms import batteries, codebook, form, new, print_
from kelisim.cli.survey_plan import plan
from kelisim.cli.survey_scale import scale
from kelisim.cli.survey_smallarea import smallarea
from kelisim.cli.survey_table import table
from kelisim.cli.survey_weights import weights

if TYPE_CHECKING:
    from kelisim.stats.survey.results import SurveyEstimate

__all__ = ["estimate", "survey"]

_FIELDS = (
    "statistic",
    "variable",
    "category",
    "by",
    "value",
    "se",
    "df",
    "low",
    "high",
    "level",
    "deff",
    "n",
    "method",
)
_EPILOG = (
    "Example: kelisim survey estimate wave.csv --weights w --strata h --psu village --lonely fail"
    " --mean trust --share q1 --by sex"
)


@click.group(epilog="Example: kelisim survey estimate --help")
def survey() -> None:
    """Surveys: estimates that know how people were drawn."""


@survey.command(epilog=_EPILOG)
@click.argument("file", type=click.Path(path_type=Path))
@design_options(weights_required=True)
@columns("--mean", "Means of these columns.")
@columns("--total", "Totals of these columns.")
@columns("--share", "Shares of all categories of these columns.")
@columns("--ratio", "Ratios of totals, as A/B.")
@columns("--quantile", "Quantiles, as Y@0.5.")
@columns("--by", "Groups: every combination of these columns.")
@click.option(
    "--ci", type=click.Choice(INTERVALS), default="logit", show_default=True, help="Interval of shares."
)
@click.option("--planned-deff", type=float, help="Design effect to assume where a share is 0 or 1.")
@click.option(
    "--calibrated",
    type=click.Path(path_type=Path),
    metavar="MARGINS",
    help="FILE comes from `kelisim survey weights` with this table of totals; errors take it into account.",
)
@click.option(
    "--deff",
    type=click.Choice(["wor", "replace"]),
    default="wor",
    show_default=True,
    help="Simple random sample to compare with: without or with replacement.",
)
@click.option("--level", type=float, default=0.95, show_default=True, help="Level of the intervals.")
@click.option(
    "--format", "form", type=click.Choice(["text", "json", "csv"]), default="text", show_default=True
)
def estimate(file: Path, form: str, **options: Any) -> None:
    """Estimate means, totals, shares, ratios and quantiles from the survey in FILE, a CSV table.

    Empty cells and NA are no answer: such records stay in the design and add nothing to the figure.
    Exit code 2: the file or the design cannot be used, and every fault is told by row.
    """
    from kelisim.runs.bare_survey import Asked, estimate_file

    try:
        design = made_design(options)
        asked = Asked(
            mean=options["mean"],
            total=options["total"],
            share=options["share"],
            by=options["by"],
            ratio=tuple(halves(pair, "/") for pair in options["ratio"]),
            quantile=tuple(_at(pair) for pair in options["quantile"]),
            level=options["level"],
            interval=options["ci"],
            planned_deff=options["planned_deff"],
            deff=options["deff"],
            calibrated=options["calibrated"],
        )
        if not (asked.numbers() or asked.share):
            raise ValueError("say what to estimate: --mean, --total, --share, --ratio or --quantile")
        found = estimate_file(file, design, asked)
    except ValueError as error:
        raise click.UsageError(str(error)) from error
    click.echo({"text": _text, "json": _json, "csv": _csv}[form](found))


def _at(text: str) -> tuple[str, float]:
    name, probability = halves(text, "@")
    try:
        return name, float(probability)
    except ValueError:
        raise ValueError(f"'{text}' should have the form Y@0.5") from None


def _record(one: SurveyEstimate) -> dict[str, Any]:
    made: dict[str, Any] = {name: getattr(one, name) for name in _FIELDS}
    made["by"] = ", ".join(label for _, label in one.by) or None
    return made


def _json(found: list[SurveyEstimate]) -> str:
    more = [
        {
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
    records = [_record(one) | extra for one, extra in zip(found, more, strict=True)]
    return json.dumps(records, ensure_ascii=False, indent=1)


def _csv(found: list[SurveyEstimate]) -> str:
    page = io.StringIO()
    writer = csv.DictWriter(page, _FIELDS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(_record(one) for one in found)
    return page.getvalue().rstrip("\n")


def _text(found: list[SurveyEstimate]) -> str:
    head = ("statistic", "variable", "category", "group", "value", "se", "interval", "df", "deff", "n")
    rows = [head]
    for one in found:
        ends = "-" if one.low is None else f"{_short(one.low)} .. {_short(one.high)}"
        group = ", ".join(f"{name} {label}" for name, label in one.by)
        rows.append(
            (
                one.statistic,
                one.variable,
                one.category or "",
                group,
                _short(one.value),
                _short(one.se),
                ends,
                _short(one.df),
                _short(one.deff),
                str(one.n),
            )
        )
    wide = [max(len(row[k]) for row in rows) for k in range(len(head))]
    lines = [
        "  ".join(cell.ljust(width) for cell, width in zip(row, wide, strict=True)).rstrip() for row in rows
    ]
    notes = sorted({f"method: {one.method}; interval {one.interval}, level {one.level}" for one in found})
    reasons = sorted({reason for one in found for reason in one.reasons})
    notes += [f"note: {reason.replace('_', ' ')}" for reason in reasons]
    return "\n".join([*lines, "", *notes])


def _short(number: float | None) -> str:
    return "-" if number is None else f"{number:.6g}"


for _command in (new, form, print_, codebook, batteries, import_, check, export):
    survey.add_command(_command)
for _command in (table, weights, scale, smallarea, plan):
    survey.add_command(_command)
