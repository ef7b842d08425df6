"""Replicates: the second road to the variance, as factors of sampling units, never as weights of records.

A replicate changes the weight of a whole unit, so totals of all replicates are one matrix product of factors
and unit sums. V = scale sum_r rscale_r (theta_r - centre)^2, the centre being the mean of the replicates or
the full estimate.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from kelisim.core.errors import Refused
from kelisim.stats.survey.coding import Ints
from kelisim.stats.survey.sample import Sample
from kelisim.stats.survey.stages import Floats, Stage
from kelisim.stats.survey.variance import Sums, degrees, lay_pairs

__all__ = ["Centre", "ReplicateSpread", "Replicates", "bootstrap", "brr", "imported", "jk1", "jkn"]

Centre = Literal["replicates", "estimate"]
_MOST = 50_000_000


@dataclass(frozen=True, slots=True, eq=False)
class Replicates:
    """Replicates of one sample.

    factors : (replicates, units) of the last stage, None when weights came from a file
    weights : (records, replicates) as imported
    centre : where squares are taken about; df : degrees of freedom; method : "JKn", "Fay 0.3" ...
    """

    sample: Sample
    factors: Floats | None
    scale: float
    rscales: Floats
    centre: Centre
    df: float
    method: str
    weights: Floats | None = None

    def __post_init__(self) -> None:
        if self.centre not in ("replicates", "estimate"):
            raise ValueError(f"replicates are centred at 'replicates' or 'estimate', not '{self.centre}'")

    def totals(self, sums: Sums) -> list[Floats]:
        """Totals of every column under every replicate: (replicates, domains, cells)."""
        if self.factors is None or self.sample.adjustment is not None:
            return self._totals_by_record(sums)
        pairs = sums.pairs
        if pairs.full:
            units = self.factors.shape[1]
            blocks = [part.reshape(pairs.domains, units, -1) for part in sums.parts]
            return [np.moveaxis(np.matmul(self.factors, block), 0, 1) for block in blocks]
        from scipy.sparse import csr_array

        made = []
        for part in sums.parts:
            shape = (pairs.domains, self.factors.shape[1])
            columns = [
                csr_array((c, (pairs.domain, pairs.unit)), shape=shape) @ self.factors.T for c in part.T
            ]
            made.append(np.stack(columns, axis=2).swapaxes(0, 1))
        return made

    def _totals_by_record(self, sums: Sums) -> list[Floats]:
        pairs = sums.pairs
        rows = slice(None) if pairs.used is None else pairs.used
        domains, cells = sums.totals[0].shape
        key = pairs.domain[pairs.pair]
        if sums.category is not None:
            key = key * cells + sums.category
        made = [np.empty((self.rscales.size, domains, cells)) for _ in sums.columns]
        for r in range(self.rscales.size):
            w = self.record_weights(r)[rows]
            for total, u in zip(made, sums.columns, strict=True):
                values = w if u is None else w * u[rows]
                total[r] = np.bincount(key, weights=values, minlength=domains * cells).reshape(domains, cells)
        return made

    def record_weights(self, r: int) -> Floats:
        """Weights of the records in one replicate, adjusted anew where the sample's weights were."""
        if self.weights is not None:
            return self.weights[:, r]
        factors = np.empty((0, 0)) if self.factors is None else self.factors
        base = self.sample.base_weights * factors[r][self.sample.unit]
        adjustment = self.sample.adjustment
        return base if adjustment is None else adjustment.repeat(base)


@dataclass(frozen=True, slots=True, eq=False)
class ReplicateSpread:
    """Results under every replicate (replicates, domains, cells), and of the full sample (domains, cells)."""

    replicates: Replicates
    values: Floats
    full: Floats

    def _off(self) -> Floats:
        if self.replicates.centre == "estimate":
            return self.values - self.full
        middle: Floats = self.values[self.replicates.rscales > 0].mean(axis=0)
        return self.values - middle

    def variances(self) -> Floats:
        """(domains, cells) variances."""
        rscales = self.replicates.rscales
        found: Floats = self.replicates.scale * np.einsum("r,rdk->dk", rscales, np.square(self._off()))
        return found

    def covariance(self, chosen: Sequence[int] | None = None) -> Floats:
        """Joint covariance of all results, or of the chosen ones."""
        off = self._off().reshape(self.values.shape[0], -1)
        if chosen is not None:
            off = off[:, list(chosen)]
        found: Floats = self.replicates.scale * (off * self.replicates.rscales[:, None]).T @ off
        return found


