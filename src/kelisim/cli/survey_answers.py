"""`kelisim survey import` and `kelisim survey check`: answers in, and what is strange about them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from kelisim.evidence.survey.interview_checks import CheckReport, Limits
    from kelisim.runs.survey_import import Imported

__all__ = ["check", "import_"]

_FORMATS = ["auto", "google", "odk", "kobo", "limesurvey", "csv", "xlsx", "json", "sav", "dta"]
_IMPORT_EXAMPLES = """\b
Example: kelisim survey import answers.csv --questionnaire form.yaml --study . --wave 2024-1 --dry-run
Example: kelisim survey import answers.sav --questionnaire form.yaml --out closed --wave 2024-1
Example: KELISIM_TOKEN=... kelisim survey import https://kf.example.org/api/v2/assets/UID/data/ ...
"""


def _pairs(_: click.Context, __: click.Parameter, values: Sequence[str]) -> dict[str, str]:
    """HEADING=CODE, cut at the last mark: headings may hold one."""
    found = {}
    for value in values:
        heading, mark, code = value.rpartition("=")
        if not (mark and heading.strip() and code.strip()):
            raise click.BadParameter(f"'{value}' should have the form HEADING=CODE.")
        found[heading.strip()] = code.strip()
    return found


@click.command("import", epilog=_IMPORT_EXAMPLES)
@click.argument("source", metavar="FILE|URL")
@click.option("--questionnaire", type=click.Path(path_type=Path), required=True, help="The form, as YAML.")
@click.option("--study", type=click.Path(path_type=Path), help="Study whose closed folder takes the answers.")
@click.option("--out", type=click.Path(path_type=Path), help="Closed folder for answers without a study.")
@click.option("--wave", required=True, help="Name of the wave, such as 2024-1.")
@click.option("--from", "format_", type=click.Choice(_FORMATS), default="auto", show_default=True)
@click.option("--dry-run", is_flag=True, help="Read and report; write nothing.")
@click.option("--add", is_flag=True, help="Keep submissions stored earlier that FILE does not have.")
@click.option("--replace", is_flag=True, help="Let go of submissions stored earlier that FILE does not have.")
@click.option("--column", "columns", multiple=True, callback=_pairs, metavar="HEADING=CODE",
              help="Question a column belongs to, where its heading does not tell.")  # fmt: skip
@click.option("--encoding", help="Code of letters of a text table: utf-8, utf-16, kz1048, cp1251 ...")
@click.option("--sheet", help="Sheet of a workbook.")
@click.option("--token-file", type=click.Path(path_type=Path),
              help="File with the token of the service; else KELISIM_TOKEN is read.")  # fmt: skip
def import_(
    source: str,
    questionnaire: Path,
    study: Path | None,
    out: Path | None,
    wave: str,
    format_: str,
    dry_run: bool,
    add: bool,
    replace: bool,
    columns: dict[str, str],
    encoding: str | None,
    sheet: str | None,
    token_file: Path | None,
) -> None:
    """Read the answers of a wave from FILE or a service into the closed warehouse.

    Names, telephones, coordinates and whatever QUESTIONNAIRE does not ask stay out. A faulty answer costs
    that answer and a faulty row that row; both are listed with reasons in the quarantine file.

    Exit code 0: imported, whether or not something was set aside; 2: nothing was written.
    """
    from typing import cast

    from kelisim.runs.survey_import import Place, import_answers
    from kelisim.sources.questionnaire import read_questionnaire
    from kelisim.sources.responses.reading import How, ResponseFormat

    if add and replace:
        raise click.UsageError("--add keeps what --replace lets go: say one of them.")
    if (study is None) == (out is None):
        raise click.UsageError("say where the answers go: --study DIR, or --out DIR without a study.")
    how = How(format=cast(ResponseFormat, format_), encoding=encoding, sheet=sheet, columns=columns)
    form = read_questionnaire(questionnaire)
    given: object = Path(source)
    if source.startswith(("http://", "https://")):
        from kelisim.sources.responses.service import open_service, token_from

        given = [open_service(source, token_from(token_file))]
    place = Place.of(study, out)
    done = import_answers(
        given,  # type: ignore[arg-type]
        form,
        place,
        wave,
        how,
        existing="add" if add else "replace" if replace else "same",
        dry_run=dry_run,
        tell=lambda words: click.echo(f"  {words}", err=True),
    )
    for line in _told(done):
        click.echo(line)
    where = f"--wave {wave} " + (f"--answers {out}" if out is not None else str(study))
    if dry_run:
        click.echo("Nothing was written (--dry-run). Next: the same command without --dry-run.")
    else:
        click.echo(f"Next: kelisim survey check {where}")


def _told(done: Imported) -> list[str]:
    lines = [f"Read {done.rows} rows ({done.how}); kept {done.kept}."]
    for what, found in (("rows", done.rows_aside), ("single answers", done.answers_aside)):
        if found:
            reasons = ", ".join(f"{reason.replace('_', ' ')} {n}" for reason, n in sorted(found.items()))
            lines.append(f"Set aside {sum(found.values())} {what}: {reasons}.")
    if done.dropped:
        lines.append(f"Left at the door {len(done.dropped)} columns:")
        lines += [f"  {one.column}: {one.why}; {one.filled} cells" for one in done.dropped]
    if done.absent:
        lines.append(f"Questions that no column belongs to: {', '.join(done.absent)}.")
    if not done.numbered:
        lines.append("Submissions have no number of their own here; each is known by all that it holds.")
    if (stored := done.stored) is not None:
        also = f", {stored.kept} of them stored earlier" if stored.kept else ""
        lines.append(f"Wrote {stored.folder}: {stored.records} submissions{also}, for its owner only.")
        if stored.set_aside:
            lines.append(f"Reasons, row by row: {stored.folder / 'quarantine.csv'}")
    return lines


_CHECK_EXAMPLES = """\b
Example: kelisim survey check . --wave 2024-1
Example: kelisim survey check --answers closed --wave 2024-1 --format json > checks.json
"""


@click.command("check", epilog=_CHECK_EXAMPLES)
@click.argument("study", type=click.Path(path_type=Path), required=False)
@click.option("--wave", required=True, help="Name of the wave, as it was imported.")
@click.option("--answers", "place", type=click.Path(path_type=Path), help="Closed folder without a study.")
@click.option("--short", default=0.5, show_default=True, help="Short: below this times the median length.")
@click.option("--long", "long_", default=3.0, show_default=True, help="Long: above this times the median.")
@click.option("--match", default=0.85, show_default=True, help="Share of equal answers of a pair.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def check(
    study: Path | None, wave: str, place: Path | None, short: float, long_: float, match: float, form: str
) -> None:
    """Look for what is strange about the interviews of a wave. Changes nothing; the report is closed.

    Exit code 0: nothing found; 1: findings; 2: the answers cannot be read.
    """
    import json
    import sys

    from kelisim.evidence.survey.interview_checks import Limits, check_interviews
    from kelisim.store.answers import answers_of, read_answers

    if (study is None) == (place is None):
        raise click.UsageError("say whose answers: a STUDY, or --answers DIR without a study.")
    where = place if place is not None else answers_of(study or Path())
    limits = Limits(short=short, long=long_, match=match)
    report = check_interviews(read_answers(where, wave), limits)
    if form == "json":
        click.echo(json.dumps(_report(report, limits), ensure_ascii=False, indent=1))
    else:
        click.echo("\n".join(_lines_of(report)))
        click.echo(f"{len(report.findings)} findings in {report.records} interviews of {wave}.")
        target = f"--answers {place}" if place is not None else str(study)
        click.echo(f"Next: look at the rows named, correct them, import again; or estimate from {target}.")
    sys.exit(1 if report.findings else 0)


def _report(report: CheckReport, limits: Limits) -> dict[str, Any]:
    from dataclasses import asdict

    return {"closed": True, "limits": asdict(limits), **asdict(report)}


def _lines_of(report: CheckReport) -> list[str]:
    lines = []
    for found in sorted(report.findings, key=lambda f: (f.kind, f.code)):
        lines.append(f"{found.kind.upper():6} {found.code}{'  ' + found.where if found.where else ''}")
        lines.append(f"  {found.message}")
        if found.lines:
            more = f" and {found.records - len(found.lines)} more" if found.records > len(found.lines) else ""
            lines.append(f"  rows {', '.join(map(str, found.lines))}{more}")
    lines += [f"Not checked: {remark.check}: {remark.reason}." for remark in report.remarks]
    if report.lengths["n"]:
        lengths = report.lengths
        ends = f"{lengths['quartile_1']:.1f} to {lengths['quartile_3']:.1f}"
        lines.append(f"Length of interviews: median {lengths['median']:.1f} minutes, middle half {ends}.")
    for title, rows in (
        ("Answers by question", report.items),
        ("Interviews by interviewer (closed)", report.interviewers),
        ("Interviews by cluster", report.clusters),
    ):
        lines += ["", f"{title}:", *_table(rows)] if rows else []
    return [*lines, ""]


def _table(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    cells = [list(rows[0]), *([_cell(value) for value in row.values()] for row in rows)]
    wide = [max(len(row[k]) for row in cells) for k in range(len(cells[0]))]
    return ["  " + "  ".join(c.ljust(w) for c, w in zip(row, wide, strict=True)).rstrip() for row in cells]


def _cell(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.3g}"
    return "-" if value is None else str(value)
