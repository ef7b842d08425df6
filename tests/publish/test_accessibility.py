"""Pages in a browser with axe: no violation of WCAG 2 A and AA, in three languages, wide and narrow."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.studies import SYNTHETIC, TURKISTAN

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
PAGES = (
    "index",
    "map",
    "events",
    "economy",
    "media",
    "institutions",
    "area-KZ61",
    "area-KZ33",
    "reasons",
    "about",
)
# Kazakh both ways; the other languages share its templates.
VIEWS = (("kk", 375), ("kk", 1280), ("ru", 375), ("en", 1280))
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]

pytestmark = [
    pytest.mark.proof,
    pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed"),
    pytest.mark.enable_socket,
]


# Pages whose tables and drawings stand there only where a register and a ledger are kept.
WATCHED = ("events", "watch", "forecasts", "decisions", "warnings", "zones")


def test_axe_finds_nothing_on_the_pages_of_a_watched_study(made: Callable[[Path], Path]) -> None:
    from axe_playwright_python.sync_playwright import Axe
    from playwright.sync_api import sync_playwright

    out = made(SYNTHETIC)
    found = []
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page()
        for language, width in (("kk", 320), ("ru", 375), ("en", 1280)):
            page.set_viewport_size({"width": width, "height": 900})
            for name in WATCHED:
                page.goto((out / f"site/{language}/{name}.html").as_uri())
                wider = page.evaluate("document.documentElement.scrollWidth > innerWidth")
                found += [(language, name, width, "wider than the screen")] if wider else []
                result = Axe().run(page, options={"runOnly": {"type": "tag", "values": RULES}}).response
                found += [(language, name, width, v["id"], v["nodes"][0]["html"][:160])
                          for v in result["violations"]]  # fmt: skip
        # The slider answers to the keyboard and shows one place at a time, without a script.
        page.goto((out / "site/en/decisions.html").as_uri())
        page.focus(".slider input:checked")
        shown = (
            "[...document.querySelectorAll('.position')].filter(e => e.offsetParent).map(e => e.innerText)"
        )
        before = page.evaluate(shown)
        page.keyboard.press("ArrowRight")
        after = page.evaluate(shown)
        browser.close()
    assert not found
    assert len(before) == len(after) == 1 and before != after


def test_axe_finds_nothing(made: Callable[[Path], Path]) -> None:
    from axe_playwright_python.sync_playwright import Axe
    from playwright.sync_api import sync_playwright

    out = made(TURKISTAN)
    found = []
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page()
        for language, width in VIEWS:
            page.set_viewport_size({"width": width, "height": 900})
            for name in PAGES:
                page.goto((out / f"site/{language}/{name}.html").as_uri())
                result = Axe().run(page, options={"runOnly": {"type": "tag", "values": RULES}}).response
                assert len(result["passes"]) > 10, "axe did not look at the page"
                found += [(language, name, width, v["id"], v["nodes"][0]["html"][:160])
                          for v in result["violations"]]  # fmt: skip
        browser.close()
    assert not found
