"""Which figure of an area may be shown: by its reliability, and how many interviews would open the others.

Reliability is the share of the true differences between areas that a figure sees, 1 - mse / (variance between
areas). Below the limits a map of such figures is mostly a map of chance.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import ceil, isfinite
from typing import Literal

from kelisim.stats.reliability import interviews_for

__all__ = ["Limits", "Verdict", "judge", "needed_by_icc", "needed_for", "reliability_of"]

Verdict = Literal["publish", "flag", "withheld"]
_MOST = 10_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Least reliability of a figure that is published, and of one that is shown with a flag."""

    publish: float = 0.7
    flag: float = 0.5

    def __post_init__(self) -> None:
        if not 0 < self.flag <= self.publish < 1:
            raise ValueError(f"limits go up from flag {self.flag} to publish {self.publish}, between 0 and 1")


def reliability_of(mse: float, signal: float) -> float:
    """1 - mse / signal, not below 0; 0 where areas do not differ.

    >>> reliability_of(0.25, 1.0)
    0.75
    """
    return max(0.0, 1.0 - mse / signal) if signal > 0 else 0.0


def judge(reliability: float, limits: Limits, *, asked: bool) -> Verdict:
    """Verdict on one figure; where nobody was asked it is never more than a flag.

    >>> judge(0.9, Limits(), asked=False), judge(0.6, Limits(), asked=True), judge(0.2, Limits(), asked=True)
    ('flag', 'flag', 'withheld')
    """
    if reliability < limits.flag:
        return "withheld"
    return "publish" if reliability >= limits.publish and asked else "flag"


def needed_for(reliability_with: Callable[[int], float], wanted: float, *, now: int = 0) -> int | None:
    """Fewest interviews above `now` with the wanted reliability, by halving; None where no number is enough.

    reliability_with : interviews -> reliability, below the wanted one at `now` and rising where it reaches it

    >>> needed_for(lambda n: n / (n + 99), 0.7)
    231
    """
    if not 0 < wanted < 1:
        raise ValueError(f"a reliability lies between 0 and 1, not at {wanted}")
    if reliability_with(_MOST) < wanted:
        return None
    low, high = now, now + 1
    while reliability_with(high) < wanted:
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if reliability_with(middle) >= wanted else (middle, high)
    return high


def needed_by_icc(wanted: float, icc_areas: float, deff: float) -> int | None:
    """Interviews in one area for a mean of the wanted reliability, R / (1 - R) (1 - ICC) / ICC x deff.

    icc_areas : share of the variance of single answers between areas; None is the answer where it is 0

    >>> needed_by_icc(0.8, 0.01, 1.0), needed_by_icc(0.7, 0.01, 2.0), needed_by_icc(0.7, 0.0, 1.0)
    (396, 462, None)
    """
    if not (0 < icc_areas < 1 and isfinite(deff)):
        return None
    return ceil(round(interviews_for(wanted, icc_areas) * deff, 9))
