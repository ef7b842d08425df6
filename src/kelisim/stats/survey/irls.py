"""Iteratively reweighted least squares for three families, in one pass over the records per step.

Records are taken in blocks that stay in the processor's cache, so that a step reads every column once. The
stopping rule and the weights of the covariance are those of R's glm, so that printed digits agree.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np

from kelisim.core.errors import NotDefined
from kelisim.stats.survey.stages import Floats

__all__ = ["Family", "check_outcome", "fit"]

Family = Literal["gaussian", "logit", "poisson"]
_STEPS = 40
_BLOCK = 8_192
_FEW_TERMS = 10
_SEPARATION = "a term foretells the outcome without fail, so its effect has no finite estimate"


def check_outcome(y: Floats, family: Family) -> None:
    """Outcomes that the family cannot have.  Raises: ValueError."""
    if family == "logit" and not (y.min() >= 0 and y.max() <= 1):
        raise ValueError("a logit model needs an outcome between 0 and 1")
    if family == "poisson" and not y.min() >= 0:
        raise ValueError("a poisson model needs an outcome of 0 or more")


def fit(
    x: Floats,
    y: Floats,
    w: Floats,
    shift: Floats | float,
    family: Family,
    tolerance: float,
    start: Floats | None,
    names: list[str],
) -> tuple[Floats, Floats, Floats]:
    """Coefficients, r with scores w x r, and information sum w v x x'.

    x : (terms, records); shift : offset; start : coefficients to begin with, None begins with the outcome
        itself
    Raises: NotDefined("collinear" | "separation").
    """
    model = _Model(x, y, w, shift, family)
    _check_terms(model, names)
    before = start
    information, right, deviance = model.step(before)
    for _ in range(_STEPS):
        scale = np.sqrt(np.diag(information))
        scaled = information / np.outer(scale, scale) if np.all(scale > 0) else np.zeros((1, 1))
        if not np.all(np.isfinite(scaled)) or np.linalg.cond(scaled) > 1e13:
            break
        beta = np.asarray(np.linalg.solve(scaled, right / scale) / scale, dtype=np.float64)
        if family == "gaussian":
            return beta, y - (beta @ x + shift), information
        again, next_right, next_deviance = model.step(beta)
        if not np.isfinite(next_deviance):
            break
        change = abs(next_deviance - deviance)
        if change < tolerance * (abs(next_deviance) + 0.1) or change < 1e-14 * model.size:
            if family == "logit" and next_deviance < 1e-7 * model.size:
                break
            return beta, model.scores(before, beta), information
        before, information, right, deviance = beta, again, next_right, next_deviance
    raise NotDefined("separation", _SEPARATION)


@dataclass(frozen=True, slots=True, eq=False)
class _Model:
    x: Floats
    y: Floats
    w: Floats
    shift: Floats | float
    family: Family

    @property
    def size(self) -> float:
        return float(self.w.sum())

    def blocks(self) -> Iterator[tuple[slice, Floats, Floats, Floats, Floats | float]]:
        for first in range(0, self.y.size, _BLOCK):
            part = slice(first, first + _BLOCK)
            shift = self.shift[part] if isinstance(self.shift, np.ndarray) else self.shift
            yield part, self.x[:, part], self.y[part], self.w[part], shift

    def step(self, beta: Floats | None) -> tuple[Floats, Floats, float]:
        """Information and right side of the next least squares, and the deviance, at these coefficients."""
        terms = self.x.shape[0]
        information, right, deviance = np.zeros((terms, terms)), np.zeros(terms), 0.0
        typical = float(self.w.mean())
        for _, x, y, w, shift in self.blocks():
            eta = _start(y, w / typical, self.family) if beta is None else _predictor(beta, x) + shift
            residual, slope, own = _working(y, w, eta, self.family)
            information += _crossed(x * (w * slope), x)
            right += _crossed(x, (w * (slope * (eta - shift) + residual))[None, :])[:, 0]
            deviance += own
        return information, right, deviance

    def scores(self, before: Floats | None, beta: Floats) -> Floats:
        """y - mu at the end, times the ratio of the last working weights to those of the end."""
        made = np.empty(self.y.size)
        typical = float(self.w.mean())
        for part, x, y, w, shift in self.blocks():
            eta = _start(y, w / typical, self.family) if before is None else _predictor(before, x) + shift
            _, old, _ = _working(y, w, eta, self.family)
            residual, slope, _ = _working(y, w, _predictor(beta, x) + shift, self.family)
            made[part] = residual * np.divide(old, slope, out=np.ones(slope.size), where=slope > 0)
        return made


def _predictor(beta: Floats, x: Floats) -> Floats:
    return beta @ x if beta.size > _FEW_TERMS else np.einsum("k,ki->i", beta, x)


def _crossed(a: Floats, b: Floats) -> Floats:
    """a b'; without the matrix library where terms are few, as its threads would wait for each other."""
    return a @ b.T if a.shape[0] > _FEW_TERMS else np.einsum("ki,li->kl", a, b)


def _check_terms(model: _Model, names: list[str]) -> None:
    """Terms that cannot be told apart, and outcomes without variation, before the first step."""
    terms = model.x.shape[0]
    normal = np.zeros((terms, terms))
    for _, x, _, w, _ in model.blocks():
        normal += _crossed(x * w, x)
    scale = np.sqrt(np.maximum(np.diag(normal), 0.0))
    if np.any(scale == 0):
        raise NotDefined("collinear", f"'{names[int(np.argmin(scale))]}' is zero for every record")
    if np.linalg.cond(normal / np.outer(scale, scale)) > 1e13:
        words = "one term is a combination of others, so their effects cannot be told apart"
        raise NotDefined("collinear", words)
    if model.family != "gaussian" and (
        model.y.max() == 0 or (model.family == "logit" and model.y.min() == 1)
    ):
        raise NotDefined("separation", "the outcome is the same for every record")


def _start(y: Floats, relative: Floats, family: Family) -> Floats:
    if family == "gaussian":
        return np.zeros(y.size)
    if family == "poisson":
        return np.asarray(np.log(y + 0.1))
    mu = (relative * y + 0.5) / (relative + 1)
    return np.asarray(np.log(mu) - np.log1p(-mu))


def _working(y: Floats, w: Floats, eta: Floats, family: Family) -> tuple[Floats, Floats, float]:
    """y - mu, the slope of mu, and the deviance."""
    if family == "gaussian":
        return y - eta, np.ones(y.size), 0.0
    if family == "poisson":
        from scipy.special import xlogy

        mu = np.exp(np.minimum(eta, 700.0))
        return y - mu, mu, 2 * float(np.dot(w, xlogy(y, y) - y * eta - (y - mu)))
    small = np.exp(-np.abs(eta))
    below = 1 / (1 + small)
    mu = np.where(eta >= 0, below, small * below)
    deviance = 2 * float(np.dot(w, np.log1p(small) + np.maximum(eta, 0.0) - y * eta))
    return y - mu, small * below * below, deviance + _saturated(y, w)


def _saturated(y: Floats, w: Floats) -> float:
    """What a deviance of shares between 0 and 1 has beside that of zeros and ones."""
    from scipy.special import xlog1py, xlogy

    between = np.flatnonzero((y > 0) & (y < 1))
    if not between.size:
        return 0.0
    y = y[between]
    return 2 * float(np.dot(w[between], xlogy(y, y) + xlog1py(1 - y, -y)))
