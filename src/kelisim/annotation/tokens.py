"""Tokens of a batch, by the spaces between them, and which of them lie in the same row."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["Tokens", "tokens_of"]


@dataclass(frozen=True, slots=True)
class Tokens:
    """Tokens of a batch. A token is named by the number of the space before it, among all spaces.

    data : bytes of all rows
    spaces : where the spaces stand in `data`
    first : (rows + 1) number of the first space of every row
    """

    data: bytes
    spaces: memoryview
    first: list[int]

    def raw(self, row: int, place: int) -> bytes:
        """The token after a space; empty where the row has none there."""
        if not self.first[row] <= place < self.first[row + 1] - 1:
            return b""
        return self.data[self.spaces[place] + 1 : self.spaces[place + 1]]

    def text(self, row: int, place: int) -> str:
        """The same as text."""
        return self.raw(row, place).decode()


def tokens_of(data: bytes, spaces: NDArray[np.int64], offsets: NDArray[np.int64]) -> Tokens:
    """Tokens from the places of the spaces and the beginnings of the rows, in bytes.

    >>> tokens = tokens_of(b" ab c  d ", np.array([0, 3, 5, 6, 8]), np.array([0, 6, 9]))
    >>> tokens.text(0, 1), tokens.text(0, 2), tokens.text(1, 3)
    ('c', '', 'd')
    """
    return Tokens(data, memoryview(spaces.data), np.searchsorted(spaces, offsets).tolist())
