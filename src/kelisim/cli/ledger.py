"""Commands that write into the ledger of warnings: issue, act, withdraw, resolve."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from kelisim.cli.ledger_options import DAY, dry_run_option, format_option, ledger_argument, now
from kelisim.cli.ledger_reading import score, show, verify

if TYPE_CHECKING:
    from kelisim.runs.ledger_writing import Written

__all__ = ["act", "issue", "ledger", "resolve", "score", "show", "verify", "withdraw"]

_Command = TypeVar("_Command", bound=Callable[..., Any])
_ROLES = ["analyst", "area_officer", "expert_panel", "registrar", "reviewer"]
_OUTCOMES = ["happened", "did_not_happen", "unclear", "acted_upon"]
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
@dry_run_option
@format_option
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
    from kelisim.runs.ledger_writing import area_codes
    from kelisim.runs.ledger_writing import issue as write

    codes = area_codes(areas) if areas is not None else None
    done = write(
        target, document, now(), person=person, areas=codes, clock_was_ahead=clock_was_ahead, dry_run=dry_run
    )
    _tell(done, dry_run, form, f"kelisim ledger show {target}")


@ledger.command(
    epilog="Example: kelisim ledger act STUDY D1-2026-Q4 --action measure-12 --expects effect-12 "
    "--on 2026-10-05 --role area_officer"
)
@ledger_argument
@click.argument("warning_id", metavar="WARNING")
@click.option("--action", required=True, help="Reference of the measure.")
@click.option("--expects", required=True, help="Reference of its declared expected effect.")
@click.option("--on", required=True, type=DAY, help="First day of the measure.")
@_role
@dry_run_option
@format_option
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
    from kelisim.runs.ledger_writing import act as write

    done = write(
        target, warning_id, now(), reference=action, expects=expects, taken_on=on.date(), role=role,
        dry_run=dry_run,
    )  # fmt: skip
    _tell(done, dry_run, form, f"kelisim ledger show {target} {warning_id}")


@ledger.command(epilog="Example: kelisim ledger withdraw STUDY D1-2026-Q4 --reference note-3 --role analyst")
@ledger_argument
@click.argument("warning_id", metavar="WARNING")
@click.option("--reference", required=True, help="Reference of the note that says why.")
@_role
@dry_run_option
@format_option
def withdraw(target: Path, warning_id: str, reference: str, role: str, dry_run: bool, form: str) -> None:
    """Take WARNING back before its window opens. It stays in the ledger and is counted as withdrawn."""
    from kelisim.runs.ledger_writing import withdraw as write

    done = write(target, warning_id, now(), reference=reference, role=role, dry_run=dry_run)
    _tell(done, dry_run, form, f"kelisim ledger show {target} {warning_id}")


_RESOLVE_EXAMPLES = """\b
Example: kelisim ledger resolve STUDY D1-2026-Q4 --outcome did_not_happen --person B-04 --role reviewer
Example: kelisim ledger resolve STUDY D1-2026-Q4 --outcome happened --event E7 --on 2026-11-02
         --person B-04 --role registrar
"""


@ledger.command(epilog=_RESOLVE_EXAMPLES)
@ledger_argument
@click.argument("warning_id", metavar="WARNING")
@click.option("--outcome", required=True, type=click.Choice(_OUTCOMES), help="What came of it, by its rule.")
@click.option("--event", "events", multiple=True, help="Reference of an event that counts; may be repeated.")
@click.option("--on", type=DAY, help="Day of the first of these events.")
@click.option("--action", default="", help="The measure written down before, for acted_upon.")
@click.option(
    "--corrects",
    type=click.Choice(["late_report", "source_revised", "mistake"]),
    help="Why you replace your own earlier judgement; both are kept.",
)
@click.option("--person", prompt="Who you are to your body (kept as a keyed digest)", help=_PERSON)
@_role
@dry_run_option
@format_option
def resolve(
    target: Path, warning_id: str, outcome: str, events: tuple[str, ...], on: datetime | None, action: str,
    corrects: str | None, person: str, role: str, dry_run: bool, form: str,
) -> None:  # fmt: skip
    """Say what came of WARNING, as one of two persons who judge it apart from each other.

    Neither may be its issuer. Where the two differ a third decides. What is due, without probabilities and
    without what others said: `kelisim ledger show LEDGER --due`.
    """
    from kelisim.runs.ledger_writing import resolve as write

    done = write(
        target, warning_id, now(), outcome=outcome, person=person, role=role, events=events,
        event_date=on.date() if on else None, action=action, corrects=corrects or "", dry_run=dry_run,
    )  # fmt: skip
    _tell(done, dry_run, form, f"kelisim ledger show {target} --due")


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


for _command in (verify, score, show):
    ledger.add_command(_command)
