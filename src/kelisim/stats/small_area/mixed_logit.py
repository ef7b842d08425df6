"""Multilevel logit for grouped answers: penalised least squares inside, Laplace's approximation outside.

logit P(yes) = x'b + sum over factors k of u_k[level], u_k ~ N(0, sigma_k^2), b ~ N(0, 10^2). Given the
sigmas, mode and curvature of all effects come from penalised iteratively reweighted least squares. The sigmas
have the density of Laplace's approximation (Tierney and Kadane 1986) times half-normal priors of scale 1 on
the logit scale; in log sigma this is never highest at 0 (Chung et al. 2013). Draws take both doubts into
account: of the sigmas by importance weights, of the effects by their normal approximation.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kelisim.core.errors import NotDefined
from kelisim.stats.survey.coding import Ints
from kelisim.stats.survey.stages import Floats

__all__ = ["Answers", "Draws", "Mode", "draw_effects", "fit_effects", "log_density", "most_likely_sigmas"]

_FIXED_PRECISION = 1e-2
_STEPS = 50
_LOWEST, _HIGHEST = np.log(1e-3), np.log(10.0)
_FREEDOM = 5.0
_POINTS = 120


@dataclass(frozen=True, slots=True, eq=False)
class Answers:
    """Grouped answers and where each effect enters.

    yes, asked : (rows,) answers "yes" and all answers, which may be fractions
    x : (rows, terms) fixed effects, the intercept among them; levels : (rows, factors) codes
    sizes : levels of each factor, those without an answer included: their effects are the prior's
    """

    yes: Floats
    asked: Floats
    x: Floats
    levels: Ints
    sizes: tuple[int, ...]

    @property
    def width(self) -> int:
        """Number of all effects: terms, then the levels of the factors one after another."""
        return int(self.x.shape[1]) + sum(self.sizes)

    @property
    def starts(self) -> Ints:
        """First place of each factor's levels among the effects."""
        ends = np.cumsum((self.x.shape[1], *self.sizes), dtype=np.intp)
        return ends[:-1]

    def owner(self) -> Ints:
        """Factor of each effect, -1 for terms."""
        return np.repeat(np.arange(-1, len(self.sizes)), (self.x.shape[1], *self.sizes))


@dataclass(frozen=True, slots=True, eq=False)
class Mode:
    """Effects given the sigmas: mode (width,), Cholesky factor of the curvature, and log of the marginal
    likelihood by Laplace."""

    effects: Floats
    factor: Floats
    log_marginal: float


@dataclass(frozen=True, slots=True, eq=False)
class Draws:
    """effects : (draws, width); sigmas : (draws, factors); points : effective number of points of sigma."""

    effects: Floats
    sigmas: Floats
    points: float


class _Places:
    """Where rows enter the curvature: every row has a value in terms + factors places."""

    def __init__(self, answers: Answers) -> None:
        rows, terms = answers.x.shape
        self.at = np.concatenate(
            (np.broadcast_to(np.arange(terms), (rows, terms)), answers.starts + answers.levels), axis=1
        )
        self.value = np.concatenate((answers.x, np.ones(answers.levels.shape)), axis=1)
        self.pairs = (self.at[:, :, None] * answers.width + self.at[:, None, :]).ravel()
        self.products = self.value[:, :, None] * self.value[:, None, :]

    def line(self, effects: Floats) -> Floats:
        found: Floats = (self.value * effects[self.at]).sum(axis=1)
        return found

    def gradient(self, residual: Floats, width: int) -> Floats:
        values = (self.value * residual[:, None]).ravel()
        return np.bincount(self.at.ravel(), weights=values, minlength=width).astype(np.float64)

    def curvature(self, weight: Floats, width: int) -> Floats:
        values = (self.products * weight[:, None, None]).ravel()
        sums = np.bincount(self.pairs, weights=values, minlength=width**2)
        return sums.astype(np.float64).reshape(width, width)


def fit_effects(
    answers: Answers, sigmas: Floats, *, start: Floats | None = None, places: _Places | None = None
) -> Mode:
    """Mode of the effects given the sigmas, by Newton steps that are halved while they do not rise.

    Raises: NotDefined("separation") where the steps do not settle.
    """
    from scipy.special import expit

    places, width = places or _Places(answers), answers.width
    owner = answers.owner()
    precision = np.where(owner < 0, _FIXED_PRECISION, 1 / np.square(sigmas)[owner])

    def height(effects: Floats, line: Floats) -> float:
        likelihood = answers.yes @ line - answers.asked @ np.logaddexp(0.0, line)
        return float(likelihood - (precision * effects * effects).sum() / 2)

    effects = np.zeros(width) if start is None else start
    line = places.line(effects)
    now = height(effects, line)
    for _ in range(_STEPS):
        chance = expit(line)
        slope = places.gradient(answers.yes - answers.asked * chance, width) - precision * effects
        factor = _cholesky(places, answers.asked * chance * (1 - chance), precision)
        step = _solve(factor, slope)
        gain, size = float(slope @ step), 1.0
        while True:
            tried = effects + size * step
            tried_line = places.line(tried)
            new = height(tried, tried_line)
            if new >= now - 1e-12 * abs(now) or size < 1e-6:
                break
            size /= 2
        effects, line, now = tried, tried_line, new
        if gain < 1e-12 * (1 + abs(now)):
            chance = expit(line)
            factor = _cholesky(places, answers.asked * chance * (1 - chance), precision)
            half_log = np.log(precision).sum() / 2 - np.log(np.diag(factor)).sum()
            return Mode(effects, factor, now + float(half_log))
    raise NotDefined("separation", "the effects of the multilevel model do not settle")


