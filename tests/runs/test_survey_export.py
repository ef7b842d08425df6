"""Answers of persons for the office: every format gives back every answer, sensitive items stay, places are
closed."""

from __future__ import annotations

import csv
import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner

from kelisim.cli.main import main
from kelisim.core.answers import Answers
from kelisim.store.microdata import write_microdata
from kelisim.store.sav import Variable, sav_bytes
from tests.studies import SYNTHETIC, read

pyreadstat = pytest.importorskip("pyreadstat")


@pytest.fixture(scope="module")
def answers() -> Answers:
    """The answers of the twin, some of them blank, refused or made into long words."""
    whole = read(SYNTHETIC).waves["spring"].answers
    data = {name: np.array(values) for name, values in whole.data.items()}
    data["Q1"] = data["Q1"].astype("U12")
    data["Q1"][3] = "not_answered"
    data["Q11_2"][4] = np.nan
    data["group"] = data["group"].astype("U12")
    data["group"][5] = "refused"
    words = np.array(data["settlement"], dtype=object)
    words[0], words[1] = "=1+1", "Ауылымыз " * 90  # 1,530 bytes: six segments of SPSS
    data["settlement"] = words
    return replace(whole, data=data)


def test_spss_has_every_answer_with_its_words(answers: Answers, tmp_path: Path) -> None:
    path = tmp_path / "w.sav"
    write_microdata(path, answers, "sav", "kk", with_sensitive=True)
    data, meta = pyreadstat.read_sav(str(path), user_missing=True, output_format="dict")
    assert list(data) == [column.name for column in answers.questionnaire.columns()]
    assert meta.number_rows == len(answers) and meta.file_encoding == "UTF-8"
    assert meta.column_names_to_labels["Q1"] == answers.questionnaire.item("Q1").label["kk"]  # type: ignore[union-attr]
    states = {"not_answered": -99.0, "not_asked": -98.0}
    for name, values in answers.data.items():
        column = answers.column(name)
        if column.holds == "text":
            assert [str(v).rstrip() for v in data[name]] == [str(v).rstrip() for v in values]
        elif column.holds == "number":
            assert np.allclose(np.array(data[name], dtype=float), values, equal_nan=True)
        elif column.holds == "code":
            words = meta.variable_value_labels[name]
            options = {option.code: option.label["kk"] for option in column.item.options}
            for number, code in zip(data[name], values.tolist(), strict=True):
                assert number == states[code] if code in states else words[number] == options[code]
        else:
            blank = np.isnan(values)
            assert all(v == (-99.0 if b else t) for v, t, b in zip(data[name], values, blank, strict=True))
    assert meta.missing_ranges["Q1"] == [{"lo": -99.0, "hi": -98.0}]
    assert {"lo": 5.0, "hi": 5.0} in meta.missing_ranges["group"]
    assert answers.questionnaire.item("Q1").option("3").missing_kind == "dont_know"  # type: ignore[union-attr]


def test_spss_reads_its_own_missing_values_as_missing(answers: Answers, tmp_path: Path) -> None:
    path = tmp_path / "w.sav"
    write_microdata(path, answers, "sav", "ru", with_sensitive=True)
    data, _ = pyreadstat.read_sav(str(path), output_format="dict")
    asked = answers.asked["Q9"]
    assert np.isnan(np.array(data["Q9"], dtype=float)[~asked]).all()
    assert not np.isnan(np.array(data["Q1"], dtype=float)[:3]).any()


def test_equal_answers_give_equal_bytes_and_a_file_without_rows_is_readable(tmp_path: Path) -> None:
    variables = [
        Variable("x", "числа", [], decimals=2),
        Variable("words", "слова", [], text=True),
    ]
    assert sav_bytes(variables, "т") == sav_bytes(variables, "т")
    path = tmp_path / "empty.sav"
    path.write_bytes(sav_bytes(variables, "т"))
    _, meta = pyreadstat.read_sav(str(path), output_format="dict")
    assert meta.column_names == ["x", "words"]


def test_csv_parquet_and_workbook_have_the_same_answers(answers: Answers, tmp_path: Path) -> None:
    import pyarrow.parquet as pq
    from openpyxl import load_workbook

    for kind in ("csv", "parquet", "xlsx"):
        write_microdata(tmp_path / f"w.{kind}", answers, kind, "en", with_sensitive=True)  # type: ignore[arg-type]
    with (tmp_path / "w.csv").open(encoding="utf-8", newline="") as file:
        plain = list(csv.DictReader(file))
    stored = pq.read_table(tmp_path / "w.parquet").to_pylist()
    book = load_workbook(tmp_path / "w.xlsx")
    rows = list(book["answers"].iter_rows(values_only=True))
    for index in (0, 1, 3, 4, 5, len(plain) - 1):
        sheet: dict[str, Any] = dict(zip(rows[0], rows[index + 1], strict=True))
        for name, value in plain[index].items():
            assert str(stored[index][name] if stored[index][name] is not None else "") == value, name
            assert str(sheet[name] if sheet[name] is not None else "") == value, name
    assert book["answers"].cell(2, rows[0].index("settlement") + 1).data_type == "s"
    assert plain[3]["Q1"] == "not_answered" and plain[4]["Q11_2"] == "not_answered"
    meanings = {(r[0], r[4]): r[5] for r in book["codebook"].iter_rows(values_only=True)}
    assert meanings["Q1", "1"] == "Friendly" and meanings["Q11_2", "1"] == "yes"


@pytest.fixture
def study(tmp_path: Path) -> Path:
    folder = tmp_path / "study"
    shutil.copytree(SYNTHETIC, folder, ignore=shutil.ignore_patterns(".kelisim"))
    return folder


def export(study: Path, out: Path, *more: str) -> Any:
    common = ["survey", "export", str(study), "--wave", "spring", "--to", "csv", "--out", str(out)]
    return CliRunner().invoke(main, [*common, *more])


def test_the_command_is_careful(study: Path, tmp_path: Path) -> None:
    out = tmp_path / "w.csv"
    done = export(study, out)
    assert done.exit_code == 0 and "never publish" in done.output and "sensitive: group" in done.output
    assert out.stat().st_mode & 0o777 == 0o600
    assert "group" not in out.read_text(encoding="utf-8").splitlines()[0].split(",")
    assert export(study, out, "--with-sensitive").exit_code == 2
    assert export(study, out, "--with-sensitive", "--reason", " ").exit_code == 2
    done = export(study, out, "--with-sensitive", "--reason", "weights by group")
    assert done.exit_code == 0 and "group" in out.read_text(encoding="utf-8").splitlines()[0].split(",")
    log = study / ".kelisim/exports.jsonl"
    notes = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]
    assert [note["with_sensitive"] for note in notes] == [False, True]
    assert notes[1]["reason"] == "weights by group" and log.stat().st_mode & 0o777 == 0o600


def test_nothing_is_written_into_the_output_of_a_run(study: Path, tmp_path: Path) -> None:
    output = tmp_path / "out"
    (output / "data").mkdir(parents=True)
    (output / "record.json").write_text("{}", encoding="utf-8")
    done = export(study, output / "data/w.csv")
    assert done.exit_code == 2 and "published" in done.output and not (output / "data/w.csv").exists()
    done = export(study, tmp_path / "no/such/w.csv")
    assert done.exit_code == 2 and "there is no folder" in done.output
    done = CliRunner().invoke(
        main,
        ["survey", "export", str(study), "--wave", "autumn", "--to", "csv", "--out", str(tmp_path / "x")],
    )
    assert done.exit_code == 2 and "waves here: spring" in done.output
