"""`kelisim survey plan`: a frame in, a plan and sheets out, and what is wrong with a frame told by row."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from kelisim.cli.main import main

TOLD = ["--stratum", "district", "--place", "village", "--size", "persons", "--icc", "0.05"]
TOLD += ["--cost-place", "60000", "--cost-interview", "4000"]


@pytest.fixture
def frame(tmp_path: Path) -> Path:
    lines = ["district,village,persons,kk,ru"]
    for h, name in enumerate(("Әуезов", "Оңтүстік", "Дала")):
        lines += [f"{name},{name} {k},{900 + 37 * k * (h + 1)},{6 + h},{3}" for k in range(25)]
    path = tmp_path / "frame.csv"
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def run(frame: Path, *options: str) -> Result:
    return CliRunner().invoke(main, ["survey", "plan", str(frame), *TOLD, *options])


def test_a_plan_in_three_formats(frame: Path) -> None:
    told = ("--budget", "4000000", "--allocation", "equal", "--control", "Дала", "--icc-areas", "0.02")
    record: dict[str, Any] = json.loads(run(frame, *told, "--format", "json").stdout)
    assert record["cost"] <= 4_000_000 and record["warnings"] == [] and len(record["strata"]) == 3
    assert [h["control"] for h in record["strata"]] == [False, False, True]
    page = list(csv.DictReader(io.StringIO(run(frame, *told, "--format", "csv").stdout)))
    assert [int(row["places"]) for row in page] == [h["places"] for h in record["strata"]]
    text = run(frame, *told).stdout
    assert f"a rise under {100 * record['change']:.1f} points would not be seen" in text
    assert "Дала (control)" in text and "Next: add --seed" in text


def test_sheets_hold_numbers_and_no_names(frame: Path, tmp_path: Path) -> None:
    told = ("--half-width", "0.08", "--allocation", "proportional", "--languages", "kk,ru", "--seed", "7")
    sheets = tmp_path / "sheets"
    done = run(frame, *told, "--sheets", str(sheets), "--reserves", "1")
    assert done.exit_code == 0, done.output
    assert sorted(path.name for path in sheets.iterdir()) == ["places.csv", "sheet-kk.csv", "sheet-ru.csv"]
    places = list(csv.DictReader(io.StringIO((sheets / "places.csv").read_text(encoding="utf-8-sig"))))
    main_places = [row for row in places if row["role"] == "main"]
    record = json.loads(run(frame, *told, "--format", "json").stdout)
    assert len(main_places) == record["places"] and len(places) == record["places"] + 3
    rows = []
    for language in ("kk", "ru"):
        page = io.StringIO((sheets / f"sheet-{language}.csv").read_text(encoding="utf-8-sig"))
        own = list(csv.DictReader(page))
        assert set(own[0]) == {"interview", "stratum", "place", "language", "date", "outcome"}
        assert all(row["language"] == language for row in own)
        rows += own
    assert len(rows) == record["interviews"] == len({row["interview"] for row in rows})
    assert {row["place"] for row in rows} == {row["place"] for row in main_places}
    # Weights of the interviews add up to the persons of each district.
    frame_rows = list(csv.DictReader(io.StringIO(frame.read_text(encoding="utf-8"))))
    for h in record["strata"]:
        own = [row for row in main_places if row["stratum"] == h["name"]]
        persons = sum(float(row["persons"]) for row in frame_rows if row["district"] == h["name"])
        assert sum(float(r["weight"]) * int(r["interviews"]) for r in own) == pytest.approx(persons)
    again = run(frame, *told, "--sheets", str(sheets))
    assert again.exit_code == 2 and "sheets" in again.output


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ((), "one goal"),
        (("--budget", "1", "--change", "0.1"), "one goal"),
        (("--budget", "1000"), "two places"),
        (("--half-width", "5"), "write 5 points as 0.05"),
        (("--half-width", "0.001"), "more interviews in a place"),
        (("--reliability", "0.7"), "icc_areas"),
        (("--budget", "4000000", "--control", "Ай"), "no such stratum"),
        (("--budget", "4000000", "--stratum-share", "Дала"), "STRATUM=0.3"),
        (("--budget", "4000000", "--sheets", "here"), "--seed"),
        (("--budget", "4000000", "--icc", "1.5"), "likeness"),
    ],
)
def test_what_cannot_be_planned_is_told(frame: Path, options: tuple[str, ...], words: str) -> None:
    done = run(frame, "--allocation", "proportional", *options)
    assert done.exit_code == 2 and words in done.output and "Traceback" not in done.output


def test_every_fault_of_a_frame_is_told_by_row(frame: Path) -> None:
    frame.write_text(
        "district,village,persons\na,v1,10\na,v1,many\n,v2,5\nb,v3,-5\nc,v4,0\n", encoding="utf-8"
    )
    done = run(frame, "--budget", "4000000", "--allocation", "proportional")
    assert done.exit_code == 2
    for words in (
        "row 3, persons: 'many'",
        "row 3, village: 'v1' stands twice",
        "row 4, district",
        "row 5, persons",
    ):
        assert words in done.output
    assert "nobody lives in 'c'" in done.output


def test_a_frame_that_is_not_there(tmp_path: Path) -> None:
    done = run(tmp_path / "none.csv", "--budget", "1", "--allocation", "equal")
    assert done.exit_code == 2 and "cannot be read" in done.output
