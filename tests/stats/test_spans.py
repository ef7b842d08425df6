"""What a print may stand for, and comparisons that stay open."""

from __future__ import annotations

import math
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kelisim.stats.spans import Span, read_span

ends = st.fractions(-100, 100, max_denominator=20)
spans = st.tuples(ends, ends).map(lambda pair: Span(min(pair), max(pair)))
inside = st.fractions(0, 1, max_denominator=10)


@given(spans, spans, inside, inside)
def test_arithmetic_keeps_every_value(a: Span, b: Span, s: Fraction, t: Fraction) -> None:
    x, y = a.low + s * (a.high - a.low), b.low + t * (b.high - b.low)
    for span, value in ((a + b, x + y), (a - b, x - y), (a * b, x * y)):
        assert span.low <= value <= span.high
    if not b.low <= 0 <= b.high:
        assert (a / b).low <= x / y <= (a / b).high
    if (a < b) is not None:
        assert (x < y) == (a < b) or x == y
    if x == y:
        assert a.meets(b) or x in (a.low, a.high)


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("220-240", 220, 240),
        ("4–5", 4, 5),
        ("60000+", 60000, math.inf),
        ("> 3 %", 3, math.inf),
        ("38,1%", Fraction("38.05"), Fraction("38.15")),
        ("2 107,6", Fraction("2107.55"), Fraction("2107.65")),
        ("-35.8", Fraction("-35.85"), Fraction("-35.75")),
    ],
)
def test_prints_are_read(text: str, low: Fraction, high: Fraction) -> None:
    assert read_span(text) == Span(low, high)


@pytest.mark.parametrize("text", ["85:15", "", "53,5,1%", "2020-01..2020-12", "about 5", "240-220"])
def test_what_is_no_number_is_none(text: str) -> None:
    assert read_span(text) is None


def test_rounded_prints_that_only_touch_are_different() -> None:
    a, b = Span.rounded(Fraction(57), 0), Span.rounded(Fraction(58), 0)
    assert not a.meets(b) and (a < b) is True
    assert Span.point(Fraction("57.5")).meets(a) and Span.point(Fraction("57.5")).meets(b)
    with pytest.raises(ZeroDivisionError):
        a / Span(Fraction(-1), Fraction(1))
