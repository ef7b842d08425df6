"""The shared-level member: one moving level of the whole region, and slowly moving shares of its areas.

Where incidents are few in each area but rise and fall together, the region's total tells the level much
sooner than any area does. Everything is estimated from the panel's own past by predictive likelihood, and
the choice between grid values is drawn, so doubt about the parameters widens the forecast.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray

from kelisim.core.errors import NotDefined
from kelisim.forecasting.panel import Draws, Panel

__all__ = ["shared_level", "shared_level_chances"]

_LEVEL_HALF_LIVES = (0.7, 1.0, 1.5, 2.5, 4.0, 8.0, 24.0, 120.0)  # months
_SHARE_HALF_LIVES = (6.0, 12.0, 24.0, 60.0)  # months
_PSEUDO_INCIDENTS = (4.0, 16.0, 64.0)  # spread evenly over the areas
_SIZES = np.array([0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 64.0])  # of the negative binomial
_WARM_UP = 3  # months before the first predicted one
_INNER = 32  # quantiles of the drift behind one second-order draw
_DRIFT, _DRIFT_WINDOWS = 0.25, 3.0  # prior of the level's drift in one month, and what it is worth

_Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class _Path:
    """Level of the region, shares of its areas after every month, and the fit of one-step predictions."""

    level: _Array
    share: _Array
    half_life: float
    log_likelihood: float


def shared_level(panel: Panel, horizons: Sequence[int], draws: int, rng: np.random.Generator) -> Draws:
    """y_ih ~ NB(mean h L s_i exp(z_h), size k_h), z_h common to all areas.

    L : mean monthly total of the region, discounted with a half-life of 0.7 to 120 months.
    s_i : share of area i from its discounted counts and pseudo-incidents spread evenly over all areas.
    z_h : drift of the level over the horizon, Student t with 5 degrees of freedom; its variance is that of
    past h-month errors of the level on the log scale, less their Poisson part, shrunk to (0.25)^2 (1 + (h -
    1) / 2). k_h : scatter of areas around their share of the realised total, by past likelihood.
    Half-lives, pseudo-incidents and sizes are drawn in proportion to their predictive likelihood (discounted
    Poisson-gamma updating: West and Harrison 1997; pooling of counts: Robbins 1956).
    Raises: NotDefined("short_history") below 6 months.
    """
    y = panel.counts.astype(np.float64)
    if panel.months < 2 * _WARM_UP:
        raise NotDefined("short_history", f"the shared level needs {2 * _WARM_UP} months, not {panel.months}")
    paths = _paths(y)
    weights = _weights(np.array([path.log_likelihood for path in paths]))
    chosen = rng.choice(len(paths), size=draws, p=weights)
    best = paths[int(np.argmax(weights))]
    found: Draws = {}
    for h in horizons:
        drift = _drifts(y, paths, h)[chosen]
        # Student t with 5 degrees of freedom has variance 5/3; the mean of exp(z) is brought back to about 1.
        z = rng.standard_t(5, draws) * np.sqrt(0.6) * drift - drift**2 / 2
        level = np.array([path.level[-1] for path in paths])[chosen]
        share = np.stack([path.share[:, -1] for path in paths], axis=1)[:, chosen]
        mean = h * level * np.exp(np.clip(z, -6, 3)) * share
        size = _SIZES[rng.choice(len(_SIZES), size=draws, p=_weights(_size_fit(y, best, h)))]
        found[h] = rng.poisson(mean * rng.gamma(size, 1 / size, (len(y), draws)))
    return found


def shared_level_chances(panel: Panel, h: int, draws: int, rng: np.random.Generator) -> _Array:
    """P(at least one incident in h months) under every draw of half-lives, shares and sizes, shape (areas,
    draws).

    The drift of the level is chance and not doubt: it is integrated out over 32 quantiles of its
    distribution. How well a given path knows its level is not drawn, so these draws are rather too narrow.
    """
    from scipy.special import stdtrit

    y = panel.counts.astype(np.float64)
    paths = _paths(y)
    weights = _weights(np.array([path.log_likelihood for path in paths]))
    chosen = rng.choice(len(paths), size=draws, p=weights)
    best = paths[int(np.argmax(weights))]
    size = _SIZES[rng.choice(len(_SIZES), size=draws, p=_weights(_size_fit(y, best, h)))][:, None]
    z = stdtrit(5, (np.arange(_INNER) + 0.5) / _INNER) * np.sqrt(0.6)
    drift = _drifts(y, paths, h)[chosen][:, None]
    ahead = h * np.exp(np.clip(z * drift - drift**2 / 2, -6, 3))
    ahead *= np.array([path.level[-1] for path in paths])[chosen][:, None]
    share = np.stack([path.share[:, -1] for path in paths], axis=1)[:, chosen, None]
    return np.asarray(1 - ((size / (size + ahead * share)) ** size).mean(axis=2))


def _weights(log_likelihood: _Array) -> _Array:
    weights = np.exp(log_likelihood - log_likelihood.max())
    return np.asarray(weights / weights.sum())


def _discounted(values: _Array, half_life: float) -> _Array:
    from scipy.signal import lfilter

    return np.asarray(lfilter([1.0], [1.0, -(0.5 ** (1 / half_life))], values, axis=-1))


def _paths(y: _Array) -> list[_Path]:
    areas, months = y.shape
    total, ahead = y.sum(axis=0), y[:, _WARM_UP:]
    constants = [_log_choose(ahead, size) for size in _SIZES]
    levels = {hl: _discounted(total, hl) / _discounted(np.ones(months), hl) for hl in _LEVEL_HALF_LIVES}
    counts = {hs: _discounted(y, hs) for hs in _SHARE_HALF_LIVES}
    found = []
    for hl, hs, pseudo in product(_LEVEL_HALF_LIVES, _SHARE_HALF_LIVES, _PSEUDO_INCIDENTS):
        level, counted = levels[hl], counts[hs]
        share = (counted + pseudo / areas) / (counted.sum(axis=0) + pseudo)
        mean = np.maximum((level * share)[:, _WARM_UP - 1 : -1], 0.02 / areas)
        fits = [_log_negative_binomial(ahead, mean, k, c) for k, c in zip(_SIZES, constants, strict=True)]
        found.append(_Path(level, share, hl, max(fits)))
    return found


def _log_choose(y: _Array, size: float) -> _Array:
    from scipy.special import gammaln

    return np.asarray(gammaln(y + size) - gammaln(size) - gammaln(y + 1))


def _log_negative_binomial(y: _Array, mean: _Array, size: float, constant: _Array) -> float:
    within = size + mean
    return float((constant + size * np.log(size / within) + y * np.log(mean / within)).sum())


def _drifts(y: _Array, paths: Sequence[_Path], h: int) -> _Array:
    """Standard deviation of the log level over the next h months, by path: it hangs on the level alone."""
    by_level = {path.half_life: path for path in paths}
    told = {half_life: _drift(y, path, h) for half_life, path in by_level.items()}
    return np.array([told[path.half_life] for path in paths])


def _drift(y: _Array, path: _Path, h: int) -> float:
    """Standard deviation of the log level over the next h months."""
    total = y.sum(axis=0)
    prior = _DRIFT**2 * (1 + (h - 1) / 2)
    last = len(total) - h
    if last <= _WARM_UP:
        return float(np.sqrt(prior))
    realised = np.convolve(total, np.ones(h), mode="valid")[_WARM_UP:] / h
    expected = path.level[_WARM_UP - 1 : last]
    half = 0.5 / h  # half an incident keeps quiet windows finite
    errors = np.log((realised + half) / (expected + half))
    # Windows of h months overlap: h of them are worth about one.
    worth = len(errors) / h
    noise = float(np.mean(1 / (h * expected + 1)))
    seen = max(float(np.mean(errors**2)) - noise, 0.0)
    return float(np.sqrt((worth * seen + _DRIFT_WINDOWS * prior) / (worth + _DRIFT_WINDOWS)))


def _size_fit(y: _Array, path: _Path, h: int) -> _Array:
    """Log likelihood of each size, given what the whole region brought in past windows."""
    months = y.shape[1]
    last = months - h
    if last <= _WARM_UP:
        return np.zeros(len(_SIZES))
    sums = np.stack([np.convolve(row, np.ones(h), mode="valid")[_WARM_UP:] for row in y])
    mean = np.maximum(path.share[:, _WARM_UP - 1 : last] * sums.sum(axis=0), 1e-6)
    return np.array([_log_negative_binomial(sums, mean, k, _log_choose(sums, k)) / h for k in _SIZES])
