"""McDonald's omega total: how much of the variance of a sum one common factor carries.

The factor is fitted by minimal residuals: loadings whose products come nearest to the correlations between
items. Each loading in turn has a closed form, so the same sweeps serve one matrix and a thousand bootstrap
draws at once. A loading that reaches its limit (a Heywood case) is flagged: the figure is then an upper end.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from kelisim.core.errors import NotDefined
from kelisim.stats.scales.polychoric import polychoric_matrix
from kelisim.stats.survey.stages import Floats

__all__ = ["Correlations", "Omega", "minres", "omega_total"]

Correlations = Literal["pearson", "polychoric"]
# A uniqueness below this is taken as none: the usual limit of factor programs.
_LEAST_UNIQUENESS = 0.005
_SWEEPS = 5000
_STILL = 1e-12


@dataclass(frozen=True, slots=True, kw_only=True)
class Omega:
    """loadings : of the items on the common factor; heywood : names of items whose loading is at the limit
    correlations : "pearson", or "polychoric" for answers in few ordered categories
    residual : largest difference between a correlation and the product of loadings
    """

    value: float
    loadings: tuple[float, ...]
    heywood: tuple[str, ...]
    correlations: Correlations
    residual: float
    n: int


def omega_total(
    scores: ArrayLike, *, correlations: Correlations, names: Sequence[str] = (), least_n: int = 100
) -> Omega:
    """Omega total, 1 - sum of uniquenesses / sum of correlations (McDonald 1999), from a one-factor fit.

    scores : (records, items) complete answers, reversed items turned
    correlations : "pearson"; "polychoric" takes the answers as cut from normal variables, which suits items
        with fewer than five categories and then describes those variables, not the sum of the answers
    least_n : records below which no factor is fitted

    Raises: NotDefined("few_records" | "one_category"), ValueError for fewer than three items, with which one
    factor is not determined.

    >>> rng = np.random.default_rng(2)
    >>> factor = rng.normal(size=(400, 1))
    >>> made = omega_total(factor + rng.normal(size=(400, 4)), correlations="pearson")
    >>> round(made.value, 2), made.heywood
    (0.79, ())
    """
    x = np.asarray(scores, dtype=np.float64)
    if x.ndim != 2 or x.shape[1] < 3 or not np.all(np.isfinite(x)):
        raise ValueError("omega needs a table of at least three items, without gaps")
    n, k = x.shape
    if n < least_n:
        raise NotDefined("few_records", f"{n} records are fewer than the {least_n} a factor needs")
    names = tuple(names) or tuple(f"item {i + 1}" for i in range(k))
    if np.any(x.min(axis=0) == x.max(axis=0)):
        item = names[int(np.argmax(x.min(axis=0) == x.max(axis=0)))]
        raise NotDefined("one_category", f"every record gives the same answer to '{item}'")
    if correlations == "polychoric":
        matrix: Floats = polychoric_matrix(x)
    elif correlations == "pearson":
        matrix = np.asarray(np.corrcoef(x, rowvar=False), dtype=np.float64)
    else:
        raise ValueError(f"correlations are 'pearson' or 'polychoric', not '{correlations}'")
    loadings = minres(matrix[None])[0]
    off = matrix - np.outer(loadings, loadings)
    np.fill_diagonal(off, 0.0)
    limit = float(np.sqrt(1 - _LEAST_UNIQUENESS)) - 1e-6
    return Omega(
        value=float(1 - (1 - np.square(loadings)).sum() / matrix.sum()),
        loadings=tuple(loadings.tolist()),
        heywood=tuple(name for name, at in zip(names, np.abs(loadings) >= limit, strict=True) if at),
        correlations=correlations,
        residual=float(np.abs(off).max()),
        n=n,
    )


def minres(correlations: Floats) -> Floats:
    """Loadings (matrices, items) on one factor by minimal residuals (Harman and Jones 1966).

    Minimises the squares of r_ij - l_i l_j over pairs of items. With the others held, the best l_i is
    sum r_ij l_j / sum l_j^2, cut where the uniqueness would fall below 0.005; sweeps go on until no loading
    moves. The sign is that of the sum of loadings.

    >>> l = np.array([0.8, 0.7, 0.6])
    >>> r = np.outer(l, l) + np.diag(1 - l**2)
    >>> minres(r[None]).round(6).tolist()
    [[0.8, 0.7, 0.6]]
    """
    k = correlations.shape[-1]
    limit = np.sqrt(1 - _LEAST_UNIQUENESS)
    load = _first_axis(correlations).clip(-limit, limit)
    others = [np.delete(np.arange(k), i) for i in range(k)]
    for _ in range(_SWEEPS):
        before = load.copy()
        for i in range(k):
            rest = load[:, others[i]]
            below = np.square(rest).sum(axis=1)
            top = (correlations[:, i, others[i]] * rest).sum(axis=1)
            load[:, i] = np.divide(top, below, out=np.zeros_like(top), where=below > 0).clip(-limit, limit)
        if np.abs(load - before).max() < _STILL:
            break
    return load * np.where(load.sum(axis=1, keepdims=True) < 0, -1.0, 1.0)


def _first_axis(correlations: Floats) -> Floats:
    """First principal axis, scaled to loadings: where the sweeps begin."""
    values, vectors = np.linalg.eigh(correlations)
    made: Floats = vectors[..., -1] * np.sqrt(np.maximum(values[..., -1:], 0.0))
    return made
