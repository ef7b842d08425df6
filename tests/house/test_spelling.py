"""Spelling of what people read: the glossary, the handbook, the words of the pages.

Debian's dictionaries do most of it. `words/{kk,ru,en}*.txt` hold the terms of the field that they lack, one a
line; a trailing * stands for any ending, since Kazakh and Russian words are seldom met in one form only.
"""

from __future__ import annotations

import csv
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
DICTIONARIES = {"kk": "kk_KZ", "ru": "ru_RU", "en": "en_GB"}
CYRILLIC = re.compile(r"[\u0400-\u04ff]+(?:-[\u0400-\u04ff]+)*")
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", ROOT / "CONTRIBUTING.md", ROOT / "docs/index.md"]
PAGES += sorted((ROOT / "docs/start").glob("*.md")) + sorted((ROOT / "docs/decisions").glob("*.md"))

pytestmark = [
    pytest.mark.proof,
    pytest.mark.skipif(shutil.which("hunspell") is None, reason="hunspell is not installed"),
]


def known(word: str, language: str) -> bool:
    files = sorted((ROOT / "tests/house/words").glob(f"{language}*.txt"))
    lines = " ".join(file.read_text(encoding="utf-8") for file in files).lower().split()
    lower = word.lower()
    return any(lower.startswith(line[:-1]) if line.endswith("*") else lower == line for line in lines)


def unknown_words(text: str, language: str) -> list[str]:
    """Words of a text that neither the dictionary nor the project's list knows."""
    done = subprocess.run(
        ["hunspell", "-d", DICTIONARIES[language], "-i", "utf-8", "-l"],
        input=text,
        capture_output=True,
        text=True,
        check=True,
    )
    return sorted({word for word in done.stdout.split() if not known(word, language)})


def prose(page: str) -> str:
    """A page without code, addresses and names of files."""
    page = re.sub(r"```.*?```|^ {4}.*?$|`[^`]*`|\]\([^)]*\)|https?://\S+", " ", page, flags=re.S | re.M)
    return re.sub(r"[\u0400-\u04ff]+", " ", page)


@pytest.mark.parametrize("language", DICTIONARIES)
def test_the_glossary(language: str) -> None:
    with (ROOT / "docs/terms/terms.csv").open(encoding="utf-8", newline="") as file:
        terms = "\n".join(row[language] for row in csv.DictReader(file))
    assert not unknown_words(terms, language)


@pytest.mark.parametrize("page", [p for p in PAGES if p.exists()], ids=lambda p: p.name)
def test_a_page_of_the_handbook(page: Path) -> None:
    assert not unknown_words(prose(page.read_text(encoding="utf-8")), "en")


@pytest.mark.parametrize("language", ["kk", "ru"])
def test_the_words_of_the_pages(language: str) -> None:
    folder = ROOT / "src/kelisim/publish/locale" / language
    if not folder.is_dir():
        pytest.skip("the pages have no words yet")
    # Keys and code are in Latin letters, so the Cyrillic words of a file are those that people read.
    texts = [path.read_text(encoding="utf-8") for path in sorted(folder.rglob("*")) if path.is_file()]
    words = {word for text in texts for word in CYRILLIC.findall(text)}
    assert not unknown_words("\n".join(sorted(words)), language)


@pytest.mark.parametrize("language", ["kk", "ru"])
def test_the_words_of_the_cards(language: str) -> None:
    from kelisim.assessment.cards.catalogue import CARDS

    texts = [words.as_dict()[language] for card in CARDS.values() for words in (card.label, card.definition)]
    words = {word for text in texts for word in CYRILLIC.findall(text)}
    assert not unknown_words("\n".join(sorted(words)), language)


def said_in(document: object, language: str) -> Iterator[str]:
    """Every text that stands under the key of a language, at any depth."""
    if isinstance(document, dict):
        if isinstance(document.get(language), str):
            yield document[language]
        for value in document.values():
            yield from said_in(value, language)
    elif isinstance(document, list):
        for value in document:
            yield from said_in(value, language)


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_the_words_of_questionnaires(language: str) -> None:
    library = sorted((ROOT / "src/kelisim/sources/batteries").glob("*.yaml"))
    start = ROOT / "src/kelisim/runs/questionnaire_files/questionnaire.yaml"
    codebook = ROOT / "src/kelisim/sources/codebook.yaml"
    texts = [
        text
        for path in (*library, start, codebook)
        for text in said_in(yaml.safe_load(path.read_text(encoding="utf-8")), language)
    ]
    assert len(texts) > 100
    assert not unknown_words("\n".join(texts), language)
