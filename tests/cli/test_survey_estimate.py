"""`kelisim survey estimate` on a bare CSV file: numbers, formats, and bad input told by row."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from kelisim.cli.main import main
from tests.stats.survey.invented import A

DESIGN = ["--weights", "w", "--strata", "h", "--psu", "psu", "--lonely", "fail"]


def write(folder: Path, columns: dict[str, list[Any]], delimiter: str = ",", encoding: str = "utf-8") -> Path:
    path = folder / "wave.csv"
    with path.open("w", encoding=encoding, newline="") as file:
        writer = csv.writer(file, delimiter=delimiter)
        writer.writerow(columns)
        writer.writerows(zip(*columns.values(), strict=True))
    return path


def run(path: Path, *options: str, design: list[str] | None = None) -> Result:
    return CliRunner().invoke(main, ["survey", "estimate", str(path), *(design or DESIGN), *options])


def records(path: Path, *options: str) -> list[dict[str, Any]]:
    done = run(path, *options, "--format", "json")
    assert done.exit_code == 0, done.output
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found


def test_json_holds_the_numbers_of_fixture_a(tmp_path: Path) -> None:
    path = write(tmp_path, A)
    (m,) = records(path, "--fpc", "N", "--mean", "y")
    wanted = {
        "statistic",
        "variable",
        "category",
        "by",
        "value",
        "se",
        "df",
        "low",
        "high",
        "level",
        "deff",
        "n",
        "method",
    }
    assert wanted <= set(m)
    assert (m["statistic"], m["variable"], m["category"], m["by"], m["n"], m["df"]) == (
        "mean",
        "y",
        None,
        None,
        14,
        5,
    )
    assert m["se"] == pytest.approx(0.4824364116, abs=5e-11)
    assert m["deff"] == pytest.approx(0.5330637099, abs=5e-11)
    by = {r["by"]: r for r in records(path, "--fpc", "N", "--total", "y", "--by", "g")}
    assert by["a"]["value"] == 696 and by["a"]["se"] == pytest.approx(142.2734456, abs=5e-8)
    shares = {r["category"]: r for r in records(path, "--share", "b", "--ci", "beta-uncapped")}
    assert shares["1"]["low"] == pytest.approx(0.2166776103, abs=5e-11)
    several = records(path, "--mean", "y,x", "--ratio", "y/x", "--quantile", "y@0.5")
    assert [r["statistic"] for r in several] == ["mean", "mean", "ratio", "quantile"]
    assert several[2]["se"] == pytest.approx(0.04704076688, abs=5e-12)
    assert (several[3]["low"], several[3]["high"]) == (4, 9)


def test_csv_and_text_tell_the_same(tmp_path: Path) -> None:
    path = write(tmp_path, A)
    page = list(csv.DictReader(io.StringIO(run(path, "--share", "b", "--by", "g", "--format", "csv").stdout)))
    assert [(row["by"], row["category"]) for row in page] == [("a", "0"), ("a", "1"), ("b", "0"), ("b", "1")]
    made = records(path, "--share", "b", "--by", "g")
    assert [float(row["value"]) for row in page] == [r["value"] for r in made]
    text = run(path, "--share", "b", "--by", "g").stdout
    assert f"{made[1]['value']:.6g}" in text and "g a" in text and "linearisation" in text


@pytest.mark.parametrize(("delimiter", "encoding"), [(";", "utf-8-sig"), ("\t", "utf-16"), (",", "kz1048")])
def test_files_as_offices_write_them(tmp_path: Path, delimiter: str, encoding: str) -> None:
    columns = A | {"y": [f"{y},5" for y in A["y"]], "g": ["ұлы" if g == "a" else "қызы" for g in A["g"]]}
    path = write(tmp_path, columns, delimiter, encoding)
    made = records(path, "--mean", "y", "--by", "g")
    assert {r["by"] for r in made} == {"ұлы", "қызы"}
    assert next(r for r in made if r["by"] == "ұлы")["value"] == pytest.approx(5.948717949 + 0.5)


def test_no_answer_stays_in_the_design(tmp_path: Path) -> None:
    columns = A | {"y": [y if g == "a" else "NA" for g, y in zip(A["g"], A["y"], strict=True)]}
    (m,) = records(write(tmp_path, columns), "--fpc", "N", "--mean", "y")
    assert m["n"] == 7 and m["se"] == pytest.approx(0.3748206785, abs=5e-11)


def test_bad_cells_are_told_by_row(tmp_path: Path) -> None:
    columns = A | {"y": ["three", *A["y"][1:]], "x": [*A["x"][:-1], "n/a"]}
    done = run(write(tmp_path, columns), "--mean", "y,x")
    assert done.exit_code == 2
    assert "wave.csv, row 2, y: 'three' is not a number" in done.stderr
    assert "wave.csv, row 15, x: 'n/a' is not a number" in done.stderr


@pytest.mark.parametrize(
    ("row", "value", "words"),
    [(0, "", "missing"), (3, "0", "zero"), (5, "-1", "negative"), (13, "inf", "infinite")],
)
def test_bad_weights(tmp_path: Path, row: int, value: str, words: str) -> None:
    weights = [str(w) for w in A["w"]]
    weights[row] = value
    done = run(write(tmp_path, A | {"w": weights}), "--mean", "y")
    assert done.exit_code == 2
    assert f"wave.csv, row {row + 2}, w: the weight" in done.stderr and words in done.stderr


def test_bad_designs_and_options(tmp_path: Path) -> None:
    path = write(tmp_path, A)
    for options, words in (
        (["--mean", "z"], "there is no such column"),
        (["--no-nest", "--mean", "y"], "is in stratum"),
        (["--ratio", "y"], "should have the form A/B"),
        (["--quantile", "y@much"], "should have the form Y@0.5"),
        (["--quantile", "y@1.5"], "between 0 and 1"),
        ([], "say what to estimate"),
        (["--mean", "y", "--level", "95"], "a level lies between 0 and 1"),
    ):
        done = run(path, *options)
        assert done.exit_code == 2 and words in done.stderr, done.stderr
    done = run(path, "--mean", "y", design=["--weights", "w", "--strata", "h"])
    assert done.exit_code == 2 and "--lonely" in done.stderr
    done = run(tmp_path / "nowhere.csv", "--mean", "y")
    assert done.exit_code == 2 and "cannot be read" in done.stderr
    empty = tmp_path / "empty.csv"
    empty.write_text("w,h,psu,y\n", encoding="utf-8")
    assert "no records" in run(empty, "--mean", "y").stderr


def test_a_picked_sample_prints_no_margin(tmp_path: Path) -> None:
    done = run(write(tmp_path, A), "--share", "b", "--kind", "quota", "--format", "json")
    assert all(
        r["se"] is None and r["low"] is None and r["value"] is not None for r in json.loads(done.stdout)
    )
