"""Finding feeds for a site or for the sources of a study that have none: proposed, never entered."""

from __future__ import annotations

import csv
import io
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

from kelisim.core.errors import Fault, Refused
from kelisim.sources.feeds.fetching import Fetched, Limits, fetch
from kelisim.sources.feeds.finding import FoundFeed, find_feeds
from kelisim.sources.feeds.robots import RobotsOf
from kelisim.sources.study import read_watch
from kelisim.store.study_files import write_whole

__all__ = ["Proposal", "find_sources", "write_proposals"]

_HEADER = ("id", "name", "address", "feed", "how", "entries", "newest", "title", "remark")


@dataclass(frozen=True, slots=True)
class Proposal:
    """What was found for one source: a feed, or the reason why none was."""

    source_id: str
    name: str
    address: str
    found: FoundFeed | None
    remark: str


def find_sources(
    where: str,
    *,
    limits: Limits,
    pause_s: float = 1.0,
    sleep: Callable[[float], None] = time.sleep,
    tell: Callable[[str], None] = lambda words: None,
) -> list[Proposal]:
    """Proposals for an address, or for every portal of a study that has an address and no feed.

    Raises: Refused.
    """
    if "://" in where:
        sites, zone = [("", "", where)], ZoneInfo("UTC")
    else:
        watch = read_watch(Path(where))
        zone = ZoneInfo(watch.timezone)
        sites = [
            (one.source_id, one.name, one.address)
            for one in watch.sources
            if one.platform in ("portal", "other") and one.address and not one.feed
        ]
        if not sites:
            reason = "every portal with an address has its feed, or none has an address."
            raise Refused(
                [Fault("sources.csv", None, "address", reason, "fill in `address` of those without a feed.")]
            )
    robots = RobotsOf(lambda url: fetch(url, limits))

    def ask(url: str) -> Fetched:
        sleep(max(pause_s, robots(url).delay_s))
        return fetch(url, limits)

    made: list[Proposal] = []
    for source_id, name, address in sites:
        found, reason = find_feeds(address, ask, robots, zone)
        tell(f"{address}: {len(found)} found" if found else f"{address}: {reason or 'no feed found'}")
        made += [Proposal(source_id, name, address, one, "") for one in found]
        if not found:
            made.append(Proposal(source_id, name, address, None, reason or "no feed found"))
    return made


def write_proposals(path: Path, proposals: list[Proposal], *, replace: bool) -> None:
    """Write proposals as CSV for a person to look through. Raises: OutputError."""
    text = io.StringIO()
    page = csv.writer(text)
    page.writerow(_HEADER)
    for one in proposals:
        feed = one.found
        cells = (
            [one.source_id, one.name, one.address]
            + ([""] * 5 if feed is None else [
                feed.address, feed.how, str(feed.entries),
                feed.newest.isoformat() if feed.newest else "", feed.title,
            ])
            + [one.remark]
        )  # fmt: skip
        page.writerow([f"'{cell}" if cell.startswith(("=", "+", "-", "@", "\t")) else cell for cell in cells])
    write_whole({path: text.getvalue().encode()}, replace)
