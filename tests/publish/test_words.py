"""The words of the pages: none missing, none left untranslated, one term for one thing."""

from __future__ import annotations

import ast
import csv
import re
from pathlib import Path

import pytest

from kelisim.core.languages import LANGUAGES, Language
from kelisim.publish.words import Speaker, catalogue
from kelisim.runs.evidence import figures_of
from tests.studies import SYNTHETIC, TURKISTAN, read

ROOT = Path(__file__).resolve().parents[2]
PLURAL = re.compile(r"\.(zero|one|two|few|many|other)$")
FORMS = {"kk": {"other"}, "ru": {"one", "few", "many", "other"}, "en": {"one", "other"}}
# Codes of the gate: saying which rule withheld a value would help to undo it.
NEVER_SAID = {"too_few_persons", "protects_another_cell", "protects_persons", "unreliable"}
# Words that are rightly the same: names, signs, loans that Kazakh and Russian spell alike.
SAME = {"Facebook", "Instagram", "VK", "%", "Поляризация", "Экономика", "Бюллетень", "Файл", "Лицензия", "{}",
        "медиация", "p", "нат", "индекс, 0–1", "индекс", "Индекс", "?", "?!", "{counts}."}  # fmt: skip
# Another word for a thing that the glossary names; the binding term stands beside it.
WRONG: dict[Language, dict[str, str]] = {
    "kk": {
        "ұлтаралық": "этносаралық",
        "жасанды": "синтетикалық",
        "ұлттық азшылық": "этникалық топ",
        "диаспора": "этникалық топ",
        "сенімділік интервалы": "сенім аралығы",
        "дискриминация": "кемсітушілік",
        "сауалдама": "сауалнама",
        "әкімшілік аудан": "аудан",
        "баспада": "дереккөзде",
        "инцидент": "оқыс оқиға",
    },
    "ru": {
        "межнациональн": "межэтнический",
        "искусственн": "синтетический",
        "нацменьшинств": "этническая группа",
        "диаспор": "этническая группа",
        "национальная группа": "этническая группа",
        "доверительные границы": "доверительный интервал",
        "соцсет": "социальная сеть",
        "безработность": "уровень безработицы",
        "зарплат": "заработная плата",
        "напечатан": "указан в источнике",
    },
    "en": {
        "ethnic minority": "ethnic group",
        "nationality": "ethnic group",
        "artificial data": "synthetic data",
        "province": "oblast",
        "reliability interval": "confidence interval",
    },
}
# Terms of the glossary whose every appearance in English must meet the binding term in kk and ru.
BINDING = (
    "ethnic group", "ethnocultural association", "youth wing", "clash", "contradiction", "survey",
    "unemployment rate", "confidence interval", "codebook", "coder", "mediation", "audience",
    "event register", "too little data", "component", "forecast", "oblast", "outage", "topic",
    "tone", "zone", "share",
)  # fmt: skip
# English uses the word in another sense here: "two coders", "carries a share of", "time zone" and so on.
OTHER_SENSE = {"closed.coverage.opens", "m.isolation", "m.dissimilarity", "ask.climate_country"}
# A coloured zone is named by its colour: the rule above it says that these are zones of risk.
OTHER_SENSE |= {f"zones.state.{colour}" for colour in ("green", "yellow", "red")}
OTHER_SENSE |= {f"zone_{colour}" for colour in ("green", "yellow", "red")}


def stem(word: str) -> str:
    return word[: max(3, len(word) - 3)].lower()


def bare(key: str) -> str:
    return PLURAL.sub("", key)


def test_every_key_has_words_in_every_language() -> None:
    keys = {language: {bare(key) for key in catalogue(language)} for language in LANGUAGES}
    assert keys["kk"] == keys["ru"] == keys["en"]
    assert not [
        key for language in LANGUAGES for key, text in catalogue(language).items() if not text.strip()
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_counted_nouns_have_the_forms_of_the_language(language: Language) -> None:
    forms: dict[str, set[str]] = {}
    for key in catalogue(language):
        if PLURAL.search(key):
            forms.setdefault(bare(key), set()).add(key.rpartition(".")[2])
    assert forms and all(have == FORMS[language] for have in forms.values())


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("kk", ["1 жыл", "2 жыл", "5 жыл", "21 жыл"]),
        ("ru", ["1 год", "2 года", "5 лет", "21 год"]),
        ("en", ["1 year", "2 years", "5 years", "21 years"]),
    ],
)
def test_years_are_counted_as_people_count_them(language: Language, said: list[str]) -> None:
    assert [Speaker(language).count("years", number) for number in (1, 2, 5, 21)] == said


