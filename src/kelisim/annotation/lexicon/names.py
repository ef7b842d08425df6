"""Names of a study's areas as forms of the lexicon, without a dictionary: rules for the endings of names.

Russian names of areas are adjectives (Сайрамский) or nouns that follow four patterns; what ends otherwise is
taken as it stands (Кентау, Алматы).
"""

from __future__ import annotations

import re

__all__ = ["kazakh_name", "russian_name", "words_of_name"]

_WORD = re.compile(r"[^\W\d_]+")
_ADJECTIVE = "ий,ая,ое,ого,ой,ому,им,ом,ую;ие,их,ими"
_HARD_ADJECTIVE = "ый,ая,ое,ого,ой,ому,ым,ом,ую;ые,ых,ыми"
_NOUNS = (
    (re.compile(r"(.{2,})(?:ий|ая|ое)"), _ADJECTIVE + "}a"),
    (re.compile(r"(.{2,}[^аеиоуыэюяйь])"), ",а,у,ом,е}"),
    (re.compile(r"(.{2,})ь"), "ь,и,ю,я,ем,ью,е}"),
    (re.compile(r"(.{2,})й"), "й,я,ю,ем,е}"),
    (re.compile(r"(.{2,})а"), "а,ы,и,е,у,ой}"),
)


def words_of_name(name: str) -> list[str]:
    """Words of a name as the matching view has them: small letters, е for ё, nothing but letters.

    >>> words_of_name("Түркістан Қ.Ә.")
    ['түркістан', 'қ', 'ә']
    """
    return [word.casefold().replace("ё", "е") for word in _WORD.findall(name)]


def kazakh_name(name: str) -> str:
    """A Kazakh name as a form: every word a stem.

    >>> kazakh_name("Батыс Қазақстан")
    'батыс қазақстан'
    """
    return " ".join(words_of_name(name))


def russian_name(name: str) -> str:
    """A Russian name as a form with its endings.

    >>> russian_name("Сайрамский")
    'сайрамск{ий,ая,ое,ого,ой,ому,им,ом,ую;ие,их,ими}a'
    >>> russian_name("Шымкент"), russian_name("Кентау")
    ('шымкент{,а,у,ом,е}', 'кентау=')
    """
    return " ".join(_declined(word) for word in words_of_name(name))


def _declined(word: str) -> str:
    hard = re.fullmatch(r"(.{2,}[нртвл])(?:ый|ая|ое)", word)
    if hard:
        return f"{hard[1]}{{{_HARD_ADJECTIVE}}}a"
    for pattern, endings in _NOUNS:
        if found := pattern.fullmatch(word):
            return f"{found[1]}{{{endings}"
    return f"{word}="
