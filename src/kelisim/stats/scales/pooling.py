"""A distance matrix that borrows strength: mean + row + column + pair, each partially pooled.

A cell of ten interviews says little alone. Some groups keep more distance from everyone (row), some are kept
at more distance by everyone (column), some pairs are close in both directions (pair). How far each of these
reaches is estimated, and a cell is drawn towards what they foretell, the more the wider its own interval.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from kelisim.core.errors import NotDefined
from kelisim.stats.scales.distance import DistanceMatrix
from kelisim.stats.survey.coding import Ints
from kelisim.stats.survey.stages import Floats

__all__ = ["PooledCell", "PooledMatrix", "pool_distances"]

_SEARCH = (1e-6, 16.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class PooledCell:
    """value, low, high : pooled mean and normal interval; own_weight : weight of the cell's own answers, 0
    where nobody answered (the value is then the model's alone)"""

    respondent: str
    target: str
    value: float
    low: float
    high: float
    own_weight: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PooledMatrix:
    """mean, and variances of rows, columns, pairs and what is left to single cells, in steps squared
    rows, columns : group -> effect, "keeps more distance than others" and "is kept at more distance"
    """

    cells: tuple[PooledCell, ...]
    mean: float
    variance_rows: float
    variance_columns: float
    variance_pairs: float
    variance_cells: float
    rows: tuple[tuple[str, float], ...]
    columns: tuple[tuple[str, float], ...]
    level: float


def pool_distances(matrix: DistanceMatrix, *, level: float) -> PooledMatrix:
    """Best linear prediction of every cell off the diagonal under d = m + row + column + pair + cell + error.

    The error has the covariance of the survey estimates, smoothed: a cell's own variance and covariances rest
    on few interviews, so variance times n is averaged over cells, and correlations over cells of one row (the
    same respondents) and of different rows (the same villages). The variances of the effects are found by
    restricted likelihood (Henderson 1975 for the prediction). The interval takes the doubt of the mean into
    account and the variances as known, so it is a little narrow with few groups.

    Raises: NotDefined("few_cells") with fewer than three groups, or fewer than six cells, with answers.
    """
    from scipy.optimize import minimize
    from scipy.special import ndtri

    if not 0 < level < 1:
        raise ValueError(f"a level lies between 0 and 1, such as 0.95, not at {level}")
    index = {(c.by[0][1], c.by[1][1]): i for i, c in enumerate(matrix.estimates.cells)}
    all_pairs = [(cell.respondent, cell.target) for cell in matrix.cells]
    seen = [
        (pair, index[pair])
        for pair, cell in zip(all_pairs, matrix.cells, strict=True)
        if cell.estimate is not None and (cell.estimate.se or 0.0) > 0
    ]
    if len(seen) < 6 or len(matrix.groups) < 3:
        raise NotDefined("few_cells", "pooling needs three groups and six cells with an error of their own")
    order = [i for _, i in seen]
    y = matrix.estimates.value[order]
    noise = _smoothed(matrix.estimates.vcov(order), matrix.estimates.n[order], [a for (a, _), _ in seen])
    parts = _parts(matrix.groups, [pair for pair, _ in seen], all_pairs)
    kernels = [own @ own.T for own, _ in parts]
    ones = np.ones(y.size)

    def covariance(variances: Floats) -> Floats:
        made: Floats = noise + np.einsum("k,kij->ij", variances, kernels)
        return made

    def lack(logs: Floats) -> float:
        v = covariance(np.exp(logs))
        sign, size = np.linalg.slogdet(v)
        solved = np.linalg.solve(v, np.stack((y, ones), axis=1))
        precision = float(ones @ solved[:, 1])
        middle = float(ones @ solved[:, 0]) / precision
        off = y - middle
        return float(size + np.log(precision) + off @ np.linalg.solve(v, off)) if sign > 0 else np.inf

    start = np.log(np.full(4, max(float(np.var(y)) / 4, 1e-3)))
    bounds = [tuple(np.log(_SEARCH))] * 4
    found = minimize(lack, start, method="L-BFGS-B", bounds=bounds)
    variances = np.exp(found.x)
    inverse = np.linalg.inv(covariance(variances))
    precision = float(ones @ inverse @ ones)
    middle = float(ones @ inverse @ y) / precision
    joint = np.einsum(
        "k,kij->ij", variances, [whole @ own.T for own, whole in parts]
    )  # (all cells, cells with answers)
    prior = np.einsum("k,kij->ij", variances, [whole @ whole.T for _, whole in parts])
    gain = joint @ inverse
    value = middle + gain @ (y - middle)
    left = 1 - gain @ ones
    mse = np.diag(prior) - np.einsum("ij,ij->i", gain, joint) + np.square(left) / precision
    half = float(ndtri((1 + level) / 2)) * np.sqrt(np.maximum(mse, 0.0))
    place = {pair: i for i, (pair, _) in enumerate(seen)}
    effects = [variances[k] * parts[k][0].T @ inverse @ (y - middle) for k in (0, 1)]
    return PooledMatrix(
        cells=tuple(
            PooledCell(
                respondent=a,
                target=b,
                value=float(value[i]),
                low=float(value[i] - half[i]),
                high=float(value[i] + half[i]),
                own_weight=float(gain[i, place[a, b]]) if (a, b) in place else 0.0,
            )
            for i, (a, b) in enumerate(all_pairs)
        ),
        mean=middle,
        variance_rows=float(variances[0]),
        variance_columns=float(variances[1]),
        variance_pairs=float(variances[2]),
        variance_cells=float(variances[3]),
        rows=tuple(zip(matrix.groups, effects[0].tolist(), strict=True)),
        columns=tuple(zip(matrix.groups, effects[1].tolist(), strict=True)),
        level=level,
    )


def _smoothed(covariance: Floats, n: Ints, row: list[str]) -> Floats:
    """The covariance with one variance per interview and one correlation within and one between rows."""
    sd = np.sqrt(np.diag(covariance))
    correlation = covariance / np.outer(sd, sd)
    same = np.array([[a == b for b in row] for a in row])
    apart = ~np.eye(len(row), dtype=bool)
    between = correlation[~same].mean() if np.any(~same) else 0.0
    within = correlation[same & apart].mean() if np.any(same & apart) else between
    between = float(np.clip(between, 0.0, 0.9))
    within = float(np.clip(within, between, 0.95))
    made = np.where(same, within, between)
    np.fill_diagonal(made, 1.0)
    spread = np.sqrt(float(np.mean(np.square(sd) * n)) / n)
    found: Floats = made * np.outer(spread, spread)
    return found


def _parts(
    groups: tuple[str, ...], seen: list[tuple[str, str]], every: list[tuple[str, str]]
) -> list[tuple[Floats, Floats]]:
    """Indicators of rows, columns, pairs and cells, for the cells with answers and for all."""
    place = {name: i for i, name in enumerate(groups)}
    pairs = {frozenset(pair) for pair in every}
    number = {pair: i for i, pair in enumerate(sorted(pairs, key=sorted))}
    cell = {pair: i for i, pair in enumerate(every)}

    def marks(cells: list[tuple[str, str]], codes: list[int], width: int) -> Floats:
        made = np.zeros((len(cells), width))
        made[np.arange(len(cells)), codes] = 1.0
        return made

    def both(code: Callable[[tuple[str, str]], int], width: int) -> tuple[Floats, Floats]:
        return marks(seen, [code(c) for c in seen], width), marks(every, [code(c) for c in every], width)

    return [
        both(lambda c: place[c[0]], len(groups)),
        both(lambda c: place[c[1]], len(groups)),
        both(lambda c: number[frozenset(c)], len(number)),
        both(lambda c: cell[c], len(every)),
    ]
