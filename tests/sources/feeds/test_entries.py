"""Feeds in every state: formats, broken ones, wrong codes, times without a zone, bombs."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kelisim.sources.feeds.entries import FeedRead, read_feed
from kelisim.sources.feeds.markup import plain_text
from tests.sources.feeds.stand import atom, news, rss

ZONE = ZoneInfo("Asia/Almaty")
AT = datetime(2024, 5, 1, 6, 30, tzinfo=UTC)


def read(body: bytes, kind: str = "application/rss+xml") -> FeedRead:
    return read_feed(body, {"content-type": kind}, "https://portal.example/rss", ZONE)


def test_rss_and_atom_give_the_same_records() -> None:
    entries = [
        {"id": "1", "title": "Тақырып", "text": "<p>Мәтін</p>", "at": AT, "link": "https://portal.example/1"}
    ]
    for body in (rss(entries), atom(entries)):
        found = read(body)
        assert not found.fault and not found.aside
        (one,) = found.entries
        assert (one.external_id, one.text, one.posted_at) == ("1", "Тақырып\nМәтін", AT)
        assert one.url == "https://portal.example/1" and one.kind == "article"


def test_a_broken_feed_gives_what_stands_before_the_break() -> None:
    whole = rss(news(20))
    for cut in (len(whole) // 2, len(whole) - 20):
        found = read(whole[:cut])
        assert len(found.entries) >= 8 and "broken" in found.fault
    found = read(whole.replace("<title>Жаңалық 7</title>".encode(), "<title>Жаңалық & 7</title>".encode()))
    assert len(found.entries) >= 10


@pytest.mark.parametrize("code", ["utf-8", "cp1251", "utf-16"])
@pytest.mark.parametrize("declared", ["utf-8", "windows-1251", "koi8-r", "no-such-code"])
def test_the_code_is_what_the_letters_say(code: str, declared: str) -> None:
    russian = [
        {
            "id": str(k),
            "title": f"Новости района {k}",
            "text": "Жители села провели собрание о воде",
            "at": AT,
        }
        for k in range(5)
    ]
    found = read(rss(russian, code=code, declared=declared))
    assert found.entries[0].text == "Новости района 0\nЖители села провели собрание о воде"
    if code == "utf-16":
        return  # its own mark says what it is
    assert ("code" in found.fault) == (declared not in (code, f"windows-{code[2:]}"))


def test_kazakh_letters_in_an_undeclared_office_code() -> None:
    kazakh = [
        {
            "id": "1",
            "title": "Түркістан облысының жаңалықтары",
            "text": "Ауыл тұрғындары өз мәселелерін айтты",
            "at": AT,
        }
    ]
    found = read(rss(kazakh, code="kz1048", declared="utf-8"))
    assert found.entries[0].text.startswith("Түркістан облысының")


def test_times_without_a_zone_are_civil_time() -> None:
    def posted(at: str) -> datetime | None:
        return read(rss([{"id": "1", "title": "t", "at": at}])).entries[0].posted_at

    local = datetime(2024, 5, 1, 12, 0, tzinfo=ZONE).astimezone(UTC)
    assert posted("Wed, 01 May 2024 12:00:00") == local
    assert posted("Wed, 01 May 2024 12:00:00 +0500") == datetime(2024, 5, 1, 7, tzinfo=UTC)
    assert posted("Wed, 01 May 2024 12:00:00 GMT") == datetime(2024, 5, 1, 12, tzinfo=UTC)
    assert posted("2024-05-01 12:00:00") == local
    assert posted("Ср, 01 мая 2024 12:00:00 +0500") == local
    assert posted("01 мамыр 2024 12:00") == local
    assert posted("кеше") is None


def test_entries_without_words_are_set_aside_with_a_reason() -> None:
    found = read(
        rss([{"id": "1"}, {"id": "2", "title": "Бар"}, {"text": "Тек мәтін"}, {"id": "2", "title": "Бар"}])
    )
    assert [one.text for one in found.entries] == ["Бар", "Тек мәтін"]
    assert len(found.aside) == 1 and "neither" in found.aside[0].reason
    assert found.entries[1].external_id.startswith("digest:")


@pytest.mark.parametrize("body", [b"", b"<html><body>captcha</body></html>", b"\x00\x01\x02", b"{}", b"<a/>"])
def test_what_is_no_feed_says_so(body: bytes) -> None:
    found = read(body, "text/html")
    assert not found.entries and found.fault


def test_bombs_are_survived() -> None:
    laughs = (
        b'<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY l0 "lol">'
        + b"".join(f'<!ENTITY l{k} "{f"&l{k - 1};" * 10}">'.encode() for k in range(1, 10))
        + b"]><rss version='2.0'><channel><item><title>&l9;</title></item></channel></rss>"
    )
    outside = b"""<?xml version="1.0"?><!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]>
      <rss version="2.0"><channel><item><title>&x; a</title></item></channel></rss>"""
    deep = rss([{"id": "1", "title": "t", "text": "<div>" * 4_000 + "ішкі" + "</div>" * 4_000}])
    start = time.monotonic()
    for body in (laughs, outside, deep):
        found = read(body)
        assert "root:" not in "".join(one.text for one in found.entries)
        assert all(len(one.text) < 100_000 for one in found.entries)
    assert read(deep).entries[0].text == "t\nішкі"
    assert time.monotonic() - start < 30  # seconds, not hours: no speed is proved here
    huge = read(rss([{"id": "1", "title": "t", "text": "а" * 1_100_000}]))
    assert not huge.entries and "characters" in huge.aside[0].reason


def test_a_feed_never_makes_a_request() -> None:
    # The reader of feeds takes a text that looks like an address for one; it is given bytes only.
    for body in (b"https://portal.example/rss", b"/etc/passwd", b"file:///etc/passwd"):
        assert not read(body).entries


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>а</p><p>б</p>", "а\nб"),
        ("а&nbsp;б &lt;в&gt;", "а б <в>"),
        ("<script>x</script>а<style>b</style>", "а"),
        ("а <b>б</b>в", "а бв"),
        ("1 < 2", "1 < 2"),
        ("<!-- x -->а<br/>б", "а\nб"),
    ],
)
def test_markup_becomes_words(html: str, text: str) -> None:
    assert plain_text(html) == text


@given(st.text(alphabet=st.sampled_from("<>/!-&;#x=\"' абpscriptdiv"), max_size=80))
def test_any_markup_becomes_words(html: str) -> None:
    assert isinstance(plain_text(html), str)


_FEEDS = [rss(news(3)), atom([{"id": "1", "title": "т", "at": AT}]), rss(news(2), code="utf-16")]


def _mutated(draw: st.DrawFn) -> bytes:
    body = bytearray(draw(st.sampled_from(_FEEDS)))
    for _ in range(draw(st.integers(1, 6))):
        place = draw(st.integers(0, len(body) - 1))
        kind = draw(st.sampled_from(["cut", "flip", "insert", "repeat"]))
        if kind == "cut":
            del body[place : place + draw(st.integers(1, 60))]
        elif kind == "flip":
            body[place] = draw(st.integers(0, 255))
        elif kind == "insert":
            body[place:place] = draw(st.binary(max_size=8))
        else:
            body[place:place] = body[place : place + 200]
        if not body:
            break
    return bytes(body)


mutated = st.composite(_mutated)


def _holds(body: bytes) -> None:
    found = read(body)
    assert all(one.text and one.external_id for one in found.entries)
    assert found.entries or found.fault or found.aside or found.met == 0


@given(mutated())
@settings(max_examples=60)
def test_any_damage_is_told_and_none_is_fatal(body: bytes) -> None:
    _holds(body)


@pytest.mark.proof
@given(mutated())
@settings(max_examples=2_500)
def test_any_damage_is_told_at_length(body: bytes) -> None:
    _holds(body)


def test_entries_keep_their_hours() -> None:
    now = datetime(2024, 5, 2, tzinfo=UTC)
    found = read(rss(news(5, now=now)))
    assert [one.posted_at for one in found.entries] == [now - timedelta(hours=k) for k in range(1, 6)]
