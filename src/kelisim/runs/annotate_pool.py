"""Annotation of stored texts by a pool of processes, one file of texts after another.

A run restarts where it stopped: a file is left alone whose annotations were made by the same bundle from the
same texts. A worker that is killed takes nothing with it: what it had in hand is done again. A file that
cannot be read, or that kills its worker again when it is alone, is reported after all the others are done.
"""

from __future__ import annotations

import fcntl
import os
import threading
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import get_context, parent_process
from pathlib import Path
from typing import Protocol

import pyarrow as pa

from kelisim.annotation.schema import ANNOTATIONS
from kelisim.core.errors import OutputError, StoreError
from kelisim.store.digests import digest_of
from kelisim.store.shards import (
    Shard,
    clear_unfinished,
    parcels,
    read_batches,
    shards_below,
    write_annotations,
)

__all__ = ["Annotated", "Annotator", "annotate_shards"]

_TRIES_ALONE = 2


class Annotator(Protocol):
    """What the pool asks of the kernel: labels for a batch, and the digest of what makes them."""

    @property
    def bundle(self) -> str:
        """Digest of lexicon, rules and models."""

    def annotate(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """Labels of a batch, row by row in its order."""


@dataclass(frozen=True, slots=True)
class Annotated:
    """What a run did. files, rows : annotated now; files_kept : left alone as done; bundle : who labelled"""

    files: int
    rows: int
    files_kept: int
    bundle: str


def annotate_shards(
    texts: Path,
    out: Path,
    *,
    load: Callable[[], Annotator],
    workers: int,
    progress: Callable[[int, int], None] | None = None,
) -> Annotated:
    """Annotate every Parquet file below `texts` into the file of the same name below `out`.

    load : makes the kernel in every worker; a function of a module, so that a process can be told of it
    progress : called with rows done and rows in all whenever files are done
    Raises: StoreError, Refused, OutputError; what was finished before stays and is not done again.
    """
    kernel = load()
    with _only_run(out):
        clear_unfinished(out)
        found = shards_below(texts, out)
        wanted = [shard for shard in found if not shard.is_done(kernel.bundle)]
        rows = sum(shard.rows for shard in wanted)
        done = 0
        faults: list[str] = []
        for parcel, reasons in _through_pool(parcels(wanted), load, workers):
            faults += reasons
            done += sum(shard.rows for shard in parcel)
            if progress is not None:
                progress(done, rows)
    if faults:
        raise StoreError(f"all other files are done, but {'; '.join(faults)}")
    return Annotated(len(wanted), rows, len(found) - len(wanted), kernel.bundle)


_Parcel = tuple[Shard, ...]
_Done = tuple[_Parcel, list[str]]


def _through_pool(waiting: list[_Parcel], load: Callable[[], Annotator], workers: int) -> Iterator[_Done]:
    """Parcels as they are done, with what was wrong. What a dead worker had in hand is done file by file."""
    suspects: list[Shard] = []
    while waiting:
        broken = yield from _until_broken(waiting, load, workers)
        suspects += [shard for parcel in broken for shard in parcel]
    for shard in suspects:
        for _ in range(_TRIES_ALONE):
            if not (yield from _until_broken([(shard,)], load, 1)):
                break
        else:
            yield (
                (shard,),
                [
                    f"the worker that annotated '{shard.path}' was killed {_TRIES_ALONE + 1} times, as "
                    "happens when memory runs out. Way out: free memory and run again, or split this file."
                ],
            )


def _until_broken(
    waiting: list[_Parcel], load: Callable[[], Annotator], workers: int
) -> Generator[_Done, None, list[_Parcel]]:
    """Empty `waiting` through one pool; returns what was in hand when a worker died, nothing if none did."""
    running: dict[Future[list[str]], _Parcel] = {}
    pool = ProcessPoolExecutor(workers, get_context("spawn"), _start, (load,))
    try:
        while waiting or running:
            # Few are handed out at a time, so that little is suspected when a worker dies.
            while waiting and len(running) < workers + 1:
                future = pool.submit(_annotate, waiting[0])
                running[future] = waiting.pop(0)
            for future in wait(running, return_when=FIRST_COMPLETED).done:
                reasons = future.result()
                yield running.pop(future), reasons
    except BrokenProcessPool:
        for future in [f for f in running if f.done() and f.exception() is None]:
            yield running.pop(future), future.result()
        return list(running.values())
    finally:
        pool.shutdown(cancel_futures=True)
    return []


_kernel: list[Annotator] = []


def _start(load: Callable[[], Annotator]) -> None:
    _kernel[:] = [load()]
    # A worker waits for work for ever; one whose parent was killed must not.
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _annotate(parcel: Sequence[Shard]) -> list[str]:
    """Write the annotations of some files; returns what was wrong with those that could not be read."""
    kernel, faults = _kernel[0], []
    read: list[tuple[Shard, str, list[pa.RecordBatch]]] = []
    for shard in parcel:
        digest = digest_of(shard.path)
        try:
            if len(parcel) == 1:
                labels = (kernel.annotate(batch) for batch in read_batches(shard))
                write_annotations(shard, labels, kernel.bundle, digest)
            else:
                read.append((shard, digest, list(read_batches(shard))))
        except StoreError as error:
            faults.append(str(error))
    # Several small files go through the kernel as one batch: every row is labelled on its own.
    texts = [batch for _, _, batches in read for batch in batches]
    if texts:
        together = pa.Table.from_batches(texts).combine_chunks().to_batches()
        labelled = pa.Table.from_batches([kernel.annotate(batch) for batch in together], ANNOTATIONS)
        first = 0
        for shard, digest, batches in read:
            rows = sum(batch.num_rows for batch in batches)
            write_annotations(shard, labelled.slice(first, rows).to_batches(), kernel.bundle, digest)
            first += rows
    return faults


@contextmanager
def _only_run(out: Path) -> Iterator[None]:
    """Hold the folder: two runs that write one folder would clear away each other's files."""
    try:
        out.mkdir(parents=True, exist_ok=True)
        lock = os.open(out, os.O_RDONLY)
    except OSError as error:
        raise OutputError(
            f"'{out}' cannot be written ({error.strerror or error}). Way out: name another folder."
        ) from error
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError as error:
        raise OutputError(f"another run is annotating into '{out}'. Way out: wait for it.") from error
    except OSError as error:
        raise OutputError(
            f"annotating into '{out}' stopped ({error.strerror or error}); what is finished stays. "
            "Way out: free space or rights and run again."
        ) from error
    finally:
        os.close(lock)
