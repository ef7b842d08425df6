"""Applying the rules of frames and cues to a batch: which labels a text gets, from which rule, by which words.

Rows are chosen first, for all rules at once and in numpy, by what the scan has found in them; only those rows
are read word by word. Common words (they, must, please) are never scanned for: they are read where a rule may
still become true. The same batch gives the same labels in the same order.

A label is triage: it brings a text before people and is no finding about it, still less about its author.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from kelisim.annotation.frames.codebook import Codebook, Entry, Rule
from kelisim.annotation.frames.expressions import NAMES, fires, names_of, possible
from kelisim.annotation.frames.reading import Reader, Reading
from kelisim.annotation.hits import SENSES, Hits
from kelisim.annotation.lexicon import SUFFIXES, Lexicon
from kelisim.annotation.senses import REASONS

__all__ = ["WINDOW_WORDS", "Evaluator", "Label", "sentence_starts"]

WINDOW_WORDS = 20
_BITS = {name: 1 << place for place, name in enumerate(NAMES)}
_NAMES_OF = tuple(tuple(name for name, bit in _BITS.items() if bits & bit) for bits in range(256))
# A sentence ends at these signs before a space, and where a line ends.
_END = re.compile(r"[.!?…]+[\"'»”)\]]*\s|[\r\n]+")


class View(Protocol):
    """What is needed of a normalised batch: the matching view; each word after one space."""

    @property
    def buffer(self) -> NDArray[np.uint8]: ...
    @property
    def offsets(self) -> NDArray[np.int64]: ...


@dataclass(frozen=True, slots=True)
class Label:
    """A label of one text.

    row : of the batch;  label : id of the frame or cue;  rule : id of the rule with its version
    kind : "frame" or "cue"
    spans : bytes of the matching view that made the rule true, the ends exclusive
    """

    row: int
    label: str
    rule: str
    kind: str
    spans: tuple[tuple[int, int], ...]


def sentence_starts(text: str, sources: Sequence[int]) -> list[int]:
    """Numbers of the words that begin a sentence after the first one.

    text : as it is stored
    sources : character of the stored text at which each word of the matching view begins

    >>> sentence_starts("Келді. Кетті!", [0, 7])
    [1]
    """
    ends = [match.end() for match in _END.finditer(text)]
    starts = np.searchsorted(np.asarray(sources), ends, side="left")
    return sorted({int(start) for start in starts if 0 < start < len(sources)})


class _Row:
    """One text, word by word: where every name of the rules stands."""

    def __init__(self, places: Mapping[str, list[int]], peoples: Mapping[str, Mapping[int, str]], words: int) -> None:
        self.places, self._peoples, self.words = places, peoples, words
        self.low, self.high = 0, words

    def within(self, low: int, high: int) -> _Row:
        self.low, self.high = low, high
        return self

    def at(self, name: str) -> list[int]:
        places = self.places.get(name)
        return places[bisect_left(places, self.low) : bisect_left(places, self.high)] if places else []

    def several(self, name: str, number: int) -> bool:
        return len(set(self._peoples[name].values())) >= number

    def peoples(self, name: str) -> dict[int, str]:
        named = self._peoples[name]
        return {place: named[place] for place in self.at(name) if place in named}


@dataclass(frozen=True, eq=False)
class Evaluator:
    """A codebook, ready to be applied to what a matcher finds.

    codebook : frames and cues
    lexicon : the one of the matcher
    """

    codebook: Codebook
    lexicon: Lexicon

    @cached_property
    def _reader(self) -> Reader:
        return Reader(self.codebook.words)

    @cached_property
    def _rules(self) -> tuple[tuple[Entry, Rule], ...]:
        return tuple((entry, rule) for entry in self.codebook.entries for rule in entry.rules)

    def evaluate(self, hits: Hits, view: View, texts: Sequence[str] | None = None) -> list[Label]:
        """Labels of a batch, by row and, within a row, in the order of the codebook.

        hits : what the matcher found in the batch
        view : the matching view of the batch
        texts : (rows,) the texts as they are stored, for the ends of sentences; without them, or where the
            view does not know its origin, a text is one sentence
        Returns: list of Label.

        >>> from kelisim.annotation.frames import load_codebook
        >>> from kelisim.annotation.lexicon import load_lexicon
        >>> from kelisim.annotation.matching import Matcher, view_of
        >>> lexicon = load_lexicon()
        >>> view = view_of(["казахи и узбеки подрались на рынке", "узбекский плов"])
        >>> evaluator = Evaluator(load_codebook(), lexicon)
        >>> hits = Matcher(lexicon).find(view, np.array(["ru", "ru"]))
        >>> [(found.row, found.label, found.rule) for found in evaluator.evaluate(hits, view)]
        [(0, 'F08', 'F08.groups@1')]
        """
        rows = len(view.offsets) - 1
        called = self._called(hits)
        reading = self._reader.read(view)
        chosen = self._candidates(hits, called, reading)
        labels: list[Label] = []
        if not chosen.any():
            return labels
        data = view.buffer.tobytes()
        begins = np.searchsorted(hits.row, np.arange(rows + 1))
        for row in np.flatnonzero(chosen.any(axis=0)).tolist():
            first, last = int(view.offsets[row]), int(view.offsets[row + 1])
            own = slice(int(begins[row]), int(begins[row + 1]))
            words = max(data.count(b" ", first, last) - 1, 0)
            seen = self._row(hits, called, own, reading.of_row(row), words)
            rules = [self._rules[place] for place in np.flatnonzero(chosen[:, row])]
            starts = _Starts(view, row, texts)
            labels += self._labels(row, seen, rules, starts, _Spans(data, first, last))
        return labels

    def _candidates(self, hits: Hits, called: NDArray[np.uint8], reading: Reading) -> NDArray[np.bool_]:
        """(rules, rows) whether a rule may be true in a row, by what stands there."""
        rows = len(reading.begins) - 1
        everywhere = np.ones(rows, dtype=np.bool_)
        names = [concept.id for concept in self._reader.words]
        present = dict(zip(names, reading.present(len(names)), strict=True))
        index = self.lexicon.index()

        def rows_of(name: str) -> NDArray[np.bool_]:
            if name not in present:
                present[name] = np.zeros(rows, dtype=np.bool_)
                if name in _BITS:
                    mask = called & _BITS[name] != 0
                else:
                    mask = self._of_concept(hits, called, index[name])
                present[name][hits.row[mask]] = True
            return present[name]

        def different(name: str, number: int) -> NDArray[np.bool_]:
            mask = called & _BITS[name] != 0
            pairs = np.unique(np.stack([hits.row[mask], hits.concept[mask]]), axis=1)
            return np.bincount(pairs[0], minlength=rows) >= number

        return np.array(
            [possible(rule.when, rows_of, different, everywhere) for _, rule in self._rules]
        ).reshape(len(self._rules), rows)

    def _of_concept(self, hits: Hits, called: NDArray[np.uint8], place: int) -> NDArray[np.bool_]:
        mask: NDArray[np.bool_] = hits.concept == place
        if self.lexicon.concepts[place].kind == "ethnonym":
            mask &= called & _BITS["named"] != 0
        return mask

    def _called(self, hits: Hits) -> NDArray[np.uint8]:
        """(hits,) what the rules call a hit, a sum of bits."""
        kinds = np.array([concept.kind for concept in self.lexicon.concepts])[hits.concept]
        own = np.array([concept.id == "kazakhstan" for concept in self.lexicon.concepts])[hits.concept]
        senses, suffixes = np.array(SENSES)[hits.sense], np.array(SUFFIXES)[hits.suffix]
        ethnonym, country = kinds == "ethnonym", kinds == "country"
        group = ethnonym & (senses == "group")
        # шешендер may be orators, but in the plural and beside words of rules they seldom are.
        plural = ethnonym & (senses == "unknown") & (suffixes == "plural")
        common = np.array(REASONS)[hits.reason] == "a common word without a cue"
        unknown = plural | (ethnonym & (senses == "unknown") & ~common)
        people = (group & (suffixes != "adjective")) | plural
        masks = {
            "group": group,
            "people": people | (country & (senses == "citizens") & ~own),
            "named": group | unknown,
            "mentioned": group | unknown | (ethnonym & (senses == "organisation")),
            "language": (ethnonym & (senses == "language")) | (kinds == "language"),
            "country": country,
            "faith": kinds == "faith",
            "slur": kinds == "restricted",
        }
        called = np.zeros(len(hits), dtype=np.uint8)
        for name, mask in masks.items():
            called |= np.where(mask, _BITS[name], 0).astype(np.uint8)
        return called

    def _row(
        self,
        hits: Hits,
        called: NDArray[np.uint8],
        own: slice,
        said: Sequence[tuple[int, int, int]],
        words: int,
    ) -> _Row:
        places: dict[str, set[int]] = {}
        for word, first, length in said:
            places.setdefault(self._reader.words[word].id, set()).update(range(first, first + length))
        peoples: dict[str, dict[int, str]] = {"group": {}, "mentioned": {}}
        columns = (hits.concept, called, hits.token)
        for place, bits, token in zip(*(column[own].tolist() for column in columns), strict=True):
            concept = self.lexicon.concepts[place]
            names = _NAMES_OF[bits]
            if concept.kind != "ethnonym" or "named" in names:
                names = (*names, concept.id)
            for name in names:
                places.setdefault(name, set()).add(token)
            for name in peoples:
                if name in names:
                    peoples[name][token] = concept.id
        return _Row({name: sorted(found) for name, found in places.items()}, peoples, words)

    def _labels(
        self, row: int, seen: _Row, rules: list[tuple[Entry, Rule]], starts: _Starts, spans: _Spans
    ) -> list[Label]:
        found: list[tuple[Entry, Label]] = []
        for entry, rule in rules:
            if entry.alone and any(other.kind == "frame" for other, _ in found):
                continue
            if not possible(rule.when, seen.places.__contains__, seen.several, True):
                continue
            words = _true(rule, seen, starts() if rule.within == "sentence" else ())
            if words is not None:
                found.append((entry, Label(row, entry.id, rule.id, entry.kind, spans.of(words))))
        # Of calls and threats the gravest is what people must see first.
        highest = max((entry.level for entry, _ in found), default=0)
        return [label for entry, label in found if entry.level in (0, highest)]


@dataclass(slots=True)
class _Starts:
    """Numbers of the words of one row that begin a sentence, told when they are first asked for."""

    view: View
    row: int
    texts: Sequence[str] | None
    told: list[int] | None = None

    def __call__(self) -> list[int]:
        if self.told is None:
            self.told = self._tell()
        return self.told

    def _tell(self) -> list[int]:
        origin = getattr(self.view, "origin", None)
        if self.texts is None or origin is None:
            return []
        text = self.texts[self.row]
        if not _END.search(text, 0, len(text.rstrip()) - 1):
            return []
        first, last = int(self.view.offsets[self.row]), int(self.view.offsets[self.row + 1])
        spaces = np.flatnonzero(self.view.buffer[first:last] == 0x20)
        return sentence_starts(text, np.asarray(origin(self.row))[spaces[:-1] + 1].tolist())


@dataclass(frozen=True, slots=True)
class _Spans:
    """Bytes of the words of one row."""

    data: bytes
    first: int
    last: int

    def of(self, words: Sequence[int]) -> tuple[tuple[int, int], ...]:
        spaces = [place for place in range(self.first, self.last) if self.data[place] == 0x20]
        return tuple((spaces[word] + 1, spaces[word + 1]) for word in words)


def _true(rule: Rule, seen: _Row, starts: Sequence[int]) -> tuple[int, ...] | None:
    if rule.unless is not None and fires(rule.unless, seen.within(0, seen.words)) is not None:
        return None
    for low, high in _stretches(rule, seen, starts):
        words = fires(rule.when, seen.within(low, high))
        if words is not None:
            return words
    return None


def _stretches(rule: Rule, seen: _Row, starts: Sequence[int]) -> list[tuple[int, int]]:
    """Stretches of a text in which a rule is tried: whole sentences or texts if short, else windows."""
    bounds = [0, *starts, seen.words] if rule.within == "sentence" else [0, seen.words]
    stretches: list[tuple[int, int]] = []
    for low, high in zip(bounds, bounds[1:], strict=False):
        if rule.within == "text" or high - low <= WINDOW_WORDS:
            stretches.append((low, high))
            continue
        names = set(names_of(rule.when))
        places = {place for name in names for place in seen.places.get(name, ()) if low <= place < high}
        stretches += [(place, min(place + WINDOW_WORDS, high)) for place in sorted(places)]
    return stretches
