"""Words of the rules in texts: where each of them stands, for a whole batch at once.

Every different word of the texts is looked at once, with the grammar; what it may be, or may begin, is kept
by its number in the vocabulary. Phrases are followed only where a first word stands before a possible second.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kelisim.annotation.lexicon import Concept, Lexicon
from kelisim.annotation.lexicon.analysis import Analyser
from kelisim.annotation.vocabulary import View, Vocabulary, word_places

__all__ = ["Reader", "Reading"]

# A stream of random words must not fill the memory.
_MOST_PAIRS = 200_000


@dataclass(frozen=True, eq=False)
class Reading:
    """Where words of the rules stand in a batch.

    row, word, length, first : (found,) row, position in `Reader.words`, how many words of the text it takes,
        and number of the first of them in the row; sorted by row
    begins : (rows + 1,) number of the first entry of each row
    """

    row: NDArray[np.int64]
    word: NDArray[np.int64]
    length: NDArray[np.int64]
    first: NDArray[np.int64]
    begins: NDArray[np.int64]

    def present(self, words: int) -> NDArray[np.bool_]:
        """(words, rows) whether a word stands in a text."""
        present = np.zeros((words, len(self.begins) - 1), dtype=np.bool_)
        present[self.word, self.row] = True
        return present

    def of_row(self, row: int) -> list[tuple[int, int, int]]:
        """Word, number of its first word in the text, and how many it takes, for one row."""
        own = slice(self.begins[row], self.begins[row + 1])
        columns = (self.word[own].tolist(), self.first[own].tolist(), self.length[own].tolist())
        return list(zip(*columns, strict=True))


class Reader:
    """The words of a codebook, ready to be found.

    words : concepts
    """

    def __init__(self, words: Sequence[Concept]) -> None:
        self.words = tuple(words)
        self._analyser = Analyser(Lexicon.of(self.words))
        self._vocabulary = Vocabulary(self._learn, self._forget)
        self._later = {word for form in self._analyser.forms for word in form.words[1:2]}
        self._forget()

    def _forget(self) -> None:
        # By number of the word in the vocabulary: what it is, what it may begin, and which words it is.
        self._single: list[tuple[int, ...]] = []
        self._begun: list[tuple[tuple[int, tuple[int, ...]], ...]] = []
        self._told: list[frozenset[int]] = []
        self._pairs: dict[tuple[int, int], tuple[tuple[int, tuple[int, ...]], ...]] = {}
        self._singles = self._starts = np.zeros(0, dtype=np.int64)
        self._flat = np.zeros(0, dtype=np.int64)
        self._opens = self._continues = np.zeros(0, dtype=np.bool_)

    def _learn(self, new: Sequence[str]) -> None:
        known = len(self._single)
        for token in new:
            found = sorted({(form.concept, form.words[1:]) for form, *_ in self._analyser.starting(token)})
            self._single.append(tuple(dict.fromkeys(concept for concept, rest in found if not rest)))
            self._begun.append(tuple((concept, rest) for concept, rest in found if rest))
            self._told.append(frozenset(word for word, *_ in self._analyser.words_of(token)))
        fresh = self._single[known:]
        flat = [concept for concepts in fresh for concept in concepts]
        self._singles = np.append(self._singles, [len(concepts) for concepts in fresh]).astype(np.int64)
        self._starts = np.cumsum(self._singles) - self._singles
        self._flat = np.append(self._flat, flat).astype(np.int64)
        self._opens = np.append(self._opens, [bool(begun) for begun in self._begun[known:]])
        later = [not told.isdisjoint(self._later) for told in self._told[known:]]
        self._continues = np.append(self._continues, later).astype(np.bool_)

    def read(self, view: View) -> Reading:
        """Where the words stand in a batch.

        >>> from kelisim.annotation.frames import load_codebook
        >>> from kelisim.annotation.matching import view_of
        >>> reader = Reader(load_codebook().words)
        >>> found = reader.read(view_of(["екі жақ татуласты"])).of_row(0)
        >>> [first for word, first, length in found if reader.words[word].id == "reconcile"]
        [2]
        """
        places = word_places(view)
        numbers = self._vocabulary.numbers(places)
        row = places.rows()
        times = self._singles[numbers]
        at = np.repeat(np.arange(len(numbers)), times)
        step = np.arange(len(at)) - np.repeat(np.cumsum(times) - times, times)
        word = self._flat[self._starts[numbers[at]] + step]
        phrases = self._phrases(numbers, places.first, row)
        at = np.concatenate([at, phrases[:, 0]])
        word = np.concatenate([word, phrases[:, 1]])
        length = np.concatenate([np.ones(len(step), dtype=np.int64), phrases[:, 2]])
        order = np.lexsort((length, word, at))
        at, word, length = at[order], word[order], length[order]
        begins = np.searchsorted(at, places.first)
        return Reading(row[at], word, length, at - places.first[row[at]], begins)

    def _phrases(
        self, numbers: NDArray[np.int32], first: NDArray[np.int64], row: NDArray[np.int64]
    ) -> NDArray[np.int64]:
        """(found, 3) word of the batch at which a phrase begins, its position in `words`, its length."""
        hopeful = np.flatnonzero(self._opens[numbers[:-1]] & self._continues[numbers[1:]])
        ends = first[row[hopeful] + 1].tolist()
        told = numbers.tolist() if len(hopeful) else []
        found: list[tuple[int, int, int]] = []
        for at, end in zip(hopeful.tolist(), ends, strict=True):
            for concept, rest in self._pair(told[at], told[at + 1]):
                if at + 1 + len(rest) < end and all(
                    word in self._told[told[at + step]] for step, word in enumerate(rest, start=2)
                ):
                    found.append((at, concept, 2 + len(rest)))
        return np.array(found, dtype=np.int64).reshape(-1, 3)

    def _pair(self, one: int, two: int) -> tuple[tuple[int, tuple[int, ...]], ...]:
        """Phrases that two words begin, each with the words that must follow them."""
        known = self._pairs.get((one, two))
        if known is None:
            if len(self._pairs) >= _MOST_PAIRS:
                self._pairs.clear()
            told = self._told[two]
            known = tuple((concept, rest[1:]) for concept, rest in self._begun[one] if rest[0] in told)
            self._pairs[one, two] = known
        return known
