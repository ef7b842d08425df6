"""The area-level model of Fay and Herriot (1979): direct estimates pulled toward a regression on the areas.

y_i = x_i'b + u_i + e_i with u ~ N(0, A) between areas and e_i ~ N(0, psi_i), psi known. The variance A
between areas is the one hard thing: with a dozen areas its usual estimate is zero in a good part of samples,
and then every area gets the same figure with too small a doubt. The adjusted likelihood of Yoshimori and
Lahiri (2014) is always above zero and adds no bias of the order that the mean squared error is known to.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal, get_args

import numpy as np
from numpy.typing import ArrayLike

from kelisim.core.errors import NotDefined
from kelisim.stats.small_area.posterior import Mixture, posterior
from kelisim.stats.survey.coding import Ints
from kelisim.stats.survey.stages import Floats

__all__ = ["AREA_VARIANCES", "SPARE_AREAS", "AreaVariance", "Fit", "fay_herriot"]

AreaVariance = Literal["adjusted", "reml", "posterior"]
AREA_VARIANCES: tuple[str, ...] = get_args(AreaVariance)
# Fewer say nothing about how much areas differ: see the coverage table in the handbook.
SPARE_AREAS = 5
_GRID = np.linspace(np.log(1e-8), np.log(1e8), 65)


@dataclass(frozen=True, slots=True, eq=False)
class Fit:
    """Estimates of all areas, sampled or not; arrays (areas,).

    value : EBLUP gamma y + (1 - gamma) x'b; x'b alone where there is no direct estimate
    synthetic : x'b; gamma : weight of the direct estimate, A / (A + psi), 0 where there is none
    mse : g1 + g2 + 2 g3; g1 : what would remain if A and b were known
    area_variance : A; coefficients : (terms,) b; df : sampled areas minus terms
    mixture : the full posterior, where it was asked for; then value and mse are its means and variances, and
        area_variance its median of A
    normal : X'V^-1 X; information : sum (A + psi)^-2, twice what the sample knows of A
    """

    value: Floats
    synthetic: Floats
    gamma: Floats
    mse: Floats
    g1: Floats
    area_variance: float
    coefficients: Floats
    df: int
    x: Floats
    psi: Floats
    normal: Floats
    information: float
    mixture: Mixture | None = None

    @property
    def signal(self) -> float:
        """A + variance of x'b over the areas: how much areas truly differ, as the model sees it."""
        return self.area_variance + float(np.var(self.synthetic))

    def mse_with(self, area: int, psi: float) -> float:
        """The mse of one area if its direct estimate had the variance psi and all else stayed."""
        x, a = self.x[area], self.area_variance
        inverse = 1 / (a + psi)
        before = 1 / (a + self.psi[area]) if np.isfinite(self.psi[area]) else 0.0
        normal = self.normal + (inverse - before) * np.outer(x, x)
        lever = float(x @ np.linalg.solve(normal, x))
        g3 = psi**2 * inverse**3 * 2 / (self.information + inverse**2 - before**2)
        return float(a * inverse * psi + (psi * inverse) ** 2 * lever + 2 * g3)


def fay_herriot(y: ArrayLike, psi: ArrayLike, x: ArrayLike, *, method: AreaVariance) -> Fit:
    """Empirical best linear unbiased predictors of area values (Fay and Herriot 1979).

    y, psi : (areas,) direct estimates and their sampling variances; NaN in both where nobody was asked
    x : (areas, terms) covariates of all areas, a column of ones among them where an intercept is wanted
    method : "adjusted" maximises the residual likelihood times arctan(sum gamma)^(1/m) (Yoshimori and Lahiri
        2014), "reml" the residual likelihood alone, which may end at 0, "posterior" takes all A by their
        posterior probability (`posterior`)

    mse = g1 + g2 + 2 g3 with g1 = gamma psi, g2 = (1 - gamma)^2 x'(X'V^-1 X)^-1 x,
    g3 = psi^2 / (A + psi)^3 x 2 / sum (A + psi)^-2 (Prasad and Rao 1990; Datta and Lahiri 2000); the adjusted
    likelihood has the same form, since its bias is of smaller order. Without a direct estimate: A + g2.

    Raises: NotDefined("too_few_areas") when sampled areas are fewer than terms + 5, NotDefined("collinear"),
    ValueError for shapes and variances that cannot be.

    >>> y, psi = [4.0, 6.0, 5.0, 9.0, 2.0, 7.0], [1.0] * 6
    >>> fit = fay_herriot(y, psi, np.ones((6, 1)), method="reml")
    >>> round(fit.area_variance, 4), fit.gamma[0].round(4).item(), fit.value[3].round(4).item()
    (4.9, 0.8305, 8.4068)
    """
    y, psi, x = (np.asarray(part, dtype=np.float64) for part in (y, psi, x))
    if method not in AREA_VARIANCES:
        raise ValueError(f"the variance between areas is {', '.join(AREA_VARIANCES)}, not '{method}'")
    if x.ndim != 2 or y.shape != psi.shape or y.shape != x.shape[:1] or not np.all(np.isfinite(x)):
        raise ValueError(f"y {y.shape}, psi {psi.shape} and finite x {x.shape} do not fit each other")
    known = np.isfinite(y)
    if np.any(known != np.isfinite(psi)) or np.any(psi[known] <= 0):
        raise ValueError("every direct estimate needs a variance above 0")
    sampled = np.flatnonzero(known)
    df = sampled.size - x.shape[1]
    if df < SPARE_AREAS:
        words = (
            f"{sampled.size} areas with answers and {x.shape[1]} terms; {SPARE_AREAS} more than terms needed"
        )
        raise NotDefined("too_few_areas", words)
    scale = np.sqrt(np.square(x[sampled]).sum(axis=0))
    if np.any(scale == 0) or np.linalg.cond(x[sampled] / scale) > 1e8:
        raise NotDefined("collinear", "a covariate of the areas follows from the others")
    if method == "posterior":
        return _averaged(y, psi, x, sampled)
    variance = _area_variance(y[sampled], psi[sampled], x[sampled], method)
    return _predict(y, psi, x, sampled, variance)


