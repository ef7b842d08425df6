"""Multilevel logit for grouped answers: penalised least squares inside, Laplace's approximation outside.

logit P(yes) = x'b + sum over factors k of u_k[level], u_k ~ N(0, sigma_k^2), b ~ N(0, 10^2). Given the
sigmas, mode and curvature of all effects come from penalised iteratively reweighted least squares. The sigmas
have the density of Laplace's approximation (Tierney and Kadane 1986), with quadrature over places, times
half-normal priors of scale 1 on the logit scale; in log sigma this is never highest at 0 (Chung et al.
2013). Draws take both doubts into account: of the sigmas by importance weights, of the effects by their
normal approximation.
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
    place : (rows,) place of each row, which has an effect of its own; None for none
    """

    yes: Floats
    asked: Floats
    x: Floats
    levels: Ints
    sizes: tuple[int, ...]
    place: Ints | None = None

    @property
    def width(self) -> int:
        """Number of effects beside those of places: terms, then the levels of one factor after another."""
        return int(self.x.shape[1]) + sum(self.sizes)

    @property
    def sigmas(self) -> int:
        """Number of sigmas: one per factor, and the last for places where there are any."""
        return len(self.sizes) + (self.place is not None)


@dataclass(frozen=True, slots=True, eq=False)
class Mode:
    """Effects given the sigmas: mode of all but places (width,), and of places; Cholesky factor of the
    former's curvature (width, width), places integrated out; log of the marginal likelihood."""

    effects: Floats
    places: Floats
    factor: Floats
    log_marginal: float


@dataclass(frozen=True, slots=True, eq=False)
class Draws:
    """effects : (draws, width); sigmas : (draws, sigmas); points : effective number of points of sigma."""

    effects: Floats
    sigmas: Floats
    points: float


class _Rows:
    """Where rows enter gradient and curvature: every row has a value in terms + factors of the effects, and a
    1 at its place. The curvature among places is diagonal, so that they cost next to nothing."""

    def __init__(self, answers: Answers) -> None:
        rows, terms = answers.x.shape
        self.width = answers.width
        starts = np.cumsum((terms, *answers.sizes), dtype=np.intp)[:-1]
        terms_at = np.broadcast_to(np.arange(terms), (rows, terms))
        self.at = np.concatenate((terms_at, starts + answers.levels), axis=1)
        self.value = np.concatenate((answers.x, np.ones(answers.levels.shape)), axis=1)
        self.pairs = (self.at[:, :, None] * self.width + self.at[:, None, :]).ravel()
        self.products = self.value[:, :, None] * self.value[:, None, :]
        self.place: Ints = np.zeros(rows, dtype=np.intp) if answers.place is None else answers.place
        self.places = 0 if answers.place is None else int(answers.place.max()) + 1
        self.crossed = (self.place[:, None] * self.width + self.at).ravel()
        self.owner = np.repeat(np.arange(-1, len(answers.sizes)), (terms, *answers.sizes))

    def line(self, effects: Floats, places: Floats) -> Floats:
        found: Floats = (self.value * effects[self.at]).sum(axis=1)
        return found + places[self.place] if self.places else found

    def gradient(self, residual: Floats) -> tuple[Floats, Floats]:
        values = (self.value * residual[:, None]).ravel()
        return _sums(self.at.ravel(), values, self.width), _sums(self.place, residual, self.places)

    def curvature(self, weight: Floats) -> tuple[Floats, Floats, Floats]:
        """Among effects (width, width), between places and effects (places, width), of each place."""
        values = (self.products * weight[:, None, None]).ravel()
        among = _sums(self.pairs, values, self.width**2).reshape(self.width, self.width)
        if not self.places:
            return among, np.zeros((0, self.width)), np.zeros(0)
        values = (self.value * weight[:, None]).ravel()
        between = _sums(self.crossed, values, self.places * self.width).reshape(self.places, self.width)
        return among, between, _sums(self.place, weight, self.places)


def _sums(key: Ints, values: Floats, size: int) -> Floats:
    if not size:
        return np.zeros(0)
    return np.bincount(key, weights=values, minlength=size).astype(np.float64, copy=False)


