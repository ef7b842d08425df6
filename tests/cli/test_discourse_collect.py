"""The commands that bring texts in, as a person meets them."""

from __future__ import annotations

import csv
import json
from functools import partial
from pathlib import Path

import pytest

from kelisim.store.looks import looks_at
from kelisim.store.texts import texts_of
from tests.cli.test_surface import call
from tests.sources.feeds.stand import news, rss, serving, watched_study
from tests.sources.posts.exports import BUILDERS, table, write

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])
CHANNEL = "channel-a,Канал,telegram,https://t.me/a,,kk,,24,no,no,"


def test_collect_tells_what_came_and_what_comes_next(tmp_path: Path) -> None:
    with serving() as stand:
        stand.pages["/rss"] = (200, {}, rss(news(4)))
        rows = [
            f"portal-a,А,portal,{stand.base},{stand.base}/rss,kk,,1,no,no,",
            f"portal-b,Б,portal,{stand.base},{stand.base}/gone,kk,,1,no,no,",
        ]
        study = watched_study(tmp_path, rows)
        code, said = call("discourse", "collect", study, "--once", "--allow-private")
        assert code == 0 and "portal-a: 4 entries, 4 new" in said
        assert "portal-b: not read: it answers with status 404" in said
        assert "2 sources looked at, 4 new texts, 1 not read. Next: kelisim discourse coverage" in said
        assert call("discourse", "collect", study, "--once", "--quiet") == (0, "")
        code, said = call("discourse", "collect", study, "--once", "--source", "portal-a")
        assert (code == 0 and "inside this house" in said) or "was not asked" in said
        assert len(list(looks_at(texts_of(study)))) == 3


def test_import_tells_all_it_met(tmp_path: Path) -> None:
    study = watched_study(tmp_path / "s", [CHANNEL])
    made = BUILDERS["telegram"][0](20)
    made["messages"].append({"id": 99, "type": "service", "date": "2024-05-01T11:00:00"})
    del made["messages"][3]["text"]
    path = tmp_path / "result.json"
    path.write_bytes(write("json", made))
    code, said = call("discourse", "import", study, path, "--platform", "telegram")
    assert code == 0 and "The format of Telegram Desktop, JSON changed: field 'text' is gone" in said
    assert "20 of 21 records read, 1 kept aside in" in said and "19 texts taken (19 new" in said
    assert "1 passed over: notice of the service." in said and "Next: kelisim discourse coverage" in said
    assert call("discourse", "import", study, path, "--quiet") == (0, "")


def test_import_of_nothing_ends_with_two(tmp_path: Path) -> None:
    study = watched_study(tmp_path / "s", [CHANNEL])
    made = BUILDERS["telegram"][0](4)
    for message in made["messages"]:
        del message["text"]
    path = tmp_path / "result.json"
    path.write_bytes(write("json", made))
    code, said = call("discourse", "import", study, path)
    assert code == 2 and "0 of 4 records read, 4 kept aside" in said
    path.write_bytes(b"")
    code, said = call("discourse", "import", study, path)
    assert code == 2 and "the file is empty" in said
    assert call("discourse", "import", study, tmp_path / "none.json")[0] == 2


def test_columns_are_named_by_a_person(tmp_path: Path) -> None:
    study = watched_study(tmp_path / "s", [CHANNEL])
    path = tmp_path / "posts.csv"
    path.write_bytes(table([{"n": "1", "words": "Ауылда жиын өтті", "when": "2024-05-01 11:00"}], ";"))
    code, said = call(
        "discourse", "import", study, path, "--column", "id=n", "--column", "text=words", "--column",
        "posted_at=when", "--kind", "comment", "--source", "channel-a",
    )  # fmt: skip
    assert code == 0 and "1 texts taken" in said
    for wrong in ("text", "word=x", "text="):
        code, said = call("discourse", "import", study, path, "--column", wrong)
        assert code == 2 and "pair such as text=message" in said
    code, said = call("discourse", "import", study, path, "--column", "id=n")
    assert code == 2 and "column of the text" in said
    code, said = call("discourse", "import", study, path, "--column", "text=none")
    assert code == 2 and "the header has: n, words, when" in said
    code, said = call("discourse", "import", study, path, "--column", "text=words", "--timezone", "Almaty")
    assert code == 2 and "is no time zone" in said


def test_coverage_in_words_and_json(tmp_path: Path) -> None:
    study = watched_study(tmp_path / "s", [CHANNEL], first="2024-05-01")
    path = tmp_path / "result.json"
    made = BUILDERS["telegram"][0](60)
    for k, message in enumerate(made["messages"]):
        message["date_unixtime"] = str(1_714_500_000 + k * 3600)
    path.write_bytes(write("json", made))
    call("discourse", "import", study, path)
    code, said = call("discourse", "coverage", study, "--until", "2024-05-10")
    assert code == 0 and "channel-a" in said and "..p-------" in said
    assert "not_collected 2024-05-04 to 2024-05-10: nobody looked at the source" in said and "Next:" in said
    code, said = call(
        "discourse", "coverage", study, "--until", "2024-05-10", "--format", "json", "--days", "3"
    )
    rows = json.loads(said)
    assert code == 0 and [row["day"] for row in rows] == ["2024-05-08", "2024-05-09", "2024-05-10"]
    assert rows[0]["expected"] is None and rows[0]["status"] == "not_collected"


def test_find_writes_proposals_and_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from kelisim.runs import discourse_finding

    hurried = partial(discourse_finding.find_sources, sleep=lambda seconds: None)
    monkeypatch.setattr(discourse_finding, "find_sources", hurried)
    with serving() as stand:
        stand.pages["/"] = (
            200,
            {},
            b"<html><link rel=alternate type='application/rss+xml' href='/f'></html>",
        )
        stand.pages["/f"] = (200, {}, rss(news(4)))
        out = tmp_path / "found.csv"
        code, said = call("discourse", "sources", "find", stand.base, "--allow-private", "--out", out)
        assert code == 0 and f"{stand.base}/f (linked; 4 entries" in said and f"Wrote {out}" in said
        with out.open(newline="", encoding="utf-8") as file:
            assert next(csv.DictReader(file))["feed"] == f"{stand.base}/f"
        code, said = call("discourse", "sources", "find", stand.base, "--allow-private", "--out", out)
        assert code == 2 and "is there already" in said


def test_a_study_without_a_watch_says_what_to_add(tmp_path: Path) -> None:
    from tests.studies import write_study

    study = write_study(tmp_path / "s")
    for verb in ("collect", "coverage"):
        code, said = call("discourse", verb, study, *(["--once"] if verb == "collect" else []))
        assert code == 2 and "add `discourse:" in said
