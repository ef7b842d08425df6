"""Shards of texts and the shards of their annotations: the same tree of Parquet files twice.

An annotation file carries the digest of the text file it was made from and of the bundle that made it, so
that a run knows what is done. It is written aside and renamed: it is there whole or not at all.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from kelisim.annotation.schema import ANNOTATIONS, ITEMS
from kelisim.core.errors import Fault, Refused, StoreError
from kelisim.store.digests import digest_of

__all__ = [
    "ASKED",
    "BATCH_ROWS",
    "Shard",
    "clear_unfinished",
    "parcels",
    "read_batches",
    "shards_below",
    "write_annotations",
]

BATCH_ROWS = 16_384  # half of it costs speed; twice as much costs memory and brings none
# The columns that the kernel looks at; the others stay on the disk.
ASKED = pa.schema([ITEMS.field(name) for name in ("item_id", "area_id", "text")])
_BUNDLE, _SOURCE = b"kelisim.bundle", b"kelisim.source"
_UNFINISHED = ".part"


def _plain(kind: pa.DataType) -> pa.DataType:
    if pa.types.is_dictionary(kind):
        return kind.value_type
    if pa.types.is_list(kind):
        return pa.list_(_plain(kind.value_type))
    if pa.types.is_struct(kind):
        return pa.struct([field.with_type(_plain(field.type)) for field in kind])
    return kind


# Parquet keeps its own dictionaries, and a list of coded words is more than some readers can put together.
STORED = pa.schema([field.with_type(_plain(field.type)) for field in ANNOTATIONS])


@dataclass(frozen=True, slots=True)
class Shard:
    """A file of texts, its number of rows, and the file its annotations belong in."""

    path: Path
    rows: int
    target: Path

    def is_done(self, bundle: str) -> bool:
        """Whether the annotations at hand were made from these texts by this bundle."""
        try:
            marks = pq.read_schema(self.target).metadata or {}
        except (OSError, pa.ArrowException):
            return False
        return marks.get(_BUNDLE) == bundle.encode() and marks.get(_SOURCE) == digest_of(self.path).encode()


def shards_below(texts: Path, out: Path) -> list[Shard]:
    """Every Parquet file below a folder (or the one file), in the order of names.

    Raises: StoreError where there is none; Refused with every file that cannot be read or lacks a column.
    """
    files = [texts] if texts.is_file() else sorted(texts.rglob("*.parquet"))
    if not files:
        raise StoreError(f"'{texts}' holds no Parquet file of texts. Way out: collect or import texts first.")
    root = texts.parent if texts.is_file() else texts
    shards, faults = [], []
    for path in files:
        name = path.relative_to(root)
        try:
            head = pq.ParquetFile(path)
            _as_declared(head.schema_arrow.empty_table(), ITEMS)
        except (OSError, ValueError, KeyError, pa.ArrowException) as error:
            reason = f"this is no file of texts as declared: {error}"
            faults.append(Fault(str(name), None, "", reason, "import these texts again, or take it away."))
            continue
        shards.append(Shard(path, head.metadata.num_rows, out / name))
    if faults:
        raise Refused(faults)
    return shards


def read_batches(shard: Shard) -> Iterator[pa.RecordBatch]:
    """The texts of a shard, batch by batch, as the kernel takes them. Raises: StoreError.

    Where every version of an item is kept, the last one is read; versions of an item follow each other.
    """
    try:
        file = pq.ParquetFile(shard.path)
        last = _last_versions(file)
        first = 0
        for batch in file.iter_batches(BATCH_ROWS, columns=ASKED.names, use_threads=False):
            kept = batch if last is None else batch.filter(last[first : first + batch.num_rows])
            first += batch.num_rows
            yield _as_declared(kept, ASKED)
    except (ValueError, pa.ArrowException) as error:
        raise StoreError(
            f"'{shard.path}' does not hold texts as declared: {error}. Way out: import them again."
        ) from error


def _last_versions(file: pq.ParquetFile) -> pa.BooleanArray | None:
    if "version" not in file.schema_arrow.names:
        return None
    ids = file.read(["item_id"]).column(0).to_numpy()
    return pa.array(np.append(ids[1:] != ids[:-1], np.ones(min(1, len(ids)), bool)))


def _as_declared(texts: Any, schema: pa.Schema) -> Any:
    """A table or batch with the columns of a schema in their order and types, further columns left out."""
    texts = texts.select(schema.names)
    if texts.column("item_id").null_count:
        raise ValueError("a row has no item_id")
    return texts.cast(schema)


def write_annotations(shard: Shard, batches: Iterable[pa.RecordBatch], bundle: str, digest: str) -> None:
    """Write the annotations of a shard aside, then give them their name.

    digest : of the file of texts, taken before it was read, so that a later change is noticed
    """
    marks = {_BUNDLE: bundle.encode(), _SOURCE: digest.encode()}
    shard.target.parent.mkdir(parents=True, exist_ok=True)
    aside = shard.target.with_name(f".{shard.target.name}{_UNFINISHED}")
    schema = STORED.with_metadata(marks)
    with pq.ParquetWriter(aside, schema, compression="zstd") as writer:
        for batch in batches:
            writer.write_batch(batch.cast(schema))
    aside.replace(shard.target)


def clear_unfinished(out: Path) -> None:
    """Take away what killed runs left behind; the caller holds the lock on the folder."""
    for left in out.rglob(f".*{_UNFINISHED}"):
        left.unlink(missing_ok=True)


def parcels(shards: Sequence[Shard]) -> list[tuple[Shard, ...]]:
    """Shards packed until a batch is full: a store by source and day has many small files."""
    packed: list[list[Shard]] = []
    room = 0
    for shard in shards:
        if not packed or shard.rows > room:
            packed.append([])
            room = BATCH_ROWS
        packed[-1].append(shard)
        room -= shard.rows
    return [tuple(parcel) for parcel in packed]
