"""The way from an empty folder to the field: new, form, print, codebook; nothing is overwritten unasked."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from click.testing import CliRunner

from kelisim.cli.main import main


def call(*words: object) -> tuple[int, str]:
    done = CliRunner().invoke(main, ["survey", *map(str, words)])
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done.exit_code, done.output


@pytest.fixture
def begun(tmp_path: Path) -> Path:
    code, said = call("new", tmp_path / "s")
    assert code == 0 and "Next: kelisim survey form" in said
    return tmp_path / "s/questionnaire.yaml"


def test_from_an_empty_folder_to_the_field(begun: Path) -> None:
    out = begun.parent
    code, said = call("form", begun, "--out", out / "form.xlsx", "--no-validate")
    assert code == 0 and "25 questions" in said and "Converted by pyxform; not checked" in said
    for language in ("kk", "ru", "en"):
        code, said = call("print", begun, "--language", language, "--out", out / f"{language}.pdf")
        assert code == 0 and (out / f"{language}.pdf").read_bytes().startswith(b"%PDF")
    code, said = call("codebook", begun, "--out", out / "codebook")
    assert code == 0 and "Next: " in said
    assert {path.name for path in (out / "codebook").iterdir()} == {
        "codebook-kk.md", "codebook-ru.md", "codebook-en.md", "columns.csv", "options.csv", "tables.csv",
        "codebook.xml",
    }  # fmt: skip
    assert not list(out.rglob(".*"))


def test_nothing_is_overwritten_unasked(begun: Path) -> None:
    out = begun.parent / "form.xlsx"
    out.write_bytes(b"mine")
    code, said = call("form", begun, "--out", out, "--no-validate")
    assert code == 2 and "was not touched" in said and out.read_bytes() == b"mine"
    assert call("form", begun, "--out", out, "--no-validate", "--force")[0] == 0
    assert out.read_bytes().startswith(b"PK")
    folder = begun.parent / "codebook"
    folder.mkdir()
    (folder / "tables.csv").write_bytes(b"mine")
    code, said = call("codebook", begun, "--out", folder)
    assert code == 2 and [path.name for path in folder.iterdir()] == ["tables.csv"]
    assert call("new", begun.parent)[0] == 2


def test_faults_are_told_and_nothing_is_written(begun: Path) -> None:
    begun.write_text(begun.read_text(encoding="utf-8").replace("ru: Код интервьюера, ", ""), encoding="utf-8")
    out = begun.parent / "form.xlsx"
    code, said = call("form", begun, "--out", out)
    assert code == 2 and "interviewer.label.ru: the text in 'ru' is missing" in said and not out.exists()


def test_a_language_the_form_lacks(begun: Path) -> None:
    code, said = call("print", begun, "--language", "uz", "--out", begun.parent / "f.pdf")
    assert code == 2 and "not in uz" in said


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may write anywhere")
def test_a_place_that_cannot_be_written(begun: Path) -> None:
    begun.parent.chmod(0o500)
    code, said = call("codebook", begun, "--out", begun.parent / "codebook")
    begun.parent.chmod(0o700)
    assert code == 2 and "cannot be written" in said


def test_the_library_is_listed_and_shown() -> None:
    code, said = call("batteries")
    assert code == 0 and "social_distance: Social distance (1 questions; asks for rows)" in said
    code, said = call("batteries", "threat")
    assert code == 0 and "battery: threat" in said and "not_for:" in said
    assert call("batteries", "treat")[0] == 2
