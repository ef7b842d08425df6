"""Nowcast of counts that are still being reported: what recent months will come to once all reports are in.

A quiet last month is often a month not yet written up. From how late earlier events became known one learns
what share of a month is known by now, and the rest is drawn, with the doubt about both.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from kelisim.core.errors import CountsError, NotDefined

__all__ = ["Nowcast", "delay_triangle", "known_shares", "nowcast"]

_Floats = NDArray[np.float64]
_FEWEST_EVENTS, _FEWEST_MONTHS = 20, 12


@dataclass(frozen=True, eq=False)
class Nowcast:
    """Totals of the last months as they will be.

    seen : array, shape (months,), known by now; ages : months since each month ended being the present, 0
        last
    known_share : share of a month's events known at that age, posterior mean
    draws : array, shape (draws, months), totals; low, middle, high : quantiles of it at `level`
    provisional : months of which less than 95 % are likely to be known
    """

    seen: NDArray[np.int64]
    ages: NDArray[np.int64]
    known_share: _Floats
    draws: NDArray[np.int64]
    low: _Floats
    middle: _Floats
    high: _Floats
    level: float
    provisional: NDArray[np.bool_]


def delay_triangle(happened: ArrayLike, known: ArrayLike, months: int, longest: int) -> NDArray[np.int64]:
    """Events by month and months of delay, from months counted from 0; shape (months, longest + 1).

    Delays beyond `longest` count as `longest`. Events known after the last month are left out: nobody knew.
    Raises: CountsError for an event known before it happened.

    >>> delay_triangle([0, 0, 1], [0, 2, 1], 3, 1).tolist()
    [[1, 1], [1, 0], [0, 0]]
    """
    at, when = np.asarray(happened, dtype=np.int64), np.asarray(known, dtype=np.int64)
    if (when < at).any():
        raise CountsError("an event is known before it happened")
    inside = (at >= 0) & (at < months) & (when < months)
    out = np.zeros((months, longest + 1), dtype=np.int64)
    np.add.at(out, (at[inside], np.minimum(when - at, longest)[inside]), 1)
    return out


def known_shares(triangle: ArrayLike, rng: np.random.Generator, *, draws: int, window: int) -> _Floats:
    """Draws of the share of a month's events that is known at each age, shape (draws, longest delay + 1).

    Reverse hazards g_d = P(D = d | D <= d) (Kalbfleisch and Lawless 1989) from the months whose cell d is
    complete, the last `window` of them, each with a Beta(1/2, 1/2) prior, or 0 where none was ever d months
    late: known share at age a is q_a = prod over d > a of (1 - g_d), and 1 at the longest delay.
    triangle : array, shape (months, longest delay + 1), counts by month and delay

    >>> rng = np.random.default_rng(1)
    >>> known_shares([[8, 2], [8, 2], [5, 0]], rng, draws=4000, window=24).mean(axis=0).round(2)
    array([0.78, 1.  ])
    """
    n = np.asarray(triangle, dtype=np.float64)
    ages = np.arange(n.shape[0])[::-1]
    longest = n.shape[1] - 1
    shares = np.ones((draws, longest + 1))
    for d in range(longest, 0, -1):
        rows = np.flatnonzero(ages >= d)[-window:]
        late, till = n[rows, d].sum(), n[rows, : d + 1].sum()
        # Where no report was ever so late, none is waited for.
        hazard = rng.beta(0.5 + late, 0.5 + till - late, draws) if late else np.zeros(draws)
        shares[:, d - 1] = shares[:, d] * (1.0 - hazard)
    return shares


def nowcast(
    triangle: ArrayLike, rng: np.random.Generator, *, level: float, draws: int = 4000, window: int = 24
) -> Nowcast:
    """Totals of the months still open, from a triangle of counts by month and delay.

    What is known by age comes from `known_shares`. The monthly rate has a gamma prior with mean and scatter
    of the complete months, so with n seen: rate ~ Gamma(k + n, k / m + q), unseen ~ Poisson(rate (1 - q)),
    which is negative binomial.
    triangle : array, shape (months, longest delay + 1); cells later than the last month are ignored
    Raises: NotDefined("too_few_events") below 20 events or 12 complete months, CountsError.
    """
    n = np.asarray(triangle, dtype=np.float64)
    if n.ndim != 2 or not np.isfinite(n).all() or (n < 0).any() or (n != np.round(n)).any():
        raise CountsError("a triangle holds whole numbers of 0 or more, one row per month")
    months, longest = n.shape[0], n.shape[1] - 1
    ages = np.arange(months)[::-1]
    known = np.arange(longest + 1)[None, :] <= ages[:, None]
    n = np.where(known, n, 0.0)
    complete = ages >= longest
    if complete.sum() < _FEWEST_MONTHS or n[complete].sum() < _FEWEST_EVENTS:
        raise NotDefined(
            "too_few_events",
            f"{n[complete].sum():.0f} events in {int(complete.sum())} complete months; "
            f"a nowcast needs {_FEWEST_EVENTS} in {_FEWEST_MONTHS}",
        )
    shares = known_shares(n, rng, draws=draws, window=window)  # draws, age
    q = shares[:, np.minimum(ages, longest)]
    seen = n.sum(axis=1)
    shape, mean = _rate_prior(n[complete].sum(axis=1)[-max(window, _FEWEST_MONTHS) :])
    rate = rng.gamma(shape + seen, 1.0 / (shape / mean + q))
    totals = (seen + rng.poisson(rate * (1.0 - q))).astype(np.int64)
    low, middle, high = np.quantile(
        totals, [(1 - level) / 2, 0.5, (1 + level) / 2], axis=0, method="inverted_cdf"
    )
    return Nowcast(
        seen=seen.astype(np.int64),
        ages=ages,
        known_share=q.mean(axis=0),
        draws=totals,
        low=low,
        middle=middle,
        high=high,
        level=level,
        provisional=q.mean(axis=0) < 0.95,
    )


def _rate_prior(totals: _Floats) -> tuple[float, float]:
    """Shape and mean of the gamma prior of a month's rate, by moments; scatter is never taken as none."""
    mean = max(float(totals.mean()), 0.5 / totals.size)
    beyond = max(float(totals.var(ddof=1)) - mean, 0.05 * mean**2)
    return mean**2 / beyond, mean
