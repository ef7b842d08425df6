"""Tests of independence in two-way tables of a designed sample (Rao and Scott 1984)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kelisim.core.errors import NotDefined
from kelisim.stats.survey.coding import Coded
from kelisim.stats.survey.moments import share_of
from kelisim.stats.survey.replicates import Replicates
from kelisim.stats.survey.sample import Bools, Sample
from kelisim.stats.survey.stages import Floats

__all__ = ["ChiSquare", "independence"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChiSquare:
    """Result of the test.

    f, df1, df2, p : second-order corrected F and its p-value, the one to report
    pearson : X^2 of the weighted table scaled to n records; mean_effect : mean of the generalised design
        effects
    first_order_p : p-value of X^2 / mean_effect against chi-square, liberal with few units
    """

    f: float
    df1: float
    df2: float
    p: float
    pearson: float
    mean_effect: float
    first_order_p: float
    n: int


def independence(
    sample: Sample,
    rows: str,
    columns: str,
    *,
    where: Bools | None = None,
    replicates: Replicates | None = None,
) -> ChiSquare:
    """Rao-Scott test that two categorical columns are independent.

    X^2 = n sum (p - p_r p_c)^2 / (p_r p_c); the eigenvalues of the generalised design effects, from the
    covariance of the cell shares, have sum tr and sum of squares tr2; F = X^2 / tr, df1 = tr^2 / tr2, df2 =
    df1 df.

    Raises: NotDefined("one_category") when a column has fewer than two categories among the records,
    NotDefined("no_degrees_of_freedom"), NotDefined("no_margin") for a picked sample.
    """
    from scipy.special import chdtrc, fdtrc

    first, second = sample.codes(rows), sample.codes(columns)
    width = len(second.labels)
    both = np.where((first.codes < 0) | (second.codes < 0), -1, first.codes * width + second.codes)
    joint = Coded(both.astype(np.int32), tuple(str(i) for i in range(len(first.labels) * width)))
    cells = share_of(sample, f"{rows} x {columns}", joint, level=0.95, where=where, replicates=replicates)
    p = cells.value.reshape(len(first.labels), width)
    kept_rows, kept_columns = np.flatnonzero(p.sum(axis=1)), np.flatnonzero(p.sum(axis=0))
    if kept_rows.size < 2 or kept_columns.size < 2:
        raise NotDefined("one_category", "independence needs two categories in both columns")
    chosen = (kept_rows[:, None] * width + kept_columns).ravel()
    covariance, n, df = cells.vcov(chosen.tolist()), int(cells.n[0]), float(cells.df[0])
    if not df > 0:
        raise NotDefined("no_degrees_of_freedom", "one sampling unit per stratum leaves nothing to test with")
    p = p[np.ix_(kept_rows, kept_columns)]
    expected = np.outer(p.sum(axis=1), p.sum(axis=0))
    pearson = n * float((np.square(p - expected) / expected).sum())
    effects = _effects(p, covariance, n)
    trace, squares = float(np.trace(effects)), float(np.trace(effects @ effects))
    f, df1 = pearson / trace, trace**2 / squares
    size = effects.shape[0]
    return ChiSquare(
        f=f,
        df1=df1,
        df2=df1 * df,
        p=float(fdtrc(df1, df1 * df, f)),
        pearson=pearson,
        n=n,
        mean_effect=trace / size,
        first_order_p=float(chdtrc(size, pearson / (trace / size))),
    )


def _effects(p: Floats, covariance: Floats, n: int) -> Floats:
    """Matrix of generalised design effects on the interactions of the table."""
    height, width = p.shape
    row, column = np.repeat(np.arange(height), width), np.tile(np.arange(width), height)
    main = np.concatenate((np.ones((p.size, 1)), np.eye(height)[row, 1:], np.eye(width)[column, 1:]), axis=1)
    inner = (np.eye(height)[row, 1:, None] * np.eye(width)[column, None, 1:]).reshape(p.size, -1)
    basis, _ = np.linalg.qr(main)
    contrast: Floats = inner - basis @ (basis.T @ inner)
    flat = p.ravel()
    # A cell nobody is in adds nothing to either side.
    inverse = np.divide(1.0, flat, out=np.zeros(flat.size), where=flat > 0)
    scaled: Floats = contrast * inverse[:, None]
    simple, designed = contrast.T @ scaled / n, scaled.T @ covariance @ scaled
    return np.asarray(np.linalg.solve(simple, designed), dtype=np.float64)
