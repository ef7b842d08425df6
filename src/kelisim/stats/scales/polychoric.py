"""Polychoric correlations: of normal variables from which ordered answers may have been cut.

Two steps (Olsson 1979): cuts from the margins of each item, then the correlation of each pair by maximum
likelihood. Where pairs were estimated apart, the matrix may have a negative eigenvalue; it is then moved to
the nearest correlation matrix by cutting eigenvalues at zero, since a factor model cannot be fitted
otherwise.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from kelisim.core.errors import NotDefined
from kelisim.stats.scales.bivariate import bivariate_cdf, bivariate_density
from kelisim.stats.survey.stages import Floats

__all__ = ["polychoric", "polychoric_matrix"]

_MOST_CATEGORIES = 10
_LIMIT = 0.995


def polychoric(first: ArrayLike, second: ArrayLike) -> float:
    """Polychoric correlation of two items with ordered answers.

    Raises: NotDefined("one_category"), ValueError for more than ten categories.

    >>> x = [1] * 40 + [2] * 40
    >>> y = [1] * 30 + [2] * 20 + [1] * 10 + [2] * 20
    >>> round(polychoric(x, y), 3)
    0.707
    """
    from scipy.optimize import brentq

    table = _crossed(np.asarray(first), np.asarray(second))
    rows, columns = _cuts(table.sum(axis=1)), _cuts(table.sum(axis=0))
    h, k = np.meshgrid(rows, columns, indexing="ij")

    def slope(rho: float) -> float:
        chance = _cells(bivariate_cdf(h, k, rho))
        moved = _cells(bivariate_density(h, k, rho))
        return float((table * moved / np.maximum(chance, 1e-15)).sum())

    # The likelihood of one table has one peak; at a table with an empty corner it lies at the limit.
    if slope(_LIMIT) >= 0:
        return _LIMIT
    if slope(-_LIMIT) <= 0:
        return -_LIMIT
    return float(brentq(slope, -_LIMIT, _LIMIT, xtol=1e-12))


def polychoric_matrix(scores: ArrayLike) -> Floats:
    """(items, items) polychoric correlations of a table (records, items) without gaps.

    >>> x = np.array([[1, 1], [1, 2], [2, 2], [2, 1], [2, 2], [1, 1]])
    >>> polychoric_matrix(x).round(3).tolist()
    [[1.0, 0.5], [0.5, 1.0]]
    """
    x = np.asarray(scores, dtype=np.float64)
    k = x.shape[1]
    made: Floats = np.eye(k)
    for i in range(k):
        for j in range(i):
            made[i, j] = made[j, i] = polychoric(x[:, i], x[:, j])
    values, vectors = np.linalg.eigh(made)
    if values.min() < 0:
        made = (vectors * np.maximum(values, 0.0)) @ vectors.T
        sd = np.sqrt(np.diag(made))
        made = made / np.outer(sd, sd)
    return made


def _crossed(first: np.ndarray, second: np.ndarray) -> Floats:
    a_labels, a = np.unique(first, return_inverse=True)
    b_labels, b = np.unique(second, return_inverse=True)
    if a_labels.size < 2 or b_labels.size < 2:
        raise NotDefined("one_category", "every record gives the same answer to an item")
    if max(a_labels.size, b_labels.size) > _MOST_CATEGORIES:
        raise ValueError(f"polychoric correlations are for items of at most {_MOST_CATEGORIES} categories")
    counts = np.bincount(a.ravel() * b_labels.size + b.ravel(), minlength=a_labels.size * b_labels.size)
    return counts.reshape(a_labels.size, b_labels.size).astype(np.float64)


def _cuts(counts: Floats) -> Floats:
    from scipy.special import ndtri

    made: Floats = np.concatenate(([-np.inf], ndtri(np.cumsum(counts)[:-1] / counts.sum()), [np.inf]))
    return made


def _cells(corners: Floats) -> Floats:
    """What falls into each cell, from the function at its four corners."""
    made: Floats = np.diff(np.diff(corners, axis=0), axis=1)
    return made
