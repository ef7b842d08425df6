"""Any edit, deletion, insertion or exchange of lines is found, and named by its place."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kelisim.core.errors import BrokenChain
from kelisim.forecasting.chain import GENESIS, Head, check_head, head_of, linked, read_chain, seal
from tests.forecasting.ledgers import DAY, at, chain, warning

LINES = chain(*((DAY, warning(f"w{number}")) for number in range(6)))
ROWS = [line.as_bytes()[:-1] for line in LINES]
KEPT = head_of(LINES)


def found(rows: list[bytes]) -> BrokenChain | None:
    try:
        check_head(read_chain(rows), KEPT)
    except BrokenChain as broken:
        return broken
    return None


def test_what_was_written_is_whole() -> None:
    assert read_chain(ROWS) == LINES
    assert found(ROWS) is None


@given(st.data())
def test_any_edited_byte_is_found(data: st.DataObject) -> None:
    index = data.draw(st.integers(0, len(ROWS) - 1))
    place = data.draw(st.integers(0, len(ROWS[index]) - 1))
    byte = data.draw(st.integers(0, 255).filter(lambda b: b not in (ROWS[index][place], 10)))
    edited = bytearray(ROWS[index])
    edited[place] = byte
    broken = found([*ROWS[:index], bytes(edited), *ROWS[index + 1 :]])
    assert broken is not None and broken.line == index + 1 and broken.what == "altered"


@given(st.data())
def test_any_deletion_insertion_or_exchange_is_found(data: st.DataObject) -> None:
    how = data.draw(st.sampled_from(["delete", "repeat", "exchange", "move"]))
    one, other = data.draw(st.lists(st.integers(0, len(ROWS) - 1), min_size=2, max_size=2, unique=True))
    rows = list(ROWS)
    if how == "delete":
        del rows[one]
    elif how == "repeat":
        rows.insert(other, rows[one])
    elif how == "exchange":
        rows[one], rows[other] = rows[other], rows[one]
    else:
        rows.insert(other, rows.pop(one))
    assert found(rows) is not None


@pytest.mark.parametrize(
    ("rows", "line", "what"),
    [
        ([*ROWS[:2], *ROWS[3:]], 3, "missing"),
        ([*ROWS[:2], ROWS[3], ROWS[2], *ROWS[4:]], 3, "reordered"),
        ([*ROWS[:3], ROWS[1], *ROWS[3:]], 4, "repeated"),
        (ROWS[:4], 5, "truncated"),
        ([], 1, "truncated"),
        ([*ROWS[:4], b"", *ROWS[4:]], 5, "altered"),
        ([*ROWS[:4], ROWS[4] + b" ", *ROWS[5:]], 5, "altered"),
    ],
)
def test_the_first_fault_is_named(rows: list[bytes], line: int, what: str) -> None:
    broken = found(rows)
    assert broken is not None
    assert (broken.line, broken.what) == (line, what)


def test_a_line_of_another_ledger_is_foreign() -> None:
    other = linked(Head(2, GENESIS), "warning", {"other": 1}, at(DAY))
    broken = found([*ROWS[:2], other.as_bytes()[:-1], *ROWS[3:]])
    assert broken is not None and (broken.line, broken.what) == (3, "foreign")


def test_a_chain_written_anew_is_found_by_a_kept_head_only() -> None:
    lines = list(LINES[:3])
    for line in LINES[3:]:
        body = dict(line.body) | ({"base_rate": 0.9} if line.seq == 5 else {})
        lines.append(linked(head_of(lines), line.kind, body, line.at))
    rows = [line.as_bytes()[:-1] for line in lines]
    assert read_chain(rows) == tuple(lines)
    broken = found(rows)
    assert broken is not None and broken.what == "rewritten"
    assert seal(head_of(lines), b"key") != seal(KEPT, b"key") != seal(KEPT, b"other key")


@given(st.one_of(st.binary(max_size=200), st.recursive(st.none() | st.text(), st.lists).map(
    lambda value: json.dumps(value).encode())))  # fmt: skip
def test_anything_at_all_is_refused_by_its_line(row: bytes) -> None:
    with pytest.raises(BrokenChain) as caught:
        read_chain([*ROWS, row.replace(b"\n", b"")])
    assert caught.value.line == len(ROWS) + 1


@pytest.mark.parametrize("field", ["seq", "prev", "at", "kind", "body", "hash"])
@pytest.mark.parametrize("value", [None, True, 1.5, -1, "", [], {"a": {}}, "9" * 5000, 10**400])
def test_a_field_of_another_kind_is_refused(field: str, value: object) -> None:
    row = json.dumps({**json.loads(ROWS[0]), field: value}, sort_keys=True, separators=(",", ":")).encode()
    with pytest.raises(BrokenChain) as caught:
        read_chain([row])
    assert caught.value.what == "altered"


def test_deep_nesting_is_refused() -> None:
    with pytest.raises(BrokenChain):
        read_chain([b"[" * 60_000])
