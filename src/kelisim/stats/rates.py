"""Intervals of counts and shares: Poisson rates over an exposure, and binomial proportions.

Both rest on independence: events that do not cause each other, answers that were drawn apart. Where that is
doubtful the interval is too short, and the room that attaches it to a figure says so.
"""

from __future__ import annotations

from collections.abc import Callable
from math import sqrt
from typing import Literal

from kelisim.core.errors import CountsError, NotDefined

__all__ = ["poisson_rate", "proportion_interval"]


def poisson_rate(events: int, exposure: float, level: float) -> tuple[float, float, float]:
    """Rate of events per unit of exposure with the exact interval of a Poisson count (Garwood 1936).

    low = chi2(a/2; 2k) / 2e, high = chi2(1 - a/2; 2k + 2) / 2e with a = 1 - level; no events give low 0,
    and high above 0. Coverage is at least `level`.
    exposure : what the events are counted over, such as years, or areas times years for a rate per area-year

    Returns: rate, low, high.  Raises: CountsError for a negative or fractional count,
    NotDefined("no_exposure"), ValueError for a level that is not between 0 and 1.

    >>> [round(x, 4) for x in poisson_rate(4, 100.0, 0.95)]
    [0.04, 0.0109, 0.1024]
    """
    tail = _tail(level)
    if events < 0 or events != int(events):
        raise CountsError(f"a number of events is a whole number from 0 on, not {events}")
    if not 0 < exposure < float("inf"):
        raise NotDefined("no_exposure", "there is no time or area over which events could be counted")
    low, high = _garwood(int(events), tail)
    return events / exposure, low / exposure, high / exposure


def proportion_interval(
    successes: int, n: int, level: float, method: Literal["wilson", "clopper-pearson"]
) -> tuple[float, float]:
    """Interval of a proportion from n independent answers of equal weight.

    "wilson": the p with |successes / n - p| <= z sqrt(p (1 - p) / n), compact (Wilson 1927);
    "clopper-pearson": quantiles of Beta(x, n - x + 1) and Beta(x + 1, n - x), where coverage must never fall
    under `level` (Clopper and Pearson 1934).

    Returns: low, high, in [0, 1].  Raises: CountsError, NotDefined("no_answers"), ValueError for an unknown
    method or level.

    >>> [round(x, 4) for x in proportion_interval(5, 53, 0.95, "wilson")]
    [0.041, 0.2025]
    """
    tail = _tail(level)
    if method not in _PROPORTION:
        raise ValueError(f"no interval is called '{method}'; take one of {', '.join(_PROPORTION)}")
    if not 0 <= successes <= n or successes != int(successes) or n != int(n):
        raise CountsError(f"{successes} of {n} is not a proportion")
    if n == 0:
        raise NotDefined("no_answers", "nobody was asked")
    return _PROPORTION[method](int(successes), int(n), tail)


def _tail(level: float) -> float:
    if not 0 < level < 1:
        raise ValueError(f"a level lies between 0 and 1, such as 0.95, not at {level}")
    return (1.0 - level) / 2.0


def _garwood(events: int, tail: float) -> tuple[float, float]:
    from scipy.special import chdtri

    low = 0.0 if events == 0 else float(chdtri(2 * events, 1.0 - tail)) / 2.0
    return low, float(chdtri(2 * events + 2, tail)) / 2.0


def _wilson(successes: int, n: int, tail: float) -> tuple[float, float]:
    from scipy.special import ndtri

    z = float(ndtri(1.0 - tail))
    p = successes / n
    middle = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    # At the ends the formula gives exactly 0 and 1; floats miss them by the last binary digit.
    low = 0.0 if successes == 0 else middle - half
    high = 1.0 if successes == n else middle + half
    return low, high


def _clopper_pearson(successes: int, n: int, tail: float) -> tuple[float, float]:
    from scipy.special import betaincinv

    low = 0.0 if successes == 0 else float(betaincinv(successes, n - successes + 1, tail))
    high = 1.0 if successes == n else float(betaincinv(successes + 1, n - successes, 1.0 - tail))
    return low, high


_PROPORTION: dict[str, Callable[[int, int, float], tuple[float, float]]] = {
    "wilson": _wilson,
    "clopper-pearson": _clopper_pearson,
}
