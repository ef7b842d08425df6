"""What a person reads is in the language of the page: no English on kk and ru pages, no Russian on kk pages.

Text in `code` (names of files and columns, identifiers) and in elements with a `lang` of their own (names
as a source printed them, the other languages of the menu) is left out. What may stand elsewhere is listed
here.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Callable
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

import pytest
import yaml

from tests.house.test_spelling import known
from tests.studies import ROOT, SYNTHETIC, TURKISTAN

pytestmark = pytest.mark.proof
Made = Callable[[Path], Path]
# Letters of formulas, the name of the house, and names of licences, file formats, fonts and networks.
LATIN_ALLOWED = {
    *("ln", "exp", "sd", "se", "df", "xPy", "kelisim", "Kelisim", "data"),
    *("Apache", "License", "PDDL", "CC", "BY", "SA", "ODbL", "SIL", "Open", "Font", "Noto", "Sans"),
    *("PNG", "SVG", "CSV", "PDF", "Facebook", "Instagram", "Telegram", "VK", "YouTube"),
}
# Words that Kazakh shares with Russian, and which Debian's Kazakh dictionary lacks.
SHARED_ALLOWED = {
    "Павлодар",
    "Поляризация",
    "поляризация",
    "Пуассон",
    "ингуш",
    "энтропия",
    "Энтропия",
    "дан",
    "км",
}
VOID = {"meta", "link", "br", "img", "input", "hr", "wbr", "source", "col"}
SILENT = {"code", "pre", "style", "script"}
# Hosts, links and commands of ours are the same in every language.
ADDRESS = re.compile(
    r"[«“]kelisim [a-z ]+[»”]|https?://\S+|(?<![\w.])[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,}(?:/\S*)?"
)
LATIN = re.compile(r"[A-Za-z]{2,}")
CYRILLIC = re.compile(r"[\u0400-\u04ff]+(?:-[\u0400-\u04ff]+)*")


class Reader(HTMLParser):
    """Collects what is read aloud or shown in the language of the page."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[tuple[str, bool]] = []
        self.said: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        other = "lang" in given and tag != "html"
        if tag not in VOID:
            self.open.append((tag, tag in SILENT or other))
        if not other and not self.silent:
            self.said += [given[name] or "" for name in ("alt", "title", "aria-label") if name in given]

    def handle_endtag(self, tag: str) -> None:
        # Browsers close what was left open; so does this.
        while self.open and any(name == tag for name, _ in self.open):
            if self.open.pop()[0] == tag:
                break

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self.said.append(data)

    @property
    def silent(self) -> bool:
        return any(silent for _, silent in self.open)


@cache
def read_pages(out: Path, language: str) -> dict[str, str]:
    found = {}
    for page in sorted((out / "site" / language).rglob("*.html")):
        reader = Reader()
        reader.feed(page.read_text(encoding="utf-8"))
        found[page.name] = ADDRESS.sub(" ", " ".join(reader.said))
    assert len(found) > 10
    return found


@pytest.mark.parametrize("language", ["kk", "ru"])
@pytest.mark.parametrize("study", [TURKISTAN, SYNTHETIC], ids=lambda p: p.name)
def test_no_latin_words_on_kazakh_and_russian_pages(study: Path, language: str, made: Made) -> None:
    found = {
        (word, name)
        for name, text in read_pages(made(study), language).items()
        for word in LATIN.findall(text)
        if word not in LATIN_ALLOWED
    }
    assert not found, sorted(found)[:40]


@pytest.mark.parametrize("language", ["kk", "ru"])
@pytest.mark.parametrize("study", [TURKISTAN, SYNTHETIC], ids=lambda p: p.name)
def test_dates_are_written_as_the_language_writes_them(study: Path, language: str, made: Made) -> None:
    iso = re.compile(r"(?<![\w-])\d{4}-\d{2}-\d{2}(?![\w-])")
    told = read_pages(made(study), language)
    found = [(name, iso.findall(text)) for name, text in told.items() if iso.search(text)]
    assert not found, found[:10]


def unknown(words: set[str], dictionary: str) -> set[str]:
    done = subprocess.run(
        ["hunspell", "-d", dictionary, "-i", "utf-8", "-l"],
        input="\n".join(sorted(words)),
        capture_output=True,
        text=True,
        check=True,
    )
    return set(done.stdout.split())


@pytest.mark.skipif(shutil.which("hunspell") is None, reason="hunspell is not installed")
@pytest.mark.parametrize("study", [TURKISTAN, SYNTHETIC], ids=lambda p: p.name)
def test_no_russian_words_on_kazakh_pages(study: Path, made: Made) -> None:
    words = {word for text in read_pages(made(study), "kk").values() for word in CYRILLIC.findall(text)}
    foreign = unknown(words, "kk_KZ")
    russian = {word for word in foreign - unknown(foreign, "ru_RU") if not known(word, "kk")}
    assert not russian - SHARED_ALLOWED, sorted(russian - SHARED_ALLOWED)


def test_the_same_keys_in_three_languages() -> None:
    keys = {}
    for language in ("kk", "ru", "en"):
        files = sorted((ROOT / "src/kelisim/publish/locale" / language).glob("*.yaml"))
        # How many forms a counted noun has depends on the language.
        keys[language] = {
            (file.name, re.sub(r"\.(one|few|many|other)$", "", key))
            for file in files
            for key in yaml.safe_load(file.read_text(encoding="utf-8"))
        }
    assert keys["kk"] == keys["ru"] == keys["en"]
