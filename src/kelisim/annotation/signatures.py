"""Keys of texts: one for equal texts, eight for nearly equal ones.

One-permutation hashing: every run of five characters is hashed once; the hash says into which of 32 bins the
run falls, and each bin keeps its smallest hash. Two texts agree in a bin with a probability that is the share
of runs they have in common (Jaccard). Four bins make a band; texts that agree in a whole band are worth an
exact comparison, which `families` makes.

Source: Li, Owen and Zhang (2012), One Permutation Hashing; empty bins borrow from the next full one as in
Shrivastava and Li (2014), Densifying One Permutation Hashing via Rotation.
"""

from __future__ import annotations

from hashlib import blake2b
from itertools import pairwise

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from kelisim.annotation.views import Normalised

__all__ = ["BANDS", "FEWEST_WORDS", "RUN", "bands", "text_keys"]

RUN = 5
BANDS = 8
FEWEST_WORDS = 8
_BINS = 32
_TOGETHER = 2_048
_EMPTY = np.uint32(0xFFFFFFFF)
_FACTOR = np.uint64(0x9E3779B97F4A7C15)
_MIX = np.uint64(0xBF58476D1CE4E5B9)
_HALF = np.uint64(32)
_TO_BIN = np.uint64(59)


def text_keys(view: Normalised) -> NDArray[np.int64]:
    """BLAKE2b-64 of the matching view of each row: texts with one key have the same words in one order.

    >>> from kelisim.annotation.normalise import normalise
    >>> first, second = text_keys(normalise(pa.array(["Өзбек тілі!", "өзбек  тілі"])))
    >>> bool(first == second)
    True
    """
    raw, cuts = view.buffer.tobytes(), view.offsets.tolist()
    digests = [blake2b(raw[a:b], digest_size=8).digest() for a, b in pairwise(cuts)]
    return np.frombuffer(b"".join(digests), dtype="<i8")


def bands(view: Normalised) -> pa.Array:
    """Eight numbers for each row of eight words and more, null for shorter ones.

    Rows that share one number at one place are likely to be nearly equal. With a share s of runs in common
    two texts meet in at least one band with probability 1 - (1 - s^4)^8: .89 at s = .7, .98 at .8, .9998 at
    .9.

    >>> from kelisim.annotation.normalise import normalise
    >>> text = "бүгін ауылда той болды бәріңіз келіңіздер достар қуанамыз"
    >>> near = bands(normalise(pa.array([text, text + " иә", "қысқа мәтін"]))).to_pylist()
    >>> any(a == b for a, b in zip(near[0], near[1])), near[2]
    (True, None)
    """
    lengths = np.diff(view.starts)
    words = (
        np.add.reduceat(view.codes == 0x20, view.starts[:-1], dtype=np.int64) - 1 if view.rows else lengths
    )
    long = np.flatnonzero(words >= FEWEST_WORDS)
    made = [_bands_of(view, long[first : first + _TOGETHER]) for first in range(0, len(long), _TOGETHER)]
    values = np.concatenate(made) if made else np.zeros((0, BANDS), dtype=np.int64)
    kept = np.zeros(view.rows, dtype=np.bool_)
    kept[long] = True
    offsets = np.concatenate([[0], np.cumsum(kept * BANDS)]).astype(np.int32)
    return pa.ListArray.from_arrays(pa.array(offsets), pa.array(values.ravel()), mask=pa.array(~kept))


def _bands_of(view: Normalised, rows: NDArray[np.int64]) -> NDArray[np.int64]:
    """(rows, 8) bands of some rows, each of five characters at least."""
    lengths = np.diff(view.starts)[rows]
    row, place = _places(view.starts[rows], lengths)
    codes = view.codes[place].astype(np.uint64)
    size = len(codes) - RUN + 1
    mixed = codes[:size].copy()
    for step in range(1, RUN):
        mixed *= _FACTOR
        mixed += codes[step : step + size]
    mixed ^= mixed >> _HALF
    mixed *= _MIX
    # Runs that reach into the next row are none.
    ends = np.cumsum(lengths)
    inside = np.ones(size, dtype=np.bool_)
    inside[(ends[:-1, None] - np.arange(1, RUN)).ravel()] = False
    mixed, row = mixed[inside], row[:size][inside]
    smallest = np.full((len(rows), _BINS), _EMPTY)
    slot = row * _BINS + (mixed >> _TO_BIN).astype(np.int64)
    np.minimum.at(smallest.reshape(-1), slot, (mixed & np.uint64(0xFFFFFFFF)).astype(np.uint32))
    return _banded(_borrowed(smallest))


def _places(
    starts: NDArray[np.int64], lengths: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Number of the row and place in the codes of each character of some rows."""
    row = np.repeat(np.arange(len(lengths)), lengths)
    before = np.cumsum(lengths) - lengths
    return row, np.arange(len(row)) + (starts - before)[row]


def _borrowed(smallest: NDArray[np.uint32]) -> NDArray[np.uint64]:
    """Bins with empty ones filled from the next full one, marked by how far away it is."""
    twice = np.hstack([smallest, smallest])
    column = np.arange(2 * _BINS)
    full = np.where(twice != _EMPTY, column, 4 * _BINS)
    following = np.minimum.accumulate(full[:, ::-1], axis=1)[:, ::-1][:, :_BINS]
    away = (following - column[:_BINS]).astype(np.uint64)
    value = np.take_along_axis(smallest, following % _BINS, axis=1).astype(np.uint64)
    return value + away * np.uint64(1 << 32)


def _banded(bins: NDArray[np.uint64]) -> NDArray[np.int64]:
    """Four bins and the number of the band as one number."""
    groups = bins.reshape(len(bins), BANDS, _BINS // BANDS)
    mixed = np.broadcast_to(np.arange(1, BANDS + 1, dtype=np.uint64), groups.shape[:2]).copy()
    for step in range(groups.shape[2]):
        mixed = (mixed ^ groups[:, :, step]) * _FACTOR
        mixed ^= mixed >> _HALF
    return (mixed * _MIX).view(np.int64)
