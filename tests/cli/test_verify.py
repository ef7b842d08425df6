"""kelisim verify: an output is what its record says, and its study gives it again."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from kelisim.cli.main import main
from tests.studies import write_english


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("made")
    study, out = write_english(folder / "study"), folder / "out"
    assert CliRunner().invoke(main, ["run", str(study), "--out", str(out)]).exit_code == 0
    return study, out


def verify(*words: object) -> Result:
    return CliRunner().invoke(main, ["verify", *map(str, words)])


def test_a_whole_output_is_confirmed_and_rebuilt(made: tuple[Path, Path]) -> None:
    study, out = made
    done = verify(out, "--study", study, "--warehouse", study / ".kelisim/warehouse")
    assert done.exit_code == 0, done.output
    assert "again gives the same" in done.output and "closed tables" in done.output


@pytest.mark.parametrize("harm", ["changed", "missing", "added", "record", "no folder"])
def test_every_change_is_named(made: tuple[Path, Path], tmp_path: Path, harm: str) -> None:
    out = tmp_path / "out"
    shutil.copytree(made[1], out)
    page = out / "site/en/index.html"
    if harm == "changed":
        page.write_bytes(page.read_bytes().replace(b"grey", b"green"))
    elif harm == "missing":
        page.unlink()
    elif harm == "added":
        (out / "data/notes.csv").write_text("a\n", encoding="utf-8")
    elif harm == "record":
        (out / "record.json").write_text("[]", encoding="utf-8")
    else:
        shutil.rmtree(out)
    done = verify(out)
    assert done.exit_code == 2
    assert "Way out" in done.output
    assert {"changed": "index.html", "missing": "index.html", "added": "notes.csv"}.get(
        harm, "record.json"
    ) in (done.output)


def test_another_study_does_not_give_the_same_output(made: tuple[Path, Path], tmp_path: Path) -> None:
    study, out = made
    other = tmp_path / "other"
    shutil.copytree(study, other)
    table = other / "data/census.csv"
    table.write_text(
        table.read_text(encoding="utf-8").replace("SY1,total", "SY1,total", 1) + "\n", encoding="utf-8"
    )
    done = verify(out, "--study", other)
    assert done.exit_code == 2 and "other inputs: data/census.csv" in done.output


def test_explain_notices_a_changed_file(made: tuple[Path, Path], tmp_path: Path) -> None:
    out = tmp_path / "out"
    shutil.copytree(made[1], out)
    path = out / "data/estimates.parquet"
    path.write_bytes(path.read_bytes() + b" ")
    done = CliRunner().invoke(main, ["explain", str(out), "population"])
    assert done.exit_code == 2 and "estimates.parquet" in done.output
