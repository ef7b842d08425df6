"""The one algorithm behind all linear statistics: weighted sums by unit and cell, then variance between
units.

A statistic is a smooth function of weighted totals of columns u_j over cells (domain x category). The sums
S_j of w u_j by sampling unit and cell are counted once; totals are their column sums; the linearised unit
totals T are the same combination of the S_j that the derivative takes; and V = sum over stages and strata of
coefficient_h sum_i (T_hi - mean T_h)^2 (`stages`). Replicates reuse the same S_j with a factor per unit.

Sums are kept for pairs (domain, unit). When there are few domains all pairs stand there; with thousands of
domains only the pairs that occur, since a pair without records adds nothing but its zero to the mean of its
stratum.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kelisim.core.errors import Refused
from kelisim.stats.survey.coding import Ints, compress
from kelisim.stats.survey.sample import Adjustment, Bools, Sample
from kelisim.stats.survey.stages import Floats, Stage

__all__ = ["Linearise", "Pairs", "Sums", "Taylor", "degrees", "lay_pairs", "taylor", "weighted_sums"]

# Takes S_j of any rows (rows, categories) and the domain of each row; gives the same rows linearised.
Linearise = Callable[[Sequence[Floats], Ints], Floats]

_MOST_CELLS = 50_000_000
_BLOCK = 65_536


@dataclass(frozen=True, slots=True, eq=False)
class Pairs:
    """Which records count, and the pair (domain, unit) each of them falls into; pairs in that order.

    used : positions of the records that count, None for all
    pair : (used,) pair of each record; domain, unit : (pairs,); full : every pair stands there
    """

    sample: Sample
    used: Ints | None
    pair: Ints
    domain: Ints
    unit: Ints
    domains: int
    full: bool

    def take(self, column: Floats | None) -> Floats:
        """w u of the records that count; None stands for u = 1."""
        w = self.sample.weights
        if self.used is not None:
            w = w[self.used]
            return w if column is None else w * column[self.used]
        return w if column is None else w * column


def lay_pairs(sample: Sample, domain: Ints | None, domains: int, valid: Bools | None, cells: int) -> Pairs:
    """Pairs of domains and last-stage units; `valid` marks records that have an answer and pass the
    filter."""
    if sample.inside is not None:
        valid = sample.inside if valid is None else valid & sample.inside
    used = None if valid is None or valid.all() else np.flatnonzero(valid)
    unit = sample.unit if used is None else sample.unit[used]
    units = sample.last.units
    where = unit
    if domain is not None:
        where = (domain if used is None else domain[used]) * units + unit
    full = domains * units * cells <= max(4 * sample.size, 4_000_000) or sample.adjustment is not None
    if full and domains * units * cells > _MOST_CELLS:
        reason = f"{domains} domains x {units} units of adjusted weights are more than {_MOST_CELLS} cells."
        raise Refused([sample.place.fault(None, "", reason, "Ask for fewer domains at a time.")])
    if full:
        every = np.arange(domains * units)
        return Pairs(sample, used, where, every // units, every % units, domains, True)
    where, found = compress(where)
    return Pairs(sample, used, where, found // units, found % units, domains, False)


@dataclass(frozen=True, slots=True, eq=False)
class Sums:
    """Weighted sums of columns u_j: `parts` per pair (columns of (pairs, cells)), `totals` per domain.

    columns, category : the records they were made of; None stands for u = 1 and for a single category
    """

    pairs: Pairs
    columns: Sequence[Floats | None]
    category: NDArray[Any] | None
    parts: list[Floats]
    totals: list[Floats]


def weighted_sums(
    pairs: Pairs, columns: Sequence[Floats | None], category: NDArray[Any] | None = None, cells: int = 1
) -> Sums:
    """S_j of every column, by pair and by category where there is one (-1 may not occur among used
    records)."""
    if category is not None and pairs.used is not None:
        category = category[pairs.used]
    key = pairs.pair if category is None else pairs.pair * cells + category
    count = pairs.domain.size
    parts: list[Floats] = []
    for u in columns:
        if u is None and category is None and pairs.pair is pairs.sample.unit:
            parts.append(pairs.sample.unit_weights()[:, None])
            continue
        parts.append(_counted(key, pairs, u, count * cells).reshape(count, cells))
    return Sums(pairs, columns, category, parts, [_by_domain(part, pairs) for part in parts])


def _counted(key: Ints, pairs: Pairs, u: Floats | None, size: int) -> Floats:
    """Sums of w u by key; in blocks where sums are short, so that no product as long as the file is made."""
    if u is None or pairs.used is not None or size > _BLOCK:
        sums = np.bincount(key, weights=pairs.take(u), minlength=size)
        # Without a single record numpy counts in whole numbers.
        return sums.astype(np.float64, copy=False)
    w, made = pairs.sample.weights, np.zeros(size)
    for first in range(0, key.size, _BLOCK):
        part = slice(first, first + _BLOCK)
        made += np.bincount(key[part], weights=w[part] * u[part], minlength=size)
    return made


def _by_domain(part: Floats, pairs: Pairs) -> Floats:
    if pairs.full:
        total: Floats = part.reshape(pairs.domains, -1, part.shape[1]).sum(axis=1)
        return total
    return np.stack(
        [np.bincount(pairs.domain, weights=column, minlength=pairs.domains) for column in part.T], axis=1
    )


@dataclass(frozen=True, slots=True, eq=False)
class Taylor:
    """Linearised unit totals of the results of one call: (pairs, cells), results in the order domain,
    cell."""

    pairs: Pairs
    parts: Floats

    def variances(self) -> Floats:
        """(domains, cells) variance of every result."""
        unit, domain, parts = self.pairs.unit, self.pairs.domain, self.parts
        total = np.zeros((self.pairs.domains, parts.shape[1]))
        stages = self.pairs.sample.stages
        for stage in reversed(stages):
            total += _between(stage, unit, domain, parts, self.pairs.domains)
            if stage is not stages[0]:
                unit, domain, parts = _upward(stage, unit, domain, parts)
        return total

    def covariance(self, chosen: Sequence[int] | None = None) -> Floats:
        """Joint covariance matrix of the results, or of the chosen ones."""
        matrix = self._matrix(chosen)
        total = np.zeros((matrix.shape[1],) * 2)
        stages = self.pairs.sample.stages
        for stage in reversed(stages):
            starts = np.searchsorted(stage.stratum, np.arange(stage.strata))
            mean = np.add.reduceat(matrix, starts, axis=0) / stage.size[:, None] * stage.centred[:, None]
            off = matrix - mean[stage.stratum]
            total += (off * stage.coefficient[stage.stratum][:, None]).T @ off
            if stage is not stages[0]:
                matrix = np.add.reduceat(matrix, _starts(stage.parent), axis=0)
        return total

    def _matrix(self, chosen: Sequence[int] | None) -> Floats:
        cells = self.parts.shape[1]
        units = self.pairs.sample.last.units
        picks = np.arange(self.pairs.domains * cells) if chosen is None else np.asarray(chosen, dtype=np.intp)
        if picks.size * units > _MOST_CELLS:
            raise ValueError(f"the joint covariance of {picks.size} results would not fit; choose fewer")
        matrix = np.zeros((units, picks.size))
        bounds = np.searchsorted(self.pairs.domain, np.arange(self.pairs.domains + 1))
        for column, pick in enumerate(picks.tolist()):
            rows = slice(bounds[pick // cells], bounds[pick // cells + 1])
            matrix[self.pairs.unit[rows], column] = self.parts[rows, pick % cells]
        return matrix


def taylor(sums: Sums, linearise: Linearise) -> Taylor:
    """Linearised unit totals; where weights were adjusted, of the residuals from the adjusting variables."""
    parts = linearise(sums.parts, sums.pairs.domain)
    adjustment = sums.pairs.sample.adjustment
    if adjustment is not None:
        parts = parts - _explained(sums, adjustment, linearise)
    return Taylor(sums.pairs, parts)


def _explained(sums: Sums, adjustment: Adjustment, linearise: Linearise) -> Floats:
    """Unit totals of w x'B, with B the regression of the linearised values on the adjusting variables."""
    pairs, across = sums.pairs, adjustment.columns.T
    cells, domains, units = sums.totals[0].shape[1], pairs.domains, pairs.sample.last.units
    rows = np.arange(pairs.sample.size) if pairs.used is None else pairs.used
    key = pairs.domain[pairs.pair]
    if sums.category is not None:
        key = key * cells + sums.category
    crossed = []
    for u in sums.columns:
        base = adjustment.pull[rows] if u is None else adjustment.pull[rows] * u[rows]
        by_x = across @ _placed(base, rows, key, (pairs.sample.size, domains * cells))
        crossed.append(by_x.toarray().reshape(-1, cells))
    every = np.tile(np.arange(domains), across.shape[0])
    slope = adjustment.inverse() @ linearise(crossed, every).reshape(across.shape[0], -1)
    w, unit = pairs.sample.weights, pairs.sample.unit
    by_unit = across @ _placed(w, np.arange(w.size), unit, (w.size, units))
    made = (by_unit.toarray().T @ slope).reshape(units, domains, -1)
    # Pairs of an adjusted sample are full and stand in the order domain, unit.
    ordered: Floats = np.moveaxis(made, 1, 0).reshape(domains * units, -1)
    return ordered


