"""Average run length of a CUSUM of counts, computed and not simulated: what budgets are held against."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from kelisim.stats.detection.cusum import reference_value

__all__ = ["alarms_per_year", "average_run_length", "exact_power"]

_Floats = NDArray[np.float64]


def average_run_length(
    mean: float,
    reference: float,
    threshold: float,
    *,
    size: float | None,
    states: int,
    head_start: float = 0.0,
) -> float:
    """Months until the CUSUM S <- max(0, S + y - reference) first reaches `threshold`.

    The Markov chain of Brook and Evans (1972) on [0, threshold), cut into about `states` steps of 1 / q
    events, q whole. The reference is rounded to whole steps, so the value is exact where reference and
    threshold are multiples of one step (Lucas 1985), and converges with `states` elsewhere.
    mean : of y; size : k of the negative binomial, None for Poisson; head_start : S at the beginning

    >>> round(average_run_length(1.88, 2.0, 6.0, size=None, states=6), 1)
    37.2
    """
    moves, step = _chain(mean, reference, threshold, size, states)
    lengths = np.linalg.solve(np.eye(len(moves)) - moves, np.ones(len(moves)))
    return float(lengths[min(len(moves) - 1, round(head_start / step))])


def exact_power(
    calm: float, risen: float, factor: float, threshold: float, within: int, *, size: float | None,
    warm_up: int, states: int = 400,
) -> float:  # fmt: skip
    """Chance that the likelihood-ratio CUSUM sounds within so many months of a rise, for known parameters.

    The chain runs `warm_up` months at mean `calm`, starting anew after each alarm, then at mean `risen`
    until its first alarm or the end of the span.
    factor : the rise the chart looks for, not the one that comes

    >>> round(exact_power(0.5, 1.5, 2.0, 1.8, 6, size=None, warm_up=12), 2)
    0.86
    """
    reference, weight = reference_value(calm, factor, size)
    quiet, _ = _chain(calm, reference, threshold / weight, size, states)
    loud, _ = _chain(risen, reference, threshold / weight, size, states)
    at = np.zeros(len(quiet))
    at[0] = 1.0
    for _ in range(warm_up):
        at = at @ quiet
        at[0] += 1.0 - at.sum()
    for _ in range(within):
        at = at @ loud
    return float(1.0 - at.sum())


def alarms_per_year(
    mean: float, factor: float, threshold: float, *, size: float | None, states: int = 400
) -> float:
    """Alarms a year of the likelihood-ratio CUSUM that starts anew after each: 12 / ARL.

    mean : true and supposed monthly mean; factor : the rise it looks for; threshold : h of the CUSUM

    >>> round(alarms_per_year(0.5, 2.0, 1.8, size=None), 2)
    0.21
    """
    reference, weight = reference_value(mean, factor, size)
    return 12.0 / average_run_length(mean, reference, threshold / weight, size=size, states=states)


def _chain(
    mean: float, reference: float, threshold: float, size: float | None, states: int
) -> tuple[_Floats, float]:
    """Chances of moving between the levels below the threshold, and the step between two levels.

    An event is a whole number of steps. Where the threshold is none, it ends on the first step at or above
    it.
    """
    per_event = max(1, round(states / threshold))
    step = 1.0 / per_event
    levels = max(1, int(np.ceil(threshold / step - 1e-9)))
    down = round(reference / step)
    most = (levels + down) // per_event + 1
    chance = _probabilities(mean, size, most)
    moves = np.zeros((levels, levels))
    start = np.arange(levels)
    for y in range(most + 1):
        end = np.maximum(0, start + per_event * y - down)
        inside = end < levels
        np.add.at(moves, (start[inside], end[inside]), chance[y])
    return moves, step


def _probabilities(mean: float, size: float | None, most: int) -> _Floats:
    from scipy.special import gammaln

    y = np.arange(most + 1)
    if size is None:
        return np.asarray(np.exp(y * np.log(mean) - mean - gammaln(y + 1)))
    chance = size / (size + mean)
    ways = gammaln(y + size) - gammaln(size) - gammaln(y + 1)
    return np.asarray(np.exp(ways + size * np.log(chance) + y * np.log1p(-chance)))
