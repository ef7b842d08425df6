"""Tables in and out of Parquet, and queries over them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from kelisim.core.errors import StoreError

__all__ = ["query", "read_table", "write_rows"]


def write_rows(path: Path, rows: Sequence[Mapping[str, Any]], columns: Sequence[str] = ()) -> None:
    """Write rows of one shape as a Parquet file, aside first and renamed when complete.

    columns : names of the columns, needed where there may be no rows
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    names = list(columns) or list(rows[0] if rows else ())
    table = pa.table({name: pa.array([row[name] for row in rows]) for name in names})
    # A column of missing numbers only would get the type "null", which few programs read.
    typed = [f.with_type(pa.float64()) if pa.types.is_null(f.type) else f for f in table.schema]
    aside = path.with_suffix(".part")
    pq.write_table(table.cast(pa.schema(typed)), aside)
    aside.replace(path)


def read_table(path: Path) -> Any:
    """A stored file as an Arrow table. Raises: StoreError when it is missing or unreadable."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    if not path.exists():
        raise StoreError(_missing(path))
    try:
        return pq.read_table(path)
    except (pa.ArrowException, OSError) as error:
        raise StoreError(f"'{path}' cannot be read: {error}") from error


def _missing(path: Path) -> str:
    return f"'{path}' is missing. Way out: make it with `kelisim run STUDY --out DIR`."


def query(sql: str, **files: Path) -> list[dict[str, Any]]:
    """Run a query in which each name of `files` stands for that Parquet file.

    Engine extensions are never fetched. Raises: StoreError when a file is missing or unreadable.
    """
    import duckdb

    for path in files.values():
        if not path.exists():
            raise StoreError(_missing(path))
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
