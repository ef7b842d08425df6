"""Every command has help with an example, says the next step, is silent when asked; help loads little."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from kelisim.cli.main import main
from tests.studies import read


def commands(group: click.Group = main, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    for name, command in group.commands.items():
        yield (*path, name)
        if isinstance(command, click.Group):
            yield from commands(command, (*path, name))


def call(*words: object) -> tuple[int, str]:
    done = CliRunner().invoke(main, [str(word) for word in words])
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done.exit_code, done.output


@pytest.mark.parametrize("path", list(commands()), ids=" ".join)
def test_help_explains_and_gives_an_example(path: tuple[str, ...]) -> None:
    code, shown = call(*path, "--help")
    assert code == 0
    assert f"Example: kelisim {' '.join(path)}" in shown
    assert len(shown.split()) > 20


def test_help_loads_nothing_heavy() -> None:
    heavy = (
        "numpy",
        "pyarrow",
        "duckdb",
        "pydantic",
        "openpyxl",
        "shapely",
        "jinja2",
        "typst",
        "scipy",
        "yaml",
    )
    code = (
        "import sys\nfrom kelisim.cli.main import main\n"
        "try:\n    main(['--help'])\nexcept SystemExit:\n    pass\n"
        f"print([name for name in {heavy} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_init_writes_a_study_that_runs_as_it_is(tmp_path: Path) -> None:
    code, said = call("init", tmp_path / "my-region")
    assert code == 0 and said.splitlines()[-1] == f"Next: kelisim check {tmp_path / 'my-region'}"
    study = read(tmp_path / "my-region")
    assert study.synthetic and len(study.areas) == 4 and len(study.groups) == 3
    assert call("check", tmp_path / "my-region")[0] == 0
    assert not list(tmp_path.glob(".*"))
    code, said = call("run", tmp_path / "my-region", "--out", tmp_path / "out")
    assert code == 0 and "Next: open" in said


def test_every_comment_of_the_skeleton_is_for_three_readers(tmp_path: Path) -> None:
    call("init", tmp_path / "r", "--quiet")
    text = (tmp_path / "r/study.yaml").read_text(encoding="utf-8")
    assert text.count("kk:") > 8 and text.count("ru:") > 8
    for key in ("synthetic: true", "sources:", "tables:", "thresholds:", "exposure:", "layout:"):
        assert key in text


@pytest.mark.parametrize("kind", ["file in it", "a file", "a link"])
def test_init_touches_nothing_that_is_there(kind: str, tmp_path: Path) -> None:
    place = tmp_path / "there"
    if kind == "a file":
        place.write_text("mine", encoding="utf-8")
    else:
        (tmp_path / "real").mkdir()
        (tmp_path / "real/mine").write_text("mine", encoding="utf-8")
        place.symlink_to(tmp_path / "real") if kind == "a link" else (tmp_path / "real").rename(place)
    before = sorted(str(path) for path in tmp_path.rglob("*"))
    code, said = call("init", place)
    assert code == 2 and "Way out" in said
    assert sorted(str(path) for path in tmp_path.rglob("*")) == before


def test_init_takes_an_empty_folder(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert call("init", tmp_path / "empty")[0] == 0
    assert (tmp_path / "empty/study.yaml").exists()


@pytest.mark.parametrize(
    "words", [("init", "r"), ("twin", "t", "--seed", "3"), ("check", "s"), ("run", "s", "--out", "o")]
)
def test_quiet_says_nothing(words: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    call("init", "s", "--quiet")
    assert call(*words, "--quiet") == (0, "")
