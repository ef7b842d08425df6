"""From forms in a text to hits with senses: what stands beside a name, and which of several readings stays.

The rules themselves are in `senses`; here are the words that they ask about. Only rows with a name are looked
at.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple

from kelisim.annotation.hits import SENSES, Hits
from kelisim.annotation.lexicon import FORM_LANGUAGES, SUFFIXES, Concept, Lexicon
from kelisim.annotation.lexicon.analysis import Analyser, Form
from kelisim.annotation.lexicon.lexicon import NAMES
from kelisim.annotation.senses import BIT, DECIDING, LEVEL_BITS, REASONS, decide
from kelisim.annotation.tokens import Tokens

__all__ = ["Candidate", "Sensing"]

_TAJIK, _RUSSIAN, _ENGLISH = (FORM_LANGUAGES.index(code) for code in ("tg", "ru", "en"))
# Languages that say село Абай as well as Келесский район.
_EITHER_SIDE = (_RUSSIAN, _ENGLISH, _TAJIK)
# After русские a verb, an adverb or a little word: the people; a noun: what is theirs.
_NO_NOUN = re.compile(
    r"|[а-я]{1,3}|[а-я]+(?:ли|лись|[уюая]т(?:ся)?|о)|были|будут|тоже|также|если|когда|потому"
)
# на русском празднике is no language.
_LOCATIVE_NOUN = re.compile(r"[а-я]{2,}[еуи]")
_SENSE_CODE = {name: code for code, name in enumerate(SENSES)}
_REASON_CODE = {reason: code for code, reason in enumerate(REASONS)}
_CACHE_TOKENS = 400_000

_Sense = tuple[str, str]


class Candidate(NamedTuple):
    """A form that the grammar confirmed, before its sense is known.

    place : number of the space before its first word, among all spaces of the batch
    stop : number of the space after its last word
    suffix : code of the suffix of its last word
    """

    row: int
    place: int
    stop: int
    form: Form
    suffix: int


class Sensing:
    """Gives candidates their senses."""

    def __init__(self, lexicon: Lexicon, analyser: Analyser) -> None:
        self._concepts = lexicon.concepts
        self._analyser = analyser
        index = lexicon.index()
        # A people that a country shares its name with, and the other way round.
        self._people_of = {index[c.id]: index[c.people] for c in lexicon.concepts if c.people in index}
        self._peoples = set(self._people_of.values())
        self._bits = {
            index[f"context_{name}"]: bit for name, bit in BIT.items() if f"context_{name}" in index
        }
        self._contexts: dict[bytes, int] = {b"": 0}

    def settle(self, candidates: Sequence[Candidate], tokens: Tokens) -> Hits:
        """Hits with their senses.

        candidates : sorted by row, place and, the longer first, stop
        """
        kept: list[tuple[int, ...]] = []
        for _, in_row in groupby(candidates, key=itemgetter(0)):
            found = list(in_row)
            senses: list[_Sense] = [("none", "none")] * len(found)
            # From the end, since a name may share the word of the next one.
            for number in range(len(found) - 1, -1, -1):
                senses[number] = self._sense(number, found, senses, tokens)
            kept += (_row(found[n], senses[n], tokens) for n in self._kept(found, senses, tokens))
        return Hits.of(kept)

    def _concept(self, found: Candidate) -> Concept:
        return self._concepts[found.form.concept]

    def _context(self, token: bytes) -> int:
        """Contexts that a token is a word of, as a sum of bits."""
        bits = self._contexts.get(token)
        if bits is None:
            if len(self._contexts) > _CACHE_TOKENS:
                self._contexts.clear()
            bits = 0
            for form, _ in self._analyser.starting(token.decode()):
                if len(form.words) == 1:
                    bits |= self._bits.get(form.concept, 0)
            self._contexts[token] = bits
        return bits

    def _sense(
        self, number: int, candidates: Sequence[Candidate], senses: Sequence[_Sense], tokens: Tokens
    ) -> _Sense:
        found = candidates[number]
        row, place, stop, form, _ = found
        kind = self._concept(found).kind
        if kind not in NAMES:
            return "none", "none"
        context = self._context
        ahead, near = context(tokens.raw(row, place - 1)), context(tokens.raw(row, stop))
        far = context(tokens.raw(row, stop + 1))
        if form.language == _TAJIK:
            ahead, near, far = near, ahead, context(tokens.raw(row, place - 2))
        elif form.language not in _EITHER_SIDE:
            ahead = 0
        suffix = self._used_as(found, near, tokens)
        beside = _beside(number, candidates, self._concepts)
        sense = decide(
            kind,
            suffix,
            near,
            far,
            before=ahead,
            twin=form.concept in self._peoples,
            doubt=form.doubt,
            company=bool(beside),
        )
        if beside and kind == "ethnonym" and suffix in ("bare", "adjective"):
            # қазақ және орыс тілдері: the first name shares the word of the second.
            step = 1 if near & BIT["and"] else 0
            after = {senses[n] for n in beside if candidates[n].place - stop == step}
            if any(name == "language" and reason != "manner suffix" for name, reason in after):
                return "language", "shares the word of language of the next name"
        return sense

    def _used_as(self, found: Candidate, near: int, tokens: Tokens) -> str:
        """The suffix as the neighbours show it: облыстық; на русском, русские приехали, русская зима."""
        row, place, stop, form, code = found
        suffix = SUFFIXES[code]
        if suffix in ("quality", "possessive") and self._context(tokens.raw(row, stop - 1)) & LEVEL_BITS:
            return "bare"
        if suffix == "bare" and form.language == _ENGLISH and self._concepts[form.concept].kind == "ethnonym":
            return "adjective"  # Turkish: a people, its language or what is theirs
        if suffix not in ("adjective", "plural adjective") or form.language != _RUSSIAN or near & DECIDING:
            return suffix
        after = tokens.text(row, stop)
        if tokens.text(row, place - 1) == "на" and tokens.text(row, stop - 1).endswith("ом"):
            return suffix if _LOCATIVE_NOUN.fullmatch(after) else "manner"
        if suffix == "plural adjective" and _NO_NOUN.fullmatch(after):
            return "plural"
        return "adjective"

    def _kept(self, candidates: Sequence[Candidate], senses: list[_Sense], tokens: Tokens) -> Iterator[int]:
        """Numbers of the hits of a row that stay: inside a longer name only peoples inside a body's do."""
        if len(candidates) == 1:
            yield 0
            return
        cover, cover_kind = (-1, -1), ""
        numbered = range(len(candidates))
        for span, group in groupby(numbered, key=lambda n: (candidates[n].place, candidates[n].stop)):
            for number in self._of_one_span(list(group), candidates, senses, tokens):
                found = candidates[number]
                kind = self._concept(found).kind
                if kind in NAMES and span != cover and span[1] <= cover[1]:
                    if cover_kind != "body" or kind == "body":
                        continue
                    senses[number] = ("organisation", "inside the name of a body")
                elif kind in ("body", "place", "country") and len(found.form.words) > 1:
                    cover, cover_kind = span, kind
                yield number

    def _of_one_span(
        self, numbers: list[int], candidates: Sequence[Candidate], senses: Sequence[_Sense], tokens: Tokens
    ) -> list[int]:
        """Of readings of the same words those that stay: of қытай a people or a country."""
        if len(numbers) == 1:
            return numbers
        concepts = {n: candidates[n].form.concept for n in numbers}
        dropped: set[int] = set()
        for number in numbers:
            people = self._people_of.get(concepts[number])
            for twin in (n for n in numbers if concepts[n] == people):
                sense, reason = senses[twin]
                # The people's own reading tells which of the two is meant.
                named = sense == "language" or (sense == "group" and reason != "nothing against it")
                dropped.add(number if named else twin)
        places = [n for n in numbers if self._concept(candidates[n]).kind == "place"]
        if len(places) > 1:
            row, place, stop, _, _ = candidates[places[0]]
            said = self._context(tokens.raw(row, stop)) | self._context(tokens.raw(row, place - 1))
            level = {n: BIT.get(str(self._concept(candidates[n]).facts.get("level")), 0) for n in places}
            if any(said & bit for bit in level.values()):
                dropped.update(n for n, bit in level.items() if not said & bit)
        return [n for n in numbers if n not in dropped]


def _beside(number: int, candidates: Sequence[Candidate], concepts: Sequence[Concept]) -> list[int]:
    """Numbers of the names of other peoples within two words, in one row."""
    found = candidates[number]
    beside = []
    for step in (-1, 1):
        other = number + step
        while 0 <= other < len(candidates):
            near = candidates[other]
            if near.place - found.stop > 1 or found.place - near.stop > 1:
                break
            apart = near.place >= found.stop or found.place >= near.stop
            another = near.form.concept != found.form.concept and not near.form.doubt
            if apart and another and concepts[near.form.concept].kind == "ethnonym":
                beside.append(other)
            other += step
    return beside


def _row(found: Candidate, sense: _Sense, tokens: Tokens) -> tuple[int, ...]:
    row, place, stop, form, suffix = found
    return (
        row,
        form.concept,
        form.language,
        suffix,
        _SENSE_CODE[sense[0]],
        _REASON_CODE[sense[1]],
        place - tokens.first[row],
        stop - place,
        tokens.spaces[place] + 1,
        tokens.spaces[stop],
    )