def jkn(sample: Sample, *, centre: Centre) -> Replicates:
    """Delete-one jackknife within strata: the other n_h - 1 units of the stratum get n_h / (n_h - 1).

    rscale = (n_h - 1) / n_h (1 - f_h). A stratum whose only unit was taken for certain has no replicate.
    Raises: Refused for several stages with population counts, and for lonely units that are not left out.
    """
    stage = _first_stage(sample, "JKn")
    several = np.flatnonzero(stage.size[stage.stratum] > 1)
    _fits(sample, several.size)
    own = stage.stratum[several]
    size = stage.size[own]
    factors = np.ones((several.size, stage.units))
    for r, (unit, h) in enumerate(zip(several, own, strict=True)):
        factors[r, stage.stratum == h] = stage.size[h] / (stage.size[h] - 1)
        factors[r, unit] = 0.0
    rscales = (size - 1) / size * (1 - stage.fraction[own])
    return Replicates(sample, factors, 1.0, rscales, centre, _df(sample), "JKn")


def jk1(sample: Sample, *, centre: Centre) -> Replicates:
    """Delete-one jackknife that ignores strata: factor n / (n - 1), scale (n - 1) / n, df n - 1."""
    units = _first_stage(sample, "JK1").units
    _fits(sample, units)
    factors = np.full((units, units), units / (units - 1.0)) if units > 1 else np.ones((1, 1))
    np.fill_diagonal(factors, 0.0)
    return Replicates(sample, factors, (units - 1) / units, np.ones(units), centre, units - 1.0, "JK1")


def brr(sample: Sample, *, fay: float, centre: Centre) -> Replicates:
    """Balanced repeated replication for two units per stratum; factors 2 - fay and fay (Fay's method; 0 is
    BRR).

    Halves are taken by the rows of a Hadamard matrix, so that linear results agree with linearisation;
    scale 1 / (R (1 - fay)^2).  Raises: Refused when a stratum does not hold two units.
    """
    from scipy.linalg import hadamard

    stage = _first_stage(sample, "BRR")
    if not 0 <= fay < 1:
        raise ValueError(f"Fay's factor lies from 0 up to 1, not at {fay}")
    if np.any(stage.size != 2):
        reason = "balanced replicates need two sampling units in every stratum."
        raise Refused([sample.place.fault(None, "", reason, "Take JKn or the bootstrap.")])
    order = 4
    while order <= stage.strata:
        order *= 2
    _fits(sample, order)
    sign = hadamard(order)[:, 1 : stage.strata + 1].astype(np.float64)
    first = np.concatenate(([True], stage.stratum[1:] != stage.stratum[:-1]))
    factors = 1 + (1 - fay) * sign[:, stage.stratum] * np.where(first, 1.0, -1.0)
    scale = 1 / (order * (1 - fay) ** 2)
    name = "BRR" if fay == 0 else f"Fay {fay:g}"
    return Replicates(sample, factors, scale, np.ones(order), centre, _df(sample), name)


def bootstrap(sample: Sample, count: int, *, rng: np.random.Generator, centre: Centre) -> Replicates:
    """Rescaled bootstrap of Rao and Wu (1988), drawing n_h - 1 units of each stratum, at every stage.

    Factor of a first-stage unit drawn r times: 1 + sqrt(1 - f_h) (n_h / (n_h - 1) r - 1). With population
    counts at several stages the units below get, in turn, sqrt(through (1 - f)) of the same kind added
    (Preston 2009, with n - 1 draws). A stratum of one unit keeps factor 1.  scale 1 / (count - 1).
    """
    if count < 2:
        raise ValueError("a bootstrap needs at least 2 replicates")
    _fits(sample, count)
    _no_lonely(sample, "bootstrap")
    factors = np.ones((count, 1))
    spread = np.ones((count, 1))
    for stage in sample.stages:
        draws = _draw(stage.stratum, stage.size, count, rng)
        size = stage.size[stage.stratum]
        more = np.where(size > 1, size / np.maximum(size - 1, 1), 1.0) * draws
        kept = np.sqrt(1 - stage.fraction)[stage.stratum]
        factors = factors[:, stage.parent] + spread[:, stage.parent] * kept * (more - 1)
        # What the stage below adds is scaled by the fraction drawn here, and falls on the units drawn.
        spread = spread[:, stage.parent] * np.sqrt(stage.fraction[stage.stratum] * more)
    return Replicates(
        sample, factors, 1 / (count - 1), np.ones(count), centre, _df(sample), f"bootstrap {count}"
    )


