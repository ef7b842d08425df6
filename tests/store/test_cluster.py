"""A cluster of two workers gives the rows of the pool and the totals of DuckDB, and may lose one of them."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import ibis
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from kelisim.annotation.kernel import load
from kelisim.runs.annotate_pool import annotate_shards
from kelisim.simulation.corpus.short_texts import short_texts, vocabulary
from kelisim.store.shards import STORED
from tests.annotators import CountingAnnotator, texts
from tests.store.spark_cluster import kill_group, spark_cluster
from tests.store.totals import totals

pytest.importorskip("pyspark", reason="Spark is not installed (`make .venv/cluster-ready`)")
pytestmark = [
    pytest.mark.proof,
    pytest.mark.skipif(shutil.which("java") is None, reason="no Java (Debian: default-jre-headless)"),
]
ROOT = Path(__file__).parents[2]
_JOB_SECONDS = 300


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """100,000 texts in eight files."""
    folder = tmp_path_factory.mktemp("texts")
    rng = np.random.default_rng(1)
    words = vocabulary(rng)
    for number in range(8):
        drawn = short_texts(words, rng, 12_500)
        column = pa.LargeStringArray.from_buffers(
            12_500, pa.py_buffer(drawn.offsets), pa.py_buffer(drawn.letters)
        )
        rows = texts(12_500, 12_500 * number, text=column.to_pylist())
        (folder / f"source=s{number}").mkdir()
        pq.write_table(rows, folder / f"source=s{number}" / "a.parquet")
    return folder


@pytest.fixture(scope="module")
def made(store: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the driver wrote; a worker is killed when both are in the middle of the last task."""
    folder, seen = tmp_path_factory.mktemp("made"), tmp_path_factory.mktemp("seen")
    path = f"{ROOT}{os.pathsep}{os.environ.get('PYTHONPATH', '')}"
    environment = {"PYTHONPATH": path, "STAND_IN_FOLDER": str(seen), "STAND_IN_SECONDS": "0.8"}
    command = [sys.executable, "-W", "ignore", "-m", "tests.store.spark_driver"]
    with spark_cluster(tmp_path_factory.mktemp("cluster"), 2) as cluster:
        log = folder / "driver.log"
        with log.open("wb") as said:
            driver = subprocess.Popen(
                [*command, cluster.master, str(store), str(folder)],
                env=os.environ | environment | {"PYSPARK_PYTHON": sys.executable},
                start_new_session=True,
                stdout=said,
                stderr=said,
                cwd=ROOT,
            )
        try:
            until = time.monotonic() + _JOB_SECONDS
            while len(list(seen.iterdir())) < 2 and driver.poll() is None and time.monotonic() < until:
                time.sleep(0.05)
            assert driver.poll() is None and len(list(seen.iterdir())) == 2, "both were to be at work"
            kill_group(cluster.workers[0])
            assert driver.wait(until - time.monotonic()) == 0
        except (AssertionError, subprocess.TimeoutExpired) as error:
            raise AssertionError(log.read_text(errors="replace")[-3_000:]) from error
        finally:
            kill_group(driver)
    return folder


def _rows(folder: Path) -> pa.Table:
    parts = [pq.ParquetFile(path).read() for path in sorted(folder.rglob("*.parquet"))]
    whole = pa.concat_tables([part.replace_schema_metadata() for part in parts])
    return whole.sort_by("item_id").combine_chunks()


def test_two_workers_give_the_rows_of_the_pool(made: Path, store: Path, tmp_path: Path) -> None:
    annotate_shards(store, tmp_path, load=load, workers=1)
    here = _rows(tmp_path)
    assert here.num_rows == 100_000
    assert _rows(made / "labels").to_pylist() == here.to_pylist()


def test_spark_counts_what_duckdb_counts(made: Path, store: Path) -> None:
    counted = json.loads((made / "totals.json").read_text(encoding="utf-8"))
    own = totals(ibis.duckdb.connect(), store, made / "labels")
    assert counted == json.loads(json.dumps(own))
    assert counted["volumes"] and counted["threads"]


def test_a_worker_killed_in_the_middle_changes_nothing(made: Path, store: Path) -> None:
    batches = [batch for path in store.rglob("*.parquet") for batch in pq.ParquetFile(path).iter_batches()]
    alone = pa.Table.from_batches([CountingAnnotator().annotate(batch) for batch in batches])
    assert _rows(made / "slow").to_pylist() == alone.cast(STORED).sort_by("item_id").to_pylist()
