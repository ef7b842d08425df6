"""How a word of the lexicon is written down, and what it accepts.

A form is one word or several with a space between them. Each word is one of

- `өзбек`: a stem; the grammar of the form's language decides about the rest of the token,
- `мари=`: this token and no other,
- `төбелес*`: this beginning, whatever follows,
- `узбек{,а,у;и,ов}`: a stem with its endings, singular before the semicolon and plural after it. Russian
  words get this form at build time.

Further marks may follow: `~` takes suffixes of either harmony (күрд~), `a` after a bracket says adjective and
`+` one that is used as a noun too (русский), `@` says that the word by itself means people of the country
(казахстанец), `%` that it means speakers or speech (казахоязычный), `^` that it is a common word too and
counts only beside a cue or in the plural (тай), `!` that not even the plural tells (шешен, an orator), `#`
that it counts in texts of its own language only (Uzbek арман, an Armenian; in Kazakh a dream).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from kelisim.annotation.lexicon.kazakh import SOFTENED, VOWELS, harmony, kazakh_suffix
from kelisim.annotation.lexicon.neighbours import GRAMMARS, neighbour_suffix
from kelisim.annotation.lexicon.suffixes import suffix_code

__all__ = ["FORM_LANGUAGES", "MARKS", "SPELLINGS", "Word", "read_word", "split_marks"]

MARKS = "=*~@%^!+#"

# Languages of forms, in the order of the codes in `Hits.language`.
FORM_LANGUAGES = ("kk", "ru", "uz", "tg", "ky", "ug", "en")
# Spellings of forms: the language stands before the hyphen.
SPELLINGS = ("kk", "kk-plain", "kk-latn", "kk-arab", "ru", "uz-latn", "uz-cyrl", "tg", "ky", "ug", "en")

# Marks of words that say by themselves what a suffix says elsewhere.
_TELLING = {"@": "quality", "%": "manner"}

_Accept = Callable[[str], int | None]


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a form: beginnings of tokens, each with what it accepts after it.

    stems : (beginning, function from the remainder to a code of `SUFFIXES` or None)
    """

    stems: tuple[tuple[str, _Accept], ...]


def _exactly(endings: dict[str, int]) -> _Accept:
    return endings.get


def _anything(remainder: str) -> int | None:
    return suffix_code("case" if remainder else "bare")


def _always(accept: _Accept, suffix: int) -> _Accept:
    return lambda remainder: None if accept(remainder) is None else suffix


def _endings(written: str, marks: str) -> dict[str, int]:
    singular, _, plural = written.partition(";")
    if "a" in marks:
        return dict.fromkeys([*singular.split(","), *plural.split(",")], suffix_code("adjective"))
    number = {"plural": plural.split(",") if plural else [], "case": singular.split(",")}
    if "+" in marks:
        number = {"plural adjective": number["plural"], "adjective": number["case"]}
    kinds = {ending: suffix_code(name) for name, endings in number.items() for ending in endings}
    if "+" not in marks and singular:
        kinds[number["case"][0]] = suffix_code("bare")
    return kinds


def split_marks(written: str) -> tuple[str, str]:
    """A word of the lexicon without the marks at its end, and the marks.

    >>> split_marks("тай^"), split_marks("узбек{,а;и}@"), split_marks("өзбек")
    (('тай', '^'), ('узбек{,а;и}', '@'), ('өзбек', ''))
    """
    if "}" in written:
        end = written.index("}") + 1
        return written[:end], written[end:]
    word = written.rstrip(MARKS)
    return word, written[len(word) :]


_POSSESSIVE_INITIALS = {
    "kk": "ыі",
    "kk-plain": "ыи",
    "kk-latn": "yıi",
    "kk-arab": "ىی",
}
_SOFTENED = {
    "kk": SOFTENED,
    "kk-plain": {"к": "г", "п": "б"},
    "kk-latn": {"q": "ğǵg", "k": "g", "p": "b"},
    "kk-arab": {"ق": "ع", "ك": "گ", "پ": "ب"},
}


def _kazakh(stem: str, spelling: str, vowels: str) -> tuple[tuple[str, _Accept], ...]:
    voiced = _SOFTENED[spelling].get(stem[-1], "")
    softens = voiced and spelling == "kk" and stem[-2:-1] in VOWELS

    def hard(remainder: str) -> int | None:
        # қазақ + ым is қазағым, but халқ + ы stays; who types without Kazakh letters keeps no such rule.
        if softens and remainder[:1] in ("ы", "і"):
            return None
        return kazakh_suffix(remainder, vowels, spelling=spelling)

    def soft(remainder: str) -> int | None:
        starts = remainder[:1] and remainder[0] in _POSSESSIVE_INITIALS[spelling]
        return kazakh_suffix(remainder, vowels, spelling=spelling) if starts else None

    return ((stem, hard), *((stem[:-1] + letter, soft) for letter in voiced))


def read_word(written: str, spelling: str) -> Word:
    """A word as written in the lexicon. Raises: ValueError for an unknown mark or an empty word.

    >>> word = read_word("узбек{,а;и,ов}", "ru")
    >>> [(stem, accept("ов"), accept("ский")) for stem, accept in word.stems]
    [('узбек', 3, None)]
    """
    stem, marks = split_marks(written)
    stems = _stems(stem, marks, spelling)
    for mark, name in _TELLING.items():
        if mark in marks:
            stems = tuple((start, _always(accept, suffix_code(name))) for start, accept in stems)
    return Word(stems)


def _stems(stem: str, marks: str, spelling: str) -> tuple[tuple[str, _Accept], ...]:
    if "{" in stem:
        stem, _, endings = stem[:-1].partition("{")
        return ((stem, _exactly(_endings(endings, marks))),)
    if not stem.replace("ʻ", "").isalnum():
        raise ValueError(f"'{stem}{marks}' is not a word of letters.")
    if "=" in marks:
        return ((stem, _exactly({"": suffix_code("bare")})),)
    if "*" in marks:
        return ((stem, _anything),)
    if spelling.startswith("kk"):
        either = "~" in marks or spelling in ("kk-latn", "kk-arab")
        return _kazakh(stem, spelling, "any" if either else harmony(stem))
    if spelling in GRAMMARS:
        return ((stem, lambda remainder: neighbour_suffix(remainder, spelling)),)
    raise ValueError(f"'{stem}{marks}': a word of '{spelling}' needs its endings, = or *.")
