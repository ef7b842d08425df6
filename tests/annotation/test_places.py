"""Places of a text: namesakes are settled by the text, by the source's area, by size, or not at all."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from kelisim.annotation.lexicon import load_lexicon
from kelisim.annotation.lexicon.names import russian_name
from kelisim.annotation.matching import Matcher
from kelisim.annotation.normalise import normalise
from kelisim.annotation.places import PlaceMention, area_concepts, places_of
from kelisim.core.areas import Area, Areas
from kelisim.core.languages import Words
from tests.annotation.found import matcher


def places(
    text: str, source: str | None = None, language: str = "kk", found: Matcher | None = None
) -> list[PlaceMention]:
    found = found or matcher()
    hits = found.find(normalise(pa.array([text], pa.large_string())), np.array([language]))
    return places_of(hits, found.lexicon, [source])


CASES = {
    "one place": ("Қосмезгіл ауылында", None, [("kosmezgil", "KZ6155", "one place")]),
    "the larger by ten times": ("Ақтауда жиын", None, [("aktau", "KZ47", "far larger")]),
    "the source's area before the larger": (
        "Ақтауда",
        "KZ35",
        [("aktau_karaganda", "KZ35", "area of the source")],
    ),
    "the text's oblast before the source's": (
        "Қарағанды облысы, Ақтау",
        "KZ47",
        [("KZ35", "KZ35", "one place"), ("aktau_karaganda", "KZ35", "oblast in the text")],
    ),
    "else ambiguous": ("Ақсуда", None, [("aksu_akmola|aksu_pavlodar|aksu_turkistan", None, "ambiguous")]),
    "a word of level chooses": ("Ақсу қаласында", None, [("aksu_pavlodar", "KZ55", "one place")]),
    "a common word without a cue": ("Абай айтты", None, []),
    "a common word with a cue": ("Абай ауылында", "KZ61", [("abai_keles", "KZ6139", "one place")]),
    "оралды is a verb": ("үйге оралды", None, []),
    "келесі is next, арыстан a lion, таразы scales": ("келесі арыстан мен таразы", None, []),
    "the town by its other cases": ("Таразда", None, [("taraz", "KZ31", "one place")]),
    "several words": ("Төле би ауданы", None, [("KZ6158", "KZ6158", "one place")]),
    "oblast and city of one name": (
        "Түркістан облысы, Түркістан қаласы",
        None,
        [("KZ61", "KZ61", "one place"), ("KZ6110", "KZ6110", "one place")],
    ),
    "inhabitants are no place": ("алматылықтар", None, []),
    "a place abroad has no area": ("Ташкентте", None, [("tashkent", None, "one place")]),
}


@pytest.mark.parametrize(("text", "source", "expected"), CASES.values(), ids=CASES.keys())
def test_a_place(text: str, source: str | None, expected: list[tuple[str, str | None, str]]) -> None:
    # "Абай ауылында" has namesakes in two oblasts; the city of that name is no village.
    assert [(p.place, p.area, p.how) for p in places(text, source)] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("в селе Масанчи Кордайского района", ["masanchi", "kordai"]),
        ("в Туркестане и Туркестанской области", ["KZ6110", "KZ61"]),
        ("в городе Сарыагаше и Сарыагашском районе", ["saryagash", "KZ6154"]),
        ("Алматинская область", ["KZ19"]),
        ("в Алматы и Алма-Ате", ["KZ75", "KZ75"]),
    ],
)
def test_a_russian_place(text: str, expected: list[str]) -> None:
    assert [p.place for p in places(text, language="ru")] == expected


def study_areas() -> Areas:
    def area(code: str, level: str, kk: str, ru: str, parent: str | None) -> Area:
        return Area(code, level, Words(kk, ru, ""), parent)

    return Areas.of(
        [
            area("XX", "country", "Ойдан", "Выдуманная", None),
            area("XX1", "oblast", "Жазира", "Жазирская", "XX"),
            area("XX11", "district", "Қос Бұлақ", "Косбулакский", "XX1"),
            area("XX12", "district", "Ақтау", "Актауский", "XX1"),
            area("KZ6152", "district", "Сайрам", "Сайрамский", "XX1"),
        ]
    )


def test_areas_of_another_study_are_found_and_come_first() -> None:
    lexicon = load_lexicon().with_concepts(area_concepts(study_areas(), load_lexicon()))
    study = Matcher(lexicon)
    assert [p.place for p in places("Қос Бұлақтағы өзбектер", found=study)] == ["XX11"]
    assert [p.place for p in places("в Косбулакском районе", language="ru", found=study)] == ["XX11"]
    assert [p.place for p in places("Жазирада", found=study)] == ["XX1"]
    # The study's own Ақтау, not the city on the Caspian.
    assert [(p.place, p.area) for p in places("Ақтауда", found=study)] == [("XX12", "XX12")]
    # What the package knows with more names than the study prints stays as it is.
    assert not [c for c in area_concepts(study_areas(), load_lexicon()) if c.id in ("KZ6152", "XX")]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Келесский", "келесск{ий,ая,ое,ого,ой,ому,им,ом,ую;ие,их,ими}a"),
        ("Арысь", "арыс{ь,и,ю,я,ем,ью,е}"),
        ("Төле би", "төле= би="),
    ],
)
def test_a_russian_name_by_rule(name: str, expected: str) -> None:
    assert russian_name(name) == expected
