"""Exports in a bad state: nothing is dropped without a count, and one bad record costs itself alone."""

from __future__ import annotations

import json
import os
import zipfile
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kelisim.core.errors import Refused
from kelisim.core.texts import WatchedSource
from kelisim.sources.door import door
from kelisim.sources.posts.json_stream import BrokenJson, elements
from kelisim.sources.posts.times import moment
from tests.sources.posts.exports import BUILDERS, COLUMNS, TEXTS, WHEN, ZONE, read, table, write, zipped
from tests.sources.test_door import NOW, keys

PLAIN = {"text": "text", "id": "id"}


def test_a_download_that_was_cut_off_gives_what_stands_before_the_cut(tmp_path: Path) -> None:
    whole = write("json", BUILDERS["telegram"][0](200))
    given, aside, _ = read(tmp_path, whole[: len(whole) // 2])
    assert 90 <= len(given) <= 101 and len(aside) == 1
    assert "what follows was not read" in aside[0].reason
    broken = whole.replace(b'"id": 150,', b'"id" 150,')
    given, aside, _ = read(tmp_path, broken)
    assert len(given) == 150 and aside[0].record == 151


def test_lines_in_another_code_are_read_and_broken_ones_set_aside(tmp_path: Path) -> None:
    lines = write("lines", BUILDERS["zeeschuimer"][0](40)).split(b"\n")
    lines[3] = json.dumps(json.loads(lines[3]), ensure_ascii=False).encode("cp1251", errors="replace")
    lines[5] = b'{"data": '
    lines[7] = b"\xff\xfe\x00"
    lines[9] = b"[1, 2]"
    given, aside, export = read(tmp_path, b"\n".join(lines))
    assert export.read == 40 and len(given) + len(aside) == 40
    assert {one.record for one in aside} >= {6, 8, 10}


@pytest.mark.parametrize("code", ["utf-8", "utf-8-sig", "utf-16", "kz1048", "cp1251"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_tables_in_every_code_and_delimiter(code: str, delimiter: str, tmp_path: Path) -> None:
    texts = (
        "Жители района обсудили вопросы воды и дорог"
        if code == "cp1251"
        else "Ауыл тұрғындары өз мәселелерін айтты, су жоқ",
        'Ол "иә" деді;\nсосын кетті' if code != "cp1251" else 'Он сказал "да";\nпотом ушёл',
    )
    rows = [{"id": str(k), "text": f"{texts[k % 2]} {k}"} for k in range(20)]
    given, aside, _ = read(tmp_path, table(rows, delimiter, code), columns=PLAIN)
    assert not aside and [one.text for one in given] == [row["text"] for row in rows]


def test_rows_of_two_codes_in_one_file(tmp_path: Path) -> None:
    rows = [{"id": str(k), "text": f"Ауыл тұрғындары өз мәселелерін айтты {k}"} for k in range(20)]
    lines = table(rows).split(b"\r\n")
    mixed = b"\r\n".join(line if k < 10 else line.decode().encode("kz1048") for k, line in enumerate(lines))
    given, aside, _ = read(tmp_path, mixed, columns=PLAIN)
    assert not aside and [one.text for one in given] == [row["text"] for row in rows]


def test_bad_rows_cost_themselves(tmp_path: Path) -> None:
    data = 'id,text\n1,бір\n2,екі,артық\n3\n4,"ашық\n5,бес\n\n6,алты\n'.encode()
    given, aside, export = read(tmp_path, data, columns=PLAIN)
    assert [one.external_id for one in given] == ["1", "5", "6"]
    assert [one.record for one in aside] == [3, 4, 5] or len(aside) == 3
    assert export.read == 6


def _holds_a_long_text(tmp_path: Path, characters: int) -> None:
    long = "а" * characters
    made = BUILDERS["telegram"][0](6)
    made["messages"][2]["text"] = long
    given, aside, export = read(tmp_path, write("json", made))
    assert export.read == 6 and len(given) == 5
    assert "characters" in aside[0].reason and len(aside[0].text) <= 500
    rows = [{"id": str(k), "text": long if k == 2 else "бар"} for k in range(6)]
    given, aside, _ = read(tmp_path, table(rows), columns=PLAIN)
    assert len(given) == 5 and len(aside) >= 1


def test_a_long_text_is_set_aside_and_the_rest_is_read(tmp_path: Path) -> None:
    _holds_a_long_text(tmp_path, 2**20)


@pytest.mark.proof
def test_a_text_of_fifty_megabytes_is_set_aside_and_the_rest_is_read(tmp_path: Path) -> None:
    _holds_a_long_text(tmp_path, 25 * 2**20)


def test_odd_signs_come_through_unchanged(tmp_path: Path) -> None:
    odd = "Қа\u200bзақ \u202eтілі\u202c 👨‍👩‍👧‍👦 е\u0301 \ufeff\u00ad𐱁 <div>" + "<b>" * 5_000
    given, aside, _ = read(tmp_path, table([{"id": "1", "text": odd}]), columns=PLAIN)
    assert not aside and given[0].text == odd


def test_times_that_are_no_times(tmp_path: Path) -> None:
    rows = [
        {"id": str(k), "text": "т", "at": at} for k, at in enumerate(("", "кеше", "2024-05-01", "05/13/2024"))
    ]
    given, aside, _ = read(tmp_path, table(rows), columns={**PLAIN, "posted_at": "at"})
    assert [one.posted_at is None for one in given] == [True, False] and len(aside) == 2
    made = BUILDERS["vk"][0](3)
    for k, date in enumerate((0, -5, 10**30)):
        made["response"]["items"][k]["date"] = date
    assert [one.posted_at for one in read(tmp_path, write("json", made))[0]] == [None] * 3


@pytest.mark.parametrize(
    ("said", "utc"),
    [
        ("2024-05-01T11:00:00+05:00", "2024-05-01T06:00:00+00:00"),
        ("2024-05-01T06:00:00Z", "2024-05-01T06:00:00+00:00"),
        ("2024-05-01 11:00:00", "2024-05-01T06:00:00+00:00"),
        ("2024-02-01 11:00:00", "2024-02-01T05:00:00+00:00"),  # before the one zone of 1 March 2024
        ("01.05.2024 11:00", "2024-05-01T06:00:00+00:00"),
        (1_714_543_200, "2024-05-01T06:00:00+00:00"),
        (1_714_543_200_000, "2024-05-01T06:00:00+00:00"),
        ("1714543200", "2024-05-01T06:00:00+00:00"),
        ("2024-05-01 06:00:00 UTC", "2024-05-01T06:00:00+00:00"),
    ],
)
def test_times_however_they_are_written(said: Any, utc: str) -> None:
    found = moment(said, ZONE)
    assert found is not None and found.isoformat() == utc


def test_bombs_in_archives_are_refused(tmp_path: Path) -> None:
    bomb = zipped({"posts_1.json": b"[" + b" " * (50 * 2**20) + b"]"})
    with pytest.raises(Refused, match="swell"):
        read(tmp_path, bomb)
    made = bytearray(zipped({"posts_1.json": write("json", BUILDERS["instagram"][0](300))}))
    made[len(made) // 2] ^= 0xFF
    _, aside, _ = read(tmp_path, bytes(made))
    assert aside and any("damaged" in one.reason for one in aside)
    with pytest.raises(Refused, match="damaged"):
        read(tmp_path, b"PK\x03\x04 no archive")


@pytest.mark.proof
def test_an_archive_of_too_many_files_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused, match=r"files and"):
        read(tmp_path, zipped({f"{k}.txt": b"" for k in range(20_001)}))


def test_a_locked_archive_is_refused(tmp_path: Path) -> None:
    made = bytearray(zipped({"posts_1.json": b"[]"}))
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        made[made.index(mark) + place] |= 1
    with pytest.raises(Refused, match="password"):
        read(tmp_path, bytes(made))


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "the file is empty"),
        (b"<!DOCTYPE html><html>x</html>", "HTML form"),
        (b"{}", "layout is none"),
        (b'{"a": [1, 2, 3]}', "layout is none"),
        (b"hello world", "layout is none"),
        (b"\x00\x01\x02\x03", "layout is none"),
        (b"a,b\n1,2\n", "layout is none"),
    ],
)
def test_what_is_no_export_says_so(data: bytes, reason: str, tmp_path: Path) -> None:
    with pytest.raises(Refused, match=reason):
        read(tmp_path, data)


def test_a_column_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(Refused, match=r"message: there is no such column"):
        read(tmp_path, table([{"id": "1", "text": "x"}]), columns={"text": "message"})


def test_a_pipe_is_no_export(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    from kelisim.sources.posts.export import Export, ReadAs

    with pytest.raises(Refused, match="not a plain file"):
        list(Export(tmp_path / "pipe", ReadAs(ZONE)))


def test_deep_nesting_is_survived(tmp_path: Path) -> None:
    deep = b'{"messages": [' + b'{"a":' * 100_000 + b"1" + b"}" * 100_000 + b"]}"
    with pytest.raises(Refused):
        read(tmp_path, deep)
    lines = write("lines", BUILDERS["zeeschuimer"][0](3)) + b"\n" + b"[" * 100_000
    given, aside, _ = read(tmp_path, lines)
    assert len(given) == 3 and len(aside) == 1


_JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**20), 10**20)
    | st.floats(allow_nan=False)
    | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=8,
)


