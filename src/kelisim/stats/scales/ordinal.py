"""The cumulative (ordinal) logit model by Newton steps; its likelihood has a single peak."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from kelisim.core.errors import NotDefined
from kelisim.stats.survey.stages import Floats

__all__ = ["OrdinalFit", "ordinal_logit"]

_STEPS = 100


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class OrdinalFit:
    """cuts : (categories - 1,) rising; slopes, se : (terms,); log_likelihood; null : without any term;
    nagelkerke : (1 - exp(2 (null - log_likelihood) / n)) / (1 - exp(2 null / n)) (Nagelkerke 1991)"""

    cuts: Floats
    slopes: Floats
    se: Floats
    log_likelihood: float
    null: float
    nagelkerke: float


def ordinal_logit(answers: ArrayLike, terms: ArrayLike) -> OrdinalFit:
    """P(answer <= j) = logistic(cut_j - sum slope x) (McCullagh 1980), by maximum likelihood.

    answers : (records,) ordered numbers; terms : (records, terms) without a constant
    Raises: NotDefined("one_category" | "separation" | "collinear").

    >>> made = ordinal_logit([1, 2, 1, 3, 2, 3, 1, 2], np.array([[0, 0, 0, 0, 1, 1, 1, 1.0]]).T)
    >>> made.slopes.round(3).tolist(), made.cuts.round(3).tolist()
    ([0.653], [-0.172, 1.477])
    """
    x = np.asarray(terms, dtype=np.float64)
    labels, y = np.unique(np.asarray(answers, dtype=np.float64), return_inverse=True)
    y = y.ravel()
    if x.ndim != 2 or x.shape[0] != y.size:
        raise ValueError("terms are a table with one row per answer")
    if labels.size < 2:
        raise NotDefined("one_category", "every record gives the same answer")
    counts = np.bincount(y).astype(np.float64)
    null = float((counts * np.log(counts / y.size)).sum())
    sd = x.std(axis=0)
    if np.any(sd == 0):
        raise NotDefined("collinear", "a term is the same for every record")
    z = (x - x.mean(axis=0)) / sd
    if z.shape[1] and np.linalg.cond(z.T @ z) > 1e12:
        raise NotDefined("collinear", "one term follows from the others")
    share = np.cumsum(counts)[:-1] / y.size
    theta = np.concatenate((np.log(share / (1 - share)), np.zeros(z.shape[1])))
    model = _Cumulative(y, z, labels.size)
    now, slope, curve = model.at(theta)
    for _ in range(_STEPS):
        move = np.linalg.solve(curve, slope)
        gain = float(slope @ move)
        if gain < 1e-12:
            break
        length = 1.0
        while True:
            found = model.at(theta + length * move)
            if np.isfinite(found[0]) and found[0] >= now - 1e-12:
                break
            length /= 2
            if length < 1e-10:
                raise NotDefined("separation", "a term foretells the answer without fail")
        theta = theta + length * move
        now, slope, curve = found
        if np.abs(theta).max() > 30:
            raise NotDefined("separation", "a term foretells the answer without fail")
    cut_count = labels.size - 1
    slopes = theta[cut_count:] / sd
    errors = np.sqrt(np.diag(np.linalg.inv(curve)))[cut_count:] / sd
    return OrdinalFit(
        cuts=theta[:cut_count] + x.mean(axis=0) @ slopes,
        slopes=slopes,
        se=errors,
        log_likelihood=now,
        null=null,
        nagelkerke=float(-np.expm1(2 * (null - now) / y.size) / -np.expm1(2 * null / y.size)),
    )


class _Cumulative:
    """Log likelihood, gradient and minus the second derivative."""

    def __init__(self, y: np.ndarray, z: Floats, categories: int) -> None:
        each = np.arange(y.size)
        self.last = y == categories - 1
        self.first = y == 0
        self.upper = np.zeros((y.size, categories - 1 + z.shape[1]))
        self.upper[:, categories - 1 :] = -z
        self.lower = self.upper.copy()
        self.upper[each[~self.last], y[~self.last]] = 1.0
        self.lower[each[~self.first], y[~self.first] - 1] = 1.0

    def at(self, theta: Floats) -> tuple[float, Floats, Floats]:
        from scipy.special import expit

        up = np.where(self.last, np.inf, self.upper @ theta)
        down = np.where(self.first, -np.inf, self.lower @ theta)
        top, bottom = expit(up), expit(down)
        chance = top - bottom
        if np.any(chance <= 0):
            return -np.inf, theta, np.eye(theta.size)
        f_u, f_l = top * (1 - top), bottom * (1 - bottom)
        a, b = f_u / chance, f_l / chance
        slope = self.upper.T @ a - self.lower.T @ b
        h_uu = a * a - f_u * (1 - 2 * top) / chance
        h_ll = b * b + f_l * (1 - 2 * bottom) / chance
        cross = (self.upper * (-a * b)[:, None]).T @ self.lower
        curve = (
            (self.upper * h_uu[:, None]).T @ self.upper
            + (self.lower * h_ll[:, None]).T @ self.lower
            + cross
            + cross.T
        )
        return float(np.log(chance).sum()), slope, curve
