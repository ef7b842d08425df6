"""The matching view of a batch: one buffer of folded text, and the way back to the stored characters."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from kelisim.annotation import letters

__all__ = ["Normalised", "encoded", "ends_in_bytes"]


def encoded(codes: NDArray[np.uint32]) -> NDArray[np.uint8]:
    """UTF-8 of an array of code points."""
    return np.frombuffer(codes.tobytes().decode("utf-32-le").encode(), dtype=np.uint8)


def ends_in_bytes(codes: NDArray[np.uint32]) -> NDArray[np.int64]:
    """Where each character ends in UTF-8, in bytes from the beginning of the array."""
    width = (codes >= 0x80).view(np.uint8) + np.uint8(1)
    if codes.size and codes.max() >= 0x800:
        width += (codes >= 0x800).view(np.uint8)
        width += (codes >= 0x10000).view(np.uint8)
    return np.cumsum(width, dtype=np.int64)


@dataclass(frozen=True, eq=False)
class Normalised:
    """All rows of a batch in the form in which words are looked up.

    Each row begins and ends with one space and its words are one space apart; an empty row is one space.

    buffer : (bytes,) UTF-8 of all rows, one after the other
    offsets : (rows + 1,) where rows begin in `buffer`, in bytes
    flags : (rows,) sum of `Flag`, without LETTERLESS, which needs the language
    codes : (characters,) the same text as code points
    starts : (rows + 1,) where rows begin in `codes`, in characters
    sources : (characters,) character of the stored text that a character of the view came from
    counts : (rows, 4) letters by script: Cyrillic, Latin, Arabic, and those that only Kazakh has
    """

    buffer: NDArray[np.uint8]
    offsets: NDArray[np.int64]
    flags: NDArray[np.int32]
    codes: NDArray[np.uint32]
    starts: NDArray[np.int64]
    sources: NDArray[np.int32]
    counts: NDArray[np.uint16]

    @property
    def rows(self) -> int:
        """Number of texts."""
        return len(self.offsets) - 1

    def row_of(self, positions: NDArray[np.int64]) -> NDArray[np.int64]:
        """The row that each byte of the buffer belongs to."""
        return np.searchsorted(self.offsets, positions, side="right") - 1

    @cached_property
    def skeleton(self) -> Normalised:
        """The view with Kazakh letters replaced as in letterless writing; bytes keep their places."""
        codes = letters.skeleton().take(self.codes, mode="clip")
        return replace(self, buffer=encoded(codes), codes=codes)

    @cached_property
    def _ends(self) -> NDArray[np.int64]:
        return ends_in_bytes(self.codes)

    def text(self, row: int) -> str:
        """The view of one row, with its outer spaces."""
        return self.buffer[self.offsets[row] : self.offsets[row + 1]].tobytes().decode()

    def origin(self, row: int) -> NDArray[np.int32]:
        """For each byte of the row's view, the character of the stored text it came from."""
        first, last = self.starts[row], self.starts[row + 1]
        ends = self._ends[first:last]
        begin = self._ends[first - 1] if first else 0
        return np.repeat(self.sources[first:last], np.diff(ends, prepend=begin))

    def spans(
        self, starts: NDArray[np.int64], ends: NDArray[np.int64]
    ) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
        """Byte spans of the buffer as character spans of the stored texts; ends are exclusive.

        A span ends where the next character of the view begins, so marks that belong to the last letter are
        inside it.
        """
        first = np.searchsorted(self._ends, starts, side="right")
        after = np.searchsorted(self._ends, ends, side="right")
        return self.sources[first], self.sources[np.minimum(after, len(self.sources) - 1)]
