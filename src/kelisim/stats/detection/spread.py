"""How an incident spreads: the branching ratio and half-life of a process that excites itself."""

from __future__ import annotations

from dataclasses import dataclass
from math import log

import numpy as np
from numpy.typing import ArrayLike, NDArray

from kelisim.core.errors import CountsError, NotDefined

__all__ = ["Spread", "spread"]

_Floats = NDArray[np.float64]
_FEWEST_EVENTS, _FEWEST_STEPS = 30, 60
_RATIOS = np.linspace(0.0, 0.98, 50)
_LIVES = 32
_NEWTON = 40


@dataclass(frozen=True, slots=True)
class Spread:
    """An estimate of spread, with profile-likelihood intervals.

    branching, branching_low, branching_high : events that one event brings about, on average, from 0 to 0.98
    half_life : steps (days, months) until half of them have come; None where spread is not shown
    half_life_low, half_life_high : None for an end that the data leave open
    shown : whether the likelihood tells the spread from none
    dispersion : variance / mean left over, by which the likelihood was flattened
    """

    branching: float
    branching_low: float
    branching_high: float
    half_life: float | None
    half_life_low: float | None
    half_life_high: float | None
    shown: bool
    dispersion: float
    level: float


def spread(counts: ArrayLike, *, level: float, background: ArrayLike | None = None) -> Spread:
    """Branching ratio and half-life of counts in equal steps of time, usually days.

    Discrete form of the self-exciting process of Hawkes (1971): y_t ~ Poisson(m x_t + n s_t), with
    s_t = r s_(t-1) + (1 - r) y_(t-1), half-life h = -log 2 / log r. Maximum likelihood on a grid of n and h
    with m solved for; 2 log L divided by the Pearson dispersion (at least 1). "Shown" asks for a gain above
    the chi-square quantile with two degrees of freedom, since h has no meaning without spread.
    A background that moves for its own reasons looks like spread: give its shape x where it is known.

    background : array like counts, above 0; None is an even one
    Raises: NotDefined("too_few_events") below 30 events or 60 steps, CountsError for impossible counts.
    """
    from scipy.special import chdtri

    y = np.asarray(counts, dtype=np.float64)
    x = np.ones(y.shape) if background is None else np.asarray(background, dtype=np.float64)
    if y.ndim != 1 or not np.isfinite(y).all() or (y < 0).any() or (y != np.round(y)).any():
        raise CountsError("spread needs a whole number of events, 0 or more, in every step of time")
    if x.shape != y.shape or not (np.isfinite(x) & (x > 0)).all():
        raise CountsError("a background has one value above 0 for every step of time")
    if y.sum() < _FEWEST_EVENTS or y.size < _FEWEST_STEPS:
        raise NotDefined(
            "too_few_events",
            f"{y.sum():.0f} events in {y.size} steps; spread needs {_FEWEST_EVENTS} in {_FEWEST_STEPS}",
        )
    lives = np.geomspace(0.5, y.size / 4.0, _LIVES)
    surface = np.stack([_profile(y, x, _excited(y, life)) for life in lives])  # lives, ratios
    row, column = np.unravel_index(int(surface.argmax()), surface.shape)
    mean = _mean(y, x, _excited(y, float(lives[row])), float(_RATIOS[column]))
    phi = max(1.0, float(((y - mean) ** 2 / mean).sum() / (y.size - 3)))
    gain = 2.0 * (surface - surface.max()) / phi
    inside = gain >= -float(chdtri(1, 1 - level))
    shown = bool(-gain[0, 0] > float(chdtri(2, 1 - level)))
    # The ends lie between the last point of the grid inside and the first one outside: the outer one is
    # taken.
    across, along = np.flatnonzero(inside.any(axis=0)), np.flatnonzero(inside.any(axis=1))
    first, last = int(along[0]) - 1, int(along[-1]) + 1
    return Spread(
        branching=float(_RATIOS[column]),
        branching_low=float(_RATIOS[max(int(across[0]) - 1, 0)]),
        branching_high=float(_RATIOS[min(int(across[-1]) + 1, _RATIOS.size - 1)]),
        half_life=float(lives[row]) if shown else None,
        half_life_low=float(lives[first]) if shown and first >= 0 else None,
        half_life_high=float(lives[last]) if shown and last < lives.size else None,
        shown=shown,
        dispersion=phi,
        level=level,
    )


def _excited(y: _Floats, life: float) -> _Floats:
    from scipy.signal import lfilter

    r = 2.0 ** (-1.0 / life)
    late = np.concatenate([[0.0], y[:-1]])
    return np.asarray(lfilter([1.0 - r], [1.0, -r], late))


def _profile(y: _Floats, x: _Floats, s: _Floats) -> _Floats:
    """Log likelihood at every ratio with the best background."""
    m = np.maximum(1.0 - _RATIOS, 0.02) * y.sum() / x.sum()
    excited = _RATIOS[:, None] * s
    for _ in range(_NEWTON):
        mean = m[:, None] * x + excited
        slope = (x * (y / mean - 1.0)).sum(axis=1)
        bend = (y * (x / mean) ** 2).sum(axis=1)
        moved = np.maximum(m + slope / np.maximum(bend, 1e-12), 0.1 * m)
        done = np.allclose(moved, m, rtol=1e-8)
        m = np.maximum(moved, 1e-9)
        if done:
            break
    mean = m[:, None] * x + excited
    return np.asarray((y * np.log(mean) - mean).sum(axis=1))


def _mean(y: _Floats, x: _Floats, s: _Floats, ratio: float) -> _Floats:
    from scipy.optimize import minimize_scalar

    top = log(max(y.sum() / x.sum(), 1e-6)) + 1.0

    def loss(value: float) -> float:
        mean = np.exp(value) * x + ratio * s
        return float((mean - y * np.log(mean)).sum())

    best = minimize_scalar(loss, bounds=(top - 20.0, top), method="bounded")
    return np.asarray(np.exp(best.x) * x + ratio * s)
