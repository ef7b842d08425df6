"""Files of old programs are read rightly or refused; no bytes lead to anything but a reading or a refusal."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kelisim.core.errors import Refused
from kelisim.sources.delimited import read_delimited
from kelisim.sources.encodings import decode
from kelisim.sources.numbers import parse_number

KAZAKH = "аудан,халық саны\nТүлкібас ауданы,112489\nҚазығұрт ауданы,107528\nТөле би,119003\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "kz1048", "ptcp154"])
def test_kazakh_text_survives(encoding: str) -> None:
    assert decode(KAZAKH.encode(encoding), "file.csv").lstrip("\ufeff") == KAZAKH


def test_russian_cp1251_is_read_and_a_western_code_refused() -> None:
    russian = "район,население\nСарыагашский,190611\n"
    assert decode(russian.encode("cp1251"), "file.csv") == russian
    with pytest.raises(Refused, match="UTF-8"):
        decode("région,numéro\nÎle,5\n".encode("latin-1"), "file.csv")


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_the_delimiter_is_the_one_that_gives_the_columns(delimiter: str) -> None:
    text = delimiter.join(("area", "count")) + "\n" + delimiter.join(("A", "5")) + "\n"
    assert read_delimited(text.encode(), "file.csv", ("area", "count")).rows == (("A", "5"),)


def test_lines_are_those_an_editor_shows() -> None:
    grid = read_delimited(b'a,b\n"x\ny",1\n\nz,2\n', "file.csv", ("a", "b"))
    assert grid.lines == (2, 5)


@pytest.mark.parametrize(
    ("text", "value"),
    [("18 631 779", "18631779"), ("1\u202f234,5", "1234.5"), ("97,5%", "97.5"), ("−35.8", "-35.8")],
)
def test_numbers_as_people_write_them(text: str, value: str) -> None:
    assert parse_number(text) == Decimal(value)


@pytest.mark.parametrize("text", ["53,5,1%", "60000+", "1 23", "4-5", "٣"])
def test_what_is_no_number_is_not_guessed(text: str) -> None:
    with pytest.raises(ValueError, match="not a number"):
        parse_number(text)


@given(st.binary(max_size=400))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    try:
        grid = read_delimited(data, "file.csv", ("area",))
    except Refused as refused:
        assert all(fault.way_out for fault in refused.faults)
    else:
        assert all(len(row) == len(grid.header) for row in grid.rows)


@given(st.text(max_size=30))
def test_any_text_is_a_number_missing_or_an_error(text: str) -> None:
    try:
        value = parse_number(text)
    except ValueError:
        return
    assert value is None or value.is_finite()
