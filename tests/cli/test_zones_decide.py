"""`kelisim zones decide` on bare files: words, json, judgement, hysteresis, no look-ahead."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner

from kelisim.cli.main import main

ASKED = ("--miss", "0.1", "--alarms", "runs", "--seed", "1", "--resamples", "200")


def write(folder: Path, years: range = range(2016, 2025), sharp: float = 0.4, last: str = "2024-Q4") -> None:
    rng, draws = np.random.default_rng(3), [f"draw_{i}" for i in range(40)]
    with (folder / "f.csv").open("w") as one, (folder / "o.csv").open("w") as two:
        forecasts, outcomes = csv.writer(one), csv.writer(two)
        forecasts.writerow(["area", "period", "probability", *draws])
        outcomes.writerow(["area", "period", "happened"])
        for area in "ABCDEFGH":
            for year in years:
                for quarter in range(1, 5):
                    when, p = f"{year}-Q{quarter}", rng.beta(sharp, 3 * sharp)
                    spread = np.clip(p + p * (1 - p) * np.linspace(-0.5, 0.5, 40), 0, 1)
                    forecasts.writerow([area, when, f"{p:.4f}", *(f"{x:.5f}" for x in spread)])
                    if when < last:
                        outcomes.writerow([area, when, int(rng.random() < p)])


def decide(folder: Path, *more: str) -> tuple[int, str]:
    done = CliRunner().invoke(
        main, ["zones", "decide", str(folder / "f.csv"), str(folder / "o.csv"), *ASKED, *more]
    )
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done.exit_code, done.output


def as_json(folder: Path, *more: str) -> Any:
    code, shown = decide(folder, "--format", "json", *more)
    assert code == 0, shown
    return json.loads(shown)


def test_the_whole_as_json(tmp_path: Path) -> None:
    write(tmp_path)
    found = as_json(tmp_path, "--cost-ratio", "0.15")
    assert found["period"] == "2024-Q4" and found["cells"] == 8 * 35
    years = found["thresholds"]
    assert [one["year"] for one in years] == list(range(2016, 2025))
    assert [one["cells"] for one in years] == [32 * k for k in range(9)]
    assert years[0]["yellow"]["footing"]["kind"] == "not_certifiable" and years[0]["yellow"]["value"] is None
    last = years[-1]
    assert last["yellow"]["footing"]["kind"] == "certified" and last["cost_ratio"] == last["yellow"]["value"]
    for zone in found["zones"]:
        assert sum(zone["probabilities"].values()) == pytest.approx(1)
        assert (
            zone["clocks"]["slow"] is None
            and zone["clocks"]["fast"]["estimate"]["value"] == zone["probability"]
        )
        assert zone["shown"] == zone["state"]
    replay = found["replay"]
    assert 0 < replay["missed"] < replay["episodes"] and replay["alarmed"] < replay["cells"]
    assert found["changes"]["with_hysteresis"] < found["changes"]["without"]
    assert [row["ratio"] for row in found["cost_loss"] if row["own"]] == [0.15]
    assert as_json(tmp_path, "--cost-ratio", "0.15") == found


def test_what_comes_later_changes_no_earlier_threshold(tmp_path: Path) -> None:
    write(tmp_path)
    before = as_json(tmp_path)["thresholds"]
    lines = (tmp_path / "o.csv").read_text().splitlines()
    turned = [re.sub(r"(2023-Q.,)([01])", lambda m: m[1] + str(1 - int(m[2])), line) for line in lines]
    (tmp_path / "o.csv").write_text("\n".join(turned))
    after = as_json(tmp_path)["thresholds"]
    assert before[:-1] == after[:-1] and before[-1] != after[-1]


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("kk", ("сары аймақ", "Расталған", "жалған дабыл", "мекеме жариялаған", "Қосылмайтын екі баға")),
        ("ru", ("жёлтая зона", "Подтверждено", "Ложные тревоги", "объявлено учреждением", "Две оценки")),
        (
            "en",
            ("yellow zone", "Certified", "False alarms", "declared by the office", "Two clocks, never added"),
        ),
    ],
)
def test_the_words(tmp_path: Path, language: str, words: tuple[str, ...]) -> None:
    write(tmp_path)
    code, shown = decide(tmp_path, "--language", language, "--cost-ratio", "0.15")
    assert code == 0 and all(word in shown for word in words)
    assert "{" not in shown and "decisions." not in shown and "zones." not in shown


def test_too_few_episodes_fall_back_on_a_labelled_judgement(tmp_path: Path) -> None:
    write(tmp_path, range(2023, 2025), sharp=0.2, last="2023-Q2")
    code, shown = decide(tmp_path)
    assert code == 0 and "Not certifiable yet: " in shown and "9 are needed" in shown
    assert "nobody can say green" in shown and "green zone" not in shown
    declared = (
        "--yellow",
        "0.2",
        "--red",
        "0.6",
        "--declared-by",
        "Deputy akim",
        "--wording",
        "Mediators travel.",
    )
    code, shown = decide(tmp_path, *declared, "--declared-on", "2024-01-15")
    assert code == 0 and "This is a judgement; its rate of error is not known" in shown
    assert "Deputy akim, 15 January 2024" in shown and "green zone" in shown and "Certified" not in shown
    # What was declared after the year ended does not rule the year.
    code, shown = decide(tmp_path, *declared, "--declared-on", "2025-01-15")
    assert code == 0 and "nobody can say green" in shown


def test_an_area_without_a_forecast_is_grey_and_keeps_its_alarm(tmp_path: Path) -> None:
    write(tmp_path)
    found = {zone["area_id"]: zone for zone in as_json(tmp_path)["zones"]}
    lines = (tmp_path / "f.csv").read_text().splitlines()
    (tmp_path / "f.csv").write_text(
        "\n".join(line for line in lines if not re.match("[A-G],2024-Q4,", line)) + "\n"
    )
    gone = {zone["area_id"]: zone for zone in as_json(tmp_path)["zones"]}
    assert {gone[area]["shown"] for area in "ABCDEFG"} <= {"grey", "alarm"}
    assert all(
        gone[area]["grey"] == ["no_forecast"] and gone[area]["held"] == "missing" for area in "ABCDEFG"
    )
    assert gone["H"] == found["H"]


@pytest.mark.parametrize(
    ("more", "words"),
    [
        (("--red", "0.5"), "needs --declared-by"),
        (("--miss", "1"), "not in the range"),
        (
            (
                "--yellow",
                "0.6",
                "--red",
                "0.5",
                "--declared-by",
                "x",
                "--declared-on",
                "2024-01-01",
                "--wording",
                "x",
            ),
            "stands above the declared red",
        ),
    ],
)
def test_questions_that_make_no_sense(tmp_path: Path, more: tuple[str, ...], words: str) -> None:
    write(tmp_path, range(2023, 2025))
    code, shown = decide(tmp_path, *more)
    assert code == 2 and words in shown


def test_faults_of_the_files_end_with_2(tmp_path: Path) -> None:
    (tmp_path / "f.csv").write_text("area,period,probability\nA,2024,2\n")
    (tmp_path / "o.csv").write_text("area,period,happened\nA,2024,7\n")
    code, shown = decide(tmp_path)
    assert code == 2 and "f.csv, row 2, probability" in shown and "o.csv, row 2, happened" in shown
