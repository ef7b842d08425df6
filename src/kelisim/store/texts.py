"""Texts in the closed warehouse: Parquet by source and day, written aside and renamed, never half there.

`items/SOURCE/YYYY-MM/YYYY-MM-DD.parquet` holds the items of one civil day (`undated.parquet` those without a
time), every version of an item in the file of its first one. What `add` has returned for stands on the disk:
files are synced before they are renamed and folders after it. A process killed in between has told nobody
yet, and the same records given again bring the store to the same bytes. An index in SQLite knows which
item stands where; it is made from the files and can be made anew, so a mark names the files that were
being written when the index last fell behind.
"""

from __future__ import annotations

import fcntl
import json
import os
import re
import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from kelisim.core.errors import OutputError, StoreError
from kelisim.core.texts import Item

__all__ = ["Added", "Known", "TextStore", "texts_of"]

_SOURCE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_INDEX, _MARK, _LOCK = "index.sqlite", "unsettled.json", "lock"
_AT_ONCE = 500
_VERSION_ORDER = ("item_id", "external_key", "version")


def texts_of(study: Path) -> Path:
    """Where the texts of a study stand."""
    return study / ".kelisim" / "texts"


@dataclass(frozen=True, slots=True)
class Added:
    """What became of the items given: first seen, later versions of known ones, known already."""

    new: int = 0
    edited: int = 0
    known: int = 0


@dataclass(frozen=True, slots=True)
class Known:
    """What the store knows of an item: its last version, digest of what the source gave, and its page."""

    version: int
    fed: bytes
    page: str
    place: str


@cache
def _schema() -> Any:
    import pyarrow as pa

    return pa.schema(
        [
            pa.field("item_id", pa.int64(), nullable=False),
            pa.field("version", pa.int32(), nullable=False),
            pa.field("external_key", pa.binary(16), nullable=False),
            pa.field("source_id", pa.string(), nullable=False),
            pa.field("platform", pa.string()),
            pa.field("kind", pa.string()),
            pa.field("parent_id", pa.int64()),
            pa.field("posted_at", pa.timestamp("us", tz="UTC")),
            pa.field("day", pa.date32()),
            pa.field("edited_at", pa.timestamp("us", tz="UTC")),
            pa.field("area_id", pa.string()),
            pa.field("author_key", pa.binary(16)),
            pa.field("text", pa.large_string()),
            pa.field("url", pa.string()),
            pa.field("likes", pa.int64()),
            pa.field("comments", pa.int64()),
            pa.field("reposts", pa.int64()),
            pa.field("views", pa.int64()),
            pa.field("page", pa.string()),
            pa.field("fed", pa.binary(8)),
            pa.field("seen_at", pa.timestamp("us", tz="UTC")),
        ]
    )


