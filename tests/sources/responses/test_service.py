"""Services of KoboToolbox and ODK Central, against a stand-in on this machine that misbehaves."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from kelisim.core.answers import joined
from kelisim.core.errors import Refused
from kelisim.core.questionnaire import Item, Option, Questionnaire
from kelisim.sources.responses.reading import How, Reading
from kelisim.sources.responses.service import Patience, open_service, token_from
from tests.sources.responses.layouts import KEY

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])
FORM = Questionnaire(
    "f",
    {"en": "f"},
    ("en",),
    (
        Item("Q1", "single", {"en": "Yes?"}, options=(Option("1", {"en": "yes"}), Option("2", {"en": "no"}))),
        Item(
            "Q2", "multiple", {"en": "Which?"}, options=(Option("a", {"en": "A"}), Option("b", {"en": "B"}))
        ),
    ),
    "1",
)
PEOPLE = [{"_id": k, "_uuid": f"u{k}", "g/Q1": str(1 + k % 2), "Q2": "a b"} for k in range(25)]
TOKEN = "secret-token-7"
Answer = tuple[int, dict[str, str], bytes]


class Stand:
    """A service whose answer to each request is a function; it remembers what it was asked."""

    def __init__(self, answer: Callable[[Stand, str, Any], Answer]) -> None:
        self.asked: list[tuple[str, str | None]] = []
        stand = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                stand.asked.append((self.path, self.headers.get("Authorization")))
                code, headers, body = answer(stand, self.path, self)
                self.send_response(code)
                for name, value in {"Content-Length": str(len(body)), **headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *words: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        # A client that stopped waiting is no news.
        self.server.handle_error = lambda *words: None  # type: ignore[method-assign]
        self.base = f"http://127.0.0.1:{self.server.server_address[1]}"
        self.kobo = f"{self.base}/api/v2/assets/aUID/data/"
        self.central = f"{self.base}/v1/projects/1/forms/f.svc/Submissions"
        threading.Thread(
            target=self.server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True
        ).start()


@pytest.fixture
def stands() -> Iterator[Callable[[Callable[..., Answer]], Stand]]:
    made: list[Stand] = []

    def stand(answer: Callable[..., Answer]) -> Stand:
        made.append(Stand(answer))
        return made[-1]

    yield stand
    for one in made:
        one.server.shutdown()
        one.server.server_close()


def page(stand: Stand, path: str, size: int = 10) -> bytes:
    """Pages of Kobo: the next one is named with its whole address."""
    start = int(dict(p.split("=") for p in path.partition("?")[2].split("&")).get("start", 0))
    more = (
        f"{stand.kobo}?format=json&limit={size}&start={start + size}" if start + size < len(PEOPLE) else None
    )
    return json.dumps({"count": len(PEOPLE), "next": more, "results": PEOPLE[start : start + size]}).encode()


def calm(stand: Stand, path: str, _: Any) -> Answer:
    return 200, {}, page(stand, path)


def take(url: str, *, token: str = "", tries: int = 4, timeout: float = 5.0) -> tuple[Any, list[float]]:
    waited: list[float] = []
    patience = Patience(tries=tries, timeout=timeout, sleep=waited.append)
    return joined(list(Reading(FORM, open_service(url, token, patience), KEY, How()))), waited


def test_pages_are_followed_to_the_end(stands: Any) -> None:
    stand = stands(calm)
    answers, waited = take(stand.kobo, token=TOKEN)
    assert len(answers) == 25 and list(answers.data["Q1"]) == [p["g/Q1"] for p in PEOPLE]
    assert len(stand.asked) == 3 and not waited
    assert {head for _, head in stand.asked} == {f"Token {TOKEN}"}


def test_odata_of_central_in_pages_with_nested_groups(stands: Any) -> None:
    def answer(stand: Stand, path: str, _: Any) -> Answer:
        skip = 20 if "skiptoken" in path else 0
        people = [
            {"__id": f"uuid:u{k}", "__system": {"submitterName": "x"}, "g": {"Q1": p["g/Q1"]}, "Q2": "a b"}
            for k, p in enumerate(PEOPLE)
        ][skip : skip + 20]
        body: dict[str, Any] = {"value": people, "@odata.count": 25}
        if not skip:
            body["@odata.nextLink"] = f"{stand.central}?%24skiptoken=01"
        return 200, {}, json.dumps(body).encode()

    stand = stands(answer)
    central, _ = take(stand.central, token=TOKEN)
    kobo, _ = take(stands(calm).kobo)
    assert list(central.records) == list(kobo.records)
    assert stand.asked[0][1] == f"Bearer {TOKEN}" and "$top=1000" in stand.asked[0][0]


def test_a_busy_service_is_asked_again_with_growing_pauses(stands: Any) -> None:
    def answer(stand: Stand, path: str, _: Any) -> Answer:
        tried = len(stand.asked)
        if tried <= 3:
            return (429, {"Retry-After": "7"}, b"") if tried == 2 else (503, {}, b"down")
        return calm(stand, path, None)

    answers, waited = take(stands(answer).kobo)
    assert len(answers) == 25 and waited == [1.0, 7.0, 4.0]


def test_a_page_that_was_cut_off_is_asked_for_again(stands: Any) -> None:
    def answer(stand: Stand, path: str, _: Any) -> Answer:
        body = page(stand, path)
        if len(stand.asked) == 1:
            return 200, {}, body[: len(body) // 2]
        if len(stand.asked) == 2:  # promises more than it sends
            return 200, {"Content-Length": str(len(body)), "Connection": "close"}, body[:50]
        return 200, {}, body

    def closing(stand: Stand, path: str, handler: Any) -> Answer:
        handler.close_connection = True
        return answer(stand, path, handler)

    answers, waited = take(stands(closing).kobo)
    assert len(answers) == 25 and len(waited) == 2


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b'{"results": [{"Q1": "1"}', "cut off"),
        (b"", "the file is empty"),
        (b"<html>login</html>", "no JSON"),
        (b'{"detail": "x"}', "no list of submissions"),
        (b'{"results": "none"}', "no list of submissions"),
        (b'"text"', "no list of submissions"),
        (b"[" * 100_000, "nested too deep"),
    ],
)
def test_a_page_that_stays_wrong_is_refused(stands: Any, body: bytes, reason: str) -> None:
    stand = stands(lambda *_: (200, {}, body))
    with pytest.raises(Refused, match=reason):
        take(stand.kobo)
    assert len(stand.asked) == 4


@pytest.mark.parametrize("code", [401, 403, 404])
def test_a_refusal_of_the_service_is_told_at_once_and_without_the_token(stands: Any, code: int) -> None:
    stand = stands(lambda *_: (code, {}, TOKEN.encode()))
    with pytest.raises(Refused, match=f"status {code}") as refused:
        take(stand.kobo, token=TOKEN)
    assert len(stand.asked) == 1 and TOKEN not in str(refused.value)


def test_a_service_that_does_not_answer_is_not_waited_for_without_end(stands: Any) -> None:
    gate = threading.Event()

    def answer(*_: Any) -> Answer:
        gate.wait(5)
        return 200, {}, b"[]"

    stand = stands(answer)
    with pytest.raises(Refused, match="does not answer"):
        take(stand.kobo, tries=2, timeout=0.1)
    gate.set()
    assert len(stand.asked) == 2


def test_nobody_listens() -> None:
    with pytest.raises(Refused, match="does not answer"):
        take("http://127.0.0.1:9/api/v2/assets/x/data/", tries=2)


def test_the_token_goes_to_no_other_host(stands: Any) -> None:
    other = stands(calm)
    next_page = {"next": other.kobo, "results": PEOPLE[:1]}
    stand = stands(lambda *_: (200, {}, json.dumps(next_page).encode()))
    with pytest.raises(Refused, match="another host"):
        take(stand.kobo, token=TOKEN)
    assert not other.asked
    sent_on = stands(lambda *_: (302, {"Location": other.kobo + "?start=20"}, b""))
    with pytest.raises(Refused):
        take(sent_on.kobo, token=TOKEN, tries=1)
    assert sent_on.asked[0][1] == f"Token {TOKEN}" and {head for _, head in other.asked} <= {None}


def test_pages_in_a_circle_and_pages_that_are_missing(stands: Any) -> None:
    circle = stands(
        lambda s, p, _: (200, {}, json.dumps({"next": s.kobo + "?start=5", "results": []}).encode())
    )
    with pytest.raises(Refused, match="in a circle"):
        take(circle.kobo)
    short = stands(lambda *_: (200, {}, json.dumps({"count": 30, "next": None, "results": PEOPLE}).encode()))
    with pytest.raises(Refused, match="speaks of 30 submissions and gave 25"):
        take(short.kobo)


def test_what_is_no_submission_costs_itself_only(stands: Any) -> None:
    odd = [
        PEOPLE[0],
        "text",
        None,
        {"_uuid": "x", "g": {"Q1": {"a": 1}}},
        {"_uuid": "y", "g/Q1": [1], "Q2": 5},
    ]
    stand = stands(lambda *_: (200, {}, json.dumps(odd).encode()))
    answers, _ = take(stand.kobo)
    assert list(answers.data["Q1"]) == ["1", "1"]
    assert [one.code for one in answers.set_aside] == [
        "row_broken",
        "row_broken",
        "row_empty",
        "unknown_option",
    ]


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("https://u:p@kf.example.org/api/v2/assets/x/data/", "holds a name or password"),
        ("http://kf.example.org/api/v2/assets/x/data/", "a connection that others can read"),
        ("https://kf.example.org/", "no address of submissions"),
        ("https:///api/v2/assets/x/data/", "no address of a service"),
        ("https://[::1/api/v2/assets/", "cannot be read"),
    ],
)
def test_addresses_that_are_not_used(url: str, reason: str) -> None:
    with pytest.raises(Refused, match=reason):
        open_service(url, TOKEN)


def test_the_token_comes_from_a_file_or_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KELISIM_TOKEN", " abc \n")
    assert token_from(None) == "abc"
    (tmp_path / "token").write_text("def\n")
    assert token_from(tmp_path / "token") == "def"
    (tmp_path / "two").write_text("def ghi\n")
    with pytest.raises(Refused, match="more than a token") as refused:
        token_from(tmp_path / "two")
    assert "ghi" not in str(refused.value)
