"""`kelisim survey import` and `check` as people run them: messages, exit codes, what a kill leaves."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from kelisim.cli.main import main
from kelisim.store.answers import read_answers
from tests.sources.responses.forms import HEADER, row, table
from tests.studies import write_study

FORM = """
questionnaire: form
version: "1"
title: {kk: Сауалнама}
languages: [kk]
questions:
- code: Q1
  type: single
  label: {kk: Көшесіз бе?}
  options: [{code: "1", label: {kk: "иә"}}, {code: "2", label: {kk: "жоқ"}}]
- {code: Q2, type: open, label: {kk: Қайда?}, ask_if: {question: Q1, in: ["1"]}}
- code: Q3
  type: multiple
  label: {kk: Кіммен?}
  max_selections: 2
  options: [{code: "1", label: {kk: "a"}}, {code: "2", label: {kk: "b"}}, {code: "3", label: {kk: "c"}}]
- {code: Q4, type: number, low: 18, high: 110, label: {kk: Жасыңыз}}
- {code: INT, type: open, role: interviewer, label: {kk: Кім}}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "form.yaml").write_text(FORM, encoding="utf-8")
    (tmp_path / "a.csv").write_bytes(table(*(row(k) for k in range(8))))
    return tmp_path


def kelisim(folder: Path, *words: Any, source: str = "a.csv", wave: str = "w1") -> Result:
    where = () if "--study" in words or "--out" in words else ("--out", folder / "closed")
    told = ["--questionnaire", folder / "form.yaml", "--wave", wave, *where, *words]
    return CliRunner().invoke(main, ["survey", "import", str(folder / source), *map(str, told)])


def test_import_into_a_study_and_check(folder: Path) -> None:
    study = write_study(folder / "study")
    done = kelisim(folder, "--study", study)
    assert done.exit_code == 0, done.output
    assert "Read 8 rows (text table, utf-8, comma); kept 8." in done.output
    assert f"Next: kelisim survey check --wave w1 {study}" in done.output
    assert len(read_answers(study / ".kelisim" / "answers", "w1")) == 8
    key = study / ".kelisim" / "key"
    assert key.stat().st_mode & 0o777 == 0o600
    checked = CliRunner().invoke(main, ["survey", "check", str(study), "--wave", "w1"])
    assert checked.exit_code == 0, checked.output
    assert "0 findings in 8 interviews" in checked.output and "Not checked: length" in checked.output


@pytest.mark.proof
def test_a_run_of_the_study_leaves_the_answers_where_they_are(folder: Path) -> None:
    study = write_study(folder / "study")
    assert kelisim(folder, "--study", study).exit_code == 0
    ran = CliRunner().invoke(main, ["run", str(study), "--out", str(folder / "out"), "--quiet"])
    assert ran.exit_code == 0, ran.output
    assert len(read_answers(study / ".kelisim" / "answers", "w1")) == 8
    names = {path.name for path in (folder / "out").rglob("*")}
    assert names and not names & {"answers.parquet", "quarantine.csv", "key"}


def test_what_was_set_aside_and_left_is_told_and_found_by_the_check(folder: Path) -> None:
    rows = [*(row(k) for k in range(8)), row(8, Q1="9"), "u9,1"]
    (folder / "a.csv").write_bytes(
        table(*(r + ",+7701" for r in rows[:9]), rows[9], header=HEADER + ",phone")
    )
    done = kelisim(folder)
    assert done.exit_code == 0, done.output
    for words in ("kept 9", "Set aside 1 rows: row broken 1.", "single answers: unknown option 1.",
                  "phone: telephone number; 9 cells", "quarantine.csv"):  # fmt: skip
        assert words in done.output
    checked = CliRunner().invoke(
        main, ["survey", "check", "--answers", str(folder / "closed"), "--wave", "w1", "--format", "json"]
    )
    assert checked.exit_code == 1
    report = json.loads(checked.output)
    assert [f["code"] for f in report["findings"]] == ["unknown_option", "row_broken"] and report["closed"]


def test_a_dry_run_writes_nothing(folder: Path) -> None:
    before = sorted(folder.rglob("*"))
    done = kelisim(folder, "--dry-run")
    assert done.exit_code == 0 and "Nothing was written" in done.output and "kept 8" in done.output
    assert sorted(folder.rglob("*")) == before


