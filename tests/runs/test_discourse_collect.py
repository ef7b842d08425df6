"""Collecting end to end against a server of this machine: from feeds to items behind the door."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
import unicodedata
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest

from kelisim.core.errors import Refused, UnknownName
from kelisim.core.texts import Look
from kelisim.evidence.discourse.coverage import series_with_gaps
from kelisim.runs.discourse_collect import Manners, collect
from kelisim.runs.discourse_coverage import coverage_of
from kelisim.sources.feeds.fetching import Limits
from kelisim.store.looks import add_look, looks_at, read_state
from kelisim.store.texts import TextStore, texts_of
from tests.sources.feeds.stand import Stand, news, rss, serving, watched_study
from tests.store.texts import bytes_below

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])
START = datetime(2024, 6, 3, 6, tzinfo=UTC)


class Clock:
    """A clock that stands until it is moved; whoever sleeps moves it."""

    def __init__(self) -> None:
        self.now = START
        self.slept: list[float] = []

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += timedelta(seconds=seconds)

    def manners(self, **limits: Any) -> Manners:
        return Manners(
            Limits(**{"deadline_s": 5.0, "allow_private": True, **limits}),
            page_pause_s=0.0,
            now=lambda: self.now,
            sleep=self.sleep,
        )


@pytest.fixture
def stand() -> Iterator[Stand]:
    with serving() as made:
        yield made


@pytest.fixture
def clock() -> Clock:
    return Clock()


def row(
    stand: Stand, source: str = "portal-a", path: str = "/rss", pages: str = "no", hours: float = 1
) -> str:
    return f"{source},Портал,portal,{stand.base},{stand.base}{path},kk,,{hours},no,{pages},"


def look(study: Path, clock: Clock, hours: float = 1.0, **limits: Any) -> Look:
    """The next look at the only source, when its time has come."""
    clock.now += timedelta(hours=hours)
    (found,) = collect(study, once=True, manners=clock.manners(**limits))
    return found


def texts(study: Path) -> list[dict[str, Any]]:
    return TextStore(texts_of(study)).read().to_pylist()


def test_new_entries_are_kept_and_known_ones_are_not_kept_again(
    stand: Stand, clock: Clock, tmp_path: Path
) -> None:
    study = watched_study(tmp_path, [row(stand)])
    stand.pages["/rss"] = (200, {}, rss(news(10, now=START)))
    assert (look(study, clock).new, len(texts(study))) == (10, 10)
    stored = bytes_below(texts_of(study))
    assert look(study, clock).new == 0 and bytes_below(texts_of(study)) == stored
    stand.pages["/rss"] = (200, {}, rss(news(14, now=START + timedelta(hours=4))))
    assert look(study, clock).new == 4
    assert {one["kind"] for one in texts(study)} == {"article"} and all(
        one["author_key"] for one in texts(study)
    )
    # Midnight in Almaty is 19:00 UTC of the day before.
    assert {str(one["day"]) for one in texts(study)} == {"2024-06-03"}


def test_a_server_that_says_nothing_changed_is_believed(stand: Stand, clock: Clock, tmp_path: Path) -> None:
    study = watched_study(tmp_path, [row(stand)])

    def answer(heads: dict[str, str]) -> Any:
        if heads.get("if-none-match") == '"v1"':
            return 304, {}, b""
        return (
            200,
            {"ETag": '"v1"', "Last-Modified": "Mon, 03 Jun 2024 05:00:00 GMT"},
            rss(news(3, now=START)),
        )

    stand.pages["/rss"] = answer
    first, second, third = (look(study, clock) for _ in range(3))
    assert first.status == 200 and second.status == third.status == 304 and second.ok
    assert second.covers_from == first.covers_to and third.covers_from == second.covers_to
    asked = [heads for path, heads in stand.asked if path == "/rss"]
    assert asked[2]["if-modified-since"] == "Mon, 03 Jun 2024 05:00:00 GMT"


def test_a_source_is_asked_in_its_own_rhythm(stand: Stand, clock: Clock, tmp_path: Path) -> None:
    study = watched_study(tmp_path, [row(stand), row(stand, "portal-b", "/b", hours=6)])
    stand.pages["/rss"] = stand.pages["/b"] = (200, {}, rss(news(3, now=START)))
    asked = []
    for _ in range(7):
        asked.append(len(collect(study, once=True, manners=clock.manners())))
        clock.now += timedelta(hours=1)
    assert asked == [2, 1, 1, 1, 1, 1, 2]


def test_a_server_that_asks_to_be_left_alone_is(stand: Stand, clock: Clock, tmp_path: Path) -> None:
    study = watched_study(tmp_path, [row(stand)])
    stand.pages["/rss"] = (429, {"Retry-After": "36000"}, b"")
    failed = look(study, clock)
    assert not failed.ok and failed.status == 429 and failed.covers_to is None
    clock.now += timedelta(hours=9)
    assert collect(study, once=True, manners=clock.manners()) == []
    assert collect(study, once=True, only=["portal-a"], manners=clock.manners()) == []
    stand.pages["/rss"] = (200, {}, rss(news(3, now=START)))
    assert look(study, clock, 1.1).ok


def test_failing_sources_are_asked_less_and_less(stand: Stand, clock: Clock, tmp_path: Path) -> None:
    study = watched_study(tmp_path, [row(stand)])
    stand.pages["/rss"] = (503, {}, b"")
    times = []
    while len(times) < 6:
        times += [one.at for one in collect(study, once=True, manners=clock.manners())]
        clock.now += timedelta(hours=0.5)
    gaps = [(b - a) / timedelta(hours=1) for a, b in pairwise(times)]
    assert gaps == [1, 2, 4, 8, 16]
    stand.pages["/rss"] = (200, {}, rss(news(3, now=START)))
    assert look(study, clock, 24).ok and read_state(texts_of(study), "portal-a")["failures"] == 0


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ((200, {}, b"<html><title>Attention required</title></html>"), "a page of HTML"),
        ((200, {}, rss([])), "it holds no entries"),
        ((404, {}, b""), "status 404"),
        ((500, {}, b"x" * 1000), "status 500"),
        ((200, {"Content-Length": "99999"}, rss(news(1))[:70]), ""),
    ],
)
def test_a_look_that_brings_nothing_vouches_for_nothing(
    stand: Stand, clock: Clock, tmp_path: Path, answer: Any, reason: str
) -> None:
    study = watched_study(tmp_path, [row(stand)])
    stand.pages["/rss"] = answer
    found = look(study, clock)
    assert not found.ok and reason in found.reason and found.covers_from is found.covers_to is None


def test_robots_are_respected(stand: Stand, clock: Clock, tmp_path: Path) -> None:
    study = watched_study(tmp_path, [row(stand)])
    stand.pages["/robots.txt"] = (200, {}, b"User-agent: *\nDisallow: /rss\n")
    stand.pages["/rss"] = (200, {}, rss(news(3)))
    assert look(study, clock).reason == "robots.txt forbids this feed"
    stand.pages["/robots.txt"] = (503, {}, b"")
    assert "was not asked" in look(study, clock).reason
    assert stand.paths() == []


def test_an_endless_feed_gives_what_came(stand: Stand, clock: Clock, tmp_path: Path) -> None:
    study = watched_study(tmp_path, [row(stand)])
    start = rss(news(50, now=START))[: -len(b"</channel></rss>")]

    def endless(handler: Any) -> None:
        handler.wfile.write(start)
        for _ in range(100_000):
            handler.wfile.write(b"<item><description>" + b"x" * 8000)

    stand.pages["/rss"] = (200, {}, endless)
    found = look(study, clock, body_bytes=200_000)
    assert found.kept >= 50 and "was cut there" in found.reason
    assert read_state(texts_of(study), "portal-a").get("etag") is None


def test_a_feed_that_ran_on_between_two_looks_leaves_a_gap(
    stand: Stand, clock: Clock, tmp_path: Path
) -> None:
    study = watched_study(tmp_path, [row(stand)])
    stand.pages["/rss"] = (200, {}, rss(news(5, now=START)))
    first = look(study, clock)
    later = START + timedelta(hours=48)
    stand.pages["/rss"] = (200, {}, rss(news(5, start=100, now=later)))
    second = look(study, clock, 48)
    assert first.covers_to is not None and second.covers_from is not None
    assert second.covers_from == later - timedelta(hours=5) > first.covers_to


def test_an_edited_entry_is_a_later_version(stand: Stand, clock: Clock, tmp_path: Path) -> None:
    study = watched_study(tmp_path, [row(stand)])
    entries = news(3, now=START)
    stand.pages["/rss"] = (200, {}, rss(entries))
    look(study, clock)
    entries[0]["text"] = "Түзетілген мәтін"
    stand.pages["/rss"] = (200, {}, rss(entries))
    assert look(study, clock).new == 0
    assert len(texts(study)) == 3 and any("Түзетілген" in one["text"] for one in texts(study))
    assert len(TextStore(texts_of(study)).read(versions=True)) == 4


_SENTENCE = "Аудан тұрғындары {}-ші жиында ауыз су мен жол мәселесін талқылады. Байланыс: 87011234567."
ARTICLE = (
    "<html><head><title>Жаңалық 0</title></head><body><nav>Мәзір</nav><article><h1>Жаңалық 0</h1>"
    + "".join(f"<p>{_SENTENCE.format(k)}</p>" for k in range(8))
    + "</article></body></html>"
)


def test_articles_are_read_from_their_pages(stand: Stand, clock: Clock, tmp_path: Path) -> None:
    study = watched_study(tmp_path, [row(stand, pages="yes")])
    stand.pages["/robots.txt"] = (200, {}, b"User-agent: *\nDisallow: /closed\nCrawl-delay: 7\n")
    entries = news(4, now=START)
    for k, path in enumerate(("/closed/1", "/gone", "/busy", "/a")):
        entries[k]["link"] = stand.base + path
    stand.pages["/rss"] = (200, {}, rss(entries))
    stand.pages["/busy"] = (503, {}, b"")
    stand.pages["/a"] = (200, {"Content-Type": "text/html"}, ARTICLE.encode())
    assert look(study, clock).new == 4
    assert sorted(one["page"] for one in texts(study)) == ["failed", "refused", "refused", "taken"]
    taken = next(one for one in texts(study) if one["page"] == "taken")
    assert "ауыз су" in taken["text"] and "[phone]" in taken["text"] and "Мәзір" not in taken["text"]
    assert taken["url"] == f"{stand.base}/a"
    assert "/closed/1" not in stand.paths() and set(clock.slept) == {7.0}
    # What failed is asked for again, and nothing else.
    before = len(stand.paths())
    stand.pages["/busy"] = (200, {"Content-Type": "text/html"}, ARTICLE.encode())
    look(study, clock)
    assert stand.paths()[before:] == ["/rss", "/busy"]
    assert sorted(one["page"] for one in texts(study)) == ["refused", "refused", "taken", "taken"]


def test_the_watch_begins_and_ends(stand: Stand, clock: Clock, tmp_path: Path) -> None:
    study = watched_study(tmp_path, [row(stand)], first="2024-06-05")
    stand.pages["/rss"] = (200, {}, rss(news(3)))
    assert collect(study, once=True, manners=clock.manners()) == []
    retired = f"portal-b,Портал,portal,,{stand.base}/rss,kk,,1,no,no,2024-06-02"
    study = watched_study(tmp_path / "b", [row(stand), retired])
    assert [one.source_id for one in collect(study, once=True, manners=clock.manners())] == ["portal-a"]


def test_a_standing_collector_goes_round(stand: Stand, clock: Clock, tmp_path: Path) -> None:
    study = watched_study(tmp_path, [row(stand, hours=2)])
    stand.pages["/rss"] = (200, {}, rss(news(3, now=START)))
    seen: list[datetime] = []

    def tell(one: Look, _: Any) -> None:
        seen.append(one.at)
        if len(seen) == 4:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        collect(study, once=False, manners=clock.manners(), tell=tell)
    assert [(b - a) / timedelta(hours=1) for a, b in pairwise(seen)] == [2, 2, 2]


def test_unknown_sources_and_studies_without_a_watch_are_refused(
    stand: Stand, clock: Clock, tmp_path: Path
) -> None:
    study = watched_study(tmp_path, [row(stand)])
    with pytest.raises(UnknownName, match="portal-a"):
        collect(study, once=True, only=["portal-x"], manners=clock.manners())
    (study / "study.yaml").write_text((study / "study.yaml").read_text().partition("discourse:")[0])
    with pytest.raises(Refused, match="does not say what it watches"):
        collect(study, once=True, manners=clock.manners())


def everything(folder: Path) -> Iterator[tuple[Path, str]]:
    """Whatever stands in any file below a folder, as text: bytes, and every value of Parquet."""
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            yield path, path.read_bytes().decode("utf-8", errors="ignore")
            yield path, path.read_bytes().decode("utf-16-le", errors="ignore")
            if path.suffix == ".parquet":
                for values in pq.ParquetFile(path).read().to_pydict().values():
                    yield (
                        path,
                        "\n".join(str(value) for value in values if not isinstance(value, bytes | int)),
                    )


def test_no_raw_id_handle_or_number_stands_in_any_file(stand: Stand, clock: Clock, tmp_path: Path) -> None:
    secrets = [
        "aidana_secret", "tilshi_author", "87015556677", "+7 (701) 555-66-77", "870101300123",
        "870101 300123",
        "serik.k@mail.kz", "4400430123456789", "guid-of-a-person-991",
    ]  # fmt: skip
    told = ", ".join(secrets[2:8])
    entries = [
        {"id": secrets[8], "title": "Хабар", "text": f"@{secrets[0]} {told} [id1|Айдана]",
         "author": secrets[1], "at": START},
        {"id": "2", "title": f"Бос @{secrets[0]}", "at": START, "link": f"{stand.base}/{secrets[4]}"},
        {"id": "3 @aidana_secret 870101300123"},
    ]  # fmt: skip
    study = watched_study(tmp_path, [row(stand)])
    stand.pages["/rss"] = (200, {}, rss(entries))
    assert look(study, clock).aside == 1
    files = list(everything(texts_of(study)))
    assert any("[handle]" in text for _, text in files) and any("aside" in str(path) for path, _ in files)
    for path, text in files:
        plain = "".join(sign for sign in text if unicodedata.category(sign) != "Cf")
        for secret in secrets:
            assert secret not in plain, (path, secret)
        if path.suffix not in (".sqlite",):
            assert not re.search(r"(?<![\d.])\d{12}(?!\d)", plain), path


_COLLECTOR = """
import sys
from pathlib import Path
from kelisim.evidence.discourse.coverage import series_with_gaps
from kelisim.runs.discourse_collect import Manners, collect
from kelisim.runs.discourse_coverage import coverage_of
from kelisim.sources.feeds.fetching import Limits
study = Path(sys.argv[1])
for _ in range(1000):
    manners = Manners(Limits(allow_private=True))
    for look in collect(study, once=True, only=["portal-a", "portal-b"], manners=manners):
        print(look.source_id, look.new, flush=True)
