"""The Kazakh noun after its stem: what is a suffix and what is another word."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kelisim.annotation.lexicon.kazakh import harmony, kazakh_suffix
from kelisim.annotation.lexicon.neighbours import neighbour_suffix
from kelisim.annotation.lexicon.spellings import arabic, latin, plain
from kelisim.annotation.lexicon.suffixes import SUFFIXES
from kelisim.annotation.lexicon.words import read_word


def suffix(token: str, stem: str, spelling: str = "kk") -> str | None:
    for start, accept in read_word(stem, spelling).stems:
        if token.startswith(start) and (code := accept(token[len(start) :])) is not None:
            return SUFFIXES[code]
    return None


@pytest.mark.parametrize(
    ("token", "stem", "expected"),
    [
        ("қазақ", "қазақ", "bare"),
        ("қазақтар", "қазақ", "plural"),
        ("қазақтардың", "қазақ", "plural"),
        ("қазақтарымызға", "қазақ", "plural"),
        ("қазақша", "қазақ", "manner"),
        ("қазақшалап", "қазақ", None),
        ("қазағым", "қазақ", "possessive"),
        ("қазағымыздың", "қазақ", "possessive"),
        ("қазақым", "қазақ", None),  # the consonant must soften
        ("қазақпын", "қазақ", "case"),
        ("қазақтікі", "қазақ", "case"),
        ("қазақтағы", "қазақ", "case"),
        ("қазақтан", "қазақ", "case"),
        ("қазақтай", "қазақ", "likeness"),
        ("қазақтер", "қазақ", None),  # back vowels ask for -тар
        ("өзбектер", "өзбек", "plural"),
        ("өзбектар", "өзбек", None),
        ("өзбегі", "өзбек", "possessive"),
        ("қазақстандықтар", "қазақстан", "quality"),
        ("қазақстандағылардың", "қазақстан", "case"),
        ("алматылық", "алматы", "quality"),
        ("америкалықтарға", "америка", "quality"),
        ("күрделі", "күрд~", None),
        ("күрдтар", "күрд~", "plural"),  # as the source document prints it
        ("күрес", "күрд~", None),
        ("индустриалды", "индус", None),
        ("финал", "фин", None),
        ("тайғақ", "тай", None),
    ],
)
def test_a_kazakh_token(token: str, stem: str, expected: str | None) -> None:
    assert suffix(token, stem) == expected


@pytest.mark.parametrize(
    ("token", "stem", "grammar", "expected"),
    [
        ("oʻzbeklarning", "oʻzbek", "uz-latn", "plural"),
        ("oʻzbekcha", "oʻzbek", "uz-latn", "manner"),
        ("oʻzbekiston", "oʻzbek", "uz-latn", None),
        ("ўзбекларга", "ўзбек", "uz-cyrl", "plural"),
        ("тоҷикон", "тоҷик", "tg", "plural"),
        ("тоҷикӣ", "тоҷик", "tg", "adjective"),
        ("тоҷикистон", "тоҷик", "tg", None),
        ("кыргыздардын", "кыргыз", "ky", "plural"),
        ("кыргызча", "кыргыз", "ky", "manner"),
        ("кыргызстан", "кыргыз", "ky", None),
        ("ئۇيغۇرلار", "ئۇيغۇر", "ug", "plural"),
        ("uzbeks", "uzbek", "en", "plural"),
        ("uzbekistan", "uzbek", "en", None),
    ],
)
def test_a_token_of_a_neighbour(token: str, stem: str, grammar: str, expected: str | None) -> None:
    code = neighbour_suffix(token.removeprefix(stem), grammar)
    assert (None if code is None else SUFFIXES[code]) == expected


STEMS = ("қазақ", "өзбек", "орыс", "тәжік", "ұйғыр", "әзербайжан", "грузин", "поляк")
BACK = ("тар", "лар", "дар", "ым", "ның", "ға", "дан", "мен", "ша", "лық", "мын")
FRONT = ("тер", "лер", "дер", "ім", "нің", "ге", "ден", "мен", "ше", "лік", "мін")


@given(st.sampled_from(STEMS), st.sampled_from(BACK + FRONT))
def test_suffixes_of_the_other_harmony_are_none(stem: str, ending: str) -> None:
    foreign = BACK if harmony(stem) == "front" else FRONT
    allowed = FRONT if harmony(stem) == "front" else BACK
    code = kazakh_suffix(ending, harmony(stem))
    assert (code is not None) == (ending in allowed or (ending not in foreign))


@given(st.sampled_from(STEMS), st.text("абвгдежзиклмнопрстуыішғқңү", min_size=1, max_size=12))
def test_any_remainder_is_answered(stem: str, remainder: str) -> None:
    answer = kazakh_suffix(remainder, harmony(stem))
    assert answer is None or 0 < answer < len(SUFFIXES)
    if answer is not None:
        # What is a suffix for one harmony is one for stems of either.
        assert kazakh_suffix(remainder, "any") is not None


def test_the_other_spellings() -> None:
    assert plain("қырғыз") == ("кыргыз",)
    assert {"qazaq", "kazak"} <= set(latin("қазақ"))
    assert {"ózbek", "özbek", "ozbek", "oʻzbek"} <= set(latin("өзбек"))
    assert arabic("қырғыз") == ("قىرعىز",)
    assert arabic("түрік")[0] == "تۇرىك"  # к needs no hamza
    assert arabic("тәжік") == ("تاجىك",)
    assert suffix("qazaqtardyñ", "qazaq", "kk-latn") == "plural"
    assert suffix("qazaqtarga", "qazaq", "kk-latn") == "plural"
    assert suffix("قازاقتار", "قازاق", "kk-arab") == "plural"
    assert suffix("казактын", "казак", "kk-plain") == "case"
    assert suffix("казакский", "казак", "kk-plain") is None
