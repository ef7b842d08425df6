"""The cards: the catalogue as it was agreed, and the rules no card may break."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from kelisim.assessment.assess import item_units
from kelisim.assessment.cards.catalogue import CARDS, CATALOGUE, resilience
from kelisim.assessment.items import ITEMS, PARTS, index_recipe
from kelisim.core.cards import Card
from kelisim.publish.words import catalogue

ROOT = Path(__file__).resolve().parents[2]
CYRILLIC = re.compile("[а-яёәғқңөұүһі]", re.IGNORECASE)


def test_the_catalogue_has_the_agreed_counts() -> None:
    cards = CATALOGUE.values()
    assert len(CATALOGUE) == 58
    assert Counter(c.direction for c in cards) == {1: 28, -1: 19, 0: 11}
    assert Counter(c.kind for c in cards) == {"dynamic": 24, "structural": 17, "resilience": 11, "trigger": 6}
    assert Counter(c.source_type for c in cards) == {
        "survey": 22, "census_admin": 14, "economy": 7, "events": 6, "media": 3, "social": 3, "signals": 2,
        "expert": 1,
    }  # fmt: skip
    assert Counter(c.clock for c in cards) == {"slow": 42, "fast": 16}
    assert sum(c.in_source for c in cards) == 31


def test_the_item_outside_the_catalogue_is_felt_tension() -> None:
    assert set(CARDS) - set(CATALOGUE) == {"felt_tension"}
    assert len(PARTS) == 4 and set(PARTS) <= set(CARDS)


def test_resilience_always_lowers_tension() -> None:
    assert len(resilience()) == 11
    assert all(CATALOGUE[key].direction == -1 for key in resilience())


def test_composition_points_nowhere() -> None:
    context = {key for key, card in CATALOGUE.items() if card.direction == 0}
    assert context == {
        "population", "group_share", "fractionalisation", "polarisation", "dissimilarity", "exposure",
        "location_quotient", "share_change_5y", "youth_share", "ethnic_identity", "media_salience",
    }  # fmt: skip


@pytest.mark.parametrize("card", CARDS.values(), ids=lambda card: card.key)
def test_a_card_is_written_in_three_languages(card: Card) -> None:
    for words in (card.label, card.definition):
        assert len({words.kk, words.ru, words.en}) == 3
        assert CYRILLIC.search(words.kk) and CYRILLIC.search(words.ru)
        assert not CYRILLIC.search(words.en)


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_the_page_has_words_for_every_card(language: str) -> None:
    words = catalogue(language)  # type: ignore[arg-type]
    for card in CARDS.values():
        assert f"cardunit.{card.unit}" in words
        assert f"cards.rhythm.{card.rhythm}" in words
        assert f"cards.source.{card.source_type}" in words
    assert all(f"ask.{item}" in words and item in words for item in ITEMS)


def test_references_stand_in_the_bibliography() -> None:
    known = set(
        re.findall(r"^@\w+\{(\w+),", (ROOT / "docs/refs.bib").read_text(encoding="utf-8"), flags=re.M)
    )
    assert {card.reference for card in CARDS.values() if card.reference} <= known


def test_items_point_the_way_of_their_card() -> None:
    for item in ITEMS.values():
        rises_with_tension = item.worst > item.best
        assert rises_with_tension == (CARDS[item.part].direction == 1), item.key


def test_no_part_of_the_index_is_composition() -> None:
    weights = index_recipe().weight.components
    assert all(CARDS[part].direction != 0 for part in weights)
    assert len(item_units()) == len(CARDS) + len(ITEMS) - 1