"""


def _killed_collector(study: Path, pause: float) -> int:
    process = subprocess.Popen(
        [sys.executable, "-c", _COLLECTOR, str(study)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    first = process.stdout.readline()
    time.sleep(pause)
    process.send_signal(signal.SIGKILL)
    told = [first, *process.stdout.read().splitlines()]
    process.wait()
    process.stdout.close()
    return sum(int(line.split()[1]) for line in told if len(line.split()) == 2)


@pytest.mark.proof
def test_a_killed_collector_loses_nothing_it_told(stand: Stand, tmp_path: Path) -> None:
    now = datetime.now(UTC)
    study = watched_study(tmp_path, [row(stand), row(stand, "portal-b", "/b")])
    grown = {"/rss": 0, "/b": 0}

    def growing(path: str) -> Any:
        def answer(_: Any) -> Any:
            grown[path] += 3
            return 200, {}, rss(news(grown[path], now=now)[-200:])

        return answer

    for path in grown:
        stand.pages[path] = growing(path)
    told = 0
    for pause in (0.0, 0.3, 0.15, 0.6, 0.05, 0.4):
        told += _killed_collector(study, pause)
        stored = TextStore(texts_of(study)).read(versions=True)
        ids = stored["item_id"].to_pylist()
        assert len(ids) == len(set(ids)) and len(ids) >= told
        assert sum(one.new for one in looks_at(texts_of(study))) >= told
    assert told > 30


def test_what_is_set_aside_stands_once(stand: Stand, clock: Clock, tmp_path: Path) -> None:
    study = watched_study(tmp_path, [row(stand)])
    for k in range(3):
        stand.pages["/rss"] = (200, {}, rss([*news(20 + k, now=START), {"id": "x"}]))
        assert look(study, clock).aside == 1
    (path,) = (texts_of(study) / "aside").iterdir()
    assert len(path.read_text(encoding="utf-8").splitlines()) == 2


def test_a_feed_that_moved_says_where(stand: Stand, clock: Clock, tmp_path: Path) -> None:
    study = watched_study(tmp_path, [row(stand)])
    stand.pages["/rss"] = (301, {"Location": "/new"}, b"")
    stand.pages["/new"] = (200, {}, rss(news(3, now=START)))
    found = look(study, clock)
    assert found.ok and found.reason == f"it moved for good to {stand.base}/new; correct sources.csv"


def test_a_half_written_look_is_passed_over(tmp_path: Path) -> None:
    one = Look(source_id="a", at=START, how="feed", ok=True, read=3, newest=START)
    add_look(tmp_path, one)
    (path,) = (tmp_path / "looks").iterdir()
    with path.open("ab") as file:
        file.write(b'{"source_id": "a", "at": "2024-')
    add_look(tmp_path, one)
    assert list(looks_at(tmp_path)) == [one, one]


def test_losing_the_keys_ends_linkability(stand: Stand, clock: Clock, tmp_path: Path) -> None:
    study = watched_study(tmp_path, [row(stand)])
    stand.pages["/rss"] = (200, {}, rss(news(3, now=START)))
    look(study, clock)
    before = {one["author_key"] for one in texts(study)}
    (key,) = (study / ".kelisim/keys").glob("authors-2024q2")
    assert oct(key.stat().st_mode & 0o777) == "0o600"
    key.unlink()
    stand.pages["/rss"] = (200, {}, rss(news(9, now=START)))
    look(study, clock)
    after = {one["author_key"] for one in texts(study)}
    assert before < after and len(after) == 6  # three authors, and the same three under the new key
    assert os.path.commonpath([key, texts_of(study)]) == str(study / ".kelisim")


@pytest.mark.proof
def test_outages_and_format_changes_are_missing_days_within_a_day(
    stand: Stand, clock: Clock, tmp_path: Path
) -> None:
    """Ten weeks of a portal of about forty articles a day, looked at every six hours."""
    rng = np.random.default_rng(17)
    begin = datetime(2024, 3, 3, 19, tzinfo=UTC)  # midnight in Almaty
    hours = np.sort(rng.uniform(0, 70 * 24, 70 * 40))
    articles = [
        {
            "id": f"n{k}",
            "title": f"Жаңалық {k}",
            "at": (begin + timedelta(hours=float(hour))).replace(microsecond=0),
        }
        for k, hour in enumerate(hours)
    ]
    study = watched_study(tmp_path, [row(stand, hours=6)], first="2024-03-04")

    def answer(_: Any) -> Any:
        day = (clock.now - begin).days
        if day == 60:
            return 503, {}, b""
        feed = rss([one for one in articles if one["at"] <= clock.now][-30:][::-1])
        return 200, {}, feed.replace(b"item>", b"story>") if day == 65 else feed

    stand.pages["/rss"] = answer
    shown: dict[int, str] = {}
    for day in range(70):
        for look_of_day in range(1, 5):
            clock.now = begin + timedelta(days=day, hours=6 * look_of_day, minutes=-1)
            collect(study, once=True, only=["portal-a"], manners=clock.manners())
        if day >= 58:
            shown[day] = coverage_of(study, as_of=clock.now)[-1].status
    # The last look of a day is a minute before its end.
    assert shown[60] == shown[65] == "outage" and set(shown.values()) == {"late", "outage"}
    rows = coverage_of(study, as_of=begin + timedelta(days=71))
    statuses = [one.status for one in rows[:70]]
    assert statuses[60] in ("outage", "partial") and statuses[65] in ("outage", "partial")
    assert all(status == "ok" for k, status in enumerate(statuses) if k not in (0, 60, 61, 65, 66, 69))
    _, values, share = series_with_gaps(rows[:70])
    assert np.isnan(values[[60, 65]]).all() and not (values[~np.isnan(values)] == 0).any() and share > 0.8
