"""What is still to be reported of the latest months: drawn, so that members train on whole months.

A quiet latest month may only be a slow one. From how late reports came in before, the share of a month's
incidents that is known by now follows, and the unknown rest is drawn around what is known.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from kelisim.forecasting.panel import Panel
from kelisim.forecasting.vintages import Vintages
from kelisim.stats.nowcast import delay_triangle, known_shares

__all__ = ["LONGEST_DELAY", "completed", "reported_share"]

LONGEST_DELAY = 6
"""Months after which an incident that is still unknown is no longer waited for."""

_LEARNED_FROM = 24  # months of history that delays are learned from: reporting changes
_RATE_FROM = 12  # settled months that an area's rate is taken from
_PSEUDO_MONTHS = 6.0  # of the regional rate
_Array = NDArray[np.float64]


def reported_share(vintages: Vintages, origin: int, rng: np.random.Generator) -> _Array:
    """One draw of the shares of incidents known by now, of months 0, 1 ... LONGEST_DELAY months back.

    See `stats.nowcast.known_shares`; delays are pooled over areas and learned from the last 24 months. Only
    what was known at the origin is used. Shape (LONGEST_DELAY + 1,).
    """
    known = (vintages.known < origin) & (vintages.month < origin)
    count = vintages.count[known]
    happened, told = (np.repeat(months[known], count) for months in (vintages.month, vintages.known))
    triangle = delay_triangle(happened, told, origin, LONGEST_DELAY)
    return np.asarray(known_shares(triangle, rng, draws=1, window=_LEARNED_FROM)[0])


def completed(vintages: Vintages, origin: int, rng: np.random.Generator) -> Panel:
    """The panel known at an origin, its latest months completed by one draw of what is still to come.

    lambda | n ~ Gamma(k + n, k / m + q), unknown ~ Poisson(lambda (1 - q)), with n the incidents known, q the
    share known, m the area's mean of the last 12 settled months drawn to the regional one by 6 pseudo-months,
    and k their size by moments, between 0.5 and 20. A register without dates of report comes back as it is.
    """
    seen = vintages.at(origin)
    if not vintages.dated:
        return seen
    share = reported_share(vintages, origin, rng)
    ages = min(LONGEST_DELAY, origin - 1)
    settled = seen.counts[:, : origin - ages][:, -_RATE_FROM:].astype(np.float64)
    pooled = max(float(settled.mean()), 0.5 / seen.counts.size)
    mean = (settled.sum(axis=1) + _PSEUDO_MONTHS * pooled) / (settled.shape[1] + _PSEUDO_MONTHS)
    size = _size(settled, mean)
    counts = seen.counts.copy()
    for age in range(ages):
        q, known = share[age], counts[:, origin - 1 - age]
        if q < 1:
            rate = rng.gamma(size + known, 1 / (size / mean + q))
            counts[:, origin - 1 - age] = known + rng.poisson(rate * (1 - q))
    return Panel.of(seen.areas, seen.first_month, counts)


def _size(settled: _Array, mean: _Array) -> float:
    excess = float(((settled - mean[:, None]) ** 2 - mean[:, None]).mean())
    square = float((mean**2).mean())
    return float(np.clip(square / excess if excess > 0 else 20.0, 0.5, 20.0))