def log_density(answers: Answers, log_sigmas: Floats, mode: Mode) -> float:
    """Log density of log sigmas: Laplace's likelihood, half-normal priors, and the change of scale."""
    return mode.log_marginal + float((log_sigmas - np.exp(2 * log_sigmas) / 2).sum())


def most_likely_sigmas(answers: Answers) -> tuple[Floats, Floats]:
    """Log sigmas of the highest density, and the curvature of its negative log there."""
    from scipy.optimize import minimize

    places = _Places(answers)
    warm: list[Floats | None] = [None]

    def loss(point: Floats) -> float:
        mode = fit_effects(answers, np.exp(point), start=warm[0], places=places)
        warm[0] = mode.effects
        return -log_density(answers, point, mode)

    count = len(answers.sizes)
    bounds = [(_LOWEST, _HIGHEST)] * count
    options = {"ftol": 1e-9, "eps": 1e-4}
    found = minimize(loss, np.full(count, np.log(0.3)), method="L-BFGS-B", bounds=bounds, options=options)
    best = np.asarray(found.x, dtype=np.float64)
    return best, _curvature(loss, best)


def draw_effects(answers: Answers, draws: int, rng: np.random.Generator) -> Draws:
    """Draws of effects and sigmas from their approximate posterior.

    Points of log sigma come from a t distribution around the highest density, are weighted by the true
    density over that of the t, and taken anew by these weights; at each, effects are normal around their
    mode.

    Raises: NotDefined("separation").
    """
    places = _Places(answers)
    best, curvature = most_likely_sigmas(answers)
    root = np.linalg.cholesky(np.linalg.inv(curvature))
    start = fit_effects(answers, np.exp(best), places=places).effects
    count = best.size
    normal = rng.normal(size=(_POINTS, count))
    stretched = normal / np.sqrt(rng.chisquare(_FREEDOM, size=_POINTS) / _FREEDOM)[:, None]
    points = np.clip(best + stretched @ root.T, _LOWEST, _HIGHEST)
    density = np.array(
        [log_density(answers, p, fit_effects(answers, np.exp(p), start=start, places=places)) for p in points]
    )
    distance = np.square(np.linalg.solve(root, (points - best).T)).sum(axis=0)
    density += (_FREEDOM + count) / 2 * np.log1p(distance / _FREEDOM)
    weight = np.exp(density - density.max())
    weight /= weight.sum()
    times = _systematic(weight, draws, rng)
    effects, sigmas = np.empty((draws, answers.width)), np.empty((draws, count))
    first = 0
    for point, number in zip(points, times.tolist(), strict=True):
        if number:
            mode = fit_effects(answers, np.exp(point), start=start, places=places)
            noise = _back(mode.factor, rng.normal(size=(answers.width, number)))
            effects[first : first + number] = mode.effects + noise.T
            sigmas[first : first + number] = np.exp(point)
            first += number
    return Draws(effects, sigmas, float(1 / np.square(weight).sum()))


def _systematic(weight: Floats, draws: int, rng: np.random.Generator) -> NDArray[np.intp]:
    """How often each point is taken, within one of its expected number."""
    ends = np.floor(np.concatenate(([0.0], np.cumsum(weight))) * draws + rng.random())
    ends[-1] = ends[0] + draws
    return np.diff(ends).astype(np.intp)


def _cholesky(places: _Places, weight: Floats, precision: Floats) -> Floats:
    matrix = places.curvature(weight, precision.size)
    matrix[np.diag_indices_from(matrix)] += precision
    return np.asarray(np.linalg.cholesky(matrix), dtype=np.float64)


def _solve(factor: Floats, right: Floats) -> Floats:
    from scipy.linalg import cho_solve

    return np.asarray(cho_solve((factor, True), right, check_finite=False), dtype=np.float64)


def _back(factor: Floats, noise: Floats) -> Floats:
    """L'^-1 noise: draws with the inverse of the curvature as covariance."""
    return np.asarray(np.linalg.solve(factor.T, noise), dtype=np.float64)


def _curvature(loss: Callable[[Floats], float], at: Floats, step: float = 0.05) -> Floats:
    """Second differences of the loss, made positive definite where a sigma hardly matters."""
    count, made = at.size, np.empty((at.size, at.size))
    eye = np.eye(count) * step
    middle = loss(at)
    single = [(loss(at + eye[i]), loss(at - eye[i])) for i in range(count)]
    for i in range(count):
        made[i, i] = (single[i][0] - 2 * middle + single[i][1]) / step**2
        for j in range(i):
            both = loss(at + eye[i] + eye[j]) + loss(at - eye[i] - eye[j]) + 2 * middle
            ones = sum(single[i]) + sum(single[j])
            made[i, j] = made[j, i] = (both - ones) / (2 * step**2)
    values, vectors = np.linalg.eigh(made)
    # Where the curvature is flat the t distribution has a scale of 1.4 in log sigma, and no more.
    found: Floats = (vectors * np.maximum(values, 0.5)) @ vectors.T
    return found
