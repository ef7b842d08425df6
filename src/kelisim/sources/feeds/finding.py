"""Feeds of a site from its own pages: what it links to, what stands at the usual places, each one tried."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit
from zoneinfo import ZoneInfo

from kelisim.sources.feeds.entries import read_feed
from kelisim.sources.feeds.fetching import Fetched, host_of
from kelisim.sources.feeds.robots import RobotsOf

__all__ = ["FoundFeed", "find_feeds"]

_TYPES = ("application/rss+xml", "application/atom+xml", "application/rdf+xml", "text/xml", "application/xml")
_USUAL = (
    "/rss",
    "/feed",
    "/rss.xml",
    "/feed.xml",
    "/atom.xml",
    "/rss/all",
    "/index.xml",
    "/kz/rss",
    "/ru/rss",
)
_LOOKS_LIKE = re.compile(r"(?:^|[/_.\-?=])(?:rss|feeds?|atom)(?:$|[/_.\-?=&])", re.I)
_MOST = 25


@dataclass(frozen=True, slots=True)
class FoundFeed:
    """A feed that was tried and read, or a sitemap of news, which is named but not read.

    how : "linked", "at a usual place" or "sitemap of news"; entries, newest : what it holds now
    """

    address: str
    how: str
    entries: int
    newest: datetime | None
    title: str


class _Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.alternate: list[tuple[str, str]] = []
        self.others: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        href = given.get("href", "")
        if not href:
            return
        rel = given.get("rel", "").lower().split()
        if tag == "link" and "alternate" in rel and given.get("type", "").lower().strip() in _TYPES:
            self.alternate.append((href, given.get("title", "")))
        elif tag in ("a", "link") and _LOOKS_LIKE.search(href):
            self.others.append(href)


def find_feeds(
    address: str, ask: Callable[[str], Fetched], robots: RobotsOf, zone: ZoneInfo
) -> tuple[list[FoundFeed], str]:
    """The feeds of a site, the linked ones first, and why nothing could be looked at, "" where it could.

    ask : fetches an address, with whatever pauses the caller keeps; only addresses of the site itself that
    its robots.txt allows are asked for
    """
    rules = robots(address)
    if not rules.allows(address):
        said = "its robots.txt could not be read" if rules.unreachable else "its robots.txt forbids it"
        return [], said
    page = ask(address)
    if page.status != 200:
        return [], page.reason or f"it answers with status {page.status}"
    found: list[FoundFeed] = []
    seen: set[str] = set()
    for candidate, how, title in _candidates(page, address):
        if len(seen) >= _MOST or (found and how != "linked"):
            break  # a site that links to its feeds is not asked at every usual place
        if candidate in seen or not robots(candidate).allows(candidate):
            continue
        seen.add(candidate)
        answer = page if candidate == page.url else ask(candidate)
        if answer.status != 200:
            continue
        feed = read_feed(answer.body, answer.headers, answer.url, zone)
        if feed.met and all(one.address != answer.url for one in found):
            newest = max((e.posted_at for e in feed.entries if e.posted_at is not None), default=None)
            found.append(FoundFeed(answer.url, how, feed.met, newest, title))
    found += [
        FoundFeed(url, "sitemap of news", 0, None, "")
        for url in rules.sitemaps
        if "news" in url.lower() and host_of(url) == host_of(address)
    ]
    return found, ""


def _candidates(page: Fetched, address: str) -> Iterator[tuple[str, str, str]]:
    links = _Links()
    links.feed(page.body.decode("utf-8", errors="replace"))
    if not links.alternate and not links.others:
        yield page.url, "linked", ""  # the address may be a feed itself
    for href, title in links.alternate:
        yield from _inside(href, page.url, "linked", title)
    for href in links.others:
        yield from _inside(href, page.url, "linked", "")
    for path in _USUAL:
        yield from _inside(path, page.url, "at a usual place", "")


def _inside(href: str, base: str, how: str, title: str) -> Iterator[tuple[str, str, str]]:
    """The address of a link that stays with the site; feeds on other hosts are somebody else's."""
    try:
        whole = urljoin(base, href.strip())
        own, other = urlsplit(base).hostname or "", urlsplit(whole).hostname or ""
    except ValueError:
        return
    plain = own.removeprefix("www.")
    if urlsplit(whole).scheme in ("http", "https") and (other in (own, plain) or other.endswith(f".{plain}")):
        yield whole.partition("#")[0], how, title
