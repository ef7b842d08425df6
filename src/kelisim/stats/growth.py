"""Growth between two printed points. Two points carry no trend, only the change between them."""

from __future__ import annotations

from math import isfinite

from kelisim.core.errors import NotDefined

__all__ = ["absolute_change", "annual_growth_pct", "annual_growth_range_pct", "relative_change_pct"]


def _check_numbers(*numbers: float) -> None:
    if not all(isfinite(number) for number in numbers):
        raise NotDefined("not_printed", "one of the two points is missing")


def absolute_change(earlier: float, later: float) -> float:
    """Change in the unit of the two numbers, later - earlier.

    Raises: NotDefined("not_printed") where a point is missing.

    >>> absolute_change(100, 121)
    21.0
    """
    _check_numbers(earlier, later)
    return float(later - earlier)


def relative_change_pct(earlier: float, later: float) -> float:
    """Change in percent of the earlier number, 100 (later - earlier) / earlier.

    Raises: NotDefined("not_positive") where the earlier number is not positive or the later one negative;
    NotDefined("not_printed") where a point is missing.

    >>> relative_change_pct(100, 121)
    21.0
    """
    _check_numbers(earlier, later)
    if earlier <= 0 or later < 0:
        raise NotDefined("not_positive", "a relative change needs a positive number to start from")
    return float(100.0 * (later - earlier) / earlier)


def annual_growth_pct(earlier: float, later: float, years: float) -> float:
    """Mean annual growth in percent, 100 ((later / earlier)^(1 / years) - 1).

    The constant yearly rate that leads from one point to the other (geometric mean).
    years : between the two reference days, fractions included
    Raises: NotDefined("not_positive"), NotDefined("same_day") where no time lies between the points or they
    stand in the wrong order, NotDefined("not_printed") where a point is missing.

    >>> round(annual_growth_pct(100, 121, 2), 9)
    10.0
    """
    _check_numbers(earlier, later, years)
    if earlier <= 0 or later <= 0:
        raise NotDefined("not_positive", "growth needs two positive numbers")
    if years <= 0:
        raise NotDefined("same_day", "growth needs two different days in order")
    return float(100.0 * ((later / earlier) ** (1.0 / years) - 1.0))


def annual_growth_range_pct(
    earlier: tuple[float, float], later: tuple[float, float], years: tuple[float, float]
) -> tuple[float, float]:
    """Lowest and highest mean annual growth that rounded prints and unknown days leave open, in percent.

    earlier, later : lowest and highest number the print stands for;  years : shortest and longest time
    between
    Raises: as `annual_growth_pct`.

    >>> [round(end, 6) for end in annual_growth_range_pct((100, 100), (121, 121), (1, 2))]
    [10.0, 21.0]
    """
    low = min(annual_growth_pct(earlier[1], later[0], time) for time in years)
    high = max(annual_growth_pct(earlier[0], later[1], time) for time in years)
    return low, high
