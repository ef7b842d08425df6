"""`kelisim events`: a trial changes nothing, rows are appended whole, and the view of a day stays."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from kelisim.cli.main import main
from kelisim.core.errors import OutputError
from kelisim.store.appending import append_rows
from tests.studies import TURKISTAN, read, write_study

ROWS = """\
event,known_on,record,source,first,event_type,area,parties,voice,label,outcome,last
E4,2020-07-31,report,desk,2020-07-30,brawl,KZ6154,uzbek;kazakh,,,ongoing,
E4,2020-08-01,label,press,,,,,minister,domestic_quarrel,,
E4,2020-08-02,label,press,,,,,media,ethnic,,
E4,2021-02-01,correction,court,,,,,,,prosecuted,2020-07-31
C1,2021-02-01,report,desk,2019,mutual_aid,KZ6144,uzbek,,,,
"""


def call(*words: object) -> tuple[int, str]:
    done = CliRunner().invoke(main, [str(word) for word in words])
    return done.exit_code, done.output


@pytest.fixture
def register(tmp_path: Path) -> Path:
    (tmp_path / "in.csv").write_text(ROWS, encoding="utf-8")
    path = tmp_path / "register.csv"
    words = (
        "events",
        "import",
        tmp_path / "in.csv",
        "--study",
        TURKISTAN,
        "--register",
        path,
        "--source",
        "desk",
    )
    code, said = call(*words)
    assert code == 0 and "Nothing was written" in said and not path.exists()
    code, said = call(*words, "--write")
    assert code == 0 and "Appended 5 rows" in said
    return path


def shown(register: Path, day: str) -> dict[str, object]:
    code, said = call(
        "events", "show", register, "--as-known-on", day, "--study", TURKISTAN, "--format", "json"
    )
    assert code == 0
    return json.loads(said)


def test_the_view_of_a_day_stays_whatever_is_added(register: Path, tmp_path: Path) -> None:
    before = shown(register, "2020-08-01")
    (event,) = before["events"]
    assert event["outcome"] == "ongoing"
    assert [label["label"] for label in event["labels"]] == ["domestic_quarrel"]
    held = register.read_bytes()
    more = "event,known_on,record,source,outcome\nE4,2022-01-01,correction,desk,reconciled\n"
    (tmp_path / "more.csv").write_text(more, encoding="utf-8")
    code, _ = call("events", "import", tmp_path / "more.csv", "--study", TURKISTAN, "--register", register,
                   "--source", "desk", "--write")  # fmt: skip
    assert code == 0
    assert register.read_bytes().startswith(held)
    assert shown(register, "2020-08-01") == before
    assert [e["outcome"] for e in shown(register, "2022-01-01")["events"] if e["event"] == "E4"] == [
        "reconciled"
    ]


def test_bad_rows_give_exit_code_one_and_the_good_ones_are_appended(register: Path, tmp_path: Path) -> None:
    rows = (
        "event,known_on,record,source,first,event_type,area\nE5,2022-01-01,report,desk,2021-99,brawl,KZ6154\n"
    )
    (tmp_path / "bad.csv").write_text(
        rows + "E6,2022-01-01,report,desk,2021-12,brawl,KZ6154\n", encoding="utf-8"
    )
    code, said = call("events", "import", tmp_path / "bad.csv", "--study", TURKISTAN, "--register", register,
                      "--source", "desk", "--write")  # fmt: skip
    assert code == 1
    assert "bad.csv, row 2, first: month must be" in said and "Appended 1 rows" in said
    code, said = call("events", "import", tmp_path / "none.csv", "--study", TURKISTAN, "--register", register,
                      "--source", "desk")  # fmt: skip
    assert code == 2 and "cannot be read" in said


def test_exports(register: Path, tmp_path: Path) -> None:
    words = ("events", "export", register, "--as-known-on", "2021-03-01")
    code, text = call(*words, "--to", "csv")
    assert code == 0 and text.splitlines()[0].startswith("event,source,half,first,last,reported_on")
    code, text = call(*words, "--to", "geojson")
    assert code == 0 and len(json.loads(text)["features"]) == 2
    code, said = call(*words, "--to", "ics", "--out", tmp_path / "e.ics")
    assert code == 0 and "1 events known to the year only" in said
    calendar = (tmp_path / "e.ics").read_bytes()
    assert calendar.count(b"BEGIN:VEVENT") == 1
    assert b"DTSTART;VALUE=DATE:20200730\r\nDTEND;VALUE=DATE:20200801\r\n" in calendar
    assert all(len(line) <= 75 for line in calendar.split(b"\r\n"))
    assert all(line.endswith(b"\r") for line in calendar.split(b"\n")[:-1])


def test_a_study_may_carry_the_register_beside_its_events(register: Path, tmp_path: Path) -> None:
    folder = write_study(tmp_path / "study")
    declared = (folder / "study.yaml").read_text(encoding="utf-8")
    source = declared.split("sources:\n")[1].split(":")[0].strip()
    addition = (
        "tables:\n  known_events:\n    kind: event_records\n    file: data/known_events.csv\n"
        "    title: {kk: Тізілім, ru: Реестр, en: Register}\n"
        f"    source: {source}\n    repeats: prints\n    columns: {{event: event, known_on: known_on, "
        "record: record, source: source, first: first, event_type: event_type, area: area}\n"
    )
    (folder / "study.yaml").write_text(declared.replace("tables:\n", addition, 1), encoding="utf-8")
    rows = (
        "event,known_on,record,source,first,event_type,area\nX1,2020-01-02,report,desk,2020-01-01,brawl,SY1\n"
    )
    (folder / "data/known_events.csv").write_text(rows, encoding="utf-8")
    from kelisim.evidence.events.records import statements_of

    study = read(folder)
    (statement,) = statements_of(study.table("known_events"))
    assert (statement.event, statement.values["area"]) == ("X1", "SY1")
    assert len(study.of_kind("events")) == len(read(write_study(tmp_path / "plain")).of_kind("events"))


def test_a_file_that_changed_meanwhile_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "r.csv"
    append_rows(path, b"", "a\n1\n")
    with pytest.raises(OutputError, match="changed by somebody else"):
        append_rows(path, b"", "2\n")
    append_rows(path, b"a\n1\n", "2\n")
    assert path.read_bytes() == b"a\n1\n2\n"


def test_events_that_no_list_has(tmp_path: Path) -> None:
    head = "event,known_on,record,source,first,event_type,area,voice,label\n"
    rows = [f"E{k},2021-01-01,report,desk,2020-12-01,brawl,A,," for k in range(30)]
    rows += [f"E{k},2021-01-02,label,press,,,,media,ethnic" for k in range(12)]
    rows += [f"P{k},2021-01-02,report,press,2020-12-01,brawl,A,," for k in range(8)]
    path = tmp_path / "register.csv"
    path.write_text(head + "\n".join(rows) + "\n", encoding="utf-8")
    words = ("events", "unreported", path, "--as-known-on", "2021-02-01", "--list", "desk", "--list", "press")
    code, said = call(*words, "--seed", "1")
    # n1 = 30, n2 = 20, m = 12: 31 x 21 / 13 - 1 = 49.1
    assert code == 0 and "38 events known; 49 in all" in said
    assert "This holds only if" in said and "same chance" in said
    code, said = call(*words[:4], "2021-01-01", "--list", "desk", "--list", "press", "--seed", "1")
    assert (code == 2 and "share" in said) or "stand on both lists" in said
    code, said = call(*words, "--list", "police", "--seed", "1")
    assert code == 2 and "no row is of the list 'police'" in said


def test_the_view_of_a_day_can_be_watched(tmp_path: Path) -> None:
    head = "event,known_on,record,source,first,event_type,area\n"
    rows = [
        f"E{k},{2019 + k // 12}-{k % 12 + 1:02d}-20,report,desk,{2019 + k // 12}-{k % 12 + 1:02d}-10,brawl,A"
        for k in range(36)
    ]
    rows.append("E9,2022-01-01,withdrawal,desk,,,")
    path, view = tmp_path / "register.csv", tmp_path / "view.csv"
    path.write_text(head + "\n".join(rows) + "\n", encoding="utf-8")
    code, _ = call("events", "export", path, "--as-known-on", "2022-02-01", "--to", "csv", "--out", view)
    assert code == 0
    columns = ("--area", "area", "--date", "first", "--known", "reported_on", "--only", "half=conflict")
    code, said = call("watch", "run", view, *columns, "--budget", "0.2", "--seed", "1", "--chart", "cusum")
    assert code == 0 and "23 events in 24 months" in said and "0 of 1 areas raised an alarm" in said


ADDED = """\
event,known_on,record,source,first,event_type,area
N1,2021-03-02,report,desk,2021-03-01,brawl,KZ6154
"""
SHORT = """\
event,known_on,record,source,area,first,event_type,outcome
E4,2020-07-31,report,desk,KZ6154,2020-07-30,brawl,faded
"""


def add(folder: Path, register: Path, *more: str) -> tuple[int, str]:
    (folder / "more.csv").write_text(ADDED, encoding="utf-8")
    return call("events", "import", folder / "more.csv", "--study", TURKISTAN, "--register", register,
                "--source", "desk", *more)  # fmt: skip


def test_rows_are_added_in_the_shape_of_the_register_they_go_to(tmp_path: Path) -> None:
    path = tmp_path / "short.csv"
    path.write_text(SHORT.rstrip("\n"), encoding="utf-8")
    assert add(tmp_path, path, "--write")[0] == 0
    assert path.read_text(encoding="utf-8") == SHORT + "N1,2021-03-02,report,desk,KZ6154,2021-03-01,brawl,\n"
    assert len(shown(path, "2021-04-01")["events"]) == 2  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("register", "words"),
    [
        (SHORT.replace(",event_type", "").replace(",brawl", ""), "report does not say it"),
        (SHORT.replace(",", ";"), "no comma-separated text"),
    ],
)
def test_a_register_that_cannot_be_continued_is_left_as_it_is(
    tmp_path: Path, register: str, words: str
) -> None:
    path = tmp_path / "r.csv"
    path.write_text(register, encoding="utf-8")
    code, said = add(tmp_path, path, "--write")
    assert code == 2 and words in said and path.read_text(encoding="utf-8") == register


def test_a_column_the_register_lacks_is_named(tmp_path: Path) -> None:
    path = tmp_path / "r.csv"
    path.write_text(SHORT, encoding="utf-8")
    words = ("--study", TURKISTAN, "--source", "desk", "--known-on", "2021-01-01", "--write")
    code, said = call("events", "correct", path, "E4", "--set", "killed_best=1", *words)
    assert code == 2 and "row 1, killed_best: there is no such column" in said
    assert path.read_text(encoding="utf-8") == SHORT


def test_a_statement_is_tried_first_then_kept_and_the_past_stays(register: Path) -> None:
    about = ("--study", TURKISTAN, "--source", "desk")
    before = shown(register, "2021-02-01")
    words = ("events", "adjudicate", register, "E4", "--label", "land", *about, "--known-on", "2021-03-01")
    held = register.read_bytes()
    code, said = call(*words)
    assert code == 0 and "Nothing was written" in said and register.read_bytes() == held
    assert call(*words, "--write")[0] == 0
    call("events", "label", register, "E4", "--voice", "residents", "--label", "water", *about,
         "--known-on", "2021-03-02", "--write")  # fmt: skip
    call("events", "withdraw", register, "C1", *about, "--known-on", "2021-03-03", "--write")
    assert shown(register, "2021-02-01") == before
    (now,) = shown(register, "2021-03-03")["events"]  # type: ignore[misc]
    assert now["adjudicated"] == "land"
    assert {(v["voice"], v["label"]) for v in now["labels"]} >= {("residents", "water"), ("media", "ethnic")}


@pytest.mark.parametrize(
    ("verb", "more", "day", "words"),
    [
        ("correct", ("--set", "outcom=faded"), "2021-03-01", "there is no such column"),
        ("correct", ("--set", "outcome=vanished"), "2021-03-01", "outcome"),
        ("correct", ("--set", "first=2022-01-01"), "2021-03-01", "when it was known"),
        ("correct", ("--set", "outcome"), "2021-03-01", "COLUMN=VALUE"),
        ("adjudicate", ("--label", "land"), "2020-01-01", "before the register's latest"),
        ("label", ("--voice", "nobody", "--label", "land"), "2021-03-01", "voice"),
    ],
)
def test_a_statement_that_cannot_be_is_refused(
    register: Path, verb: str, more: tuple[str, ...], day: str, words: str
) -> None:
    held = register.read_bytes()
    code, said = call("events", verb, register, "E4", *more, "--study", TURKISTAN, "--source", "desk",
                      "--known-on", day, "--write")  # fmt: skip
    assert code == 2 and words in said and register.read_bytes() == held
    assert call("events", verb, register, "E9", *more, "--study", TURKISTAN, "--source", "desk",
                "--known-on", "2021-03-01")[0] == 2  # fmt: skip
