"""Collecting from feeds: one look at a source, the rounds of all sources, and when each is looked at again.

Items are on the disk before the look is written down, and the look before the state from which the next one
goes on; a collector killed anywhere in between asks once more for what it had, and nothing is there twice.
"""

from __future__ import annotations

import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from kelisim.core.texts import Look, WatchedSource
from kelisim.runs.discourse_place import TextPlace, keep_aside, open_place
from kelisim.sources.door import door, external_key, fed_digest, redact
from kelisim.sources.feeds.entries import FeedRead, read_feed
from kelisim.sources.feeds.fetching import Fetched, Limits, fetch, host_of
from kelisim.sources.feeds.pages import article_of, with_page
from kelisim.sources.feeds.robots import RobotsOf
from kelisim.sources.records import Given
from kelisim.store.looks import add_look, read_state, write_state

__all__ = ["Manners", "collect", "look_at"]

_BATCH = 25
_LONGEST_PAUSE = timedelta(hours=24)
_LEAST_YIELD = 0.8


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class Manners:
    """How a collector behaves. page_pause_s : between two pages of one site, at least; hosts_at_once : sites
    that are asked beside each other; now, sleep : the clock"""

    limits: Limits = field(default_factory=Limits)
    page_pause_s: float = 1.0
    hosts_at_once: int = 4
    now: Callable[[], datetime] = _now
    sleep: Callable[[float], None] = time.sleep


def collect(
    study: Path,
    *,
    only: Sequence[str] = (),
    once: bool,
    manners: Manners,
    tell: Callable[[Look, WatchedSource], None] = lambda look, source: None,
) -> list[Look]:
    """Look at every source whose time has come; go on for ever unless `once`.

    only : ids of sources that are looked at now, whatever their rhythm, unless their site asked for a pause
    Returns: the looks of this round.  Raises: Refused where the study cannot be read, UnknownName.
    """
    place = open_place(study)
    sources = [one for one in place.sources(only) if one.feed]
    looks: list[Look] = []
    while True:
        now = manners.now()
        due = [one for one in sources if _due(place, one, now, named=bool(only) and once)]
        looks = list(_round(place, due, manners, tell))
        if once:
            return looks
        waits = [_next_at(place, one, now) for one in sources if _watched(place, one, manners.now())]
        if not waits:
            return looks
        manners.sleep(max((min(waits) - manners.now()).total_seconds(), 0.5))


def _watched(place: TextPlace, source: WatchedSource, now: datetime) -> bool:
    today, watch = now.astimezone(place.zone).date(), place.watch
    over = (watch.last is not None and today > watch.last) or (
        source.retired_on is not None and today >= source.retired_on
    )
    return watch.first <= today and not over


def _next_at(place: TextPlace, source: WatchedSource, now: datetime) -> datetime:
    return _moment(read_state(place.folder, source.source_id).get("next_at")) or now


def _due(place: TextPlace, source: WatchedSource, now: datetime, *, named: bool) -> bool:
    if not _watched(place, source, now):
        return False
    state = read_state(place.folder, source.source_id)
    asked = _moment(state.get("asked_to_wait_until"))
    if asked is not None and asked > now:
        return False
    following = _moment(state.get("next_at"))
    return named or following is None or following <= now


def _round(
    place: TextPlace,
    due: Sequence[WatchedSource],
    manners: Manners,
    tell: Callable[[Look, WatchedSource], None],
) -> Iterator[Look]:
    """Sites beside each other, the sources of one site one after the other."""
    sites: dict[str, list[WatchedSource]] = defaultdict(list)
    for source in due:
        sites[host_of(source.feed)].append(source)
    robots = RobotsOf(lambda url: fetch(url, replace(manners.limits, body_bytes=2**20)))

    stopped = threading.Event()

    def visit(sources: Iterable[WatchedSource]) -> list[tuple[Look, WatchedSource]]:
        return [
            (look_at(place, source, manners, robots), source) for source in sources if not stopped.is_set()
        ]

    pool = ThreadPoolExecutor(max_workers=max(1, manners.hosts_at_once))
    try:
        for found in pool.map(visit, sites.values()):
            for look, source in found:
                tell(look, source)
                yield look
    finally:
        # Who is stopped waits for the looks that are under way and for no others.
        stopped.set()
        pool.shutdown(cancel_futures=True)


def look_at(place: TextPlace, source: WatchedSource, manners: Manners, robots: RobotsOf) -> Look:
    """One look at one source, written down with everything it brought."""
    state = read_state(place.folder, source.source_id)
    now = manners.now()
    rules = robots(source.feed)
    if rules.unreachable:
        look = _failed(
            source, now, 0, "its site does not say in robots.txt what it allows, and was not asked"
        )
        return _written(place, source, look, state, None)
    if not rules.allows(source.feed):
        return _written(place, source, _failed(source, now, 0, "robots.txt forbids this feed"), state, None)
    answer = fetch(source.feed, manners.limits, _validators(state))
    if answer.status == 304:
        look = Look(
            source_id=source.source_id, at=now, how="feed", ok=True, status=304,
            covers_from=_moment(state.get("covered_to")), covers_to=now,
        )  # fmt: skip
        return _written(place, source, look, state, answer)
    if answer.status != 200:
        reason = answer.reason or f"it answers with status {answer.status}"
        return _written(place, source, _failed(source, now, answer.status, reason), state, answer)
    feed = read_feed(answer.body, answer.headers, answer.url, place.zone)
    look = _taken(place, source, feed, answer, state, manners, robots)
    return _written(place, source, look, state, answer if answer.whole and not feed.fault else None)


