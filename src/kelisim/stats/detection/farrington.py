"""Regression of Farrington's type: a month against what trend, season and effort of the past let one expect.

"Of the type": the parts are those of Farrington et al. (1996) as revised by Noufaily et al. (2013), but
written for months and given a threshold from a false-alarm budget in place of a quantile; it was not
compared with another program.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kelisim.stats.detection.history import History
from kelisim.stats.detection.null import Null

__all__ = ["Farrington"]

_Floats = NDArray[np.float64]
_STEPS = 8
_FEWEST, _SEASON_FROM, _TREND_FROM = 12, 24, 36
_RIDGE = 0.1  # holds slopes at 0 where a window has no events to tell them


@dataclass(frozen=True, slots=True)
class Farrington:
    """Quasi-Poisson regression with trend, one harmonic of the year and effort as offset.

    log mu_t = log effort_t + a + b t + c sin(2 pi t / 12) + d cos(2 pi t / 12), variance phi mu, fitted to
    the last `years` years without the `guard` months before the month judged. Months with a standardised
    Anscombe residual s above 2.58 get weight s^-2, so that an earlier outbreak does not hide the next one.
    The trend is kept where |t| > 1.96 and never above the highest month. Score: -log P(Y >= y) of the
    negative binomial with mean mu and variance phi mu. The chart has no memory: each month stands for itself.
    """

    years: int = 5
    guard: int = 2

    @property
    def name(self) -> str:
        """Word for tables."""
        return "farrington"

    def scores(self, history: History, null: Null, counts: _Floats, effort: _Floats) -> _Floats:
        """Score of every month from its own past; nan with fewer than 12 observed months of past."""
        known = np.broadcast_to(history.counts, (counts.shape[0], history.months))
        y = np.concatenate([known, counts], axis=1)
        e = np.concatenate([history.effort, effort])
        out = np.full(counts.shape, np.nan)
        for month in range(counts.shape[1]):
            now = history.months + month
            past = np.arange(max(0, now - self.guard - 12 * self.years), max(0, now - self.guard))
            past = past[e[past] > 0]
            if past.size >= _FEWEST and e[now] > 0:
                out[:, month] = _score(y[:, past], e[past], past, now, y[:, now], e[now])
        return out

    def levels(self, scores: _Floats, threshold: float) -> tuple[_Floats, NDArray[np.bool_]]:
        """The scores themselves, and the months above the threshold."""
        return scores, ~np.isnan(scores) & (np.nan_to_num(scores, nan=-1.0) >= threshold)


def _score(
    y: _Floats, effort: _Floats, past: NDArray[np.int64], now: int, judged: _Floats, at: float
) -> _Floats:
    from scipy.special import betainc

    weights = np.ones(y.shape)
    trend = past.size >= _TREND_FROM
    for again in (False, True):
        fit = _fit(y, effort, past, now, weights, trend)
        if not again:
            weights = _weights(y, fit.fitted, fit.phi)
    mean = fit.ahead
    if trend:
        plain = _fit(y, effort, past, now, weights, False)
        sure = np.abs(fit.slope) > 1.96
        mean = np.where(sure, fit.ahead, plain.ahead)
        fit.phi = np.where(sure, fit.phi, plain.phi)
    mean = np.minimum(mean, np.maximum((y / effort).max(axis=1), 0.5 / effort.sum())) * at
    size = mean / np.maximum(fit.phi - 1.0, 1e-6)
    # P(Y >= y) of the negative binomial; any count is at least 0.
    tail = np.where(judged > 0, betainc(np.maximum(judged, 1.0), size, mean / (size + mean)), 1.0)
    return np.asarray(-np.log(np.maximum(tail, 1e-300)))


@dataclass(slots=True)
class _Fit:
    fitted: _Floats
    ahead: _Floats
    phi: _Floats
    slope: _Floats


def _fit(
    y: _Floats, effort: _Floats, past: NDArray[np.int64], now: int, weights: _Floats, trend: bool
) -> _Fit:
    """All paths at once by reweighted least squares; ahead is the expected rate of the month judged."""

    def design(months: NDArray[np.int64]) -> _Floats:
        columns = [np.ones(months.size)]
        if past.size >= _SEASON_FROM:
            columns += [np.sin(2 * np.pi * months / 12), np.cos(2 * np.pi * months / 12)]
        if trend:
            columns.append((months - past[0]) / 12.0 - (past[-1] - past[0]) / 24.0)
        return np.stack(columns, axis=1)

    x = design(past)
    p = x.shape[1]
    lowest = np.log(0.25 / effort.sum())
    beta = np.zeros((y.shape[0], p))
    beta[:, 0] = np.log(np.maximum((weights * y).sum(axis=1), 0.25) / (weights * effort).sum(axis=1))
    ridge = np.diag([0.0] + [_RIDGE] * (p - 1))
    for _ in range(_STEPS):
        eta = np.clip(beta @ x.T, lowest - 2.0, 12.0)
        mu = effort * np.exp(eta)
        w = weights * mu
        left = (w[:, :, None] * x).transpose(0, 2, 1) @ x + ridge + 1e-9 * np.eye(p)
        right = (weights * (y - mu)) @ x - beta @ ridge
        step = np.linalg.solve(left, right[:, :, None])[:, :, 0]
        beta = beta + np.clip(step, -2.0, 2.0)
    eta = np.clip(beta @ x.T, lowest - 2.0, 12.0)
    mu = effort * np.exp(eta)
    pearson = (weights * (y - mu) ** 2 / mu).sum(axis=1)
    phi = np.maximum(1.0, pearson / max(past.size - p, 1))
    inverse = np.linalg.inv(
        ((weights * mu)[:, :, None] * x).transpose(0, 2, 1) @ x + ridge + 1e-9 * np.eye(p)
    )
    slope = beta[:, -1] / np.sqrt(phi * inverse[:, -1, -1]) if trend else np.zeros(y.shape[0])
    ahead = np.exp(np.clip(beta @ design(np.array([now]))[0], lowest, 12.0))
    return _Fit(mu, ahead, phi, slope)


def _weights(y: _Floats, mu: _Floats, phi: _Floats) -> _Floats:
    """1 where the Anscombe residual is at most 2.58, its inverse square above; scaled to keep the length."""
    residual = 1.5 * (y ** (2 / 3) - mu ** (2 / 3)) / (mu ** (1 / 6) * np.sqrt(phi)[:, None])
    raw = np.where(residual > 2.58, 1.0 / np.maximum(residual, 2.58) ** 2, 1.0)
    return np.asarray(raw * y.shape[1] / raw.sum(axis=1, keepdims=True))
