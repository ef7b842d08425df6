"""Text tables: encodings, delimiters, broken rows."""

from __future__ import annotations

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kelisim.core.errors import Refused
from kelisim.sources.delimited import read_delimited
from kelisim.sources.encodings import decode

KAZAKH = "аудан,саны\nТүлкібас ауданы,10\nҚазығұрт ауданы,20\nШымкент қаласы,30\n"
RUSSIAN = "район,число\nСарыагашский район,10\nТолебийский район,20\n"
WANTED = ("аудан", "саны")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "kz1048", "ptcp154"])
def test_kazakh_letters_survive_every_offered_encoding(encoding: str) -> None:
    grid = read_delimited(KAZAKH.encode(encoding), "t.csv", WANTED)
    assert grid.header == WANTED
    assert grid.rows[0] == ("Түлкібас ауданы", "10")


def test_russian_text_of_an_old_program_is_read() -> None:
    assert decode(RUSSIAN.encode("cp1251"), "t.csv") == RUSSIAN


@pytest.mark.parametrize("encoding", ["koi8-r", "iso8859-5", "cp866"])
def test_other_cyrillic_encodings_are_refused_and_not_guessed(encoding: str) -> None:
    with pytest.raises(Refused, match="save the file as UTF-8"):
        decode(RUSSIAN.encode(encoding), "t.csv")


@pytest.mark.parametrize("data", [codecs.BOM_UTF8 + b"\xff", codecs.BOM_UTF16_LE + b"a", b"\x98\x98"])
def test_bytes_that_contradict_their_own_mark_are_refused(data: bytes) -> None:
    with pytest.raises(Refused):
        decode(data, "t.csv")


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_delimiter_is_the_one_that_gives_the_wanted_columns(delimiter: str) -> None:
    grid = read_delimited(KAZAKH.replace(",", delimiter).encode(), "t.csv", WANTED)
    assert grid.header == WANTED
    assert len(grid.rows) == 3


def test_decimal_commas_do_not_hide_the_semicolon() -> None:
    grid = read_delimited(b"a;b\n1,5;2,5\n", "t.csv", ("a", "b"))
    assert grid.rows == (("1,5", "2,5"),)


def test_rows_keep_the_line_an_editor_shows() -> None:
    grid = read_delimited(b'a,b\n"one\ntwo",2\n\n3,4\n', "t.csv", ("a", "b"))
    assert grid.lines == (2, 5)
    assert grid.rows[0] == ("one\ntwo", "2")


def test_every_ragged_row_is_named() -> None:
    with pytest.raises(Refused) as caught:
        read_delimited(b"a,b\n1\n2,3\n4,5,6\n", "t.csv", ("a", "b"))
    assert [(fault.file, fault.row) for fault in caught.value.faults] == [("t.csv", 2), ("t.csv", 4)]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty"),
        (b" \n\n", "empty"),
        (b",,\n,,\n", "empty"),
        (codecs.BOM_UTF8, "empty"),
        (b"a,b\n1,\x002\n", "NUL"),
        (b'a,b\n1,"2\n', "cannot be split"),
        (b"a,a\n1,2\n", "two columns"),
    ],
)
def test_broken_files_are_refused_with_a_reason(data: bytes, reason: str) -> None:
    with pytest.raises(Refused, match=reason):
        read_delimited(data, "t.csv", ("a", "b"))


@given(st.binary(max_size=200) | st.text(alphabet='аә,;\t"\n\r\ufeff x\u2028', max_size=60).map(str.encode))
def test_no_bytes_break_the_reader_in_another_way(data: bytes) -> None:
    try:
        grid = read_delimited(data, "t.csv", ("a", "b"))
    except Refused:
        return
    assert all(len(row) == len(grid.header) for row in grid.rows)
    assert list(grid.lines) == sorted(set(grid.lines))
