"""Columns of Arrow from arrays of codes: words from a list, and lists of what was found in each row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from kelisim.annotation.rules import Label

__all__ = ["labels", "lists", "words"]


def words(
    known: Sequence[str], codes: NDArray[np.integer], missing: NDArray[np.bool_] | None = None
) -> pa.Array:
    """A column of words by their numbers in a list; null where missing."""
    places = pa.array(codes.astype(np.int32), mask=missing)
    return pa.DictionaryArray.from_arrays(places, pa.array(known, pa.string()))


def lists(
    rows: NDArray[np.integer], fields: Mapping[str, pa.Array], empty: NDArray[np.bool_], kind: pa.DataType
) -> pa.Array:
    """A column of lists of records.

    rows : (records,) row of each record, sorted
    fields : (records,) columns of the records
    empty : (rows,) where the list is null and not only without records
    """
    offsets = np.searchsorted(rows, np.arange(len(empty) + 1)).astype(np.int32)
    record = kind.value_type
    values = pa.StructArray.from_arrays(
        [fields[place.name].cast(place.type) for place in record], fields=list(record)
    )
    return pa.ListArray.from_arrays(pa.array(offsets), values, type=kind, mask=pa.array(empty))


def labels(found: Sequence[Label], empty: NDArray[np.bool_], kind: pa.DataType) -> pa.Array:
    """A column of the labels of each row, each with the rule that gave it."""
    fields = {
        "frame": pa.array([label.label for label in found], pa.string()).dictionary_encode(),
        "rule": pa.array([label.rule for label in found], pa.string()).dictionary_encode(),
    }
    return lists(np.array([label.row for label in found], dtype=np.int64), fields, empty, kind)
