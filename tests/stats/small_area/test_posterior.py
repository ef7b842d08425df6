"""The full posterior of the area-level model: agrees with sampling, keeps its laws, takes no A for known."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kelisim.stats.small_area.fay_herriot import fay_herriot
from kelisim.stats.small_area.posterior import posterior


def world(rng: np.random.Generator, areas: int, between: float) -> tuple[np.ndarray, ...]:  # type: ignore[type-arg]
    x = np.column_stack([np.ones(areas), rng.normal(size=areas)])
    psi = rng.uniform(0.5, 2.0, areas)
    truth = x @ np.array([1.0, 0.5]) + rng.normal(0, np.sqrt(between), areas)
    return truth + rng.normal(0, np.sqrt(psi)), psi, x, truth


def test_it_agrees_with_a_sampler() -> None:
    """Gibbs steps of Rao and Molina (2015, section 10.3), with the flat prior of A."""
    rng = np.random.default_rng(11)
    y, psi, x, _ = world(rng, 12, 1.0)
    a, beta, draws = 1.0, np.zeros(2), []
    for step in range(12_000):
        gamma = a / (a + psi)
        theta = rng.normal(gamma * y + (1 - gamma) * (x @ beta), np.sqrt(gamma * psi))
        spread = np.linalg.inv(x.T @ x) * a
        beta = rng.multivariate_normal(np.linalg.solve(x.T @ x, x.T @ theta), spread)
        # Flat on A: inverse gamma with areas / 2 - 1.
        a = np.square(theta - x @ beta).sum() / 2 / rng.gamma(12 / 2 - 1)
        if step >= 2_000:
            draws.append(theta)
    seen = np.array(draws)
    found = posterior(y, psi, x)
    assert found.value == pytest.approx(seen.mean(axis=0), abs=0.08)
    assert np.sqrt(found.spread) == pytest.approx(seen.std(axis=0), rel=0.08)
    low, high = found.ends(0.9)
    assert low == pytest.approx(np.quantile(seen, 0.05, axis=0), abs=0.15)
    assert high == pytest.approx(np.quantile(seen, 0.95, axis=0), abs=0.15)


@given(st.integers(0, 10_000), st.floats(0.01, 5.0), st.floats(0.1, 100.0))
def test_laws(seed: int, between: float, unit: float) -> None:
    y, psi, x, _ = world(np.random.default_rng(seed), 9, between)
    psi[3], y[3] = np.nan, np.nan
    fit = fay_herriot(y, psi, x, method="posterior")
    assert fit.mixture is not None and fit.mixture.weight.sum() == pytest.approx(1)
    low, high = fit.mixture.ends(0.95)
    assert np.all(low < fit.value) and np.all(fit.value < high)
    inside = np.isfinite(y)
    ends = np.sort(np.stack([y, fit.synthetic]), axis=0)[:, inside]
    slack = 0.3 * np.sqrt(psi[inside])  # b moves with A, so a mean of mixtures may leave the span a little
    assert np.all(fit.value[inside] > ends[0] - slack) and np.all(fit.value[inside] < ends[1] + slack)
    assert fit.mse[3] > fit.area_variance and fit.gamma[3] == 0
    # Another unit of y changes nothing but the unit.
    again = fay_herriot(y * unit, psi * unit**2, x, method="posterior")
    assert again.value == pytest.approx(fit.value * unit, rel=1e-6, abs=1e-9 * unit)
    assert again.mse == pytest.approx(fit.mse * unit**2, rel=1e-6)


def test_what_is_not_known_of_the_variance_is_in_the_interval() -> None:
    """Few areas that hardly differ: REML gives 0 and the interval of a known mean; the posterior does not."""
    y, psi, x = np.array([5.0, 5.1, 4.9, 5.05, 4.95, 5.0, 5.02]), np.ones(7), np.ones((7, 1))
    plain, full = (fay_herriot(y, psi, x, method=method) for method in ("reml", "posterior"))
    assert plain.area_variance == 0
    assert np.all(full.mse > plain.g1 + 0.1)
