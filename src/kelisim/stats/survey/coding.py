"""Columns as small whole numbers: categories coded once, so that all later work is counting.

A category column arrives as text, whole numbers or already coded; empty text, None and NaN are null and get
-1. Fractional numbers are refused as categories: two of them that print alike need not be equal.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["Coded", "code_column", "compress"]

Ints = NDArray[np.intp]


@dataclass(frozen=True, slots=True, eq=False)
class Coded:
    """A category column: `codes` are positions in `labels`, -1 where there is no answer."""

    codes: NDArray[np.int32]
    labels: tuple[str, ...]

    def __post_init__(self) -> None:
        if self.codes.size and not -1 <= int(self.codes.min()) <= int(self.codes.max()) < len(self.labels):
            raise ValueError(f"codes must lie between -1 (null) and {len(self.labels) - 1}, one per label")
        self.codes.setflags(write=False)

    @property
    def has_null(self) -> bool:
        """Whether any record is without an answer."""
        return bool(self.codes.size) and int(self.codes.min()) < 0


def code_column(values: Any, name: str) -> Coded:
    """Code a column of text or whole numbers; labels are sorted, numbers by size.

    Raises: ValueError for fractional or infinite numbers.

    >>> code_column(["b", "a", "", "b"], "g")
    Coded(codes=array([ 1,  0, -1,  1], dtype=int32), labels=('a', 'b'))
    """
    if isinstance(values, Coded):
        return values
    array = np.asarray(values)
    if array.dtype.kind == "b":
        array = array.astype(np.int8)
    if array.dtype.kind == "f":
        null = np.isnan(array)
        whole = np.where(null, 0.0, array)
        if not np.all(np.isfinite(whole)) or np.any(whole != np.floor(whole)):
            raise ValueError(
                f"'{name}' holds fractional numbers, which cannot be categories; group them first"
            )
        coded = code_column(whole.astype(np.int64), name)
        return _without_unused(np.where(null, -1, coded.codes).astype(np.int32), coded.labels)
    if array.dtype.kind in "iu":
        codes, found = compress(array)
        return Coded(codes.astype(np.int32), tuple(str(label) for label in found.tolist()))
    return _code_text(array.tolist())


def _code_text(values: Iterable[object]) -> Coded:
    seen: dict[object, int] = {}
    raw = np.fromiter((seen.setdefault(value, len(seen)) for value in values), dtype=np.int64)
    texts = ["" if value is None or value != value else str(value) for value in seen]
    labels = sorted({text for text in texts if text})
    place = {text: position for position, text in enumerate(labels)} | {"": -1}
    if not texts:
        return Coded(np.empty(0, dtype=np.int32), ())
    return Coded(np.array([place[text] for text in texts], dtype=np.int32)[raw], tuple(labels))


def _without_unused(codes: NDArray[np.int32], labels: tuple[str, ...]) -> Coded:
    """A null stood in as zero while coding; its label goes unless someone really answered zero."""
    used = np.unique(codes[codes >= 0])
    remap = np.full(len(labels) + 1, -1, dtype=np.int32)
    remap[used] = np.arange(used.size, dtype=np.int32)
    return Coded(remap[codes], tuple(labels[i] for i in used))


def compress(keys: NDArray[Any]) -> tuple[Ints, NDArray[Any]]:
    """Positions 0, 1, ... of whole numbers in their sorted order, and the distinct numbers.

    >>> [part.tolist() for part in compress(np.array([30, 10, 30]))]
    [[1, 0, 1], [10, 30]]
    """
    if keys.size == 0:
        return np.empty(0, dtype=np.intp), keys
    low, high = int(keys.min()), int(keys.max())
    if high - low <= 8 * keys.size + 1000:
        # A table of what occurs needs no sorting, which is the slow part of np.unique.
        shifted = keys.astype(np.intp) - low
        present = np.zeros(high - low + 1, dtype=bool)
        present[shifted] = True
        place = np.cumsum(present, dtype=np.intp) - 1
        return place[shifted], np.flatnonzero(present).astype(keys.dtype) + keys.dtype.type(low)
    found, inverse = np.unique(keys, return_inverse=True)
    return inverse.astype(np.intp), found
