"""Parquet files with values that have no form in a cell, or that unfold into more than memory holds."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from kelisim.core.errors import Refused
from kelisim.sources.delimited import MOST_CELLS
from kelisim.sources.parquet import read_parquet


def stored(columns: dict[str, Any], **options: Any) -> bytes:
    out = io.BytesIO()
    pq.write_table(pa.table(columns), out, **options)
    return out.getvalue()


@pytest.mark.parametrize(
    "values",
    [
        pa.array([[1, 2]]),
        pa.array([{"a": 1}]),
        pa.array([b"bytes"]),
        pa.array([True]),
        pa.array([datetime(2024, 1, 1, tzinfo=UTC)]),
        pa.array([[("k", 1)]], type=pa.map_(pa.string(), pa.int64())),
        pa.array([b"ab"], type=pa.binary(2)),
    ],
    ids=lambda v: str(v.type),
)
def test_values_without_one_form_are_refused_by_column(values: pa.Array) -> None:
    with pytest.raises(Refused) as caught:
        read_parquet(stored({"area": ["T"], "odd": values}), "t.parquet")
    assert [(f.row, f.field) for f in caught.value.faults] == [(1, "odd")]


def test_plain_values_become_what_a_person_would_have_typed() -> None:
    grid = read_parquet(
        stored(
            {
                "words": pa.array(["Көл", None]).dictionary_encode(),
                "day": [date(2019, 1, 1), None],
                "whole": [1_000_000, None],
                "real": [1e22, float("nan")],
                "money": [Decimal("0.10"), None],
                "narrow": pa.array([0.1, None], type=pa.float32()),
                "nothing": pa.nulls(2),
            }
        ),
        "t.parquet",
    )
    first = ("Көл", "2019-01-01", "1000000", "10000000000000000000000", "0.10", "0.10000000149011612", "")
    assert grid.rows == (first, ("",) * 7)


def test_an_infinite_number_is_left_to_be_refused_as_no_number() -> None:
    assert read_parquet(stored({"a": [float("inf")]}), "t.parquet").rows == (("Infinity",),)


def test_more_cells_than_are_read() -> None:
    many = stored({"a": pa.repeat("x", MOST_CELLS + 1)})
    assert len(many) < 100_000
    with pytest.raises(Refused, match="more than 4,000,000 cells"):
        read_parquet(many, "t.parquet")


def test_a_small_file_of_one_huge_word_many_times_stays_small() -> None:
    same = pa.DictionaryArray.from_arrays(pa.array([0] * 5000, type=pa.int32()), ["x" * 2_000_000])
    huge = stored({"a": same}, compression="zstd", dictionary_pagesize_limit=2**27)
    assert len(huge) < 1_000_000
    with pytest.raises(Refused, match="no readable Parquet"):
        read_parquet(huge, "t.parquet")


def test_names_of_columns_twice() -> None:
    table = pa.table([["x"], ["y"]], names=["a", "a"])
    out = io.BytesIO()
    pq.write_table(table, out)
    with pytest.raises(Refused, match="two columns"):
        read_parquet(out.getvalue(), "t.parquet")
