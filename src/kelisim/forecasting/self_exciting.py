"""The self-exciting member: an incident makes further ones likelier for a while, here and in the region.

Fitted by penalised maximum likelihood with its gradient; doubt about the parameters is the Laplace
approximation, and futures are simulated month by month.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kelisim.core.errors import NotDefined
from kelisim.forecasting.laplace import laplace_draws
from kelisim.forecasting.panel import Draws, Panel

__all__ = ["self_exciting", "self_exciting_chances"]

_CAP = 200.0  # incidents a month in one area; simulated cascades stop here
_SEASON = 4  # two harmonics of the year
_COMMON = 4 + _SEASON  # lambda, rho, phi, size, season
_INNER = 100  # futures behind one second-order draw

_Array = NDArray[np.float64]


def self_exciting(panel: Panel, horizons: Sequence[int], draws: int, rng: np.random.Generator) -> Draws:
    """y_it ~ NB(mu_it, k), mu_it = exp(a_i + season_t) + lambda s_it + phi mean_j(s_jt), s <- rho s + (1 -
    rho) y.

    A discrete self-exciting process (Hawkes 1971; Held, Hoehle and Hofmann 2005). Priors: logit lambda,
    logit rho ~ N(0, 1.5^2), logit phi ~ N(-2, 1.5^2), log k ~ N(0, 1), a_i ~ N(log of the regional mean -
    1, 1), season ~ N(0, 0.3^2). Means are capped at 200 a month.
    Raises: NotDefined("short_history") below 12 months.
    """
    if panel.months < 12:
        raise NotDefined("short_history", f"the self-exciting member needs 12 months, not {panel.months}")
    fit = _Fit.of(panel)
    theta = laplace_draws(fit.loss, fit.prior(), float(fit.scale().max()), draws, rng)
    futures = fit.simulate(theta, max(horizons), rng)
    return {h: futures[:h].sum(axis=0) for h in horizons}


def self_exciting_chances(panel: Panel, h: int, draws: int, rng: np.random.Generator) -> _Array:
    """P(at least one incident in h months) under every draw of the parameters, shape (areas, draws): the
    share of 100 inner futures with one."""
    fit = _Fit.of(panel)
    theta = laplace_draws(fit.loss, fit.prior(), float(fit.scale().max()), draws, rng)
    futures = fit.simulate(np.repeat(theta, _INNER, axis=0), h, rng)
    return np.asarray((futures.sum(axis=0) > 0).reshape(len(fit.y), draws, _INNER).mean(axis=2))


def _logistic(x: _Array | float) -> _Array:
    return np.asarray(1 / (1 + np.exp(-np.asarray(x, dtype=np.float64))))


def _harmonics(months: NDArray[np.int64]) -> _Array:
    angle = 2 * np.pi * np.outer(months, [1, 2]) / 12
    return np.concatenate([np.sin(angle), np.cos(angle)], axis=1)


@dataclass(frozen=True, eq=False)
class _Fit:
    """The counts and the design of the season; parameters are [lambda, rho, phi, log k, season, areas].

    values, which : distinct counts, and which of them stands where; before : counts of the month before
    """

    y: _Array
    season: _Array
    ahead: _Array
    centre: float
    values: _Array
    which: NDArray[np.int64]
    before: _Array

    @classmethod
    def of(cls, panel: Panel) -> _Fit:
        y = panel.counts.astype(np.float64)
        calendar = panel.calendar(ahead=24)
        # Half an incident over the whole history keeps the logarithm finite where nothing happened.
        centre = float(np.log((y.sum() + 0.5) / y.size)) - 1.0
        values, which = np.unique(y, return_inverse=True)
        past, ahead = _harmonics(calendar[: panel.months]), _harmonics(calendar[panel.months :])
        before = np.zeros_like(y)
        before[:, 1:] = y[:, :-1]
        return cls(y, past, ahead, centre, values, which.reshape(y.shape), before)

    def trace(self, rho: float) -> tuple[_Array, _Array]:
        """s_it before month t, and its derivative by rho."""
        from scipy.signal import lfilter

        s = lfilter([1 - rho], [1, -rho], self.before, axis=1)
        change = -self.before
        change[:, 1:] += s[:, :-1]
        return s, lfilter([1.0], [1, -rho], change, axis=1)

    def loss(self, theta: _Array) -> tuple[float, _Array]:
        """Penalised negative log likelihood and its gradient."""
        from scipy.special import digamma, gammaln

        lam, rho, phi = _logistic(theta[:3])
        k, season, areas = np.exp(theta[3]), theta[4:_COMMON], theta[_COMMON:]
        s, ds = self.trace(float(rho))
        base = np.exp(np.clip(areas[:, None] + season @ self.season.T, -20, 8))
        mu = base + lam * s + phi * s.mean(axis=0) + 1e-9
        y, within = self.y, k + mu
        # Counts take few values: the dear functions are called once for each of them.
        rising, log_factorial = gammaln(self.values + k)[self.which], gammaln(self.values + 1)[self.which]
        value = rising - gammaln(k) - log_factorial + k * np.log(k / within) + y * np.log(mu / within)
        by_mu = y / mu - (y + k) / within
        by_k = digamma(self.values + k)[self.which] - digamma(k) + np.log(k / within) + 1 - (y + k) / within
        slope = np.concatenate([
            [(by_mu * s).sum() * lam * (1 - lam),
             (by_mu * (lam * ds + phi * ds.mean(axis=0))).sum() * rho * (1 - rho),
             (by_mu * s.mean(axis=0)).sum() * phi * (1 - phi),
             by_k.sum() * k],
            ((by_mu * base).sum(axis=0) @ self.season),
            (by_mu * base).sum(axis=1),
        ])  # fmt: skip
        off, scale = theta - self.prior(), self.scale()
        return float(-value.sum() + 0.5 * (off**2 / scale**2).sum()), -slope + off / scale**2

    def prior(self) -> _Array:
        return np.concatenate([[0, 0, -2, 0], np.zeros(_SEASON), np.full(len(self.y), self.centre)])

    def scale(self) -> _Array:
        return np.concatenate([[1.5, 1.5, 1.5, 1.0], np.full(_SEASON, 0.3), np.ones(len(self.y))])

    def simulate(self, theta: _Array, months: int, rng: np.random.Generator) -> NDArray[np.int64]:
        """Counts of shape (months, areas, draws)."""
        lam, rho, phi = (_logistic(theta[:, j]) for j in range(3))
        k, season, areas = np.exp(np.clip(theta[:, 3], -4, 6)), theta[:, 4:_COMMON], theta[:, _COMMON:]
        keep = rho[None, :] ** np.arange(self.y.shape[1])[::-1, None]
        s = self.y @ (keep * (1 - rho))
        futures = np.zeros((months, len(self.y), theta.shape[0]), dtype=np.int64)
        for month in range(months):
            base = np.exp(np.clip(areas.T + season @ self.ahead[month], -20, 5))
            mu = np.minimum(base + lam * s + phi * s.mean(axis=0), _CAP)
            futures[month] = rng.poisson(mu * rng.gamma(k, 1 / k, mu.shape))
            s = rho * s + (1 - rho) * futures[month]
        return futures
