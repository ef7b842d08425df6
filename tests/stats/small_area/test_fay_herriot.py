"""The area model: laws, agreement with the textbook's matrices, and where it has no value."""

from __future__ import annotations

from math import log

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar

from kelisim.core.errors import NotDefined
from kelisim.stats.small_area.fay_herriot import AreaVariance, fay_herriot

Floats = NDArray[np.float64]


def invented(seed: int, areas: int = 17, terms: int = 2, ratio: float = 0.8) -> tuple[Floats, Floats, Floats]:
    rng = np.random.default_rng(seed)
    psi = np.exp(rng.normal(0, 0.5, areas))
    x = np.column_stack([np.ones(areas), *rng.normal(size=(terms - 1, areas))])
    y = x.sum(axis=1) + rng.normal(0, np.sqrt(ratio), areas) + rng.normal(size=areas) * np.sqrt(psi)
    return y, psi, x


def log_likelihood(variance: float, y: Floats, psi: Floats, x: Floats, adjusted: bool) -> float:
    """The residual likelihood from error contrasts, which share no line with the one under test."""
    contrasts = np.linalg.svd(x)[0][:, x.shape[1] :]
    inner = contrasts.T @ np.diag(variance + psi) @ contrasts
    left = contrasts.T @ y
    found = -np.linalg.slogdet(inner)[1] / 2 - left @ np.linalg.solve(inner, left) / 2
    if adjusted:
        found += log(np.arctan((variance / (variance + psi)).sum())) / y.size
    return float(found)


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("method", ("adjusted", "reml"))
def test_the_variance_is_the_maximum_of_its_likelihood(seed: int, method: AreaVariance) -> None:
    y, psi, x = invented(seed)
    fit = fay_herriot(y, psi, x, method=method)

    def loss(variance: float) -> float:
        return -log_likelihood(variance, y, psi, x, method == "adjusted")

    best = minimize_scalar(loss, bounds=(0, 50), method="bounded", options={"xatol": 1e-9})
    assert loss(fit.area_variance) <= float(best.fun) + 1e-9
    if fit.area_variance > 1e-3:
        assert fit.area_variance == pytest.approx(float(best.x), rel=1e-4)


@pytest.mark.parametrize("seed", range(4))
def test_values_and_errors_are_those_of_the_matrices(seed: int) -> None:
    y, psi, x = invented(seed)
    fit = fay_herriot(y, psi, x, method="adjusted")
    a, m = fit.area_variance, y.size
    v = np.diag(a + psi)
    b = np.linalg.inv(x.T @ np.linalg.inv(v) @ x) @ x.T @ np.linalg.inv(v) @ y
    assert fit.coefficients == pytest.approx(b)
    assert fit.value == pytest.approx(x @ b + a * np.linalg.inv(v) @ (y - x @ b))
    # g1 + g2 is the exact error of the predictor with A known: Var(theta - L y) for theta = x b + u.
    hat = x @ np.linalg.inv(x.T @ np.linalg.inv(v) @ x) @ x.T @ np.linalg.inv(v)
    linear = hat + a * np.linalg.inv(v) @ (np.eye(m) - hat)
    exact = np.diag(linear @ v @ linear.T - 2 * a * linear + a * np.eye(m))
    known = np.diag(a * np.eye(m) - a * np.linalg.inv(v) * a)
    assert fit.g1 == pytest.approx(known)
    g3 = psi**2 / (a + psi) ** 3 * 2 / ((a + psi) ** -2.0).sum()
    assert fit.mse == pytest.approx(exact + 2 * g3)


@given(
    seed=st.integers(0, 10_000),
    ratio=st.sampled_from([0.01, 0.2, 1.0, 5.0]),
    method=st.sampled_from(("adjusted", "reml")),
)
def test_laws(seed: int, ratio: float, method: AreaVariance) -> None:
    y, psi, x = invented(seed, ratio=ratio)
    fit = fay_herriot(y, psi, x, method=method)
    assert np.all((fit.gamma >= 0) & (fit.gamma <= 1))
    assert np.all(fit.value >= np.minimum(y, fit.synthetic) - 1e-9)
    assert np.all(fit.value <= np.maximum(y, fit.synthetic) + 1e-9)
    assert np.all(fit.mse > 0)
    if method == "adjusted":
        assert fit.area_variance > 0
    order = np.random.default_rng(seed).permutation(y.size)
    turned = fay_herriot(y[order], psi[order], x[order], method=method)
    assert turned.value == pytest.approx(fit.value[order], rel=1e-5, abs=1e-5)
    larger = fay_herriot(1000 * y, 1e6 * psi, x * np.array([1.0, 7.0]), method=method)
    assert larger.value == pytest.approx(1000 * fit.value, rel=1e-5, abs=1e-2)
    assert larger.mse == pytest.approx(1e6 * fit.mse, rel=1e-4)