def _placed(values: Floats, rows: Ints, columns: Ints, shape: tuple[int, int]) -> Any:
    """A sparse array with one value per record, in the column of its cell or unit."""
    from scipy.sparse import csr_array

    return csr_array((values, (rows, columns)), shape=shape)


def _starts(sorted_codes: Ints) -> Ints:
    return np.flatnonzero(np.concatenate(([True], sorted_codes[1:] != sorted_codes[:-1])))


def _between(stage: Stage, unit: Ints, domain: Ints, parts: Floats, domains: int) -> Floats:
    """Variance between the units of one stage, by domain and cell."""
    total = np.zeros((domains, parts.shape[1]))
    if unit.size == 0:
        return total
    group = domain * stage.strata + stage.stratum[unit]
    starts = _starts(group)
    present = np.diff(starts, append=group.size)
    h = group[starts] % stage.strata
    mean = np.add.reduceat(parts, starts, axis=0) / stage.size[h][:, None] * stage.centred[h][:, None]
    off = parts - np.repeat(mean, present, axis=0)
    squares = np.add.reduceat(np.square(off, out=off), starts, axis=0)
    # Units without a record of the domain stand at zero and differ from the stratum's mean by all of it.
    squares += (stage.size[h] - present)[:, None] * np.square(mean)
    squares *= stage.coefficient[h][:, None]
    owner = domain[starts]
    firsts = _starts(owner)
    total[owner[firsts]] = np.add.reduceat(squares, firsts, axis=0)
    return total


