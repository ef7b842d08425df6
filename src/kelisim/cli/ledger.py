"""Commands of the ledger of warnings: issue, act, withdraw, resolve, verify, score and show."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from kelisim.forecasting.ledger import Standing
    from kelisim.forecasting.track_record import TrackRecord
    from kelisim.runs.ledger import Written
    from kelisim.stats.unknown_outcomes import Bounded

__all__ = ["act", "issue", "ledger", "resolve", "score", "show", "verify", "withdraw"]

_Command = TypeVar("_Command", bound=Callable[..., Any])
_ROLES = ["analyst", "area_officer", "expert_panel", "registrar", "reviewer"]
_OUTCOMES = ["happened", "did_not_happen", "unclear", "acted_upon"]
_TARGET = click.argument("target", metavar="LEDGER", type=click.Path(path_type=Path))
_DAY = click.DateTime(["%Y-%m-%d"])
_DRY = click.option("--dry-run", is_flag=True, help="Check everything and say what would be written.")
_FORM = click.option(
    "--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True
)
_ON = click.option("--on", type=_DAY, help="As known at the end of this day (UTC); today unless given.")
_PERSON = "Who you are to your body, such as a service number; only a keyed digest is kept."


def _role(command: _Command) -> _Command:
    return click.option(
        "--role", required=True, type=click.Choice(_ROLES), help="In which capacity you act."
    )(command)


@click.group(epilog="Example: kelisim ledger issue --help")
def ledger() -> None:
    """Warnings, written down before the outcome and scored after it.

    LEDGER is the folder of a study (its ledger.jsonl) or a file of your own. Lines are only ever added; each
    carries the digest of the one before, so that every later change is found.
    """


_ISSUE_EXAMPLES = """\b
Example: kelisim ledger issue --template > warning.yaml
Example: kelisim ledger issue examples/turkistan warning.yaml --person A-17 --dry-run
Example: kelisim ledger issue my-ledger.jsonl alerts.yaml --areas areas.csv
"""


@ledger.command(epilog=_ISSUE_EXAMPLES)
@click.argument("target", metavar="[LEDGER]", required=False, type=click.Path(path_type=Path))
@click.argument("document", metavar="[FILE]", required=False, type=click.Path(path_type=Path))
@click.option("--template", is_flag=True, help="Print a file of warnings to fill in, and do nothing else.")
@click.option("--person", help=_PERSON)
@click.option(
    "--areas",
    type=click.Path(path_type=Path),
    help="List with a column area_id, for a ledger outside a study.",
)
@click.option(
    "--clock-was-ahead", is_flag=True, help="The clock that wrote the last line was ahead: note both times."
)
@_DRY
@_FORM
def issue(
    target: Path | None, document: Path | None, template: bool, person: str | None, areas: Path | None,
    clock_was_ahead: bool, dry_run: bool, form: str,
) -> None:  # fmt: skip
    """Write the warnings of FILE (YAML or JSON) into LEDGER; all of them or none.

    Refused, with every fault in one message: dates that cannot be, a window that is past or has begun, a
    probability that is not between 0 and 1, an unknown area, a name that stands already.
    """
    if template:
        from kelisim.sources.ledger_document import TEMPLATE

        click.echo(TEMPLATE, nl=False)
        return
    if target is None or document is None:
        raise click.UsageError("name a ledger and a file of warnings; --template prints one to fill in.")
    from kelisim.runs.ledger import area_codes
    from kelisim.runs.ledger import issue as write

    codes = area_codes(areas) if areas is not None else None
    done = write(
        target, document, _now(), person=person, areas=codes, clock_was_ahead=clock_was_ahead, dry_run=dry_run
    )
    _tell(done, dry_run, form, f"kelisim ledger show {target}")


@ledger.command(
    epilog="Example: kelisim ledger act STUDY D1-2026-Q4 --action measure-12 --expects effect-12 "
    "--on 2026-10-05 --role area_officer"
)
@_TARGET
@click.argument("warning_id", metavar="WARNING")
@click.option("--action", required=True, help="Reference of the measure.")
@click.option("--expects", required=True, help="Reference of its declared expected effect.")
@click.option("--on", required=True, type=_DAY, help="First day of the measure.")
@_role
@_DRY
@_FORM
def act(
    target: Path,
    warning_id: str,
    action: str,
    expects: str,
    on: datetime,
    role: str,
    dry_run: bool,
    form: str,
) -> None:
    """Write down a measure taken because of WARNING, before anybody knows what will come of it.

    Without such a line, written before the window closes, nothing can be resolved as "acted upon".
    """
    from kelisim.runs.ledger import act as write

    done = write(
        target, warning_id, _now(), reference=action, expects=expects, taken_on=on.date(), role=role,
        dry_run=dry_run,
    )  # fmt: skip
    _tell(done, dry_run, form, f"kelisim ledger show {target} {warning_id}")


@ledger.command(epilog="Example: kelisim ledger withdraw STUDY D1-2026-Q4 --reference note-3 --role analyst")
@_TARGET
@click.argument("warning_id", metavar="WARNING")
@click.option("--reference", required=True, help="Reference of the note that says why.")
@_role
@_DRY
@_FORM
def withdraw(target: Path, warning_id: str, reference: str, role: str, dry_run: bool, form: str) -> None:
    """Take WARNING back before its window opens. It stays in the ledger and is counted as withdrawn."""
    from kelisim.runs.ledger import withdraw as write

    done = write(target, warning_id, _now(), reference=reference, role=role, dry_run=dry_run)
    _tell(done, dry_run, form, f"kelisim ledger show {target} {warning_id}")


_RESOLVE_EXAMPLES = """\b
Example: kelisim ledger resolve STUDY D1-2026-Q4 --outcome did_not_happen --person B-04 --role reviewer
Example: kelisim ledger resolve STUDY D1-2026-Q4 --outcome happened --event E7 --on 2026-11-02
         --person B-04 --role registrar