def test_placeholders_are_the_same_in_every_language() -> None:
    for key, text in catalogue("kk").items():
        for language in ("ru", "en"):
            other = catalogue(language).get(key)
            if other is not None:
                assert sorted(re.findall(r"\{\w*\}", text)) == sorted(re.findall(r"\{\w*\}", other)), key


def test_nothing_is_left_untranslated() -> None:
    kk, ru, en = (catalogue(language) for language in LANGUAGES)
    found = {key: text for key, text in kk.items() if text == ru.get(key)}
    found |= {key: text for key, text in en.items() if text in (kk.get(key), ru.get(key))}
    assert not {key: text for key, text in found.items() if text not in SAME}


@pytest.mark.parametrize("language", ["kk", "ru"])
def test_no_english_word_stands_on_a_kazakh_or_russian_page(language: Language) -> None:
    known = {
        "Facebook", "Instagram", "VK", "Apache", "Noto", "Sans", "SIL", "Open", "Font", "License", "CSV",
        "UTF", "Parquet", "PNG", "SVG", "data", "H", "M", "E", "I", "P", "T", "X", "A", "B", "a", "b", "k",
        "ln", "p", "t", "x", "area", "date", "years", "range", "R", "exp", "y", "df", "w", "n",
    }  # fmt: skip
    # Commands are typed as they are in every language.
    texts = [re.sub(r"«kelisim [a-z -]+»|\{\w*\}", " ", text) for text in catalogue(language).values()]
    words = {word for text in texts for word in re.findall(r"[A-Za-z]+", text)}
    assert not words - known


@pytest.mark.parametrize("language", LANGUAGES)
def test_one_term_for_one_thing(language: Language) -> None:
    for key, text in catalogue(language).items():
        for wrong, right in WRONG[language].items():
            assert wrong not in text.lower(), f"{key}: '{wrong}', the term is '{right}'"


def test_terms_of_the_glossary_stand_in_their_binding_form() -> None:
    with (ROOT / "docs/terms/terms.csv").open(encoding="utf-8", newline="") as file:
        terms = {row["en"].partition(" (")[0]: row for row in csv.DictReader(file)}
    lost = []
    for key, said_so in catalogue("en").items():
        text = re.sub(r"\{\w*\}", " ", said_so)
        if key in OTHER_SENSE:
            continue
        for term in BINDING:
            if not re.search(rf"\b{term}(s|es)?\b", text, re.IGNORECASE):
                continue
            for language in ("kk", "ru"):
                said = catalogue(language).get(key) or catalogue(language)[f"{bare(key)}.other"]
                words = [stem(word) for word in re.findall(r"\w+", terms[term][language].split(",")[0])]
                if not all(word in said.lower() for word in words):
                    lost.append((key, term, language, said))
    assert not lost


def codes_in_the_source() -> set[str]:
    """Codes given to NotDefined, to `reasons`, or gathered in a list of faults."""
    codes: set[str] = set()
    for path in (ROOT / "src/kelisim").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            given: list[ast.AST] = []
            if isinstance(node, ast.keyword) and node.arg == "reasons":
                given = [node.value]
            elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith("NotDefined"):
                given = list(node.args[:1])
            constants = [c.value for part in given for c in ast.walk(part) if isinstance(c, ast.Constant)]
            codes |= {c for c in constants if isinstance(c, str) and re.fullmatch(r"[a-z_]+", c)}
    return codes


def test_every_reason_has_a_plain_sentence() -> None:
    studies = [read(folder) for folder in (TURKISTAN, SYNTHETIC)]
    met = {code for study in studies for f in figures_of(study) for code in f.estimate.reasons}
    codes = codes_in_the_source() | met
    assert {"error_unknown", "few_events", "no_members", "present_division"} <= codes
    for language in LANGUAGES:
        words = catalogue(language)
        said = {c for c in codes if f"reason.{c}" in words and f"reason.{c}.short" in words}
        assert said == codes - NEVER_SAID, language
