"""The commands of `kelisim survey`. Estimates from a bare file; everything heavy is imported inside."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from kelisim.cli.survey_answers import check, import_
from kelisim.cli.survey_export import export
from kelisim.cli.survey_forms import batteries, codebook, form, new, print_

if TYPE_CHECKING:
    from kelisim.stats.survey.results import SurveyEstimate

__all__ = ["estimate", "survey"]

_Command = TypeVar("_Command", bound=Callable[..., Any])
_LONELY = ["fail", "remove", "certainty", "adjust", "average", "collapse"]
_INTERVALS = ["logit", "wilson", "beta", "beta-uncapped"]
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


def _list(_: click.Context, __: click.Parameter, values: Sequence[str]) -> tuple[str, ...]:
    """Columns given as A,B or by repeating the option."""
    return tuple(name.strip() for value in values for name in value.split(",") if name.strip())


def _columns(name: str, words: str) -> Callable[[_Command], _Command]:
    return click.option(name, multiple=True, callback=_list, metavar="COLUMNS", help=words)


@survey.command(epilog=_EPILOG)
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
    help="How people were chosen; picked samples get no margin of error.",
)
@click.option("--places-exchangeable", is_flag=True, help="Picked sample: as if places were a random draw.")
@_columns("--mean", "Means of these columns.")
@_columns("--total", "Totals of these columns.")
@_columns("--share", "Shares of all categories of these columns.")
@_columns("--ratio", "Ratios of totals, as A/B.")
@_columns("--quantile", "Quantiles, as Y@0.5.")
@_columns("--by", "Groups: every combination of these columns.")
@click.option(
    "--ci", type=click.Choice(_INTERVALS), default="logit", show_default=True, help="Interval of shares."
)
@click.option("--planned-deff", type=float, help="Design effect to assume where a share is 0 or 1.")
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
            collapse=dict(_halves(pair, "=") for pair in options["collapse"]) or None,
            assume="places_exchangeable" if options["places_exchangeable"] else None,
        )
        asked = Asked(
            mean=options["mean"],
            total=options["total"],
            share=options["share"],
            by=options["by"],
            ratio=tuple(_halves(pair, "/") for pair in options["ratio"]),
            quantile=tuple(_at(pair) for pair in options["quantile"]),
            level=options["level"],
            interval=options["ci"],
            planned_deff=options["planned_deff"],
            deff=options["deff"],
        )
        if not (asked.numbers() or asked.share):
            raise ValueError("say what to estimate: --mean, --total, --share, --ratio or --quantile")
        found = estimate_file(file, design, asked)
    except ValueError as error:
        raise click.UsageError(str(error)) from error
    click.echo({"text": _text, "json": _json, "csv": _csv}[form](found))


def _halves(text: str, mark: str) -> tuple[str, str]:
    first, found, second = text.partition(mark)
    if not (found and first.strip() and second.strip()):
        raise ValueError(f"'{text}' should have the form A{mark}B")
    return first.strip(), second.strip()


def _at(text: str) -> tuple[str, float]:
    name, probability = _halves(text, "@")
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
