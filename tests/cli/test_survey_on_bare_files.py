"""`kelisim survey table`, `weights` and `scale` on a bare file: numbers, what is told, and bad input."""

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
from kelisim.stats.survey.calibration import calibrate
from kelisim.stats.survey.design import Design
from kelisim.stats.survey.moments import mean, share
from kelisim.stats.survey.sample import Sample
from tests.stats.survey.invented import A

DESIGN = ["--weights", "w", "--strata", "h", "--psu", "psu", "--lonely", "fail"]
TOTALS = "variable,category,total\ng,a,110\ng,b,140\ns,m,130\ns,f,120\n"


def write(folder: Path, columns: dict[str, list[Any]], name: str = "wave.csv") -> Path:
    path = folder / name
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(columns)
        writer.writerows(zip(*columns.values(), strict=True))
    return path


def run(verb: str, *options: str | Path) -> Result:
    return CliRunner().invoke(main, ["survey", verb, *map(str, options)])


def rows(*options: str | Path) -> dict[str, Any]:
    done = run("table", *options, *DESIGN, "--format", "json")
    assert done.exit_code == 0, done.output
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def wave() -> dict[str, list[Any]]:
    rng = np.random.default_rng(1)
    n = 400
    psu = np.arange(n) // 10
    columns = {
        "psu": psu,
        "h": psu // 8,
        "w": rng.uniform(1, 3, n).round(3),
        "g": np.where(psu % 2, "a", "b"),
    }
    columns["q1"] = rng.choice(["yes", "no", "98", "99"], p=[0.5, 0.3, 0.1, 0.1], size=n)
    for name, p in (("q7_1", 0.6), ("q7_2", 0.3), ("q7_99", 0.0)):
        columns[name] = (rng.random(n) < p).astype(int)
    columns["asked"] = (np.arange(n) % 5 > 0).astype(int)
    made: dict[str, list[Any]] = {name: column.tolist() for name, column in columns.items()}
    for i in range(n):
        if i % 5 == 0 or i % 40 == 1:
            for name in ("q7_1", "q7_2", "q7_99"):
                made[name][i] = ""
    return made


def test_one_table_holds_everything_about_a_cell(tmp_path: Path) -> None:
    path = write(tmp_path, A)
    made = rows(path, "--rows", "b", "--cols", "g", "--percent", "col")["rows"]
    design = Design(kind="probability", weights="w", strata=("h",), psu=("psu",), lonely="fail")
    wanted = list(share(Sample(A, design), "b", by=["g"], level=0.95))
    assert [(r["group"], r["category"]) for r in made] == [
        ("g a", "0"),
        ("g a", "1"),
        ("g b", "0"),
        ("g b", "1"),
    ]
    for row, one in zip(made, wanted, strict=True):
        assert row["percent"] == pytest.approx(100 * (one.value or 0))
        assert (row["low"], row["high"]) == pytest.approx((100 * (one.low or 0), 100 * (one.high or 0)))
        assert (row["n"], row["cases"]) == (one.n, one.cases)
        assert (row["weighted_n"], row["deff"], row["n_eff"]) == pytest.approx(
            (one.weighted_n, one.deff, one.n_eff)
        )
        assert row["status"] == "withheld"
    text = run("table", path, "--rows", "b", "--cols", "g", "--percent", "col", *DESIGN).stdout
    for head in ("%", "interval", "n", "N", "deff", "n_eff", "flag"):
        assert head in text.splitlines()[0]
    assert "withheld: too uncertain" in text


@pytest.mark.parametrize(("percent", "whole"), [("col", 2), ("row", 4), ("total", 1)])
def test_percentages_sum_as_they_say(tmp_path: Path, percent: str, whole: int) -> None:
    path = write(tmp_path, wave())
    made = rows(path, "--rows", "q1", "--cols", "g", "--percent", percent)["rows"]
    assert sum(r["percent"] for r in made) == pytest.approx(100 * whole)


