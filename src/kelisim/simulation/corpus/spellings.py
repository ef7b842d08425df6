"""How people type: Kazakh without its letters, letters of the other alphabet, Uzbek in Cyrillic."""

from __future__ import annotations

import re

import numpy as np

__all__ = ["in_passing", "letterless", "uzbek_cyrillic", "with_look_alikes"]

_STRIPPED = str.maketrans("әғқңөұүһіӘҒҚҢӨҰҮҺІ", "агкноуухиАГКНОУУХИ")
_LOOK_ALIKE = str.maketrans("аеорсухАЕОРСХКМТВН", "aeopcyxAEOPCXKMTBH")
_WORD = re.compile(r"[а-яёәғқңөұүһіА-ЯЁӘҒҚҢӨҰҮҺІ]{5,}")
_PAIRS = (
    ("oʻ", "ў"), ("gʻ", "ғ"), ("sh", "ш"), ("ch", "ч"), ("ya", "я"), ("yo", "ё"), ("yu", "ю"), ("ye", "е"),
)  # fmt: skip
_LETTERS = dict(
    zip("abdefghijklmnopqrstuvxyzʼ", "абдефгҳижклмнопқрстувхйзъ", strict=True)
)  # the rest of the alphabet, letter by letter
_TAILS = ("", "", "", "!", "!!", "...", " 👍", " 🙏", " 😂", " ))")


def letterless(text: str) -> str:
    """Kazakh typed with a Russian keyboard.

    >>> letterless("Өзбек көршілеріміз жақсы")
    'Озбек коршилеримиз жаксы'
    """
    return text.translate(_STRIPPED)


def with_look_alikes(text: str, rng: np.random.Generator) -> str:
    """One long Cyrillic word with Latin letters among its own; the text itself where it has none.

    Some letters stay, so that the word mixes two alphabets.
    """
    words = [found for found in _WORD.finditer(text) if found.group().translate(_LOOK_ALIKE) != found.group()]
    if not words:
        return text
    chosen = words[int(rng.integers(len(words)))]
    letters = [letter.translate(_LOOK_ALIKE) for letter in chosen.group()]
    if not any("а" <= letter.lower() <= "ӿ" for letter in letters):
        letters[-1] = chosen.group()[-1]
    return text[: chosen.start()] + "".join(letters) + text[chosen.end() :]


def uzbek_cyrillic(text: str) -> str:
    """Uzbek in Cyrillic letters, by rule.

    >>> uzbek_cyrillic("Oʻzbek qoʻshnilar yaxshi, ertaga choy")
    'Ўзбек қўшнилар яхши, эртага чой'
    """
    text = re.sub(r"\b([eE])", lambda found: "э" if found.group() == "e" else "Э", text)
    for latin, cyrillic in _PAIRS:
        text = text.replace(latin, cyrillic)
        text = text.replace(latin.upper(), cyrillic.upper()).replace(latin.capitalize(), cyrillic.upper())
    text = "".join(_LETTERS.get(letter, letter) for letter in text)
    return "".join(
        _LETTERS[letter.lower()].upper() if letter.lower() in _LETTERS else letter for letter in text
    )


def in_passing(text: str, rng: np.random.Generator) -> str:
    """A comment as it is typed on the way: small letters, no full stop, a sign at the end."""
    if rng.random() < 0.4:
        text = text.lower()
    if rng.random() < 0.5:
        text = text.rstrip(".") + _TAILS[int(rng.integers(len(_TAILS)))]
    return text