def fit_effects(
    answers: Answers, sigmas: Floats, *, start: Mode | None = None, rows: _Rows | None = None
) -> Mode:
    """Mode of the effects given the sigmas, by Newton steps that are halved while they do not rise.

    sigmas : one per factor, and the last for places where there are any
    Raises: NotDefined("separation") where the steps do not settle.
    """
    from scipy.special import expit

    rows = rows or _Rows(answers)
    factors = len(answers.sizes)
    precision = np.append(1 / np.square(sigmas[:factors]), _FIXED_PRECISION)[rows.owner]
    of_places = np.full(rows.places, 1 / sigmas[-1] ** 2)

    def height(effects: Floats, places: Floats, line: Floats) -> float:
        likelihood = answers.yes @ line - answers.asked @ np.logaddexp(0.0, line)
        return float(likelihood - (precision @ effects**2 + of_places @ places**2) / 2)

    effects = np.zeros(rows.width) if start is None else start.effects
    places = np.zeros(rows.places) if start is None else start.places
    line = rows.line(effects, places)
    now = height(effects, places, line)
    for _ in range(_STEPS):
        chance = expit(line)
        slope, place_slope = rows.gradient(answers.yes - answers.asked * chance)
        slope, place_slope = slope - precision * effects, place_slope - of_places * places
        among, between, own = rows.curvature(answers.asked * chance * (1 - chance))
        own = own + of_places
        among[np.diag_indices_from(among)] += precision
        among -= between.T @ (between / own[:, None])
        factor = np.asarray(np.linalg.cholesky(among), dtype=np.float64)
        step = _solve(factor, slope - between.T @ (place_slope / own))
        place_step = (place_slope - between @ step) / own
        gain, size = float(slope @ step + place_slope @ place_step), 1.0
        if gain < 1e-12 * (1 + abs(now)):
            half_log = np.log(precision).sum() + np.log(of_places).sum() - np.log(own).sum()
            half_log -= 2 * np.log(np.diag(factor)).sum()
            beyond = _beyond_laplace(answers, rows, line, places, own, of_places)
            return Mode(effects, places, factor, now + float(half_log) / 2 + beyond)
        while True:
            tried, tried_places = effects + size * step, places + size * place_step
            line = rows.line(tried, tried_places)
            new = height(tried, tried_places, line)
            if new >= now - 1e-12 * abs(now) or size < 1e-6:
                break
            size /= 2
        effects, places, now = tried, tried_places, new
    raise NotDefined("separation", "the effects of the multilevel model do not settle")


def _beyond_laplace(
    answers: Answers, rows: _Rows, line: Floats, places: Floats, own: Floats, precision: Floats
) -> float:
    """What Laplace's approximation misses in the integrals over places, each by nine nodes around its mode.

    A place holds few answers, and there are many places: the small error of each would add up to a likeness
    inside places that is found too low.
    """
    if not rows.places:
        return 0.0
    node, weight = np.polynomial.hermite_e.hermegauss(9)
    away = node / np.sqrt(own)[:, None]
    moved = line[:, None] + away[rows.place]
    here = answers.asked * np.logaddexp(0.0, line)
    rise = answers.yes[:, None] * away[rows.place] - (
        answers.asked[:, None] * np.logaddexp(0.0, moved) - here[:, None]
    )
    each = np.stack([_sums(rows.place, column, rows.places) for column in rise.T], axis=1)
    at = places[:, None]
    each -= precision[:, None] * ((at + away) ** 2 - at**2) / 2
    found = np.exp(each + np.square(node) / 2) @ (weight / weight.sum())
    return float(np.log(found).sum())


def log_density(log_sigmas: Floats, mode: Mode) -> float:
    """Log density of log sigmas: Laplace's likelihood, half-normal priors, and the change of scale."""
    return mode.log_marginal + float((log_sigmas - np.exp(2 * log_sigmas) / 2).sum())


def most_likely_sigmas(answers: Answers) -> tuple[Floats, Floats]:
    """Log sigmas of the highest density, and the curvature of its negative log there."""
    from scipy.optimize import minimize

    rows = _Rows(answers)
    warm: list[Mode | None] = [None]

    def loss(point: Floats) -> float:
        mode = fit_effects(answers, np.exp(point), start=warm[0], rows=rows)
        warm[0] = mode
        return -log_density(point, mode)

    count = answers.sigmas
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
    rows = _Rows(answers)
    best, curvature = most_likely_sigmas(answers)
    root = np.linalg.cholesky(np.linalg.inv(curvature))
    start = fit_effects(answers, np.exp(best), rows=rows)
    count = best.size
    normal = rng.normal(size=(_POINTS, count))
    stretched = normal / np.sqrt(rng.chisquare(_FREEDOM, size=_POINTS) / _FREEDOM)[:, None]
    points = np.clip(best + stretched @ root.T, _LOWEST, _HIGHEST)
    modes = [fit_effects(answers, np.exp(point), start=start, rows=rows) for point in points]
    density = np.array([log_density(point, mode) for point, mode in zip(points, modes, strict=True)])
    distance = np.square(np.linalg.solve(root, (points - best).T)).sum(axis=0)
    density += (_FREEDOM + count) / 2 * np.log1p(distance / _FREEDOM)
    weight = np.exp(density - density.max())
    weight /= weight.sum()
    times = _systematic(weight, draws, rng)
    effects, sigmas = np.empty((draws, answers.width)), np.empty((draws, count))
    first = 0
    for point, mode, number in zip(points, modes, times.tolist(), strict=True):
        if number:
            noise = np.linalg.solve(mode.factor.T, rng.normal(size=(answers.width, number)))
            effects[first : first + number] = mode.effects + noise.T
            sigmas[first : first + number] = np.exp(point)
            first += number
    return Draws(effects, sigmas, float(1 / np.square(weight).sum()))


def _systematic(weight: Floats, draws: int, rng: np.random.Generator) -> NDArray[np.intp]:
    """How often each point is taken, within one of its expected number."""
    ends = np.floor(np.concatenate(([0.0], np.cumsum(weight))) * draws + rng.random())
    ends[-1] = ends[0] + draws
    return np.diff(ends).astype(np.intp)


def _solve(factor: Floats, right: Floats) -> Floats:
    from scipy.linalg import cho_solve

    return np.asarray(cho_solve((factor, True), right, check_finite=False), dtype=np.float64)


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
