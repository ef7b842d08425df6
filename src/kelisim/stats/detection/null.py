"""What an area's own history says about calm: its rate and its scatter, with the doubt about both.

Counts are taken as negative binomial, y_t ~ NB(mean e_t m, size k), variance mu + mu^2 / k. Rate and size get
a joint posterior on a grid, because a short history leaves both open and a threshold must know it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import log

import numpy as np
from numpy.typing import NDArray

from kelisim.core.errors import NotDefined
from kelisim.stats.detection.history import History

__all__ = ["SIZES", "Null", "common_size", "fit_null", "negative_binomial"]

_Floats = NDArray[np.float64]
SIZES: _Floats = np.geomspace(0.2, 50.0, 23)
SIZES.setflags(write=False)
_RATES = 121
_FEWEST_MONTHS = 12
# Sizes between 0.7 and 5.4 hold two thirds of the prior: what monthly counts of incidents usually show.
_PRIOR_SIZE, _PRIOR_SPREAD = log(2.0), 1.0


@dataclass(frozen=True, eq=False)
class Null:
    """The calm state: posterior of rate and size, and the baseline a chart works with.

    rates : array, shape (121,), events per unit of effort and month; sizes : array, shape (23,)
    weights : posterior, shape (121, 23), sum 1
    months : observed months behind it; events : events in them
    effort : usual effort of a month
    """

    rates: _Floats
    sizes: _Floats
    weights: _Floats
    months: int
    events: int
    effort: float = 1.0

    @property
    def rate(self) -> float:
        """Posterior mean of the rate: the baseline of a chart."""
        return float(self.weights.sum(axis=1) @ self.rates)

    @property
    def size(self) -> float:
        """Geometric posterior mean of the size k."""
        return float(np.exp(self.weights.sum(axis=0) @ np.log(self.sizes)))

    def interval(self, level: float) -> tuple[float, float]:
        """Equal-tailed credible interval of the rate."""
        added = np.cumsum(self.weights.sum(axis=1))
        low, high = np.searchsorted(added, [(1 - level) / 2, (1 + level) / 2])
        return float(self.rates[low]), float(self.rates[min(high, self.rates.size - 1)])

    def draw(self, n: int, rng: np.random.Generator) -> tuple[_Floats, _Floats]:
        """Joint draws of rate and size, each of shape (n,)."""
        at = rng.choice(self.weights.size, size=n, p=self.weights.ravel())
        row, column = np.unravel_index(at, self.weights.shape)
        step = log(self.rates[1] / self.rates[0])
        # Spread within the cell of the grid, so that draws are not lumped on its points.
        return self.rates[row] * np.exp(step * (rng.random(n) - 0.5)), self.sizes[column]


def fit_null(
    history: History, *, pooled: tuple[float, float] | None = None, sizes: _Floats | None = None
) -> Null:
    """Posterior of rate and size from one area's history.

    pooled : (rate of the region per unit of effort, months of effort it counts for), a gamma prior
        Gamma(rate x months, months); None gives the prior of Jeffreys for a Poisson rate, m^(-1/2)
    sizes : prior weights of `SIZES`, for instance from `common_size`; None: log-normal around 2, sd of log 1

    Raises: NotDefined("short_history") with fewer than 12 observed months.

    >>> null = fit_null(History.of([1, 0, 2, 0, 0, 1, 0, 3, 0, 1, 0, 1]))
    >>> round(null.rate, 2), null.months, null.events
    (0.86, 12, 9)
    """
    months = int(history.observed.sum())
    if months < _FEWEST_MONTHS:
        raise NotDefined("short_history", f"{months} observed months; a baseline needs {_FEWEST_MONTHS}")
    rates = _grid(history, pooled)
    logs = _log_likelihood(history, rates)
    logs += np.log(_size_prior() if sizes is None else np.maximum(sizes, 1e-12))[None, :]
    if pooled is None:
        logs += 0.5 * np.log(rates)[:, None]  # m^(-1/2) dm on the log scale of the grid
    else:
        rate, worth = pooled
        logs += (rate * worth * np.log(rates) - worth * rates)[:, None]
    weights = np.exp(logs - logs.max())
    weights /= weights.sum()
    return Null(rates, SIZES, weights, months, history.events, history.usual_effort())


def common_size(histories: Sequence[History]) -> _Floats:
    """Posterior weights of one size k shared by several areas, each with a rate of its own integrated out.

    A single area of few events cannot tell its scatter; the areas of a region together can.
    Returns: array, shape (23,), weights of `SIZES`, sum 1.
    """
    logs = np.log(_size_prior())
    for history in histories:
        if history.observed.sum() < _FEWEST_MONTHS or history.events == 0:
            continue
        rates = _grid(history, None)
        likelihood = _log_likelihood(history, rates) + 0.5 * np.log(rates)[:, None]
        top = likelihood.max()
        logs = logs + np.log(np.exp(likelihood - top).sum(axis=0)) + top
    weights = np.exp(logs - logs.max())
    return np.asarray(weights / weights.sum())


def negative_binomial(mean: _Floats, size: _Floats, rng: np.random.Generator) -> _Floats:
    """Counts with that mean and variance mean + mean^2 / size, in the shape both broadcast to."""
    shape = np.broadcast_shapes(np.shape(mean), np.shape(size))
    return rng.poisson(rng.gamma(np.broadcast_to(size, shape), mean / size)).astype(np.float64)


def _size_prior() -> _Floats:
    z = (np.log(SIZES) - _PRIOR_SIZE) / _PRIOR_SPREAD
    weights = np.exp(-0.5 * z**2)
    return np.asarray(weights / weights.sum())


def _grid(history: History, pooled: tuple[float, float] | None) -> _Floats:
    events, exposure, months = history.events + 0.5, history.exposure, int(history.observed.sum())
    if pooled is not None:
        events, exposure = events + pooled[0] * pooled[1], exposure + pooled[1]
    wide = min(7.0, 5.0 * np.sqrt(1.0 / events + 4.0 / months))
    return np.asarray(events / exposure * np.exp(np.linspace(-wide, wide, _RATES)))


def _log_likelihood(history: History, rates: _Floats) -> _Floats:
    """Log likelihood on the grid, shape (rates, sizes)."""
    from scipy.special import gammaln

    y, e = history.counts[history.observed], history.effort[history.observed]
    mean = rates[:, None] * e  # rates, months
    out = np.empty((rates.size, SIZES.size))
    for column, k in enumerate(SIZES):
        constant = (gammaln(y + k) - gammaln(k)).sum() + y.size * k * log(k)
        out[:, column] = constant + (y * np.log(mean) - (y + k) * np.log(mean + k)).sum(axis=1)
    return out
