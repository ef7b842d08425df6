"""Commands that read the ledger of warnings: verify, score and show."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kelisim.cli.ledger_options import day_of, format_option, ledger_argument, on_option

if TYPE_CHECKING:
    from kelisim.forecasting.ledger import Standing
    from kelisim.forecasting.misses import RuleReading
    from kelisim.forecasting.track_record import TrackRecord
    from kelisim.stats.unknown_outcomes import Bounded

__all__ = ["score", "show", "verify"]

_VERIFY_EXAMPLES = """\b
Example: kelisim ledger verify examples/synthetic
Example: kelisim ledger verify my-ledger.jsonl --head 412:5f0c...   (the head that a release printed)
"""


@click.command(epilog=_VERIFY_EXAMPLES)
@ledger_argument
@click.option("--head", help="Head kept elsewhere, NUMBER:DIGEST: also finds lines cut off or written anew.")
@format_option
def verify(target: Path, head: str | None, form: str) -> None:
    """Check that no line of LEDGER was altered, taken out, moved or written against the rules.

    Exit code 0: whole; 1: not whole, and the first line at fault is named; 2: it cannot be read.
    """
    from kelisim.core.errors import BrokenChain
    from kelisim.forecasting.chain import Head
    from kelisim.runs.ledger import verify as check

    try:
        kept = Head.parse(head) if head is not None else None
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--head") from None
    try:
        found = check(target, kept)
    except BrokenChain as broken:
        if form == "json":
            said = {"whole": False, "line": broken.line, "what": broken.what, "message": str(broken)}
            click.echo(json.dumps(said, indent=1))
        else:
            click.echo(f"NOT WHOLE: {broken}")
            click.echo("Nothing from that line on can be trusted. Way out: put a copy back that passes.")
        sys.exit(1)
    if form == "json":
        said = {
            "whole": True,
            "lines": found.head.lines,
            "head": str(found.head),
            "torn_bytes": found.torn,
            "compared_with_kept_head": kept is not None or found.head_beside,
        }
        click.echo(json.dumps(said, indent=1))
        return
    click.echo(f"Whole: {found.head.lines} lines. Head: {found.head}")
    if found.torn:
        click.echo(
            f"Behind them stand {found.torn} bytes of a line that was never acknowledged; "
            "the next writing sets them aside."
        )
    if kept is None and not found.head_beside:
        click.echo("No head was compared: that no line is missing at the end was not checked (--head).")


_SCORE_EXAMPLES = """\b
Example: kelisim ledger score examples/synthetic
Example: kelisim ledger score my-ledger.jsonl --on 2026-12-31 --by area --events events.csv --format json
"""


@click.command(epilog=_SCORE_EXAMPLES)
@ledger_argument
@on_option
@click.option("--by", type=click.Choice(["rule", "area", "horizon"]), default="rule", show_default=True)
@click.option(
    "--events",
    type=click.Path(path_type=Path),
    help="List of events (event_id, date, area_id, kind, severity), to say what was missed; "
    "a study is asked for its own register.",
)
@click.option(
    "--level", type=click.FloatRange(0.5, 0.999), default=0.9, show_default=True, help="Of intervals."
)
@click.option(
    "--period-months", type=click.IntRange(1, 60), default=12, show_default=True,
    help="Warnings of one area in one period of this length may share a cause.",
)  # fmt: skip
@click.option(
    "--half-width", type=click.FloatRange(0.01, 0.4), default=0.15, show_default=True,
    help="A share known no better than this, up or down, is too little to judge by.",
)  # fmt: skip
@format_option
def score(
    target: Path, on: datetime | None, by: str, events: Path | None, level: float, period_months: int,
    half_width: float, form: str,
) -> None:  # fmt: skip
    """Say how good the warnings of LEDGER were: what came true, how probabilities fit, what was missed.

    Outcomes that nobody will know (acted upon, unclear) are not guessed: figures are ranges over them.
    """
    from kelisim.forecasting.track_record import Scoring
    from kelisim.runs.ledger import score as scored

    choices = Scoring(
        level=level, period_months=period_months, half_width=half_width, bin_width=0.1, fewest_in_bin=10
    )
    found = scored(target, day_of(on), choices, events)
    if form == "json":
        click.echo(json.dumps(asdict(found), default=str, ensure_ascii=False, indent=1))
        return
    click.echo(f"As known on {found.day}, intervals at {level:g}:")
    for name, record in {"all": found.whole, **found.parts[by]}.items():
        click.echo(f"{name}")
        for line in _record_lines(record):
            click.echo(f"  {line}")
    if found.missed is not None and found.missed.recall is not None:
        value, low, high = found.missed.recall
        missed = ", ".join(found.missed.missed[:20]) or "none"
        click.echo(f"Events announced in time: {value:.0%} ({low:.0%} to {high:.0%}). Missed: {missed}")
    click.echo(f"Next: kelisim ledger show {target} --due")


_SHOW_EXAMPLES = """\b
Example: kelisim ledger show examples/synthetic --due
Example: kelisim ledger show my-ledger.jsonl D1-2026-Q4 --on 2026-12-31 --format json
"""


@click.command(epilog=_SHOW_EXAMPLES)
@ledger_argument
@click.argument("warning_id", metavar="[WARNING]", required=False)
@on_option
@click.option(
    "--due", is_flag=True, help="What waits for a judge, without probabilities and earlier judgements."
)
@click.option(
    "--events",
    type=click.Path(path_type=Path),
    help="List of events that rules are read in, with --due; a study is asked for its own register.",
)
@click.option("--language", type=click.Choice(["kk", "ru", "en"]), default="en", show_default=True)
@format_option
def show(
    target: Path, warning_id: str | None, on: datetime | None, due: bool, events: Path | None, language: str,
    form: str,
) -> None:  # fmt: skip
    """Show the warnings of LEDGER as they stood on a day: all, one, or those that wait for a judge.

    With --due a program also reads the rule of each in the register. That is a help and no judgement: two
    persons still have to say what came of it.
    """
    from kelisim.runs.ledger import known_on, rule_readings

    day = day_of(on)
    _, standings = known_on(target, day)
    if warning_id is not None:
        standings = tuple(s for s in standings if s.warning.warning_id == warning_id)
        if not standings:
            from kelisim.core.errors import UnknownName

            raise UnknownName(warning_id, (), "warning")
    if due:
        waiting = ("due", "one_answer", "disputed")
        standings = tuple(s for s in standings if s.state in waiting and day >= s.due_on)
    told = [_blind(s, language) if due else _open(s, language) for s in standings]
    if due:
        read = rule_readings(target, standings, day, events)
        for one in told:
            if one["warning"] in read:
                one["rule_reads"] = _reading(read[one["warning"]])
    if form == "json":
        click.echo(json.dumps(told, ensure_ascii=False, indent=1))
        return
    for one in told:
        click.echo(f"{one['warning']}  {one['area']}  {one['first']} to {one['last']}  {one['state']}")
        for key in ("says", "rule", "probability", "issued", "made_by", "actions", "rule_reads"):
            if one.get(key):
                click.echo(f"  {key.replace('_', ' ')}: {one[key]}")
    click.echo(f"{len(told)} warnings as known on {day}. Next: kelisim ledger resolve --help")


def _reading(reading: RuleReading) -> str:
    """What a program reads in the register, in words; the person decides."""
    said = {"happened": "it happened", "did_not_happen": "nothing that counts", "cannot_tell": "cannot tell"}
    words = said[reading.outcome]
    if reading.events:
        words += f", first on {reading.first_day}: {', '.join(reading.events[:10])}"
    return words


def _blind(standing: Standing, language: Any) -> dict[str, Any]:
    rule = standing.warning.rule
    return {
        "warning": standing.warning.warning_id,
        "area": standing.warning.area_id,
        "first": rule.first.isoformat(),
        "last": rule.last.isoformat(),
        "state": "waits for a judge",
        "says": standing.says.say(language),
        "rule": standing.rule_words.say(language),
        "kinds": list(rule.kinds),
        "min_severity": rule.min_severity,
        "actions": list(standing.actions),
    }


def _open(standing: Standing, language: Any) -> dict[str, Any]:
    warning = standing.warning
    low, high = warning.probability
    return {
        **_blind(standing, language),
        "state": standing.state,
        "kind": warning.kind,
        "probability": f"{low:g}" if low == high else f"{low:g} to {high:g}",
        "base_rate": warning.base_rate,
        "horizon_months": warning.horizon_months,
        "issued": standing.issued_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "line": standing.line,
        "made_by": f"{warning.made_by} {warning.version} ({warning.role})",
        "evidence": [item.reference for item in warning.evidence],
        "due_on": standing.due_on.isoformat(),
        "first_outcome": standing.first_outcome,
        "event_date": standing.event_date.isoformat() if standing.event_date else None,
    }


def _record_lines(record: TrackRecord) -> list[str]:
    counts = ", ".join(f"{state} {n}" for state, n in record.counts.items() if n)
    lines = [f"issued {record.issued}: {counts or 'nothing'}; scored {record.scored}, known {record.known}"]
    if not record.judged:
        lines.append(f"too few to judge: {record.needed} known outcomes in 10 area-periods are needed.")
    figures = (
        ("came true", record.came_true, 100, "%"),
        ("Brier score", record.brier, 1, ""),
        ("skill against base rate", record.skill, 1, ""),
    )
    lines += [_figure(*figure) for figure in figures if figure[1] is not None]
    if record.false_alarms_year is not None:
        lowest, highest, low, high = record.false_alarms_year
        lines.append(f"false alarms a year: {lowest:.1f} to {highest:.1f} (interval {low:.1f} to {high:.1f})")
    if record.lead_days is not None:
        lead = record.lead_days
        lines.append(
            f"days from warning to event: median {lead.median:g}, half between {lead.quarter:g} and "
            f"{lead.three_quarters:g}, {lead.n} cases"
        )
    agreed, pairs = record.agreed
    if pairs:
        lines.append(
            f"first two judges agreed in {agreed} of {pairs}; changed by late evidence {record.changed}"
        )
    return lines


def _figure(name: str, made: Bounded | None, times: int, unit: str) -> str:
    assert made is not None
    digits = 0 if times == 100 else 3
    ends = [made.lowest, made.highest, made.low, made.high]
    lowest, highest, low, high = (f"{end * times:.{digits}f}{unit}" for end in ends)
    middle = lowest if lowest == highest else f"{lowest} to {highest}, whatever the unknown outcomes were"
    return f"{name}: {middle} (interval {low} to {high}; {made.n} warnings, {made.unknown} unknown)"
