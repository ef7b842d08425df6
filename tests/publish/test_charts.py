"""Charts: equal bytes, own ids, no request, Kazakh letters, a cache that survives damage and crowds."""

from __future__ import annotations

import hashlib
import re
import threading
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from kelisim.publish import cache, charts, drawing


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return tmp_path / "kelisim"


def bars() -> dict[str, Any]:
    percent = {("Сайрам", "Өзбектер"): 71.4, ("Сайрам", "Қазақтар"): 28.6}
    return charts.shares("Аудандар", "6-кесте", "%", ["Сайрам"], ["Өзбектер", "Қазақтар"], percent)


def test_two_drawings_have_equal_bytes_and_their_own_ids() -> None:
    first, second = (drawing._svg(bars(), "kk") for _ in range(2))
    assert first == second
    assert drawing._png(bars(), "kk") == drawing._png(bars(), "kk")
    ids = re.findall(r'id="([^"]+)"', first.decode())
    assert len(ids) == len(set(ids)) and all(name.startswith("k") for name in ids)
    assert set(re.findall(r"url\(#([^)]+)\)", first.decode())) <= set(ids)


def test_numbers_follow_the_language_and_no_english_is_left() -> None:
    spec = charts.rates("Жиілік", "Кесте", "жылына", [charts.Rate("Кезең", 0.29, 0.08, 0.73)])
    drawn = drawing._svg(spec, "kk").decode()
    assert "0,2" in drawn and "0.2<" not in drawn
    assert "aria-" not in drawn and " role=" not in drawn
    assert "0.2" in drawing._svg(spec, "en").decode()


def test_an_address_in_a_specification_is_refused() -> None:
    spec = bars() | {"data": {"url": "http://127.0.0.1:9/rows.json"}}
    with pytest.raises(ValueError, match="not allowed"):
        drawing._svg(spec, "kk")


def test_kazakh_letters_are_drawn_and_not_left_as_empty_boxes() -> None:
    def picture(label: str) -> str:
        spec = charts.rates("", "", "", [charts.Rate(label, 1, 0.5, 2)])
        return hashlib.sha256(drawing._png(spec, "kk")).hexdigest()

    assert len({picture(letter) for letter in "ӘҒҚҢӨҰҮҺІ\u0bf5"}) == 10


def test_spans_keep_their_length_and_the_window() -> None:
    window = (date(2007, 1, 1), date(2020, 12, 31))
    spec = charts.spans("", "", [charts.Span("а", date(2017, 1, 1), date(2017, 12, 31), "k")], window)
    assert spec["data"]["values"][0]["last"] == "2017-12-31"
    assert spec["layer"][0]["data"]["values"][0] == {"first": "2007-01-01", "last": "2020-12-31"}


def test_what_is_kept_is_made_once_and_made_again_when_damaged(home: Path) -> None:
    made = []

    def make() -> bytes:
        made.append(1)
        return b"drawing"

    assert cache.kept("svg", "recipe", make) == cache.kept("svg", "recipe", make) == b"drawing"
    assert len(made) == 1
    (path,) = home.glob("svg-*")
    for damaged in (path.read_bytes()[:-1], b"", b"x" * 100):
        path.write_bytes(damaged)
        assert cache.kept("svg", "recipe", make) == b"drawing"
    assert len(made) == 4
    assert cache.kept("svg", "another recipe", lambda: b"other") == b"other"


def test_many_at_once_see_whole_files(home: Path) -> None:
    content = bytes(range(256)) * 400
    seen: list[bytes] = []
    crowd = [
        threading.Thread(target=lambda: seen.append(cache.kept("svg", "crowd", lambda: content)))
        for _ in range(12)
    ]
    for one in crowd:
        one.start()
    for one in crowd:
        one.join()
    assert seen == [content] * 12
    assert [path.name[:4] for path in home.iterdir()] == ["svg-"]


def test_without_a_place_to_keep_everything_is_made_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("")
    monkeypatch.setenv("XDG_CACHE_HOME", str(blocked))
    assert cache.cache_folder() is None
    assert cache.kept("svg", "recipe", lambda: b"made") == b"made"
