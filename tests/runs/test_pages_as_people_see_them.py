"""Pages in a real browser, of both studies in three languages: readable by anyone, on a phone and on paper.

All page kinds are looked at; of the many pages of areas and of cells only one each, since they share a
template. What is found is gathered, so that one run says everything that is wrong.
"""

from __future__ import annotations

import io
import re
import shutil
from collections.abc import Callable, Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from tests.studies import SYNTHETIC, TURKISTAN

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
pytestmark = [
    pytest.mark.proof,
    pytest.mark.floor,
    pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed"),
]
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
PHONE, DESK = {"width": 320, "height": 700}, {"width": 1280, "height": 900}
PAPER_PX = 718  # A4 without margins of a centimetre, at 96 dots an inch
MOST_TABS = 150
AXE = """async (tags) => (await axe.run(document,
    {runOnly: {type: "tag", values: tags}, resultTypes: ["violations"], preload: false})).violations
  .map(v => `${v.id}: ${v.nodes.length} x ${v.nodes[0].html.slice(0, 120)}`)"""
WIDE = "() => document.documentElement.scrollWidth"
# The choices of one question are one stop: arrow keys go from one to the next.
LINKS = """() => new Set(
  [...document.querySelectorAll("a[href], summary, [tabindex='0'], button, input, select")]
  .filter(e => e.getClientRects().length && e.checkVisibility())
  .map(e => e.type === "radio" ? e.name : e)).size"""
FOCUS = """() => { const e = document.activeElement, s = getComputedStyle(e), r = e.getBoundingClientRect();
  if (!e.dataset.order) e.dataset.order = String(++window.seen || (window.seen = 1));
  return {order: +e.dataset.order, name: e.tagName + " " + e.textContent.trim().slice(0, 40),
    href: e.getAttribute("href") || "", body: e === document.body,
    marked: (s.outlineStyle !== "none" && parseFloat(s.outlineWidth) >= 2) || s.boxShadow !== "none",
    seen: r.width > 0 && r.height > 0 && r.right > 0 && r.bottom > 0
      && r.left < innerWidth && r.top < innerHeight}; }"""


@pytest.fixture(scope="module", params=[TURKISTAN, SYNTHETIC], ids=lambda p: p.name)
def site(request: pytest.FixtureRequest, made: Callable[[Path], Path]) -> Path:
    return made(request.param) / "site"


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        flags = [
            "--no-sandbox",
            "--disable-gpu",
            "--disable-background-networking",
            "--disable-component-update",
        ]
        made = play.chromium.launch(executable_path=CHROMIUM, args=flags)
        yield made
        made.close()


def pages(site: Path) -> list[Path]:
    """Every page that is one of a kind, and one of middling size where there are many."""
    chosen = []
    for language in sorted(folder for folder in site.iterdir() if folder.is_dir()):
        kinds: dict[str, list[Path]] = {}
        for page in sorted(language.glob("*.html"), key=lambda p: p.stat().st_size):
            kinds.setdefault(re.sub(r"^(area|cells)-.*", r"\1", page.stem), []).append(page)
        chosen += sorted(alike[len(alike) // 2] for alike in kinds.values())
    assert len(chosen) >= 30
    return chosen


def asked_elsewhere(page: Any) -> list[str]:
    """Collects what a page asks for that is not a file beside it, or that is not there."""
    found: list[str] = []
    page.on("request", lambda r: None if r.url.startswith(("file:", "data:")) else found.append(r.url))
    page.on("requestfailed", lambda r: found.append(f"failed: {r.url}"))
    return found


def test_no_violation_no_sideways_scroll_no_request(site: Path, browser: Any) -> None:
    axe = files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")
    problems = []
    tab = browser.new_page()
    asked = asked_elsewhere(tab)
    for path in pages(site):
        for size in (PHONE, DESK):
            tab.set_viewport_size(size)
            tab.goto(path.as_uri())
            name = f"{path.parent.name}/{path.name} at {size['width']}"
            wide = tab.evaluate(WIDE)
            if wide > size["width"]:
                problems.append(f"{name}: {wide} px wide")
            tab.evaluate(axe)
            problems += [f"{name}: {violation}" for violation in tab.evaluate(AXE, WCAG)]
    tab.close()
    problems += asked
    assert not problems, "\n" + "\n".join(problems)


def test_everything_is_reached_by_keyboard(site: Path, browser: Any) -> None:
    problems = []
    tab = browser.new_page(viewport=DESK)
    for path in pages(site):
        tab.goto(path.as_uri())
        name = f"{path.parent.name}/{path.name}"
        reachable = tab.evaluate(LINKS)
        stops = []
        for _ in range(min(reachable, MOST_TABS)):
            tab.keyboard.press("Tab")
            stops.append(tab.evaluate(FOCUS))
        if not stops or stops[0]["href"] != "#content":
            problems.append(f"{name}: the first stop is not the link to the content")
        if len({stop["order"] for stop in stops if not stop["body"]}) < min(reachable, MOST_TABS):
            problems.append(f"{name}: {reachable} things to reach, yet the keys go round earlier")
        problems += [f"{name}: focus does not show on {s['name']}" for s in stops if not s["marked"]][:3]
        problems += [f"{name}: focus is out of sight on {s['name']}" for s in stops if not s["seen"]][:3]
        tab.goto(path.as_uri())
        tab.keyboard.press("Tab")
        tab.keyboard.press("Enter")
        try:
            tab.wait_for_function("() => location.hash === '#content'", timeout=10_000)
        except Exception as error:
            problems.append(f"{name}: the link to the content does not lead there: {type(error).__name__}")
    tab.close()
    assert not problems, "\n" + "\n".join(problems)


def test_a_page_on_paper_is_whole(site: Path, browser: Any) -> None:
    from pypdf import PdfReader

    problems = []
    tab = browser.new_page(viewport={"width": PAPER_PX, "height": 1000})
    tab.emulate_media(media="print")
    for path in pages(site):
        tab.goto(path.as_uri())
        name = f"{path.parent.name}/{path.name}"
        wide = tab.evaluate(WIDE)
        if wide > PAPER_PX:
            problems.append(f"{name}: {wide} px wide, the paper has {PAPER_PX}")
        high = tab.evaluate("() => document.documentElement.scrollHeight")
        # Chromium shrinks what is too wide; a page that fits needs about its height in sheets.
        margin = dict.fromkeys(("top", "bottom", "left", "right"), "1cm")
        printed = PdfReader(io.BytesIO(tab.pdf(format="A4", margin=margin, print_background=True)))
        sheets = len(printed.pages)
        if not high / 1500 <= sheets <= 2 + high / 600:
            problems.append(f"{name}: {sheets} sheets for {high} px")
        words = re.sub(r"\s", "", printed.pages[0].extract_text())
        if re.sub(r"\s", "", tab.locator("h1").first.inner_text()) not in words:
            problems.append(f"{name}: the heading is not on the first sheet")
    tab.close()
    assert not problems, "\n" + "\n".join(problems)
