"""Parquet tables to the same grid of strings that text tables give, so both pass the same checks.

Columns of words, numbers and dates are taken; lists, structures, bytes and times of day have no one way of
being written in a cell and are refused by name. Reading goes in batches with dictionaries kept, so that a
small file cannot unfold into more memory than the limit of cells allows.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from kelisim.core.errors import Fault, Refused
from kelisim.sources.delimited import Grid, oversize, repeated_columns

__all__ = ["read_parquet"]

_LONGEST_CELL = 131_072
_BATCH_ROWS = 8_192


def read_parquet(data: bytes, file: str) -> Grid:
    """The table as strings, numbered as if the header were row 1. Raises: Refused for broken files."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        source = pq.ParquetFile(pa.BufferReader(data))
        schema = source.schema_arrow
        faults = [
            *repeated_columns(schema.names, file),
            *oversize(file, len(schema), source.metadata.num_rows),
        ]
        faults += [_strange(file, field) for field in schema if not _taken(field.type)]
        if faults:
            raise Refused(faults)
        words = [field.name for field in schema if _is_words(field.type)]
        source = pq.ParquetFile(pa.BufferReader(data), read_dictionary=words)
        columns: list[list[str]] = [[] for _ in schema]
        for batch in source.iter_batches(batch_size=_BATCH_ROWS, use_threads=False):
            # A damaged page can point outside its dictionary; a negative place would give a wrong word.
            batch.validate(full=True)
            for column, array in zip(columns, batch.columns, strict=True):
                column += _cells(array)
            if faults := oversize(file, len(columns), len(columns[0])):
                raise Refused(faults)
    except (
        pa.ArrowException,
        OSError,
        ValueError,
        OverflowError,
        TypeError,
        LookupError,
        MemoryError,
    ) as error:
        fault = Fault(file, None, "", "this is no readable Parquet file.", "write it again from its program.")
        raise Refused([fault]) from error
    rows = tuple(zip(*columns, strict=True))
    return Grid(tuple(name.strip() for name in schema.names), rows, tuple(range(2, len(rows) + 2)))


def _is_words(kind: Any) -> bool:
    import pyarrow as pa

    inner = kind.value_type if pa.types.is_dictionary(kind) else kind
    return bool(pa.types.is_string(inner) or pa.types.is_large_string(inner))


def _taken(kind: Any) -> bool:
    import pyarrow as pa

    plain = (
        pa.types.is_integer,
        pa.types.is_floating,
        pa.types.is_decimal,
        pa.types.is_date,
        pa.types.is_null,
    )
    return _is_words(kind) or any(check(kind) for check in plain)


def _strange(file: str, field: Any) -> Fault:
    reason = f"the column holds values of type {field.type}, which have no one form in a cell."
    return Fault(file, 1, field.name, reason, "write words, numbers or dates (for times: as text).")


def _cells(array: Any) -> list[str]:
    if not hasattr(array, "dictionary"):
        return [_plain(value) for value in array.to_pylist()]
    words = ["" if word is None else word for word in array.dictionary.to_pylist()]
    if any(len(word) > _LONGEST_CELL for word in words):
        raise ValueError("a cell is too long")
    return ["" if place is None else words[place] for place in array.indices.to_pylist()]


def _plain(value: object) -> str:
    if value is None or value != value:  # nan is the only value unequal to itself
        return ""
    if isinstance(value, float):
        return format(Decimal(repr(value)), "f")
    if isinstance(value, Decimal):
        return format(value, "f")
    return value.isoformat() if isinstance(value, date) else str(value)
