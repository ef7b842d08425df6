"""Names in their senses: every trap that a list of words falls into, by name."""

from __future__ import annotations

import pytest

from kelisim.annotation.hits import SENSES, Hits
from kelisim.annotation.lexicon import SUFFIXES
from kelisim.annotation.senses import REASONS, decide, mentioned
from tests.annotation.found import matcher, names, senses

NO_NAME = {
    "күрделі is complicated, not a Kurd": "күрделі мәселе",
    "индустриалды is industrial, not an Indian": "индустриалды аймақ",
    "тайғақ is slippery, not a Thai": "тайғақ жол",
    "финал is a final, not a Finn": "финалға шықты",
    "күрес is a struggle": "күрес басталды",
    "Russian грекотня is no Greek": "грекотня",
}


@pytest.mark.parametrize("text", NO_NAME.values(), ids=NO_NAME.keys())
def test_no_name_at_all(text: str) -> None:
    assert senses(text) == []


TRAPS = {
    "қытай is China": ("Қытай тауар әкелді", "kk", [("china", "state")]),
    "қытай халқы is the people": ("Қытай халқы", "kk", [("chinese", "group")]),
    "қытайлар are the people": ("қытайлар келді", "kk", [("chinese", "group")]),
    "қытай тілі is the language": ("қытай тілі", "kk", [("chinese", "language")]),
    "қытай азаматы is a citizen": ("Қытай азаматы", "kk", [("china", "citizens")]),
    "қазақ тілі is the language": ("қазақ тілі керек", "kk", [("kazakh", "language")]),
    "қазақша is the language": ("қазақша сөйле", "kk", [("kazakh", "language")]),
    "two names share one word of language": (
        "қазақ және орыс тілдерінде",
        "kk",
        [("kazakh", "language"), ("russian", "language")],
    ),
    "қазақстандық is a citizen": ("қазақстандықтар", "kk", [("kazakhstan", "citizens")]),
    "америкалық is a citizen": ("америкалықтар", "kk", [("united_states", "citizens")]),
    "ресейлік is a citizen": ("ресейлік турист", "kk", [("russia", "citizens")]),
    "шешен is an orator": ("ол шешен сөйледі", "kk", [("chechen", "unknown")]),
    "шешендер are orators too": ("шешендер сайысы", "kk", [("chechen", "unknown")]),
    "шешен халқы are Chechens": ("шешен халқы", "kk", [("chechen", "group")]),
    "шешен beside ингуш is a Chechen": ("шешен мен ингуш", "kk", [("chechen", "group"), ("ingush", "group")]),
    "тай is a foal": ("тай мініп", "kk", [("thai", "unknown")]),
    "дат is a complaint": ("дат айтты", "kk", [("danish", "unknown")]),
    "алтай needs a cue": ("алтай таулары", "kk", [("altai_town", "unknown")]),
    "күрт is suddenly": ("күн күрт суытты", "kk", [("kurd", "unknown")]),
    "ауған is a verb": ("назары ауған", "kk", [("afghan", "unknown")]),
    "арман is a dream in Kazakh": ("арман болды", "kk", []),
    "arman is an Armenian in Uzbek": ("armanlar keldi", "uz", [("armenian", "group")]),
    "түрікмен is no Turk with -мен": ("түрікмен келді", "kk", [("turkmen", "group")]),
    "an insult by тіл is no language": ("қазаққа тіл тигізді", "kk", [("kazakh", "group")]),
    "a president is a state": ("қырғыз президенті", "kk", [("kyrgyz", "state")]),
    "a school is a body": ("өзбек мектебі", "kk", [("uzbek", "organisation")]),
    "the people with -қ softened": ("қазағым-ай", "kk", [("kazakh", "group")]),
    "speakers are of a language": ("орыстілді баспасөз", "kk", [("russian", "language")]),
    "орыс тілді too": ("орыс тілді мектеп", "kk", [("russian", "language")]),
    "казак in letterless Kazakh is a Kazakh": ("казак халкы", "kk", [("kazakh", "group")]),
    "казак in Russian is a Cossack": ("казак на коне", "ru", [("cossack", "group")]),
    "казактар shows a Kazakh suffix in any text": ("казактар келди", "ru", [("kazakh", "group")]),
    "казак in Kyrgyz is a Kazakh": ("казактар келди", "ky", [("kazakh", "group")]),
    "русский язык": ("русский язык", "ru", [("russian", "language")]),
    "русские люди": ("русские люди", "ru", [("russian", "group")]),
    "русские приехали": ("русские приехали", "ru", [("russian", "group")]),
    "русские сказки are no people": ("русские сказки", "ru", [("russian", "unknown")]),
    "русская зима is no people": ("русская зима", "ru", [("russian", "unknown")]),
    "на русском is the language": ("говорит на русском", "ru", [("russian", "language")]),
    "на русском празднике is not": ("на русском празднике", "ru", [("russian", "unknown")]),
    "по-казахски": ("говори по-казахски", "ru", [("kazakh", "language")]),
    "узбекские власти": ("узбекские власти", "ru", [("uzbek", "state")]),
    "узбекская диаспора": ("узбекская диаспора", "ru", [("uzbek", "group")]),
    "Грек is a surname": ("иван грек пришел", "ru", [("greek", "unknown")]),
    "греки are a people": ("греки живут здесь", "ru", [("greek", "group")]),
    "полька is a dance": ("играли польку", "ru", [("pole", "unknown")]),
    "турка is a pot": ("кофе в турке", "ru", [("turk", "unknown")]),
    "турки are a people": ("турки живут здесь", "ru", [("turk", "group")]),
    "казахстанцы are citizens": ("казахстанцы", "ru", [("kazakhstan", "citizens")]),
    "казахстанский is the state's": ("казахстанский", "ru", [("kazakhstan", "state")]),
    "гражданин Узбекистана": ("узбекистана гражданин", "ru", [("uzbekistan", "citizens")]),
    "Чехов is a writer": ("читал чехов", "ru", []),
    "an English adjective is not yet a people": ("turkish coffee", "en", [("turk", "unknown")]),
    "English people": ("turks and kurds", "en", [("turk", "group"), ("kurd", "group")]),
    "форс-мажор is no Persian": ("форс-мажор", "ru", []),
    "забони тоҷикӣ": ("забони тоҷикӣ", "tg", [("tajik", "language")]),
    "халқи тоҷик": ("халқи тоҷик", "tg", [("tajik", "group")]),
    "o'zbek tili": ("o'zbek tili", "uz", [("uzbek", "language")]),
    "ўзбеклар": ("ўзбеклар", "uz", [("uzbek", "group")]),
    "кыргыз тили": ("кыргыз тили", "ky", [("kyrgyz", "language")]),
    "Latin Kazakh": ("qazaq tili men ózbekter", "kk", [("kazakh", "language"), ("uzbek", "group")]),
    "Arabic Kazakh": ("قازاقتار", "kk", [("kazakh", "group")]),
    "Uyghur": ("ئۇيغۇرلار", "ug", [("uyghur", "group")]),
    "a Russian word in a Kazakh comment": ("узбеки келді ғой", "kk", [("uzbek", "group")]),
    "both halves of a hyphen": ("қазақ-қырғыз достығы", "kk", [("kazakh", "group"), ("kyrgyz", "group")]),
    "homoglyphs are repaired first": ("ӨЗБEK", "kk", [("uzbek", "group")]),
    "inhabitants of a city": ("алматылықтар", "kk", [("KZ75", "place")]),
}  # fmt: skip


