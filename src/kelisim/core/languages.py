"""Languages of the pages, words in three of them, and letters that only look alike.

Owns the trilingual `Words` value and the folding of homoglyphs (a Latin "a" typed inside a Cyrillic
name). Repair is always reported: `fold_homoglyphs` returns what it changed, the reader keeps the list.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args

__all__ = ["LANGUAGES", "Language", "Words", "fold_homoglyphs", "looks_key", "match_key"]

Language = Literal["kk", "ru", "en"]
LANGUAGES: tuple[Language, ...] = get_args(Language)

# Pairs that print alike in common fonts, capital and small apart.
_LATIN = "ABCEHIKMOPTXYaceiopxyhAEOPCTYXƏəƟɵËë"
_CYRILLIC = "АВСЕНІКМОРТХУасеіорхуһАЕОРСТУХӘәӨөЁё"
_TO_CYRILLIC = str.maketrans(_LATIN, _CYRILLIC)
_TO_LATIN = str.maketrans(_CYRILLIC, _LATIN)
_WORD = re.compile(r"[^\W\d_]+", re.UNICODE)


@dataclass(frozen=True, slots=True)
class Words:
    """One piece of text in Kazakh, Russian and English.

    >>> Words("аудан", "район", "district").say("ru")
    'район'
    """

    kk: str
    ru: str
    en: str

    def say(self, language: Language) -> str:
        """The text in one language."""
        return {"kk": self.kk, "ru": self.ru, "en": self.en}[language]

    def as_dict(self) -> dict[str, str]:
        """The text as a plain mapping, in the order Kazakh, Russian, English."""
        return {"kk": self.kk, "ru": self.ru, "en": self.en}

    @classmethod
    def of(cls, mapping: Mapping[str, str]) -> Words:
        """Words from a mapping with the keys kk, ru and en."""
        return cls(mapping["kk"], mapping["ru"], mapping["en"])

    @classmethod
    def same(cls, text: str) -> Words:
        """A proper name that is written the same way in every language."""
        return cls(text, text, text)


def _script(letter: str) -> str:
    name = unicodedata.name(letter, "")
    if name.startswith("LATIN"):
        return "latin"
    return "cyrillic" if name.startswith("CYRILLIC") else "other"


def _repair(word: str) -> str:
    scripts = [_script(letter) for letter in word]
    latin, cyrillic = scripts.count("latin"), scripts.count("cyrillic")
    if not latin or not cyrillic:
        return word
    as_cyrillic, as_latin = word.translate(_TO_CYRILLIC), word.translate(_TO_LATIN)
    clean_cyrillic = all(_script(letter) != "latin" for letter in as_cyrillic)
    clean_latin = all(_script(letter) != "cyrillic" for letter in as_latin)
    if clean_cyrillic and clean_latin:
        return as_cyrillic if cyrillic >= latin else as_latin
    if clean_cyrillic:
        return as_cyrillic
    return as_latin if clean_latin else word


def fold_homoglyphs(text: str) -> tuple[str, tuple[tuple[str, str], ...]]:
    """Repair words that mix Latin and Cyrillic letters, and say which words were changed.

    A mixed word is moved to the one script in which every letter exists; where both would do, to the
    script of most of its letters. A word whose mixture cannot be resolved is left alone.

    Returns: the text, and (before, after) for every changed word.

    >>> fold_homoglyphs("Аltаynews")
    ('Altaynews', (('Аltаynews', 'Altaynews'),))
    >>> fold_homoglyphs("Vласть")[1]
    ()
    """
    changes: list[tuple[str, str]] = []

    def replace(match: re.Match[str]) -> str:
        before = match.group()
        after = _repair(before)
        if after != before:
            changes.append((before, after))
        return after

    return _WORD.sub(replace, text), tuple(changes)


def match_key(name: str) -> str:
    """The form in which names are compared: NFC, lower case, mixed letters folded, no spaces or punctuation.

    >>> match_key("Шардараа уданы") == match_key("Шардара ауданы")
    True
    """
    folded = fold_homoglyphs(unicodedata.normalize("NFC", name))[0].casefold().replace("ё", "е")
    return "".join(letter for letter in folded if letter.isalnum())


def looks_key(name: str) -> str:
    """The form in which names are compared by their looks: as `match_key`, with look-alikes in one alphabet.

    Two different names may share it, so it serves to suggest a name and never to join one.

    >>> looks_key("Capa") == looks_key("Сара")
    True
    """
    return match_key(name.translate(_TO_CYRILLIC))
