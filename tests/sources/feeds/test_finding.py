"""Feeds are found from a site's own pages, tried, and proposed; nothing of a study is changed."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import pytest

from kelisim.core.errors import OutputError, Refused
from kelisim.runs.discourse_finding import find_sources, write_proposals
from kelisim.sources.feeds.fetching import Limits
from tests.sources.feeds.stand import Stand, atom, news, rss, serving, watched_study
from tests.sources.feeds.test_entries import AT

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])


@pytest.fixture
def stand() -> Iterator[Stand]:
    with serving() as made:
        yield made


def find(where: str) -> list[tuple[str, str, int]]:
    found = find_sources(where, limits=Limits(deadline_s=5, allow_private=True), sleep=lambda s: None)
    return [(one.found.address, one.found.how, one.found.entries) for one in found if one.found is not None]


def test_linked_feeds_come_first_and_each_is_tried(stand: Stand) -> None:
    page = """<html><head><link rel="alternate" type="application/rss+xml" title="KZ" href="/kz.xml">
      <link rel="alternate" type="application/rss+xml" href="https://elsewhere.example/rss">
      <link rel="alternate" type="application/rss+xml" href="/broken"></head>
      <body><a href="/ru/rss/">RSS</a><a href="/press">x</a><a href="/private/rss">y</a></body></html>"""
    stand.pages["/"] = (200, {"Content-Type": "text/html"}, page.encode())
    stand.pages["/robots.txt"] = (
        200, {}, f"User-agent: *\nDisallow: /private\nSitemap: {stand.base}/news-sitemap.xml".encode(),
    )  # fmt: skip
    stand.pages["/kz.xml"] = (200, {}, rss(news(4)))
    stand.pages["/ru/rss/"] = (200, {}, rss(news(2)))
    stand.pages["/broken"] = (200, {}, b"<html>404</html>")
    stand.pages["/atom.xml"] = (200, {}, atom([{"id": "1", "title": "т", "at": AT}]))
    assert find(stand.base + "/") == [
        (f"{stand.base}/kz.xml", "linked", 4),
        (f"{stand.base}/ru/rss/", "linked", 2),
        (f"{stand.base}/news-sitemap.xml", "sitemap of news", 0),
    ]
    assert not {"/private/rss", "/press", "/atom.xml"} & set(stand.paths())
    stand.pages["/"] = (200, {}, b"<html></html>")
    assert find(stand.base + "/")[0] == (f"{stand.base}/atom.xml", "at a usual place", 1)


def test_an_address_may_be_a_feed_itself(stand: Stand) -> None:
    stand.pages["/rss"] = (200, {}, rss(news(3)))
    assert find(f"{stand.base}/rss") == [(f"{stand.base}/rss", "linked", 3)]


def test_the_portals_of_a_study_without_feeds_are_looked_up(stand: Stand, tmp_path: Path) -> None:
    stand.pages["/"] = (200, {}, b"<html></html>")
    stand.pages["/rss"] = (200, {}, rss(news(3)))
    rows = [
        f"portal-a,А,portal,{stand.base}/,,kk,,1,no,no,",
        f"portal-b,Б,portal,{stand.base}/gone,,kk,,1,no,no,",
        "page-c,В,vk,https://vk.com/x,,kk,,24,no,no,",
    ]
    study = watched_study(tmp_path, rows)
    before = {path: path.read_bytes() for path in study.rglob("*") if path.is_file()}
    found = find_sources(str(study), limits=Limits(deadline_s=5, allow_private=True), sleep=lambda s: None)
    assert [(one.source_id, one.found is not None, one.remark) for one in found] == [
        ("portal-a", True, ""), ("portal-b", False, "it answers with status 404"),
    ]  # fmt: skip
    out = tmp_path / "found.csv"
    write_proposals(out, found, replace=False)
    with out.open(encoding="utf-8", newline="") as file:
        rows_written = list(csv.DictReader(file))
    assert [row["feed"] for row in rows_written] == [f"{stand.base}/rss", ""]
    with pytest.raises(OutputError):
        write_proposals(out, found, replace=False)
    assert before == {path: path.read_bytes() for path in before}


def test_nothing_to_look_up_is_told(tmp_path: Path) -> None:
    study = watched_study(tmp_path, ["page-c,В,vk,https://vk.com/x,,kk,,24,no,no,"])
    with pytest.raises(Refused, match="every portal with an address has its feed"):
        find_sources(str(study), limits=Limits())


def test_a_site_that_forbids_is_left_alone(stand: Stand) -> None:
    stand.pages["/robots.txt"] = (200, {}, b"User-agent: *\nDisallow: /\n")
    found = find_sources(stand.base, limits=Limits(allow_private=True), sleep=lambda s: None)
    assert found[0].remark == "its robots.txt forbids it" and stand.paths() == []
