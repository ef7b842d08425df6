"""robots.txt: the examples of RFC 9309, wildcards, delays, sites that are silent."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kelisim.sources.feeds.fetching import Fetched
from kelisim.sources.feeds.robots import Robots, RobotsOf, parse_robots

RULES = """
User-agent: *
Disallow: /admin
Disallow: /*?
Allow: /rss?
Disallow: /*.pdf$
Crawl-delay: 3

User-agent: kelisim
User-agent: other
Disallow: /private/
Allow: /private/feed
Sitemap: https://portal.example/sitemap-news.xml
"""


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("/", True),
        ("/admin/x", False),
        ("/news?id=1", False),
        ("/rss?lang=kk", True),
        ("/a.pdf", False),
        ("/a.pdf.html", True),
    ],
)
def test_rules_for_everybody(path: str, allowed: bool) -> None:
    assert parse_robots(RULES, "somebody").allows(f"https://portal.example{path}") == allowed


def test_own_group_stands_alone() -> None:
    own = parse_robots(RULES)
    assert own.allows("https://portal.example/admin") and not own.allows("https://portal.example/private/a")
    assert own.allows("https://portal.example/private/feed") and own.delay_s == 0
    assert own.sitemaps == ("https://portal.example/sitemap-news.xml",)
    assert parse_robots(RULES, "somebody").delay_s == 3


def test_a_longer_rule_wins_and_allow_at_a_tie() -> None:
    rules = parse_robots("User-agent: *\nDisallow: /p\nAllow: /page\nDisallow: /page\n")
    assert rules.allows("https://s.kz/page") and not rules.allows("https://s.kz/pa")
    assert parse_robots("User-agent: *\nDisallow:\n").allows("https://s.kz/x")
    assert not parse_robots("User-agent: *\nDisallow: /\n").allows("https://s.kz/x")


def test_escaped_and_cyrillic_paths_are_one() -> None:
    rules = parse_robots("User-agent: *\nDisallow: /жаңалық\n")
    assert not rules.allows("https://s.kz/%D0%B6%D0%B0%D2%A3%D0%B0%D0%BB%D1%8B%D2%9B/1")


@pytest.mark.parametrize(
    ("status", "open_"), [(200, True), (404, True), (403, True), (429, False), (500, False), (0, False)]
)
def test_a_site_that_fails_to_answer_allows_nothing(status: int, open_: bool) -> None:
    asked: list[str] = []

    def ask(url: str) -> Fetched:
        asked.append(url)
        return Fetched(url, status, b"User-agent: *\nDisallow: /x")

    robots = RobotsOf(ask)
    assert robots("https://s.kz/a").allows("https://s.kz/a") == open_
    robots("https://s.kz/b")
    assert asked == ["https://s.kz/robots.txt"]


@given(st.text(), st.text())
def test_any_text_is_read(text: str, path: str) -> None:
    found = parse_robots(text)
    assert isinstance(found, Robots)
    found.allows(f"https://s.kz/{path}")


def test_many_wildcards_are_fast() -> None:
    rules = parse_robots("User-agent: *\nDisallow: /" + "*a" * 200 + "b\n")
    assert rules.allows("https://s.kz/" + "a" * 2_000)
