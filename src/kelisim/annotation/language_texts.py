"""What the language model learns from: open sentences in every spelling, reviews, and patterns of short talk.

Sentences are handed in; nothing here reads a file. Each is used whole and in windows of two to eight words,
because a comment is rarely a sentence. Spellings for which no open texts exist (Kazakh in Latin, Arabic and
without its letters, Uzbek in Cyrillic) are made from the usual spelling by rule, so accuracy measured on
texts made by rule is optimistic; the reviews written without Kazakh letters are real.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files

import numpy as np
import yaml

from kelisim.annotation.letters import KAZAKH
from kelisim.annotation.lexicon.spellings import WAYS, Way, spelled

__all__ = ["Sentences", "learning_texts", "letterless", "short_talk", "uzbek_in_cyrillic"]

# How often a text is used beside its whole self, in windows; and how many reviews and made comments join.
_WINDOWS = 4
_WINDOWS_OTHER = 2
_REVIEWS = 6_000
_LETTERLESS_REVIEWS = 2_000
_STRIPPED_REVIEWS = 4_000
_TALK = {"ru": 2_000, "ky": 1_000}
_SLOT = re.compile(r"\{(\w+)\}")
# The two habits of writing і without its key.
_STRIPPED = tuple(str.maketrans("әғқңөұүһі", "агкноуух" + i) for i in "иы")
_BARE_KYRGYZ = str.maketrans("ңөү", "ноу")
_BARE_TAJIK = str.maketrans("ҷқғҳӯӣ", "чкгхуи")
_UZBEK_PAIRS = {"sh": "ш", "ch": "ч", "oʻ": "ў", "gʻ": "ғ", "yo": "ё", "yu": "ю", "ya": "я", "ye": "е"}
_UZBEK = dict(zip("abdefghijklmnopqrstuvxyzʻ", "абдефгҳижклмнопқрстувхйзъ", strict=True))
_UZBEK_SIGNS = re.compile("|".join(_UZBEK_PAIRS) + r"|\be|[a-zʻ]")


@dataclass(frozen=True, slots=True)
class Sentences:
    """Texts to learn from.

    by_language : class -> sentences in the usual spelling of the language; "other" holds several languages
    reviews : informal Kazakh, as it was typed
    """

    by_language: Mapping[str, Sequence[str]]
    reviews: Sequence[str]


def letterless(text: str) -> bool:
    """Whether a text has none of the letters that only Kazakh has.

    >>> letterless("маған"), letterless("маган")
    (False, True)
    """
    return not set(text.lower()) & set(KAZAKH)


def uzbek_in_cyrillic(text: str) -> str:
    """An Uzbek text of small letters in the Cyrillic alphabet.

    >>> uzbek_in_cyrillic("oʻzbek eli, yangi gʻoya")
    'ўзбек эли, янги ғоя'
    """
    text = re.sub("['`’‘ʼ]", "ʻ", text)

    def one(match: re.Match[str]) -> str:
        sign = match.group()
        at_head = sign == "e" and (not match.start() or not text[match.start() - 1].isalpha())
        return "э" if at_head else _UZBEK_PAIRS.get(sign) or _UZBEK.get(sign, sign)

    return _UZBEK_SIGNS.sub(one, text)


def short_talk(language: str, number: int, rng: np.random.Generator) -> list[str]:
    """Made comments of one language, all different, from the patterns of `models/informal.yaml`."""
    source = files("kelisim.annotation") / "models" / "informal.yaml"
    lists = yaml.safe_load(source.read_text(encoding="utf-8"))[language]
    made: dict[str, None] = {}
    while len(made) < number:
        pattern = lists["patterns"][rng.integers(len(lists["patterns"]))]
        made[_SLOT.sub(lambda slot: str(lists[slot[1]][rng.integers(len(lists[slot[1]]))]), pattern)] = None
    return list(made)


def learning_texts(sentences: Sentences, rng: np.random.Generator) -> list[tuple[str, str]]:
    """Pairs of text and class, in an order that depends on `rng` alone."""
    made: list[tuple[str, str]] = []

    def learn(text: str, language: str, windows: int) -> None:
        made.append((text, language))
        words = text.split()
        for _ in range(windows):
            length = int(rng.integers(2, 9))
            first = int(rng.integers(max(1, len(words) - length + 1)))
            made.append((" ".join(words[first : first + length]), language))

    for language, texts in sentences.by_language.items():
        for text in texts:
            learn(text, language, _WINDOWS_OTHER if language == "other" else _WINDOWS)
            for variant, windows in _variants(text.lower(), language, rng):
                learn(variant, language, windows)
    reviews = [sentences.reviews[place] for place in rng.permutation(len(sentences.reviews))]
    reviews = [text for text in reviews if len(text.split()) > 1]
    rest = reviews[_REVIEWS:]
    made += [(text, "kk") for text in reviews[:_REVIEWS]]
    made += [(text, "kk") for text in rest if letterless(text)][:_LETTERLESS_REVIEWS]
    full = [text.lower() for text in rest if not letterless(text)][:_STRIPPED_REVIEWS]
    made += [(text.translate(_STRIPPED[int(rng.integers(2))]), "kk") for text in full]
    for language, number in _TALK.items():
        for text in short_talk(language, number, rng):
            made.append((text, language))
            if language == "ky" and rng.random() < 0.2:
                made.append((text.translate(_BARE_KYRGYZ), language))
    return made


def _variants(text: str, language: str, rng: np.random.Generator) -> list[tuple[str, int]]:
    """Other spellings of a text of small letters, each with the number of windows it is used in."""
    if language == "kk":
        latin, keyboard = WAYS[int(rng.integers(3))], WAYS[3 + int(rng.integers(2))]
        stripped = [(text.translate(_STRIPPED[0]), 5)]
        if rng.random() < 0.5:
            stripped.append((text.translate(_STRIPPED[1]), 3))
        ways: tuple[Way, ...] = (latin, keyboard, "arabic")
        return [(text, 2), *stripped, *((spelled(text, way), 2) for way in ways)]
    if language == "uz":
        return [(uzbek_in_cyrillic(text), 5)]
    if language == "ky":
        return [(text, 2), (text.translate(_BARE_KYRGYZ), 0)]
    if language == "tg" and rng.random() < 0.5:
        return [(text.translate(_BARE_TAJIK), 2)]
    return []
