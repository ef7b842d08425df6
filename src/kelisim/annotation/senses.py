"""What a name means where it stands: a group, its language, a country's citizens, a state, a body, a place.

Rules read the words beside the name (up to two after it; in Tajik before it) and then its suffix, never
anything about who wrote the text. A name that no rule settles is `unknown` and counted apart.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from kelisim.annotation.hits import SENSES, Hits
from kelisim.annotation.lexicon import FORM_LANGUAGES, SUFFIXES, Lexicon
from kelisim.annotation.lexicon.lexicon import NAMES
from kelisim.annotation.lexicon.analysis import Analyser, Form

__all__ = ["REASONS", "Candidate", "Sensing", "Tokens", "decide", "mentioned"]

# Why a sense was given, for `explain`.
REASONS = (
    "none",
    "a word of language beside it",
    "a word of citizenship beside it",
    "a word of state beside it",
    "a word of an organisation beside it",
    "a word of people beside it",
    "manner suffix",
    "suffix or form of inhabitants",
    "plural",
    "shares the word of language of the next name",
    "inside the name of a body",
    "name of a country",
    "name of a body",
    "name of a place",
    "adjective of a country",
    "adjective without a word that decides",
    "a common word without a cue",
    "nothing against it",
)
# Words that decide, as ids of context concepts, in the order in which they are asked.
_LEVELS = ("oblast", "district", "city", "village")
_CONTEXTS = ("language", "citizens", "state", "organisation", "group", *_LEVELS, "and", "own")
_BIT = {name: 1 << place for place, name in enumerate(_CONTEXTS)}
_DECIDING = _BIT["language"] | _BIT["citizens"] | _BIT["state"] | _BIT["organisation"] | _BIT["group"]
_LEVEL = sum(_BIT[name] for name in _LEVELS)
_BESIDE = (
    ("language", "a word of language beside it"),
    ("citizens", "a word of citizenship beside it"),
    ("state", "a word of state beside it"),
    ("organisation", "a word of an organisation beside it"),
    ("group", "a word of people beside it"),
)
_TAJIK, _RUSSIAN = FORM_LANGUAGES.index("tg"), FORM_LANGUAGES.index("ru")
# Languages that say село Абай as well as Келесский район.
_EITHER_SIDE = (_RUSSIAN, FORM_LANGUAGES.index("en"), _TAJIK)
# After русские a verb, an adverb or a little word: the people; a noun: what is theirs.
_NO_NOUN = re.compile(r"|[а-я]{1,3}|[а-я]+(?:ли|лись|[уюая]т(?:ся)?|о)|были|будут|тоже|также|если|когда|потому")
# на русском празднике is no language.
_LOCATIVE_NOUN = re.compile(r"[а-я]{2,}[еуи]")


def mentioned(hits: Hits, lexicon: Lexicon) -> NDArray[np.bool_]:
    """Which hits are mentions of groups, countries, faiths and bodies in a sense, or of a place's inhabitants.

    Places themselves are `places.places_of`; insults are never shown, so they are no mentions.
    """
    kinds = np.array([concept.kind for concept in lexicon.concepts])
    named = np.isin(kinds, ("ethnonym", "country", "faith", "body"))[hits.concept]
    place = (kinds == "place")[hits.concept] & (hits.sense == SENSES.index("place"))
    return np.asarray(named | (place & (hits.suffix == SUFFIXES.index("quality"))))


class Candidate(NamedTuple):
    """A form that the grammar confirmed, before its sense is known.

    place : number of the space before its first word, among all spaces of the buffer
    stop : number of the space after its last word
    """

    row: int
    place: int
    stop: int
    form: Form
    suffix: int


class Tokens(Protocol):
    """Tokens of a batch by the number of the space before them."""

    @property
    def spaces(self) -> NDArray[np.int64]: ...
    def text(self, place: int) -> str: ...


@lru_cache(maxsize=65_536)
def decide(
    kind: str,
    suffix: str,
    near: int,
    far: int,
    *,
    before: int = 0,
    twin: bool = False,
    doubt: str = "",
    company: bool = False,
) -> tuple[str, str]:
    """Sense and reason of one name.

    kind : kind of its concept
    suffix : one of `SUFFIXES`
    near, far, before : contexts of the first and the second word beside it and of the word on its other side,
        sums of bits
    twin : whether the name is a people's that a country shares (қытай)
    doubt : "" or the mark of a common word
    company : whether the name of another people stands within two words

    >>> decide("ethnonym", "plural", 0, 0)
    ('group', 'plural')
    """
    if kind == "body":
        return "organisation", "name of a body"
    if kind == "place":
        if doubt and not (near | before) & _LEVEL:
            return "unknown", "a common word without a cue"
        return "place", "suffix or form of inhabitants" if suffix == "quality" else "name of a place"
    deciding = near & _DECIDING
    if not deciding and not near & _BIT["own"] and suffix in ("bare", "adjective", "plural adjective"):
        deciding = far & _DECIDING
    if doubt and not (deciding or company or suffix == "manner" or (suffix == "plural" and doubt == "^")):
        return "unknown", "a common word without a cue"
    if kind == "country":
        return _country(suffix, deciding)
    return _people(suffix, deciding, twin)


def _beside(deciding: int) -> tuple[str, str] | None:
    return next(((name, reason) for name, reason in _BESIDE if deciding & _BIT[name]), None)


def _country(suffix: str, deciding: int) -> tuple[str, str]:
    if deciding & _BIT["organisation"] and suffix in ("bare", "quality"):
        return "organisation", "a word of an organisation beside it"
    if suffix == "quality":
        return "citizens", "suffix or form of inhabitants"
    if deciding & _BIT["citizens"]:
        return "citizens", "a word of citizenship beside it"
    if deciding & _BIT["organisation"]:
        return "organisation", "a word of an organisation beside it"
    return "state", "adjective of a country" if suffix == "adjective" else "name of a country"


def _people(suffix: str, deciding: int, twin: bool) -> tuple[str, str]:
    if suffix == "manner":
        return "language", "manner suffix"
    if suffix in ("bare", "adjective", "plural adjective") and (found := _beside(deciding)):
        return found
    if suffix in ("case", "possessive") and deciding & _BIT["citizens"]:
        return "citizens", "a word of citizenship beside it"
    if suffix == "quality" and twin:
        return "citizens", "suffix or form of inhabitants"
    if suffix == "adjective":
        return "unknown", "adjective without a word that decides"
    if suffix == "plural":
        return "group", "plural"
    return "group", "nothing against it"


class Sensing:
    """Gives candidates their senses."""

    def __init__(self, lexicon: Lexicon, analyser: Analyser) -> None:
        self._concepts = lexicon.concepts
        self._analyser = analyser
        index = lexicon.index()
        # A people that a country shares its name with, and the other way round.
        self._people_of = {index[c.id]: index[c.people] for c in lexicon.concepts if c.people in index}
        self._country_of = {people: country for country, people in self._people_of.items()}
        self._bit_of_concept = {
            index[f"context_{name}"]: bit for name, bit in _BIT.items() if f"context_{name}" in index
        }
        self._contexts: dict[str, int] = {}

    def context(self, token: str) -> int:
        """Contexts that a token is a word of, as a sum of bits."""
        bits = self._contexts.get(token)
        if bits is None:
            if len(self._contexts) > 400_000:
                self._contexts.clear()
            bits = 0
            for form, _ in self._analyser.starting(token):
                if len(form.words) == 1:
                    bits |= self._bit_of_concept.get(form.concept, 0)
            self._contexts[token] = bits
        return bits

    def settle(self, candidates: Sequence[Candidate], tokens: Tokens, first: NDArray[np.int64]) -> Hits:
        """Hits with their senses.

        candidates : sorted by row, place and, the longer first, stop
        first : (rows + 1,) number of the first space of every row
        """
        senses: list[tuple[str, str]] = [("none", "none")] * len(candidates)
        for number in range(len(candidates) - 1, -1, -1):
            senses[number] = self._sense(number, candidates, senses, tokens, first)
        kept = self._kept(candidates, senses, tokens, first)
        return Hits.of([self._row(candidates[n], senses[n], tokens, first) for n in kept])

    def _sense(
        self,
        number: int,
        candidates: Sequence[Candidate],
        senses: Sequence[tuple[str, str]],
        tokens: Tokens,
        first: NDArray[np.int64],
    ) -> tuple[str, str]:
        found = candidates[number]
        concept = self._concepts[found.form.concept]
        if concept.kind not in NAMES:
            return "none", "none"
        before_too = found.form.language in _EITHER_SIDE
        begin, end = int(first[found.row]), int(first[found.row + 1]) - 1

        def at(place: int) -> int:
            return self.context(tokens.text(place)) if begin <= place < end else 0

        if found.form.language == _TAJIK:
            near, far, before = at(found.place - 1), at(found.place - 2), at(found.stop)
        else:
            near, far = at(found.stop), at(found.stop + 1)
            before = at(found.place - 1) if before_too else 0
        suffix = SUFFIXES[found.suffix]
        if suffix == "quality" and self.context(tokens.text(found.stop - 1)) & _LEVEL:
            suffix = "bare"  # облыстық: of the oblast, not its people
        if suffix in ("adjective", "plural adjective") and found.form.language == _RUSSIAN and not near & _DECIDING:
            suffix = self._russian_adjective(suffix, found, tokens, begin, end)
        beside = self._beside(number, candidates)
        sense = decide(
            concept.kind,
            suffix,
            near,
            far,
            before=before,
            twin=found.form.concept in self._country_of,
            doubt=found.form.doubt,
            company=bool(beside),
        )
        # қазақ және орыс тілдері: the first name shares the word of the second.
        after = [n for n in beside if candidates[n].place - found.stop == (1 if near & _BIT["and"] else 0)]
        bare = suffix in ("bare", "adjective")
        if bare and concept.kind == "ethnonym" and any(senses[n][0] == "language" for n in after):
            if all(senses[n][1] != "manner suffix" for n in after):
                return "language", "shares the word of language of the next name"
        return sense

    def _russian_adjective(self, suffix: str, found: Candidate, tokens: Tokens, begin: int, end: int) -> str:
        """How an adjective without a deciding word is used: на русском, русские приехали, русская зима."""
        word = tokens.text(found.stop - 1)
        after = tokens.text(found.stop) if found.stop < end else ""
        ahead = tokens.text(found.place - 1) if found.place > begin else ""
        if ahead == "на" and word.endswith("ом") and not _LOCATIVE_NOUN.fullmatch(after):
            return "manner"
        if suffix == "plural adjective" and _NO_NOUN.fullmatch(after):
            return "plural"
        return "adjective"

    def _beside(self, number: int, candidates: Sequence[Candidate]) -> list[int]:
        """Numbers of the names of other peoples within two words."""
        found = candidates[number]
        beside = []
        for step in (-1, 1):
            other = number + step
            while 0 <= other < len(candidates) and candidates[other].row == found.row:
                near = candidates[other]
                if near.place - found.stop > 1 or found.place - near.stop > 1:
                    break
                apart = near.place >= found.stop or found.place >= near.stop
                if apart and not near.form.doubt and near.form.concept != found.form.concept and self._concepts[near.form.concept].kind == "ethnonym":
                    beside.append(other)
                other += step
        return beside

    def _kept(
        self,
        candidates: Sequence[Candidate],
        senses: list[tuple[str, str]],
        tokens: Tokens,
        first: NDArray[np.int64],
    ) -> Iterable[int]:
        """Numbers of the hits that stay: of a country and its people one, inside a longer name none."""
        kinds = [self._concepts[c.form.concept].kind for c in candidates]
        kept = []
        cover: tuple[int, int, str] = (-1, -1, "")  # row, stop and kind of the last longer name
        for number, found in enumerate(candidates):
            kind = kinds[number]
            if kind in ("body", "place", "country") and len(found.form.words) > 1:
                if found.row == cover[0] and found.stop <= cover[1]:
                    continue
                cover = (found.row, found.stop, kind)
            elif kind in NAMES and found.row == cover[0] and found.stop <= cover[1]:
                if cover[2] != "body" or kind == "body":
                    continue
                senses[number] = ("organisation", "inside the name of a body")
            if kind == "context" or self._yields(number, candidates, senses) or self._other_level(number, candidates, tokens, first):
                continue
            kept.append(number)
        return kept

    def _yields(
        self, number: int, candidates: Sequence[Candidate], senses: Sequence[tuple[str, str]]
    ) -> bool:
        """Whether a country gives way to the people of the same name, or the people to the country."""
        found = candidates[number]
        concept = found.form.concept
        partner = self._people_of.get(concept, self._country_of.get(concept))
        if partner is None:
            return False
        nearby = candidates[max(0, number - 8) : number + 8]
        same = any(
            c.form.concept == partner and c.row == found.row and c.place == found.place for c in nearby
        )
        if not same:
            return False
        people = concept in self._country_of
        sense, reason = senses[number]
        # The people's own reading tells which of the two is meant.
        if not people:
            other = next(
                n
                for n in range(max(0, number - 8), min(len(candidates), number + 8))
                if candidates[n].form.concept == partner and candidates[n].place == found.place
            )
            sense, reason = senses[other]
        named = sense == "language" or (sense == "group" and reason != "nothing against it")
        return named != people

    def _other_level(
        self, number: int, candidates: Sequence[Candidate], tokens: Tokens, first: NDArray[np.int64]
    ) -> bool:
        """Whether a word beside a place says that another place of the name is meant: a city, not a district."""
        found = candidates[number]
        concept = self._concepts[found.form.concept]
        if concept.kind != "place" or len(found.form.words) > 1:
            return False
        begin, end = int(first[found.row]), int(first[found.row + 1]) - 1
        said = 0
        for place in (found.stop, found.place - 1):
            said |= self.context(tokens.text(place)) if begin <= place < end else 0
        said &= _LEVEL
        if not said or said & _BIT.get(str(concept.facts.get("level")), 0):
            return False
        namesakes = (c for c in candidates[max(0, number - 8) : number + 8] if c.place == found.place)
        levels = (str(self._concepts[c.form.concept].facts.get("level")) for c in namesakes)
        return any(said & _BIT.get(level, 0) for level in levels)

    def _row(
        self, found: Candidate, sense: tuple[str, str], tokens: Tokens, first: NDArray[np.int64]
    ) -> tuple[int, ...]:
        return (
            found.row,
            found.form.concept,
            found.form.language,
            found.suffix,
            SENSES.index(sense[0]),
            REASONS.index(sense[1]),
            found.place - int(first[found.row]),
            found.stop - found.place,
            int(tokens.spaces[found.place]) + 1,
            int(tokens.spaces[found.stop]),
        )
