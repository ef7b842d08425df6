"""Imports into a study: routing to sources, nothing twice, a changed format told and its days missing."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from kelisim.core.errors import Refused, UnknownName
from kelisim.runs.discourse_coverage import coverage_of
from kelisim.runs.discourse_import import ImportedTexts, import_export
from kelisim.store.looks import looks_at
from kelisim.store.texts import TextStore, texts_of
from tests.runs.test_discourse_collect import everything
from tests.sources.feeds.stand import watched_study
from tests.sources.posts.exports import BUILDERS, COLUMNS, WHEN, table, write
from tests.store.texts import bytes_below

ROWS = [
    "channel-a,Канал,telegram,https://t.me/kanal_a,,kk,,24,no,no,",
    "page-a,Бет А,instagram,https://www.instagram.com/page_a/,,kk,,24,no,no,",
    "page-b,Бет Б,instagram,https://www.instagram.com/page_b/,,ru,,24,no,no,",
    "vk-a,Тақта,vk,https://vk.com/public77,,kk,,24,no,no,",
    "vk-b,Доска,vk,https://vk.com/club78,,ru,,24,no,no,",
]


@pytest.fixture
def study(tmp_path: Path) -> Path:
    return watched_study(tmp_path / "study", ROWS, first="2024-04-01")


def take(study: Path, data: bytes, **how: Any) -> ImportedTexts:
    path = study.parent / "export"
    path.write_bytes(data)
    given = {"platform": "", "source_id": None, "columns": {}, "kind": "post", "sheet": None, **how}
    return import_export(study, path, **given)


def texts(study: Path) -> list[dict[str, Any]]:
    return TextStore(texts_of(study)).read().to_pylist()


def test_importing_again_changes_no_text(study: Path) -> None:
    data = write("json", BUILDERS["telegram"][0](50))
    first = take(study, data)
    assert (first.read, first.taken, first.new, first.by_source) == (50, 50, 50, {"channel-a": 50})
    before = bytes_below(texts_of(study) / "items")
    second = take(study, data)
    assert (second.new, second.known) == (0, 50) and bytes_below(texts_of(study) / "items") == before
    longer = BUILDERS["telegram"][0](60)
    longer["messages"][0]["text"] = "Түзетілді"
    third = take(study, write("json", longer))
    assert (third.new, third.edited, third.known) == (10, 1, 49)


def test_records_go_to_the_source_whose_account_they_stood_on(study: Path) -> None:
    made = BUILDERS["vk"][0](6)
    for k, post in enumerate(made["response"]["items"]):
        post["owner_id"] = (-77, -78, -99)[k % 3]
    done = take(study, write("json", made))
    assert done.by_source == {"vk-a": 2, "vk-b": 2}
    (reason,) = done.aside
    assert done.aside[reason] == 2 and "--source" in reason and done.aside_file is not None
    named = take(study, write("json", made), source_id="vk-b")
    assert named.by_source == {"vk-b": 6}
    zee = take(study, write("lines", BUILDERS["zeeschuimer"][0](3)))
    assert zee.by_source == {"page-a": 3}


def test_a_platform_nobody_watches_is_refused(study: Path) -> None:
    with pytest.raises(Refused, match="no source of youtube is watched"):
        take(study, write("json", BUILDERS["youtube"][0](3)))
    with pytest.raises(Refused, match="which it does not say itself"):
        take(study, write("csv", BUILDERS["fourcat"][0](3)))
    with pytest.raises(UnknownName, match="vk-a"):
        take(study, b"{}", source_id="vk-x")
    assert take(study, write("csv", BUILDERS["fourcat"][0](3)), source_id="vk-a").taken == 3


def test_a_changed_format_is_told_and_its_days_are_missing(study: Path) -> None:
    made = BUILDERS["telegram"][0](1310)
    for k, message in enumerate(made["messages"]):
        message["date_unixtime"] = str(WHEN + k * 600)
        if k % 12 == 5 and k < 1276:
            del message["text"]
    done = take(study, write("json", made))
    assert sum(done.gone.values()) == 106 and done.aside_file is not None
    assert done.changed == (
        "the format of Telegram Desktop, JSON changed: field 'text' is gone; "
        f"1,204 of 1,310 records read, 106 kept aside in {done.aside_file}"
    )
    assert len(done.aside_file.read_text(encoding="utf-8").splitlines()) == 107
    again = take(study, write("json", made))
    assert len(done.aside_file.read_text(encoding="utf-8").splitlines()) == 107 and again.known == 1204
    # Nine of ten can be read, so the days count; where most are lost they do not.
    ok = {
        row.day
        for row in coverage_of(study, until=date(2024, 5, 20), only=["channel-a"])
        if row.status == "ok"
    }
    assert date(2024, 5, 5) in ok
    other = study.parent / "other"
    watched_study(other, ROWS, first="2024-04-01")
    for message in made["messages"][:600]:
        message.pop("text", None)
    assert take(other, write("json", made)).gone
    rows = coverage_of(other, until=date(2024, 5, 20), only=["channel-a"])
    assert {row.status for row in rows} <= {"outage", "not_collected"}
    assert not next(iter(looks_at(texts_of(other)))).ok


def test_days_between_imports_are_not_collected(study: Path) -> None:
    made = BUILDERS["telegram"][0](200)
    for k, message in enumerate(made["messages"]):
        message["date_unixtime"] = str(WHEN + k * 3600)
    take(study, write("json", made))
    rows = coverage_of(study, until=date(2024, 5, 31), only=["channel-a"])
    by_day = {row.day: row.status for row in rows}
    assert by_day[date(2024, 4, 30)] == "not_collected" and by_day[date(2024, 5, 1)] == "partial"
    assert {by_day[date(2024, 5, day)] for day in range(2, 9)} == {"ok"}
    assert by_day[date(2024, 5, 20)] == by_day[date(2024, 5, 31)] == "not_collected"


def test_languages_of_annotations_split_the_ledger(study: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    take(study, write("json", BUILDERS["telegram"][0](9)))
    ids = [one["item_id"] for one in texts(study)]
    folder = study / ".kelisim/annotations"
    folder.mkdir()
    lang = pa.array(["kk"] * 5 + ["ru"] * 4).dictionary_encode()
    pq.write_table(pa.table({"item_id": ids, "lang": lang}), folder / "part.parquet")
    rows = coverage_of(study, until=date(2024, 5, 3), only=["channel-a"])
    got = {lang: sum(row.got for row in rows if row.lang == lang) for lang in ("kk", "ru", "und")}
    assert got == {"kk": 5, "ru": 4, "und": 0}


def test_the_ledger_is_kept_for_whoever_joins_it(study: Path) -> None:
    from kelisim.store.parquet import read_table

    take(study, write("json", BUILDERS["telegram"][0](9)))
    rows = coverage_of(study)
    assert rows
    table_ = read_table(texts_of(study) / "coverage.parquet")
    assert len(table_) == len(rows) and len(rows) % len(ROWS) == 0 and len(rows) > 33 * len(ROWS)
    assert table_.column_names == [
        "source_id",
        "lang",
        "day",
        "expected",
        "low",
        "high",
        "got",
        "status",
        "reason",
    ]


def test_dropping_what_leads_to_authors_changes_no_count(study: Path) -> None:
    made = BUILDERS["telegram"][0](30)
    take(study, write("json", made))
    for message in made["messages"]:
        message["from_id"] = "channel77"
        message["from"] = None
    assert take(study, write("json", made)).known == 30


def test_no_profile_survives_an_import(study: Path) -> None:
    secrets = ["Айдана Тестова", "aidana_secret", "871231300123", "77015556677", "user991199", "991199"]
    message = {
        "type": "message",
        "date": "2024-05-01T11:00:00",
        "date_unixtime": str(WHEN),
        "from": secrets[0],
        "from_id": secrets[4],
    }
    marked = {"type": "mention_name", "text": secrets[0], "user_id": 991199}
    recent = [{"from": secrets[0], "from_id": secrets[4]}]
    whole = {
        **message,
        "id": 1,
        "text": [f"@{secrets[1]} {secrets[2]} {secrets[3]} ", marked],
        "reactions": [{"type": "emoji", "count": 1, "recent": recent}],
    }
    group = {
        "name": "Канал",
        "type": "public_supergroup",
        "id": 55,
        "messages": [whole, {**message, "id": 2}],
    }
    vk = BUILDERS["vk"][0](2)
    vk["response"]["profiles"] = [{"id": 991199, "first_name": "Айдана", "last_name": "Тестова", "sex": 1}]
    vk["response"]["items"][0] |= {
        "from_id": 991199,
        "signer_id": 991199,
        "text": f"[id991199|{secrets[0]}], иә",
    }
    take(study, json.dumps(group, ensure_ascii=False).encode())
    take(study, write("json", vk), source_id="vk-a")
    rows = [{**row, "who": secrets[1]} for row in BUILDERS["plain"][0](3)]
    take(study, table(rows), columns=COLUMNS, source_id="vk-a")
    assert len(texts(study)) == 6
    for path, text in everything(texts_of(study)):
        for secret in secrets:
            assert secret not in text, (path, secret)


def test_progress_is_told_and_undated_texts_are_counted(study: Path) -> None:
    rows = [{"number": str(k), "message": f"Мәтін {k}", "date": "", "who": "a"} for k in range(120)]
    done = take(study, table(rows), columns=COLUMNS, source_id="vk-a", kind="comment")
    assert done.undated == 120 and {one["day"] for one in texts(study)} == {None}
    assert next(iter(looks_at(texts_of(study)))).covers_to is None


def test_what_was_collected_now_is_seen_now(study: Path) -> None:
    now = datetime.now(UTC)
    made = BUILDERS["telegram"][0](3)
    for k, message in enumerate(made["messages"]):
        message["date_unixtime"] = str(int((now - timedelta(hours=k)).timestamp()))
    take(study, write("json", made))
    rows = coverage_of(study, only=["channel-a"])
    assert rows[-1].day == now.astimezone(ZoneInfo("Asia/Almaty")).date()
