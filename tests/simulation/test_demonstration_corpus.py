"""The demonstration corpus: what is true of a text can be seen in it, and what was planted is there."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date, datetime
from functools import cache
from types import ModuleType

import numpy as np
import pytest
from scipy.stats import chi2_contingency

from kelisim.runs.twin_texts import twin_texts
from kelisim.simulation.corpus import phrases_kk, phrases_ru, phrases_uz
from kelisim.simulation.corpus.demonstration import (
    ITEM_COLUMNS,
    TRUTH_COLUMNS,
    DemonstrationCorpus,
    demonstration_corpus,
)
from kelisim.simulation.corpus.grammar import say
from kelisim.simulation.corpus.sources import SOURCES
from kelisim.simulation.corpus.words import DISTRICTS, GROUPS, group_form, place_form
from tests.studies import SYNTHETIC

Row = dict[str, object]
STEMS = {
    group: [
        group_form("kk", group, "sg", "").text,
        group_form("uz", group, "sg", "").text,
        group_form("ru", group, "lang", "").text.split()[0][:-2],
        *(group_form("ru", group, "pl", case).text for case in ("", "gen", "dat", "ins")),
    ]
    for group in GROUPS
}
STEMS["kazakh"] += ["казахстан", "qozogʻist"]


@cache
def _corpus(seed: int) -> DemonstrationCorpus:
    return demonstration_corpus(np.random.default_rng([seed, 70]))


@cache
def _rows(seed: int) -> list[Row]:
    """Items with what is true of them."""
    corpus = _corpus(seed)
    rows = [
        dict(zip((*ITEM_COLUMNS, *TRUTH_COLUMNS), (*item, *truth), strict=True))
        for item, truth in zip(corpus.items, corpus.truth, strict=True)
    ]
    assert all(item[0] == truth[0] for item, truth in zip(corpus.items, corpus.truth, strict=True))
    return rows


def _day(row: Row) -> date:
    return datetime.fromisoformat(str(row["posted_at"])).date()


def test_the_committed_files_are_what_the_generator_writes() -> None:
    files = twin_texts(7)
    for name, text in files.items():
        assert (SYNTHETIC / name).read_text(encoding="utf-8") == text, name
    assert sum(len(text.encode()) for text in files.values()) < 1_500_000
    assert '"synthetic": true' in files["texts_truth.json"]


@pytest.mark.parametrize("phrases", [phrases_kk, phrases_ru, phrases_uz])
def test_no_template_names_a_group_in_plain_letters(phrases: ModuleType) -> None:
    stems = [stem for group in STEMS.values() for stem in group]
    for part in (phrases.POSTS, phrases.COMMENTS, phrases.INCIDENT):
        for templates in part.values():
            for template in templates:
                plain = re.sub(r"\{[^{}]*\}", "", template).lower()
                assert not [stem for stem in stems if re.search(rf"\b{stem}", plain)], template


@pytest.mark.parametrize("language", ["kk", "ru", "uz"])
def test_every_template_can_be_said_for_every_group_and_district(language: str) -> None:
    phrases = {"kk": phrases_kk, "ru": phrases_ru, "uz": phrases_uz}[language]
    rng = np.random.default_rng(1)
    for part in (phrases.POSTS, phrases.COMMENTS, phrases.INCIDENT):
        for template in (template for templates in part.values() for template in templates):
            for place in DISTRICTS:
                names = {"g": "uzbek", "h": str(rng.choice(GROUPS)), "p": place, "q": "SY1"}
                said = say(template, language, names, rng)
                assert not set("[]{}|") & set(said.text), template
                assert said.text[0].isupper() or not said.text[0].isalpha()


def test_mentions_stand_in_the_text_as_the_truth_says() -> None:
    for row in _rows(7):
        if row["letterless"] or row["look_alike"] or (row["lang"] == "uz" and row["script"] == "Cyrl"):
            continue
        text = str(row["text"]).lower()
        for mention in filter(None, str(row["mentions"]).split(";")):
            assert any(stem in text for stem in STEMS[mention.split(":")[0]]), row
        unnamed = set(GROUPS) - {mention.split(":")[0] for mention in str(row["mentions"]).split(";")}
        assert not [g for g in unnamed if any(re.search(rf"\b{stem}", text) for stem in STEMS[g])], row


def test_spellings_are_what_they_are_said_to_be() -> None:
    seen = Counter[str]()
    for row in _rows(7):
        text = str(row["text"])
        if row["letterless"]:
            assert not set("әғқңөұүһі") & set(text.lower())
            seen["letterless"] += 1
        if row["look_alike"]:
            words = re.findall(r"\w+", text)
            assert any(re.search("[a-zA-Z]", w) and re.search("[а-яА-ЯәғқңөұүһіӘҒҚҢӨҰҮҺІ]", w) for w in words)
            seen["look_alike"] += 1
        seen[f"{row['lang']}{row['lang2']}"] += 1
    assert min(seen.values()) > 15, seen
    assert {"kk", "ru", "uz", "kkru", "uzru", "letterless", "look_alike"} <= set(seen)


def test_the_incident_is_told_first_where_it_happened_and_then_everywhere() -> None:
    planted = _corpus(7).planted["incident"]
    assert isinstance(planted, dict)
    first = datetime.fromisoformat(planted["at"]).date()
    area = {source.source_id: source.area_id for source in SOURCES}
    told = [row for row in _rows(7) if row["incident"] and row["kind"] != "comment" and not row["copy_of"]]
    days = Counter((_day(row) - first).days for row in told)
    assert days[0] == planted["posts_by_day"][0] < days[2] > days[8] > 0
    at_first = {area[str(row["source"])] for row in told if _day(row) == first}
    assert at_first == {planted["area"]}
    assert len({area[str(row["source"])] for row in told}) >= 8
    assert all(row["event_area"] == planted["area"] for row in told)


def test_the_outage_leaves_no_text_of_its_source_and_only_of_it() -> None:
    outage = _corpus(7).planted["outage"]
    assert isinstance(outage, dict)
    first, last = date.fromisoformat(outage["first"]), date.fromisoformat(outage["last"])
    posts = [row for row in _rows(7) if row["kind"] != "comment"]
    inside = Counter(str(row["source"]) for row in posts if first <= _day(row) <= last)
    assert inside[outage["source"]] == 0
    assert len(inside) == len(SOURCES) - 1
    assert sum(row["source"] == outage["source"] for row in posts) > 50


def test_copies_are_alike_their_origin() -> None:
    text_of = {row["id"]: str(row["text"]) for row in _rows(7)}
    copies = [row for row in _rows(7) if row["copy_of"]]
    assert len(copies) > 60
    for row in copies:
        one, other = (
            {t[k : k + 5] for k in range(len(t) - 4)} for t in (str(row["text"]), text_of[row["copy_of"]])
        )
        assert len(one & other) / len(one | other) > 0.75


def test_comments_follow_their_post() -> None:
    posts = {row["id"]: row for row in _rows(7) if row["kind"] != "comment"}
    number = Counter[object]()
    for row in _rows(7):
        if row["kind"] == "comment":
            post = posts[row["parent"]]
            assert row["source"] == post["source"] and str(row["posted_at"]) > str(post["posted_at"])
            number[row["parent"]] += 1
    assert all(row["comments"] == number[row["id"]] for row in posts.values())
    assert len({row["id"] for row in _rows(7)}) == len(_rows(7))


def test_tone_has_nothing_to_do_with_the_group() -> None:
    counts = {group: [0, 0] for group in GROUPS}
    for seed in range(3):
        for row in _rows(seed):
            if row["kind"] == "comment" and not row["incident"]:
                for mention in filter(None, str(row["mentions"]).split(";")):
                    group, sense = mention.split(":")
                    if sense == "group":
                        counts[group][row["tone"] == "negative"] += 1
    # Comments of one thread share a group, so the test allows more than chance alone.
    assert chi2_contingency(np.array(list(counts.values()))).statistic < 3 * (len(GROUPS) - 1)


@pytest.mark.parametrize(
    ("language", "area", "case", "form"),
    [
        ("kk", "SY2", "abl", "Бесқұмнан"), ("kk", "SY11", "loc", "Ойтеректе"),
        ("kk", "SY7", "gen", "Жаңқараның"),
        ("kk", "SY3", "acc", "Жарсуды"), ("kk", "SY13", "dat", "Майқамысқа"), ("ru", "SY2", "loc", "Бескуме"),
        ("ru", "SY2", "", "Бесқұм"), ("uz", "SY3", "abl", "Jarsudan"),
    ],
)  # fmt: skip
def test_districts_in_their_cases(language: str, area: str, case: str, form: str) -> None:
    assert place_form(language, area, case) == form
