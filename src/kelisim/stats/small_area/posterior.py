"""The full posterior of the area-level model, by summing over the one hard quantity.

Given the variance A between areas everything is normal and known in closed form, so no sampler is needed: the
posterior of A is one curve, laid out on a grid of equal steps of the square root of A, and that of an area is
a mixture of normals over it. What A might be is thereby part of every interval, not a correction to it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kelisim.stats.survey.stages import Floats

__all__ = ["Mixture", "posterior"]

_POINTS = 400
_NEGLIGIBLE = 1e-9


@dataclass(frozen=True, slots=True, eq=False)
class Mixture:
    """What is known of all areas: for each of the values of A its weight and the normals it leads to.

    variance, weight : (points,) values of A and their posterior probabilities, adding up to 1
    mean, variance_given : (points, areas) posterior mean and variance of each area given that A
    gamma : (areas,) mean weight of the direct estimate; coefficients : (terms,) mean of b
    synthetic : (areas,) mean of x'b
    """

    variance: Floats
    weight: Floats
    mean: Floats
    variance_given: Floats
    gamma: Floats
    coefficients: Floats
    synthetic: Floats

    @property
    def value(self) -> Floats:
        """Posterior means of the areas."""
        return np.asarray(self.weight @ self.mean, dtype=np.float64)

    @property
    def spread(self) -> Floats:
        """Posterior variances: the mean of the variances given A, and the variance of the means."""
        inner = self.weight @ self.variance_given
        return np.asarray(inner + self.weight @ np.square(self.mean - self.value), dtype=np.float64)

    def ends(self, level: float) -> tuple[Floats, Floats]:
        """Equal-tailed credible interval of every area, by halving: exact to a millionth of its width."""
        from scipy.special import ndtr

        sd = np.sqrt(self.variance_given)
        reach = 12 * np.sqrt(self.spread)

        def quantile(p: float) -> Floats:
            low, high = self.value - reach, self.value + reach
            for _ in range(50):
                middle = (low + high) / 2
                below = self.weight @ ndtr((middle - self.mean) / sd) < p
                low, high = np.where(below, middle, low), np.where(below, high, middle)
            return np.asarray((low + high) / 2, dtype=np.float64)

        return quantile((1 - level) / 2), quantile((1 + level) / 2)


def posterior(y: Floats, psi: Floats, x: Floats) -> Mixture:
    """Posterior of area values under flat priors of b and of A above 0 (Rao and Molina 2015, chapter 10).

    p(A | y) ~ prod (A + psi_i)^-1/2 |X'V^-1 X|^-1/2 exp(-Q(A) / 2), Q the weighted squares around X b(A).
    It is proper for more than two areas above the number of terms.

    y, psi : (areas,) direct estimates and variances, NaN in both where nobody was asked; x : (areas, terms)

    >>> found = posterior(np.array([4.0, 6, 5, 9, 2, 7]), np.ones(6), np.ones((6, 1)))
    >>> bool(found.spread[0] > found.gamma[0] * 1.0)
    True
    """
    sampled = np.flatnonzero(np.isfinite(y))
    inner, seen, noise = x[sampled], y[sampled], psi[sampled]
    grid, log_height = _grid(seen, noise, inner)
    weight = np.exp(log_height - log_height.max())
    # Equal steps of sqrt A: each point stands for a piece of A of length proportional to sqrt A.
    weight = weight * np.sqrt(grid)
    weight /= weight.sum()
    keep = weight > _NEGLIGIBLE * weight.max()
    grid, weight = grid[keep], weight[keep] / weight[keep].sum()
    inverse, spread, beta = _regressions(grid, seen, noise, inner)
    lever = np.einsum("ij,pjk,ik->pi", x, spread, x)
    means, variances = beta @ x.T, grid[:, None] + lever
    gamma = np.zeros(means.shape)
    gamma[:, sampled] = grid[:, None] * inverse
    means[:, sampled] += gamma[:, sampled] * (seen - means[:, sampled])
    known = gamma[:, sampled]
    variances[:, sampled] = known * noise + np.square(1 - known) * lever[:, sampled]
    middle = np.asarray(weight @ beta, dtype=np.float64)
    return Mixture(grid, weight, means, variances, weight @ gamma, middle, x @ middle)


def _grid(y: Floats, psi: Floats, x: Floats) -> tuple[Floats, Floats]:
    """Values of A in equal steps of its root, from next to nothing to where the posterior has died away."""
    top = float(np.var(y)) + float(psi.max())
    while True:
        roots = (np.arange(_POINTS) + 0.5) / _POINTS * np.sqrt(top)
        grid = np.square(roots)
        heights = _log_heights(grid, y, psi, x)
        # The tail is like A^(terms - areas)/2: wait until a further doubling could not matter.
        fallen = (heights + np.log(grid)).max() - heights[-1] - np.log(grid[-1])
        if fallen > 16 or top > 1e12 * psi.max():
            return grid, heights
        top *= 4


def _log_heights(grid: Floats, y: Floats, psi: Floats, x: Floats) -> Floats:
    inverse, spread, beta = _regressions(grid, y, psi, x)
    off = y - beta @ x.T
    found: Floats = (
        np.log(inverse).sum(axis=1) + np.linalg.slogdet(spread)[1] - (inverse * off * off).sum(axis=1)
    )
    return found / 2


def _regressions(grid: Floats, y: Floats, psi: Floats, x: Floats) -> tuple[Floats, Floats, Floats]:
    """For each A: 1 / (A + psi) (points, areas), (X'V^-1 X)^-1 (points, terms, terms), b (points, terms)."""
    inverse = 1 / (grid[:, None] + psi)
    spread = np.linalg.inv(np.einsum("pi,ij,ik->pjk", inverse, x, x))
    return inverse, spread, np.einsum("pjk,ik,pi->pj", spread, x, inverse * y)
