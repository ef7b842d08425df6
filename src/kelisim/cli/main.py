"""Commands of kelisim. Everything heavy is imported inside the command that needs it."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import click

from kelisim.cli.areas import areas
from kelisim.cli.discourse import discourse
from kelisim.cli.entrance import Entrance
from kelisim.cli.events import events
from kelisim.cli.forecast import forecast
from kelisim.cli.forecast_zones import zones
from kelisim.cli.ledger import ledger
from kelisim.cli.survey import survey
from kelisim.cli.watch import watch
from kelisim.core.languages import Language

__all__ = ["assess", "cards", "check", "doctor", "explain", "init", "main", "run", "schema", "twin", "verify"]

# Models here are small: threads of the linear algebra library wait for each other longer than they help.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

_REMARKS = {
    "notes_below": "rows below the table were taken as notes and not as data",
    "hidden": "rows and columns that the spreadsheet hides were read all the same",
    "mixed_letters": "headings that mix Latin and Cyrillic letters were matched all the same",
}


_STUDY = click.argument("study", type=click.Path(path_type=Path))
_QUIET = click.option("--quiet", is_flag=True, help="Print nothing but faults.")


@click.group(cls=Entrance, epilog="Example: kelisim run examples/turkistan --out out/turkistan")
@click.version_option(package_name="kelisim")
def main() -> None:
    """An open observatory of interethnic relations: audited sources, honest numbers, three languages."""


for _group in (areas, survey, discourse, events, watch, forecast, zones, ledger):
    main.add_command(_group)


@main.command(epilog="Example: kelisim init my-region")
@click.argument("folder", type=click.Path(path_type=Path))
@_QUIET
def init(folder: Path, quiet: bool) -> None:
    """Write a small invented study to FOLDER, ready to run, for you to replace piece by piece by your own."""
    from kelisim.runs.skeleton import write_skeleton

    files = write_skeleton(folder)
    if not quiet:
        click.echo(f"Wrote {folder}: an invented region of three districts, marked synthetic on every page.")
        for name, meaning in files.items():
            click.echo(f"  {name:22} {meaning}")
        click.echo(f"Next: kelisim check {folder}")


_CHECK_EXAMPLES = """\b
Example: kelisim check examples/turkistan
Example: kelisim check examples/turkistan --language kk --level contradiction
Example: kelisim check examples/turkistan --format json > findings.json
"""


@main.command(epilog=_CHECK_EXAMPLES)
@_STUDY
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.option("--language", type=click.Choice(["kk", "ru", "en"]), default="en", show_default=True)
@click.option(
    "--level",
    type=click.Choice(["contradiction", "gap", "note"]),
    default=None,
    help="Show findings of this level only; the exit code still speaks of all.",
)
@click.option(
    "--quiet", is_flag=True, help="Print nothing but faults; the exit code tells whether anything was found."
)
def check(study: Path, form: str, language: str, level: str | None, quiet: bool) -> None:
    """Find and explain contradictions in the tables of STUDY. Repairs nothing.

    Exit code 0: nothing found; 1: findings; 2: the study cannot be read.
    """
    from kelisim.audit.checks import audit
    from kelisim.core.findings import LEVELS
    from kelisim.runs.studies import read_whole

    read = read_whole(study)
    findings = audit(read)
    shown = [finding for finding in findings if level in (None, finding.level)]
    if form == "json" and not quiet:
        click.echo(json.dumps([f.as_dict() for f in shown], ensure_ascii=False, indent=1))
    if form == "json" or quiet:
        sys.exit(1 if findings else 0)
    for finding in sorted(shown, key=lambda f: LEVELS.index(f.level)):
        click.echo(f"{finding.level.upper()}  {finding.table_id}  ({finding.code})")
        click.echo(f"  {finding.message.as_dict()[language]}")
        for cell in finding.cells[:4]:
            click.echo(f"    {cell}")
        if len(finding.cells) > 4:
            click.echo(f"    ... and {len(finding.cells) - 4} more cells (--format json lists them)")
        click.echo()
    for remark in read.remarks:
        meaning = _REMARKS[remark.what]
        click.echo(f"Read {remark.file} ({remark.table_id}): {meaning}: {', '.join(remark.places)}.")
    for wave in read.waves.values():
        aside = len(wave.answers.set_aside)
        more = (
            f"; {aside} answers or rows set aside: `kelisim survey import --dry-run` tells why"
            if aside
            else ""
        )
        click.echo(f"Read {wave.file} (wave {wave.wave_id}): {len(wave.answers)} interviews{more}.")
    numbers = ", ".join(f"{name} {sum(f.level == name for f in findings)}" for name in LEVELS)
    click.echo(f"{len(findings)} findings: {numbers}. Next: kelisim run {study} --out DIR")
    sys.exit(1 if findings else 0)


@main.command(epilog="Example: kelisim run examples/turkistan --out out/turkistan")
@_STUDY
@click.option(
    "--out", type=click.Path(path_type=Path), required=True, help="Folder to write; replaced whole."
)
@_QUIET
@click.option(
    "--warehouse",
    type=click.Path(path_type=Path),
    help="Closed folder for the tables in full detail; .kelisim/warehouse inside STUDY unless named.",
)
def run(study: Path, out: Path, quiet: bool, warehouse: Path | None) -> None:
    """Audit STUDY, compute what it carries, and write the site and open data to a folder."""
    from kelisim.runs.main_job import run_study

    def tell(words: str) -> None:
        if not quiet:
            click.echo(f"  {words}", err=True)

    made = run_study(study, out, tell, warehouse)
    if quiet:
        return
    click.echo(f"Wrote {out}: {made.figures} figures, {made.findings} findings, {made.pages} pages.")
    click.echo(f"Next: open {out / 'site/kk/index.html'} or ask `kelisim explain {out} ESTIMATE_ID`.")


@main.command(epilog="Example: kelisim assess examples/synthetic --language kk")
@_STUDY
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.option("--language", type=click.Choice(["kk", "ru", "en"]), default="en", show_default=True)
def assess(study: Path, form: str, language: Language) -> None:
    """Print the zone of every area of STUDY: its state, why it is so, and what data would help.

    Only what passes the gate is printed.
    """
    from kelisim.runs.assessment import told

    stories = told(study, language)
    if form == "json":
        click.echo(json.dumps(stories, ensure_ascii=False, indent=1))
        return
    for area in stories:
        click.echo(f"{area['area']}: {area['state']}")
        for line in (*area["why"], *area["helps"]):
            click.echo(f"  {line}")
    click.echo(f"{len(stories)} areas. Next: kelisim run {study} --out DIR")


@main.command(epilog="Example: kelisim cards --language ru")
@click.option("--language", type=click.Choice(["kk", "ru", "en"]), default="en", show_default=True)
def cards(language: str) -> None:
    """List the indicator cards and the items of the index: key, unit, rhythm and name."""
    from kelisim.assessment.cards.catalogue import CARDS
    from kelisim.assessment.items import ITEMS, item_of

    for card in CARDS.values():
        label = card.label.as_dict()[language]
        click.echo(f"{card.key:22} {card.direction:2d} {card.unit:22} {card.rhythm:8} {label}")
    click.echo("Items of the index, for tables of kind `area_estimates`:")
    for item in ITEMS.values():
        click.echo(f"{item.key:22}    {item_of(item).unit:22} part {item.part}")


@main.command(epilog="Example: kelisim explain out/turkistan fractionalisation-KZ61-0123abcd")
@click.argument("out", type=click.Path(path_type=Path))
@click.argument("estimate_id")
def explain(out: Path, estimate_id: str) -> None:
    """Show where a number of OUT comes from: its method, grade, source and every input cell."""
    from kelisim.runs.explain import explain_estimate

    click.echo(explain_estimate(out, estimate_id))


@main.command(epilog="Example: kelisim verify out/turkistan --study examples/turkistan")
@click.argument("out", type=click.Path(path_type=Path))
@click.option("--study", type=click.Path(path_type=Path), help="Also run this study again and compare bytes.")
@click.option("--warehouse", type=click.Path(path_type=Path), help="Also check this closed folder.")
def verify(out: Path, study: Path | None, warehouse: Path | None) -> None:
    """Check that every file of OUT is what its record says, and that STUDY gives the same files again."""
    from kelisim.runs.verify import verify_output

    for line in verify_output(out, study, warehouse):
        click.echo(line)


@main.command(epilog="Example: kelisim twin examples/synthetic --seed 7")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option(
    "--seed", type=int, required=True, help="Seed of the generator; the same seed, the same region."
)
@_QUIET
def twin(folder: Path, seed: int, quiet: bool) -> None:
    """Write a synthetic study to FOLDER, which must be new, empty or a synthetic study already."""
    from kelisim.runs.twin_study import write_twin

    files = write_twin(folder, seed)
    if quiet:
        return
    click.echo(f"Wrote {len(files)} files to {folder}. Next: kelisim run {folder} --out DIR")


@main.command(epilog="Example: kelisim schema > study.schema.json")
def schema() -> None:
    """Print the JSON Schema of study.yaml."""
    from kelisim.sources.study_document import StudyDocument

    click.echo(json.dumps(StudyDocument.model_json_schema(), indent=1))


@main.command(epilog="Example: kelisim doctor --out out")
@click.option("--out", type=click.Path(path_type=Path), default=Path("out"), show_default=True)
def doctor(out: Path) -> None:
    """Check what a run needs: report parts, fonts with Kazakh letters, rights to write, optional Java.

    Exit code 0: a run can start; 1: something needed is missing, and the line says what to do.
    """
    from kelisim.runs.doctor import examine

    found = examine(out)
    for line in found:
        click.echo(f"{'ok     ' if line.well else 'missing' if line.needed else 'absent '} {line.words}")
    sys.exit(0 if all(line.well or not line.needed for line in found) else 1)
