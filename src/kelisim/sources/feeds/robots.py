"""robots.txt as RFC 9309 has it: the longest rule wins, * and $ are understood, and silence is respected.

The standard library's reader takes the first rule that fits and knows no wildcards, so it would walk through
doors that sites close today.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import quote, unquote, urlsplit

from kelisim.sources.feeds.fetching import AGENT, Fetched, host_of

__all__ = ["Robots", "RobotsOf", "parse_robots"]

_LARGEST = 512 * 1024
_LONGEST_DELAY_S = 60.0


@dataclass(frozen=True, slots=True)
class Robots:
    """What a site allows. rules : (pattern, allowed); delay_s : seconds asked for between two requests;
    unreachable : the site did not say, so nothing is asked of it for now"""

    rules: tuple[tuple[str, bool], ...] = ()
    delay_s: float = 0.0
    unreachable: bool = False
    sitemaps: tuple[str, ...] = ()

    def allows(self, url: str) -> bool:
        """Whether an address may be asked for: the longest rule that fits it, allowing where two are equal.

        >>> parse_robots("User-agent: *\\nDisallow: /a\\nAllow: /a/b$").allows("https://s.kz/a/b")
        True
        """
        if self.unreachable:
            return False
        parts = urlsplit(url)
        path = _plain(parts.path or "/") + (f"?{_plain(parts.query)}" if parts.query else "")
        fitting = [(len(rule), allowed) for rule, allowed in self.rules if _fits(rule, path)]
        return max(fitting)[1] if fitting else True


def _fits(rule: str, path: str) -> bool:
    """Whether a pattern with * fits the beginning of a path, or the whole of it where it ends with $."""
    ends = rule.endswith("$")
    first, *rest = (rule[:-1] if ends else rule).split("*")
    if not path.startswith(first):
        return False
    at = len(first)
    # Each piece where it first stands: a later place would never help the pieces after it.
    for piece in rest[:-1] if ends else rest:
        found = path.find(piece, at)
        if found < 0:
            return False
        at = found + len(piece)
    if not ends:
        return True
    return path.endswith(rest[-1]) and len(path) - len(rest[-1]) >= at if rest else at == len(path)


def _plain(text: str) -> str:
    return quote(unquote(text, errors="replace"), safe="/*$?&=;:@!'()+,~-._")


def parse_robots(text: str, agent: str = AGENT) -> Robots:
    """Read a robots.txt for one agent: its own groups where there are any, else those for everybody."""
    groups: dict[str, tuple[list[tuple[str, bool]], list[float]]] = {}
    named: list[str] = []
    sitemaps: list[str] = []
    open_head = False
    for line in text[:_LARGEST].splitlines():
        key, _, value = line.partition("#")[0].partition(":")
        key, value = key.strip().lower(), value.strip()
        if key == "user-agent":
            named = [*named, value.lower()] if open_head else [value.lower()]
            open_head = True
            groups.setdefault(named[-1], ([], []))
            continue
        if key == "sitemap" and value:
            sitemaps.append(value)
            continue
        if key in ("allow", "disallow", "crawl-delay"):
            open_head = False
            for name in named:
                _add(groups[name], key, value)
    own = [name for name in groups if name != "*" and name and name in agent.lower()]
    rules, delays = groups.get(max(own, key=len) if own else "*", ([], []))
    return Robots(tuple(rules), max(delays, default=0.0), sitemaps=tuple(sitemaps[:50]))


def _add(group: tuple[list[tuple[str, bool]], list[float]], key: str, value: str) -> None:
    if key == "crawl-delay":
        try:
            delay = float(value.replace(",", "."))
        except ValueError:
            return
        if delay > 0:
            group[1].append(min(delay, _LONGEST_DELAY_S))
    elif value:
        group[0].append((_plain(value), key == "allow"))


class RobotsOf:
    """What each site allows, asked once per run."""

    def __init__(self, ask: Callable[[str], Fetched]) -> None:
        self._ask = ask
        self._known: dict[str, Robots] = {}

    def __call__(self, url: str) -> Robots:
        """The rules of the site of an address. A site that fails to answer allows nothing for now; one that
        has no robots.txt (status 4xx, but 429) allows everything."""
        host = host_of(url)
        if host not in self._known:
            answer = self._ask(f"{host}/robots.txt")
            if answer.status == 200:
                text = answer.body[:_LARGEST].decode("utf-8", errors="replace").removeprefix("\ufeff")
                self._known[host] = parse_robots(text)
            else:
                closed = answer.status == 429 or not 400 <= answer.status < 500
                self._known[host] = Robots(unreachable=closed)
        return self._known[host]
