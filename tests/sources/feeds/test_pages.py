"""Articles from pages: the words and not the menu, and hostile pages in bounded time."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kelisim.sources.feeds.pages import PageText, article_of, too_deep, with_page
from kelisim.sources.records import Given

ZONE = ZoneInfo("Asia/Almaty")
_SENTENCE = "Аудан тұрғындары {}-ші жиында ауыз су мен жол мәселесін талқылап, шешім қабылдады."
WORDS = "".join(f"<p>{_SENTENCE.format(k)}</p>" for k in range(8))
PAGE = (
    "<html><head><title>Жиын</title><meta property='article:published_time' content='2024-05-01'>"
    f"</head><body><nav><a href='/'>Басты бет</a></nav><article><h1>Жиын</h1>{WORDS}</article>"
    "<div class='comments'><p>Айдана: рахмет</p></div><footer>Барлық құқық қорғалған</footer></body></html>"
)


def read(page: str | bytes) -> PageText | None:
    return article_of(page.encode() if isinstance(page, str) else page, "https://portal.example/1", ZONE)


def test_the_words_come_and_the_menu_does_not() -> None:
    found = read(PAGE)
    assert found is not None and found.title == "Жиын" and found.text.count("ауыз су") == 8
    for other in ("Басты бет", "рахмет", "қорғалған"):
        assert other not in found.text
    assert found.posted_at is not None and found.posted_at.date().isoformat() == "2024-05-01"


@pytest.mark.parametrize("code", ["utf-8", "windows-1251"])
def test_pages_in_the_codes_of_offices(code: str) -> None:
    russian = PAGE.replace(
        WORDS, "<p>Жители района обсудили вопросы воды и дорог на общем сходе села.</p>" * 8
    )
    page = russian.replace("<head>", f"<head><meta charset='{code}'>").encode(code, errors="replace")
    found = read(page)
    assert found is not None and "обсудили вопросы воды" in found.text


@pytest.mark.parametrize(
    "bomb",
    [
        "<div>" * 200_000 + "x",
        "<p>" + "<b><i>" * 100_000,
        "<table><tr><td>" * 30_000,
        "<!-- " * 200_000,
        "&amp;" * 100_000,
        "<a href='x'>" * 100_000 + "y",
        "",
        "\x00" * 1000,
    ],
    ids=["divs", "marks", "tables", "comments", "entities", "links", "empty", "nul"],
)
def test_hostile_pages_end_in_bounded_time(bomb: str) -> None:
    start = time.monotonic()
    read(f"<html><body><article>{bomb}")
    assert time.monotonic() - start < 30  # a page that hangs would take hours; no speed is proved here


def test_depth_is_told_before_a_tree_is_built() -> None:
    assert too_deep("<div>" * 401) and not too_deep("<div></div>" * 5_000) and not too_deep(PAGE)


def test_a_page_gives_way_to_the_feed_where_it_says_less() -> None:
    given_ = Given(external_id="1", kind="article", text="Тақырып\n" + "мәтін " * 60, posted_at=None)
    at = datetime(2024, 5, 1, 7, tzinfo=UTC)
    assert with_page(given_, PageText("Т", "Cookie файлдары", at)).page == "refused"
    assert with_page(given_, None).text == given_.text
    whole = with_page(given_, PageText("Т", "ұзақ мәтін " * 80, at))
    assert whole.page == "taken" and whole.text.startswith("Тақырып\nұзақ") and whole.posted_at == at


@given(st.text(st.sampled_from("<>/pdivab =\"'&;!-\n"), max_size=120))
@settings(max_examples=25)
def test_any_page_is_read_or_not(page: str) -> None:
    found = read(page)
    assert found is None or found.text
