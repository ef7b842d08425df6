"""From sums to results: the step every linear statistic shares. Variance, degrees of freedom, deff, interval.

A statistic hands in how its value follows from totals and how its linearised parts follow from the same
sums; this module adds what the design says about them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from kelisim.stats.survey.coding import Ints
from kelisim.stats.survey.domains import Domains
from kelisim.stats.survey.intervals import ShareMethod, share_interval, t_interval
from kelisim.stats.survey.replicates import Replicates, ReplicateSpread
from kelisim.stats.survey.results import Cell, Estimates, Spread
from kelisim.stats.survey.sample import Bools, Sample
from kelisim.stats.survey.stages import Floats
from kelisim.stats.survey.variance import Linearise, Pairs, Sums, degrees, taylor

__all__ = ["Counts", "DeffKind", "counted", "finish", "spread_of", "variance_method"]

DeffKind = Literal["wor", "replace"]
Value = Callable[[Sequence[Floats]], Floats]


@dataclass(frozen=True, slots=True, eq=False)
class Counts:
    """n and weighted n of each domain (domains,), records of each category (domains, cells), presence of
    pairs."""

    n: Ints
    cases: Ints
    weighted: Floats
    present: Bools


def counted(pairs: Pairs, weight_sums: Floats, category: NDArray[Any] | None, cells: int) -> Counts:
    """Unweighted counts beside the weighted sums (pairs, cells) of the same records."""
    weights = weight_sums.sum(axis=1) if cells > 1 else weight_sums[:, 0]
    weighted = np.bincount(pairs.domain, weights=weights, minlength=pairs.domains)
    if category is None:
        if pairs.domains == 1:
            n = np.array([pairs.pair.size])
        else:
            n = np.bincount(pairs.domain[pairs.pair], minlength=pairs.domains)
        cases = n[:, None]
    else:
        inner = category if pairs.used is None else category[pairs.used]
        key = inner if pairs.domains == 1 else pairs.domain[pairs.pair] * cells + inner
        cases = np.bincount(key, minlength=pairs.domains * cells).reshape(pairs.domains, cells)
        n = cases.sum(axis=1)
    return Counts(n, cases, weighted.astype(np.float64, copy=False), weights > 0)


def spread_of(sums: Sums, value: Value, linearise: Linearise, replicates: Replicates | None) -> Spread | None:
    """The joint doubt of value(totals); None for a picked sample that states no condition."""
    sample = sums.pairs.sample
    if not sample.design.carries_margin:
        return None
    if replicates is None:
        return taylor(sums, linearise)
    if replicates.sample is not sample:
        raise ValueError("these replicates were made for another sample; make them for this one")
    return ReplicateSpread(replicates, value(replicates.totals(sums)), value(sums.totals))


def variance_method(sample: Sample, replicates: Replicates | None) -> str:
    """Words for the method of a result."""
    if not sample.design.carries_margin:
        return f"description of a {sample.design.kind} sample"
    words = ["linearisation" if replicates is None else replicates.method]
    if sample.adjustment is not None:
        words.append(sample.adjustment.words)
    if any(stage.lonely for stage in sample.stages):
        words.append(f"lonely units: {sample.design.lonely}")
    if sample.design.assume:
        words.append("if these places were a random draw of places")
    return "; ".join(words)


def finish(
    *,
    statistic: str,
    variable: str,
    pairs: Pairs,
    domains: Domains,
    categories: Sequence[str | None],
    value: Floats,
    spread: Spread | None,
    counts: Counts,
    simple: Floats,
    level: float,
    deff: DeffKind,
    replicates: Replicates | None,
    share: tuple[ShareMethod, float | None] | None = None,
) -> Estimates:
    """Results from values (domains, cells), their spread, and `simple`: variance under simple random
    sampling.

    simple : with replacement, (domains, cells); 1 - n / W is added where deff is "wor"
    """
    if deff not in ("wor", "replace"):
        raise ValueError(f"a design effect is 'wor' (without replacement) or 'replace', not '{deff}'")
    sample, shape = pairs.sample, value.shape
    n, weighted = _wide(counts.n, shape), _wide(counts.weighted, shape)
    value = np.where(n > 0, value.ravel(), np.nan)
    nothing = np.full(value.size, np.nan)
    se, df, low, high, effect, n_eff = (nothing,) * 6
    if spread is not None:
        variance = np.where(np.isnan(value), np.nan, spread.variances().ravel())
        se = np.sqrt(np.maximum(variance, 0.0))
        own = degrees(pairs, counts.present)
        if replicates is not None:
            told = np.full(own.size, replicates.df)
            own = told if replicates.factors is None else np.minimum(own, told)
        df = _wide(own, shape)
        with np.errstate(divide="ignore", invalid="ignore"):
            with_replacement = variance / simple.ravel()
            n_eff = n / with_replacement
            unseen = 1 - n / weighted
            effect = (
                with_replacement / np.where(unseen > 1e-9, unseen, np.nan)
                if deff == "wor"
                else with_replacement
            )
        if share is None:
            low, high = t_interval(value, se, df, level)
        else:
            psus = _wide(_psus(pairs, counts.present), shape)
            low, high = share_interval(value, se, df, n.astype(float), psus, level, *share)
    else:
        t_interval(nothing[:1], nothing[:1], nothing[:1], level)
    cells = tuple(Cell(category, by) for by in domains.labels for category in categories)
    return Estimates(
        statistic=statistic,
        variable=variable,
        cells=cells,
        value=value,
        se=se,
        df=df,
        low=low,
        high=high,
        level=level,
        interval="t" if share is None else share[0],
        n=n.astype(np.intp),
        cases=counts.cases.ravel(),
        weighted_n=weighted,
        deff=effect,
        deff_kind=deff,
        n_eff=n_eff,
        design_kind=sample.design.kind,
        method=variance_method(sample, replicates),
        spread=spread,
        reasons=() if spread is not None else ("no_margin",),
    )


def _wide(column: NDArray[Any], shape: tuple[int, ...]) -> NDArray[Any]:
    """A figure of each domain, repeated for its cells."""
    return np.broadcast_to(column[:, None], shape).ravel()


def _psus(pairs: Pairs, present: Bools) -> Floats:
    """First-stage units with records of each domain."""
    unit, domain = pairs.unit[present], pairs.domain[present]
    for stage in reversed(pairs.sample.stages[1:]):
        unit = stage.parent[unit]
    both = np.unique(domain * pairs.sample.psus + unit)
    return np.bincount(both // pairs.sample.psus, minlength=pairs.domains).astype(np.float64)