def _averaged(y: Floats, psi: Floats, x: Floats, sampled: Ints) -> Fit:
    whole = posterior(y, psi, x)
    middle = float(whole.variance[np.searchsorted(np.cumsum(whole.weight), 0.5)])
    fit = _predict(y, psi, x, sampled, middle)
    value, spread = whole.value, whole.spread
    for part in (value, spread, whole.gamma, whole.coefficients, whole.synthetic):
        part.setflags(write=False)
    return replace(
        fit, value=value, synthetic=whole.synthetic, gamma=whole.gamma, mse=spread, g1=spread,
        coefficients=whole.coefficients, mixture=whole,
    )  # fmt: skip


def _predict(y: Floats, psi: Floats, x: Floats, sampled: Ints, variance: float) -> Fit:
    inverse = 1 / (variance + psi[sampled])
    inner = x[sampled]
    normal = (inner.T * inverse) @ inner
    coefficients = np.asarray(np.linalg.solve(normal, inner.T @ (inverse * y[sampled])), dtype=np.float64)
    synthetic: Floats = x @ coefficients
    gamma: Floats = np.zeros(y.size)
    gamma[sampled] = variance * inverse
    value: Floats = synthetic.copy()
    value[sampled] += gamma[sampled] * (y[sampled] - synthetic[sampled])
    g1, mse = _errors(x, psi, variance)
    df = sampled.size - x.shape[1]
    for part in (value, synthetic, gamma, mse, g1, coefficients):
        part.setflags(write=False)
    information = float(np.square(inverse).sum())
    return Fit(value, synthetic, gamma, mse, g1, variance, coefficients, df, x, psi, normal, information)


def _errors(x: Floats, psi: Floats, variance: float) -> tuple[Floats, Floats]:
    """g1 and mse of all areas."""
    sampled = np.flatnonzero(np.isfinite(psi))
    inverse = 1 / (variance + psi[sampled])
    spread = np.linalg.inv((x[sampled].T * inverse) @ x[sampled])
    lever: Floats = np.einsum("ij,jk,ik->i", x, spread, x)
    g1 = np.full(psi.size, variance)
    mse: Floats = variance + lever
    gamma = variance * inverse
    g1[sampled] = gamma * psi[sampled]
    g3 = np.square(psi[sampled]) * inverse**3 * 2 / np.square(inverse).sum()
    mse[sampled] = g1[sampled] + np.square(1 - gamma) * lever[sampled] + 2 * g3
    return g1, mse


def _area_variance(y: Floats, psi: Floats, x: Floats, method: AreaVariance) -> float:
    """The A that maximises the chosen likelihood; looked for on a grid of logarithms and then between."""
    from scipy.optimize import minimize_scalar

    # In units of the typical sampling variance, so that the unit of y changes nothing.
    unit = float(np.exp(np.log(psi).mean()))
    y, psi = y / np.sqrt(unit), psi / unit

    def loss(log_variance: float) -> float:
        return -_log_likelihood(float(np.exp(log_variance)), y, psi, x, method)

    heights = [loss(point) for point in _GRID]
    best = int(np.argmin(heights))
    ends = _GRID[max(best - 1, 0)], _GRID[min(best + 1, _GRID.size - 1)]
    found = minimize_scalar(loss, bounds=ends, method="bounded", options={"xatol": 1e-10})
    if method == "reml" and -_log_likelihood(0.0, y, psi, x, method) <= float(found.fun):
        return 0.0
    return float(np.exp(found.x)) * unit


def _log_likelihood(variance: float, y: Floats, psi: Floats, x: Floats, method: AreaVariance) -> float:
    inverse = 1 / (variance + psi)
    normal = (x.T * inverse) @ x
    off = y - x @ np.linalg.solve(normal, x.T @ (inverse * y))
    found = np.log(inverse).sum() - np.linalg.slogdet(normal)[1] - (inverse * off * off).sum()
    if method == "adjusted":
        found += 2 / y.size * np.log(np.arctan((variance * inverse).sum()))
    return float(found) / 2
