"""Comparisons of results from one call: differences and other linear combinations, from their joint
covariance."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from kelisim.core.errors import NotDefined
from kelisim.stats.survey.intervals import t_interval
from kelisim.stats.survey.results import Cell, Estimates
from kelisim.stats.survey.stages import Floats

__all__ = ["contrast", "difference", "holm", "p_values"]


def contrast(
    estimates: Estimates, coefficients: ArrayLike, names: Sequence[str], *, level: float
) -> Estimates:
    """Linear combinations L theta with covariance L V L'.

    coefficients : (combinations, results); names : one per combination
    df : the smallest of the results that take part, which is on the safe side

    Raises: NotDefined where a result that takes part has no value, or there is no margin of error.
    """
    rows = np.atleast_2d(np.asarray(coefficients, dtype=np.float64))
    if rows.shape != (len(names), len(estimates)):
        raise ValueError(f"coefficients of shape {rows.shape} do not fit {len(names)} x {len(estimates)}")
    part = np.flatnonzero(np.any(rows != 0, axis=0))
    if not np.all(np.isfinite(estimates.value[part])):
        raise NotDefined("no_answers", "a result that takes part in the comparison has no value")
    covariance = estimates.vcov(part.tolist())
    inner = rows[:, part]
    value = inner @ estimates.value[part]
    se = np.sqrt(np.maximum(np.einsum("ij,jk,ik->i", inner, covariance, inner), 0.0))
    df = np.array([estimates.df[row != 0].min() if np.any(row) else np.nan for row in rows])
    low, high = t_interval(value, se, df, level)
    n = np.array([estimates.n[row != 0].sum() for row in rows])
    weighted = np.array([estimates.weighted_n[row != 0].sum() for row in rows])
    nothing = np.full(value.size, np.nan)
    return Estimates(
        statistic="contrast",
        variable=estimates.variable,
        cells=tuple(Cell(name) for name in names),
        value=value,
        se=se,
        df=df,
        low=low,
        high=high,
        level=level,
        interval="t",
        n=n,
        cases=n,
        weighted_n=weighted,
        deff=nothing,
        deff_kind="none",
        n_eff=nothing,
        spread=_Combined(estimates, rows),
        design_kind=estimates.design_kind,
        method=estimates.method,
    )


def difference(estimates: Estimates, first: int, second: int, *, level: float) -> Estimates:
    """Result `first` minus result `second` of one call, such as two domains or two categories.

    >>> from kelisim.stats.survey.design import Design
    >>> from kelisim.stats.survey.moments import mean
    >>> from kelisim.stats.survey.sample import Sample
    >>> data = {"w": [1] * 4, "place": [1, 1, 2, 2], "sex": ["f", "m", "f", "m"], "y": [5, 3, 6, 2]}
    >>> sample = Sample(data, Design(kind="probability", weights="w", psu=("place",), lonely="fail"))
    >>> one = difference(mean(sample, "y", by=["sex"], level=0.95), 0, 1, level=0.95).one()
    >>> one.value, one.se
    (3.0, 1.0)
    """
    row = np.zeros(len(estimates))
    row[first], row[second] = 1.0, -1.0
    name = f"{_words(estimates.cells[first])} - {_words(estimates.cells[second])}"
    return contrast(estimates, row, [name], level=level)


def p_values(estimates: Estimates, null: float = 0.0) -> Floats:
    """Two-sided p-values of t tests against `null`; 1 where estimate and null agree exactly."""
    from scipy.special import stdtr

    off = np.abs(estimates.value - null)
    with np.errstate(divide="ignore", invalid="ignore"):
        t = np.where(off == 0, 0.0, off / estimates.se)
    found: Floats = np.where(estimates.df > 0, 2 * stdtr(np.maximum(estimates.df, 1e-3), -t), np.nan)
    return found


def holm(p: ArrayLike) -> Floats:
    """P-values adjusted for their number by Holm's step-down rule (Holm 1979).

    >>> holm([0.01, 0.04, 0.03]).tolist()
    [0.03, 0.06, 0.06]
    """
    p = np.asarray(p, dtype=np.float64)
    order = np.argsort(p)
    stepped = np.maximum.accumulate(p[order] * np.arange(p.size, 0, -1))
    adjusted = np.empty(p.size)
    adjusted[order] = np.minimum(stepped, 1.0)
    return adjusted


class _Combined:
    """Joint doubt of linear combinations."""

    def __init__(self, estimates: Estimates, rows: Floats) -> None:
        self._estimates, self._rows = estimates, rows

    def variances(self) -> Floats:
        return np.diag(self.covariance())[None, :]

    def covariance(self, chosen: Sequence[int] | None = None) -> Floats:
        rows = self._rows if chosen is None else self._rows[list(chosen)]
        part = np.flatnonzero(np.any(rows != 0, axis=0))
        found: Floats = rows[:, part] @ self._estimates.vcov(part.tolist()) @ rows[:, part].T
        return found


def _words(cell: Cell) -> str:
    parts = [label for _, label in cell.by]
    return " ".join(([] if cell.category is None else [cell.category]) + parts) or "all"
