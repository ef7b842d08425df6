"""Spans: all values that a printed number may stand for, and arithmetic and comparison with them.

"38,1 %" stands for 38.05 to 38.15, "220-240" for itself, "60000+" for 60,000 and more. Arithmetic with spans
keeps every value that the prints allow (interval arithmetic, Moore 1966), so a comparison has three answers:
true for all values, false for all values, or open.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from kelisim.stats.printed import bounds

__all__ = ["Span", "read_span"]

End = Fraction | float  # a fraction, or an infinity

_NUMBER = r"\d{1,3}(?:[ \u00a0\u2009\u202f]\d{3})+(?:[.,]\d+)?|\d+(?:[.,]\d+)?"
_RANGE = re.compile(rf"\s*({_NUMBER})\s*(?:-|–|—|\.\.|…)\s*({_NUMBER})\s*%?\s*", re.ASCII)
_OVER = re.compile(rf"\s*(?:({_NUMBER})\s*%?\s*\+|(?:>|≥)\s*({_NUMBER})\s*%?)\s*", re.ASCII)
_PLAIN = re.compile(rf"\s*([-−]?)({_NUMBER})\s*%?\s*", re.ASCII)


@dataclass(frozen=True, slots=True)
class Span:
    """Values from `low` to `high`, both included; an infinite end means that none is printed.

    >>> a, b = Span.rounded(Fraction(370), 0), Span.point(Fraction(15))
    >>> (a / b).low, (a < b)
    (Fraction(739, 30), False)
    """

    low: End
    high: End

    @classmethod
    def point(cls, value: Fraction) -> Span:
        """One exact value."""
        return cls(value, value)

    @classmethod
    def rounded(cls, value: Fraction, decimals: int) -> Span:
        """Everything that is printed so with that many decimals."""
        return cls(*bounds(value, decimals))

    def __add__(self, other: Span) -> Span:
        return Span(self.low + other.low, self.high + other.high)

    def __neg__(self) -> Span:
        return Span(-self.high, -self.low)

    def __sub__(self, other: Span) -> Span:
        return self + -other

    def __mul__(self, other: Span) -> Span:
        ends = [_times(a, b) for a in (self.low, self.high) for b in (other.low, other.high)]
        return Span(min(ends), max(ends))

    def __truediv__(self, other: Span) -> Span:
        """Raises: ZeroDivisionError where the divisor may be zero."""
        if other.low <= 0 <= other.high:
            raise ZeroDivisionError("the divisor may be zero")
        return self * Span(_inverse(other.high), _inverse(other.low))

    def __lt__(self, other: Span) -> bool | None:
        """True or False where all values agree, None where the prints leave it open."""
        if self.high < other.low or (self.high == other.low and self._wide() and other._wide()):
            return True
        return False if self.low >= other.high else None

    def __le__(self, other: Span) -> bool | None:
        greater = other < self
        return None if greater is None else not greater

    def meets(self, other: Span) -> bool:
        """Whether one value may be both, so that two prints agree; rounded prints that only touch do not."""
        if self._wide() and other._wide():
            return self.low < other.high and other.low < self.high
        return self.low <= other.high and other.low <= self.high

    def _wide(self) -> bool:
        return self.low < self.high


def read_span(text: str) -> Span | None:
    """The values that a print stands for; None where it is no number, range or lower bound.

    A plain number is taken with its decimals; a whole one as rounded to the unit.

    >>> read_span("220-240"), read_span("60000+").low, read_span("85:15")
    (Span(low=Fraction(220, 1), high=Fraction(240, 1)), Fraction(60000, 1), None)
    """
    if match := _RANGE.fullmatch(text):
        low, high = (_number(part)[0] for part in match.groups())
        return Span(low, high) if low <= high else None
    if match := _OVER.fullmatch(text):
        return Span(_number(match.group(1) or match.group(2))[0], math.inf)
    if match := _PLAIN.fullmatch(text):
        value, decimals = _number(match.group(2))
        return Span.rounded(-value if match.group(1) else value, decimals)
    return None


def _number(text: str) -> tuple[Fraction, int]:
    exact = Decimal(re.sub(r"[ \u00a0\u2009\u202f]", "", text).replace(",", "."))
    exponent = exact.as_tuple().exponent
    return Fraction(exact), -exponent if isinstance(exponent, int) else 0


def _times(a: End, b: End) -> End:
    # Nothing times a bound that is not printed is nothing.
    return Fraction(0) if not a or not b else a * b


def _inverse(end: End) -> End:
    return Fraction(0) if math.isinf(end) else 1 / end
