"""`kelisim watch run`: a surge is seen where it is, an outage is no calm, and nothing later is looked at."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner

from kelisim.cli.main import main

FIRST = 2018 * 12
ONE = ("--chart", "cusum")


def month(k: int) -> str:
    return f"{(FIRST + k) // 12}-{(FIRST + k) % 12 + 1:02d}"


def call(*words: object) -> tuple[int, str]:
    done = CliRunner().invoke(main, [str(word) for word in words])
    return done.exit_code, done.output


def written(folder: Path, counts: dict[str, list[int]], delay: int = 0) -> Path:
    lines = ["place,day,told"]
    for area, row in counts.items():
        for k, n in enumerate(row):
            lines += [f"{area},{month(k)}-{1 + i % 28:02d},{month(k + delay)}-28" for i in range(n)]
    path = folder / "register.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def watched(*words: object) -> dict[str, Any]:
    fixed = ("--area", "place", "--date", "day", "--budget", "0.2", "--seed", "1", "--format", "json")
    code, said = call("watch", "run", *words, *fixed)
    assert code == 0, said
    return json.loads(said)


def counts(rise: int) -> dict[str, list[int]]:
    rng = np.random.default_rng(1)
    calm = {area: rng.poisson(1.0, 48).tolist() for area in ("North", "South")}
    calm["North"][44:] = [n * rise for n in (1, 2, 1, 2)]
    calm["South"][47] = 1
    return calm


@pytest.fixture
def surge(tmp_path: Path) -> Path:
    return written(tmp_path, counts(5))


def by_area(done: dict[str, Any]) -> dict[str, Any]:
    return {each["area"]: each for each in done["areas"]}


def test_a_surge_is_seen_in_its_area(surge: Path) -> None:
    said = watched(surge)
    done = by_area(said)
    assert set(done) == {"North", "South", "(all areas)"}
    assert any(month(44) <= alarm for chart in done["North"]["charts"] for alarm in chart["alarms"])
    assert not [alarm for chart in done["South"]["charts"] for alarm in chart["alarms"]]
    for area in done.values():
        assert sum(chart["budget"] for chart in area["charts"]) == pytest.approx(0.2)
        assert all(chart["attained"] <= chart["budget"] for chart in area["charts"])
        assert {(p["factor"], p["months"]) for p in area["charts"][0]["power"]} == {
            (f, m) for f in (2.0, 3.0) for m in (3, 6, 12)
        }
    assert "seen within 6 months" in done["North"]["words"]["en"]


def test_text_names_months_and_says_what_an_alarm_is(surge: Path) -> None:
    words = ("watch", "run", surge, "--area", "place", "--date", "day", "--budget", "0.2", "--seed", "1",
             *ONE)  # fmt: skip
    code, said = call(*words, "--language", "kk")
    assert code == 0
    assert "1 of 2 areas raised an alarm: North." in said and "ALARM in" in said
    assert "пайызында байқалады" in said and "It does not say why" in said


@pytest.mark.proof
def test_one_area_more_changes_nothing_for_the_others(tmp_path: Path, surge: Path) -> None:
    before = by_area(watched(surge, *ONE))["South"]
    more = written(tmp_path, {**counts(5), "West": [0] * 47 + [1]})
    after = by_area(watched(more, *ONE))["South"]
    assert before["charts"][0]["alarms"] == after["charts"][0]["alarms"]


def test_an_outage_raises_nothing_and_is_said(tmp_path: Path, surge: Path) -> None:
    path = tmp_path / "effort.csv"
    told = [f"{area},{month(k)},1" for area in ("North", "South") for k in range(48)]
    silent = [row for row in told if not row.startswith("South,2021-1")]
    path.write_text("area,month,effort\n" + "\n".join(silent) + "\n", encoding="utf-8")
    rows = [r for r in surge.read_text(encoding="utf-8").splitlines() if not r.startswith("South,2021-1")]
    surge.write_text("\n".join(rows) + "\n", encoding="utf-8")
    south = by_area(watched(surge, "--effort", path))["South"]
    assert south["charts"][0]["states"][-3:] == ["missing"] * 3
    assert south["charts"][0]["months_waited"] == 3 and south["charts"][0]["alarms"] == []
    assert south["verdict"]["verdict"] == "silent"


def test_effort_that_doubles_is_no_rise(tmp_path: Path) -> None:
    flat = {"North": [2] * 36 + [4] * 12, "South": [1] * 48}
    register, path = written(tmp_path, flat), tmp_path / "effort.csv"
    rows = [f"{month(k)},{2 if k >= 36 else 1}" for k in range(48)]
    path.write_text("month,effort\n" + "\n".join(rows) + "\n", encoding="utf-8")
    done = by_area(watched(register, "--effort", path, *ONE))["North"]
    assert all(chart["alarms"] == [] for chart in done["charts"])


def test_nothing_later_than_the_day_is_seen(tmp_path: Path) -> None:
    register = written(tmp_path, counts(9))
    early = watched(register, "--known", "told", "--as-of", "2021-08-31", *ONE)
    cut = {area: row[:44] for area, row in counts(9).items()}
    alone = watched(written(tmp_path, cut), "--known", "told", "--as-of", "2021-08-31", *ONE)
    early.pop("rows_not_seen"), alone.pop("rows_not_seen")
    assert early == alone


def test_late_reports_make_the_last_months_provisional(tmp_path: Path) -> None:
    rng = np.random.default_rng(3)
    lines = ["place,day,told"]
    for k in range(48):
        for _ in range(rng.poisson(6)):
            told = k + int(rng.choice(4, p=[0.5, 0.25, 0.15, 0.1]))
            lines.append(f"North,{month(k)}-10,{month(told)}-20")
    path = tmp_path / "late.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    done = watched(path, "--known", "told", "--as-of", "2021-12-31", *ONE)
    assert len(done["delay"]) == 4 and "provisional" in done["delay"][-1]
    assert "No report days" in watched(path, *ONE)["delay"][0]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("place,day\nN,2020-01-32\n", "row 2, day"),
        ("place,day\n,2020-01-02\n", "name the area"),
        ("place,when\nN,2020-01-02\n", "there is no such column"),
        ("place,day\nN,2020\n", "no row has an area and a month"),
        ("place,day\nN,2020-01-02\n", "spans 1 months"),
        ("place,day,told\nN,2020-05-02,2020-04-01\n", "before it happened"),
    ],
)
def test_bad_files(tmp_path: Path, text: str, words: str) -> None:
    path = tmp_path / "r.csv"
    path.write_text(text, encoding="utf-8")
    known = ("--known", "told") if "told" in text else ()
    code, said = call("watch", "run", path, "--area", "place", "--date", "day", *known, "--budget", "0.2",
                      "--seed", "1")  # fmt: skip
    assert code == 2 and words in said


def test_bad_effort(tmp_path: Path, surge: Path) -> None:
    path = tmp_path / "e.csv"
    words = ("watch", "run", surge, "--area", "place", "--date", "day", "--budget", "0.2", "--seed", "1",
             "--effort", path)  # fmt: skip
    for text, told in (
        ("month,effort\n2018-01,-1\n", "negative"),
        ("month,effort\n2018,1\n", "is no month"),
        ("month,effort\n2018-01,1\n2018-01,2\n", "stands twice"),
        ("month,effort\n2018-01,1\n", "where no effort is given"),
    ):
        path.write_text(text, encoding="utf-8")
        code, said = call(*words)
        assert code == 2 and told in said


def test_rows_of_other_kinds_are_left_out(tmp_path: Path) -> None:
    lines = [f"N,{month(k)}-03,{kind}" for k in range(30) for kind in ("clash", "fair")]
    path = tmp_path / "r.csv"
    path.write_text("place,day,kind\n" + "\n".join(lines) + "\n", encoding="utf-8")
    both, one = watched(path, *ONE), watched(path, *ONE, "--only", "kind=clash")
    assert (both["areas"][0]["events"], one["areas"][0]["events"]) == (36, 18)


@pytest.mark.parametrize("days", [("0001-01-01", "9999-12-31"), ("1800-01-01", "2020-01-01")])
def test_spans_that_no_register_has(tmp_path: Path, days: tuple[str, str]) -> None:
    path = tmp_path / "r.csv"
    path.write_text("place,day\n" + "".join(f"N,{day}\n" for day in days), encoding="utf-8")
    words = ("watch", "run", path, "--area", "place", "--date", "day", "--budget", "0.2", "--seed", "1")
    code, said = call(*words)
    assert code == 2 and "up to 1,200 months are watched" in said
    code, said = call(*words, "--as-of", "9999-12-31")
    assert code == 2
