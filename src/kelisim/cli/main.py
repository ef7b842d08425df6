"""Commands of kelisim. Everything heavy is imported inside the command that needs it."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from kelisim.core.errors import KelisimError

__all__ = ["check", "doctor", "explain", "main", "run", "schema", "twin"]


class _Quiet(click.Group):
    """One net at the entrance: known errors become one message and exit code 2."""

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except KelisimError as error:
            click.echo(f"kelisim: {error}", err=True)
            ctx.exit(2)


_STUDY = click.argument("study", type=click.Path(path_type=Path))


@click.group(cls=_Quiet, epilog="Example: kelisim run examples/turkistan --out out/turkistan")
@click.version_option(package_name="kelisim")
def main() -> None:
    """An open observatory of interethnic relations: audited sources, honest numbers, three languages."""


@main.command(epilog="Example: kelisim check examples/turkistan --format json")
@_STUDY
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.option("--language", type=click.Choice(["kk", "ru", "en"]), default="en", show_default=True)
def check(study: Path, form: str, language: str) -> None:
    """Find and explain contradictions in the tables of STUDY. Repairs nothing.

    Exit code 0: nothing found; 1: findings; 2: the study cannot be read.
    """
    from kelisim.audit.checks import audit
    from kelisim.runs.kinds import KINDS
    from kelisim.sources.study import read_study

    findings = audit(read_study(study, KINDS))
    if form == "json":
        click.echo(json.dumps([f.as_dict() for f in findings], ensure_ascii=False, indent=1))
    else:
        for finding in findings:
            click.echo(f"{finding.level:13} {finding.code} ({finding.table_id})")
            click.echo(f"  {finding.message.as_dict()[language]}")
            for cell in finding.cells[:4]:
                click.echo(f"    {cell}")
            if len(finding.cells) > 4:
                click.echo(f"    ... and {len(finding.cells) - 4} more cells (--format json lists them)")
        click.echo(f"{len(findings)} findings. Next: kelisim run {study} --out DIR")
    sys.exit(1 if findings else 0)


@main.command(epilog="Example: kelisim run examples/turkistan --out out/turkistan")
@_STUDY
@click.option(
    "--out", type=click.Path(path_type=Path), required=True, help="Folder to write; replaced whole."
)
def run(study: Path, out: Path) -> None:
    """Audit STUDY, compute what it carries, and write the site and open data to a folder."""
    from kelisim.runs.main_job import run_study

    made = run_study(study, out, lambda words: click.echo(f"  {words}", err=True))
    click.echo(f"Wrote {out}: {made.figures} figures, {made.findings} findings, {made.pages} pages.")
    click.echo(f"Next: open {out / 'site/kk/index.html'} or ask `kelisim explain {out} ESTIMATE_ID`.")


@main.command(epilog="Example: kelisim explain out/turkistan fractionalisation-KZ61-0123abcd")
@click.argument("out", type=click.Path(path_type=Path))
@click.argument("estimate_id")
def explain(out: Path, estimate_id: str) -> None:
    """Show where a number of OUT comes from: its method, grade, source and every input cell."""
    from kelisim.runs.explain import explain_estimate

    click.echo(explain_estimate(out, estimate_id))


@main.command(epilog="Example: kelisim twin examples/synthetic --seed 7")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option(
    "--seed", type=int, required=True, help="Seed of the generator; the same seed, the same region."
)
def twin(folder: Path, seed: int) -> None:
    """Write a synthetic study to FOLDER, which must be new, empty or a synthetic study already."""
    from kelisim.runs.twin_study import write_twin

    files = write_twin(folder, seed)
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
