"""Places that a text mentions: one place for each name, or none where the name has several.

The place of the source and the place of an event are other fields, and no place here is filled from them: the
source's area only helps to choose among places of one name.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from types import MappingProxyType

import numpy as np

from kelisim.annotation.hits import SENSES, Hits
from kelisim.annotation.lexicon import SUFFIXES, Concept, Lexicon
from kelisim.annotation.lexicon.names import kazakh_name, russian_name, words_of_name
from kelisim.core.areas import Areas

__all__ = ["PlaceMention", "area_concepts", "places_of"]

# Of two places of one name the larger is meant where it is this many times larger.
_LARGER = 10
_PLACE, _QUALITY = SENSES.index("place"), SUFFIXES.index("quality")
# A bare name is the town's: Kazakh and Russian say "district" and "oblast" where they mean them.
_LEVELS = ("city", "village", "settlement", "district", "city_administration", "oblast")


@dataclass(frozen=True, slots=True)
class PlaceMention:
    """One place that a text names.

    place : id of the place, of the study's list where it is there; ids of all namesakes, joined by "|",
        where it is ambiguous
    area : area of the place; None where it is ambiguous or lies outside the study's country
    how : what decided: "one place", "same area", "oblast in the text", "area of the source", "far larger",
        "ambiguous"
    start, end : bytes of the matching view
    """

    row: int
    place: str
    area: str | None
    how: str
    start: int
    end: int


def area_concepts(gazetteer: Areas, lexicon: Lexicon) -> tuple[Concept, ...]:
    """The areas of a study as places to look for: those that the lexicon does not know yet.

    gazetteer : areas with their names in Kazakh, Russian and English
    Returns: concepts to hand to `Lexicon.with_concepts`.
    """
    known = set(lexicon.index())
    concepts = []
    for area in gazetteer:
        if area.parent is None or area.area_id in known:
            continue
        names = {"kk": [area.names.kk, *area.printed], "ru": [area.names.ru], "en": [area.names.en]}
        forms = {
            "kk": tuple(dict.fromkeys(kazakh_name(name) for name in names["kk"] if words_of_name(name))),
            "ru": tuple(russian_name(name) for name in names["ru"] if words_of_name(name)),
            "en": tuple(" ".join(words_of_name(name)) for name in names["en"] if words_of_name(name)),
        }
        facts = {"level": area.level, "area": area.area_id, "study": True}
        concepts.append(
            Concept(
                id=area.area_id,
                kind="place",
                forms=MappingProxyType({language: said for language, said in forms.items() if said}),
                facts=MappingProxyType(facts),
            )
        )
    return tuple(concepts)


def places_of(hits: Hits, lexicon: Lexicon, source_areas: Sequence[str | None]) -> list[PlaceMention]:
    """Places mentioned in the rows of a batch, in the order of the text.

    A name of several places is the one whose oblast the same text names; else the one in the oblast of the
    source; else the one ten times larger than any other; else it stays ambiguous. Names of inhabitants
    (алматылық) are mentions in a sense and no places.

    hits : all hits of the batch
    source_areas : (rows,) area of the source of each text, None where unknown
    """
    kinds = np.array([concept.kind == "place" for concept in lexicon.concepts], dtype=bool)
    chosen = hits.take(kinds[hits.concept] & (hits.sense == _PLACE) & (hits.suffix != _QUALITY))
    table = zip(
        chosen.row.tolist(), chosen.start.tolist(), chosen.end.tolist(), chosen.concept.tolist(), strict=True
    )
    mentions: list[PlaceMention] = []
    for row, in_row in groupby(table, key=lambda hit: hit[0]):
        spans = [
            (start, end, [lexicon.concepts[hit[3]] for hit in group])
            for (start, end), group in groupby(in_row, key=lambda hit: (hit[1], hit[2]))
        ]
        named = {oblast for _, _, found in spans if (oblast := _only_oblast(found))}
        source = (source_areas[row] or "")[:4]
        mentions += (
            PlaceMention(row, *_resolved(found, named, source), start, end) for start, end, found in spans
        )
    return mentions


def _area(place: Concept) -> str:
    return str(place.facts.get("area", ""))


def _only_oblast(found: Sequence[Concept]) -> str:
    oblasts = {_area(place)[:4] for place in found}
    return oblasts.pop() if len(oblasts) == 1 else ""


def _rank(place: Concept) -> int:
    level = str(place.facts.get("level"))
    return _LEVELS.index(level) if level in _LEVELS else len(_LEVELS)


def _choices(found: Sequence[Concept], named: set[str], source: str) -> Iterator[tuple[str, list[Concept]]]:
    yield "one place", list(found)
    yield "oblast in the text", [place for place in found if _area(place)[:4] in named]
    yield "area of the source", [place for place in found if source and _area(place)[:4] == source]
    sizes = sorted(found, key=lambda place: float(place.facts.get("thousand", 0)), reverse=True)
    known = all("thousand" in place.facts for place in found)
    if known and sizes[0].facts["thousand"] >= _LARGER * sizes[1].facts["thousand"]:
        yield "far larger", sizes[:1]


def _resolved(found: Sequence[Concept], named: set[str], source: str) -> tuple[str, str | None, str]:
    """Place, its area and what decided."""
    # The study's own areas come before places of the same name that only the package knows.
    own = [place for place in found if place.facts.get("study")] or list(found)
    for how, left in _choices(own, named, source):
        if not left:
            continue
        if len({_area(place) for place in left}) == 1 or len({_area(place)[:4] for place in left}) == 1 < len(
            left
        ):
            nearest = min(left, key=lambda place: (_rank(place), place.id))
            same = len(left) > 1 and how == "one place"
            return nearest.id, _area(nearest) or None, "same area" if same else how
    return "|".join(sorted(place.id for place in own)), None, "ambiguous"
