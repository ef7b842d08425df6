"""How many events no list has: capture-recapture over two or three lists of one kind of event.

Everything here stands on assumptions that no data can prove; they are part of every result. Where lists
share too few events the answer is no number.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations
from math import exp, log, sqrt

import numpy as np
from numpy.typing import NDArray

from kelisim.core.errors import CountsError, NotDefined

__all__ = ["ASSUMPTIONS", "FEWEST_SHARED", "Hidden", "three_lists", "two_lists"]

_Floats = NDArray[np.float64]
FEWEST_SHARED = 7
"""Events that any two lists must share: with fewer the estimate is biased (Robson and Regier 1964)."""
ASSUMPTIONS: tuple[str, ...] = ("closed", "matched", "equal_chance", "independent")
"""Codes. closed: the same events could enter every list; matched: no event was matched wrongly; equal_chance:
within a list every event had the same chance; independent: one list does not lead to or away from another
(with three lists: but for the pairs of the model)."""


@dataclass(frozen=True, slots=True)
class Hidden:
    """An estimate of all events, known and unknown.

    known : events on any list; total, low, high : of all events; level : of the interval
    model : "chapman", or the pairs of lists that a log-linear model ties together ("independent", "1x2", ...)
    assumptions : codes of `ASSUMPTIONS` the number stands on
    """

    known: int
    total: float
    low: float
    high: float
    level: float
    model: str
    assumptions: tuple[str, ...]


def two_lists(only_first: int, only_second: int, both: int, *, level: float) -> Hidden:
    """Events in all from two lists, after Chapman (1951).

    N = (n1 + 1)(n2 + 1) / (m + 1) - 1, n1 and n2 on the lists, m on both. Interval of the unseen part on the
    log scale (Chao 1987), so that it never falls below what is known.
    Raises: NotDefined("overlap_too_small") with fewer than 7 events on both lists, where the estimate is
    biased (Robson and Regier 1964); CountsError.

    >>> h = two_lists(40, 30, 30, level=0.95)
    >>> round(h.total, 1), round(h.low), round(h.high)
    (138.7, 120, 173)
    """
    _check([only_first, only_second, both])
    if both < FEWEST_SHARED:
        raise NotDefined(
            "overlap_too_small", f"{both} events stand on both lists; at least {FEWEST_SHARED} are needed"
        )
    n1, n2, known = only_first + both, only_second + both, only_first + only_second + both
    total = (n1 + 1) * (n2 + 1) / (both + 1) - 1
    variance = (n1 + 1) * (n2 + 1) * only_first * only_second / ((both + 1) ** 2 * (both + 2))
    low, high = _around(known, total - known, variance, level)
    return Hidden(known, total, low, high, level, "chapman", ASSUMPTIONS)


def three_lists(
    cells: Mapping[str, int], rng: np.random.Generator, *, level: float, simulations: int = 1000
) -> Hidden:
    """Events in all from three lists, by the log-linear model that AIC prefers (Fienberg 1972).

    cells : how many events stand on exactly these lists, keys "100", "010", "001", "110", "101", "011",
        "111"; a missing key is 0
    Models: independence and every set of up to three ties between two lists; a tie of all three cannot be
    told. Interval: percentile bootstrap of whole worlds, the model chosen anew in each, so that the doubt
    about the model is in it.
    Raises: NotDefined("overlap_too_small") where any two lists share fewer than 7 events, CountsError.
    """
    keys = ("100", "010", "001", "110", "101", "011", "111")
    strange = sorted(set(cells) - set(keys))
    if strange:
        raise CountsError(f"cells are named by three digits of 0 and 1, not {', '.join(strange)}")
    y = np.array([cells.get(key, 0) for key in keys], dtype=np.float64)
    _check(y.tolist())
    for a, b in combinations(range(3), 2):
        shared = sum(v for key, v in zip(keys, y, strict=True) if key[a] == "1" and key[b] == "1")
        if shared < FEWEST_SHARED:
            raise NotDefined(
                "overlap_too_small",
                f"lists {a + 1} and {b + 1} share {shared:.0f} events; at least {FEWEST_SHARED} are needed",
            )
    known = int(y.sum())
    fits = [_log_linear(y[None, :], pairs) for pairs in _MODELS]
    best = int(np.argmin([aic[0] for _, _, aic in fits]))
    unseen, fitted = float(fits[best][0][0]), fits[best][1][0]
    # The world drawn again: a total with the fitted chances of every cell, the unseen one among them.
    chances = np.concatenate([fitted, [unseen]]) / (fitted.sum() + unseen)
    worlds = rng.multinomial(round(known + unseen), chances, simulations)[:, :7].astype(np.float64)
    again = [_log_linear(worlds, pairs) for pairs in _MODELS]
    chosen = np.argmin([aic for _, _, aic in again], axis=0)
    lost = np.array([again[m][0][i] for i, m in enumerate(chosen)])
    spread = np.quantile(np.log(lost + 0.5), [(1 - level) / 2, (1 + level) / 2])
    low, high = known + np.maximum(np.exp(spread) - 0.5, 0.0)
    total = known + unseen
    model = "+".join(f"{a + 1}x{b + 1}" for a, b in _MODELS[best]) or "independent"
    return Hidden(known, total, float(min(low, total)), float(max(high, total)), level, model, ASSUMPTIONS)


_MODELS: tuple[tuple[tuple[int, int], ...], ...] = tuple(
    pairs for size in range(4) for pairs in combinations(tuple(combinations(range(3), 2)), size)
)
_CELLS = np.array(
    [[1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 1, 0], [1, 0, 1], [0, 1, 1], [1, 1, 1]], dtype=np.float64
)


def _log_linear(y: _Floats, pairs: tuple[tuple[int, int], ...]) -> tuple[_Floats, _Floats, _Floats]:
    """Poisson log-linear fits of many worlds: expected unseen events, fitted cells, AIC."""
    from scipy.special import gammaln

    x = np.column_stack([np.ones(7), _CELLS, *(_CELLS[:, a] * _CELLS[:, b] for a, b in pairs)])
    eta = np.log(y + 0.5)
    beta = np.zeros((y.shape[0], x.shape[1]))
    for _ in range(30):
        mu = np.exp(np.clip(eta, -20.0, 20.0))
        left = (mu[:, :, None] * x).transpose(0, 2, 1) @ x + 1e-8 * np.eye(x.shape[1])
        right = (mu * (eta + (y - mu) / mu)) @ x
        beta = np.linalg.solve(left, right[:, :, None])[:, :, 0]
        eta = np.clip(beta @ x.T, -20.0, 20.0)
    mu = np.exp(eta)
    likelihood = (y * eta - mu - gammaln(y + 1)).sum(axis=1)
    return np.exp(np.clip(beta[:, 0], -20.0, 20.0)), mu, 2.0 * x.shape[1] - 2.0 * likelihood


def _around(known: int, unseen: float, variance: float, level: float) -> tuple[float, float]:
    from scipy.special import ndtri

    if unseen <= 0 or variance <= 0:
        return float(known), float(known)
    wide = exp(float(ndtri((1 + level) / 2)) * sqrt(log(1 + variance / unseen**2)))
    return known + unseen / wide, known + unseen * wide


def _check(counts: list[float]) -> None:
    if any(c < 0 or c != int(c) for c in counts):
        raise CountsError("events on lists are counted in whole numbers of 0 or more")
