"""Reliability of an area mean: how much of its spread over areas is signal and not the luck of who was asked.

With a share ICC of the variance of answers between areas, the mean of n answers has the reliability of a
test of n parallel items (Spearman 1910, Brown 1910). The function and its inverse, which says how many
interviews buy a wanted reliability.
"""

from __future__ import annotations

from math import ceil

from kelisim.core.errors import CountsError, NotDefined

__all__ = ["interviews_for", "mean_reliability"]


def mean_reliability(n: float, intraclass: float) -> float:
    """Reliability of the mean of n independent answers from one area, n ICC / (1 + (n - 1) ICC).

    n : answers, or effective answers n / deff; 0 gives 0
    intraclass : share of the variance of single answers that lies between areas, in (0, 1)
    Raises: CountsError for n < 0, NotDefined("no_between_share") for an ICC outside (0, 1).

    >>> [round(mean_reliability(n, 0.01), 2) for n in (53, 100, 300, 396)]
    [0.35, 0.5, 0.75, 0.8]
    """
    _check(intraclass)
    if not n >= 0:
        raise CountsError(f"a number of interviews is 0 or more, not {n}")
    return n * intraclass / (1.0 + (n - 1.0) * intraclass) if n else 0.0


def interviews_for(reliability: float, intraclass: float) -> int:
    """Fewest independent answers whose mean has the wanted reliability, R (1 - ICC) / (ICC (1 - R)), rounded
    up.

    Raises: NotDefined("no_between_share"), ValueError for a reliability outside (0, 1).

    >>> [interviews_for(r, 0.01) for r in (0.5, 0.7, 0.8)]
    [99, 231, 396]
    """
    _check(intraclass)
    if not 0 < reliability < 1:
        raise ValueError(f"a reliability lies between 0 and 1, not at {reliability}")
    exact = reliability * (1.0 - intraclass) / (intraclass * (1.0 - reliability))
    # 396.00000000000006 is 396: rounding up must not turn the last binary digit into one more interview.
    return ceil(round(exact, 9))


def _check(intraclass: float) -> None:
    if not 0 < intraclass < 1:
        raise NotDefined(
            "no_between_share", f"the share between areas must lie between 0 and 1, not at {intraclass}"
        )