def test_kinds_of_missing_answers_stand_apart(tmp_path: Path) -> None:
    path = write(tmp_path, wave())
    missing = ["--missing-codes", "98=refused,99=dont_know,77=not_asked"]
    made = rows(path, "--rows", "q1", "--percent", "col", *missing, "--net", "answered=yes+no")
    assert {r["category"]: r["kind"] for r in made["rows"]} == {
        "99": "dont_know",
        "no": "answer",
        "yes": "answer",
        "answered": "net",
    }
    assert made["left_out"]["refused"] == wave()["q1"].count("98")
    known = {r["category"]: r for r in made["rows"]}
    assert known["answered"]["percent"] == pytest.approx(known["yes"]["percent"] + known["no"]["percent"])
    assert known["yes"]["percent_without_dont_know"] > known["yes"]["percent"] + 1
    text = run("table", path, "--rows", "q1", "--percent", "col", *missing, *DESIGN).stdout
    assert "left out of the base: refused" in text and "99 (dont know)" in text


def test_letters_and_a_test_of_the_groups(tmp_path: Path) -> None:
    columns = wave()
    columns["q1"] = ["yes" if (g == "a") == (i % 4 > 0) else "no" for i, g in enumerate(columns["g"])]
    made = rows(write(tmp_path, columns), "--rows", "q1", "--cols", "g", "--percent", "col", "--tests")
    letters = {(r["group"], r["category"]): r["above"] for r in made["rows"]}
    assert letters["g a", "yes"] == "B" and letters["g b", "no"] == "A" and letters["g a", "no"] is None
    assert any(note.startswith("answers by groups: F") for note in made["notes"])


def test_several_answers_have_two_percentages(tmp_path: Path) -> None:
    path = write(tmp_path, wave())
    more = ["--multiple", "q7_*", "--exclusive", "q7_99", "--most", "1"]
    made = rows(path, *more, "--asked", "asked")
    of = {m: [r for r in made["rows"] if r["measure"] == m] for m in ("of respondents", "of answers")}
    assert sum(r["percent"] for r in of["of answers"]) == pytest.approx(100)
    assert [r["category"] for r in of["of respondents"]] == ["q7_1", "q7_2", "q7_99"]
    assert made["left_out"]["not_asked"] == 80 and made["left_out"]["not_answered"] == 10
    assert any("not to 100" in note for note in made["notes"])
    assert any("more options than allowed" in note for note in made["notes"])
    blank = rows(path, "--multiple", "q7_*")
    assert blank["left_out"]["blank"] == 90
    columns = wave()
    columns["q7_1"][3] = 98
    coded = rows(write(tmp_path, columns), "--multiple", "q7_*", "--missing-codes", "98=refused")
    assert coded["left_out"]["refused"] == 1
    path = write(tmp_path, wave())
    page = run("table", path, *more, *DESIGN, "--format", "csv").stdout
    assert len(list(csv.DictReader(io.StringIO(page)))) == 6


def test_bad_options_of_a_table(tmp_path: Path) -> None:
    path = write(tmp_path, wave())
    for options, words in (
        ([], "--rows, or its 0/1 columns by --multiple"),
        (["--rows", "q1"], "what sums to 100"),
        (["--rows", "q1", "--percent", "row"], "need groups"),
        (["--rows", "q1", "--percent", "col", "--tests"], "groups of --cols"),
        (["--rows", "q1", "--percent", "col", "--most", "3"], "belongs to --multiple"),
        (["--rows", "q1", "--percent", "col", "--missing-codes", "98"], "should have the form"),
        (["--rows", "q1", "--percent", "col", "--missing-codes", "98=gone"], "no kind of missing answer"),
        (["--rows", "q1", "--percent", "col", "--net", "x=maybe"], "which is none of"),
        (["--multiple", "q8_*"], "no column has a name like"),
        (["--multiple", "q7_*", "--exclusive", "q7_5"], "names no option"),
        (["--multiple", "q1"], "is not a number"),
        (["--multiple", "q7_*", "--tests"], "no tests"),
        (["--rows", "q9", "--percent", "col"], "there is no such column"),
    ):
        done = run("table", path, *options, *DESIGN)
        assert done.exit_code == 2 and words in done.stderr, (options, done.stderr)
    quota = ["--weights", "w", "--lonely", "fail", "--kind", "quota"]
    done = run("table", path, "--rows", "q1", "--cols", "g", "--percent", "col", "--tests", *quota)
    assert done.exit_code == 2 and "no margin of error" in done.stderr
    done = run("table", path, "--rows", "q1", "--percent", "col", *quota)
    assert done.exit_code == 0 and " .. " not in done.stdout


