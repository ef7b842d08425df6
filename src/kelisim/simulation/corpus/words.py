"""Names in their cases: groups, languages, associations and invented districts in Kazakh, Russian and Uzbek.

A template asks for a form (`{uzbek:pl:dat}`); what is put in its place may be a mention, and then its group
and sense are known, because the template asked for them.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["DISTRICTS", "GROUPS", "Form", "group_form", "kazakh_case", "place_form"]

_KK = {
    "kazakh": ("қазақ", "қазақтар"), "uzbek": ("өзбек", "өзбектер"), "russian": ("орыс", "орыстар"),
    "tajik": ("тәжік", "тәжіктер"), "kurd": ("күрд", "күрдтер"), "turk": ("түрік", "түріктер"),
    "azerbaijani": ("әзербайжан", "әзербайжандар"), "uyghur": ("ұйғыр", "ұйғырлар"),
    "tatar": ("татар", "татарлар"), "korean": ("корей", "корейлер"), "dungan": ("дүнген", "дүнгендер"),
}  # fmt: skip
# Nominative, genitive, dative, instrumental of the plural; stem of the adjective.
_RU = {
    "kazakh": ("казахи", "казахов", "казахам", "казахами", "казахск"),
    "uzbek": ("узбеки", "узбеков", "узбекам", "узбеками", "узбекск"),
    "russian": ("русские", "русских", "русским", "русскими", "русск"),
    "tajik": ("таджики", "таджиков", "таджикам", "таджиками", "таджикск"),
    "kurd": ("курды", "курдов", "курдам", "курдами", "курдск"),
    "turk": ("турки", "турок", "туркам", "турками", "турецк"),
    "azerbaijani": (
        "азербайджанцы", "азербайджанцев", "азербайджанцам", "азербайджанцами", "азербайджанск",
    ),
    "uyghur": ("уйгуры", "уйгуров", "уйгурам", "уйгурами", "уйгурск"),
    "tatar": ("татары", "татар", "татарам", "татарами", "татарск"),
    "korean": ("корейцы", "корейцев", "корейцам", "корейцами", "корейск"),
    "dungan": ("дунгане", "дунган", "дунганам", "дунганами", "дунганск"),
}  # fmt: skip
_UZ = {
    "kazakh": "qozoq", "uzbek": "oʻzbek", "russian": "rus", "tajik": "tojik", "kurd": "kurd", "turk": "turk",
    "azerbaijani": "ozarbayjon", "uyghur": "uygʻur", "tatar": "tatar", "korean": "koreys", "dungan": "dungan",
}  # fmt: skip
GROUPS = tuple(_KK)
_CITIZENS = {
    "kk": ("қазақстандықтар",),
    "ru": ("казахстанцы", "казахстанцев", "казахстанцам", "казахстанцами"),
    "uz": ("qozogʻistonliklar",),
}
# As the study spells them, as Russian speech does, and in Uzbek.
DISTRICTS = {
    "SY1": ("Алдар", "Алдаре", "Aldar"), "SY2": ("Бесқұм", "Бескуме", "Beshqum"),
    "SY3": ("Жарсу", "Жарсу", "Jarsu"), "SY4": ("Көлтөбе", "Кольтобе", "Koʻltepa"),
    "SY5": ("Мойынты", "Мойынты", "Moyinti"), "SY6": ("Тасөткел", "Тасоткеле", "Tosoʻtkal"),
    "SY7": ("Жаңқара", "Жанкаре", "Jangqora"), "SY8": ("Қоңырсай", "Конырсае", "Qoʻngʻirsoy"),
    "SY9": ("Шұғылбел", "Шугылбеле", "Shugʻilbel"), "SY10": ("Нұрқыр", "Нуркыре", "Nurqir"),
    "SY11": ("Ойтерек", "Ойтереке", "Oyterak"), "SY12": ("Сырбел", "Сырбеле", "Sirbel"),
    "SY13": ("Майқамыс", "Майкамысе", "Moyqamish"), "SY14": ("Ерлібел", "Ерлибеле", "Yerlibel"),
}  # fmt: skip
_BACK, _FRONT = set("аоұыуюя"), set("әеөүіиэ")
_VOICELESS, _NASAL, _VOWELS = set("птксшщқфхцчһбвгд"), set("мнң"), set("аәеиоөұүыіэюя")
_RU_CASES = {"": 0, "gen": 1, "dat": 2, "ins": 3}
_UZ_CASES = {"": "", "gen": "ning", "dat": "ga", "acc": "ni", "loc": "da", "abl": "dan", "ins": " bilan"}
_RU_ENDS = {"": "ий", "gen": "ого", "loc": "ом"}


@dataclass(frozen=True, slots=True)
class Form:
    """What stands in the text, and the mention it is: group and sense, or None."""

    text: str
    mention: tuple[str, str] | None = None


def kazakh_case(word: str, case: str) -> str:
    """A Kazakh noun in a case, by vowel harmony and its last letter.

    case : "" (nominative), gen, dat, acc, loc, abl, ins

    >>> [kazakh_case(word, "loc") for word in ("Алдар", "Ойтерек", "Бесқұм")]
    ['Алдарда', 'Ойтеректе', 'Бесқұмда']
    >>> [kazakh_case(word, "gen") for word in ("Жаңқара", "Майқамыс", "Қоңырсай")]
    ['Жаңқараның', 'Майқамыстың', 'Қоңырсайдың']
    """
    last = word[-1].lower()
    front = next((letter in _FRONT for letter in reversed(word.lower()) if letter in _BACK | _FRONT), False)
    hard = last in _VOICELESS
    sounds = {
        "": "",
        "gen": ("т" if hard else "н" if last in _VOWELS | _NASAL else "д") + ("ің" if front else "ың"),
        "dat": ("к" if front else "қ") if hard else ("г" if front else "ғ"),
        "acc": ("т" if hard else "н" if last in _VOWELS else "д") + ("і" if front else "ы"),
        "loc": ("т" if hard else "д") + ("е" if front else "а"),
        "abl": ("т" if hard else "н" if last in _NASAL else "д") + ("ен" if front else "ан"),
        "ins": "бен" if last in "зж" else "пен" if hard else "мен",
    }
    return word + sounds[case] + (("е" if front else "а") if case == "dat" else "")


def group_form(language: str, group: str, what: str, case: str) -> Form:
    """The form of a group's name that a template asks for, with what it mentions.

    what : pl (people, plural), sg (Kazakh and Uzbek: before a noun), lang (the language), org (its
    ethnocultural association), cit (citizens of the country)
    """
    if what == "cit":
        listed = _CITIZENS[language]
        word = listed[_RU_CASES[case]] if language == "ru" else listed[0]
        return Form(_cased(language, word, case), ("kazakh", "citizens"))
    sense = {"pl": "group", "sg": "group", "lang": "language", "org": "organisation"}[what]
    return Form(_group_text(language, group, what, case), (group, sense))


def place_form(language: str, area: str, case: str) -> str:
    """The name of an invented district; in Russian `loc` is how people speak, "" how it is written."""
    kazakh, spoken, uzbek = DISTRICTS[area]
    if language == "ru":
        return spoken if case == "loc" else kazakh
    return kazakh_case(kazakh, case) if language == "kk" else uzbek + _UZ_CASES[case]


def _cased(language: str, word: str, case: str) -> str:
    if language == "kk":
        return kazakh_case(word, case)
    return word + _UZ_CASES[case] if language == "uz" else word


def _group_text(language: str, group: str, what: str, case: str) -> str:
    if language == "ru":
        if what == "pl":
            return _RU[group][_RU_CASES[case]]
        stem = _RU[group][4]
        if what == "lang":
            return f"{stem}{_RU_ENDS[case]} {'язык' if not case else 'языке' if case == 'loc' else 'языка'}"
        return f"{stem}ое этнокультурное объединение"
    single = _KK[group][0] if language == "kk" else _UZ[group]
    if what == "pl":
        return _cased(language, _KK[group][1] if language == "kk" else single + "lar", case)
    if what == "sg":
        return single
    if language == "uz":
        head = {"lang": "tili", "org": "etnomadaniy birlashmasi"}[what]
        return f"{single} {head}{_UZ_CASES[case]}"
    head = {"lang": "тілі", "org": "этномәдени бірлестігі"}[what]
    # After a possessive ending the cases are those of the third person.
    own = {"": "", "gen": "нің", "dat": "не", "acc": "н", "loc": "нде", "abl": "нен", "ins": "мен"}[case]
    return f"{single} {head}{own}"
