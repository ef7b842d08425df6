"""Parquet tables to the same grid of strings that text tables give, so both pass the same checks."""

from __future__ import annotations

from decimal import Decimal

from kelisim.core.errors import Fault, Refused
from kelisim.sources.delimited import Grid, repeated_columns

__all__ = ["read_parquet"]


def read_parquet(data: bytes, file: str) -> Grid:
    """The table as strings, numbered as if the header were row 1. Raises: Refused for broken files."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        table = pq.read_table(pa.BufferReader(data))
        columns = [[_plain(value) for value in column.to_pylist()] for column in table.columns]
    except (pa.ArrowException, OSError, ValueError) as error:
        fault = Fault(file, None, "", "this is no readable Parquet file.", "write it again from its program.")
        raise Refused([fault]) from error
    twice = repeated_columns(table.column_names, file)
    if twice:
        raise Refused(twice)
    rows = tuple(zip(*columns, strict=True))
    return Grid(tuple(table.column_names), rows, tuple(range(2, len(rows) + 2)))


def _plain(value: object) -> str:
    if value is None or value != value:  # nan is the only value unequal to itself
        return ""
    return format(Decimal(repr(value)), "f") if isinstance(value, float) else str(value)