def weigh(folder: Path, *options: str, totals: str = TOTALS) -> tuple[Result, Path]:
    path, margins, out = write(folder, A), folder / "totals.csv", folder / "weighted.csv"
    margins.write_text(totals, encoding="utf-8")
    return run("weights", path, "--base", "w", "--margins", margins, *options, "--out", out), out


def column(path: Path, name: str) -> list[str]:
    with path.open(encoding="utf-8", newline="") as file:
        return [row[name] for row in csv.DictReader(file)]


@pytest.mark.parametrize(("method", "kind"), [("rake", "raking"), ("linear", "linear")])
def test_weights_and_errors_are_those_of_the_survey_core(tmp_path: Path, method: str, kind: Any) -> None:
    done, out = weigh(tmp_path, "--method", method, "--format", "json")
    assert done.exit_code == 0, done.output
    sample = Sample(A, Design(kind="probability", weights="w", strata=("h",), psu=("psu",), lonely="fail"))
    margins = {"g": {"a": 110, "b": 140}, "s": {"m": 130, "f": 120}}
    made = calibrate(sample, kind=kind, margins=margins)
    assert [float(x) for x in column(out, "calibrated_weight")] == pytest.approx(made.sample.weights.tolist())
    assert column(out, "y") == [str(y) for y in A["y"]]
    told = json.loads(done.stdout)
    assert (told["g_low"], told["g_high"], told["n_eff_after"]) == pytest.approx(
        (made.g_low, made.g_high, made.n_eff)
    )
    assert told["thin"] == ["g=a", "g=b", "s=f", "s=m"]
    design = ["--weights", "calibrated_weight", "--strata", "h", "--psu", "psu", "--lonely", "fail"]
    found = run(
        "estimate", out, *design, "--calibrated", tmp_path / "totals.csv", "--mean", "y", "--format", "json"
    )
    (one,) = json.loads(found.stdout)
    wanted = mean(made.sample, "y", level=0.95).one()
    assert (one["value"], one["se"]) == pytest.approx((wanted.value, wanted.se), rel=1e-10)
    assert "calibrated weights" in one["method"]
    (plain,) = json.loads(run("estimate", out, *design, "--mean", "y", "--format", "json").stdout)
    assert plain["value"] == pytest.approx(one["value"]) and plain["se"] != pytest.approx(one["se"], rel=1e-3)


def test_raked_mean_of_fixture_a(tmp_path: Path) -> None:
    _, out = weigh(tmp_path, "--method", "rake")
    design = ["--weights", "calibrated_weight", "--strata", "h", "--psu", "psu", "--lonely", "fail"]
    done = run(
        "estimate", out, *design, "--calibrated", tmp_path / "totals.csv", "--mean", "y", "--format", "json"
    )
    (one,) = json.loads(done.stdout)
    assert (one["value"], one["se"]) == pytest.approx((6.149184375, 0.6750507342), abs=5e-10)