def _taken(
    place: TextPlace,
    source: WatchedSource,
    feed: FeedRead,
    answer: Fetched,
    state: dict[str, Any],
    manners: Manners,
    robots: RobotsOf,
) -> Look:
    now = manners.now()
    if feed.aside:
        # Without its place in the feed, which moves with every new entry.
        moved = (replace(one, record=0) for one in feed.aside)
        keep_aside(place, f"feed-{source.source_id}", source.feed, moved)
    names = {external_key(place.keys, source.source_id, one.external_id): one for one in feed.entries}
    known = place.store.known(names)
    # An entry that is known as it stands is not asked for again; one whose page failed is.
    fresh = [
        one
        for key, one in names.items()
        if key not in known
        or known[key].fed != fed_digest(one, place.keys)
        or (source.pages and known[key].page == "failed")
    ]
    new = 0
    for start in range(0, len(fresh), _BATCH):
        batch = fresh[start : start + _BATCH]
        if source.pages:
            batch = [_with_page(one, place, manners, robots) for one in batch]
        items = [door(one, source, place.keys, place.zone, now) for one in batch]
        new += place.store.add(items, now).new
    times = [one.posted_at for one in feed.entries if one.posted_at is not None and one.posted_at <= now]
    readable = len(feed.entries) >= _LEAST_YIELD * feed.met and feed.met > 0
    elsewhere = f"it moved for good to {answer.url}; correct sources.csv" if answer.moved_for_good else ""
    reason = "; ".join(part for part in (answer.reason, feed.fault, elsewhere) if part)
    if feed.met == 0:
        reason = reason or "it holds no entries"
    elif not readable:
        reason = f"{len(feed.aside)} of {feed.met} entries could not be read; {reason}".rstrip("; ")
    # Entries known from before show that nothing fell out of the feed since the last look.
    before = _moment(state.get("covered_to"))
    since = before if known and before is not None else min(times, default=None)
    return Look(
        source_id=source.source_id,
        at=now,
        how="feed",
        ok=readable,
        status=answer.status,
        reason=reason,
        read=feed.met,
        kept=len(feed.entries),
        new=new,
        aside=len(feed.aside),
        newest=max(times, default=None),
        covers_from=since if readable else None,
        covers_to=now if readable and since is not None else None,
    )


def _with_page(given: Given, place: TextPlace, manners: Manners, robots: RobotsOf) -> Given:
    if not given.url:
        return replace(given, page="refused")
    rules = robots(given.url)
    if not rules.allows(given.url):
        return replace(given, page="failed" if rules.unreachable else "refused")
    manners.sleep(max(manners.page_pause_s, rules.delay_s))
    answer = fetch(given.url, manners.limits)
    if answer.status == 200 and not answer.reason:
        return with_page(given, article_of(answer.body, answer.url, place.zone))
    gone = 400 <= answer.status < 500 and answer.status not in (408, 425, 429)
    return replace(given, page="refused" if gone else "failed")


def _failed(source: WatchedSource, now: datetime, status: int, reason: str) -> Look:
    return Look(source_id=source.source_id, at=now, how="feed", ok=False, status=status, reason=reason)


def _written(
    place: TextPlace, source: WatchedSource, look: Look, state: dict[str, Any], answer: Fetched | None
) -> Look:
    """Write the look down, then the state. answer : what validators are kept of; None keeps none."""
    look = replace(look, reason=redact(look.reason))  # a server may put anything into an address
    add_look(place.folder, look)
    failures = 0 if look.ok else int(state.get("failures", 0)) + 1
    pause = timedelta(hours=source.rhythm_hours) * 2 ** min(max(failures - 1, 0), 10)
    following = look.at + min(pause, max(_LONGEST_PAUSE, timedelta(hours=source.rhythm_hours)))
    asked = None
    if answer is not None and answer.retry_after_s is not None and not look.ok:
        asked = look.at + timedelta(seconds=answer.retry_after_s)
        following = max(following, asked)
    covered = look.covers_to or _moment(state.get("covered_to"))
    fresh: dict[str, Any] = {
        "failures": failures,
        "next_at": following.isoformat(),
        "covered_to": covered.isoformat() if covered else None,
        "asked_to_wait_until": asked.isoformat() if asked else None,
        "feed": source.feed,
    }
    kept = _validators_of(answer) if answer is not None and answer.status == 200 and look.ok else {}
    if look.status == 304:
        kept = {name: state[name] for name in ("etag", "modified") if state.get(name)}
    write_state(place.folder, source.source_id, {**fresh, **kept})
    return look


def _validators(state: dict[str, Any]) -> dict[str, str]:
    names = {"etag": "If-None-Match", "modified": "If-Modified-Since"}
    return {head: str(state[name]) for name, head in names.items() if state.get(name)}


def _validators_of(answer: Fetched) -> dict[str, str]:
    heads = {"etag": answer.headers.get("etag"), "modified": answer.headers.get("last-modified")}
    return {name: value for name, value in heads.items() if value and "\n" not in value and len(value) < 500}


def _moment(text: Any) -> datetime | None:
    try:
        return datetime.fromisoformat(text) if text else None
    except (ValueError, TypeError):
        return None
