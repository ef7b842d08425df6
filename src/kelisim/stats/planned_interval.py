"""Interval of a share from interviews in a few places, of which only the share and its base are known.

Without the answers themselves the likeness of answers within a place cannot be measured. It is planned for
instead: the intraclass correlation is an argument, and the result holds only as far as it does.
"""

from __future__ import annotations

from kelisim.core.errors import CountsError, NotDefined

__all__ = ["planned_deff", "planned_interval"]


def planned_deff(n: int, places: int, icc: float) -> float:
    """Design effect of n answers in equal places, 1 + (n / places - 1) ICC, and never below 1 (Kish 1965).

    >>> round(planned_deff(214, 4, 0.05), 2)
    3.62
    """
    return max(1.0, 1 + (n / places - 1) * icc)


def planned_interval(share: float, n: int, places: int, icc: float, level: float) -> tuple[float, float]:
    """Interval of a share if the places were a random draw of places (Korn and Graubard 1998).

    n_eff = n / deff, deff = 1 + (n / places - 1) ICC, df = places - 1,
    n* = n_eff (t(n - 1) / t(df))^2, x = share n*; the ends are quantiles of Beta(x, n* - x + 1) and
    Beta(x + 1, n* - x). With df below 8 this conservative form is the one to take.

    share : in [0, 1]
    Returns: low, high in [0, 1].
    Raises: NotDefined("too_few_places") below two places, NotDefined("too_few_answers") below two answers,
    CountsError for a share, correlation or level that cannot be one.

    >>> [round(x, 3) for x in planned_interval(0.5, 214, 4, 0.0, 0.95)]
    [0.388, 0.612]
    """
    from scipy.stats import beta, t

    if not (0 <= share <= 1 and 0 <= icc < 1 and 0 < level < 1):
        raise CountsError(f"share {share}, correlation {icc} or level {level} is outside its range")
    if places < 2:
        raise NotDefined("too_few_places", "with one place nothing says how much places differ")
    if n < 2:
        raise NotDefined("too_few_answers", "an interval needs two answers at least")
    tail = (1 - level) / 2
    shrink = (t.ppf(1 - tail, n - 1) / t.ppf(1 - tail, places - 1)) ** 2
    star = n / planned_deff(n, places, icc) * min(shrink, 1.0)
    x = share * star
    low = 0.0 if share == 0 else float(beta.ppf(tail, x, star - x + 1))
    high = 1.0 if share == 1 else float(beta.ppf(1 - tail, x + 1, star - x))
    return low, high