def test_cells_numbers_bounds_and_trimming(tmp_path: Path) -> None:
    cells = "variable;category;total\ng*s;a*f;60\ng*s;a*m;50\ng*s;b*f;60\ng*s;b*m;80\n"
    done, out = weigh(tmp_path, "--method", "post", totals=cells)
    assert done.exit_code == 0, done.output
    w = np.array([float(x) for x in column(out, "calibrated_weight")])
    here = [g == "b" and s == "m" for g, s in zip(A["g"], A["s"], strict=True)]
    assert w[here].sum() == pytest.approx(80)
    assert "Next: kelisim survey estimate" in done.stdout and "Kish" in done.stdout
    numbers = TOTALS + "x,,1400\n"
    done, out = weigh(tmp_path, "--method", "logit", "--bounds", "0.3,3", "--force", totals=numbers)
    assert done.exit_code == 0, done.output
    w = np.array([float(x) for x in column(out, "calibrated_weight")])
    assert w @ np.array(A["x"], dtype=float) == pytest.approx(1400)
    done, out = weigh(tmp_path, "--method", "rake", "--trim", "9,30", "--force")
    assert done.exit_code == 0 and "trimmed" in done.stdout
    w = np.array([float(x) for x in column(out, "calibrated_weight")])
    assert w.max() <= 30 * (1 + 1e-8) and w.sum() == pytest.approx(250)


def test_nothing_is_overwritten_or_half_written(tmp_path: Path) -> None:
    done, out = weigh(tmp_path, "--method", "rake")
    before = out.read_bytes()
    done, _ = weigh(tmp_path, "--method", "rake")
    assert done.exit_code == 2 and "--force" in done.stderr and out.read_bytes() == before
    done, _ = weigh(tmp_path, "--method", "linear", "--force", totals=TOTALS.replace("140", "1400"))
    assert done.exit_code == 2 and out.read_bytes() == before
    assert "different populations" in done.stderr
    assert not [p for p in tmp_path.iterdir() if p.name.startswith(".")]
    path = write(tmp_path, A)
    options = ["--base", "w", "--margins", tmp_path / "totals.csv", "--method", "rake", "--out", path]
    same = run("weights", path, *options, "--force")
    assert same.exit_code == 2 and "the survey itself" in same.stderr


def test_faults_of_totals_are_told_by_row(tmp_path: Path) -> None:
    for totals, words in (
        ("variable,category,total\ng,a,many\n,b,3\n", "row 2, total: 'many' is not a finite number"),
        ("variable,category,total\ng,a,inf\n", "is not a finite number"),
        ("variable,category,total\ng,a,5\ng,a,6\n", "row 3, category: 'g' has the category 'a' twice"),
        ("variable,category,total\ng*s,a,5\n", "should name 2 categories"),
        ("variable,category,total\ng,a,5\ng,,6\n", "with and without a category"),
        ("variable,category,total\ng,a,110\n", "has no known total"),
        ("variable,category,total\ng,a,-1\ng,b,4\n", "Give a number above 0"),
        ("variable,total\ng,1\n", "there is no such column"),
        ("variable,category,total\nz,a,5\n", "there is no such column"),
    ):
        done, out = weigh(tmp_path, "--method", "rake", totals=totals)
        assert done.exit_code == 2 and words in done.stderr, (totals, done.stderr)
        assert not out.exists()
    for options, words in (
        (["--method", "post"], "one variable of cells"),
        (["--method", "logit"], "two finite bounds"),
        (["--method", "rake", "--bounds", "3"], "two numbers"),
        (["--method", "rake", "--bounds", "2,3"], "lie around 1"),
        (["--method", "rake", "--trim", "5,2"], "lower < upper"),
        (["--method", "rake", "--trim", "17,18"], "between 17 and 18"),
        (["--method", "rake", "--name", "y"], "such a column already"),
    ):
        done, out = weigh(tmp_path, *options)
        assert done.exit_code == 2 and words in done.stderr, (options, done.stderr)
        assert not out.exists()


