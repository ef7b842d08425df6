"""Numbers as printed in Kazakh and Russian tables."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kelisim.sources.numbers import MISSING, parse_number

SPACES = (" ", "\u00a0", "\u2009", "\u202f", "\u2007")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("18 631 779", "18631779"),
        ("1\u00a0200", "1200"),
        ("1\u2009200,5", "1200.5"),
        ("68,51 %", "68.51"),
        ("68.51%", "68.51"),
        ("−0,6", "-0.6"),
        ("-3", "-3"),
        (" 7 ", "7"),
    ],
)
def test_prints_are_read_exactly(text: str, value: str) -> None:
    assert parse_number(text) == Decimal(value)


@pytest.mark.parametrize("text", sorted(MISSING))
def test_dashes_dots_and_nothing_are_missing(text: str) -> None:
    assert parse_number(text) is None


@pytest.mark.parametrize(
    "text",
    ["53,5,1%", "1 20", "12 34 567", "1,234,567", "12%%", "абв", "1e5", "nan", "inf", "١٢", "--1", "1 - 2"],
)
def test_what_is_no_single_plain_number_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not a number"):
        parse_number(text)


@given(st.integers(min_value=0, max_value=10**12), st.sampled_from(SPACES))
def test_any_space_between_thousands_gives_the_same_number(number: int, space: str) -> None:
    assert parse_number(f"{number:,}".replace(",", space)) == number


@given(st.decimals(allow_nan=False, allow_infinity=False, places=2, min_value=-(10**9), max_value=10**9))
def test_decimal_comma_and_point_are_one(number: Decimal) -> None:
    text = format(number, "f")
    assert parse_number(text) == parse_number(text.replace(".", ",")) == number


@given(st.text())
def test_no_text_breaks_the_reader_in_another_way(text: str) -> None:
    try:
        number = parse_number(text)
    except ValueError:
        return
    assert number is None or number.is_finite()
