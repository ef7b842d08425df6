"""The Kazakh noun after its stem: one expression over the remainder, once for back and once for front vowels.

Slots, in their order: derivation (-ша, -лық, -шыл, -дай), plural, possessive, case, -ғы after the locative,
and the ending of a predicate (-мын). The list of stems is closed, so no analyser of the language is needed;
what is checked is that the remainder is nothing but suffixes of the right harmony. The same slots serve the
other spellings of Kazakh (without its letters, Latin, Arabic): a table says what each letter of a suffix may
look like there.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache

from kelisim.annotation.lexicon.suffixes import suffix_code

__all__ = ["SOFTENED", "VOWELS", "harmony", "kazakh_suffix"]

# қазақ + ы = қазағы: the last consonant is voiced before a vowel.
SOFTENED = {"қ": "ғ", "к": "г", "п": "б"}

_FRONT_VOWELS = "әөүіеэи"
VOWELS = _FRONT_VOWELS + "аоұыуюяё"

_BACK = {
    "manner": "ша",
    "quality": "лық|дық|тық|лығ|дығ|тығ",
    "likeness": "дай|тай|шыл|сымақ",
    "plural": "лар|дар|тар",
    # The possessor, with the cases that only follow him (-нда, -нан, -н).
    "owner": "ымыз|мыз|ыңыз|ңыз|ым|м|ың|ң|сы|ы",
    "case": "ның|дың|тың|ға|қа|на|а|ны|ды|ты|н|нда|да|та|ндағы|дағы|тағы|нан|дан|тан|мен|бен|пен|менен|"
    "нікі|дікі|тікі",
    "predicate": "мын|бын|пын|сың|сыз|мыз|быз|пыз|сыңдар|сыздар",
}
_FRONT = {
    "manner": "ше",
    "quality": "лік|дік|тік|ліг|діг|тіг",
    "likeness": "дей|тей|шіл|сымақ",
    "plural": "лер|дер|тер",
    "owner": "іміз|міз|іңіз|ңіз|ім|м|ің|ң|сі|і",
    "case": "нің|дің|тің|ге|ке|не|е|ні|ді|ті|н|нде|де|те|ндегі|дегі|тегі|нен|ден|тен|мен|бен|пен|менен|"
    "нікі|дікі|тікі",
    "predicate": "мін|бін|пін|сің|сіз|міз|біз|піз|сіңдер|сіздер",
}
# -н and the bare vowel of the dative stand after a possessive only; else "қазан" would be a form of "қаз".
_AFTER_OWNER = {"н", "а", "е", "нда", "нде", "ндағы", "ндегі", "на", "не"}


def harmony(stem: str) -> str:
    """Vowels that a Kazakh stem asks of its suffixes: "back" or "front", by its last vowel.

    >>> harmony("қазақ"), harmony("өзбек"), harmony("грузин")
    ('back', 'front', 'front')
    """
    vowels = [letter for letter in stem if letter in VOWELS]
    return "front" if vowels and vowels[-1] in _FRONT_VOWELS else "back"


def _alternatives(words: str, spell: Callable[[str], str]) -> str:
    return "|".join(spell(word) for word in sorted(words.split("|"), key=len, reverse=True))


def _expression(slots: Mapping[str, str], spell: Callable[[str], str]) -> re.Pattern[str]:
    said = {name: _alternatives(words, spell) for name, words in slots.items()}
    after_noun = _alternatives("|".join(w for w in slots["case"].split("|") if w not in _AFTER_OWNER), spell)
    # қазақстандағылар: what stands "in" a place is a noun again.
    again = f"(?:(?:{said['plural']})(?:{said['owner']})?(?:{said['case']})?)?"
    tail = f"(?:(?P<owner>{said['owner']})(?:(?:{said['case']}){again})?|(?P<case>{after_noun}){again})?"
    return re.compile(
        f"(?:(?P<manner>{said['manner']})|(?P<quality>{said['quality']})|(?P<likeness>{said['likeness']}))?"
        f"(?P<plural>{said['plural']})?{tail}(?P<predicate>{said['predicate']})?"
    )


def _spell_cyrillic(word: str) -> str:
    return word


_ANY_GHAIN = "(?:ğ|ǵ|gʻ|gh|g)"
_LATIN_LETTERS = {
    "ы": "[yıi]", "і": "[iıy]", "ғ": _ANY_GHAIN, "г": "g", "қ": "[qk]", "к": "k", "ң": "(?:ñ|ń|ŋ|nʻ|ng|n)",
    "ш": "(?:ş|sʻ|sh)", "а": "a", "е": "e", "л": "l", "д": "d", "т": "t", "р": "r", "н": "n", "м": "m",
    "б": "b", "п": "p", "з": "z", "с": "s", "й": "[iıyj]",
}  # fmt: skip
_ARABIC_LETTERS = {
    "ы": "[ىی]", "і": "[ىی]", "ғ": "ع", "г": "گ", "қ": "ق", "к": "ك", "ң": "ڭ", "ш": "ش", "а": "ا", "е": "ە",
    "л": "ل", "д": "د", "т": "ت", "р": "ر", "н": "ن", "м": "م", "б": "ب", "п": "پ", "з": "ز", "с": "س",
    "й": "ي",
}  # fmt: skip
_PLAIN_LETTERS = str.maketrans("әғқңөұүһі", "агкноуухи")

_SPELLINGS: dict[str, Callable[[str], str]] = {
    "kk": _spell_cyrillic,
    "kk-plain": lambda word: word.translate(_PLAIN_LETTERS),
    "kk-latn": lambda word: "".join(_LATIN_LETTERS[letter] for letter in word),
    "kk-arab": lambda word: "".join(_ARABIC_LETTERS[letter] for letter in word),
}
_ORDER = ("manner", "quality", "likeness", "plural", "owner", "case", "predicate")
_MEANING = {"owner": "possessive", "predicate": "case"}


@cache
def _expressions(spelling: str) -> dict[str, re.Pattern[str]]:
    spell = _SPELLINGS[spelling]
    return {"back": _expression(_BACK, spell), "front": _expression(_FRONT, spell)}


def kazakh_suffix(remainder: str, vowels: str, *, spelling: str = "kk") -> int | None:
    """What a remainder says about its Kazakh stem, as a code of `SUFFIXES`; None where it is no suffix.

    remainder : the letters after the stem
    vowels : "back", "front", or "any" for stems that people inflect both ways
    spelling : "kk", "kk-plain" (without the letters of Kazakh), "kk-latn" or "kk-arab"

    >>> from kelisim.annotation.lexicon.suffixes import SUFFIXES
    >>> SUFFIXES[kazakh_suffix("тардың", "back")], kazakh_suffix("тердің", "back")
    ('plural', None)
    """
    if not remainder:
        return suffix_code("bare")
    found = [
        match
        for side, expression in _expressions(spelling).items()
        if vowels in (side, "any") and (match := expression.fullmatch(remainder))
    ]
    if not found:
        return None
    slot = next(name for name in _ORDER if found[0].group(name) is not None)
    return suffix_code(_MEANING.get(slot, slot))
