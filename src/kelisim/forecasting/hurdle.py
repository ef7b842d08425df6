"""The hurdle member: whether anything happens, and how much if something does, from the recent past.

Fitted directly for every horizon, so nothing is fed back into itself. Short histories are not admitted: the
regressions are then steered by a handful of windows.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from kelisim.core.errors import NotDefined
from kelisim.forecasting.laplace import laplace_draws
from kelisim.forecasting.panel import Draws, Panel

__all__ = ["hurdle", "hurdle_admits"]

_HALF_LIVES = (3.0, 12.0, 48.0)  # months, of an area's own incidents
_REGIONAL = (3.0, 12.0)  # months, of the region's
_WARM_UP = 6
_RIDGE = 0.5

_Array = NDArray[np.float64]


def hurdle_admits(months: int, horizon: int) -> bool:
    """Whether a history of so many months may use the hurdle member at this horizon.

    From 36 months at every horizon, from 18 at horizons of up to 3 months.

    >>> hurdle_admits(36, 12), hurdle_admits(20, 3), hurdle_admits(20, 6)
    (True, True, False)
    """
    return months >= 36 or (months >= 18 and horizon <= 3)


def hurdle(panel: Panel, horizons: Sequence[int], draws: int, rng: np.random.Generator) -> Draws:
    """P(y_ih > 0) by logit with area effects, and y_ih | y_ih > 0 zero-truncated negative binomial.

    Features at the origin: log(0.05 + discounted mean a month) of the area (half-lives 3, 12, 48) and of the
    region (3, 12), log months since the last incident, whether the last month had one, two harmonics of the
    year. Coefficients and area effects ~ N(0, 0.5^2) on standardised features; overlapping windows weigh
    1 / (1 + (h - 1) / 2); doubt by Laplace approximation (Mullahy 1986).
    Raises: NotDefined("short_history") where a horizon is not admitted.
    """
    if not all(hurdle_admits(panel.months, h) for h in horizons):
        raise NotDefined("short_history", f"{panel.months} months do not admit every horizon")
    y = panel.counts.astype(np.float64)
    features = _features(panel)
    found: Draws = {}
    for h in horizons:
        origins = np.arange(_WARM_UP, panel.months - h + 1)
        seen = np.stack([y[:, o : o + h].sum(axis=1) for o in origins], axis=1)
        x = features[:, origins]
        centre, scale = x.mean(axis=(0, 1)), np.maximum(x.std(axis=(0, 1)), 1e-6)
        past, now = (x - centre) / scale, np.clip((features[:, -1] - centre) / scale, -4, 4)
        weight = 1 / (1 + 0.5 * (h - 1))
        any_incident = _probability(past, seen > 0, now, weight, draws, rng)
        size = _size(past, seen, now, weight, draws, rng)
        found[h] = np.where(rng.uniform(size=any_incident.shape) < any_incident, size, 0)
    return found


def _features(panel: Panel) -> _Array:
    """Shape (areas, months + 1, features): what was known after 0, 1, ... months."""
    y = np.pad(panel.counts.astype(np.float64), ((0, 0), (1, 0)))
    origins = y.shape[1]
    one = np.pad(np.ones(origins - 1), (1, 0))

    def level(values: _Array, half_life: float) -> _Array:
        mean = _discounted(values, half_life) / np.maximum(_discounted(one, half_life), 1e-9)
        return np.asarray(np.broadcast_to(np.log(0.05 + mean), y.shape))

    columns = [level(y, half_life) for half_life in _HALF_LIVES]
    columns += [level(y.mean(axis=0), half_life) for half_life in _REGIONAL]
    since = np.zeros(y.shape)
    for month in range(1, origins):
        since[:, month] = np.where(y[:, month] > 0, 0, since[:, month - 1] + 1)
    angle = 2 * np.pi * panel.calendar(ahead=1) / 12
    columns += [np.log1p(since), (y > 0).astype(np.float64)]
    columns += [np.broadcast_to(wave, y.shape) for wave in (np.sin(angle), np.cos(angle))]
    return np.stack(columns, axis=2)


def _discounted(values: _Array, half_life: float) -> _Array:
    from scipy.signal import lfilter

    return np.asarray(lfilter([1.0], [1.0, -(0.5 ** (1 / half_life))], values, axis=-1))


def _probability(
    past: _Array,
    happened: NDArray[np.bool_],
    now: _Array,
    weight: float,
    draws: int,
    rng: np.random.Generator,
) -> _Array:
    from scipy.special import expit

    areas, origins, features = past.shape
    own = np.repeat(np.eye(areas), origins, axis=0)
    design = np.concatenate([np.ones((areas * origins, 1)), past.reshape(-1, features), own], axis=1)
    ridge = np.concatenate([[0.01], np.full(features + areas, 1 / _RIDGE**2)])
    x = happened.reshape(-1).astype(np.float64)

    def loss(beta: _Array) -> tuple[float, _Array]:
        eta = np.clip(design @ beta, -30, 30)
        value = weight * (np.logaddexp(0, eta) - x * eta).sum() + 0.5 * (ridge * beta**2).sum()
        return float(value), design.T @ (weight * (expit(eta) - x)) + ridge * beta

    beta = laplace_draws(loss, np.zeros(design.shape[1]), 10.0, draws, rng)
    ahead = np.concatenate([np.ones((areas, 1)), now, np.eye(areas)], axis=1)
    return np.asarray(expit(np.clip(ahead @ beta.T, -30, 30)))


def _size(
    past: _Array, seen: _Array, now: _Array, weight: float, draws: int, rng: np.random.Generator
) -> NDArray[np.int64]:
    """Draws of a count of at least 1, shape (areas, draws)."""
    areas, _, features = past.shape
    some = seen.reshape(-1) > 0
    design = np.concatenate([np.ones((some.size, 1)), past.reshape(-1, features)], axis=1)[some]
    y = seen.reshape(-1)[some]
    ridge = np.concatenate([[0.01], np.full(features, 1 / _RIDGE**2), [1.0]])

    def loss(theta: _Array) -> tuple[float, _Array]:
        beta, log_size = theta[:-1], theta[-1]
        mean = np.exp(np.clip(design @ beta, -8, 8))
        value, by_eta = _truncated(y, mean, log_size)
        above, below = (_truncated(y, mean, log_size + step)[0] for step in (1e-5, -1e-5))
        by_size = (above - below) / 2e-5
        gradient = -weight * np.concatenate([design.T @ by_eta, [by_size.sum()]]) + ridge * theta
        return float(-weight * value.sum() + 0.5 * (ridge * theta**2).sum()), gradient

    theta = laplace_draws(loss, np.zeros(design.shape[1] + 1), 10.0, draws, rng)
    ahead = np.concatenate([np.ones((areas, 1)), now], axis=1)
    mean = np.exp(np.clip(ahead @ theta[:, :-1].T, -8, 8))
    return _draw_truncated(mean, np.exp(np.clip(theta[:, -1], -4, 6)), rng)


def _truncated(y: _Array, mean: _Array, log_size: float) -> tuple[_Array, _Array]:
    """Log probability of y given that y > 0, and its derivative by the log mean."""
    from scipy.special import gammaln

    k = float(np.exp(np.clip(log_size, -6, 8)))
    within = k + mean
    log_none = k * np.log(k / within)
    some = np.maximum(-np.expm1(log_none), 1e-12)
    value = gammaln(y + k) - gammaln(k) - gammaln(y + 1) + log_none + y * np.log(mean / within) - np.log(some)
    by_mean = y / mean - (y + k) / within - np.exp(log_none) * k / (within * some)
    return value, by_mean * mean


def _draw_truncated(mean: _Array, size: _Array, rng: np.random.Generator) -> NDArray[np.int64]:
    drawn = np.zeros(mean.shape, dtype=np.int64)
    for _ in range(40):
        none = drawn == 0
        if not none.any():
            break
        k = np.broadcast_to(size, mean.shape)[none]
        drawn[none] = rng.poisson(mean[none] * rng.gamma(k, 1 / k))
    # Where forty tries brought nothing, more than one incident is practically out of the question.
    return np.maximum(drawn, 1)
