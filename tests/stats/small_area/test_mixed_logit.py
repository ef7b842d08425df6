"""The multilevel logit: mode and curvature against a plain optimiser, Laplace against integration."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import minimize
from scipy.special import expit

from kelisim.stats.small_area.mixed_logit import Answers, draw_effects, fit_effects


def invented(seed: int, *, places: bool, rows: int = 60) -> Answers:
    rng = np.random.default_rng(seed)
    levels = np.column_stack([rng.integers(0, 6, rows), rng.integers(0, 3, rows)]).astype(np.intp)
    asked = rng.integers(1, 9, rows).astype(float)
    x = np.column_stack([np.ones(rows), rng.normal(size=rows)])
    line = 0.3 * x[:, 1] - 0.4 + rng.normal(0, 0.6, 6)[levels[:, 0]]
    yes = rng.binomial(asked.astype(int), expit(line)).astype(float)
    place = np.unique(levels[:, 0] * 4 + rng.integers(0, 4, rows), return_inverse=True)[1].astype(np.intp)
    return Answers(yes, asked, x, levels, (7, 3), place if places else None)


def dense(answers: Answers) -> np.ndarray:  # type: ignore[type-arg]
    """The design as one matrix: terms, factors, places."""
    parts = [answers.x, *(np.eye(q)[answers.levels[:, k]] for k, q in enumerate(answers.sizes))]
    if answers.place is not None:
        parts.append(np.eye(int(answers.place.max()) + 1)[answers.place])
    return np.concatenate(parts, axis=1)


@pytest.mark.parametrize("places", [False, True])
@pytest.mark.parametrize("seed", range(3))
def test_mode_curvature_and_marginal_are_those_of_a_plain_optimiser(seed: int, places: bool) -> None:
    answers = invented(seed, places=places)
    sigmas = np.array([0.7, 0.4, 0.5][: answers.sigmas])
    z = dense(answers)
    sizes = [2, *answers.sizes, *([z.shape[1] - answers.width] if places else [])]
    precision = np.repeat([1e-2, *(1 / sigmas**2)], sizes)

    def loss(effects: np.ndarray) -> float:  # type: ignore[type-arg]
        line = z @ effects
        return float(
            -(answers.yes @ line - answers.asked @ np.logaddexp(0, line)) + precision @ effects**2 / 2
        )

    def slope(effects: np.ndarray) -> np.ndarray:  # type: ignore[type-arg]
        found: np.ndarray = -z.T @ (answers.yes - answers.asked * expit(z @ effects)) + precision * effects  # type: ignore[type-arg]
        return found

    best = minimize(loss, np.zeros(z.shape[1]), jac=slope, method="BFGS", options={"gtol": 1e-8})
    mode = fit_effects(answers, sigmas)
    assert np.concatenate([mode.effects, mode.places]) == pytest.approx(best.x, abs=1e-5)
    chance = expit(z @ np.concatenate([mode.effects, mode.places]))
    full = z.T @ (z * (answers.asked * chance * (1 - chance))[:, None]) + np.diag(precision)
    marginal = -loss(best.x) + (np.log(precision).sum() - np.linalg.slogdet(full)[1]) / 2
    # With places the marginal is better than Laplace's: see the next test.
    assert mode.log_marginal == pytest.approx(marginal, abs=0.5 if places else 1e-6)
    # With places integrated out, the inverse of the curvature is the block of the whole inverse.
    block = np.linalg.inv(full)[: answers.width, : answers.width]
    assert np.linalg.inv(mode.factor @ mode.factor.T) == pytest.approx(block, abs=1e-9)


@pytest.mark.parametrize(("size", "near"), [(12, 0.1), (400, 0.004)])
def test_laplace_is_close_to_numerical_integration(size: int, near: float) -> None:
    rng = np.random.default_rng(4)
    yes, asked = rng.binomial(size, 0.4, 8).astype(float), np.full(8, float(size))
    levels = np.arange(8)[:, None]
    node = np.linspace(-6, 6, 801)
    weight = np.exp(-(node**2) / 2)
    weight /= weight.sum()
    grid = np.linspace(-2.5, 2.5, 501)
    prior = np.exp(-(grid**2) / 200)

    def exact(sigma: float) -> float:
        """Log of the likelihood up to a constant, the intercept on a grid under its prior N(0, 10^2)."""
        line = grid[:, None] + sigma * node
        each = [np.exp(k * line - size * np.logaddexp(0, line) + 0.67 * size) @ weight for k in yes]
        return float(np.log((np.prod(each, axis=0) * prior).sum()))

    answers = Answers(yes, asked, np.ones((8, 1)), levels, (8,))
    found = [fit_effects(answers, np.array([s])).log_marginal for s in (0.2, 0.5, 1.0)]
    wanted = [exact(s) for s in (0.2, 0.5, 1.0)]
    # Only differences matter: constants of the prior are left out of both.
    assert np.diff(found) == pytest.approx(np.diff(wanted), abs=near)


def test_places_are_integrated_nearly_exactly() -> None:
    rng = np.random.default_rng(6)
    yes = rng.binomial(10, expit(-0.4 + 0.4 * rng.normal(size=70))).astype(float)
    node, grid = np.linspace(-6, 6, 241), np.linspace(-1.6, 0.8, 121)
    weight = np.exp(-(node**2) / 2)
    weight /= weight.sum()

    def exact(sigma: float) -> float:
        line = grid[:, None] + sigma * node
        each = [np.log(np.exp(k * line - 10 * np.logaddexp(0, line) + 7) @ weight) for k in range(11)]
        total = sum((yes == k).sum() * each[k] for k in range(11))
        return float(np.log(np.exp(total - total.max()).sum()) + total.max())

    empty = np.zeros((70, 0), dtype=np.intp)
    answers = Answers(yes, np.full(70, 10.0), np.ones((70, 1)), empty, (), np.arange(70))
    sigmas = (0.2, 0.4, 0.6)
    found = [fit_effects(answers, np.array([s])).log_marginal for s in sigmas]
    assert np.diff(found) == pytest.approx(np.diff([exact(s) for s in sigmas]), abs=0.03)


def test_draws_have_the_spread_of_the_posterior_and_unseen_levels_the_prior() -> None:
    answers = invented(1, places=True)
    made = draw_effects(answers, 2000, np.random.default_rng(3))
    assert made.effects.shape == (2000, answers.width) and made.points > 20
    unseen = 2 + 6
    assert np.abs(made.effects[:, unseen].mean()) < 0.1
    ratio = made.effects[:, unseen] / made.sigmas[:, 0]
    assert ratio.std() == pytest.approx(1.0, abs=0.08)
    again = draw_effects(answers, 2000, np.random.default_rng(3))
    assert np.array_equal(made.effects, again.effects)


def test_answers_that_are_all_the_same_stay_finite() -> None:
    answers = invented(2, places=True)
    none = Answers(
        np.zeros_like(answers.asked), answers.asked, answers.x, answers.levels, answers.sizes, answers.place
    )
    made = draw_effects(none, 200, np.random.default_rng(1))
    assert np.all(np.isfinite(made.effects)) and expit(made.effects[:, 0]).mean() < 0.1
