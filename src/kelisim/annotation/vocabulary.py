"""Words of a batch as numbers: each different word is looked at once, however often it stands in the texts.

A number stays with its word from batch to batch, so what is known of a word is a look-up in an array. Words
are told by a 64-bit hash of their letters; a word is spelled out only when it is new.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

__all__ = ["View", "Vocabulary", "WordPlaces", "word_places"]

# A stream of random letters must not fill the memory: beyond this the vocabulary begins anew.
_MOST_WORDS = 400_000
_SLOT_BITS = 19
_TOGETHER = 4_096
_SPACE = np.uint32(0x20)
_FACTOR = np.uint64(0x9E3779B97F4A7C15)
_MIX = np.uint64(0xBF58476D1CE4E5B9)
_HALF = np.uint64(32)


class View(Protocol):
    """What is needed of a normalised batch: the matching view."""

    @property
    def buffer(self) -> NDArray[np.uint8]: ...
    @property
    def offsets(self) -> NDArray[np.int64]: ...


@dataclass(frozen=True, eq=False)
class WordPlaces:
    """Where the words of a batch stand.

    codes : the view as code points
    begin, end : (words,) in characters of the view
    first : (rows + 1,) number of the first word of each row
    """

    codes: NDArray[np.uint32]
    begin: NDArray[np.int64]
    end: NDArray[np.int64]
    first: NDArray[np.int64]

    def rows(self) -> NDArray[np.int64]:
        """(words,) the row of each word."""
        return np.repeat(np.arange(len(self.first) - 1), np.diff(self.first))


def word_places(view: View) -> WordPlaces:
    """The words of a batch.

    >>> from kelisim.annotation.matching import view_of
    >>> places = word_places(view_of(["қазақ тілі", "", "тіл"]))
    >>> places.begin.tolist(), places.first.tolist()
    ([1, 7, 14], [0, 2, 2, 3])
    """
    codes = getattr(view, "codes", None)
    starts = getattr(view, "starts", None)
    if codes is None or starts is None:
        codes = np.frombuffer(view.buffer.tobytes().decode().encode("utf-32-le"), dtype=np.uint32)
        heads = np.flatnonzero((view.buffer & 0xC0) != 0x80)
        starts = np.searchsorted(heads, view.offsets)
    spaces = np.flatnonzero(codes == _SPACE)
    word = spaces[1:] - spaces[:-1] > 1 if len(spaces) else np.zeros(0, dtype=np.bool_)
    begin = spaces[:-1][word] + 1
    return WordPlaces(codes, begin, spaces[1:][word], np.searchsorted(begin, starts))


class Vocabulary:
    """Numbers for words.

    learn : called once with every new word, in the order of the numbers
    forget : called when the vocabulary begins anew
    """

    def __init__(self, learn: Callable[[Sequence[str]], None], forget: Callable[[], None]) -> None:
        self._learn, self._forget = learn, forget
        self._known: dict[int, int] = {}
        self._slot_hash = np.zeros(1 << _SLOT_BITS, dtype=np.uint64)
        self._slot_word = np.full(1 << _SLOT_BITS, -1, dtype=np.int32)

    def numbers(self, places: WordPlaces) -> NDArray[np.int32]:
        """(words,) the number of each word."""
        if len(self._known) > _MOST_WORDS:
            self._known.clear()
            self._slot_word.fill(-1)
            self._forget()
        hashes = _hashes(places)
        slot = (hashes >> np.uint64(64 - _SLOT_BITS)).astype(np.int64)
        numbers = self._slot_word[slot]
        missing = np.flatnonzero((numbers < 0) | (self._slot_hash[slot] != hashes))
        if missing.size:
            numbers[missing] = self._told(hashes[missing], places, missing)
            self._slot_hash[slot[missing]] = hashes[missing]
            self._slot_word[slot[missing]] = numbers[missing]
        return numbers

    def _told(
        self, hashes: NDArray[np.uint64], places: WordPlaces, words: NDArray[np.int64]
    ) -> NDArray[np.int32]:
        different, first, back = np.unique(hashes, return_index=True, return_inverse=True)
        numbers = np.empty(len(different), dtype=np.int32)
        new: list[str] = []
        for at, (code, word) in enumerate(zip(different.tolist(), words[first].tolist(), strict=True)):
            number = self._known.get(code)
            if number is None:
                number = self._known[code] = len(self._known)
                letters = places.codes[places.begin[word] : places.end[word]]
                new.append(letters.tobytes().decode("utf-32-le"))
            numbers[at] = number
        if new:
            self._learn(new)
        return numbers[back]


def _hashes(places: WordPlaces) -> NDArray[np.uint64]:
    """(words,) sums of letters, each mixed with its place in the word."""
    # The work goes in parts that fit the cache.
    parts = [np.zeros(0, dtype=np.uint64)]
    for first in range(0, len(places.begin), _TOGETHER):
        begin, end = places.begin[first : first + _TOGETHER], places.end[first : first + _TOGETHER]
        low = int(begin[0])
        codes = places.codes[low : int(end[-1]) + 1].astype(np.uint64)
        # The space before a word belongs to the word before it and weighs nothing there.
        step = np.arange(len(codes), dtype=np.int64) - np.repeat(
            begin - low, np.diff(begin, append=end[-1] + 1)
        )
        mixed = (codes + _FACTOR * step.astype(np.uint64)) * _MIX
        mixed ^= mixed >> _HALF
        mixed *= _FACTOR
        mixed[codes == _SPACE] = 0
        total = np.add.reduceat(mixed, begin - low)
        total ^= total >> _HALF
        parts.append(total * _MIX)
    return np.concatenate(parts)
