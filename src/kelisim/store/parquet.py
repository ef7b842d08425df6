"""Tables in and out of Parquet, and queries over them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from kelisim.core.errors import StoreError

__all__ = ["query", "write_rows"]


def write_rows(path: Path, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write rows of one shape as a Parquet file, aside first and renamed when complete."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    aside = path.with_suffix(".part")
    pq.write_table(pa.Table.from_pylist([dict(row) for row in rows]), aside)
    aside.replace(path)


def query(sql: str, **files: Path) -> list[dict[str, Any]]:
    """Run a query in which each name of `files` stands for that Parquet file.

    Engine extensions are never fetched. Raises: StoreError when a file is missing or unreadable.
    """
    import duckdb

    for path in files.values():
        if not path.exists():
            raise StoreError(f"'{path}' is missing. Way out: make it with `kelisim run STUDY --out DIR`.")
    settings = {"autoinstall_known_extensions": "false", "autoload_known_extensions": "false"}
    try:
        with duckdb.connect(config=settings) as connection:
            for name, path in files.items():
                connection.read_parquet(str(path)).create_view(name)
            found = connection.execute(sql)
            names = [column[0] for column in found.description or ()]
            return [dict(zip(names, row, strict=True)) for row in found.fetchall()]
    except duckdb.Error as error:
        raise StoreError(f"the stored tables cannot be read: {error}") from error
