"""Whole jobs of the bench of discourse: texts in Parquet to counts by month and district, timed, weighed."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import ibis
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from discourse_kernels import column, drawn

from kelisim.annotation.families import shared_runs
from kelisim.annotation.normalise import normalise
from kelisim.annotation.signatures import FEWEST_WORDS
from kelisim.runs.annotate_pool import annotate_shards
from kelisim.store.families import families
from kelisim.store.relations import mentions_by, open_corpus

SHARD_ROWS = 125_000
ZONE = "Asia/Almaty"


@dataclass
class Weighed:
    """Seconds by the clock and of the processor, and the most memory a process and those below it held."""

    seconds: float = 0.0
    processor: float = 0.0
    peak_mb: float = 0.0


def write_items(folder: Path, shards: int) -> Path:
    """Shards of 125,000 texts over one year, 17 districts and 200 sources, as the store keeps them."""
    place = folder / "items"
    place.mkdir()
    for number in range(shards):
        rng = np.random.default_rng([number, 5])
        ids = np.arange(SHARD_ROWS) + number * SHARD_ROWS
        source = rng.integers(0, 200, SHARD_ROWS)
        names = {
            "source_id": [f"s{k}" for k in range(200)],
            "platform": ["portal", "vk", "telegram", "instagram"],
            "kind": ["post", "comment", "comment"],
            "area_id": [f"A{k}" for k in range(17)],
        }
        codes = {"source_id": source, "platform": source % 4, "kind": ids % 3, "area_id": source % 17}
        posted = 1_690_000_000_000_000 + (rng.random(SHARD_ROWS) * 365 * 86_400e6).astype(np.int64)
        made = {
            "item_id": pa.array(ids),
            **{
                name: pa.DictionaryArray.from_arrays(pa.array(codes[name].astype(np.int32)), listed)
                for name, listed in names.items()
            },
            "parent_id": pa.array(np.where(ids % 3, ids - ids % 3, -1), mask=ids % 3 == 0),
            "posted_at": pa.array(posted, pa.timestamp("us", tz="UTC")),
            "author_key": pa.array([f"{k:016d}".encode() for k in rng.integers(0, 40_000, SHARD_ROWS)]),
            "text": column(drawn(number, SHARD_ROWS)),
        }
        pq.write_table(pa.table(made), place / f"{number:04d}.parquet", compression="zstd")
    return place


def through_pool(
    items: Path, out: Path, load: Callable[[], Any], workers: int
) -> tuple[Weighed, Weighed, int]:
    """Annotate with the pool and count with DuckDB; returns both weights and the mentions counted."""
    with weighed() as annotated:
        annotate_shards(items, out, load=load, workers=workers)
    with weighed() as counted:
        connection = ibis.duckdb.connect()
        connection.raw_sql(f"SET threads = {workers}")
        found = mentions_by(open_corpus(connection, items, out, ZONE)).to_pyarrow()
    return annotated, counted, int(sum(found["mentions"].to_pylist()))


def near_duplicates(items: Path, labels: Path) -> str:
    """Families of a corpus whose edits are known: cost, and what share of the edits they hold together."""
    with weighed() as found:
        connection = ibis.duckdb.connect()
        connection.raw_sql("SET threads = 2")
        made = families(open_corpus(connection, items, labels, ZONE))
    order = np.argsort(made.table["item_id"].to_numpy())
    family = made.table["family_id"].to_numpy()[order]
    held: dict[float, list[bool]] = {0.7: [], 0.8: []}
    for shard in range(2):
        texts = drawn(shard, SHARD_ROWS)
        view = normalise(column(texts))
        for row in np.flatnonzero(texts.edited).tolist():
            one, other = view.text(row), view.text(int(texts.origin[row]))
            if one != other and min(len(one.split()), len(other.split())) >= FEWEST_WORDS:
                alike = shared_runs(one, other)
                same = family[shard * SHARD_ROWS + row] == family[shard * SHARD_ROWS + int(texts.origin[row])]
                for least in held:
                    if alike >= least:
                        held[least].append(bool(same))
    recall = "; ".join(f"{np.mean(kept):.3f} of {len(kept):,} at {least}" for least, kept in held.items())
    return (
        f"Families of near-duplicates: {found.seconds:.1f} s ({found.processor:.1f} of the processor, "
        f"{found.peak_mb:.0f} MB), {made.pairs:,} candidates, {made.alike:,} of them alike; every pair is "
        "compared exactly. Planted edits of 8 words and more that a family holds, by similarity of at least: "
        f"{recall}."
    )


def through_spark(items: Path, out: Path, load: Callable[[], Any]) -> tuple[float, Weighed, int]:
    """The same kernel and the same counts on Spark with two cores of this machine; start told apart."""
    from kelisim.store.cluster import annotate_on_cluster, spark_session

    began = time.perf_counter()
    settings = {
        "spark.driver.memory": "1500m",
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
    }
    session = spark_session("local[2]", settings)
    started = time.perf_counter() - began
    with weighed() as job:
        annotate_on_cluster(session, items, out, load)
        found = mentions_by(open_corpus(ibis.pyspark.connect(session), items, out, ZONE)).to_pyarrow()
    session.stop()
    return started, job, int(sum(found["mentions"].to_pylist()))


@contextmanager
def weighed() -> Iterator[Weighed]:
    """Time a block and watch the memory of this process and of all below it (shared pages divided)."""
    result, stop = Weighed(), threading.Event()

    def watch() -> None:
        while not stop.wait(0.15):
            result.peak_mb = max(result.peak_mb, _megabytes())

    watcher = threading.Thread(target=watch)
    watcher.start()
    began, used = time.perf_counter(), _processor()
    try:
        yield result
    finally:
        result.seconds, result.processor = time.perf_counter() - began, _processor() - used
        stop.set()
        watcher.join()


def _processor() -> float:
    """Seconds of the processor of this process and of those below it that have ended."""
    told = os.times()
    return told.user + told.system + told.children_user + told.children_system


def _megabytes() -> float:
    total, waiting = 0, [Path("/proc/self")]
    while waiting:
        process = waiting.pop()
        try:
            pages = (process / "smaps_rollup").read_text()
            total += int(pages.partition("\nPss:")[2].split()[0])
            for task in (process / "task").iterdir():
                waiting += [Path("/proc") / child for child in (task / "children").read_text().split()]
        except (OSError, IndexError, ValueError):
            continue
    return total / 1024
