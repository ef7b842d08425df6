"""Kazakh in its other spellings: without its own letters, in Latin and in Arabic script.

The lexicon is carried over at build time and the text is never transliterated. The rules are written from the
printed alphabets; no reader of Latin or Arabic Kazakh has checked them on real texts.
"""

from __future__ import annotations

from typing import Literal, get_args

__all__ = ["WAYS", "Way", "arabic", "latin", "plain", "spelled"]

Way = Literal["2021", "2018", "2017", "ascii", "keyboard", "arabic"]
WAYS: tuple[Way, ...] = get_args(Way)

_PLAIN = str.maketrans("әғқңөұүһі", "агкноуухи")

_SHARED = {
    "а": "a", "б": "b", "в": "v", "г": "g", "д": "d", "е": "e", "ё": "e", "ж": "j", "з": "z", "к": "k",
    "қ": "q", "л": "l", "м": "m", "н": "n", "о": "o", "п": "p", "р": "r", "с": "s", "т": "t", "ф": "f",
    "х": "h", "һ": "h", "ы": "y", "э": "e", "ь": "", "ъ": "", "ц": "ts", "щ": "ş", "ю": "iu", "я": "ia",
}  # fmt: skip
_LATIN: dict[str, dict[str, str]] = {
    "2021": {"ә": "ä", "ғ": "ğ", "и": "i", "й": "i", "і": "ı", "ң": "ñ", "ө": "ö", "у": "u", "ұ": "ū",
             "ү": "ü", "ч": "ch", "ш": "ş"},
    "2018": {"ә": "á", "ғ": "ǵ", "и": "ı", "й": "ı", "і": "i", "ң": "ń", "ө": "ó", "у": "ý", "ұ": "u",
             "ү": "ú", "ч": "ch", "ш": "sh", "щ": "sh", "х": "h", "ю": "iý"},
    "2017": {"ә": "aʻ", "ғ": "gʻ", "и": "iʻ", "й": "iʻ", "і": "i", "ң": "nʻ", "ө": "oʻ", "у": "yʻ", "ұ": "u",
             "ү": "uʻ", "ч": "cʻ", "ш": "sʻ"},
    "ascii": {"ә": "a", "ғ": "g", "и": "i", "й": "i", "і": "i", "ң": "n", "ө": "o", "у": "u", "ұ": "u",
              "ү": "u", "ч": "ch", "ш": "sh", "щ": "sh"},
}  # fmt: skip
# Plain keyboards also bring zh for ж, gh for ғ, k for қ, ng for ң and y for й.
_KEYBOARD = {**_LATIN["ascii"], "ж": "zh", "ғ": "gh", "ң": "ng", "й": "y", "х": "kh"}

_ARABIC = {
    "а": "ا", "ә": "ا", "б": "ب", "в": "ۆ", "г": "گ", "ғ": "ع", "д": "د", "е": "ە", "э": "ە", "ж": "ج",
    "з": "ز", "и": "ي", "й": "ي",
    "к": "ك", "қ": "ق", "л": "ل", "м": "م", "н": "ن", "ң": "ڭ", "о": "و",
    "ө": "و", "п": "پ",
    "р": "ر", "с": "س", "т": "ت", "у": "ۋ", "ұ": "ۇ", "ү": "ۇ", "ф": "ف", "х": "ح", "һ": "ھ",
    "ш": "ش", "ы": "ى", "і": "ى", "ч": "چ", "ц": "س", "ю": "يۋ", "я": "يا", "щ": "ش", "ь": "", "ъ": "",
    "ё": "يو",
}  # fmt: skip
_FRONT = set("әөүі")
_NO_HAMZA = set("екг")
_HAMZA = ("ٴ", "ء")


def plain(word: str) -> tuple[str, ...]:
    """A Kazakh word typed on a keyboard without the letters of Kazakh.

    >>> plain("тәжік"), plain("өзбек")
    (('тажик',), ('озбек', 'узбек'))
    """
    said = word.translate(_PLAIN)
    # At the head of a word ө is typed as у too, after the Russian loan.
    return (said, "у" + said[1:]) if word.startswith("ө") else (said,)


def latin(word: str) -> tuple[str, ...]:
    """A Kazakh word in the Latin spellings of 2021, 2018 and 2017 and on plain keyboards, without repeats.

    >>> latin("қазақ")
    ('kazak', 'qazaq')
    """
    tables = [{**_SHARED, **table} for table in (*_LATIN.values(), _KEYBOARD)]
    said = {"".join(table[letter] for letter in word) for table in tables if set(word) <= set(table)}
    # İ and I fall together when a text is folded to small letters, so both readings are kept.
    said |= {form.replace("ı", "i") for form in said}
    said |= {form.replace("q", "k") for form in said if form.isascii()}
    return tuple(sorted(said))


def arabic(word: str) -> tuple[str, ...]:
    """A Kazakh word in the Arabic spelling, with the hamza of front vowels written either way.

    >>> arabic("қазақ")
    ('قازاق',)
    """
    if not set(word) <= set(_ARABIC):
        return ()
    said = "".join(_ARABIC[letter] for letter in word)
    if set(word) & _FRONT and not set(word) & _NO_HAMZA:
        return (*(sign + said for sign in _HAMZA), said)
    return (said,)


def spelled(text: str, way: Way) -> str:
    """A Kazakh text of small letters, word for word in one other spelling; other signs stay as they are.

    >>> spelled("тіл үйренейік!", "2018"), spelled("жаңа ғасыр", "keyboard")
    ('til úıreneıik!', 'zhanga ghasyr')
    """
    if way == "arabic":
        return " ".join((arabic(word) or (_by(_ARABIC, word),))[0] for word in text.split(" "))
    return _by({**_SHARED, **(_KEYBOARD if way == "keyboard" else _LATIN[way])}, text)


def _by(table: dict[str, str], text: str) -> str:
    return "".join(table.get(letter, letter) for letter in text)
