"""Counts over stored texts: the engine's totals are those of a plain count, and missing is never zero."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import ibis
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from kelisim.store.relations import (
    Corpus,
    covered_shares,
    frames_by,
    join_coverage,
    mentions_by,
    open_corpus,
    originals,
    spread_by_day,
    thread_metrics,
    volumes_by,
)
from kelisim.store.shards import STORED
from tests.annotators import CountingAnnotator, texts

ZONE = "Asia/Almaty"
Row = dict[str, Any]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("corpus")
    for number in range(2):
        stored = texts(400, 400 * number)
        (place / "items" / f"source=x{number}").mkdir(parents=True)
        (place / "labels").mkdir(exist_ok=True)
        pq.write_table(stored, place / "items" / f"source=x{number}" / "a.parquet")
        labels = [CountingAnnotator().annotate(batch) for batch in stored.to_batches()]
        pq.write_table(pa.Table.from_batches(labels).cast(STORED), place / "labels" / f"{number}.parquet")
    return place


@pytest.fixture(scope="module")
def corpus(folder: Path) -> Corpus:
    return open_corpus(ibis.duckdb.connect(), folder / "items", folder / "labels", ZONE)


@pytest.fixture(scope="module")
def plain(folder: Path) -> list[Row]:
    labels = {
        row["item_id"]: row
        for path in (folder / "labels").iterdir()
        for row in pq.ParquetFile(path).read().to_pylist()
    }
    rows = [
        {**labels[row["item_id"]], **row}
        for path in (folder / "items").rglob("*.parquet")
        for row in pq.ParquetFile(path).read().to_pylist()
    ]
    for row in rows:
        row["month"] = row["posted_at"].astimezone(ZoneInfo(ZONE)).strftime("%Y-%m")
    return sorted(rows, key=lambda row: (row["posted_at"], row["item_id"]))


def _as_set(table: Any) -> set[tuple[Any, ...]]:
    return {tuple(row.values()) for row in table.to_pyarrow().to_pylist()}


def test_mentions_add_up_as_in_a_plain_count(corpus: Corpus, plain: list[Row]) -> None:
    seen: set[tuple[Any, ...]] = set()
    cells: dict[tuple[Any, ...], list[int]] = defaultdict(lambda: [0, 0, 0])
    for row in plain:
        for concept, sense in {(m["concept"], m["sense"]) for m in row["mentions"]}:
            cell = cells[(row["area_id"], row["month"], concept, sense)]
            cell[0] += sum((m["concept"], m["sense"]) == (concept, sense) for m in row["mentions"])
            cell[1] += 1
            cell[2] += (row["text_key"], concept, sense) not in seen
            seen.add((row["text_key"], concept, sense))
    found = _as_set(mentions_by(corpus).drop("authors"))
    assert found == {(*cell, *counts) for cell, counts in cells.items()}
    assert sum(counts[2] for counts in cells.values()) == len(seen)


def test_frames_and_volumes_count_items_and_origins(corpus: Corpus, plain: list[Row]) -> None:
    frames = frames_by(corpus).to_pyarrow().to_pylist()
    assert sum(row["items"] for row in frames) == sum(bool(row["frames"]) for row in plain)
    volumes = volumes_by(corpus).to_pyarrow().to_pylist()
    assert sum(row["items"] for row in volumes) == len(plain)
    assert sum(row["texts"] for row in volumes) == len({row["text_key"] for row in plain})


def test_the_original_is_the_first_of_equal_texts(corpus: Corpus, plain: list[Row]) -> None:
    first: dict[int, int] = {}
    for row in plain:
        first.setdefault(row["text_key"], row["item_id"])
    found = originals(corpus).to_pyarrow()
    assert sorted(found["item_id"].to_pylist()) == sorted(first.values())


def test_a_family_is_one_origin(corpus: Corpus, plain: list[Row]) -> None:
    ids = [row["item_id"] for row in plain]
    families = ibis.memtable(pa.table({"item_id": ids, "family_id": [1] * len(ids)}))
    found = mentions_by(corpus, families).to_pyarrow()
    assert sum(found["texts"].to_pylist()) == 1
    assert sum(found["items"].to_pylist()) == sum(bool(row["mentions"]) for row in plain)


def test_only_the_last_version_of_an_item_counts(tmp_path: Path) -> None:
    stored = texts(3)
    old = stored.slice(0, 1).append_column("version", pa.array([1], pa.int32()))
    new = stored.append_column("version", pa.array([2, 1, 1], pa.int32()))
    for name in ("items", "labels"):
        (tmp_path / name).mkdir()
    pq.write_table(pa.concat_tables([old, new]), tmp_path / "items" / "a.parquet")
    labels = CountingAnnotator().annotate(stored.combine_chunks().to_batches()[0])
    pq.write_table(pa.Table.from_batches([labels]).cast(STORED), tmp_path / "labels" / "a.parquet")
    corpus = open_corpus(ibis.duckdb.connect(), tmp_path / "items", tmp_path / "labels", ZONE)
    assert corpus.items.count().to_pyarrow().as_py() == 3


def test_threads_count_comments_and_hours(corpus: Corpus, plain: list[Row]) -> None:
    found = {row["item_id"]: row for row in thread_metrics(corpus).to_pyarrow().to_pylist()}
    assert set(found) == {row["item_id"] for row in plain if row["kind"] == "post"}
    assert {(row["comments_kept"], row["hours_to_last_comment"]) for row in found.values()} == {(3, 3.0)}


def test_spread_tells_days_sources_and_what_is_outside(corpus: Corpus, plain: list[Row]) -> None:
    chosen = ibis.memtable(pa.table({"item_id": [row["item_id"] for row in plain]}))
    days = spread_by_day(corpus, chosen, "SY1").to_pyarrow().to_pylist()
    assert sum(day["items"] for day in days) == len(plain)
    assert sum(day["items_outside"] for day in days) == sum(row["area_id"] != "SY1" for row in plain)
    assert [day["local_day"] for day in days] == sorted(day["local_day"] for day in days)


@pytest.mark.parametrize("zone", ["Asia/Almaty", "Europe/Berlin", "UTC"])
def test_months_are_those_of_the_local_calendar(zone: str, tmp_path: Path) -> None:
    # Kazakhstan moved to one zone on 1 March 2024; Berlin changes twice a year.
    moments = [datetime(2024, 2, 29, 18, 0, tzinfo=UTC) + timedelta(minutes=k * 7) for k in range(60)]
    moments += [datetime(2023, 1, 1, tzinfo=UTC) + timedelta(hours=k * 11) for k in range(1_000)]
    stored = texts(len(moments)).drop_columns(["posted_at"])
    stored = stored.append_column("posted_at", pa.array(moments, pa.timestamp("us", tz="UTC")))
    for name in ("items", "labels"):
        (tmp_path / name).mkdir()
    pq.write_table(stored, tmp_path / "items" / "a.parquet")
    pq.write_table(STORED.empty_table(), tmp_path / "labels" / "a.parquet")
    corpus = open_corpus(ibis.duckdb.connect(), tmp_path / "items", tmp_path / "labels", zone)
    found = corpus.items.order_by("item_id").select("local_day").to_pyarrow()["local_day"].to_pylist()
    assert found == [moment.astimezone(ZoneInfo(zone)).date() for moment in moments]


def test_no_time_is_counted_last_and_in_no_month(tmp_path: Path) -> None:
    stored = texts(2, text=["бір сөз", "бір сөз"]).set_column(
        5, "posted_at", pa.array([None, 1_700_000_000_000_000], pa.timestamp("us", tz="UTC"))
    )
    for name in ("items", "labels"):
        (tmp_path / name).mkdir()
    pq.write_table(stored, tmp_path / "items" / "a.parquet")
    labels = CountingAnnotator().annotate(stored.combine_chunks().to_batches()[0])
    pq.write_table(pa.Table.from_batches([labels]).cast(STORED), tmp_path / "labels" / "a.parquet")
    corpus = open_corpus(ibis.duckdb.connect(), tmp_path / "items", tmp_path / "labels", ZONE)
    assert originals(corpus).to_pyarrow()["item_id"].to_pylist() == [1]
    assert {row["month"] for row in volumes_by(corpus).to_pyarrow().to_pylist()} == {None, "2023-11"}


def test_a_silent_source_makes_a_month_missing_and_a_quiet_one_zero() -> None:
    days = [datetime(2024, month, day).date() for month in (1, 2) for day in range(1, 29)]
    table = pa.table(
        {
            "source_id": ["a", "b"] * len(days),
            "lang": ["kk"] * 2 * len(days),
            "day": [day for day in days for _ in "ab"],
            "expected": [10.0] * 2 * len(days),
            "got": [9] * 2 * len(days),
            "status": [
                "outage" if source == "b" and day.month == 2 else "ok" for day in days for source in "ab"
            ],
        }
    )
    sources = ibis.memtable(pa.table({"source_id": ["a", "b"], "area_id": ["SY1", "SY2"]}))
    counts = ibis.memtable(
        pa.table(
            {
                "area_id": ["SY1", "SY2"],
                "month": ["2024-01", "2024-02"],
                "concept": ["uzbek", "uzbek"],
                "items": [4, 1],
                "texts": [4, 1],
            }
        )
    )
    covered = covered_shares(ibis.memtable(table), sources)
    found = _as_set(join_coverage(counts, covered, 0.8))
    assert found == {
        ("SY1", "2024-01", "uzbek", 1.0, 4, 4),
        ("SY1", "2024-02", "uzbek", 1.0, 0, 0),
        ("SY2", "2024-01", "uzbek", 1.0, 0, 0),
        ("SY2", "2024-02", "uzbek", 0.0, None, None),
    }


def test_a_day_that_is_not_over_is_not_read_and_one_without_expectation_weighs_as_one_text() -> None:
    table = pa.table(
        {
            "source_id": ["a"] * 4,
            "lang": ["kk"] * 4,
            "day": [datetime(2024, 1, day).date() for day in range(1, 5)],
            "expected": [3.0, None, None, 50.0],
            "got": [3, 0, 2, 40],
            "status": ["ok", "ok", "late", "retired"],
        }
    )
    sources = ibis.memtable(pa.table({"source_id": ["a"], "area_id": ["SY1"]}))
    assert _as_set(covered_shares(ibis.memtable(table), sources)) == {("SY1", "2024-01", 4 / 5)}
