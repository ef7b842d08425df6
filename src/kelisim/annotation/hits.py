"""What the matcher found: one row for every form of a concept in a batch, as parallel arrays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

__all__ = ["SENSES", "Hits"]

# In what sense a name stands. Words for rules have none.
SENSES = ("none", "group", "language", "citizens", "state", "organisation", "place", "unknown")


@dataclass(frozen=True, eq=False)
class Hits:
    """Occurrences of concepts, sorted by row, start and, the longer first, end.

    row : (hits,) row of the batch
    concept : (hits,) position in `Lexicon.concepts`
    language : (hits,) of the form, position in `FORM_LANGUAGES`
    suffix : (hits,) of its last word, position in `SUFFIXES`
    sense : (hits,) position in `SENSES`
    reason : (hits,) why this sense, position in `senses.REASONS`
    token : (hits,) number of its first word in the row, from 0
    words : (hits,) how many words it takes
    start, end : (hits,) bytes of the matching view, the end exclusive
    """

    row: NDArray[np.int32]
    concept: NDArray[np.int32]
    language: NDArray[np.int8]
    suffix: NDArray[np.int8]
    sense: NDArray[np.int8]
    reason: NDArray[np.int8]
    token: NDArray[np.int32]
    words: NDArray[np.int16]
    start: NDArray[np.int64]
    end: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.row)

    def take(self, chosen: NDArray[np.bool_] | NDArray[np.intp]) -> Hits:
        """The hits of a mask or of positions, in their order."""
        return Hits(*(getattr(self, column.name)[chosen] for column in fields(self)))

    def of_kind(self, kinds: NDArray[np.bool_]) -> Hits:
        """Hits of the concepts that a mask over the lexicon chooses."""
        return self.take(kinds[self.concept])

    @classmethod
    def of(cls, rows: Sequence[tuple[int, ...]]) -> Hits:
        """Hits from tuples in the order of the fields."""
        table = np.array(rows, dtype=np.int64).reshape(-1, len(fields(cls)))
        types = (
            np.int32,
            np.int32,
            np.int8,
            np.int8,
            np.int8,
            np.int8,
            np.int32,
            np.int16,
            np.int64,
            np.int64,
        )
        return cls(*(table[:, place].astype(kind) for place, kind in enumerate(types)))
