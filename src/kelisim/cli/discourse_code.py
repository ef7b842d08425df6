"""`kelisim discourse code|adjudicate|agreement`: codes that people agree on, text by text."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kelisim.core.languages import LANGUAGES, Language

if TYPE_CHECKING:
    from kelisim.evidence.discourse.coder_agreement import AgreementRow

__all__ = ["adjudicate", "agreement", "code"]

_STUDY = click.argument("study", type=click.Path(path_type=Path))
_SAMPLE = click.option("--sample", "name", required=True, metavar="ID", help="Name of the sample.")
_WORDS = click.option(
    "--language", type=click.Choice(LANGUAGES), default="en", show_default=True, help="Words of the screen."
)


_CODE_EXAMPLES = """\b
Example: kelisim discourse code my-region --sample g1 --coder A --language kk
Example: printf '1 2 n' | kelisim discourse code my-region --sample g1 --coder A
"""


@click.command("code", epilog=_CODE_EXAMPLES)
@_STUDY
@_SAMPLE
@click.option("--coder", required=True, help="Your alias; never a name.")
@click.option("--variable", "only", multiple=True, help="Ask this variable only; may stand several times.")
@_WORDS
def code(study: Path, name: str, coder: str, only: tuple[str, ...], language: Language) -> None:
    """Code texts one by one with single keys; stop at any time and go on later.

    Each judgement is on the disk before the next question is shown. b takes the last one back (both stay in
    the record), d shows definitions, m the rest of a long text, q stops. The keys are places on the
    keyboard, so a Kazakh or Russian layout may stay on. Without a terminal, keys are read from the pipe.
    """
    from kelisim.cli.discourse_screen import ask, show
    from kelisim.runs.discourse_coding import CodingSession

    session = CodingSession(study, name, coder, only)
    begun, before, shown = time.monotonic(), None, ""
    while (question := session.next()) is not None:
        done, whole = session.progress
        before = done if before is None else before
        hours = (time.monotonic() - begun) / 3600
        pace = f" · {(done - before) / hours:.0f}/h" if done > before and hours > 0 else ""
        head = f"[{done + 1} / {whole}{pace} · {coder} · {name}]"
        shown = show(question, head, language, shown)
        if (said := ask(question, language)) is None:
            break
        given, seconds = said
        if not given:
            if not session.back():
                click.echo("Nothing to take back.")
        elif session.answer(question, given, seconds):
            alerts = session.file.path.with_name("alerts.csv")
            click.echo(f"ALERT: noted in {alerts}; tell the person on duty.")
    session.next()
    done, whole = session.progress
    click.echo(f"\nCoded {done} of {whole} texts; {session.file.path}")
    if done < whole:
        click.echo(f"Next: kelisim discourse code {study} --sample {name} --coder {coder}   (goes on here)")
    else:
        click.echo(f"Next: kelisim discourse agreement {study} --sample {name}")


@click.command("adjudicate", epilog="Example: kelisim discourse adjudicate my-region --sample g1 --coder C")
@_STUDY
@_SAMPLE
@click.option("--coder", required=True, help="Alias of the third person, who coded nothing of this sample.")
@_WORDS
def adjudicate(study: Path, name: str, coder: str, language: Language) -> None:
    """Decide what coders differ on: one key for the code, one for the reason of the difference.

    Who gave which code is not shown. A level of dangerous speech that does not go with its five criteria is
    decided here too. Decisions are only added, and b takes the last one back.
    """
    from kelisim.cli.discourse_screen import ask, show
    from kelisim.runs.discourse_coding import REASONS, DecidingSession

    session = DecidingSession(study, name, coder)
    reasons = {key: (key, words) for key, (_, words) in REASONS.items()}
    shown = ""
    while (question := session.next()) is not None:
        done, whole = session.progress
        shown = show(question, f"[{done + 1} / {whole} · {coder} · {name}]", language, shown)
        if (said := ask(question, language)) is None:
            break
        if not said[0]:
            if not session.back():
                click.echo("Nothing to take back.")
            continue
        if (why := ask(question, language, keys=reasons)) is None:
            break
        if why[0]:
            session.answer(question, *said, why[0])
    done, whole = session.progress
    click.echo(f"\nDecided {done} of {whole} differences; {session.file.path}")
    again = f"adjudicate {study} --sample {name} --coder {coder}   (goes on here)"
    click.echo("Next: kelisim discourse " + (again if done < whole else f"estimate {study} --sample {name}"))


@click.command("agreement", epilog="Example: kelisim discourse agreement my-region --sample g1 --format json")
@_STUDY
@_SAMPLE
@click.option("--level", type=float, default=0.95, show_default=True, help="Of the intervals.")
@click.option("--draws", type=click.IntRange(100), default=1000, show_default=True, help="Of the bootstrap.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def agreement(study: Path, name: str, level: float, draws: int, form: str) -> None:
    """Krippendorff's alpha of the coders, with its interval, by variable and language.

    Codes serve as gold where the low end reaches .667; what rests on them is printed without "tentative"
    where alpha reaches .80. The last column says what is missing.
    """
    from dataclasses import asdict

    from kelisim.runs.discourse_agreement import agreement_rows

    if not 0 < level < 1:
        raise click.BadParameter("a level lies between 0 and 1, such as 0.95.", param_hint="--level")
    rows = agreement_rows(study, name, level=level, draws=draws)
    if form == "json":
        click.echo(json.dumps([asdict(row) for row in rows], ensure_ascii=False, indent=1))
        return
    click.echo(f"Agreement of coders on sample '{name}', {100 * level:g} % intervals over families:")
    for row in rows:
        click.echo(_line(row))
    usable = sum(row.verdict != "not gold" for row in rows)
    click.echo(f"{usable} of {len(rows)} rows serve as gold.")
    click.echo(f"Next: kelisim discourse adjudicate {study} --sample {name} --coder C")


def _line(row: AgreementRow) -> str:
    if row.alpha is None:
        said = f"no alpha ({row.reason.replace('_', ' ')})"
    else:
        ends = "no interval" if row.low is None else f"{row.low:.2f} to {row.high:.2f}"
        said = f"alpha {row.alpha:.2f} ({ends})"
    on = ", ".join(f"{code} {value:.2f}" for code, value in row.positive.items())
    ends = "".join((f"; agreement on {on}" if on else "", f"; needs {row.needs}" if row.needs else ""))
    return f"  {row.variable:12} {row.language:3} {row.verdict:9} {said}, {row.units} coded twice{ends}"