@pytest.mark.parametrize("method", ("adjusted", "reml"))
def test_an_exact_direct_estimate_is_kept(method: AreaVariance) -> None:
    y, psi, x = invented(3)
    fit = fay_herriot(y, psi * 1e-9, x, method=method)
    assert fit.value == pytest.approx(y, abs=1e-6) and np.all(fit.gamma > 0.999999)
    assert fit.mse == pytest.approx(psi * 1e-9, rel=1e-3)


def test_areas_without_interviews_have_the_model_alone() -> None:
    y, psi, x = invented(5)
    whole = fay_herriot(y[:-1], psi[:-1], x[:-1], method="adjusted")
    y[-1] = psi[-1] = np.nan
    fit = fay_herriot(y, psi, x, method="adjusted")
    assert fit.value[-1] == fit.synthetic[-1] and fit.gamma[-1] == 0
    assert fit.mse[-1] > fit.area_variance
    assert fit.value[:-1] == pytest.approx(whole.value)


def test_where_areas_do_not_differ_reml_is_zero_and_the_adjusted_variance_is_not() -> None:
    y, psi, x = np.zeros(12), np.ones(12), np.ones((12, 1))
    y[0] = 0.1
    assert fay_herriot(y, psi, x, method="reml").area_variance == 0
    assert fay_herriot(y, psi, x, method="adjusted").area_variance > 0


def test_it_says_where_it_has_no_value() -> None:
    with pytest.raises(NotDefined) as found:
        fay_herriot(np.arange(6.0), np.ones(6), np.column_stack([np.ones(6), np.arange(6)]), method="reml")
    assert found.value.reason == "too_few_areas"
    with pytest.raises(NotDefined) as found:
        fay_herriot(np.arange(12.0), np.ones(12), np.ones((12, 2)), method="reml")
    assert found.value.reason == "collinear"
    for bad in (0.0, -1.0, np.nan):
        with pytest.raises(ValueError, match="variance above 0"):
            fay_herriot(np.arange(8.0), np.array([bad, *np.ones(7)]), np.ones((8, 1)), method="reml")


def test_with_many_interviews_the_error_is_that_of_the_direct_estimate() -> None:
    y, psi, x = invented(9)
    fit = fay_herriot(y, psi, x, method="adjusted")
    errors = [fit.mse_with(0, 4 / n) for n in (20, 50, 100, 1000, 100_000)]
    assert errors == sorted(errors, reverse=True) and errors[-1] == pytest.approx(4 / 100_000, rel=0.01)
    assert fit.mse_with(2, psi[2]) == pytest.approx(fit.mse[2])
    y[4] = psi[4] = np.nan
    unasked, told = fay_herriot(y, psi, x, method="adjusted"), psi.copy()
    told[4] = 0.3
    a = unasked.area_variance
    gamma, v = a / (a + 0.3), np.diag(1 / (a + told))
    g3 = 0.3**2 / (a + 0.3) ** 3 * 2 / ((a + told) ** -2.0).sum()
    wanted = gamma * 0.3 + (1 - gamma) ** 2 * x[4] @ np.linalg.inv(x.T @ v @ x) @ x[4] + 2 * g3
    assert unasked.mse_with(4, 0.3) == pytest.approx(wanted)


@given(seed=st.integers(0, 10_000), psi=st.floats(0.05, 20))
def test_with_equal_variances_reml_is_the_scatter_less_the_variance(seed: int, psi: float) -> None:
    y = np.random.default_rng(seed).normal(0, 2, 12)
    fit = fay_herriot(y, np.full(12, psi), np.ones((12, 1)), method="reml")
    assert fit.area_variance == pytest.approx(max(0.0, y.var(ddof=1) - psi), rel=1e-4, abs=1e-7 * psi)
