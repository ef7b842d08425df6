"""Rates and effort: watching more is not more conflict.

What is counted grows with the sources watched and the texts they give. Told are rates over the families
collected, at a fixed mix of sources, and a chain index over sources present at both ends of every link. A
source and period without coverage is missing, never zero.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from kelisim.core.errors import CountsError, NotDefined
from kelisim.core.estimates import Estimate, Flag, grade_from_faults
from kelisim.stats.chain_index import chain_index, fixed_panel_change
from kelisim.stats.negative_binomial import CountModel, fit_counts

__all__ = ["EffortRates", "chain_estimates", "effort_rates"]

Floats = NDArray[np.float64]
_PER = 1_000.0
_LEAST_SHARE_OF_DRAWS = 0.95


@dataclass(frozen=True, slots=True, kw_only=True)
class EffortRates:
    """rates : by period; effects : of each covariate, as a ratio of rates for one unit; dispersion"""

    rates: tuple[Estimate, ...]
    effects: Mapping[str, Estimate]
    dispersion: float


def effort_rates(
    counts: ArrayLike,
    exposure: ArrayLike,
    *,
    covariates: Mapping[str, ArrayLike],
    level: float,
    source: str,
    synthetic: bool = False,
) -> EffortRates:
    """Rate of each period per 1,000 families collected, at a fixed mix of sources.

    Log-linear negative binomial with log(exposure) as offset, an effect of every period and every source,
    and covariates of effort, centred on their mean (comments per post, publicity of a hotline, staff). The
    rate of period t is exp(period_t) times the mean of exp(source_s), weighted by exposure over all time:
    a source that comes or goes changes no rate by its own level.

    counts, exposure : (sources, periods), NaN where a source was not covered; covariates : the same shape
    Returns an estimate for every period, missing with the reason "not_covered" where no source was.
    Raises: CountsError; NotDefined("no_events" | "not_linked" | "no_solution") where no model can be fitted.
    """
    y, e = np.array(counts, dtype=np.float64), np.array(exposure, dtype=np.float64)
    if y.shape != e.shape or y.ndim != 2:
        raise CountsError("counts and exposures are tables of sources by periods")
    extra = {name: np.asarray(values, dtype=np.float64) for name, values in covariates.items()}
    if any(values.shape != y.shape for values in extra.values()):
        raise CountsError("covariates have the shape of the counts")
    known = np.isfinite(y) & np.isfinite(e) & (e > 0)
    for values in extra.values():
        known &= np.isfinite(values)
    # A source or period without the mark has no finite effect: the one adds exposure without a level of its
    # own, the other has the rate 0 with the bound that goes with it.
    seen = np.where(known, y, 0.0)
    silent = known.any(axis=1) & (seen.sum(axis=1) == 0)
    fitted = known & ~silent[:, None] & (seen.sum(axis=0) > 0)
    s, t = np.nonzero(fitted)
    if not len(s):
        raise NotDefined("no_events", "nothing was counted in any covered source and period")
    sources, periods = np.unique(s), np.unique(t)
    _linked(fitted, sources)
    design = [(t == one).astype(float) for one in periods]
    design += [(s == one).astype(float) for one in sources[1:]]
    means = {name: float(values[s, t].mean()) for name, values in extra.items()}
    design += [values[s, t] - means[name] for name, values in extra.items()]
    model = fit_counts(y[s, t], e[s, t], np.column_stack(design))
    effort = np.where(known, e, 0.0)
    share = effort[sources].sum(axis=1) / effort.sum()
    effect = np.exp(np.append(0.0, model.coefficients[len(periods) : len(periods) + len(sources) - 1]))
    rates = _rates(model.coefficients, model.covariance, share, effect, len(periods), level)
    made: list[Estimate] = []
    for period in range(y.shape[1]):
        ends = None
        if period in periods:
            ends = rates[int(np.searchsorted(periods, period))]
        elif known[:, period].any():
            high = _none_seen(effort[sources, period], share, effect, model, level)
            ends = None if high is None else (0.0, 0.0, high)
        if ends is None:
            made.append(_missing("not_covered", source))
        else:
            n = int(seen[:, period].sum())
            made.append(_estimate(*ends, level, n, source, synthetic, len(sources)))
    first = len(periods) + len(sources) - 1
    effects = {
        name: _effect(model.coefficients, model.covariance, first + k, level, len(s), source, synthetic)
        for k, name in enumerate(extra)
    }
    return EffortRates(rates=tuple(made), effects=effects, dispersion=model.dispersion)


def chain_estimates(
    counts: ArrayLike,
    exposure: ArrayLike,
    *,
    level: float,
    draws: int,
    rng: np.random.Generator,
    source: str,
    synthetic: bool = False,
) -> tuple[Estimate, ...]:
    """The chain index of every period after the first, which is 1 (`chain_index`).

    Missing with the reason "broken_link" from the period on in which no source could be compared; without
    an interval, and graded lower, where more than one draw in twenty breaks ("few_sources"). Where the
    fixed panel over all periods moved by more than a tenth otherwise, the last value has "drift" among its
    reasons.
    """
    made = chain_index(counts, exposure, draws=draws, rng=rng)
    fixed, _ = fixed_panel_change(counts, exposure)
    tail = (1 - level) / 2
    out = []
    for period in range(1, len(made.values)):
        value = float(made.values[period])
        if not np.isfinite(value):
            out.append(_missing("broken_link", source, unit="index"))
            continue
        drawn = made.drawn[:, period]
        known = drawn[np.isfinite(drawn)]
        reasons = []
        low = high = None
        if len(known) >= _LEAST_SHARE_OF_DRAWS * draws and made.sources[period] > 1:
            low, high = np.quantile(known, [tail, 1 - tail]).tolist()
            low, high = min(low, value), max(high, value)
        else:
            reasons.append("few_sources")
        last = period == len(made.values) - 1
        if last and np.isfinite(fixed) and abs(fixed / value - 1) > 0.1:
            reasons.append("drift")
        out.append(
            Estimate(
                value=value, low=low, high=high, level=None if low is None else level, unit="index",
                n=int(made.sources[period]), method="chain_index", grade=grade_from_faults(len(reasons)),
                source=source, flag=_flag(synthetic), reasons=tuple(reasons),
            )
        )  # fmt: skip
    return tuple(out)


def _linked(known: NDArray[np.bool_], sources: NDArray[Any]) -> None:
    """Sources and periods must hang together, or the level of one part says nothing about the other."""
    reached, before = {int(sources[0])}, -1
    while len(reached) != before:
        before = len(reached)
        times = {int(t) for s in reached for t in np.flatnonzero(known[s])}
        reached |= {int(s) for t in times for s in np.flatnonzero(known[:, t])}
    if len(reached) < len(sources):
        raise NotDefined(
            "not_linked", "some sources were never covered in the same period as any of the others"
        )


def _rates(
    b: Floats, covariance: Floats, share: Floats, effect: Floats, periods: int, level: float
) -> Sequence[tuple[float, float, float]]:
    """Rates at the fixed mix, with intervals on the log scale by the delta method."""
    from scipy.special import ndtri

    z = float(ndtri(0.5 + level / 2))
    mean = float(share @ effect)
    made = []
    for k in range(periods):
        gradient = np.zeros(len(b))
        gradient[k] = 1.0
        gradient[periods : periods + len(effect) - 1] = (share * effect / mean)[1:]
        se = float(np.sqrt(gradient @ covariance @ gradient))
        value = _PER * float(np.exp(b[k])) * mean
        made.append((value, value * float(np.exp(-z * se)), value * float(np.exp(z * se))))
    return made


def _none_seen(
    effort: Floats, share: Floats, effect: Floats, model: CountModel, level: float
) -> float | None:
    """The highest rate under which nothing would be counted with a chance of (1 - level) / 2.

    All cells of the period count as one, which is on the safe side; None where only sources without a level
    of their own were covered.
    """
    reach = float(effort @ effect)
    if reach == 0:
        return None
    tail, a = (1 - level) / 2, model.dispersion
    expected = -np.log(tail) if a == 0 else np.expm1(-a * np.log(tail)) / a
    return float(_PER * expected * (share @ effect) / reach)


def _effect(
    b: Floats, covariance: Floats, place: int, level: float, n: int, source: str, synthetic: bool
) -> Estimate:
    from scipy.special import ndtri

    half = float(ndtri(0.5 + level / 2)) * float(np.sqrt(covariance[place, place]))
    value, low, high = (float(np.exp(b[place] + k * half)) for k in (0, -1, 1))
    return Estimate(
        value=value, low=low, high=high, level=level, unit="ratio", n=n, method="effort_rate",
        grade="acceptable", source=source, flag=_flag(synthetic), reasons=("association_only",),
    )  # fmt: skip


def _estimate(
    value: float, low: float, high: float, level: float, n: int, source: str, synthetic: bool, sources: int
) -> Estimate:
    reasons = ("few_sources",) if sources < 5 else ()
    return Estimate(
        value=value, low=low, high=high, level=level, unit="per 1,000 families", n=n, method="effort_rate",
        grade=grade_from_faults(len(reasons)), source=source, flag=_flag(synthetic), reasons=reasons,
    )  # fmt: skip


def _missing(reason: str, source: str, unit: str = "per 1,000 families") -> Estimate:
    method = "chain_index" if unit == "index" else "effort_rate"
    return Estimate(
        value=None, unit=unit, method=method, grade="poor", source=source, flag="missing", reasons=(reason,)
    )


def _flag(synthetic: bool) -> Flag:
    return "synthetic" if synthetic else "ok"
