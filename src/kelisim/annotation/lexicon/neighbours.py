"""Nouns of the neighbours after their stems: Uzbek in both scripts, Kyrgyz, Uyghur, Tajik, English.

Written from grammars, not measured on texts of these languages; the lists are shorter than the Kazakh one and
vowel harmony is not asked of them.
"""

from __future__ import annotations

import re

from kelisim.annotation.lexicon.suffixes import suffix_code

__all__ = ["GRAMMARS", "neighbour_suffix"]

_UZBEK_LATIN = (
    r"(?:(?P<manner>cha(?:si)?)|(?P<quality>lik)|(?P<likeness>dek|day))?(?P<plural>lar)?"
    r"(?P<possessive>imiz|miz|ingiz|ngiz|im|ing|si|i)?"
    r"(?P<case>ning|ni|ga|ka|qa|dagi|da|dan|niki|man|san|siz|dir)?"
)
_UZBEK_CYRILLIC = (
    r"(?:(?P<manner>ча(?:си)?)|(?P<quality>лик)|(?P<likeness>дек|дай))?(?P<plural>лар)?"
    r"(?P<possessive>имиз|миз|ингиз|нгиз|им|инг|си|и)?"
    r"(?P<case>нинг|ни|га|ка|қа|даги|да|дан|ники|ман|сан|сиз|дир)?"
)
_KYRGYZ = (
    r"(?:(?P<manner>ча|че|чо|чө)|(?P<quality>[лдт][ыиуү]к)|(?P<likeness>[дт][ае]й|чыл|чил))?"
    r"(?P<plural>[лдт][аеоө]р)?"
    r"(?P<possessive>[ыиуү]?б[ыиуү]з|[ыиуү]?ң[ыиуү]з|[ыиуү]?м|[ыиуү]?ң|с[ыиуү]|[ыиуү])?"
    r"(?P<case>[ндт][ыиуү]н|[ндт][ыиуү]|[гк][аеоө]|н[аеоө]|н?[дт][аеоө](?:г[ыиуү])?|[ндт][аеоө]н|н)?"
)
_UYGHUR = (
    r"(?:(?P<manner>چە)|(?P<quality>لىق|لىك))?(?P<plural>لار|لەر|لىر)?"
    r"(?P<possessive>ىمىز|ىڭىز|ىم|ىڭ|سى|ى)?(?P<case>نىڭ|نى|غا|گە|قا|كە|دىكى|دا|دە|تا|تە|دىن|تىن)?"
)
_TAJIK = (
    r"(?P<adjective>ӣ|и(?=ро|ҳо))?(?P<plural>ҳо|ен|гон|вон|он)?(?P<possessive>ам|ат|аш|амон|атон|ашон)?"
    r"(?P<case>иро|и|ро|у|ю|анд|аст|ем|ед)?"
)
_ENGLISH = r"(?P<plural>ʻs|s|es|sʻ)?"

GRAMMARS: dict[str, re.Pattern[str]] = {
    "uz-latn": re.compile(_UZBEK_LATIN),
    "uz-cyrl": re.compile(_UZBEK_CYRILLIC),
    "ky": re.compile(_KYRGYZ),
    "ug": re.compile(_UYGHUR),
    "tg": re.compile(_TAJIK),
    "en": re.compile(_ENGLISH),
}
_ORDER = ("manner", "quality", "likeness", "adjective", "plural", "possessive", "case")


def neighbour_suffix(remainder: str, grammar: str) -> int | None:
    """What a remainder says about its stem, as a code of `SUFFIXES`; None where it is no suffix.

    >>> from kelisim.annotation.lexicon.suffixes import SUFFIXES
    >>> SUFFIXES[neighbour_suffix("larning", "uz-latn")], SUFFIXES[neighbour_suffix("ӣ", "tg")]
    ('plural', 'adjective')
    >>> neighbour_suffix("iston", "uz-latn") is None
    True
    """
    if not remainder:
        return suffix_code("bare")
    match = GRAMMARS[grammar].fullmatch(remainder)
    if match is None:
        return None
    groups = match.groupdict()
    return suffix_code(next(name for name in _ORDER if groups.get(name)))