@given(
    st.lists(_JSON, max_size=6),
    st.dictionaries(st.sampled_from("abc"), _JSON, max_size=2),
    st.integers(1, 40),
)
def test_streamed_elements_are_those_of_the_whole(
    records: list[Any], beside: dict[str, Any], step: int
) -> None:
    class Slow(BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            return super().read(step)

    whole = {**beside, "messages": records, "z": [{"messages": records}]}
    data = json.dumps(whole).encode()
    found = [element for _, element in elements(Slow(data), ("messages",))]
    assert found == [*records, *records]


@given(st.binary(max_size=60), st.integers(0, 200))
def test_any_bytes_end_the_stream_in_order(tail: bytes, cut: int) -> None:
    data = json.dumps({"messages": [{"id": k} for k in range(8)]}).encode()[:cut] + tail
    found = []
    try:
        for _, element in elements(BytesIO(data), ("messages",)):
            found.append(element)
    except BrokenJson as broken:
        assert broken.record == len(found)


def _damaged(draw: st.DrawFn) -> tuple[str, bytes]:
    name = draw(st.sampled_from([*BUILDERS, "zip"]))
    build, kind = BUILDERS[name if name != "zip" else "instagram"]
    made = build(4)
    if draw(st.booleans()) and kind != "csv":
        _change(draw, made)
    body = bytearray(write(kind, made))
    for _ in range(draw(st.integers(0, 4))):
        place = draw(st.integers(0, max(len(body) - 1, 0)))
        if draw(st.booleans()):
            del body[place : place + draw(st.integers(1, 40))]
        else:
            body[place:place] = draw(st.binary(max_size=6))
    data = zipped({"posts_1.json": bytes(body)}) if name == "zip" else bytes(body)
    return name, data


def _change(draw: st.DrawFn, made: Any) -> None:
    """Put anything in place of one value somewhere in the tree."""
    for _ in range(draw(st.integers(1, 5))):
        here = made
        while isinstance(here, dict | list) and here:
            key = draw(st.sampled_from(sorted(here) if isinstance(here, dict) else range(len(here))))
            if not isinstance(here[key], dict | list) or draw(st.integers(0, 3)) == 0:
                here[key] = draw(_JSON)
                break
            here = here[key]


damaged = st.composite(_damaged)


def _accounted(folder: Path, name: str, data: bytes) -> None:
    try:
        given, aside, export = read(folder, data, columns=COLUMNS if name == "plain" else {})
    except Refused as refused:
        assert refused.faults
        return
    assert export.read <= len(given) + len(aside) + sum(export.passed.values())
    source = WatchedSource("a", "A", "vk", "", "", "kk", None, 1.0, False)
    for one in given:
        door(one, source, keys(), ZONE, NOW).text.encode()
    for one in aside:
        assert one.reason and isinstance(one.text, str)


@given(damaged())
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_any_damage_is_accounted_for(tmp_path: Path, case: tuple[str, bytes]) -> None:
    _accounted(tmp_path, *case)


@pytest.mark.proof
@given(damaged())
@settings(
    max_examples=2_500, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
def test_any_damage_is_accounted_for_at_length(tmp_path: Path, case: tuple[str, bytes]) -> None:
    _accounted(tmp_path, *case)


def test_zip_members_that_lie_about_their_size(tmp_path: Path) -> None:
    made = bytearray(zipped({"posts_1.json": write("json", BUILDERS["instagram"][0](50))}))
    place = made.index(b"PK\x01\x02") + 24
    made[place : place + 4] = (10).to_bytes(4, "little")
    given, aside, _ = read(tmp_path, bytes(made))
    assert len(given) < 50 and aside
    assert zipfile.is_zipfile(BytesIO(bytes(made)))


def test_texts_are_what_was_written(tmp_path: Path) -> None:
    assert [one.text for one in read(tmp_path, write("json", BUILDERS["vk"][0](3)))[0]] == list(TEXTS)
    assert WHEN