"""


@ledger.command(epilog=_RESOLVE_EXAMPLES)
@_TARGET
@click.argument("warning_id", metavar="WARNING")
@click.option("--outcome", required=True, type=click.Choice(_OUTCOMES), help="What came of it, by its rule.")
@click.option("--event", "events", multiple=True, help="Reference of an event that counts; may be repeated.")
@click.option("--on", type=_DAY, help="Day of the first of these events.")
@click.option("--action", default="", help="The measure written down before, for acted_upon.")
@click.option(
    "--corrects",
    type=click.Choice(["late_report", "source_revised", "mistake"]),
    help="Why you replace your own earlier judgement; both are kept.",
)
@click.option("--person", prompt="Who you are to your body (kept as a keyed digest)", help=_PERSON)
@_role
@_DRY
@_FORM
def resolve(
    target: Path, warning_id: str, outcome: str, events: tuple[str, ...], on: datetime | None, action: str,
    corrects: str | None, person: str, role: str, dry_run: bool, form: str,
) -> None:  # fmt: skip
    """Say what came of WARNING, as one of two persons who judge it apart from each other.

    Neither may be its issuer. Where the two differ a third decides. What is due, without probabilities and
    without what others said: `kelisim ledger show LEDGER --due`.
    """
    from kelisim.runs.ledger import resolve as write

    done = write(
        target, warning_id, _now(), outcome=outcome, person=person, role=role, events=events,
        event_date=on.date() if on else None, action=action, corrects=corrects or "", dry_run=dry_run,
    )  # fmt: skip
    _tell(done, dry_run, form, f"kelisim ledger show {target} --due")


_VERIFY_EXAMPLES = """\b
Example: kelisim ledger verify examples/synthetic
Example: kelisim ledger verify my-ledger.jsonl --head 412:5f0c...   (the head that a release printed)
"""


@ledger.command(epilog=_VERIFY_EXAMPLES)
@_TARGET
@click.option("--head", help="Head kept elsewhere, NUMBER:DIGEST: also finds lines cut off or written anew.")
@_FORM
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


@ledger.command(epilog=_SCORE_EXAMPLES)
@_TARGET
@_ON
@click.option("--by", type=click.Choice(["rule", "area", "horizon"]), default="rule", show_default=True)
@click.option(
    "--events",
    type=click.Path(path_type=Path),
    help="List of events (event_id, date, area_id, kind, severity), to say what was missed.",
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
@_FORM
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
    found = scored(target, _day(on), choices, events)
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


@ledger.command(epilog=_SHOW_EXAMPLES)
@_TARGET
@click.argument("warning_id", metavar="[WARNING]", required=False)
@_ON
@click.option(
    "--due", is_flag=True, help="What waits for a judge, without probabilities and earlier judgements."
)
@click.option("--language", type=click.Choice(["kk", "ru", "en"]), default="en", show_default=True)
@_FORM
def show(
    target: Path, warning_id: str | None, on: datetime | None, due: bool, language: str, form: str
) -> None:
    """Show the warnings of LEDGER as they stood on a day: all, one, or those that wait for a judge."""
    from kelisim.runs.ledger import known_on

    day = _day(on)
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
    if form == "json":
        click.echo(json.dumps(told, ensure_ascii=False, indent=1))
        return
    for one in told:
        click.echo(f"{one['warning']}  {one['area']}  {one['first']} to {one['last']}  {one['state']}")
        for key in ("says", "rule", "probability", "issued", "made_by", "actions"):
            if one.get(key):
                click.echo(f"  {key.replace('_', ' ')}: {one[key]}")
    click.echo(f"{len(told)} warnings as known on {day}. Next: kelisim ledger resolve --help")


def _now() -> datetime:
    return datetime.now(UTC)


def _day(given: datetime | None) -> date:
    return given.date() if given else _now().date()


def _tell(done: Written, dry_run: bool, form: str, following: str) -> None:
    if form == "json":
        said = {"dry_run": dry_run, "entries": done.entries, "head": str(done.head),
                "set_aside": str(done.aside) if done.aside else None}  # fmt: skip
        click.echo(json.dumps(said, ensure_ascii=False, indent=1))
        return
    for entry in done.entries:
        click.echo(f"  {entry}")
    if done.aside:
        click.echo(f"A torn line, never acknowledged, was set aside in {done.aside}.")
    if dry_run:
        click.echo(f"{len(done.entries)} lines would be written; nothing was.")
    else:
        click.echo(f"Wrote {len(done.entries)} lines. Head: {done.head}")
        click.echo(f"Next: {following}")


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
