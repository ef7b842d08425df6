"""Words of the rules in texts: one scan of a batch for the rarer ones, and all of them in one text.

The scan looks for the beginnings of forms, spaces between their words included, and is not yet sure: it says
in which texts a word may stand. The grammar and the common words are looked at in those texts only.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import cached_property
from operator import itemgetter
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from kelisim.annotation.lexicon import Concept, Lexicon
from kelisim.annotation.lexicon.analysis import Analyser
from kelisim.annotation.lexicon.words import read_word

if TYPE_CHECKING:
    from ahocorasick_rs import BytesAhoCorasick

__all__ = ["Reader"]

# A stream of random letters must not fill the memory.
_CACHE_TOKENS = 200_000


class Reader:
    """The words of a codebook, ready to be found.

    words : concepts; those of kind "cue" are common and not scanned for
    """

    def __init__(self, words: Sequence[Concept]) -> None:
        self.words = tuple(words)
        self._analyser = Analyser(Lexicon.of(self.words))
        self._tokens: dict[str, tuple[tuple[str, tuple[int, ...]], ...]] = {}

    @cached_property
    def scanned(self) -> tuple[str, ...]:
        """Names of the words that the scan looks for."""
        return tuple(concept.id for concept in self.words if concept.kind != "cue")

    @cached_property
    def _patterns(self) -> dict[bytes, set[int]]:
        """Beginning of a form, after the space that bounds it -> positions in `scanned`."""
        patterns: defaultdict[bytes, set[int]] = defaultdict(set)
        for concept in self.words:
            if concept.kind == "cue":
                continue
            place = self.scanned.index(concept.id)
            for spelling, forms in concept.forms.items():
                for form in forms:
                    for beginning in _beginnings(form, spelling):
                        patterns[f" {beginning}".encode()].add(place)
        return dict(sorted(patterns.items()))

    @cached_property
    def _automaton(self) -> BytesAhoCorasick:
        from ahocorasick_rs import BytesAhoCorasick, Implementation, MatchKind

        # Matches may overlap: a word that ends one phrase may begin another.
        return BytesAhoCorasick(
            list(self._patterns), matchkind=MatchKind.Standard, implementation=Implementation.ContiguousNFA
        )

    @cached_property
    def _of_pattern(self) -> NDArray[np.int64]:
        """(patterns, most) positions in `scanned`, the first repeated where there are fewer."""
        most = max(map(len, self._patterns.values()))
        return np.array([(sorted(found) * most)[:most] for found in self._patterns.values()])

    def present(self, buffer: NDArray[np.uint8], offsets: NDArray[np.int64]) -> NDArray[np.bool_]:
        """(scanned, rows) whether a word may stand in a text.

        buffer, offsets : the matching view of a batch
        """
        rows = len(offsets) - 1
        present = np.zeros((len(self.scanned), rows), dtype=np.bool_)
        found = self._automaton.find_matches_as_indexes(buffer.tobytes(), overlapping=True)
        pattern = np.fromiter(map(itemgetter(0), found), dtype=np.int64, count=len(found))
        start = np.fromiter(map(itemgetter(1), found), dtype=np.int64, count=len(found))
        row = np.searchsorted(offsets, start, side="right") - 1
        for column in self._of_pattern.T:
            present[column[pattern], row] = True
        return present

    def places(self, tokens: Sequence[str]) -> dict[str, set[int]]:
        """Name -> numbers of the words of one text at which it stands; all words of a phrase count.

        >>> from kelisim.annotation.frames import load_codebook
        >>> reader = Reader(load_codebook().words)
        >>> reader.places(["екі", "жақ", "татуласты"])["reconcile"]
        {2}
        """
        places: dict[str, set[int]] = {}
        for place, token in enumerate(tokens):
            for name, following in self._starting(token):
                if self._follow(following, tokens, place):
                    places.setdefault(name, set()).update(range(place, place + 1 + len(following)))
        return places

    def _starting(self, token: str) -> tuple[tuple[str, tuple[int, ...]], ...]:
        """Names that a token is or begins, each with the numbers of the words that must follow."""
        known = self._tokens.get(token)
        if known is None:
            if len(self._tokens) >= _CACHE_TOKENS:
                self._tokens.clear()
            found = {
                (self.words[form.concept].id, form.words[1:]) for form, *_ in self._analyser.starting(token)
            }
            known = self._tokens[token] = tuple(sorted(found))
        return known

    def _follow(self, words: Sequence[int], tokens: Sequence[str], place: int) -> bool:
        if place + len(words) >= len(tokens):
            return False
        return all(
            any(found[0] == word for found in self._analyser.words_of(tokens[place + step]))
            for step, word in enumerate(words, start=1)
        )


def _beginnings(form: str, spelling: str) -> Iterator[str]:
    """How a form may begin, up to the first word that may be inflected."""
    said = ""
    words = form.split(" ")
    for number, word in enumerate(words):
        if word.endswith("=") and number + 1 < len(words):
            said += word[:-1] + " "
            continue
        # A whole word is bounded by a space; before one, the next word may still be looked for.
        yield from (
            said + stem + (" " if word.endswith("=") else "") for stem, _ in read_word(word, spelling).stems
        )
        return
