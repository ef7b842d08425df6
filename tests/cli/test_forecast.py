"""`kelisim forecast evaluate` and `run` on a bare CSV file: what they write, say and refuse."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner, Result

from kelisim.cli.main import main
from tests.forecasting.worlds import world

NAMES = ["--area", "area", "--date", "day", "--seed", "1", "--draws", "200"]


def register(folder: Path, months: int, *, late: bool = False) -> Path:
    """An invented register that begins in January 2019."""
    shown = world("exciting", np.random.default_rng(1), areas=4, months=months)
    path = folder / "events.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["area", "day", "told", "n"])
        for area, month in zip(*np.nonzero(shown.counts), strict=True):
            year, number = 2019 + month // 12, month % 12 + 1
            told = f"{year + (number == 12)}-{number % 12 + 1:02d}-03" if late else f"{year}-{number:02d}-28"
            writer.writerow([shown.areas[area], f"{year}-{number:02d}-15", told, shown.counts[area, month]])
    (folder / "areas.txt").write_text("a0\na1\na2\na3\n", encoding="utf-8")
    return path


def call(verb: str, path: Path, last: str, *more: str, horizons: str = "1,3") -> Result:
    words = ["forecast", verb, str(path), *NAMES, "--from", "2019-01", "--to", last, "--horizons", horizons]
    return CliRunner().invoke(main, [*words, "--areas-file", str(path.parent / "areas.txt"), *more])


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def evaluated(tmp_path_factory: pytest.TempPathFactory) -> tuple[Result, Path]:
    folder = tmp_path_factory.mktemp("evaluate")
    path = register(folder, 24, late=True)
    more = ["--known", "told", "--count", "n", "--select-until", "2020-07", "--out", str(folder / "out")]
    return call("evaluate", path, "2020-12", *more), folder / "out"


def test_evaluation_says_its_verdict_and_the_next_step(evaluated: tuple[Result, Path]) -> None:
    done, out = evaluated
    assert done.exit_code == 0, done.output
    assert "in the report period" in done.stdout
    assert "1 month ahead: too little data" in done.stdout
    assert f"Next: read {out}/report.md" in done.stdout
    assert "origin 18 of 24 months" in done.stderr


def test_evaluation_holds_every_baseline_interval_and_period(evaluated: tuple[Result, Path]) -> None:
    _, out = evaluated
    record: dict[str, Any] = json.loads((out / "record.json").read_text(encoding="utf-8"))
    found = record["evaluation"]
    assert record["register"]["share_reported_in_a_later_month"] == 1
    assert record["settings"]["seed"] == 1 and record["settings"]["select_until"] == "2020-07"
    assert set(found["periods"]) == {"all", "selection", "report"}
    assert found["periods"]["report"] == {"first_origin": 20, "last_origin": 23}
    baselines = set(record["settings"]["baselines"])
    assert len(baselines) == 7
    compared = {(d["horizon"], d["baseline"]) for d in found["differences"] if d["period"] == "report"}
    assert compared == {(h, name) for h in (1, 3) for name in baselines}
    assert all(d["low"] is None or d["low"] <= d["high"] for d in found["differences"])
    assert {v["judgement"] for v in found["verdicts"]} == {"too_little_data"}
    text = (out / "report.md").read_text(encoding="utf-8")
    for words in (
        "Verdict: report period",
        "Selection period",
        "100 % of incidents became known",
        "History of 60 months",
        "share of outcomes in each tenth",
    ):
        assert words in text
    scores = rows(out / "scores.csv")
    assert {row["admitted"] for row in scores} == {"True"}
    assert len(scores) == (6 + 4) * 12  # origins of two horizons; 3 members, 7 baselines, pool and shown


def test_the_report_is_told_in_three_languages_with_the_same_numbers(tmp_path: Path) -> None:
    path = register(tmp_path, 20)
    numbers, texts = [], []
    for language in ("kk", "ru", "en"):
        out = tmp_path / language
        more = ["--count", "n", "--out", str(out), "--language", language]
        done = call("evaluate", path, "2020-08", *more, horizons="1")
        assert done.exit_code == 0, done.output
        texts.append((out / "report.md").read_text(encoding="utf-8"))
        table = [line for line in texts[-1].splitlines() if line.startswith("| ")]
        numbers.append([re.findall(r"[+−]?\d+[.,]\d{3}", line) for line in table])
    as_english = [[[n.replace(",", ".") for n in line] for line in table] for table in numbers]
    assert as_english[0] == as_english[1] == as_english[2] and len(as_english[0]) == 14
    for text, words in zip(texts, ("Есепті кезең", "Отчётный период", "Report period"), strict=True):
        assert words in text
    for text in texts[:2]:
        assert not set(re.findall(r"[A-Za-z]{3,}", text)) - {"events", "csv"}


def test_a_series_moves_the_forecast_only_where_the_gate_admits_it(tmp_path: Path) -> None:
    path = register(tmp_path, 20)
    months = [f"{2019 + k // 12}-{k % 12 + 1:02d}" for k in range(20)]
    told = "area,month,rate\n" + "".join(f"a0,{month},{k}\n" for k, month in enumerate(months))
    (tmp_path / "rate.csv").write_text(told, encoding="utf-8")
    series = ("--covariate", str(tmp_path / "rate.csv"), "rate", "more", "0")
    for name, more in (("plain", ()), ("tried", series)):
        done = call(
            "run", path, "2020-08", "--count", "n", "--out", str(tmp_path / name), *more, horizons="1"
        )
        assert done.exit_code == 0, done.output
    assert "rate.csv: rate, 1 months ahead: too little data" in done.output
    plain, tried = ((tmp_path / name / "forecasts.csv").read_bytes() for name in ("plain", "tried"))
    assert plain == tried
    record = json.loads((tmp_path / "tried/record.json").read_text(encoding="utf-8"))
    assert record["covariates"][0]["judgement"] == "too_little_data"


def test_quarters_of_an_evaluation_lead_to_zones(evaluated: tuple[Result, Path]) -> None:
    _, out = evaluated
    issued, happened = rows(out / "issued-3.csv"), rows(out / "outcomes-3.csv")
    assert (
        [r["period"] for r in issued[::4]] == ["2020-Q3", "2020-Q4"] == [r["period"] for r in happened[::4]]
    )
    assert len(issued) == len(happened) == 8 and {r["happened"] for r in happened} <= {"0", "1"}
    files = (str(out / "issued-1.csv"), str(out / "outcomes-1.csv"))
    words = ("zones", "decide", *files, "--miss", "0.2", "--alarms", "runs", "--seed", "1")
    done = CliRunner().invoke(main, list(words))
    assert done.exit_code == 0 and "4 areas, 24 cells with outcomes" in done.output


def test_a_region_in_which_nothing_happened_is_evaluated_and_written_as_plain_json(tmp_path: Path) -> None:
    path = register(tmp_path, 19)
    path.write_text("area,day\n", encoding="utf-8")
    done = call("evaluate", path, "2020-08", "--out", str(tmp_path / "out"), horizons="1")
    assert done.exit_code == 0, done.output

    def refuse(constant: str) -> None:
        raise AssertionError(f"{constant} is no JSON")

    text = (tmp_path / "out/record.json").read_text(encoding="utf-8")
    found = json.loads(text, parse_constant=refuse)["evaluation"]
    assert any(gap["ratio"] is None for gap in found["differences"])


def test_same_seed_same_bytes(tmp_path: Path) -> None:
    path = register(tmp_path, 20)
    outputs = []
    for name in ("one", "two"):
        assert (
            call(
                "run", path, "2020-08", "--count", "n", "--out", str(tmp_path / name), horizons="1"
            ).exit_code
            == 0
        )
        outputs.append([(tmp_path / name / file).read_bytes() for file in ("forecasts.csv", "record.json")])
    assert outputs[0] == outputs[1]


def test_run_writes_draws_summed_up_beside_the_baselines(tmp_path: Path) -> None:
    path = register(tmp_path, 20)
    done = call("run", path, "2020-08", "--count", "n", "--out", str(tmp_path / "out"), horizons="3,6")
    assert done.exit_code == 0, done.output
    assert "2020-09 to 2020-11, whole region: median" in done.stdout
    assert "Not issued: 6 months ahead. A history of 20 months carries 3 at most" in done.stdout
    found = rows(tmp_path / "out/forecasts.csv")
    assert {row["horizon_months"] for row in found} == {"3"}
    assert len(found) == (4 + 1) * (3 + 7 + 1)
    shown = [row for row in found if row["shown"] == "True"]
    assert len(shown) == 5 and {row["forecast"] for row in shown} == {"pool"}
    for row in found:
        ends = [float(row[name]) for name in ("q05", "q25", "q50", "q75", "q95")]
        assert ends == sorted(ends) and 0 <= float(row["p_any"]) <= 1
        assert (row["draws"], row["seed"], row["from"], row["to"]) == ("200", "1", "2020-09", "2020-11")
    record = json.loads((tmp_path / "out/record.json").read_text(encoding="utf-8"))
    assert record["horizons_refused"] == [6]
    assert record["forecasts"]["3"]["shown"] == "pool" and record["forecasts"]["3"]["scored_origins"] == 0


def test_short_histories_are_refused_with_what_they_lack(tmp_path: Path) -> None:
    path = register(tmp_path, 17)
    done = call("run", path, "2020-05", "--count", "n", "--out", str(tmp_path / "out"))
    assert done.exit_code == 2
    assert "17 months carries no forecast" in done.stderr and "18 months of history" in done.stderr
    done = call("evaluate", path, "2020-05", "--count", "n", "--out", str(tmp_path / "out"))
    assert done.exit_code == 2 and "17 months are too few to score" in done.stderr
    assert not (tmp_path / "out").exists()


def test_faults_of_the_register_are_told_by_row_and_nothing_is_written(tmp_path: Path) -> None:
    path = register(tmp_path, 20)
    with path.open("a", encoding="utf-8") as file:
        file.write("a9,2020-13-01,2020-01-01,-3\n")
    done = call("run", path, "2020-08", "--count", "n", "--out", str(tmp_path / "out"))
    assert done.exit_code == 2 and "3 faults" in done.stderr
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (["--horizons", "0"], "between 1 and 24"),
        (["--horizons", "1,,2"], "between 1 and 24"),
        (["--to", "2020"], "no month of the form"),
        (["--only", "kind"], "COLUMN=VALUE"),
    ],
)
def test_options_that_make_no_sense(tmp_path: Path, more: list[str], said: str) -> None:
    path = register(tmp_path, 20)
    done = call("run", path, "2020-08", "--out", str(tmp_path / "out"), *more)
    assert done.exit_code == 2 and said in done.stderr


def test_quiet_is_quiet_and_unannounced_areas_are_remarked_on(tmp_path: Path) -> None:
    path = register(tmp_path, 19)
    done = call("run", path, "2020-07", "--out", str(tmp_path / "out"), "--quiet", horizons="1")
    assert (done.exit_code, done.output) == (0, "")
    words = ["forecast", "run", str(path), *NAMES, "--from", "2019-01", "--to", "2020-07", "--horizons", "1"]
    done = CliRunner().invoke(main, [*words, "--out", str(tmp_path / "out")])
    assert "name all of them with --areas-file" in done.stderr


def test_covariates_are_declared_tried_and_reported(tmp_path: Path) -> None:
    path = register(tmp_path, 22)
    series = tmp_path / "tone.csv"
    months = [f"{2019 + k // 12}-{k % 12 + 1:02d}" for k in range(22)]
    lines = [f"a{area},{month},{(area * 7 + k) % 5}" for area in range(4) for k, month in enumerate(months)]
    series.write_text("\n".join(["area,month,tone", *lines, "a1,1999-01,3"]) + "\n", encoding="utf-8")
    tried = ["--covariate", str(series), "tone", "more", "1", "--out", str(tmp_path / "out")]
    done = call("evaluate", path, "2020-10", "--count", "n", *tried, horizons="1")
    assert done.exit_code == 0, done.output
    record = json.loads((tmp_path / "out/record.json").read_text(encoding="utf-8"))
    (one,) = record["covariates"]
    assert (one["covariate"], one["judgement"]) == ("tone.csv: tone", "too_little_data")
    assert "not admitted: too little data" in (tmp_path / "out/report.md").read_text(encoding="utf-8")
    with series.open("a", encoding="utf-8") as file:
        file.write("a1,2019-01,4\nnowhere,2019-13,much\n")
    done = call("evaluate", path, "2020-10", "--count", "n", *tried, horizons="1")
    assert done.exit_code == 2
    for words in (
        "a1 in 2019-01 is given twice",
        "'nowhere' is not in the register",
        "'2019-13' is no month",
        "'much' is no",
    ):
        assert words in done.stderr
