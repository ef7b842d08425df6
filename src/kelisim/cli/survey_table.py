"""`kelisim survey table`: one question by groups, everything about each figure in one view."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kelisim.cli.survey_design import INTERVALS, columns, design_options, halves, made_design

if TYPE_CHECKING:
    from kelisim.runs.bare_table import MultipleTable, SingleTable
    from kelisim.stats.survey.results import SurveyEstimate

__all__ = ["laid_out", "table"]

_KINDS = ("dont_know", "refused", "not_asked", "not_answered")
_FIELDS = (
    "question",
    "category",
    "kind",
    "group",
    "measure",
    "percent",
    "low",
    "high",
    "level",
    "n",
    "cases",
    "weighted_n",
    "deff",
    "n_eff",
    "df",
    "status",
    "above",
    "percent_without_dont_know",
)
_EPILOG = (
    "Example: kelisim survey table wave.csv --weights w --strata h --psu village --lonely fail"
    " --rows q1 --cols language --percent col --missing-codes 98=refused,99=dont_know --tests"
)


@click.command(epilog=_EPILOG)
@click.argument("file", type=click.Path(path_type=Path))
@design_options(weights_required=True)
@click.option("--rows", metavar="COLUMN", help="The question whose answers are counted.")
@columns("--multiple", "A question with several answers: its 0/1 columns, * for any letters, as Q7_*.")
@columns("--cols", "Groups: every combination of these columns.")
@click.option(
    "--percent",
    type=click.Choice(["col", "row", "total"]),
    help="What sums to 100: each group, each answer over the groups, or the whole.",
)
@columns("--missing-codes", "Answers that are none, as CODE=KIND; kinds: " + ", ".join(_KINDS) + ".")
@click.option("--net", multiple=True, metavar="NAME=A+B", help="Answers to show together as well.")
@click.option("--tests", is_flag=True, help="Letters of the groups a figure is above, and a test of all.")
@click.option("--asked", metavar="COLUMN", help="With --multiple: 1 where the question was asked.")
@columns("--exclusive", "With --multiple: options that go with no other.")
@click.option("--most", type=int, help="With --multiple: greatest number of options allowed.")
@click.option(
    "--ci", type=click.Choice(INTERVALS), default="logit", show_default=True, help="Interval of shares."
)
@click.option("--planned-deff", type=float, help="Design effect to assume where a share is 0 or 1.")
@click.option("--level", type=float, default=0.95, show_default=True, help="Level of the intervals.")
@click.option(
    "--format", "form", type=click.Choice(["text", "json", "csv"]), default="text", show_default=True
)
def table(file: Path, form: str, **options: Any) -> None:
    """Print the answers to a question in FILE with percent, interval, n, weighted N, design effect, flag.

    "Don't know" stays in the base and is shown; refused, not asked and not answered leave it and are counted
    apart. With --multiple two percentages are given, of respondents (sums above 100) and of answers.
    Exit code 2: the file, the design or the options cannot be used.
    """
    from kelisim.runs.bare_table import AskedTable, multiple_table, single_table

    try:
        if bool(options["rows"]) == bool(options["multiple"]):
            raise ValueError("give the question by --rows, or its 0/1 columns by --multiple")
        design = made_design(options)
        asked = AskedTable(
            cols=options["cols"],
            missing=_missing(options["missing_codes"]),
            nets=dict(_net(text) for text in options["net"]),
            level=options["level"],
            interval=options["ci"],
            planned_deff=options["planned_deff"],
        )
        if options["rows"]:
            for name in ("asked", "exclusive", "most"):
                if options[name]:
                    raise ValueError(f"--{name} belongs to --multiple")
            if options["percent"] is None:
                raise ValueError("say by --percent what sums to 100: col, row or total")
            single = single_table(
                file,
                design,
                options["rows"],
                asked,
                percent=options["percent"],
                tests=options["tests"],
            )
            made, notes = _single(single, options["rows"], asked.missing, options["tests"])
            left_out = dict(single.table.left_out)
        else:
            if options["percent"] not in (None, "col") or options["tests"]:
                raise ValueError("--multiple gives percentages of each group, and no tests")
            several = multiple_table(
                file,
                design,
                options["multiple"],
                asked,
                base=options["asked"],
                exclusive=options["exclusive"],
                most=options["most"],
            )
            made, notes, left_out = _multiple(several, " ".join(options["multiple"]), options["asked"])
    except ValueError as error:
        raise click.UsageError(str(error)) from error
    if form == "json":
        whole = {"rows": made, "left_out": left_out, "notes": notes}
        click.echo(json.dumps(whole, ensure_ascii=False, indent=1))
    elif form == "csv":
        click.echo(_csv(made))
    else:
        click.echo(_text(made, left_out, notes))


def _missing(pairs: Sequence[str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for pair in pairs:
        code, kind = halves(pair, "=")
        if kind not in _KINDS:
            raise ValueError(f"'{kind}' is no kind of missing answer; take one of {', '.join(_KINDS)}")
        if found.setdefault(code, kind) != kind:
            raise ValueError(f"'{code}' is given two kinds of missing answer")
    return found


def _net(text: str) -> tuple[str, tuple[str, ...]]:
    name, joined = halves(text, "=")
    return name, tuple(part.strip() for part in joined.split("+"))


def _record(question: str, one: SurveyEstimate, measure: str, **more: Any) -> dict[str, Any]:
    def hundred(x: float | None) -> float | None:
        return None if x is None else 100 * x

    made = {
        "question": question,
        "category": one.category,
        "kind": "answer",
        "group": ", ".join(f"{name} {label}" for name, label in one.by) or None,
        "measure": measure,
        "percent": hundred(one.value),
        "low": hundred(one.low),
        "high": hundred(one.high),
        "level": one.level,
        "n": one.n,
        "cases": one.cases,
        "weighted_n": one.weighted_n,
        "deff": one.deff,
        "n_eff": one.n_eff,
        "df": one.df,
        "status": None,
        "above": None,
        "percent_without_dont_know": None,
    }
    return made | more


def _single(
    single: SingleTable, question: str, missing: Mapping[str, Any], tests: bool
) -> tuple[list[dict[str, Any]], list[str]]:
    made = []
    for row in single.table.rows:
        kind = "net" if row.net else missing.get(row.estimate.category or "", "answer")
        beside = row.without_dont_know
        made.append(
            _record(
                question,
                row.estimate,
                single.table.percent,
                kind=kind,
                status=row.verdict.status,
                above=row.letters or None if tests else None,
                percent_without_dont_know=None if beside is None else 100 * beside,
            )
        )
    notes = [_method(single.table.rows[0].estimate)]
    if tests:
        names = [f"{letter} = {', '.join(label for _, label in by)}" for letter, by in single.table.columns]
        notes.append("above: the groups that a figure is significantly above (Holm): " + "; ".join(names))
    if single.test is not None:
        t = single.test
        notes.append(
            f"answers by groups: F {t.f:.4g} with {t.df1:.4g} and {t.df2:.4g} degrees of freedom, p {t.p:.3g}"
        )
    if any(row["percent_without_dont_know"] is not None for row in made):
        notes.append(
            "without don't know: the share among all other answers, where it differs by over a point"
        )
    return made, [*notes, *_flags(made)]


def _multiple(
    several: MultipleTable, question: str, asked: str | None
) -> tuple[list[dict[str, Any]], list[str], dict[str, int]]:
    made = []
    verdicts = several.verdicts
    for part, verdict, answers in zip(several.made.respondents, verdicts, several.made.answers, strict=True):
        made.append(_record(question, part, "of respondents", status=verdict.status))
        made.append(_record(question, answers, "of answers"))
    sums = [row["percent"] or 0.0 for row in made if row["measure"] == "of respondents"]
    groups = len({row["group"] for row in made})
    notes = [_method(several.made.respondents[0])]
    notes.append(
        f"several answers are possible: of respondents, percentages sum to {sum(sums) / groups:.0f}"
        " on average, not to 100; of answers, to 100"
    )
    left_out = dict(several.left_out)
    if asked is None:
        left_out["blank"] = several.made.not_answered
        notes.append("blank: not asked or not answered; --asked COLUMN tells them apart")
    else:
        left_out |= {"not_asked": several.made.not_asked, "not_answered": several.made.not_answered}
    left_out["none_chosen"] = several.made.none_chosen
    if several.made.exceeded:
        rows = len(several.made.exceeded)
        notes.append(f"{rows} records chose more options than allowed; they are counted as they are")
    return made, [*notes, *_flags(made)], left_out


def _method(one: SurveyEstimate) -> str:
    return f"method: {one.method}; interval {one.interval}, level {one.level}"


def _flags(made: list[dict[str, Any]]) -> list[str]:
    found = {row["status"] for row in made}
    notes = []
    if "withheld" in found:
        notes.append("withheld: too uncertain to be published (effective n, width of the interval)")
    if "flag" in found:
        notes.append("flag: fewer than 8 degrees of freedom, to be published with that remark")
    return notes


def _csv(made: list[dict[str, Any]]) -> str:
    page = io.StringIO()
    writer = csv.DictWriter(page, _FIELDS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(made)
    return page.getvalue().rstrip("\n")


def _text(made: list[dict[str, Any]], left_out: dict[str, int], notes: list[str]) -> str:
    def number(form: str) -> Callable[[Any], str]:
        return lambda x: "-" if x is None else format(x, form)

    shown: dict[str, Callable[[dict[str, Any]], str]] = {
        "group": lambda r: r["group"] or "",
        "answer": lambda r: (
            f"{r['category']} ({r['kind'].replace('_', ' ')})"
            if r["kind"] != "answer"
            else str(r["category"])
        ),
        "measure": lambda r: r["measure"],
        "%": lambda r: number(".1f")(r["percent"]),
        "interval": lambda r: "-" if r["low"] is None else f"{r['low']:.1f} .. {r['high']:.1f}",
        "n": lambda r: str(r["n"]),
        "cases": lambda r: str(r["cases"]),
        "N": lambda r: number(".0f")(r["weighted_n"]),
        "deff": lambda r: number(".2f")(r["deff"]),
        "n_eff": lambda r: number(".0f")(r["n_eff"]),
        "flag": lambda r: r["status"] or "",
        "above": lambda r: r["above"] or "",
        "without don't know": lambda r: (
            "" if r["percent_without_dont_know"] is None else f"{r['percent_without_dont_know']:.1f}"
        ),
    }
    always = {"answer", "%", "interval", "n", "cases", "N", "deff", "n_eff", "flag"}
    rows = [[tell(row) for tell in shown.values()] for row in made]
    keep = [i for i, name in enumerate(shown) if name in always or any(row[i] for row in rows)]
    head = [list(shown)[i] for i in keep]
    lines = laid_out([head, *([row[i] for i in keep] for row in rows)])
    counted = [f"{kind.replace('_', ' ')} {n}" for kind, n in left_out.items() if n]
    if counted:
        notes = ["left out of the base: " + ", ".join(counted), *notes]
    return "\n".join([*lines, "", *notes])


def laid_out(rows: Sequence[Sequence[str]]) -> list[str]:
    """Rows of cells as lines with columns under each other."""
    wide = [max(len(row[k]) for row in rows) for k in range(len(rows[0]))]
    return [
        "  ".join(cell.ljust(width) for cell, width in zip(row, wide, strict=True)).rstrip() for row in rows
    ]
