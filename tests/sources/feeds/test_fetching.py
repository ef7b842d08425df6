"""One request against a server that misbehaves: limits hold, and the reason is told."""

from __future__ import annotations

import gzip
import socket
import time
import zlib
from collections.abc import Iterator

import pytest

from kelisim.sources.feeds.fetching import Fetched, Limits, fetch
from tests.sources.feeds.stand import Stand, drip, flood, serving

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])
INNER = Limits(deadline_s=5.0, body_bytes=2**20, allow_private=True)


@pytest.fixture(scope="module")
def stand() -> Iterator[Stand]:
    with serving() as made:
        yield made


def ask(stand: Stand, path: str, **changed: float) -> Fetched:
    given = {"deadline_s": 5.0, "body_bytes": 2**20, **changed}
    return fetch(stand.base + path, Limits(**given, allow_private=True))  # type: ignore[arg-type]


def test_a_page_comes_whole(stand: Stand) -> None:
    stand.pages["/a"] = (200, {"ETag": "x"}, "қазақ".encode())
    answer = ask(stand, "/a")
    assert answer.whole and answer.body.decode() == "қазақ" and answer.headers["etag"] == "x"


@pytest.mark.parametrize("packing", ["gzip", "deflate", "bare"])
def test_packed_bodies_are_unpacked(stand: Stand, packing: str) -> None:
    text = "Ауданда шара өтті. ".encode() * 500
    bare = zlib.compressobj(wbits=-15)
    made = {
        "gzip": gzip.compress(text),
        "deflate": zlib.compress(text),
        "bare": bare.compress(text) + bare.flush(),
    }[packing]
    stand.pages[f"/{packing}"] = (200, {"Content-Encoding": packing.replace("bare", "deflate")}, made)
    assert ask(stand, f"/{packing}").body == text


def test_a_bomb_of_gzip_is_cut_at_the_limit(stand: Stand) -> None:
    bomb = gzip.compress(b"\0" * (40 * 2**20), 9)
    stand.pages["/bomb"] = (200, {"Content-Encoding": "gzip"}, bomb)
    answer = ask(stand, "/bomb")
    assert len(answer.body) <= 2**20 and "cut there" in answer.reason and not answer.whole


def test_an_endless_body_is_cut_at_the_limit(stand: Stand) -> None:
    stand.pages["/endless"] = (200, {}, flood)
    answer = ask(stand, "/endless")
    assert len(answer.body) == 2**20 and answer.reason == "it has more than 1 MB and was cut there"


def test_a_dripping_body_meets_the_deadline(stand: Stand) -> None:
    stand.pages["/drip"] = (200, {}, drip)
    start = time.monotonic()
    answer = ask(stand, "/drip", deadline_s=0.4)
    assert time.monotonic() - start < 3 and answer.reason == "no whole answer within 0.4 s"


def test_dripping_heads_meet_the_deadline() -> None:
    import threading

    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            client, _ = server.accept()
            with client:
                client.recv(4096)
                try:
                    client.sendall(b"HTTP/1.1 200 OK\r\n")
                    for k in range(200):
                        client.sendall(f"X-{k}: y\r\n".encode())
                        time.sleep(0.05)
                except OSError:
                    pass

        threading.Thread(target=serve, daemon=True).start()
        start = time.monotonic()
        port = server.getsockname()[1]
        answer = fetch(f"http://127.0.0.1:{port}/", Limits(deadline_s=0.4, allow_private=True))
        assert answer.status == 0 and "within 0.4 s" in answer.reason and time.monotonic() - start < 3


