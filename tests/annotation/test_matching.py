"""The scan of a batch: the same hits however the rows are cut, nothing across the border of two rows."""

from __future__ import annotations

from dataclasses import fields

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from kelisim.annotation.hits import Hits
from kelisim.annotation.lexicon import Concept, Lexicon
from kelisim.annotation.matching import Matcher, view_of
from kelisim.annotation.normalise import normalise
from tests.annotation.found import matcher

TEXTS = [
    "өзбек", "", "қазақ тілі мен орыс тілі", "узбеки и казахи", "күрделі", "Қазақстан халқы Ассамблеясы",
    "Қытай халқы", "шешен мен ингуш", "Сайрам ауданында өзбектер", "o'zbeklar", "тіл", "халқы", "🙂",
    "казактар",
]  # fmt: skip


def table(texts: list[str], language: str = "kk") -> list[tuple[int, ...]]:
    view = normalise(pa.array(texts, pa.large_string()))
    hits = matcher().find(view, np.array([language] * len(texts)))
    offset = view.offsets[hits.row]
    columns = {column.name: getattr(hits, column.name) for column in fields(Hits)}
    columns |= {"start": hits.start - offset, "end": hits.end - offset}
    return list(zip(*(values.tolist() for values in columns.values()), strict=True))


@given(st.lists(st.sampled_from(TEXTS), max_size=12))
def test_a_batch_is_its_rows(texts: list[str]) -> None:
    alone = [(row, *hit[1:]) for row, text in enumerate(texts) for hit in table([text])]
    assert table(texts) == alone


@given(st.lists(st.text("қазақөбертілхы аеинорсу1ʻ ", max_size=40), max_size=6))
def test_any_text_is_answered_and_hits_are_in_order(texts: list[str]) -> None:
    found = table(texts)
    assert found == sorted(found, key=lambda hit: (hit[0], hit[8], -hit[9]))
    for hit in found:
        assert hit[8] < hit[9]


def test_an_empty_batch() -> None:
    assert table([]) == []


def test_a_phrase_does_not_reach_into_the_next_row() -> None:
    lexicon = Lexicon.of([Concept("tongue", "cue", {"kk": ("мемлекеттік тіл",)})])
    small = Matcher(lexicon)
    hits = small.find(view_of(["бұл мемлекеттік", "тіл туралы", "мемлекеттік тілді"]), np.array(["kk"] * 3))
    assert hits.row.tolist() == [2]
    assert (hits.token.tolist(), hits.words.tolist()) == ([0], [2])


def test_words_for_rules_come_with_names_inside_them() -> None:
    lexicon = Lexicon.of(
        [
            Concept("kazakh", "ethnonym", {"kk": ("қазақ",)}),
            Concept("diaspora", "cue", {"kk": ("қазақ диаспора",)}),
            Concept("any", "cue", {"kk": ("диаспора*", "диаспорасы")}),
        ]
    )
    hits = Matcher(lexicon).find(view_of(["біз қазақ диаспорасы"]), np.array(["kk"]))
    found = [
        (lexicon.concepts[c].id, t, w) for c, t, w in zip(hits.concept, hits.token, hits.words, strict=True)
    ]
    assert found == [("diaspora", 1, 2), ("kazakh", 1, 1), ("any", 2, 1)]


def test_an_unknown_language_reads_all_longer_forms() -> None:
    assert table(["узбеки мен qazaqtar"], "other") and table(["узбеки"], "")
