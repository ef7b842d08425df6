"""Labels for the texts of a bare file: read in batches, annotated, written to Parquet or as lines of JSON."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

import pyarrow as pa

from kelisim.annotation.flags import Flag
from kelisim.annotation.kernel import Kernel, load
from kelisim.annotation.schema import ANNOTATIONS
from kelisim.core.errors import Fault, OutputError
from kelisim.sources.text_column import Rows, text_rows

if TYPE_CHECKING:
    import pyarrow.parquet as pq

__all__ = ["BATCH_ROWS", "Tally", "annotate_to_lines", "annotate_to_parquet"]

BATCH_ROWS = 32_768
_MOST_FAULTS_KEPT = 100_000
_SHOWN_FLAGS = tuple(Flag)

Progress = Callable[[int], None]


@dataclass(slots=True)
class Tally:
    """What was read and found.

    texts : rows read; without_text : of them without a text; languages : texts by language
    faults : rows that could not be read, in the order of the file
    labels : texts with at least one mention, place, frame or cue
    """

    texts: int = 0
    without_text: int = 0
    languages: Counter[str] = field(default_factory=Counter)
    labels: Counter[str] = field(default_factory=Counter)
    repeated_ids: int = 0
    faults: list[Fault] = field(default_factory=list)

    def add(self, rows: Rows, labels: pa.RecordBatch) -> None:
        """Count one batch."""
        self.texts += len(rows.numbers)
        self.without_text += rows.texts.count(None)
        said = labels.column("lang").to_pylist()
        self.languages.update(word for word in said if word is not None)
        for name in ("mentions", "places", "frames", "cues"):
            lengths = labels.column(name).value_lengths().fill_null(0).to_numpy(zero_copy_only=False)
            self.labels[name] += int((lengths > 0).sum())


def _batches(
    path: Path, text: str, id_column: str | None, kernel: Kernel, tally: Tally, progress: Progress
) -> Iterator[tuple[Rows, pa.RecordBatch]]:
    """Rows with their labels. Faults and repeated ids go to the tally."""
    seen: set[int] = set()
    for rows in text_rows(path, text, id_column, BATCH_ROWS):
        tally.faults += rows.faults[: max(0, _MOST_FAULTS_KEPT - len(tally.faults))]
        for one in rows.ids if id_column else ():
            before = len(seen)
            seen.add(hash(one))
            tally.repeated_ids += len(seen) == before
        batch = pa.record_batch(
            {"item_id": pa.array(rows.numbers, pa.int64()), "text": pa.array(rows.texts, pa.large_string())}
        )
        labels = kernel.annotate(batch)
        tally.add(rows, labels)
        progress(tally.texts)
        yield rows, labels


def annotate_to_parquet(path: Path, text: str, id_column: str | None, out: Path, progress: Progress) -> Tally:
    """Labels of a file in a Parquet file, which appears whole or not at all.

    Columns: `id` as the file has it, `row` (line of the file), then those of `ANNOTATIONS` without item_id.
    Rows that could not be read are named in OUT.faults.csv, if there are any.

    Raises: Refused, OutputError.
    """
    import pyarrow.parquet as pq

    tally = Tally()
    part = out.with_name(out.name + f".{os.getpid()}.part")
    batches = _batches(path, text, id_column, load(), tally, progress)
    first = next(batches, None)
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        schema = pa.schema([("row", pa.int64()), ("id", pa.string()), *list(ANNOTATIONS)[1:]])
        with pq.ParquetWriter(part, schema, compression="zstd") as writer:
            if first is not None:
                _write(writer, schema, *first)
            for rows, labels in batches:
                _write(writer, schema, rows, labels)
        _write_faults(out.with_name(out.name + ".faults.csv"), tally.faults)
        part.replace(out)
    except OSError as error:
        raise OutputError(f"{out} cannot be written: {error.strerror or error}.") from error
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)
    return tally


def _write(writer: pq.ParquetWriter, schema: pa.Schema, rows: Rows, labels: pa.RecordBatch) -> None:
    ids = pa.array(rows.ids, pa.string())
    columns = [labels.column("item_id"), ids, *(labels.column(name) for name in ANNOTATIONS.names[1:])]
    writer.write_batch(pa.record_batch(columns, schema=schema))


def _write_faults(path: Path, faults: list[Fault]) -> None:
    import csv

    if not faults:
        path.unlink(missing_ok=True)  # of an earlier run
        return
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["file", "row", "column", "reason", "way_out"])
        writer.writerows([f.file, f.row, f.field, f.reason, f.way_out] for f in faults)


def annotate_to_lines(path: Path, text: str, id_column: str | None, out: TextIO, progress: Progress) -> Tally:
    """Labels of a file as lines of JSON, one record per text.

    Raises: Refused.
    """
    tally = Tally()
    for rows, labels in _batches(path, text, id_column, load(), tally, progress):
        for one, record in zip(rows.ids, labels.to_pylist(), strict=True):
            out.write(json.dumps(_record(one, record, id_column is not None), ensure_ascii=False) + "\n")
    return tally


def _record(one: str | None, label: dict[str, Any], has_id: bool) -> dict[str, Any]:
    flags = label["flags"] or 0
    margin = label["lang_margin"]
    key, bands = label["text_key"], label["bands"]
    return {
        **({"id": one} if has_id else {}),
        "row": label["item_id"],
        "lang": label["lang"],
        "lang2": label["lang2"],
        "margin": None if margin is None else round(margin, 4),
        "script": label["script"],
        "flags": [flag.name.lower() for flag in _SHOWN_FLAGS if flag & flags and flag.name],
        **{name: label[name] for name in ("mentions", "places", "frames", "cues")},
        # Numbers of 64 bits lose their last digits in many readers of JSON.
        "text_key": None if key is None else str(key),
        "bands": None if bands is None else [str(band) for band in bands],
        "kernel": label["kernel"],
        "bundle": label["bundle"],
    }
