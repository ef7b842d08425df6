"""The pool: every row labelled once, restarts where it stopped, and a dead worker changes nothing."""

from __future__ import annotations

import fcntl
import os
import signal
import threading
import time
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from kelisim.core.errors import OutputError, Refused, StoreError
from kelisim.runs.annotate_pool import annotate_shards
from kelisim.store.shards import STORED
from tests.annotators import CountingAnnotator, DeadlyAnnotator, SlowAnnotator, texts


def _store(folder: Path, sizes: list[int]) -> Path:
    first = 0
    for number, size in enumerate(sizes):
        path = folder / f"source=s{number % 2}" / f"{number}.parquet"
        path.parent.mkdir(parents=True, exist_ok=True)
        pq.write_table(texts(size, first), path)
        first += size
    return folder


def _rows(out: Path) -> pa.Table:
    found = [pq.ParquetFile(path).read() for path in sorted(out.rglob("*.parquet"))]
    return pa.concat_tables([part.replace_schema_metadata() for part in found]).sort_by("item_id")


def _alone(folder: Path) -> list[dict[str, object]]:
    found = [
        CountingAnnotator().annotate(batch)
        for path in sorted(folder.rglob("*.parquet"))
        for batch in pq.ParquetFile(path).read().to_batches()
    ]
    return pa.Table.from_batches(found).cast(STORED).sort_by("item_id").to_pylist()


def test_every_row_is_labelled_once_and_done_files_are_left_alone(tmp_path: Path) -> None:
    store, out = _store(tmp_path / "texts", [17_000, 7, 0, 30, 12]), tmp_path / "labels"
    told: list[tuple[int, int]] = []
    done = annotate_shards(
        store, out, load=CountingAnnotator, workers=2, progress=lambda n, of: told.append((n, of))
    )
    assert (done.files, done.rows, done.files_kept) == (5, 17_049, 0)
    assert told[-1] == (17_049, 17_049)
    assert _rows(out).to_pylist() == _alone(store)
    before = {path: path.stat().st_mtime_ns for path in out.rglob("*.parquet")}
    pq.write_table(texts(9, 90_000), store / "source=s1" / "1.parquet")
    again = annotate_shards(store, out, load=CountingAnnotator, workers=1)
    assert (again.files, again.files_kept) == (1, 4)
    changed = [path.name for path in before if path.stat().st_mtime_ns != before[path]]
    assert changed == ["1.parquet"]


@pytest.mark.proof
def test_a_worker_killed_in_the_middle_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, out = _store(tmp_path / "texts", [17_000] * 6), tmp_path / "labels"
    seen = tmp_path / "seen"
    seen.mkdir()
    monkeypatch.setenv("STAND_IN_FOLDER", str(seen))
    killed: list[int] = []

    def kill_one() -> None:
        while not (at_work := list(seen.iterdir())):
            time.sleep(0.01)
        killed.append(int(at_work[0].name))
        os.kill(killed[0], signal.SIGKILL)

    killer = threading.Thread(target=kill_one)
    killer.start()
    done = annotate_shards(store, out, load=SlowAnnotator, workers=2)
    killer.join()
    assert killed and done.files == 6
    assert _rows(out).to_pylist() == _alone(store)
    assert not list(out.rglob("*.part"))


@pytest.mark.proof
def test_a_file_that_kills_its_worker_is_named_after_all_others_are_done(tmp_path: Path) -> None:
    store, out = _store(tmp_path / "texts", [17_000] * 3), tmp_path / "labels"
    pq.write_table(texts(1, 500_000, text=["deadly"]), store / "source=s0" / "9.parquet")
    with pytest.raises(StoreError, match=r"9\.parquet' was killed 3 times"):
        annotate_shards(store, out, load=DeadlyAnnotator, workers=2)
    assert len(list(out.rglob("*.parquet"))) == 3


def test_a_file_that_is_no_file_of_texts_is_refused_before_the_work(tmp_path: Path) -> None:
    store = _store(tmp_path / "texts", [5])
    (store / "torn.parquet").write_bytes(b"PAR1 torn")
    pq.write_table(texts(3).drop_columns(["kind"]), store / "old.parquet")
    with pytest.raises(Refused) as caught:
        annotate_shards(store, tmp_path / "labels", load=CountingAnnotator, workers=1)
    assert [fault.file for fault in caught.value.faults] == ["old.parquet", "torn.parquet"]
    assert "kind" in caught.value.faults[0].reason


def test_of_several_versions_the_last_is_labelled(tmp_path: Path) -> None:
    store = tmp_path / "texts"
    store.mkdir()
    stored = texts(17_000).append_column("version", pa.array([1] * 17_000, pa.int32()))
    later = texts(1, 16_383, text=["жаңа мәтін"]).append_column("version", pa.array([2], pa.int32()))
    both = pa.concat_tables([stored.slice(0, 16_384), later, stored.slice(16_384)])
    pq.write_table(both, store / "a.parquet")
    annotate_shards(store, tmp_path / "labels", load=CountingAnnotator, workers=1)
    rows = _rows(tmp_path / "labels").to_pylist()
    assert len(rows) == 17_000
    (fresh,) = CountingAnnotator().annotate(later.combine_chunks().to_batches()[0]).to_pylist()
    assert rows[16_383]["text_key"] == fresh["text_key"]


def test_no_texts_is_said(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="holds no Parquet file"):
        annotate_shards(tmp_path, tmp_path / "labels", load=CountingAnnotator, workers=1)


def test_two_runs_do_not_write_one_folder(tmp_path: Path) -> None:
    store, out = _store(tmp_path / "texts", [5]), tmp_path / "labels"
    out.mkdir()
    other = os.open(out, os.O_RDONLY)
    fcntl.flock(other, fcntl.LOCK_EX)
    try:
        with pytest.raises(OutputError, match="another run"):
            annotate_shards(store, out, load=CountingAnnotator, workers=1)
    finally:
        os.close(other)
