"""Which language a text is written in, told by the letters inside its words.

Runs of one to four characters inside words (the boundary space counts) are hashed into 2^15 buckets; a bucket
holds one small number per language, and the language with the largest sum wins. All numbers of a bucket sit
in two 64-bit words, four to a word, so that a text is scored by additions of whole words. The identifier has
classes of its own because packaged ones read Kazakh typed without its letters as Kyrgyz or Russian.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from functools import cached_property
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from kelisim.annotation.views import Normalised

__all__ = ["BUCKETS", "CLASSES", "LanguageModel", "Languages", "grams"]

CLASSES = ("kk", "ru", "uz", "tg", "ky", "ug", "en", "other")
ORDERS = 4
BUCKETS = 1 << 15
_SHIFT = np.uint32(32 - 15)
_FACTOR = np.uint32(0x9E3779B1)
_SPACE = np.uint32(0x20)
# A language shows in its first letters; sums of longer texts would not fit their places either.
_LONGEST = 2_000
# Sums of four places of 16 bits hold 64 characters: 64 * 4 * 255 < 2^16.
_BLOCK = 64
# Rows scored together: their arrays stay in the cache of one core.
_TOGETHER = 2_048


@dataclass(frozen=True, eq=False)
class Languages:
    """Language of each row of a batch.

    first, second : (rows,) index into CLASSES of the likeliest and the next language; -1 without letters
    margin : (rows,) probability of the first minus that of the second; 0 without letters
    """

    first: NDArray[np.int8]
    second: NDArray[np.int8]
    margin: NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class LanguageModel:
    """Weights of hashed character runs.

    weights : (BUCKETS, classes) int8
    scale : (classes,) what one unit of a weight is worth
    """

    weights: NDArray[np.int8]
    scale: NDArray[np.float32]

    @cached_property
    def digest(self) -> str:
        """BLAKE2b digest of the weights."""
        return blake2b(self.weights.tobytes() + self.scale.tobytes(), digest_size=16).hexdigest()

    @cached_property
    def _words(self) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
        places = (self.weights.astype(np.int16) + 128).astype("<u2")
        packed = np.ascontiguousarray(places).view("<u8")
        return np.ascontiguousarray(packed[:, 0]), np.ascontiguousarray(packed[:, 1])

    def scores(self, view: Normalised) -> NDArray[np.float64]:
        """(rows, classes) sums of weights over the root of the number of runs; zeros without letters.

        They are log odds up to a constant of the row.
        """
        scores = [
            self._part(view.codes, view.starts[first : first + _TOGETHER + 1])
            for first in range(0, view.rows, _TOGETHER)
        ]
        return np.concatenate(scores) if scores else np.zeros((0, len(CLASSES)))

    def _part(self, codes: NDArray[np.uint32], starts: NDArray[np.int64]) -> NDArray[np.float64]:
        codes, starts = _shortened(codes[starts[0] : starts[-1]], starts - starts[0])
        blocks, first_block = _blocks(starts)
        left, right = self._words
        sums = np.zeros((2, len(codes)), dtype=np.uint64)
        for bucket in grams(codes):
            sums[0] += left.take(bucket)
            sums[1] += right.take(bucket)
        places = [np.add.reduceat(half, blocks).view("<u2").reshape(-1, 4) for half in sums]
        whole = np.add.reduceat(np.hstack(places).astype(np.int64), first_block)
        lengths = np.diff(starts)
        spaces = np.add.reduceat(codes == _SPACE, starts[:-1], dtype=np.int64)
        whole -= 128 * ORDERS * lengths[:, None]
        # Runs of one, two, three and four characters add up to four for each letter, however words are long.
        runs = ORDERS * np.maximum(lengths - spaces, 1)
        result: NDArray[np.float64] = whole * self.scale.astype(np.float64) / np.sqrt(runs)[:, None]
        return result

    def identify(self, view: Normalised) -> Languages:
        """The language of each row, the next likely one, and by how much it is less likely.

        >>> import pyarrow as pa
        >>> from kelisim.annotation.kernel import language_model
        >>> from kelisim.annotation.normalise import normalise
        >>> texts = ["Маған қатты ұнады", "Маган катты унады", "Мне очень понравилось", "!!!"]
        >>> found = language_model().identify(normalise(pa.array(texts)))
        >>> [CLASSES[code] if code >= 0 else None for code in found.first]
        ['kk', 'kk', 'ru', None]
        """
        scores = self.scores(view)
        rows = np.arange(view.rows)
        first = scores.argmax(axis=1).astype(np.int8) if view.rows else np.zeros(0, dtype=np.int8)
        odds = np.exp(scores - scores.max(axis=1, keepdims=True, initial=-np.inf))
        odds /= odds.sum(axis=1, keepdims=True)
        top = odds[rows, first]
        odds[rows, first] = -1
        second = odds.argmax(axis=1).astype(np.int8) if view.rows else first.copy()
        margin = (top - odds[rows, second]).astype(np.float32)
        self._without_letters(view, first, second, margin)
        return Languages(first, second, margin)

    def _without_letters(
        self,
        view: Normalised,
        first: NDArray[np.int8],
        second: NDArray[np.int8],
        margin: NDArray[np.float32],
    ) -> None:
        """Rows without a letter of our scripts: "other" where there are letters at all, else no language."""
        for row in np.flatnonzero(~view.counts.any(axis=1)).tolist():
            foreign = any(sign.isalpha() for sign in view.text(row))
            first[row] = CLASSES.index("other") if foreign else -1
            second[row], margin[row] = -1, float(foreign)

    def to_bytes(self) -> bytes:
        """The model as a compressed archive of arrays; equal models give equal bytes."""
        file = io.BytesIO()
        np.savez_compressed(file, weights=self.weights, scale=self.scale)
        return file.getvalue()

    @classmethod
    def from_bytes(cls, raw: bytes) -> LanguageModel:
        """The model that `to_bytes` wrote."""
        with np.load(io.BytesIO(raw), allow_pickle=False) as file:
            return cls(weights=file["weights"], scale=file["scale"])


def grams(codes: NDArray[np.uint32]) -> list[NDArray[np.int64]]:
    """Buckets of the runs that begin at each character, one array per length of run.

    A run with a space inside it is none and falls into bucket 0, whose weights are zero.
    """
    size = len(codes)
    ahead = np.full(size + ORDERS, _SPACE, dtype=np.uint32)
    ahead[:size] = codes
    letter = (ahead != _SPACE).astype(np.uint32)
    inside = letter[:size]
    mixed = codes * _FACTOR
    result = [((mixed >> _SHIFT) * inside).astype(np.int64)]
    for length in range(2, ORDERS + 1):
        mixed = (mixed + ahead[length - 1 : length - 1 + size]) * _FACTOR
        if length == 2:
            inside = letter[:size] | letter[1 : 1 + size]
        elif length == 3:
            inside = letter[1 : 1 + size]
        else:
            inside = inside & letter[length - 2 : length - 2 + size]
        result.append(((mixed >> _SHIFT) * inside).astype(np.int64))
    return result


def _shortened(
    codes: NDArray[np.uint32], starts: NDArray[np.int64]
) -> tuple[NDArray[np.uint32], NDArray[np.int64]]:
    """Rows cut behind a word so that none is longer than the limit."""
    lengths = np.diff(starts)
    if not (lengths > _LONGEST).any():
        return codes, starts
    pieces = []
    for first, last in zip(starts[:-1].tolist(), starts[1:].tolist(), strict=True):
        piece = codes[first : min(last, first + _LONGEST)]
        if last - first > _LONGEST:
            spaces = np.flatnonzero(piece == _SPACE)
            piece = piece[: spaces[-1] + 1] if spaces[-1] else np.append(piece[:-1], _SPACE)
        pieces.append(piece)
    sizes = np.array([len(piece) for piece in pieces])
    return np.concatenate(pieces), np.concatenate([[0], np.cumsum(sizes)])


def _blocks(starts: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Where blocks begin in the codes, and which block is the first of each row."""
    number = (np.diff(starts) + _BLOCK - 1) // _BLOCK
    first = np.cumsum(number) - number
    step = np.arange(number.sum()) - np.repeat(first, number)
    return np.repeat(starts[:-1], number) + _BLOCK * step, first
