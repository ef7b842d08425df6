"""The commands of `kelisim forecast`: on any register of incidents, no study needed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from kelisim.runs.forecast_settings import CovariateFile
    from kelisim.sources.incidents import Incidents, Month

__all__ = ["evaluate", "forecast", "run"]

_Command = TypeVar("_Command", bound=Callable[..., Any])

_EVALUATE = """\b
Example: kelisim forecast evaluate events.csv --area district --date day --from 2019-01 --to 2023-12 \\
           --areas-file districts.txt --seed 1 --out out/evaluation
Example: kelisim forecast evaluate events.csv --area district --date day --known reported --count n \\
           --only kind=clash,threat --from 2019-01 --to 2023-12 --select-until 2021-12 --seed 1 --out out/e
"""
_RUN = """\b
Example: kelisim forecast run events.csv --area district --date day --from 2019-01 --to 2023-12 \\
           --areas-file districts.txt --seed 1 --out out/forecast
"""


def _months(_: click.Context, parameter: click.Parameter, value: str | None) -> Month | None:
    from kelisim.sources.incidents import Month

    try:
        return None if value is None else Month.parse(value)
    except ValueError:
        raise click.BadParameter(f"'{value}' is no month of the form YYYY-MM") from None


def _horizons(_: click.Context, __: click.Parameter, value: str) -> tuple[int, ...]:
    parts = [part.strip() for part in value.split(",")]
    if not all(part.isascii() and part.isdigit() and 1 <= int(part) <= 24 for part in parts):
        raise click.BadParameter("give months ahead between 1 and 24, such as 1,3,6,12")
    return tuple(sorted({int(part) for part in parts}))


def _only(_: click.Context, __: click.Parameter, values: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for value in values:
        name, mark, rest = value.partition("=")
        listed = tuple(part.strip() for part in rest.split(",") if part.strip())
        if not (mark and name.strip() and listed):
            raise click.BadParameter(f"'{value}' should have the form COLUMN=VALUE,VALUE")
        found[name.strip()] = (*found.get(name.strip(), ()), *listed)
    return found


def _register_options(command: _Command) -> _Command:
    options = [
        click.argument("register", type=click.Path(path_type=Path)),
        click.option("--area", required=True, metavar="COLUMN", help="Area of an incident."),
        click.option("--date", required=True, metavar="COLUMN", help="Day or month of an incident."),
        click.option("--known", metavar="COLUMN", help="Day it became known: late reports stay late."),
        click.option("--count", metavar="COLUMN", help="Incidents a row stands for; one unless named."),
        click.option(
            "--only", multiple=True, callback=_only, metavar="COLUMN=VALUE,...", help="Take these rows only."
        ),
        click.option("--from", "first", required=True, callback=_months, metavar="YYYY-MM"),
        click.option("--to", "last", required=True, callback=_months, metavar="YYYY-MM"),
        click.option(
            "--areas-file",
            type=click.Path(path_type=Path),
            help="All areas observed, one a line, also those where nothing happened.",
        ),
        click.option(
            "--outside",
            type=click.Choice(["refuse", "leave-out"]),
            default="refuse",
            show_default=True,
            help="What to do with incidents before --from or after --to.",
        ),
        click.option(
            "--horizons", default="1,3,6,12", show_default=True, callback=_horizons, help="Months ahead."
        ),
        click.option("--draws", type=click.IntRange(200, 20_000), default=1000, show_default=True),
        click.option("--seed", type=click.IntRange(min=0), required=True, help="Same seed, same output."),
        click.option(
            "--out", type=click.Path(path_type=Path), required=True, help="Folder to write; replaced whole."
        ),
        click.option("--quiet", is_flag=True, help="Print nothing but faults."),
    ]  # fmt: skip
    for option in reversed(options):
        command = option(command)
    return command


def _covariate_option(command: _Command) -> _Command:
    kinds = (click.Path(path_type=Path), str, click.Choice(["more", "fewer"]), click.IntRange(0, 60))
    words = (
        "Series to try (CSV: area, month, COLUMN), incidents expected with more of it, months until known."
    )
    return click.option(
        "--covariate",
        "covariates",
        multiple=True,
        type=kinds,
        metavar="FILE COLUMN more|fewer DELAY",
        help=words,
    )(command)


def _declared(covariates: Any) -> tuple[CovariateFile, ...]:
    from kelisim.runs.forecast_settings import CovariateFile

    return tuple(
        CovariateFile(path=path, column=column, direction=1 if way == "more" else -1, delay_months=delay)
        for path, column, way, delay in covariates
    )


@click.group(epilog="Example: kelisim forecast evaluate --help")
def forecast() -> None:
    """Forecasts of incidents from a register, scored against the simplest baselines."""


@forecast.command(epilog=_EVALUATE)
@_register_options
@click.option(
    "--select-until",
    callback=_months,
    metavar="YYYY-MM",
    help="Last month seen when anything was chosen on these data; later origins report.",
)
@click.option(
    "--language",
    type=click.Choice(["kk", "ru", "en"]),
    default="en",
    show_default=True,
    help="Language of report.md and of the verdicts printed.",
)
@_covariate_option
def evaluate(
    register: Path, horizons: tuple[int, ...], draws: int, seed: int, out: Path, quiet: bool, **asked: Any
) -> None:
    """Score what would have been forecast at every month since the 18th from REGISTER, a CSV of incidents.

    --from and --to are the first and the last month observed; --draws are the futures of each forecast.

    Writes report.md to read, record.json with all figures and intervals, scores.csv by origin; for months,
    quarters and years also issued-N.csv and outcomes-N.csv, which `kelisim zones decide` takes. Exit code 2:
    the register cannot be used, and every fault is told by row, or it is too short.
    """
    from kelisim.publish.words import Speaker
    from kelisim.runs.forecast_job import evaluate_register
    from kelisim.runs.forecast_report import verdict_words
    from kelisim.runs.forecast_settings import Settings

    select_until = asked.pop("select_until")
    covariates = _declared(asked.pop("covariates"))
    language = asked.pop("language")
    incidents = _read(register, quiet, **asked)
    settings = Settings(
        horizons=horizons, draws=draws, seed=seed, select_until=select_until, covariates=covariates,
        language=language,
    )  # fmt: skip
    found, _ = evaluate_register(incidents, settings, out, _tell(quiet))
    if quiet:
        return
    period = "report" if "report" in found.periods else "all"
    click.echo(
        f"What is shown first, in the {'report period' if period == 'report' else 'selection period'}:"
    )
    for verdict in found.verdicts:
        if (verdict.period, verdict.forecast) == (period, "shown"):
            click.echo(f"  {verdict_words(verdict, Speaker(settings.language))}")
    click.echo(f"Wrote {out}: report.md, record.json, scores.csv. Next: read {out / 'report.md'}")
    if (out / "issued-3.csv").exists():
        click.echo(f"Then: kelisim zones decide {out / 'issued-3.csv'} {out / 'outcomes-3.csv'} --help")


@forecast.command(epilog=_RUN)
@_register_options
@_covariate_option
def run(
    register: Path, horizons: tuple[int, ...], draws: int, seed: int, out: Path, quiet: bool, **asked: Any
) -> None:
    """Forecast the months after --to from REGISTER, a CSV of incidents, with the baselines beside.

    --from and --to are the first and the last month observed; --draws are the futures of each forecast.

    Up to 60 past months are replayed first: they weigh the members, and where a baseline did better so far it
    is the one shown. A series named with --covariate moves the pool only where the gate admits it.

    Under 18 months of history nothing is forecast, under 36 nothing beyond 3 months.
    """
    from kelisim.runs.forecast_job import forecast_register
    from kelisim.runs.forecast_settings import Settings

    covariates = _declared(asked.pop("covariates"))
    incidents = _read(register, quiet, **asked)
    settings = Settings(horizons=horizons, draws=draws, seed=seed, covariates=covariates)
    found, said = forecast_register(incidents, settings, out, _tell(quiet))
    if quiet:
        return
    for row in found.rows:
        if row.area is None and row.shown:
            name = (
                "the pool" if row.forecast == "pool" else f"{row.forecast} (did better than the pool so far)"
            )
            click.echo(
                f"{incidents.last.plus(1)} to {incidents.last.plus(row.horizon)}, whole region: median"
                f" {row.quantiles[2]:.0f}, 90 % interval {row.quantiles[0]:.0f} to {row.quantiles[4]:.0f};"
                f" shown: {name}"
            )
    for one in said:
        click.echo(f"{one.covariate}, {one.horizon} months ahead: {one.judgement.replace('_', ' ')}")
    if found.refused:
        click.echo(
            f"Not issued: {', '.join(map(str, found.refused))} months ahead. A history of"
            f" {incidents.vintages.months} months carries 3 at most; 36 carry all."
        )
    click.echo(
        f"Wrote {out}: forecasts.csv, record.json. Next: kelisim forecast evaluate {register} ... --out DIR"
    )


def _tell(quiet: bool) -> Callable[[str], None]:
    return (lambda words: None) if quiet else lambda words: click.echo(f"  {words}", err=True)


def _read(
    register: Path,
    quiet: bool,
    *,
    area: str,
    date: str,
    known: str | None,
    count: str | None,
    only: dict[str, tuple[str, ...]],
    first: Month,
    last: Month,
    areas_file: Path | None,
    outside: Any,
) -> Incidents:
    from kelisim.sources.incidents import RegisterColumns, read_areas, read_incidents

    columns = RegisterColumns(area=area, date=date, known=known, count=count, only=only)
    areas = None if areas_file is None else read_areas(areas_file)
    found = read_incidents(register, columns, first, last, areas=areas, outside=outside)
    if not quiet and areas is None:
        click.echo(
            f"The {len(found.vintages.areas)} areas are those that occur. If others were observed and stayed"
            " quiet, name all of them with --areas-file.",
            err=True,
        )
    return found