@pytest.mark.parametrize(("text", "language", "expected"), TRAPS.values(), ids=TRAPS.keys())
def test_a_trap(text: str, language: str, expected: list[tuple[str, str]]) -> None:
    assert senses(text, language) == expected


def test_a_people_inside_the_name_of_a_body_is_no_group() -> None:
    found = names("Қазақстан халқы Ассамблеясы өзбек этномәдени бірлестігімен кездесті")
    assert ("assembly", "organisation", "Қазақстан халқы Ассамблеясы") in found
    assert {sense for _, sense, _ in found} == {"organisation"}


def test_a_country_inside_a_longer_name_is_not_named() -> None:
    assert senses("Шығыс Қазақстанда") == [("KZ63", "place")]


def test_the_span_is_the_word_with_its_suffix() -> None:
    assert [words for _, _, words in names("Бұл ӨЗБЕКТЕРДІҢ үйі, ал қазақтар...")] == [
        "ӨЗБЕКТЕРДІҢ",
        "қазақтар",
    ]


def test_insults_are_no_mentions_and_places_only_by_their_people() -> None:
    import numpy as np
    import pyarrow as pa

    from kelisim.annotation.normalise import normalise

    view = normalise(pa.array(["чурка Алматыда", "алматылық өзбек"], pa.large_string()))
    hits = matcher().find(view, np.array(["ru", "kk"]))
    kept = hits.take(mentioned(hits, matcher().lexicon))
    concepts = [matcher().lexicon.concepts[c].id for c in kept.concept]
    assert concepts == ["KZ75", "uzbek"] and kept.row.tolist() == [1, 1]


def test_every_answer_is_a_known_word() -> None:
    for kind in ("ethnonym", "country", "faith", "body", "place", "restricted"):
        for suffix in SUFFIXES:
            for near in range(0, 1 << 11, 7):
                for doubt in ("", "^", "!"):
                    sense, reason = decide(kind, suffix, near, 0, doubt=doubt)
                    assert sense in SENSES and reason in REASONS


def test_no_hits_have_the_columns_too() -> None:
    assert len(Hits.of([])) == 0