def test_submissions_that_would_be_lost_stop_the_import(folder: Path) -> None:
    assert kelisim(folder).exit_code == 0
    (folder / "b.csv").write_bytes(table(row(7), row(20)))
    lost = kelisim(folder, source="b.csv")
    assert lost.exit_code == 2 and "7 submissions that this file does not have" in lost.output
    added = kelisim(folder, "--add", source="b.csv")
    assert "9 submissions, 7 of them stored earlier" in added.output
    assert kelisim(folder, "--replace", source="b.csv").exit_code == 0
    assert len(read_answers(folder / "closed", "w1")) == 2
    assert kelisim(folder, wave="w2").exit_code == 0
    assert len(read_answers(folder / "closed", "w1")) == 2


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--add", "--replace"), "say one of them"),
        (("--study", "x", "--out", "y"), "say where the answers go"),
        (("--study", "nowhere"), "no study here"),
        (("--column", "Q1"), "HEADING=CODE"),
        (("--encoding", "klingon"), "no code of letters"),
        (("--wave", "../w"), "cannot name a wave"),
    ],
)
def test_wrong_words_are_told(folder: Path, words: tuple[str, ...], said: str) -> None:
    done = kelisim(folder, *words)
    assert done.exit_code == 2 and said in " ".join(done.output.split()), done.output
    assert not (folder / "closed" / "w1").exists()


def test_answers_that_cannot_be_read_end_with_2(folder: Path) -> None:
    place = str(folder / "closed")
    nothing = CliRunner().invoke(main, ["survey", "check", "--answers", place, "--wave", "w1"])
    assert nothing.exit_code == 2 and "there are no answers" in nothing.output
    kelisim(folder)
    (folder / "closed/w1/answers.parquet").write_bytes(b"x")
    damaged = CliRunner().invoke(main, ["survey", "check", "--answers", place, "--wave", "w1"])
    assert damaged.exit_code == 2 and "changed after it was written" in damaged.output
    assert CliRunner().invoke(main, ["survey", "check", "--wave", "w1"]).exit_code == 2


def test_a_key_that_others_can_read_is_refused(folder: Path) -> None:
    assert kelisim(folder).exit_code == 0
    key = folder / ".closed.key"
    assert key.stat().st_mode & 0o777 == 0o600
    key.chmod(0o644)
    assert "others may read the key" in kelisim(folder).output
    key.write_text("short")
    key.chmod(0o600)
    assert "is no key" in kelisim(folder).output


def test_the_token_is_never_told(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KELISIM_TOKEN", "hush-hush")
    words = ["survey", "import", "http://kf.example.org/api/v2/assets/x/data/", "--wave", "w"]
    words += ["--questionnaire", str(folder / "form.yaml"), "--out", str(folder / "closed")]
    done = CliRunner().invoke(main, words)
    assert done.exit_code == 2 and "use https" in done.output and "hush" not in done.output


_STALL = """
import kelisim.store.folders as folders, time, sys
def stall(*words):
    print("stalled", flush=True); time.sleep(60)
folders._take_place = stall
"""


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_a_kill_between_writing_and_renaming_keeps_the_old_wave(folder: Path, number: int) -> None:
    assert kelisim(folder).exit_code == 0
    (folder / "b.csv").write_bytes(table(row(50)))
    words = [
        "survey",
        "import",
        "b.csv",
        "--questionnaire",
        "form.yaml",
        "--wave",
        "w1",
        "--out",
        "closed",
        "--replace",
    ]
    command = [sys.executable, "-c", f"{_STALL}\nfrom kelisim.cli.main import main; main()", *words]
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None and "stalled" in process.stdout.readline()
    os.kill(process.pid, number)
    process.communicate()
    assert len(read_answers(folder / "closed", "w1")) == 8
    assert kelisim(folder).exit_code == 0
    assert [p.name for p in (folder / "closed").iterdir()] == ["w1"]


_PEAK = "import resource; print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"


@pytest.mark.proof
def test_the_memory_does_not_grow_with_the_file(folder: Path) -> None:
    def peak(rows: int) -> int:
        with (folder / "large.csv").open("w", encoding="utf-8") as file:
            file.write(HEADER + ",phone\n")
            for k in range(rows):
                words = "Омбыға, балаларымның жанына көшкім келеді " * 8
                file.write(row(k, Q1="1", Q2=f'"{words}{k}"') + ",+77011234567\n")
        words = [
            "survey",
            "import",
            "large.csv",
            "--questionnaire",
            "form.yaml",
            "--out",
            "closed",
            "--wave",
            f"n{rows}",
        ]
        program = f"import sys\nfrom kelisim.cli.main import main\ntry:\n    main()\nfinally:\n    {_PEAK}"
        done = subprocess.run(
            [sys.executable, "-c", program, *words], cwd=folder, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr
        assert f"kept {rows}" in done.stdout
        return int(done.stdout.split()[-1]) * 1024

    small, large = peak(10_000), peak(100_000)
    grown = (folder / "large.csv").stat().st_size
    # 90,000 more submissions of 0.7 kB may cost their digests and no more.
    assert large - small < 0.5 * grown, (small, large, grown)