class TextStore:
    """The texts of one place. Several processes may add to it; each addition waits for the one before."""

    def __init__(self, place: Path) -> None:
        self.place = place
        try:
            place.mkdir(parents=True, exist_ok=True)
            place.chmod(0o700)
            if place.parent.name == ".kelisim":
                place.parent.chmod(0o700)
                (place.parent / ".gitignore").write_text("*\n", encoding="utf-8")
        except OSError as error:
            raise OutputError(_cannot(place, error)) from error

    def add(self, items: Sequence[Item], seen_at: datetime) -> Added:
        """Store items; when this returns they are on the disk. Raises: OutputError, StoreError.

        seen_at : when they were read. An item whose source gave the same as before is known and left alone;
        another text or count becomes a further version.
        """
        for source in {item.source_id for item in items}:
            if not _SOURCE.fullmatch(source):
                raise OutputError(
                    f"'{source}' cannot name a source. Way out: letters, digits, '-', '_', '.'."
                )
        try:
            with self._locked() as index:
                return self._add(index, items, seen_at)
        except OSError as error:
            raise OutputError(_cannot(self.place, error)) from error
        except sqlite3.Error as error:
            raise StoreError(
                f"the index of '{self.place}' cannot be used ({error}). Way out: delete {_INDEX} there; "
                "it is made anew from the stored texts."
            ) from error

    def known(self, keys: Iterable[bytes]) -> dict[bytes, Known]:
        """What is known of items, by their external keys."""
        with self._locked() as index:
            return _look_up(index, keys)

    def files(self, source_id: str | None = None) -> list[Path]:
        """The stored files, of one source or of all, in order."""
        return sorted((self.place / "items").glob(f"{source_id or '*'}/**/*.parquet"))

    def read(
        self, source_id: str | None = None, columns: Sequence[str] | None = None, *, versions: bool = False
    ) -> Any:
        """Items as an Arrow table; the last version of each unless `versions` asks for all.

        Raises: StoreError when a file cannot be read.
        """
        import pyarrow as pa

        wanted = list(columns or _schema().names)
        more = [name for name in ("item_id", "version") if name not in wanted]
        parts = [_last(_table(path, [*wanted, *more]), versions) for path in self.files(source_id)]
        if not parts:
            return _schema().empty_table().select(wanted)
        return pa.concat_tables(parts).select(wanted)

    def _add(self, index: sqlite3.Connection, items: Sequence[Item], seen_at: datetime) -> Added:
        known = _look_up(index, {item.external_key for item in items})
        fresh: dict[str, list[dict[str, Any]]] = defaultdict(list)
        given = [name for name in _schema().names if name not in ("version", "seen_at")]
        new = edited = same = 0
        for item in items:
            before = known.get(item.external_key)
            better = before is not None and before.page == "failed" and item.page == "taken"
            if before is not None and before.fed == item.fed and not better:
                same += 1
                continue
            version = 1 if before is None else before.version + 1
            place = _place(item) if before is None else before.place
            row = {name: getattr(item, name) for name in given}
            fresh[place].append({**row, "version": version, "seen_at": seen_at})
            known[item.external_key] = Known(version, item.fed, item.page, place)
            new, edited = new + (before is None), edited + (before is not None)
        if fresh:
            self._write(index, fresh, known)
        return Added(new, edited, same)

    def _write(
        self, index: sqlite3.Connection, fresh: dict[str, list[dict[str, Any]]], known: dict[bytes, Known]
    ) -> None:
        import pyarrow as pa

        mark = self.place / _MARK
        _write_synced(mark, json.dumps(sorted(fresh)).encode())
        for place, rows in sorted(fresh.items()):
            path = self.place / "items" / place
            table = pa.Table.from_pylist(rows, schema=_schema())
            if path.exists():
                table = pa.concat_tables([_table(path, None), table])
            _write_table(
                path, table.sort_by([(name, "ascending") for name in _VERSION_ORDER]).combine_chunks()
            )
        keys = {row["external_key"] for rows in fresh.values() for row in rows}
        _index_rows(index, ((key, known[key]) for key in keys))
        mark.unlink()
        _sync(self.place)

    @contextmanager
    def _locked(self) -> Iterator[sqlite3.Connection]:
        with (self.place / _LOCK).open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            with closing(self._index()) as index:
                yield index

    def _index(self) -> sqlite3.Connection:
        """The index, brought level with the files first."""
        path, mark = self.place / _INDEX, self.place / _MARK
        whole = path.exists()
        index = sqlite3.connect(path)
        try:
            index.execute("PRAGMA synchronous = FULL")
            made = index.execute("SELECT name FROM sqlite_master WHERE name = 'items'").fetchone()
            if not whole or made is None:
                self._learn(index, [str(p.relative_to(self.place / "items")) for p in self.files()])
            elif mark.exists():
                self._learn(index, json.loads(mark.read_bytes()))
            mark.unlink(missing_ok=True)
        except BaseException:
            index.close()
            raise
        return index

    def _learn(self, index: sqlite3.Connection, places: Iterable[str]) -> None:
        index.execute("BEGIN")
        index.execute(
            "CREATE TABLE IF NOT EXISTS items (external_key BLOB PRIMARY KEY, version INTEGER, fed BLOB, "
            "page TEXT, place TEXT) WITHOUT ROWID"
        )
        for place in places:
            path = self.place / "items" / place
            for left in path.parent.glob(f".{path.name}.*.part"):
                left.unlink()
            if not path.exists():
                continue
            table = _last(_table(path, ["item_id", "external_key", "version", "fed", "page"]), False)
            rows = table.to_pylist()
            index.executemany(
                "INSERT OR REPLACE INTO items VALUES (?, ?, ?, ?, ?)",
                ((r["external_key"], r["version"], r["fed"], r["page"], place) for r in rows),
            )
        index.commit()


def _place(item: Item) -> str:
    if item.day is None:
        return f"{item.source_id}/undated.parquet"
    return f"{item.source_id}/{item.day:%Y-%m}/{item.day.isoformat()}.parquet"


def _look_up(index: sqlite3.Connection, keys: Iterable[bytes]) -> dict[bytes, Known]:
    wanted = list(keys)
    found = {}
    for start in range(0, len(wanted), _AT_ONCE):
        part = wanted[start : start + _AT_ONCE]
        marks = ",".join("?" * len(part))
        rows = index.execute(
            f"SELECT external_key, version, fed, page, place FROM items WHERE external_key IN ({marks})", part
        )
        found.update({row[0]: Known(*row[1:]) for row in rows})
    return found


def _index_rows(index: sqlite3.Connection, rows: Iterable[tuple[bytes, Known]]) -> None:
    index.executemany(
        "INSERT OR REPLACE INTO items VALUES (?, ?, ?, ?, ?)",
        ((key, known.version, known.fed, known.page, known.place) for key, known in rows),
    )
    index.commit()


def _table(path: Path, columns: Sequence[str] | None) -> Any:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        return pq.ParquetFile(path).read(columns)
    except (pa.ArrowException, OSError, KeyError) as error:
        raise StoreError(
            f"'{path}' cannot be read ({error}). Way out: put it back from a copy, or move it away and "
            "collect or import that day again."
        ) from error


def _last(table: Any, versions: bool) -> Any:
    """Rows of the last versions; rows of an item follow each other, so the next row tells."""
    import numpy as np

    if versions or len(table) < 2:
        return table
    ids = table["item_id"].to_numpy()
    return table.filter(np.append(ids[1:] != ids[:-1], True))


def _write_table(path: Path, table: Any) -> None:
    import pyarrow.parquet as pq

    made = not path.parent.exists()
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    aside = path.with_name(f".{path.name}.{os.getpid()}.part")
    # Without statistics of the text: they would repeat its first words in the clear at the end of the file.
    numbers = [name for name in table.schema.names if name not in ("text", "url", "author_key", "fed")]
    pq.write_table(table, aside, compression="zstd", write_statistics=numbers)
    with aside.open("rb") as file:
        os.fsync(file.fileno())
    aside.replace(path)
    _sync(path.parent)
    if made:
        _sync(path.parent.parent)
        _sync(path.parent.parent.parent)


def _write_synced(path: Path, data: bytes) -> None:
    aside = path.with_name(f".{path.name}.part")
    with aside.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    aside.replace(path)
    _sync(path.parent)


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _cannot(place: Path, error: OSError) -> str:
    reason = error.strerror or error
    return f"'{place}' cannot be written ({reason}). Way out: free space or rights."
