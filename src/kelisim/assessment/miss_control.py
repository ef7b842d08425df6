"""Yellow by control of misses: the threshold under which at most a declared share of episodes would begin.

Conformal: nothing is assumed of the forecasts. If the next episode is exchangeable with the past ones, its
probability is equally likely to take any rank among theirs, and the k-th smallest of theirs is a threshold
that it undercuts with probability at most k / (n + 1) (Vovk, Gammerman and Shafer 2005). What breaks this is
drift: new areas, new causes, another way of reporting. An episode is judged by the period in which it began,
since a forecast that only follows what has begun already warns of nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor

import numpy as np
from numpy.typing import ArrayLike

from kelisim.core.errors import NotDefined

__all__ = ["MissControl", "control_misses", "episodes_needed"]

_BAND = 0.9


@dataclass(frozen=True, slots=True)
class MissControl:
    """A threshold and what is certified of it.

    threshold : alarm if p >= threshold
    asked : miss rate asked for; law : k / (n + 1), the exact probability of missing the next episode where no
        two probabilities are equal, and an upper bound where some are
    episodes : n; rank : k
    low, high : the long-run rate of this very threshold follows Beta(k, n + 1 - k); its central 90 %. The
        promise holds in the mean over such pasts, and with few episodes a single past may be far off
    """

    threshold: float
    asked: float
    law: float
    episodes: int
    rank: int
    low: float
    high: float


def control_misses(onset_probabilities: ArrayLike, miss: float) -> MissControl:
    """Threshold that misses the next episode with probability at most `miss`.

    threshold = k-th smallest of the n probabilities that had been forecast for the periods in which past
    episodes began, k = floor(miss (n + 1)); alarm if p >= threshold [1]_.
    onset_probabilities : array, shape (episodes,), forecast out of sample
    Raises: ValueError for probabilities outside [0, 1], NotDefined("not_certifiable_yet") with fewer episodes
    than 1 / miss - 1.

    .. [1] Vovk, Gammerman and Shafer (2005), Algorithmic Learning in a Random World.

    >>> found = control_misses([0.2, 0.05, 0.3, 0.4, 0.1, 0.25, 0.5, 0.6, 0.15], miss=0.1)
    >>> found.threshold, found.law, found.episodes
    (0.05, 0.1, 9)
    """
    p = np.sort(np.asarray(onset_probabilities, dtype=np.float64))
    if p.ndim != 1 or not ((p >= 0.0) & (p <= 1.0)).all():
        raise ValueError("probabilities are a list of numbers between 0 and 1")
    needed = episodes_needed(miss)
    if len(p) < needed:
        raise NotDefined(
            "not_certifiable_yet", f"{len(p)} episodes; {needed} are needed for a miss rate of {miss:g}"
        )
    k = floor(_exactly(miss) * (len(p) + 1))
    low, high = _long_run(k, len(p))
    return MissControl(float(p[k - 1]), miss, k / (len(p) + 1), len(p), k, low, high)


def episodes_needed(miss: float) -> int:
    """Fewest past episodes for which a miss rate can be certified: the whole number from 1 / miss - 1 on.

    Raises: ValueError for a rate outside (0, 1).

    >>> episodes_needed(0.1), episodes_needed(0.2), episodes_needed(0.15)
    (9, 4, 6)
    """
    if not 0.0 < miss < 1.0:
        raise ValueError(f"a miss rate lies between 0 and 1, such as 0.1, not at {miss}")
    return ceil(1 / _exactly(miss)) - 1


def _exactly(rate: float) -> Fraction:
    # 0.29 * 100 is 28.999... in floats, and the floor would lose a whole rank: take the decimal as written.
    return Fraction(repr(float(rate)))


def _long_run(k: int, n: int) -> tuple[float, float]:
    from scipy.special import betaincinv

    tail = (1.0 - _BAND) / 2.0
    return float(betaincinv(k, n + 1 - k, tail)), float(betaincinv(k, n + 1 - k, 1.0 - tail))
