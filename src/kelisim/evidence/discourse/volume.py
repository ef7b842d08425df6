"""How many texts a day should have brought, and whether what came is too little to be chance.

The expectation of a day is the mean of the middle six of its last eight same weekdays that count; days that
were flagged do not count later. Texts per day are negative binomial: their scatter is taken from the last
eight weeks, weekday by weekday, and the mean's own doubt is added to it. A day is flagged where no more than
one in a thousand days would bring so little. Days that should bring fewer than thirty texts are judged by
their sum as well, over as many days as bring thirty together, up to two weeks; what is too small even for
that only the collector's heartbeat can tell.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["Volumes", "lower_tail", "negative_binomial_interval", "volumes"]

Floats = NDArray[np.float64]
_WEEKS, _FEWEST_WEEKS, _BACK = 8, 4, 16
_FLAG = 0.001
_ENOUGH = 30.0
_LONGEST_SUM = 14


@dataclass(frozen=True, eq=False)
class Volumes:
    """Expectations of series by days, all of shape (series, days).

    expected : mean, nan where too few weeks count; variance : of one day around it, doubt of the mean
        included
    flagged : too few texts, alone or as the last day of a sum; summed_days : days of the sum that was judged,
        1 for the day alone, 0 where nothing could be judged
    """

    expected: Floats
    variance: Floats
    flagged: NDArray[np.bool_]
    summed_days: NDArray[np.int64]


def lower_tail(count: Any, mean: Any, variance: Any) -> Floats:
    """P(N <= count) for N negative binomial with this mean and variance; Poisson where variance <= mean.

    With r = mean^2 / (variance - mean) the probability is the regularised incomplete beta function
    I_p(r, count + 1), p = r / (r + mean).

    count, mean, variance : arrays that can be broadcast.  Returns: probabilities; nan where the mean is nan.

    >>> bool(abs(lower_tail(0, 3.0, 3.0) - np.exp(-3)) < 1e-9)
    True
    """
    from scipy.special import betainc, gammaincc

    count, mean, variance = (np.asarray(x, dtype=np.float64) for x in (count, mean, variance))
    with np.errstate(invalid="ignore", divide="ignore"):
        over = variance - mean > 1e-9 * np.maximum(mean, 1e-12)
        size = np.where(over, mean**2 / np.where(over, variance - mean, 1.0), 1.0)
        negative_binomial = betainc(np.maximum(size, 1e-12), count + 1, size / (size + mean))
        poisson = gammaincc(count + 1, np.maximum(mean, 0.0))
    found = np.where(mean > 0, np.where(over, negative_binomial, poisson), 1.0)
    return np.where(np.isnan(mean), np.nan, found)


def negative_binomial_interval(mean: Any, variance: Any, level: float) -> tuple[Floats, Floats]:
    """Smallest whole numbers with lower tails of at least (1 - level) / 2 and (1 + level) / 2.

    mean, variance : as for `lower_tail`.  Returns: lower and upper ends; nan where the mean is nan.

    >>> [int(end) for end in negative_binomial_interval(30.0, 45.0, 0.95)]
    [18, 44]
    """
    mean, variance = np.broadcast_arrays(
        np.asarray(mean, dtype=np.float64), np.asarray(variance, dtype=np.float64)
    )
    lower, upper = (_quantile(mean, variance, tail) for tail in ((1 - level) / 2, (1 + level) / 2))
    return lower, upper


def _quantile(mean: Floats, variance: Floats, tail: float) -> Floats:
    known = ~np.isnan(mean)
    m, v = mean[known], variance[known]
    low, high = np.full(m.shape, -1.0), np.maximum(1.0, np.ceil(m + 4 * np.sqrt(v)))
    while (short := lower_tail(high, m, v) < tail).any():
        low, high = np.where(short, high, low), np.where(short, 2 * high, high)
    while (high - low > 1).any():
        middle = np.floor((low + high) / 2)
        short = lower_tail(middle, m, v) < tail
        # Where the ends have met, the middle is the lower one and nothing moves.
        low, high = np.where(short, middle, low), np.where(short | (high - low <= 1), high, middle)
    found = np.full(mean.shape, np.nan)
    found[known] = high
    return found


def volumes(counts: NDArray[np.int64], usable: NDArray[np.bool_]) -> Volumes:
    """Expectation of every day from the days before it, and which days brought too little.

    counts : texts, shape (series, days), days without a gap; usable : days that the collector vouches for
    Flagged days are not used for later expectations.
    """
    got = np.asarray(counts, dtype=np.float64)
    series, days = got.shape
    used = np.array(usable, dtype=bool)
    expected, variance = np.full((series, days), np.nan), np.full((series, days), np.nan)
    flagged = np.zeros((series, days), dtype=bool)
    summed = np.zeros((series, days), dtype=np.int64)
    for day in range(days):
        expected[:, day], variance[:, day] = _expectation(got, used, day)
        low, length = _too_few(got, used, expected, variance, day)
        summed[:, day] = length
        flagged[:, day] = low
        used[:, day] &= ~low
        # A sum that is too small takes its empty days with it: they would teach later days that empty is
        # usual.
        for row in np.flatnonzero(low & (length > 1)):
            window = slice(day - int(length[row]) + 1, day + 1)
            used[row, window] &= got[row, window] > 0
    return Volumes(expected, variance, flagged, summed)


def _expectation(counts: Floats, used: NDArray[np.bool_], day: int) -> tuple[Floats, Floats]:
    series = len(counts)
    back = np.arange(day - 7, max(day - 7 * _BACK, 0) - 1, -7)
    if len(back) < _FEWEST_WEEKS:
        return np.full(series, np.nan), np.full(series, np.nan)
    fits = used[:, back]
    fits &= np.cumsum(fits, axis=1) <= _WEEKS
    number = fits.sum(axis=1)
    values = np.sort(np.where(fits, counts[:, back], np.inf), axis=1)
    place = np.arange(len(back))
    trimmed = number > _FEWEST_WEEKS
    inside = (place >= trimmed[:, None]) & (place < (number - trimmed)[:, None])
    kept = inside.sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = np.where(inside, values, 0.0).sum(axis=1) / kept
    mean[number < _FEWEST_WEEKS] = np.nan
    scatter = _scatter(counts, used, day)
    one_day = mean + mean**2 * scatter
    with np.errstate(divide="ignore", invalid="ignore"):
        return mean, one_day * (1 + 1 / np.maximum(kept, 1))


def _scatter(counts: Floats, used: NDArray[np.bool_], day: int) -> Floats:
    """1 / size of the negative binomial by moments, over the last eight weeks, weekday by weekday."""
    weeks = min(_WEEKS, day // 7)
    block = slice(day - 7 * weeks, day)
    seen = used[:, block].reshape(len(counts), weeks, 7)
    values = np.where(seen, counts[:, block].reshape(len(counts), weeks, 7), 0.0)
    number = seen.sum(axis=1)
    mean = values.sum(axis=1) / np.maximum(number, 1)
    squares = np.where(seen, (values - mean[:, None, :]) ** 2, 0.0).sum(axis=(1, 2))
    free = np.maximum((number - 1).clip(0).sum(axis=1), 1)
    weight = (number * (number > 1)).sum(axis=1)
    level = (mean * number * (number > 1)).sum(axis=1) / np.maximum(weight, 1)
    level_squared = (mean**2 * number * (number > 1)).sum(axis=1) / np.maximum(weight, 1)
    with np.errstate(divide="ignore", invalid="ignore"):
        found = (squares / free - level) / level_squared
    return np.where(np.isfinite(found), np.maximum(found, 0.0), 0.0)


def _too_few(
    counts: Floats, used: NDArray[np.bool_], expected: Floats, variance: Floats, day: int
) -> tuple[NDArray[np.bool_], NDArray[np.int64]]:
    """Whether this day alone, or the shortest run of days up to it that should bring thirty, brought too
    little.

    Returns: the flags, and the number of days on which each rests.
    """
    series = len(counts)
    first = max(day - _LONGEST_SUM + 1, 0)
    window = slice(first, day + 1)
    ready = used[:, window] & ~np.isnan(expected[:, window])
    mean = np.where(ready, expected[:, window], 0.0)[:, ::-1].cumsum(axis=1)
    spread = np.where(ready, variance[:, window], 0.0)[:, ::-1].cumsum(axis=1)
    got = np.where(ready, counts[:, window], 0.0)[:, ::-1].cumsum(axis=1)
    enough = mean >= _ENOUGH
    summed = np.where(enough.any(axis=1), enough.argmax(axis=1), 0)
    rows = np.arange(series)
    alone = lower_tail(got[:, 0], mean[:, 0], spread[:, 0]) < _FLAG
    together = lower_tail(got[rows, summed], mean[rows, summed], spread[rows, summed]) < _FLAG
    judged = ready[:, -1]
    length = np.where(alone | (summed == 0), 1, summed + 1)
    return judged & (alone | together), np.where(judged, length, 0)