def test_a_body_that_is_cut_off_is_not_whole(stand: Stand) -> None:
    stand.pages["/short"] = (200, {"Content-Length": "1000"}, b"abc")
    assert ask(stand, "/short").reason
    packed = gzip.compress(b"x" * 10_000)
    stand.pages["/short-gzip"] = (200, {"Content-Encoding": "gzip"}, packed[:-20])
    assert not ask(stand, "/short-gzip").whole
    stand.pages["/broken-gzip"] = (200, {"Content-Encoding": "gzip"}, b"no gzip at all")
    assert ask(stand, "/broken-gzip").reason == "its packing is broken"
    stand.pages["/br"] = (200, {"Content-Encoding": "br"}, b"xx")
    assert "not asked for" in ask(stand, "/br").reason


def test_redirects_are_followed_up_to_a_limit(stand: Stand) -> None:
    stand.pages["/r0"] = (301, {"Location": "/a0"}, b"")
    stand.pages["/a0"] = (200, {}, b"here")
    moved = ask(stand, "/r0")
    assert moved.body == b"here" and moved.url.endswith("/a0") and moved.moved_for_good
    stand.pages["/circle"] = (302, {"Location": "/circle2"}, b"")
    stand.pages["/circle2"] = (302, {"Location": "/circle"}, b"")
    assert "circle" in ask(stand, "/circle").reason
    for k in range(9):
        stand.pages[f"/long{k}"] = (302, {"Location": f"/long{k + 1}"}, b"")
    assert "more than 5 redirects" in ask(stand, "/long0").reason
    stand.pages["/file"] = (302, {"Location": "file:///etc/passwd"}, b"")
    assert "no address of the web" in ask(stand, "/file").reason


def test_addresses_inside_the_house_are_refused(stand: Stand) -> None:
    closed = Limits(deadline_s=2.0)
    before = len(stand.asked)
    for url in (
        f"{stand.base}/a",
        "http://127.0.0.1:1/",
        "http://10.0.0.1/",
        "http://[::1]/",
        "http://0.0.0.0/",
    ):
        answer = fetch(url, closed)
        assert answer.status == 0 and "inside this house" in answer.reason, url
    for url in ("http://169.254.169.254/latest", "http://192.168.1.1/", "http://[::ffff:127.0.0.1]/"):
        assert "inside this house" in fetch(url, closed).reason
    assert len(stand.asked) == before


@pytest.mark.parametrize(
    "url", ["ftp://a.kz/", "http:///x", "http://user:pw@a.kz/", "", "http://[", "http://a.kz:x/"]
)
def test_what_is_no_address_is_told(url: str) -> None:
    assert fetch(url, INNER).status == 0 and fetch(url, INNER).reason


def test_a_pause_that_is_asked_for_is_read(stand: Stand) -> None:
    stand.pages["/429"] = (429, {"Retry-After": "120"}, b"")
    assert ask(stand, "/429").retry_after_s == 120
    stand.pages["/503"] = (503, {"Retry-After": "Wed, 21 Oct 2099 07:28:00 GMT"}, b"")
    assert ask(stand, "/503").retry_after_s == 86_400
    stand.pages["/odd"] = (503, {"Retry-After": "soon"}, b"")
    assert ask(stand, "/odd").retry_after_s is None
    stand.pages["/nan"] = (503, {"Retry-After": "nan"}, b"")
    assert ask(stand, "/nan").retry_after_s is None


def test_conditions_do_not_follow_to_another_host(stand: Stand) -> None:
    with serving() as other:
        other.pages["/x"] = (200, {}, b"there")
        stand.pages["/away"] = (302, {"Location": f"{other.base}/x"}, b"")
        fetch(f"{stand.base}/away", INNER, {"If-None-Match": "secret"})
        assert "if-none-match" not in other.asked[0][1]


def test_a_server_that_is_not_there_is_told() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    assert "does not answer" in fetch(f"http://127.0.0.1:{port}/", INNER).reason


def test_cyrillic_paths_are_asked_for(stand: Stand) -> None:
    stand.pages["/%D0%B0"] = (200, {}, b"ok")
    assert ask(stand, "/а").body == b"ok" and ask(stand, "/%D0%B0").body == b"ok"
