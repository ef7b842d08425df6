"""Bad input is refused with file, row, field, reason and way out; all faults at once; exit code 2."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from kelisim.cli.main import main
from kelisim.core.errors import Refused
from tests.studies import read, text_of, write_study

CENSUS = text_of("data/census.csv")
STUDY = text_of("study.yaml")
AREAS = text_of("data/areas.csv")


def line_of(words: str) -> int:
    """Line of the invented study.yaml that holds these words."""
    return next(k for k, line in enumerate(STUDY.splitlines(), 1) if words in line)


@pytest.mark.parametrize(
    ("changed", "file", "row", "said"),
    [
        ({"census": CENSUS.replace("SY1,north,", "SY1,nroth,")}, "data/census.csv", 8, "north"),
        ({"census": CENSUS.replace("SY1,north,", "SYX,north,")}, "data/census.csv", 8, "Nearest"),
        ({"census": CENSUS.replace("SY1,total,", "SY1,total,-")}, "data/census.csv", 7, "negative"),
        ({"census": CENSUS.replace("SY1,total,", "SY1,total,0.5")}, "data/census.csv", 7, "whole number"),
        (
            {"census": CENSUS + CENSUS.splitlines()[7] + "\n"},
            "data/census.csv",
            len(CENSUS.splitlines()) + 1,
            "row 8",
        ),
        ({"census": CENSUS.replace("count\n", "number\n", 1)}, "data/census.csv", 1, "no such column"),
        ({"census": CENSUS.replace("SY1,north,", "SY1,north,x,", 1)}, "data/census.csv", 8, "cells"),
        ({"census": ""}, "data/census.csv", None, "empty"),
        ({"census": "a\x00b"}, "data/census.csv", None, "NUL"),
        ({"study": STUDY.replace("focus:", "fokus:")}, "study.yaml", 8, "did you mean 'focus'"),
        ({"study": STUDY + "focus: SY\n"}, "study.yaml", STUDY.count("\n") + 1, "stands twice"),
        ({"study": STUDY.replace("languages: [", "languages: [[")}, "study.yaml", None, "YAML"),
        (
            {"study": STUDY.replace("period: census", "period: cencus")},
            "study.yaml",
            line_of("period: census"),
            "census",
        ),
        ({"areas": AREAS.replace("Synak,", "Synak,SY1")}, "data/areas.csv", None, "circle"),
    ],
)
def test_one_clear_message(
    tmp_path: Path, changed: dict[str, str], file: str, row: int | None, said: str
) -> None:
    with pytest.raises(Refused) as refused:
        read(write_study(tmp_path, **changed))
    faults = [f for f in refused.value.faults if said in f"{f.reason} {f.way_out}"]
    assert faults, str(refused.value)
    assert faults[0].file == file
    if row is not None:
        assert faults[0].row == row, str(refused.value)
    assert faults[0].way_out


def test_all_faults_of_all_files_are_gathered(tmp_path: Path) -> None:
    broken = CENSUS.replace("SY1,north,", "SY1,nroth,").replace("SY2,lake,", "SY2,lake,-")
    events = text_of("data/events.csv").replace(",SY", ",SX", 1)
    with pytest.raises(Refused) as refused:
        read(write_study(tmp_path, census=broken, events=events))
    assert [f.file for f in refused.value.faults] == ["data/census.csv"] * 2 + ["data/events.csv"]


def test_a_missing_file_is_named_and_nothing_is_written(tmp_path: Path) -> None:
    folder = write_study(tmp_path / "study")
    (folder / "data/census.csv").unlink()
    done = CliRunner().invoke(main, ["run", str(folder), "--out", str(tmp_path / "out")])
    assert done.exit_code == 2
    assert "data/census.csv" in done.output
    assert not (tmp_path / "out").exists()


def test_an_output_with_other_files_is_left_alone(tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "letter.txt").write_text("mine", encoding="utf-8")
    done = CliRunner().invoke(main, ["run", str(write_study(tmp_path / "study")), "--out", str(out)])
    assert done.exit_code == 2
    assert (out / "letter.txt").read_text(encoding="utf-8") == "mine"
