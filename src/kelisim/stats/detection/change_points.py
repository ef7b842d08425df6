"""Change points of a history: when the level moved, how sure that is, by how much. For looking back only."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kelisim.core.errors import NotDefined
from kelisim.stats.detection.history import History

__all__ = ["ChangePoint", "Segments", "change_points"]

_Floats = NDArray[np.float64]
_SHORTEST = 3
_FEWEST_MONTHS, _FEWEST_EVENTS = 18, 8


@dataclass(frozen=True, slots=True)
class ChangePoint:
    """A month from which the level is another.

    month : first month of the new level, counted from 0; low, high : interval of it
    before, after : rate per unit of effort on its two sides
    """

    month: int
    low: int
    high: int
    before: float
    after: float


@dataclass(frozen=True, slots=True)
class Segments:
    """The history cut into levels.

    changes : none where one level explains it; dispersion : variance / mean around the levels
    penalty : gain a change had to bring, so that a history without change shows one in `false_rate` of cases
    level : confidence level of the intervals of months
    """

    changes: tuple[ChangePoint, ...]
    dispersion: float
    penalty: float
    false_rate: float
    level: float


def change_points(
    history: History, rng: np.random.Generator, *, false_rate: float, level: float, simulations: int = 500
) -> Segments:
    """Levels of a history by penalised quasi-likelihood, with the exact best cut.

    Minimises the sum over segments of 2 [S - S log(S / E)] / phi plus `penalty` per change, by dynamic
    programming over all cuts; pruning it (PELT, Killick et al. 2012) gives the same optimum faster and is not
    needed for months. phi comes from neighbouring months, which a change of level hardly touches. The
    penalty is the 1 - `false_rate` quantile of the best gain in simulated histories without change.
    Intervals of months: simulated from the fitted levels, each boundary found again between its neighbours
    (basic bootstrap). A segment has at least 3 observed months. Months are taken as independent given their
    level: a history that excites itself shows more changes than there are.

    Raises: NotDefined("too_few_events") below 18 observed months or 8 events.
    """
    seen = np.flatnonzero(history.observed)
    if seen.size < _FEWEST_MONTHS or history.events < _FEWEST_EVENTS:
        raise NotDefined(
            "too_few_events",
            f"{history.events} events in {seen.size} months; "
            f"change points need {_FEWEST_EVENTS} in {_FEWEST_MONTHS}",
        )
    y, e = history.counts[seen], history.effort[seen]
    phi = float(_dispersion(y[None, :], e)[0])
    calm = _quasi_counts(np.broadcast_to(e * y.sum() / e.sum(), (simulations, y.size)), phi, rng)
    # Each simulated history gets a dispersion of its own, so that the penalty pays for not knowing it.
    penalty = float(np.quantile(_best_split(calm, e)[1] / _dispersion(calm, e), 1.0 - false_rate))
    cuts = _optimal(y, e, phi, penalty)
    ends = [0, *cuts, y.size]
    rates = [float(y[a:b].sum() / e[a:b].sum()) for a, b in itertools.pairwise(ends)]
    found = []
    for j, cut in enumerate(cuts):
        first, last = ends[j], ends[j + 2]
        early = np.arange(first, last) < cut
        levels = [
            _levels(y[k:m].sum(), e[k:m].sum(), phi, simulations, rng) for k, m in ((first, cut), (cut, last))
        ]
        mean = e[first:last] * np.where(early, levels[0][:, None], levels[1][:, None])
        again = _quasi_counts(mean, phi, rng)
        shift = first + _best_split(again, e[first:last])[0] - cut
        left = np.quantile(shift, (1 + level) / 2, method="higher")
        right = np.quantile(shift, (1 - level) / 2, method="lower")
        low = int(np.clip(np.floor(cut - left), first, cut))
        high = int(np.clip(np.ceil(cut - right), cut, last - 1))
        found.append(ChangePoint(int(seen[cut]), int(seen[low]), int(seen[high]), rates[j], rates[j + 1]))
    return Segments(tuple(found), phi, penalty, false_rate, level)


def _dispersion(y: _Floats, e: _Floats) -> _Floats:
    """Of every row: variance / mean, by squared differences of neighbours (their mean is phi x rate)."""
    a, b, p, q = y[:, 1:], y[:, :-1], e[1:], e[:-1]
    squares = (a * q - b * p) ** 2 / (p * q * (p + q))
    rate = (a + b) / (p + q)
    return np.asarray(np.maximum(1.0, squares.sum(axis=1) / np.maximum(rate.sum(axis=1), 1e-12)))


def _levels(events: float, exposure: float, phi: float, n: int, rng: np.random.Generator) -> _Floats:
    """Draws of the rate of a segment; its own count does not tell it exactly."""
    return np.asarray(rng.gamma((events + 0.5) / phi, phi / exposure, n))


def _quasi_counts(mean: _Floats, phi: float, rng: np.random.Generator) -> _Floats:
    """Counts with that mean and variance phi times it."""
    if phi <= 1.0 + 1e-9:
        return rng.poisson(mean).astype(np.float64)
    shape = np.maximum(mean / (phi - 1.0), 1e-12)
    return rng.poisson(rng.gamma(shape, phi - 1.0)).astype(np.float64)


def _best_split(y: _Floats, e: _Floats) -> tuple[NDArray[np.int64], _Floats]:
    """For every row: where one cut gains most in 2 log likelihood of a Poisson, and how much."""
    total, exposure = y.sum(axis=1, keepdims=True), e.sum()
    cuts = np.arange(_SHORTEST, y.shape[1] - _SHORTEST + 1)
    left, before = np.cumsum(y, axis=1)[:, cuts - 1], np.cumsum(e)[cuts - 1]
    gain = 2.0 * (
        _fit(left, before) + _fit(total - left, exposure - before) - _fit(total, np.asarray(exposure))
    )
    best = gain.argmax(axis=1)
    return cuts[best], gain[np.arange(y.shape[0]), best]


def _fit(events: _Floats, exposure: _Floats) -> _Floats:
    """S log(S / E), 0 for no events."""
    return np.where(events > 0, events * np.log(np.maximum(events, 1e-300) / exposure), 0.0)


def _optimal(y: _Floats, e: _Floats, phi: float, penalty: float) -> list[int]:
    s, x = np.concatenate([[0.0], np.cumsum(y)]), np.concatenate([[0.0], np.cumsum(e)])
    best = np.full(y.size + 1, np.inf)
    best[0] = -penalty
    came = np.zeros(y.size + 1, dtype=np.int64)
    for end in range(_SHORTEST, y.size + 1):
        begin = np.arange(0, end - _SHORTEST + 1)
        cost = best[begin] - 2.0 * _fit(s[end] - s[begin], x[end] - x[begin]) / phi + penalty
        came[end] = begin[cost.argmin()]
        best[end] = cost.min()
    cuts = []
    at = int(came[y.size])
    while at > 0:
        cuts.append(at)
        at = int(came[at])
    return cuts[::-1]
