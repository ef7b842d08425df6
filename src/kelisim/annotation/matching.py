"""Finding the words of the lexicon in a batch: one scan of one buffer, then grammar on the hits only.

The scan looks for " " + beginning of a word with an Aho-Corasick automaton over the bytes of all rows at once;
a hit is brought to its row and its token by binary search, and the token is looked up in a cache. Nothing in
Python touches a row without a hit.
"""

from __future__ import annotations

from collections import defaultdict
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
from kelisim.annotation.senses import Candidate, Sensing

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
    if form.letters < _FOREIGN_LETTERS:
        return False
    if form.plain:
        # Kazakh without its letters may look Russian: a word that does must show a Kazakh suffix.
        return form.name and (not form.home or SUFFIXES[suffix] != "bare")
    return not form.home


@dataclass(frozen=True, slots=True)
class _Tokens:
    """Tokens of a batch by the spaces before them."""

    data: bytes
    spaces: NDArray[np.int64]

    def text(self, place: int) -> str:
        """The token after a space; "" at the end of the buffer or between two rows."""
        if not 0 <= place < len(self.spaces) - 1:
            return ""
        return self.data[self.spaces[place] + 1 : self.spaces[place + 1]].decode()


class Matcher:
    """A lexicon, ready to be found in batches.

    lexicon : what to look for
    """

    def __init__(self, lexicon: Lexicon) -> None:
        self.lexicon = lexicon
        self._analyser = Analyser(lexicon)
        self._sensing = Sensing(lexicon, self._analyser)
        self._readings: defaultdict[tuple[str, bool], dict[bytes, tuple[tuple[Form, int], ...]]] = (
            defaultdict(dict)
        )

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
        found = self._automaton.find_matches_as_indexes(data)
        at = np.fromiter(map(itemgetter(1), found), dtype=np.int64, count=len(found))
        spaces = np.flatnonzero(normalised.buffer == 0x20)
        tokens = _Tokens(data, spaces)
        place = np.searchsorted(spaces, at)
        row = np.searchsorted(normalised.offsets, at, side="right") - 1
        first = np.searchsorted(spaces, normalised.offsets)
        languages = np.asarray(languages)[row].tolist()
        letterless = (normalised.counts[row, 3] == 0).tolist()
        begin = (spaces[place] + 1).tolist()
        end = spaces[np.minimum(place + 1, len(spaces) - 1)].tolist()
        candidates: list[Candidate] = []
        for number, (start, stop, code, plain) in enumerate(
            zip(begin, end, languages, letterless, strict=True)
        ):
            cache = self._readings[code, plain]
            token = data[start:stop]
            readings = cache.get(token)
            if readings is None:
                readings = cache[token] = self._reading(token.decode(), code, plain)
            for form, suffix in readings:
                here, where = int(place[number]), int(row[number])
                last = self._follow(form, suffix, tokens, here, int(first[where + 1]) - 1)
                if last is not None:
                    candidates.append(Candidate(where, here, here + len(form.words), form, last))
        candidates.sort(key=lambda c: (c.row, c.place, -c.stop, c.form.concept))
        return self._sensing.settle(candidates, tokens, first)

    def _reading(self, token: str, language: str, letterless: bool) -> tuple[tuple[Form, int], ...]:
        """Forms that a token is, or may begin, in a text of one language."""
        if sum(map(len, self._readings.values())) > _CACHE_TOKENS:
            for cache in self._readings.values():
                cache.clear()
        found = self._analyser.starting(token)
        own = [
            (form, suffix)
            for form, suffix in found
            if FORM_LANGUAGES[form.language] == language and (letterless or not form.plain)
        ]
        foreign = [(form, suffix) for form, suffix in found if _travels(form, suffix)]
        chosen = [*own, *(pair for pair in foreign if not own or len(pair[0].words) > 1)]
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
        return tuple(best.values())

    def _follow(self, form: Form, suffix: int, tokens: _Tokens, place: int, end: int) -> int | None:
        """The suffix of the last word of a form that begins at a token; None where its words do not follow."""
        if place + len(form.words) > end:
            return None
        for step, word in enumerate(form.words[1:], start=1):
            known = self._analyser.words_of(tokens.text(place + step))
            found = next((told for number, told, _ in known if number == word), None)
            if found is None:
                return None
            suffix = found
        return suffix


@dataclass(frozen=True, slots=True)
class _Plain:
    buffer: NDArray[np.uint8]
    offsets: NDArray[np.int64]
    counts: NDArray[np.uint16]


def view_of(texts: Sequence[str]) -> View:
    """A view of texts that are folded already: small letters, one space between words. For examples and tests."""
    rows = [f" {text} ".encode() if text else b" " for text in texts]
    counts = np.zeros((len(texts), 4), dtype=np.uint16)
    counts[:, 3] = [sum(letter in "әғқңөұүһі" for letter in text) for text in texts]
    offsets = np.cumsum([0, *map(len, rows)], dtype=np.int64)
    return _Plain(np.frombuffer(b"".join(rows), dtype=np.uint8), offsets, counts)
