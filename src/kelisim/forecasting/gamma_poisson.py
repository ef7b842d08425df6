"""The empirical-Bayes gamma-Poisson member: every area has a rate, drawn towards the rate of the region."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import product

import numpy as np
from numpy.typing import NDArray

from kelisim.core.errors import NotDefined
from kelisim.forecasting.panel import Draws, Panel

__all__ = ["gamma_poisson", "gamma_poisson_chances"]

_HALF_LIVES = (6.0, 12.0, 24.0, 48.0, 120.0)  # months
_PSEUDO_MONTHS = (1.0, 4.0, 12.0)  # of the regional rate
_DISPERSION = (0.3, 0.6, 1.0)  # below 1 the gamma is wider than plain counting would make it
_WARM_UP, _LAST = 6, 240  # months before the first origin scored, and months scored at most
_SHOCK_ORIGINS, _SHOCK = 3.0, 0.05  # prior of the common shock and the origins it is worth

_Array = NDArray[np.float64]
_Choice = tuple[float, float, float]
_Belief = tuple[_Array, _Array, _Array]


def gamma_poisson(panel: Panel, horizons: Sequence[int], draws: int, rng: np.random.Generator) -> Draws:
    """y_ih ~ Poisson(h lambda_i g), lambda_i ~ Gamma(a_i, b_i), g common to all areas of one draw.

    a_i = (S_i + b0 m) od, b_i = (N + b0) od, with S_i and N the sums of counts and months discounted by a
    half-life, m the regional mean a month (Robbins 1956; Gelman and others 2013). Half-life, b0 and od are
    those of the best predictive likelihood over the past. g ~ Gamma(1/phi, phi): phi is the spread of
    regional totals around their forecasts beyond what areas explain, floored at 0 and shrunk by three
    origins worth 0.05.
    Raises: NotDefined("short_history") below 8 months.
    """
    y = panel.counts.astype(np.float64)
    if panel.months < _WARM_UP + 2:
        raise NotDefined("short_history", f"rates need {_WARM_UP + 2} months, not {panel.months}")
    found: Draws = {}
    believed = _all_posteriors(y)
    for h in horizons:
        rate, phi = _rates(y, believed, h, draws, rng)
        common = rng.gamma(1 / phi, phi, draws) if phi > 0 else np.ones(draws)
        found[h] = rng.poisson(h * rate * common)
    return found


def gamma_poisson_chances(panel: Panel, h: int, draws: int, rng: np.random.Generator) -> _Array:
    """P(at least one incident in h months) under every draw of the rates, shape (areas, draws).

    1 - (1 + phi h lambda)^(-1/phi): the common shock of the future is chance, not doubt about the rate, and
    is integrated out.
    """
    y = panel.counts.astype(np.float64)
    rate, phi = _rates(y, _all_posteriors(y), h, draws, rng)
    quiet = np.exp(-h * rate) if phi <= 0 else (1 + phi * h * rate) ** (-1 / phi)
    return np.asarray(1 - quiet)


def _all_posteriors(y: _Array) -> dict[_Choice, _Belief]:
    """Shape, rate and log gamma of the shape under every choice, worked out once for all horizons."""
    from scipy.special import gammaln

    told = {half_life: _discounted(y, half_life) for half_life in _HALF_LIVES}
    choices = product(_HALF_LIVES, _PSEUDO_MONTHS, _DISPERSION)
    both = {choice: _posterior(told[choice[0]], choice) for choice in choices}
    return {choice: (a, b, gammaln(a)) for choice, (a, b) in both.items()}


def _rates(
    y: _Array, believed: Mapping[_Choice, _Belief], h: int, draws: int, rng: np.random.Generator
) -> tuple[_Array, float]:
    """Draws of every area's monthly rate under the best choice, and the variance of the common shock."""
    fits = _fits(y, believed, h)
    choice = max(fits, key=lambda c: fits[c])
    a, b, _ = believed[choice]
    return rng.gamma(a[:, -1:], 1 / b[-1], (len(y), draws)), _shock(y, a, b, h)


def _discounted(y: _Array, half_life: float) -> tuple[_Array, _Array, _Array]:
    """Counts by area and months, each discounted with a half-life, and the regional mean a month."""
    from scipy.signal import lfilter

    keep = 0.5 ** (1 / half_life)
    counted = lfilter([1.0], [1.0, -keep], y, axis=1)
    months = lfilter([1.0], [1.0, -keep], np.ones(y.shape[1]))
    pooled = counted.mean(axis=0) / months
    # Half an incident over the whole history keeps a region without incidents from a rate of exactly zero.
    return counted, months, np.maximum(pooled, 0.5 / (len(y) * y.shape[1]))


def _posterior(discounted: tuple[_Array, _Array, _Array], choice: _Choice) -> tuple[_Array, _Array]:
    """Shape (areas, months) and rate (months) of each area's gamma after every month."""
    _, pseudo, dispersion = choice
    counted, months, pooled = discounted
    return (counted + pseudo * pooled) * dispersion, (months + pseudo) * dispersion


def _origins(y: _Array, h: int) -> _Array:
    last = y.shape[1] - h
    return np.arange(max(_WARM_UP, last - _LAST), last + 1)


def _windows(y: _Array, h: int) -> _Array:
    added = np.cumsum(np.pad(y, ((0, 0), (1, 0))), axis=1)
    return np.asarray(added[:, h:] - added[:, :-h])


def _fits(y: _Array, believed: Mapping[_Choice, _Belief], h: int) -> dict[_Choice, float]:
    """Log likelihood of the past h-month counts under every choice, each seen from the month before."""
    from scipy.special import gammaln

    origins = _origins(y, h)
    if origins.size == 0:
        return dict.fromkeys(believed, 0.0)
    seen = _windows(y, h)[:, origins]
    constant = gammaln(seen + 1)
    found = {}
    for choice, (a, b, log_gamma) in believed.items():
        a, odds = a[:, origins - 1], b[origins - 1] / h
        terms = gammaln(seen + a) - log_gamma[:, origins - 1] - constant
        found[choice] = float((terms + a * np.log(odds / (odds + 1)) - seen * np.log(odds + 1)).sum())
    return found


def _shock(y: _Array, a: _Array, b: _Array, h: int) -> float:
    origins = _origins(y, h)
    a, b = a[:, origins - 1], b[origins - 1]
    mean, own = h * (a / b).sum(axis=0), h**2 * (a / b**2).sum(axis=0)
    total = _windows(y, h)[:, origins].sum(axis=0)
    excess = ((total - mean) ** 2 - mean - own).sum()
    prior = _SHOCK_ORIGINS * np.mean(mean**2) if origins.size else _SHOCK_ORIGINS
    below = float((mean**2).sum() + prior)
    return max(0.0, float((excess + _SHOCK * prior) / below)) if below > 0 else 0.0
