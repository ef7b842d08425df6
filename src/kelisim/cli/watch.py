"""The commands of `kelisim watch`: early diagnosis from a bare register of events."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kelisim.core.languages import Language

if TYPE_CHECKING:
    from kelisim.runs.watch import AreaWatch, ChartWatch, Watch

__all__ = ["run", "watch"]

_EXAMPLES = """\b
Example: kelisim watch run register.csv --area district --date happened --budget 0.2 --seed 1
Example: kelisim watch run register.csv --area district --date happened --known reported
             --effort effort.csv --budget 0.2 --seed 1 --language kk
"""


@click.group(
    epilog="Example: kelisim watch run register.csv --area district --date day --budget 0.2 --seed 1"
)
def watch() -> None:
    """Early diagnosis: has something begun to rise, and would it have been seen?"""


def _only(_: click.Context, __: click.Parameter, values: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    kept: dict[str, tuple[str, ...]] = {}
    for value in values:
        name, sign, text = value.partition("=")
        if not sign:
            raise click.BadParameter(f"'{value}' is no pair COLUMN=VALUE, such as kind=clash.")
        kept[name] = (*kept.get(name, ()), *(part.strip() for part in text.split(",") if part.strip()))
    return kept


@watch.command(epilog=_EXAMPLES)
@click.argument("register", type=click.Path(path_type=Path))
@click.option("--area", required=True, metavar="COLUMN", help="Column of the area.")
@click.option(
    "--date", "day", required=True, metavar="COLUMN", help="Column of the day (or month) it happened."
)
@click.option(
    "--known", metavar="COLUMN", help="Column of the day it became known, for the delay of reports."
)
@click.option(
    "--count", metavar="COLUMN", help="Column of the incidents that a row stands for; one unless named."
)
@click.option(
    "--only",
    multiple=True,
    callback=_only,
    metavar="COLUMN=VALUE,...",
    help="Keep rows with this value; several values of one column are alternatives.",
)
@click.option(
    "--effort",
    type=click.Path(path_type=Path),
    help="CSV of month, effort and maybe area: how much was looked at. A month not in it was an outage.",
)
@click.option("--budget", type=float, required=True, help="False alarms allowed per area and year.")
@click.option("--seed", type=int, required=True, help="Seed of the simulations.")
@click.option("--months", type=click.IntRange(1), default=12, show_default=True, help="Last months to watch.")
@click.option(
    "--as-of", type=click.DateTime(["%Y-%m-%d"]), help="Look as on this day: later rows are not seen."
)
@click.option(
    "--chart",
    "charts",
    multiple=True,
    type=click.Choice(["cusum", "ewma", "farrington"]),
    default=("cusum", "ewma"),
    show_default=True,
    help="Charts that share the budget.",
)
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.option("--language", type=click.Choice(["kk", "ru", "en"]), default="en", show_default=True)
def run(
    register: Path, area: str, day: str, known: str | None, count: str | None,
    only: dict[str, tuple[str, ...]], effort: Path | None, budget: float, seed: int,
    months: int, as_of: datetime | None, charts: tuple[str, ...], form: str, language: Language,
) -> None:  # fmt: skip
    """Watch every area of REGISTER (CSV) and say what could be seen there at all.

    Thresholds are set by simulation so that calm areas sound as often as the budget allows. A month without
    data can raise no alarm. Exit code 2: the files cannot be used, and every fault is told by row.
    """
    from kelisim.runs.watch import run_watch
    from kelisim.sources.incident_rows import RegisterColumns

    if not 0 < budget < 12:
        raise click.BadParameter("a budget lies between 0 and 12 alarms per area-year", param_hint="--budget")
    if seed < 0:
        raise click.BadParameter("a seed is a whole number of 0 or more", param_hint="--seed")
    columns = RegisterColumns(area=area, date=day, known=known, count=count, only=only)
    done = run_watch(
        register, columns, effort=effort, as_of=as_of.date() if as_of else None,
        months=months, budget=budget, charts=tuple(dict.fromkeys(charts)), seed=seed,
    )  # fmt: skip
    if form == "json":
        click.echo(json.dumps(_document(done), ensure_ascii=False, indent=1))
    else:
        click.echo("\n".join(_text(done, language)))


def _text(done: Watch, language: Language) -> list[str]:
    from kelisim.runs.bare_register import month_name
    from kelisim.runs.watch import ALL_AREAS

    h = done.histories
    start, last = h.first + done.first_watched, h.first + h.months - 1
    lines = [
        f"Watched {month_name(start)} to {month_name(last)} against "
        f"{month_name(h.first)} to {month_name(start - 1)}."
    ]
    if h.unplaced:
        lines.append(f"{h.unplaced} rows are known to the year only and stand in no month.")
    if h.later:
        lines.append(f"{h.later} rows lie after the last whole month or were not known by then; not seen.")
    if not h.with_effort:
        lines.append("No effort was given: reporting is taken to have been even in every month and area.")
    lines += _delay(done)
    for each in done.areas:
        lines += ["", f"{each.area}: {_rate(each)}"]
        lines += [f"  {_chart(chart, start)}" for chart in each.charts]
        if each.changes is not None:
            lines += [
                f"  level changed in {month_name(h.first + c.month)} "
                f"({month_name(h.first + c.low)} to {month_name(h.first + c.high)}): "
                f"{c.before:.2f} to {c.after:.2f} a month"
                for c in each.changes.changes
            ]
        lines.append(f"  {each.words.say(language)}")
    calm = [each for each in done.areas if each.area != ALL_AREAS]
    raised = [each.area for each in calm if any(chart.followed.alarms for chart in each.charts)]
    years = h.months - done.first_watched
    expected = done.budget * len(calm) * years / 12
    lines += [
        "",
        f"{len(raised)} of {len(calm)} areas raised an alarm: {', '.join(raised) or 'none'}.",
        f"If nothing had changed anywhere, up to {expected:.1f} alarms would be expected in these "
        f"{len(calm)} areas and {years} months.",
        _spreading(done),
        "An alarm says that counts rose above what this area's history explains. It does not say why.",
        "Next: look at the events of the months named (kelisim events show), and ask the people there.",
    ]
    return lines


def _rate(each: AreaWatch) -> str:
    if each.null is None:
        return f"{int(each.history.observed.sum())} months of history"
    low, high = each.null.interval(0.9)
    return (
        f"{each.null.rate:.2f} a month at usual effort ({low:.2f} to {high:.2f}, 90 %), "
        f"{each.null.events} events in {each.null.months} months"
    )


def _chart(each: ChartWatch, start: int) -> str:
    from kelisim.runs.bare_register import month_name

    done = each.followed
    alarms = ", ".join(month_name(start + month) for month in done.alarms)
    missing = sum(state == "missing" for state in done.states)
    told = f"ALARM in {alarms}" if alarms else "no alarm"
    if missing:
        told += f"; {missing} months missing"
    if done.waited:
        told += f", the last {done.waited} among them: nothing can be said of now"
    level = done.levels[-1]
    at = "" if level != level else f"; level {level:.2f} of {done.threshold:.2f}"
    return f"{each.chart}: {told}{at} ({each.budgeted.attained:.2f} false alarms a year)"


def _delay(done: Watch) -> list[str]:
    from kelisim.runs.bare_register import month_name

    h = done.histories
    if h.delay is None:
        return ["No report days were given: the last months may still fill up."]
    if isinstance(h.delay, str):
        return [f"Delay of reports not estimated: {h.delay}. The last months may still fill up."]
    lines = ["Months still being reported, all areas together (known now; likely in the end, 90 %):"]
    for k in range(h.months):
        if h.delay.provisional[k]:
            ends = f"{h.delay.middle[k]:.0f} ({h.delay.low[k]:.0f} to {h.delay.high[k]:.0f})"
            lines.append(f"  {month_name(h.first + k)}: {h.delay.seen[k]} known; {ends}, provisional")
    return lines if len(lines) > 1 else ["Reports come without delay that matters for whole months."]


def _spreading(done: Watch) -> str:
    s = done.spread
    if isinstance(s, str):
        return f"Spread from incident to incident not estimated: {s}."
    if not s.shown:
        return "Spread from incident to incident: none shown."
    low = "open" if s.half_life_low is None else f"{s.half_life_low:.1f}"
    high = "open" if s.half_life_high is None else f"{s.half_life_high:.1f}"
    return (
        f"Spread, all areas together: one incident is followed by {s.branching:.2f} more "
        f"({s.branching_low:.2f} to {s.branching_high:.2f}), half of them within {s.half_life:.1f} days "
        f"({low} to {high}), if the background was even; a background that moves looks the same."
    )


def _document(done: Watch) -> dict[str, Any]:
    from dataclasses import asdict

    from kelisim.runs.bare_register import month_name

    h = done.histories
    start = h.first + done.first_watched

    def area(each: AreaWatch) -> dict[str, Any]:
        null = each.null
        return {
            "area": each.area,
            "rate_month": None if null is None else null.rate,
            "rate_interval_90": None if null is None else list(null.interval(0.9)),
            "size": None if null is None else null.size,
            "events": each.history.events,
            "months_observed": int(each.history.observed.sum()),
            "charts": [
                {
                    "chart": c.chart,
                    **asdict(c.budgeted),
                    "alarms": [month_name(start + month) for month in c.followed.alarms],
                    "states": list(c.followed.states),
                    "levels": [None if x != x else round(float(x), 6) for x in c.followed.levels],
                    "months_waited": c.followed.waited,
                    "power": [asdict(p) for p in c.power],
                }
                for c in each.charts
            ],
            "verdict": asdict(each.verdict),
            "words": each.words.as_dict(),
            "changes": None
            if each.changes is None
            else [
                {
                    **asdict(c),
                    **{name: month_name(h.first + getattr(c, name)) for name in ("month", "low", "high")},
                }
                for c in each.changes.changes
            ],
        }

    return {
        "months": [month_name(h.first), month_name(h.first + h.months - 1)],
        "watched_from": month_name(start),
        "budget": done.budget,
        "with_effort": h.with_effort,
        "unplaced_rows": h.unplaced,
        "rows_not_seen": h.later,
        "delay": _delay(done),
        "spread": done.spread if isinstance(done.spread, str) else asdict(done.spread),
        "areas": [area(each) for each in done.areas],
    }
