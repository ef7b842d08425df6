"""Zones and cards as they leave: pages, open data and the terminal, on both examples."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from kelisim.assessment.cards.catalogue import CARDS, CATALOGUE
from kelisim.cli.main import main
from tests.studies import SYNTHETIC, TURKISTAN, unwatched_synthetic

LANGUAGES = ("kk", "ru", "en")


@pytest.fixture(scope="module")
def turkistan(made: Callable[[Path], Path]) -> Path:
    return made(TURKISTAN)


@pytest.fixture(scope="module")
def synthetic(made: Callable[[Path], Path]) -> Path:
    return made(SYNTHETIC)


def page(out: Path, name: str, language: str = "en") -> str:
    return (out / f"site/{language}/{name}.html").read_text(encoding="utf-8")


def estimates(out: Path) -> list[dict[str, str]]:
    with (out / "data/estimates.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def stories(study: Path, language: str = "en") -> list[dict[str, object]]:
    done = CliRunner().invoke(main, ["assess", str(study), "--format", "json", "--language", language])
    assert done.exit_code == 0, done.output
    found: list[dict[str, object]] = json.loads(done.output)
    return found


def test_on_turkistan_every_area_is_grey_and_told_what_to_collect(turkistan: Path) -> None:
    told = stories(TURKISTAN)
    assert len(told) == 17
    assert {area["state"] for area in told} == {"grey: too little data"}
    for area in told:
        assert "At least 99 interviews" in str(area["helps"]) and "231" in str(area["helps"])
    text = page(turkistan, "zones")
    assert text.count('class="z">?<') >= 17
    for n, r in ((53, "0.35"), (100, "0.50"), (231, "0.70"), (300, "0.75"), (396, "0.80")):
        assert re.search(rf'<td class="num">{n}</td><td class="num">{r}</td>', text)
    assert "asked, but published for the whole region only" in text and "not asked in the form" in text


def test_on_turkistan_no_index_has_a_value(turkistan: Path) -> None:
    rows = [row for row in estimates(turkistan) if row["indicator"] == "interaction_index"]
    assert len(rows) == 17
    assert all(row["value"] == "" and row["flag"] == "missing" for row in rows)
    assert not [row for row in estimates(turkistan) if row["indicator"].startswith(("zone_", "level_"))]


def test_every_state_occurs_on_the_synthetic_study(synthetic: Path) -> None:
    text = page(synthetic, "zones")
    for state in ("green", "yellow", "red", "grey", "alarm"):
        assert f'class="z-{state}"' in text.split('class="key"')[0]
    truth = json.loads((SYNTHETIC / "truth.json").read_text(encoding="utf-8"))["interaction"]["areas"]
    named = [row for row in estimates(synthetic) if row["indicator"].startswith("zone_")]
    for row in named:
        if float(row["value"]) >= 0.99:
            assert truth[row["area_id"]]["zone"] == row["indicator"].removeprefix("zone_")


def test_index_figures_carry_one_recipe(synthetic: Path) -> None:
    rows = [row for row in estimates(synthetic) if row["recipe"]]
    kinds = {row["indicator"].split("_")[0] for row in rows}
    assert kinds == {"interaction", "part", "level", "zone"}
    assert len({row["recipe"] for row in rows}) == 1
    assert all(row["method"] and row["grade"] and row["source"] for row in rows)
    assert all(row["n"] for row in rows if row["value"])


@pytest.mark.parametrize("language", LANGUAGES)
def test_all_cards_stand_on_the_page(turkistan: Path, language: str) -> None:
    text = page(turkistan, "indicators", language)
    assert re.findall(r'<article class="card" id="(\w+)"', text) != []
    assert set(re.findall(r'<article class="card" id="(\w+)"', text)) == set(CARDS)
    assert len(re.findall("<section><h2>", text)) == 2
    assert len(CATALOGUE) == 58


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_area_page_opens_with_its_zone(synthetic: Path, language: str) -> None:
    text = page(synthetic, "area-SY9", language)
    assert text.index("zonebox") < text.index("<table")
    assert 'href="zones.html#SY9"' in text


def test_colour_never_speaks_alone(synthetic: Path) -> None:
    text = page(synthetic, "zones", "kk")
    for tile in re.findall(r'<a href="[^"]+" aria-label="([^"]+)"><rect', text):
        assert ":" in tile and len(tile.split(":")[1]) > 3
    assert text.count("<pattern ") == 5


def test_an_area_told_in_three_languages_has_the_same_numbers() -> None:
    def numbers(language: str) -> list[list[str]]:
        told = [str(area["why"]).replace(",", ".") for area in stories(unwatched_synthetic(), language)]
        # Word order differs between languages, so the same numbers may stand in another order.
        return [sorted(re.findall(r"\d+(?:\.\d+)?", text)) for text in told]

    assert numbers("kk") == numbers("ru") == numbers("en")


def test_the_terminal_lists_cards_and_zones() -> None:
    done = CliRunner().invoke(main, ["cards", "--language", "ru"])
    assert done.exit_code == 0 and "climate_place" in done.output and "Уровень безработицы" in done.output
    done = CliRunner().invoke(main, ["assess", str(unwatched_synthetic())])
    assert done.exit_code == 0 and "14 areas" in done.output
