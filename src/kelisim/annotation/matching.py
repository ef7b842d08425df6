"""Finding the words of the lexicon in a batch: one scan of one buffer, then grammar on the hits only.

The scan looks for " " + beginning of a word with an Aho-Corasick automaton over the bytes of all rows at
once; a hit is brought to its row and its token by binary search, and the token is looked up in a cache.
Nothing in Python touches a row without a hit. The automaton is that of Aho and Corasick (1975).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from operator import itemgetter
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from kelisim.annotation.hits import Hits
from kelisim.annotation.lexicon import FORM_LANGUAGES, SUFFIXES, Lexicon
from kelisim.annotation.lexicon.analysis import Analyser, Form
from kelisim.annotation.sensing import Candidate, Sensing
from kelisim.annotation.tokens import Tokens, tokens_of

if TYPE_CHECKING:
    from ahocorasick_rs import BytesAhoCorasick

__all__ = ["Matcher", "View", "view_of"]

# A form of another language than the text's is believed from this many letters on: short stems are words of
# many languages (тат, дат, тай), and people do write узбеки into a Kazakh comment.
_FOREIGN_LETTERS = 4
# A stream of random letters must not fill the memory.
_CACHE_TOKENS = 400_000


class View(Protocol):
    """What the matcher needs of a normalised batch; see `normalise.Normalised`."""

    @property
    def buffer(self) -> NDArray[np.uint8]: ...
    @property
    def offsets(self) -> NDArray[np.int64]: ...
    @property
    def counts(self) -> NDArray[np.uint16]: ...


def _travels(form: Form, suffix: int) -> bool:
    """Whether a form counts in a text of another language than its own."""
    if form.letters < _FOREIGN_LETTERS or form.doubt:
        return False
    if form.plain:
        # Kazakh without its letters may look Russian: a word that does must show a Kazakh suffix.
        return form.name and (not form.home or SUFFIXES[suffix] != "bare")
    return not form.home


@dataclass(frozen=True, slots=True)
class _Cache:
    """What the tokens of one language are, with or without the letters of Kazakh."""

    language: str
    letterless: bool
    known: dict[bytes, tuple[tuple[Form, int], ...]]


class _Caches(dict[tuple[str, bool], _Cache]):
    def __missing__(self, key: tuple[str, bool]) -> _Cache:
        self[key] = _Cache(*key, {})
        return self[key]


class Matcher:
    """A lexicon, ready to be found in batches.

    lexicon : what to look for
    """

    def __init__(self, lexicon: Lexicon) -> None:
        self.lexicon = lexicon
        self._analyser = Analyser(lexicon)
        self._sensing = Sensing(lexicon, self._analyser)
        self._readings = _Caches()

    @cached_property
    def _automaton(self) -> BytesAhoCorasick:
        from ahocorasick_rs import BytesAhoCorasick, Implementation, MatchKind

        return BytesAhoCorasick(
            self._analyser.patterns(),
            matchkind=MatchKind.LeftmostLongest,
            implementation=Implementation.ContiguousNFA,
        )

    def find(self, normalised: View, languages: NDArray[Any]) -> Hits:
        """All concepts of the lexicon in a batch, with their senses.

        normalised : the matching view of the batch
        languages : (rows,) codes of languages as text ("kk", "ru" ...; "" or "other" where it is not known)
        Returns: Hits sorted by row and start.

        >>> from kelisim.annotation.lexicon import load_lexicon
        >>> from kelisim.annotation.matching import view_of
        >>> matcher = Matcher(load_lexicon())
        >>> hits = matcher.find(view_of(["қазақ тілі мен өзбектер"]), np.array(["kk"]))
        >>> from kelisim.annotation.hits import SENSES
        >>> [(matcher.lexicon.concepts[c].id, SENSES[s]) for c, s in zip(hits.concept, hits.sense)]
        [('kazakh', 'language'), ('uzbek', 'group')]
        """
        data = normalised.buffer.tobytes()
        spaces = np.flatnonzero(normalised.buffer == 0x20)
        tokens = tokens_of(data, spaces, normalised.offsets)
        found = self._automaton.find_matches_as_indexes(data)
        at = np.fromiter(map(itemgetter(1), found), dtype=np.int64, count=len(found))
        place = np.searchsorted(spaces, at)
        row = np.searchsorted(normalised.offsets, at, side="right") - 1
        candidates = self._candidates(
            tokens, place, row, self._caches(normalised, np.asarray(languages)[row], row)
        )
        return self._sensing.settle(candidates, tokens)

    def _caches(self, normalised: View, languages: NDArray[Any], row: NDArray[np.int64]) -> list[_Cache]:
        """For each place of the scan the cache of its language and spelling."""
        letterless = (normalised.counts[row, 3] == 0).tolist()
        return [self._readings[key] for key in zip(languages.tolist(), letterless, strict=True)]

    def _candidates(
        self, tokens: Tokens, place: NDArray[np.int64], row: NDArray[np.int64], caches: Sequence[_Cache]
    ) -> list[Candidate]:
        """What the grammar confirms of the places that the scan found."""
        spaces = np.asarray(tokens.spaces)
        begin = (spaces[place] + 1).tolist()
        end = spaces[np.minimum(place + 1, len(spaces) - 1)].tolist()
        data = tokens.data
        candidates: list[Candidate] = []
        table = zip(caches, begin, end, place.tolist(), row.tolist(), strict=True)
        for cache, start, stop, here, where in table:
            token = data[start:stop]
            readings = cache.known.get(token)
            if readings is None:
                readings = self._reading(cache, token)
            for form, suffix in readings:
                last = suffix if len(form.words) == 1 else self._follow(form, tokens, where, here)
                if last is not None:
                    candidates.append(Candidate(where, here, here + len(form.words), form, last))
        return candidates

    def _reading(self, cache: _Cache, token: bytes) -> tuple[tuple[Form, int], ...]:
        """Forms that a token is, or may begin, in a text of one language."""
        if len(cache.known) > _CACHE_TOKENS:
            cache.known.clear()
        language, letterless = cache.language, cache.letterless
        found = self._analyser.starting(token.decode())
        own = [
            (form, suffix)
            for form, suffix in found
            if FORM_LANGUAGES[form.language] == language and (letterless or not form.plain)
        ]
        foreign = [(form, suffix) for form, suffix in found if _travels(form, suffix)]
        # A common word of the text's language is no name of another: таразы, Russian for many a Тараз.
        common = any(form.name or not form.silent for form, _ in own)
        chosen = [*own, *(pair for pair in foreign if not common or len(pair[0].words) > 1)]
        chosen = [pair for pair in chosen if not pair[0].silent]
        if letterless and any(form.plain and form.name and len(form.words) == 1 for form, _ in chosen):
            # казак without the letters of Kazakh is a Kazakh; `collisions.yaml` lists such words.
            chosen = [pair for pair in chosen if pair[0].plain or not pair[0].name or len(pair[0].words) > 1]
        best: dict[tuple[int, tuple[int, ...] | int], tuple[Form, int]] = {}
        for form, suffix in chosen:
            # One concept may be met by two forms of one token; the surer one and then the more telling stays.
            key = (form.concept, form.words if len(form.words) > 1 else 1)
            known = best.get(key)
            if known is None or (known[0].doubt, -known[1]) > (form.doubt, -suffix):
                best[key] = (form, suffix)
        # The scan goes forward, so candidates come in the order of the text if the longer form comes first.
        order = sorted(best.values(), key=lambda pair: (-len(pair[0].words), pair[0].concept))
        cache.known[token] = tuple(order)
        return cache.known[token]

    def _follow(self, form: Form, tokens: Tokens, row: int, place: int) -> int | None:
        """The suffix of the last word of a form that begins at a token; None where its words do not come."""
        suffix = None
        for step, word in enumerate(form.words[1:], start=1):
            known = self._analyser.words_of(tokens.text(row, place + step))
            suffix = next((told for number, told, _ in known if number == word), None)
            if suffix is None:
                return None
        return suffix


@dataclass(frozen=True, slots=True)
class _Plain:
    buffer: NDArray[np.uint8]
    offsets: NDArray[np.int64]
    counts: NDArray[np.uint16]


def view_of(texts: Sequence[str]) -> View:
    """A view of texts that are folded already, small letters and single spaces. For examples and tests."""
    rows = [f" {text} ".encode() if text else b" " for text in texts]
    counts = np.zeros((len(texts), 4), dtype=np.uint16)
    counts[:, 3] = [sum(letter in "әғқңөұүһі" for letter in text) for text in texts]
    offsets = np.cumsum([0, *map(len, rows)], dtype=np.int64)
    return _Plain(np.frombuffer(b"".join(rows), dtype=np.uint8), offsets, counts)
