"""Quantiles: values below which a given part of the population lies, with intervals by Woodruff's way
back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from kelisim.core.errors import NotDefined
from kelisim.stats.survey.coding import Ints
from kelisim.stats.survey.domains import make_domains
from kelisim.stats.survey.estimation import counted, spread_of, variance_method
from kelisim.stats.survey.intervals import t_quantile
from kelisim.stats.survey.replicates import Replicates
from kelisim.stats.survey.results import Cell, Estimates, Spread
from kelisim.stats.survey.sample import Bools, Sample
from kelisim.stats.survey.stages import Floats
from kelisim.stats.survey.variance import Pairs, degrees, lay_pairs, weighted_sums

__all__ = ["quantile"]


@dataclass(frozen=True, slots=True, eq=False)
class _Rescaled:
    """Joint doubt of quantiles: that of the shares below them, each over the slope of the distribution."""

    shares: Spread
    factor: Floats

    def variances(self) -> Floats:
        found: Floats = self.shares.variances() * np.square(self.factor)
        return found

    def covariance(self, chosen: Sequence[int] | None = None) -> Floats:
        factor = self.factor.ravel() if chosen is None else self.factor.ravel()[list(chosen)]
        found: Floats = self.shares.covariance(chosen) * np.outer(factor, factor)
        return found


def quantile(
    sample: Sample,
    variable: str,
    probabilities: Sequence[float],
    *,
    level: float,
    by: Sequence[str] = (),
    where: Bools | None = None,
    replicates: Replicates | None = None,
) -> Estimates:
    """Quantiles of a variable: the least y with F(y) >= p, F the weighted distribution (left-continuous
    inverse).

    The interval is that of F at the estimate, -+ t(df) SE, mapped back by the same rule (Woodruff 1952); the
    standard error is its width over 2 t. Where an end would lie beyond the data, interval and error are not
    known. The category of a result is its probability. There is no design effect.

    Raises: ValueError for a probability outside (0, 1), NotDefined("no_answers"), Refused for faulty columns.

    >>> from kelisim.stats.survey.design import Design
    >>> data = {"w": [1, 1, 1, 1, 1], "y": [5, 1, 2, 9, 4]}
    >>> sample = Sample(data, Design(kind="probability", weights="w", lonely="fail"))
    >>> quantile(sample, "y", [0.5], level=0.95).one().value
    4.0
    """
    probability = np.asarray(probabilities, dtype=np.float64)
    if probability.ndim != 1 or not probability.size or not np.all((probability > 0) & (probability < 1)):
        raise ValueError(f"a probability of a quantile lies between 0 and 1: {list(probabilities)}")
    y = sample.numbers(variable)
    domains = make_domains(sample, by, where)
    valid = domains.valid
    if np.isnan(y.sum()):
        valid = ~np.isnan(y) if valid is None else valid & ~np.isnan(y)
    pairs = lay_pairs(sample, domains.codes, len(domains.labels), valid, probability.size)
    if pairs.pair.size == 0:
        raise NotDefined("no_answers", f"no record of the domain has an answer to '{variable}'")
    ordered = _Ordered.of(pairs, y)
    found = ordered.at(np.broadcast_to(probability, (pairs.domains, probability.size)))
    one = domains.codes is None
    below = [(y <= (cut[0] if one else cut[domains.codes])).astype(np.float64) for cut in found.T]
    sums = weighted_sums(pairs, [None, *below])
    counts = counted(pairs, sums.parts[0], None, 1)
    size = np.where(sums.totals[0] == 0, 1.0, sums.totals[0])

    def value(t: Sequence[Floats]) -> Floats:
        with np.errstate(divide="ignore", invalid="ignore"):
            made: Floats = np.concatenate(t[1:], axis=-1) / t[0]
        return made

    def linearise(s: Sequence[Floats], d: Ints) -> Floats:
        made: Floats = (np.concatenate(s[1:], axis=1) - s[0] * reached[d]) / size[d]
        return made

    reached = value(sums.totals)
    spread = spread_of(sums, value, linearise, replicates)
    found = np.where(counts.n[:, None] > 0, found, np.nan)
    se, low, high, df, seen = (np.full(found.shape, np.nan) for _ in range(5))
    kept: Spread | None = None
    t_quantile(np.ones(1), level)
    if spread is not None:
        own = degrees(pairs, counts.present)
        df = np.broadcast_to(
            (own if replicates is None else np.minimum(own, replicates.df))[:, None], found.shape
        )
        seen = np.sqrt(np.maximum(spread.variances(), 0.0))
        half = t_quantile(df, level) * seen
        low, high = ordered.at(reached - half), ordered.at(reached + half)
        se = (high - low) / (2 * t_quantile(df, level))
        factor = np.divide(se, seen, out=np.zeros(se.shape), where=seen > 0)
        kept = _Rescaled(spread, factor)
    nothing = np.full(found.size, np.nan)
    wide = probability.size
    return Estimates(
        statistic="quantile",
        variable=variable,
        value=found.ravel(),
        se=se.ravel(),
        df=df.ravel().copy(),
        cells=tuple(Cell(f"{p:g}", label) for label in domains.labels for p in probability.tolist()),
        low=low.ravel(),
        high=high.ravel(),
        level=level,
        interval="woodruff",
        n=np.repeat(counts.n, wide),
        cases=np.repeat(counts.n, wide),
        weighted_n=np.repeat(counts.weighted, wide),
        deff=nothing,
        deff_kind="none",
        n_eff=nothing,
        design_kind=sample.design.kind,
        spread=kept,
        method=variance_method(sample, replicates),
        reasons=() if kept is not None else ("no_margin",),
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Ordered:
    """Values in order within each domain, and the running sum of their weights over all."""

    y: Floats
    running: Floats
    starts: Ints

    @staticmethod
    def of(pairs: Pairs, y: Floats) -> _Ordered:
        values, w = (y if pairs.used is None else y[pairs.used]), pairs.take(None)
        order = np.argsort(values)
        starts = np.array([0, values.size])
        if pairs.domains > 1:
            domain = pairs.domain[pairs.pair]
            order = order[np.argsort(domain[order], kind="stable")]
            starts = np.concatenate(([0], np.cumsum(np.bincount(domain, minlength=pairs.domains))))
        return _Ordered(values[order], np.cumsum(w[order]), starts)

    def at(self, probability: Floats) -> Floats:
        """(domains, any) least y whose share of weight reaches the probability; NaN outside 0 and 1."""
        before = np.concatenate(([0.0], self.running))
        low, high = before[self.starts[:-1], None], before[self.starts[1:], None]
        known = (probability >= 0) & (probability <= 1)
        # A share that is reached exactly may miss it by the last digits of the running sum.
        target = low + (np.where(known, probability, 0.5) - 1e-12) * (high - low)
        place = np.searchsorted(self.running, target, side="left")
        last = np.maximum(self.starts[1:, None] - 1, 0)
        place = np.clip(place, np.minimum(self.starts[:-1, None], last), last)
        return np.where(known, self.y[place], np.nan)
