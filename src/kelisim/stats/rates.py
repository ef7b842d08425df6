"""Intervals of counts and shares: Poisson rates over an exposure, and binomial proportions."""

from __future__ import annotations

from math import sqrt
from typing import Literal

from kelisim.core.errors import CountsError, NotDefined

__all__ = ["poisson_rate", "proportion_interval"]


def poisson_rate(events: int, exposure: float, level: float) -> tuple[float, float, float]:
    """Rate of events per unit of exposure with the exact interval of a Poisson count (Garwood 1936).

    low = chi2(a/2; 2k) / 2e, high = chi2(1 - a/2; 2k + 2) / 2e with a = 1 - level; low is 0 for no events.
    Coverage is at least `level`.

    Returns: rate, low, high.  Raises: CountsError for a negative count, NotDefined("no_exposure").

    >>> [round(x, 4) for x in poisson_rate(4, 100.0, 0.95)]
    [0.04, 0.0109, 0.1024]
    """
    from scipy.special import chdtri

    if events < 0:
        raise CountsError(f"a number of events cannot be negative: {events}")
    if not exposure > 0:
        raise NotDefined("no_exposure", "there is no time or area over which events could be counted")
    tail = (1.0 - level) / 2.0
    low = 0.0 if events == 0 else float(chdtri(2 * events, 1.0 - tail)) / 2.0
    high = float(chdtri(2 * events + 2, tail)) / 2.0
    return events / exposure, low / exposure, high / exposure


def proportion_interval(
    successes: int, n: int, level: float, method: Literal["wilson", "clopper-pearson"]
) -> tuple[float, float]:
    """Interval of a proportion from n independent answers of equal weight.

    "wilson" (Wilson 1927) for compact intervals, "clopper-pearson" (Clopper and Pearson 1934) where coverage
    must never fall under `level`.

    >>> [round(x, 4) for x in proportion_interval(5, 53, 0.95, "wilson")]
    [0.041, 0.2025]
    """
    from scipy.special import betaincinv, ndtri

    if not 0 <= successes <= n:
        raise CountsError(f"{successes} of {n} is not a proportion")
    if n == 0:
        raise NotDefined("no_answers", "nobody was asked")
    tail = (1.0 - level) / 2.0
    if method == "wilson":
        z = float(ndtri(1.0 - tail))
        p = successes / n
        middle = (p + z * z / (2 * n)) / (1 + z * z / n)
        half = z / (1 + z * z / n) * sqrt(p * (1 - p) / n + z * z / (4 * n * n))
        return max(0.0, middle - half), min(1.0, middle + half)
    low = 0.0 if successes == 0 else float(betaincinv(successes, n - successes + 1, tail))
    high = 1.0 if successes == n else float(betaincinv(successes + 1, n - successes, 1.0 - tail))
    return low, high
