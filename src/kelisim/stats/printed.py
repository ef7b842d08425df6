"""Exact arithmetic of printed numbers: what true values a print allows.

A print with d decimals stands for every value within half a unit of its last digit, both ends included, so
that rounding half up and half to even are all accepted. Everything is done in exact fractions.
"""

from __future__ import annotations

from fractions import Fraction

__all__ = ["agrees", "half_unit", "sum_agrees"]


def half_unit(decimals: int) -> Fraction:
    """Half a unit of the last printed digit.

    >>> half_unit(2)
    Fraction(1, 200)
    """
    return Fraction(1, 2 * 10**decimals)


def agrees(value: Fraction, printed: Fraction, decimals: int) -> bool:
    """Whether `value` could have been printed as `printed` with so many decimals.

    >>> agrees(Fraction(1, 3) * 100, Fraction("33.33"), 2)
    True
    """
    return abs(value - printed) <= half_unit(decimals)


def sum_agrees(parts: list[Fraction], whole: Fraction, decimals: int, whole_decimals: int | None) -> bool:
    """Whether rounded parts may add up to `whole`.

    Each part may be off by half a unit, and so may the whole unless it is exact (`whole_decimals` None).

    >>> sum_agrees([Fraction("33.3")] * 3, Fraction(100), 1, None)
    True
    >>> sum_agrees([Fraction("33.0")] * 3, Fraction(100), 1, None)
    False
    """
    slack = len(parts) * half_unit(decimals)
    if whole_decimals is not None:
        slack += half_unit(whole_decimals)
    return abs(sum(parts, Fraction(0)) - whole) <= slack
