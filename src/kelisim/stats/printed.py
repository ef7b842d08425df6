"""Exact arithmetic of printed numbers: what true values a print allows.

A print with d decimals stands for every value within half a unit of its last digit, both ends included, so
that rounding half up and half to even are all accepted. Everything is done in exact fractions.
"""

from __future__ import annotations

import re
from fractions import Fraction

__all__ = ["agrees", "bounds", "half_unit", "printed_range", "sum_agrees", "sum_slack"]

_NUMBER = r"\d+(?:[ \u00a0\u2009\u202f]\d{3})*(?:[.,]\d+)?"
_RANGE = re.compile(rf"({_NUMBER})\s?[-–—]\s?({_NUMBER})\s?%?", re.ASCII)
_MORE = re.compile(rf"({_NUMBER})\s?\+", re.ASCII)


def half_unit(decimals: int) -> Fraction:
    """Half a unit of the last printed digit.

    decimals : digits after the decimal sign; -3 where a number is printed in round thousands

    >>> half_unit(2), half_unit(-3)
    (Fraction(1, 200), Fraction(500, 1))
    """
    return Fraction(1, 2) / Fraction(10) ** decimals


def bounds(printed: Fraction, decimals: int) -> tuple[Fraction, Fraction]:
    """Lowest and highest value that could have been printed so, both included.

    >>> bounds(Fraction("0.5"), 1)
    (Fraction(9, 20), Fraction(11, 20))
    """
    half = half_unit(decimals)
    return printed - half, printed + half


def agrees(value: Fraction, printed: Fraction, decimals: int) -> bool:
    """Whether `value` could have been printed as `printed` with so many decimals.

    >>> agrees(Fraction(1, 3) * 100, Fraction("33.33"), 2)
    True
    """
    low, high = bounds(printed, decimals)
    return low <= value <= high


def sum_slack(n_parts: int, decimals: int, whole_decimals: int | None) -> Fraction:
    """How far a sum of rounded parts may lie from the whole, n u / 2, and half a unit more if it is rounded.

    u is the unit of the last digit of the parts; `whole_decimals` is None where the whole is exact.

    >>> sum_slack(18, 2, None)
    Fraction(9, 100)
    """
    slack = n_parts * half_unit(decimals)
    return slack if whole_decimals is None else slack + half_unit(whole_decimals)


def sum_agrees(parts: list[Fraction], whole: Fraction, decimals: int, whole_decimals: int | None) -> bool:
    """Whether rounded parts may add up to `whole`.

    Each part may be off by half a unit, and so may the whole unless it is exact (`whole_decimals` None).

    >>> sum_agrees([Fraction("33.3")] * 3, Fraction(100), 1, None)
    True
    >>> sum_agrees([Fraction("33.0")] * 3, Fraction(100), 1, None)
    False
    """
    return abs(sum(parts, Fraction(0)) - whole) <= sum_slack(len(parts), decimals, whole_decimals)


def printed_range(text: str) -> tuple[float, float | None] | None:
    """Ends of a range as printed: "220-240" has both, "2600+" only the lower; None for any other print.

    The ends are what the source wrote, no interval: nothing says how sure anybody was of them.

    >>> printed_range("220–240"), printed_range("2 600+"), printed_range("85:15")
    ((220.0, 240.0), (2600.0, None), None)
    """
    body = text.strip()
    if match := _MORE.fullmatch(body):
        return _plain(match.group(1)), None
    if match := _RANGE.fullmatch(body):
        low, high = _plain(match.group(1)), _plain(match.group(2))
        return (low, high) if low < high else None
    return None


def _plain(number: str) -> float:
    return float(re.sub(r"\s", "", number).replace(",", "."))
