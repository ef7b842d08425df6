"""How much people of one place are alike: the intraclass correlation between settlements.

It decides what an interview in the same village is worth. Three roads: analysis of variance and restricted
likelihood for numbers, both with the exact interval of a one-way model with unequal places, and a random
intercept on the logit scale for yes and no answers.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from kelisim.core.errors import NotDefined
from kelisim.stats.survey.stages import Floats

__all__ = ["PlaceCorrelation", "place_correlation", "place_correlation_binary"]

_MOST = 1e8


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceCorrelation:
    """value : intraclass correlation; by "anova" it may be negative, by "reml" and "logistic" not
    low, high : interval, cut at 0; mean_size : the place size n0 that enters the ANOVA estimate
    variance_between : of places, on the scale of the answers or of the logit
    """

    value: float
    low: float
    high: float
    level: float
    method: Literal["anova", "reml", "logistic"]
    places: int
    n: int
    mean_size: float
    variance_between: float


def place_correlation(
    answers: ArrayLike, places: ArrayLike, *, level: float, method: Literal["anova", "reml"]
) -> PlaceCorrelation:
    """Intraclass correlation of a numeric answer between places.

    anova : (B - W) / (B + (n0 - 1) W), n0 = (n - sum n_i^2 / n) / (places - 1) (Donner 1986)
    reml : from the variance ratio that maximises the restricted likelihood

    Interval, for both: the ratios v at which (weighted squares between places with weights n_i / (1 + n_i v)
    / (places - 1)) / W lies within its F quantiles; exact for normal answers and unequal places (Wald 1940).

    answers, places : (records,); records without an answer (NaN) are left out
    Raises: NotDefined("one_place" | "one_category" | "one_answer_each").

    >>> made = place_correlation([1, 2, 5, 6, 9, 10.0], [1, 1, 2, 2, 3, 3], level=0.95, method="anova")
    >>> round(made.value, 4), round(made.low, 4), round(made.high, 4)
    (0.9692, 0.5991, 0.9992)
    """
    from scipy.stats import f

    if method not in ("anova", "reml"):
        raise ValueError(f"the method is 'anova' or 'reml', not '{method}'")
    size, mean, within = _by_place(answers, places, level)
    n, k = float(size.sum()), size.size
    if within <= 0:
        if np.ptp(mean) == 0:
            raise NotDefined("one_category", "every record gives the same answer")
        if n == k:
            raise NotDefined("one_answer_each", "every place has one answer, so likeness cannot be seen")
    if n == k:
        raise NotDefined("one_answer_each", "every place has one answer, so likeness cannot be seen")
    noise = within / (n - k)
    n0 = (n - np.square(size).sum() / n) / (k - 1)

    def pivot(v: float) -> float:
        w = size / (1 + size * v)
        middle = w @ mean / w.sum()
        return float(w @ np.square(mean - middle) / (k - 1) / noise) if noise > 0 else np.inf

    tail, df = (1 - level) / 2, (k - 1, n - k)
    low = _falls_to(pivot, float(f.isf(tail, *df)))
    high = _falls_to(pivot, float(f.ppf(tail, *df)))
    between = float(size @ np.square(mean - size @ mean / n) / (k - 1))
    if method == "anova":
        value = (between - noise) / (between + (n0 - 1) * noise)
        variance = (between - noise) / n0
    else:
        ratio = _reml_ratio(size, mean, within)
        value, variance = ratio / (1 + ratio), ratio * _reml_noise(size, mean, within, ratio)
    return PlaceCorrelation(
        value=float(value),
        low=low / (1 + low),
        high=high / (1 + high),
        level=level,
        method=method,
        places=k,
        n=int(n),
        mean_size=float(n0),
        variance_between=float(variance),
    )


def _by_place(answers: ArrayLike, places: ArrayLike, level: float) -> tuple[Floats, Floats, float]:
    """Size and mean of every place, and the sum of squares within places."""
    if not 0 < level < 1:
        raise ValueError(f"a level lies between 0 and 1, such as 0.95, not at {level}")
    y = np.asarray(answers, dtype=np.float64)
    where = np.unique(np.asarray(places), return_inverse=True)[1].ravel()
    if y.ndim != 1 or where.shape != y.shape:
        raise ValueError("answers and places are columns of one length")
    known = ~np.isnan(y)
    if not np.all(np.isfinite(y[known])):
        raise ValueError("an answer is infinite")
    codes = np.unique(where[known], return_inverse=True)[1]
    y = y[known]
    size = np.bincount(codes).astype(np.float64)
    if size.size < 2:
        raise NotDefined("one_place", "answers come from one place, so places cannot be compared")
    y = y - y.mean()
    mean = np.bincount(codes, weights=y) / size
    return size, mean, float(np.square(y - mean[codes]).sum())


def _falls_to(pivot: Callable[[float], float], target: float) -> float:
    """The v of 0 or more at which a falling function reaches the target; 0 where it starts below."""
    from scipy.optimize import brentq

    if pivot(0.0) <= target:
        return 0.0
    top = 1.0
    while pivot(top) > target:
        top *= 4
        if top > _MOST:
            return _MOST
    return float(brentq(lambda v: pivot(v) - target, 0.0, top, xtol=1e-14, rtol=1e-12))


def _reml_noise(size: Floats, mean: Floats, within: float, ratio: float) -> float:
    w = size / (1 + size * ratio)
    between = float(w @ np.square(mean - w @ mean / w.sum()))
    return (within + between) / float(size.sum() - 1)


def _reml_ratio(size: Floats, mean: Floats, within: float) -> float:
    """Variance between over within that maximises the restricted likelihood, profiled over the rest."""
    from scipy.optimize import minimize_scalar

    n = float(size.sum())

    def lack(ratio: float) -> float:
        noise = _reml_noise(size, mean, within, ratio)
        w = size / (1 + size * ratio)
        return float((n - 1) * np.log(noise) + np.log1p(size * ratio).sum() + np.log(w.sum()))

    grid = np.concatenate(([0.0], np.geomspace(1e-6, 1e4, 101)))
    best = int(np.argmin([lack(v) for v in grid]))
    if best == 0:
        return 0.0
    ends = float(grid[best - 1]), float(grid[min(best + 1, grid.size - 1)])
    found = minimize_scalar(lack, bounds=ends, method="bounded", options={"xatol": 1e-12})
    return float(found.x)


def place_correlation_binary(answers: ArrayLike, places: ArrayLike, *, level: float) -> PlaceCorrelation:
    """Intraclass correlation of yes and no answers on the latent logistic scale, s^2 / (s^2 + pi^2 / 3).

    s^2 is the variance of a random intercept of places in a logit model, by maximum likelihood with adaptive
    Gauss-Hermite quadrature; the interval holds the s whose profile likelihood is near enough to the largest
    (likelihood ratio, one degree of freedom).

    answers : (records,) 0, 1 or NaN; places : (records,)
    Raises: NotDefined("one_place" | "one_category"), ValueError.

    >>> answers, places = [1] * 9 + [0] + [0] * 9 + [1] + [1] * 5 + [0] * 5, [1] * 10 + [2] * 10 + [3] * 10
    >>> made = place_correlation_binary(answers, places, level=0.95)
    >>> round(made.value, 3), round(made.low, 3), round(made.high, 3)
    (0.455, 0.06, 0.914)
    """
    from scipy.optimize import brentq, minimize_scalar
    from scipy.stats import chi2

    y = np.asarray(answers, dtype=np.float64)
    if not np.all(np.isin(y[~np.isnan(y)], (0.0, 1.0))):
        raise ValueError("answers are 0, 1 or missing")
    size, mean, _ = _by_place(answers, places, level)
    share = float(np.nanmean(y))
    if share in (0.0, 1.0):
        raise NotDefined("one_category", "every record gives the same answer")
    yes = np.round(size * (mean + share))

    def profile(s: float) -> float:
        """Largest log likelihood at this s."""
        middle = float(np.log(share / (1 - share)))
        width = 2.0 + 3.0 * s
        found = minimize_scalar(
            lambda b: -_log_likelihood(b, s, yes, size),
            bounds=(middle - width, middle + width),
            method="bounded",
            options={"xatol": 1e-7},
        )
        return -float(found.fun)

    grid = np.array([0.0, 0.05, 0.1, 0.2, 0.35, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 4.5, 7.0, 10.0])
    values = np.array([profile(s) for s in grid])
    best = int(np.argmax(values))
    ends = float(grid[max(best - 1, 0)]), float(grid[min(best + 1, grid.size - 1)])
    found = minimize_scalar(lambda s: -profile(s), bounds=ends, method="bounded", options={"xatol": 1e-6})
    top, s = (-float(found.fun), float(found.x)) if -found.fun > values[best] else (values[best], grid[best])
    need = top - float(chi2.isf(1 - level, 1)) / 2
    low = high = 0.0
    if values[0] < need:
        low = brentq(lambda v: profile(v) - need, 0.0, s, xtol=1e-6)
    high = float(grid[-1])
    if profile(high) < need:
        high = brentq(lambda v: profile(v) - need, s, high, xtol=1e-6)
    scale = np.pi**2 / 3
    return PlaceCorrelation(
        value=float(s**2 / (s**2 + scale)),
        low=float(low**2 / (low**2 + scale)),
        high=float(high**2 / (high**2 + scale)),
        level=level,
        method="logistic",
        places=size.size,
        n=int(size.sum()),
        mean_size=float((size.sum() - np.square(size).sum() / size.sum()) / (size.size - 1)),
        variance_between=float(s**2),
    )


_NODES, _NODE_WEIGHTS = np.polynomial.hermite_e.hermegauss(25)


def _log_likelihood(b: float, s: float, yes: Floats, size: Floats) -> float:
    """Log likelihood of intercept b and spread s, without the binomial coefficients."""
    from scipy.special import expit, log_expit, logsumexp

    def own(z: Floats) -> Floats:
        eta = b + s * z
        made: Floats = yes[:, None] * log_expit(eta) + (size - yes)[:, None] * log_expit(-eta)
        return made

    if s == 0:
        return float(own(np.zeros((yes.size, 1))).sum())
    # Peak and width of each place's integrand, so that the points fall where it is large.
    z = np.zeros(yes.size)
    for _ in range(50):
        p = expit(b + s * z)
        curve = 1 + s * s * size * p * (1 - p)
        step = (s * (yes - size * p) - z) / curve
        z = z + np.clip(step, -2.0, 2.0)
        if np.abs(step).max() < 1e-10:
            break
    p = expit(b + s * z)
    width = 1 / np.sqrt(1 + s * s * size * p * (1 - p))
    points = z[:, None] + width[:, None] * _NODES
    inside = own(points) - np.square(points) / 2 + np.square(_NODES) / 2
    logs = logsumexp(inside, b=_NODE_WEIGHTS, axis=1) + np.log(width) - np.log(2 * np.pi) / 2
    return float(logs.sum())
