"""`kelisim survey smallarea` on bare CSV files: formats, both models, and bad input told by row."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner, Result

from kelisim.cli.main import main
from kelisim.stats.small_area.area_model import area_shares
from tests.stats.small_area.oblast import draw, make, sample_of, without

RNG = np.random.default_rng(20260701)
OBLAST = make(RNG, icc_areas=0.05, explained=0.5)
DATA = without(draw(OBLAST, RNG), "a07")
DESIGN = ["--weights", "w", "--strata", "area", "--psu", "place", "--by", "area", "--lonely", "adjust"]


def write(path: Path, columns: dict[str, Any]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(columns)
        writer.writerows(zip(*columns.values(), strict=True))
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write(tmp_path / "wave.csv", DATA)
    names = [f"a{a:02d}" for a in range(17)]
    several = list(OBLAST.effective_places.values())
    areas = {"area": names, "x": OBLAST.x.tolist(), "persons": OBLAST.total.tolist(), "places": several}
    write(tmp_path / "areas.csv", areas)
    rows = OBLAST.counts()
    write(tmp_path / "cells.csv", {name: [row[name] for row in rows] for name in rows[0]})
    return tmp_path


def run(folder: Path, *options: str) -> Result:
    told = [str(folder / o) if o.endswith(".csv") else o for o in options]
    return CliRunner().invoke(main, ["survey", "smallarea", str(folder / "wave.csv"), *DESIGN, *told])


def records(folder: Path, *options: str) -> list[dict[str, Any]]:
    done = run(folder, *options, "--format", "json")
    assert done.exit_code == 0, done.output
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found


def test_json_holds_direct_and_model_side_by_side(folder: Path) -> None:
    found = records(folder, "--share", "y", "--category", "1")
    own = area_shares(sample_of(DATA), "y", by="area", method="adjusted", level=0.95, categories=["1"])
    assert len(found) == 16
    for record, one in zip(found, own, strict=True):
        assert record["by"] == one.by[0][1] and record["statistic"] == "share" and record["category"] == "1"
        assert one.direct is not None
        for name in ("value", "se", "low", "high", "reliability", "gamma", "n", "verdict"):
            assert record[name] == getattr(one, name)
        assert record["direct_value"] == one.direct.value and record["direct_se"] == one.direct.se
        assert record["shrinkage"] == pytest.approx(1 - record["gamma"])
        assert (record["interviews_needed"] is None) == (record["verdict"] == "publish")


def test_covariates_bring_areas_without_interviews_and_a_benchmark(folder: Path) -> None:
    told = ("--share", "y", "--category", "1", "--covariates", "areas.csv", "--x", "x")
    found = records(folder, *told, "--population", "persons", "--benchmark", "difference")
    (alone,) = [record for record in found if record["model_only"]]
    assert alone["by"] == "a07" and alone["direct_value"] is None and alone["verdict"] != "publish"
    size = dict(zip((f"a{a:02d}" for a in range(17)), OBLAST.total.tolist(), strict=True))
    whole = np.average(DATA["y"], weights=DATA["w"])
    total = sum(size[r["by"]] * r["value"] for r in found) / sum(size.values())
    assert total == pytest.approx(whole)
    reml = records(folder, *told, "--method-variance", "reml")
    assert "REML" in reml[0]["method"] and "adjusted" in found[0]["method"]


def test_mrp_over_counts_of_the_population(folder: Path) -> None:
    told = ("--share", "y", "--category", "1", "--model", "mrp", "--cells", "cells.csv")
    told += ("--effects", "age_sex,education", "--draws", "300")
    found = records(folder, *told)
    assert len(found) == 17 and "age_sex, education, places" in found[0]["method"]
    assert found == records(folder, *told)
    assert found != records(folder, *told, "--seed", "3")
    places = records(folder, *told, "--covariates", "areas.csv", "--x", "x", "--places", "places")
    assert "covariates x" in places[0]["method"]


def test_csv_and_text_tell_the_same(folder: Path) -> None:
    made = records(folder, "--mean", "y")
    page = list(csv.DictReader(io.StringIO(run(folder, "--mean", "y", "--format", "csv").stdout)))
    assert [float(row["value"]) for row in page] == [record["value"] for record in made]
    text = run(folder, "--mean", "y").stdout
    assert "weight of direct" in text and f"{made[0]['value']:.4g}" in text and "Fay-Herriot" in text
    assert ("withheld" in text) == ("Next: kelisim survey plan" in text)


def test_several_tables_of_counts_are_joined_and_labelled(folder: Path) -> None:
    rows = OBLAST.counts()
    for name in ("age_sex", "education"):
        sums: dict[tuple[str, str], float] = {}
        for row in rows:
            key = (row["area"], row[name])
            sums[key] = sums.get(key, 0.0) + row["count"]
        keys = list(sums)
        columns = {"area": [k[0] for k in keys], name: [k[1] for k in keys], "count": list(sums.values())}
        write(folder / f"{name}.csv", columns)
    told = (
        "--share",
        "y",
        "--category",
        "1",
        "--model",
        "mrp",
        "--effects",
        "age_sex,education",
        "--draws",
        "200",
    )
    found = records(folder, *told, "--cells", "age_sex.csv", "--cells", "education.csv")
    assert all("assumed_joint" in record["reasons"] for record in found)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ((), "--mean or --share"),
        (("--share", "y", "--model", "mrp"), "--cells"),
        (("--mean", "y", "--model", "mrp", "--cells", "cells.csv"), "take --share"),
        (("--share", "y", "--x", "x"), "--covariates"),
        (("--share", "y", "--effects", "education"), "--model mrp"),
        (("--share", "y", "--category", "maybe"), "none of the categories"),
        (("--share", "y", "--publish-at", "0.3"), "limits"),
        (("--share", "y", "--covariates", "areas.csv", "--x", "wealth"), "areas.csv, row 1, wealth"),
        (("--share", "y", "--model", "mrp", "--cells", "cells.csv", "--count", "n"), "cells.csv, row 1, n"),
        (("--share", "y", "--covariates", "none.csv"), "none.csv: it cannot be read"),
        (("--mean", "age_sex"), "wave.csv, row 2, age_sex"),
    ],
)
def test_what_cannot_be_asked_is_told_in_one_message(
    folder: Path, options: tuple[str, ...], words: str
) -> None:
    done = run(folder, *options)
    assert done.exit_code == 2 and words in done.output
    assert "Traceback" not in done.output


def test_every_fault_of_a_table_of_areas_is_told(folder: Path) -> None:
    (folder / "areas.csv").write_text("area,x,persons\na00,1,5\na00,much,-4\n,2,3\n", encoding="utf-8")
    done = run(folder, "--share", "y", "--covariates", "areas.csv", "--x", "x", "--population", "persons")
    assert done.exit_code == 2
    for words in (
        "row 3, area: 'a00' stands here twice",
        "row 3, x: 'much'",
        "row 3, persons",
        "row 4, area",
    ):
        assert words in done.output


def test_too_few_areas_are_a_finding(folder: Path) -> None:
    few = np.isin(DATA["area"], ["a00", "a01", "a02"])
    write(folder / "wave.csv", {name: column[few] for name, column in DATA.items()})
    done = run(folder, "--share", "y")
    assert done.exit_code == 2 and "3 areas with answers" in done.output