def _upward(stage: Stage, unit: Ints, domain: Ints, parts: Floats) -> tuple[Ints, Ints, Floats]:
    """Sums of the units of one stage by the units of the stage before."""
    above = stage.parent[unit]
    if unit.size == 0:
        return above, domain, parts
    starts = np.flatnonzero(np.concatenate(([True], (above[1:] != above[:-1]) | (domain[1:] != domain[:-1]))))
    return above[starts], domain[starts], np.add.reduceat(parts, starts, axis=0)


def degrees(pairs: Pairs, present: Bools) -> Floats:
    """Degrees of freedom by domain: first-stage units minus strata that hold records of the domain, counted.

    present : (pairs,) whether any record of the pair counts
    """
    unit, domain = pairs.unit[present], pairs.domain[present]
    for stage in reversed(pairs.sample.stages[1:]):
        unit = stage.parent[unit]
        keep = np.concatenate(([True], (unit[1:] != unit[:-1]) | (domain[1:] != domain[:-1])))[: unit.size]
        unit, domain = unit[keep], domain[keep]
    first = pairs.sample.stages[0]
    group = domain * first.strata + first.stratum[unit]
    units = np.bincount(domain, minlength=pairs.domains)
    owners = domain[_starts(group)] if group.size else domain
    return (units - np.bincount(owners, minlength=pairs.domains)).astype(np.float64)