def test_a_calibrated_file_must_meet_its_totals(tmp_path: Path) -> None:
    _, out = weigh(tmp_path, "--method", "rake")
    other = tmp_path / "other.csv"
    other.write_text(TOTALS.replace("110", "120").replace("140", "130"), encoding="utf-8")
    design = ["--weights", "calibrated_weight", "--lonely", "fail", "--mean", "y"]
    done = run("estimate", out, *design, "--calibrated", other)
    assert done.exit_code == 2 and "the weights give 'g=a' 110 and not 120" in done.stderr
    done = run(
        "estimate",
        write(tmp_path, A),
        "--weights",
        "w",
        "--lonely",
        "fail",
        "--mean",
        "y",
        "--calibrated",
        other,
    )
    assert done.exit_code == 2 and "g_factor" in done.stderr


def scale_wave() -> dict[str, list[Any]]:
    rng = np.random.default_rng(2)
    village = np.repeat(np.arange(48), 10)
    language = village % 3
    factor = 0.4 * rng.normal(size=48)[village] + rng.normal(size=480)
    answers = 3 + factor[:, None] * [0.8, 0.7, 0.9, 0.6] + 0.65 * rng.normal(size=(480, 4))
    answers[:, 2] += 0.8 * (language == 1)
    answers = np.clip(np.round(answers), 1, 5).astype(int)
    answers[:, 1] = 6 - answers[:, 1]
    columns: dict[str, list[Any]] = {f"t{k + 1}": answers[:, k].tolist() for k in range(4)}
    columns["t1"][0] = ""
    return columns | {
        "village": village.tolist(),
        "language": np.array(["kk", "ru", "uz"])[language].tolist(),
    }


def test_a_scale_is_judged_and_languages_compared(tmp_path: Path) -> None:
    path = write(tmp_path, scale_wave())
    options = ["--items", "t1,t2,t3,t4", "--reverse", "t2", "--psu", "village", "--draws", "99"]
    done = run("scale", path, *options, "--by", "language", "--format", "json")
    assert done.exit_code == 0, done.output
    made = json.loads(done.stdout)
    assert (made["n"], made["left_out"], made["verdict"]["may_enter_index"]) == (479, 1, True)
    assert made["cluster_interval"]["low"] < made["alpha"]["value"] < made["cluster_interval"]["high"]
    assert made["cluster_interval"]["df"] == 47 and len(made["places"]) == 2
    assert made["invariance"]["verdict"] == "partial" and made["invariance"]["steps"][2]["freed"] == ["t3"]
    text = run("scale", path, *options, "--by", "language", "--language", "kk").stdout
    assert "салыстыруға болады" in text and "alpha" in text and "likeness within places" in text
    assert f"{made['cluster_interval']['low']:.3f} .. {made['cluster_interval']['high']:.3f}" in text
    plain = run("scale", path, "--items", "t1,t2,t3", "--draws", "99").stdout
    assert "declare it as reversed. (t2)" in plain and "may not enter an index" in plain


def test_bad_options_of_a_scale(tmp_path: Path) -> None:
    path = write(tmp_path, scale_wave() | {"word": ["x"] * 480, "same": [3] * 480})
    for options, words in (
        (["--items", "t1"], "at least two items"),
        (["--items", "t1,t1"], "twice"),
        (["--items", "t1,t2", "--reverse", "t3"], "not in the scale"),
        (["--items", "t1,word"], "is not a number"),
        (["--items", "t1,t9"], "there is no such column"),
        (["--items", "t1,t2", "--strata", "language"], "--lonely"),
        (["--items", "t1,t2", "--level", "95"], "between 0 and 1"),
        (["--items", "same,same2"], "there is no such column"),
    ):
        done = run("scale", path, *options)
        assert done.exit_code == 2 and words in done.stderr, (options, done.stderr)
    few = run("scale", path, "--items", "t1,same", "--by", "language", "--draws", "99")
    assert few.exit_code == 0 and "at least three items" in few.stdout
    quota = run("scale", path, "--items", "t1,t3,t4", "--kind", "quota")
    assert quota.exit_code == 0 and "picked" in quota.stdout


def test_each_command_shows_an_example() -> None:
    for verb in ("table", "weights", "scale"):
        assert f"Example: kelisim survey {verb}" in " ".join(run(verb, "--help").stdout.split())
