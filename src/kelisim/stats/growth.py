"""Growth between two printed points. Two points carry no trend, only the change between them."""

from __future__ import annotations

from kelisim.core.errors import NotDefined

__all__ = ["annual_growth_pct"]


def annual_growth_pct(earlier: float, later: float, years: float) -> float:
    """Mean annual growth in percent, 100 ((later / earlier)^(1 / years) - 1).

    Raises: NotDefined("not_positive") or NotDefined("same_day").

    >>> round(annual_growth_pct(100, 121, 2), 9)
    10.0
    """
    if earlier <= 0 or later <= 0:
        raise NotDefined("not_positive", "growth needs two positive numbers")
    if years <= 0:
        raise NotDefined("same_day", "growth needs two different days in order")
    return float(100.0 * ((later / earlier) ** (1.0 / years) - 1.0))
