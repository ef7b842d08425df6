"""Laplace approximation: the mode of a penalised likelihood, and draws around it by its curvature."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

__all__ = ["laplace_draws"]

_Array = NDArray[np.float64]
_STEP = 1e-4


def laplace_draws(
    loss: Callable[[_Array], tuple[float, _Array]],
    start: _Array,
    widest: float,
    draws: int,
    rng: np.random.Generator,
) -> _Array:
    """Draws of the parameters, shape (draws, parameters), normal around the minimum of `loss`.

    loss : returns the penalised negative log likelihood and its gradient. The curvature is the central
    difference of the gradient; a direction flatter than a standard deviation of `widest` is cut to it
    (Tierney and Kadane 1986).
    """
    from scipy.optimize import minimize

    mode = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": 400}).x
    curve = np.array(
        [(loss(mode + _STEP * e)[1] - loss(mode - _STEP * e)[1]) / (2 * _STEP) for e in np.eye(mode.size)]
    )
    values, vectors = np.linalg.eigh((curve + curve.T) / 2)
    root = vectors / np.sqrt(np.maximum(values, 1 / widest**2))
    return np.asarray(mode + rng.standard_normal((draws, mode.size)) @ root.T)
