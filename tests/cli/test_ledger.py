"""The ledger from the command line: from a template to a judged warning, and everything that is refused."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, time
from pathlib import Path

import pytest

from kelisim.cli import ledger as commands
from kelisim.cli import ledger_options
from kelisim.store.ledger_file import read_lines
from tests.cli.test_surface import call
from tests.forecasting.ledgers import body

DUE = date(2026, 7, 30)


@pytest.fixture
def today(monkeypatch: pytest.MonkeyPatch) -> list[date]:
    """The day on which commands believe to be; change its only element to move in time."""
    day = [date(2026, 3, 1)]
    for module in (commands, ledger_options):
        monkeypatch.setattr(module, "now", lambda: datetime.combine(day[0], time(12), tzinfo=UTC))
    return day


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "areas.csv").write_text("area_id,name\nD1,one\nD2,two\n", encoding="utf-8")
    return tmp_path


def issue(folder: Path, *bodies: dict[str, object], more: tuple[str, ...] = ()) -> tuple[int, str]:
    document = folder / "warnings.yaml"
    document.write_text(json.dumps({"warnings": list(bodies)}, indent=1), encoding="utf-8")
    areas = ("--areas", folder / "areas.csv")
    return call("ledger", "issue", folder / "l.jsonl", document, *areas, *more)


def judge(folder: Path, person: str, outcome: str = "did_not_happen", *more: str) -> tuple[int, str]:
    words = ("--outcome", outcome, "--person", person, "--role", "reviewer", *more)
    return call("ledger", "resolve", folder / "l.jsonl", "w1", *words)


def test_a_warning_from_issue_to_score(folder: Path, today: list[date]) -> None:
    assert issue(folder, body("w1"), body("w2", area_id="D2"))[0] == 0
    acting = ("--action", "m-1", "--expects", "e-1", "--on", "2026-03-01", "--role", "area_officer")
    assert call("ledger", "act", folder / "l.jsonl", "w1", *acting)[0] == 0
    today[0] = DUE
    code, shown = call("ledger", "show", folder / "l.jsonl", "--due")
    assert code == 0 and "w1" in shown and "0.3" not in shown
    assert judge(folder, "A-1", "acted_upon", "--action", "m-1")[0] == 0
    assert judge(folder, "b-2", "acted_upon", "--action", "m-1")[0] == 0
    code, shown = call("ledger", "score", folder / "l.jsonl", "--format", "json")
    whole = json.loads(shown)["whole"]
    assert code == 0 and whole["counts"]["acted_upon"] == 1 and whole["scored"] == 2
    assert (whole["came_true"]["lowest"], whole["came_true"]["highest"]) == (0.0, 1.0)
    code, shown = call("ledger", "score", folder / "l.jsonl", "--by", "area")
    assert code == 0 and "too few to judge" in shown and "whatever the unknown outcomes were" in shown
    assert "A-1" not in (folder / "l.jsonl").read_text(encoding="utf-8")


def test_two_persons_are_told_apart_however_they_are_spelled(folder: Path, today: list[date]) -> None:
    issue(folder, body("w1", kind="human_warning", role="analyst"), more=("--person", "Anna 7"))
    today[0] = DUE
    code, said = judge(folder, " anna  7 ")
    assert code == 2 and "issued the warning" in said
    assert judge(folder, "B")[0] == 0
    code, said = judge(folder, "b")
    assert code == 2 and "judged it already" in said


def test_all_faults_come_in_one_message_and_nothing_is_written(folder: Path, today: list[date]) -> None:
    assert issue(folder, body("w1"))[0] == 0
    before = (folder / "l.jsonl").read_bytes()
    code, said = issue(
        folder,
        body("w1"),
        body("w2", probability=1.2, area_id="D9", as_of="2026-03-05"),
        body("w3", rule={"first": "2026-01-01", "last": "2026-02-01"}, role="analyst"),
        body("w4", as_of="2026-02-31"),
        body("w5"), body("w5"),
    )  # fmt: skip
    assert code == 2
    for part in ("with the same content", "does not lie between 0 and 1", "'D9' is not in the list",
                 "lies after today", "horizon is past", "say who with --person", "no day of the calendar",
                 "stands twice in this file"):  # fmt: skip
        assert part in said, part
    assert all("row" in line for line in said.splitlines()[1:])
    assert (folder / "l.jsonl").read_bytes() == before


def test_a_refused_beginning_leaves_no_ledger(folder: Path, today: list[date]) -> None:
    assert issue(folder, body(probability=0))[0] == 2
    assert not (folder / "l.jsonl").exists()
    assert issue(folder, body(), more=("--dry-run",))[0] == 0
    assert not (folder / "l.jsonl").exists()


def test_the_template_is_refused_until_it_is_filled_in(folder: Path, today: list[date]) -> None:
    code, template = call("ledger", "issue", "--template")
    (folder / "t.yaml").write_text(template, encoding="utf-8")
    where = (folder / "l.jsonl", folder / "t.yaml", "--areas", folder / "areas.csv", "--person", "A")
    code, said = call("ledger", "issue", *where)
    assert code == 2 and "holds no word" in said
    filled = template.replace('"..."', "word")
    (folder / "t.yaml").write_text(filled, encoding="utf-8")
    today[0] = date(2026, 10, 1)
    assert call("ledger", "issue", *where)[0] == 0


def test_verify_says_what_was_done_to_the_file(folder: Path, today: list[date]) -> None:
    issue(folder, body("w1"), body("w2"))
    path = folder / "l.jsonl"
    code, said = call("ledger", "verify", path, "--format", "json")
    head = json.loads(said)["head"]
    assert code == 0 and json.loads(said)["lines"] == 3
    whole = path.read_bytes()
    path.write_bytes(whole + b'{"torn')
    code, said = call("ledger", "verify", path)
    assert code == 0 and "6 bytes" in said
    for changed, what in (
        (whole.replace(b"0.3", b"0.4", 1), "line 2 is altered"),
        (b"".join(whole.splitlines(True)[:2]), "line 3 is truncated"),
        (b"".join(whole.splitlines(True)[::2]), "line 2 is missing"),
    ):
        path.write_bytes(changed)
        code, said = call("ledger", "verify", path)
        assert code == 1 and what in said
    path.write_bytes(whole)
    assert call("ledger", "verify", path, "--head", head)[0] == 0
    assert call("ledger", "verify", path, "--head", f"9:{head.partition(':')[2]}")[0] == 1
    assert call("ledger", "verify", path, "--head", "nonsense")[0] == 2
    assert call("ledger", "verify", folder / "other.jsonl")[0] == 2
    (folder / ".l.jsonl.head").unlink()
    assert "No head was compared" in call("ledger", "verify", path)[1]


def test_a_clock_that_goes_back_is_refused_until_it_is_explained(folder: Path, today: list[date]) -> None:
    issue(folder, body("w1"))
    today[0] = date(2026, 2, 20)
    earlier = body("w2", as_of="2026-02-19", rule={"first": "2026-03-02"})
    code, said = issue(folder, earlier)
    assert code == 2 and "the clock says 2026-02-20" in said and "2026-03-01" in said
    assert issue(folder, earlier, more=("--clock-was-ahead",))[0] == 0
    note = read_lines(folder / "l.jsonl").lines[2]
    assert (note.kind, note.body["ahead"]) == ("clock", "2026-03-01T12:00:00Z")
    code, said = issue(folder, body("w3", as_of="2026-02-19"), more=("--clock-was-ahead",))
    assert code == 2 and "not behind" in said


def test_a_lost_key_is_missed_and_not_replaced(folder: Path, today: list[date]) -> None:
    issue(folder, body("w1"))
    key = folder / ".l.jsonl.key"
    assert key.stat().st_mode & 0o077 == 0
    key.unlink()
    code, said = judge(folder, "A", "happened", "--event", "e", "--on", "2026-03-10")
    assert code == 2 and "put a copy" in said and not key.exists()
    key.write_text("00" * 32, encoding="ascii")
    key.chmod(0o600)
    assert "not the one of this ledger" in judge(folder, "A")[1]


def test_a_study_declares_the_areas_of_its_ledger(tmp_path: Path, today: list[date]) -> None:
    study = tmp_path / "region"
    assert call("init", study)[0] == 0
    document = tmp_path / "w.yaml"
    document.write_text(json.dumps({"warnings": [body(area_id="D9")]}), encoding="utf-8")
    code, said = call("ledger", "issue", study, document)
    assert code == 2 and "no area of the study" in said
    area = (study / "data" / "areas.csv").read_text(encoding="utf-8").splitlines()[1].split(",")[0]
    document.write_text(json.dumps({"warnings": [body(area_id=area)]}), encoding="utf-8")
    assert call("ledger", "issue", study, document)[0] == 0
    first = read_lines(study / "ledger.jsonl").lines[0]
    assert first.body["synthetic"] is True
    assert (study / ".kelisim" / ".gitignore").read_text(encoding="utf-8") == "*\n"
    assert call("check", study)[0] in (0, 1)


def test_what_was_missed_is_told_from_a_list_of_events(folder: Path, today: list[date]) -> None:
    issue(folder, body("w1"))
    events = folder / "events.csv"
    events.write_text(
        "event_id,date,area_id,kind,severity\ne1,2026-03-10,D1,clash,2\ne2,2026-03-11,D2,clash,\n"
    )
    today[0] = DUE
    code, said = call("ledger", "score", folder / "l.jsonl", "--events", events)
    assert code == 0 and "50%" in said and "Missed: e2" in said
    events.write_text("event_id,date,area_id,kind,severity\ne1,2026-13-10,D1,clash,high\ne1,2026-03-01,,x,\n")
    code, said = call("ledger", "score", folder / "l.jsonl", "--events", events)
    assert code == 2 and "3 faults" in said


def test_a_judge_is_shown_what_the_rule_reads_and_still_has_to_judge(folder: Path, today: list[date]) -> None:
    issue(folder, body("w1"))
    file, events = folder / "l.jsonl", folder / "events.csv"
    events.write_text("event_id,date,area_id,kind,severity\ne9,2026-03-20,D1,clash,2\n", encoding="utf-8")
    today[0] = DUE
    due = call("ledger", "show", file, "--due", "--events", events)[1]
    assert "rule reads: it happened, first on 2026-03-20: e9" in due and "probability" not in due
    assert "rule reads" not in call("ledger", "show", file, "--due")[1]
    told = json.loads(call("ledger", "show", file, "--format", "json")[1])
    assert told[0]["state"] == "due", "a program judges nothing"


def test_the_past_is_shown_as_it_was_known(folder: Path, today: list[date]) -> None:
    issue(folder, body("w1"))
    today[0] = DUE
    judge(folder, "A")
    judge(folder, "B")
    told = json.loads(call("ledger", "show", folder / "l.jsonl", "w1", "--format", "json")[1])
    assert told[0]["state"] == "did_not_happen"
    before = call("ledger", "show", folder / "l.jsonl", "w1", "--format", "json", "--on", "2026-07-29")[1]
    assert json.loads(before)[0]["state"] == "running"
    assert (
        json.loads(call("ledger", "show", folder / "l.jsonl", "--format", "json", "--on", "2026-02-01")[1])
        == []
    )
    assert call("ledger", "show", folder / "l.jsonl", "w9")[0] == 2