def imported(
    sample: Sample, weights: Floats, *, scale: float, rscales: Floats | float, centre: Centre, df: float
) -> Replicates:
    """Replicate weights from a file, one column per replicate, with the scales its makers give.

    df is asked for: it cannot be counted when the design is not in the file.
    Raises: Refused when weights do not fit the records, are not finite, or scales do not fit the replicates.
    """
    weights = np.asarray(weights, dtype=np.float64)
    faults = []
    if weights.ndim != 2 or weights.shape[0] != sample.size:
        shape = " x ".join(str(length) for length in weights.shape)
        faults.append(f"replicate weights of {shape} do not fit {sample.size} records.")
    elif weights.shape[1] < 2:
        faults.append("one replicate shows no variance.")
    elif not np.all(np.isfinite(weights)):
        row, column = np.argwhere(~np.isfinite(weights))[0]
        faults.append(f"the weight of record {row + 1} in replicate {column + 1} is not finite.")
    elif np.any(weights.sum(axis=0) <= 0):
        faults.append(f"replicate {int(np.argmax(weights.sum(axis=0) <= 0)) + 1} weighs nothing.")
    each = np.asarray(rscales, dtype=np.float64)
    if not faults and each.ndim and each.shape != (weights.shape[1],):
        faults.append(f"{each.size} rscales do not fit {weights.shape[1]} replicates.")
    if not (np.isfinite(scale) and scale > 0 and np.all(np.isfinite(each)) and np.all(each >= 0)):
        faults.append("scales of replicates are finite, and positive.")
    if not df > 0:
        faults.append(f"degrees of freedom are above 0, not {df}.")
    if faults:
        way_out = "Take weights and scales from the same release of the survey."
        raise Refused([sample.place.fault(None, "replicates", fault, way_out) for fault in faults])
    each = np.broadcast_to(each, weights.shape[1:]).copy()
    return Replicates(sample, None, float(scale), each, centre, float(df), "imported replicates", weights)


def _first_stage(sample: Sample, name: str) -> Stage:
    _no_lonely(sample, name)
    if len(sample.stages) > 1:
        reason = (
            f"{name} sees the first stage alone, and this design has population counts that need later ones."
        )
        raise Refused([sample.place.fault(None, "", reason, "Take the bootstrap, or leave out fpc.")])
    return sample.stages[0]


def _no_lonely(sample: Sample, name: str) -> None:
    lonely = any(stage.lonely for stage in sample.stages)
    if lonely and sample.design.lonely not in ("remove", "certainty"):
        reason = f"{name} leaves lonely units as they are, so lonely='{sample.design.lonely}' cannot be kept."
        raise Refused([sample.place.fault(None, "", reason, "Take remove, certainty or collapse.")])


def _fits(sample: Sample, count: int) -> None:
    units = sample.last.units
    if count * units > _MOST:
        reason = f"{count} replicates of {units} sampling units are more than {_MOST} factors."
        raise Refused(
            [sample.place.fault(None, "", reason, "Take linearisation, or a bootstrap with fewer draws.")]
        )


def _df(sample: Sample) -> float:
    pairs = lay_pairs(sample, None, 1, None, 1)
    present = np.bincount(pairs.pair, minlength=pairs.domain.size) > 0
    return float(degrees(pairs, present)[0])


def _draw(stratum: Ints, size: Floats, count: int, rng: np.random.Generator) -> Floats:
    """How often each unit is drawn when n_h - 1 are taken from its stratum with replacement."""
    starts = np.searchsorted(stratum, np.arange(size.size))
    drawn = np.ones((count, stratum.size))
    for start, n in zip(starts.tolist(), size.astype(int).tolist(), strict=True):
        if n > 1:
            drawn[:, start : start + n] = rng.multinomial(n - 1, np.full(n, 1 / n), size=count)
    return drawn
