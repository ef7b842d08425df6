"""From a sample to figures of areas by the model of Fay and Herriot: direct estimates, smoothed variances,
fit, way back, benchmark and gate in one call."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from kelisim.core.errors import Fault, NotDefined, Refused
from kelisim.stats.small_area import arcsine
from kelisim.stats.small_area.benchmark import Benchmark, benchmark
from kelisim.stats.small_area.direct import Smoothed, smooth
from kelisim.stats.small_area.fay_herriot import AreaVariance, Fit, fay_herriot
from kelisim.stats.small_area.gate import Limits, judge, needed_for, reliability_of
from kelisim.stats.small_area.results import AreaEstimate
from kelisim.stats.survey.coding import Ints
from kelisim.stats.survey.estimation import DeffKind
from kelisim.stats.survey.intervals import t_interval
from kelisim.stats.survey.moments import mean, share
from kelisim.stats.survey.results import Estimates, SurveyEstimate
from kelisim.stats.survey.sample import Sample
from kelisim.stats.survey.stages import Floats

__all__ = ["Covariates", "area_means", "area_shares", "category_of"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Covariates:
    """What is known of every area from elsewhere, as the caller declares it.

    names : of the covariates; values : area -> one number per name
    population : area -> persons, for benchmarks that areas without interviews take part in
    """

    names: tuple[str, ...] = ()
    values: Mapping[str, Sequence[float]]
    population: Mapping[str, float] | None = None


def area_means(
    sample: Sample,
    variable: str,
    *,
    by: str,
    method: AreaVariance,
    level: float,
    covariates: Covariates | None = None,
    benchmark_rule: Benchmark = "none",
    limits: Limits | None = None,
    deff: DeffKind = "wor",
) -> list[AreaEstimate]:
    """Means of a variable in the areas of the column `by`, sampled areas first, in the order of their labels.

    y_i direct means, psi_i = S^2 D_i (`direct.smooth`), EBLUP with an intercept and the declared covariates,
    interval t with areas - terms degrees of freedom. A benchmark adds its squared shift to the mse.

    covariates : must name every area of the sample; areas that only they name are "model only"
    Raises: NotDefined("too_few_areas" | "collinear" | "no_margin" | "no_degrees_of_freedom" |
    "benchmark_out_of_range" | "no_answers"), Refused for covariates that are missing.
    """
    direct = mean(sample, variable, by=[by], level=level, deff=deff)
    whole = mean(sample, variable, level=level).one()
    y = sample.numbers(variable)
    smoothed = smooth(sample, direct, y, _codes(sample, by, direct))
    # Rounding leaves some 1e-32 of the square of the mean where all answers are one number.
    if not smoothed.within > 1e-24 * np.nanmean(np.square(y)):
        raise NotDefined("no_scatter", f"all answers to '{variable}' inside areas are the same")
    frame = _Frame(sample, by, direct, covariates, smoothed, whole, level, benchmark_rule, limits or Limits())
    psi = smoothed.within * smoothed.relative
    fit = fay_herriot(frame.over_areas(direct.value), frame.over_areas(psi), frame.x, method=method)
    low, high = _ends(fit, level)
    made = _Made(fit.value, fit.synthetic, np.sqrt(fit.mse), low, high)
    return _estimates(frame, fit, made, smoothed.within, _words(method, smoothed, "means"))


def area_shares(
    sample: Sample,
    variable: str,
    *,
    by: str,
    method: AreaVariance,
    level: float,
    categories: Sequence[str] | None = None,
    covariates: Covariates | None = None,
    benchmark_rule: Benchmark = "none",
    limits: Limits | None = None,
    deff: DeffKind = "wor",
) -> list[AreaEstimate]:
    """Shares of the categories of a variable in the areas of the column `by`; arguments as for `area_means`.

    z_i = arcsin sqrt p_i, psi_i = D_i / 4, and back (`arcsine`). Categories are modelled one by one, so that
    those of one area need not add up to 1. Without `categories`: all that occur.
    """
    whole = share(sample, variable, level=level)
    coded = sample.codes(variable)
    for label in categories or ():
        if label not in coded.labels:
            raise ValueError(
                f"'{label}' is none of the categories of '{variable}': {', '.join(coded.labels)}"
            )
    found: list[AreaEstimate] = []
    for place, label in enumerate(coded.labels):
        if categories is not None and label not in categories:
            continue
        own, area = category_of(sample, variable, label, by=by, level=level, deff=deff)
        y = np.where(coded.codes < 0, np.nan, (coded.codes == place).astype(np.float64))
        smoothed = smooth(sample, own, y, area)
        total = whole.find(label)
        frame = _Frame(
            sample, by, own, covariates, smoothed, total, level, benchmark_rule, limits or Limits()
        )
        z, psi = arcsine.forward(own.value), smoothed.relative / 4
        fit = fay_herriot(frame.over_areas(z), frame.over_areas(psi), frame.x, method=method)
        low, high = arcsine.share_ends(*_ends(fit, level))
        made = _Made(
            arcsine.backward(fit.value, fit.g1),
            arcsine.backward(fit.synthetic, np.full(fit.g1.size, fit.area_variance)),
            arcsine.share_error(fit.value, fit.mse),
            low,
            high,
        )
        found += _estimates(frame, fit, made, 0.25, _words(method, smoothed, "arcsine of shares"))
    return found


def category_of(
    sample: Sample, variable: str, label: str, *, by: str, level: float, deff: DeffKind
) -> tuple[Estimates, Ints]:
    """Direct shares of one category by area, and the place of each record's area among them (-1 for none)."""
    direct = share(sample, variable, by=[by], level=level, deff=deff)
    labels = sample.codes(variable).labels
    own = _one_category(direct, labels.index(label), len(labels))
    return own, _codes(sample, by, own)


@dataclass(frozen=True, slots=True, eq=False)
class _Made:
    value: Floats
    synthetic: Floats
    se: Floats
    low: Floats
    high: Floats


class _Frame:
    """Areas in the order of the results: those of the sample, then those that only the covariates name."""

    def __init__(
        self,
        sample: Sample,
        by: str,
        direct: Estimates,
        covariates: Covariates | None,
        smoothed: Smoothed,
        whole: SurveyEstimate,
        level: float,
        rule: Benchmark,
        limits: Limits,
    ) -> None:
        self.sample, self.by, self.direct, self.smoothed = sample, by, direct, smoothed
        self.whole, self.level, self.rule, self.limits = whole, level, rule, limits
        own = [dict(cell.by)[by] for cell in direct.cells]
        told = covariates or Covariates(values={})
        if covariates is not None:
            _check_covariates(own, told, sample)
        self.areas = (*own, *sorted(set(told.values) - set(own)))
        self.x = np.ones((len(self.areas), 1 + len(told.names)))
        if told.names:
            self.x[:, 1:] = [told.values[area] for area in self.areas]
        self.names = told.names
        self.size = self.over_areas(direct.weighted_n, 0.0)
        if told.population is not None:
            self.size = np.array([told.population[area] for area in self.areas])
        elif rule != "none" and len(self.areas) > len(own):
            raise ValueError(
                "areas without interviews take part in a benchmark by their population: declare it"
            )

    def over_areas(self, values: Floats, rest: float = np.nan) -> Floats:
        """Values of the sampled areas, and `rest` for the others."""
        found = np.full(len(self.areas), rest)
        found[: len(self.direct)] = values
        return found


def _check_covariates(own: Sequence[str], told: Covariates, sample: Sample) -> None:
    faults = [
        Fault(sample.place.name, None, area, "the area has interviews and no covariates.", "add its row.")
        for area in own
        if area not in told.values
    ]
    for area, values in told.values.items():
        if len(values) != len(told.names) or not np.all(np.isfinite(np.asarray(values, dtype=np.float64))):
            words = f"covariates are {len(told.names)} finite numbers, not {list(values)}."
            faults.append(Fault("covariates", None, area, words, "complete the row."))
    for area in told.values if told.population is not None else ():
        persons = told.population.get(area, np.nan) if told.population is not None else np.nan
        if not (np.isfinite(persons) and persons >= 0):
            faults.append(Fault("covariates", None, area, "the population is missing.", "write persons."))
    if faults:
        raise Refused(faults)


def _codes(sample: Sample, by: str, direct: Estimates) -> Ints:
    """Place of each record's area among the direct estimates, -1 where there is none."""
    coded = sample.codes(by)
    place = {dict(cell.by)[by]: number for number, cell in enumerate(direct.cells)}
    table = np.array([*(place.get(label, -1) for label in coded.labels), -1], dtype=np.intp)
    return table[coded.codes]


def _one_category(direct: Estimates, place: int, width: int) -> Estimates:
    """Estimates of one category out of those of all, which stand domain by domain."""
    rows = np.arange(place, len(direct), width)
    arrays: dict[str, Any] = {
        name: getattr(direct, name)[rows]
        for name in ("value", "se", "df", "low", "high", "n", "cases", "weighted_n", "deff", "n_eff")
    }
    cells = tuple(direct.cells[row] for row in rows.tolist())
    return replace(direct, cells=cells, spread=_Chosen(direct, rows) if direct.spread else None, **arrays)


class _Chosen:
    """Joint doubt of some of the results of a call."""

    def __init__(self, whole: Estimates, rows: Ints) -> None:
        self._whole, self._rows = whole, rows

    def variances(self) -> Floats:
        return np.square(self._whole.se[self._rows])[:, None]

    def covariance(self, chosen: Sequence[int] | None = None) -> Floats:
        rows = self._rows if chosen is None else self._rows[list(chosen)]
        return self._whole.vcov(rows.tolist())


def _ends(fit: Fit, level: float) -> tuple[Floats, Floats]:
    if fit.mixture is not None:
        return fit.mixture.ends(level)
    return t_interval(fit.value, np.sqrt(fit.mse), np.full(fit.mse.size, float(fit.df)), level)


def _kind(fit: Fit) -> str:
    return "credible" if fit.mixture is not None else "t"


def _words(method: AreaVariance, smoothed: Smoothed, scale: str) -> str:
    how = {"adjusted": "adjusted likelihood", "reml": "REML", "posterior": "full posterior"}[method]
    return f"Fay-Herriot on {scale}, {how}; smoothed variances, ICC of places {smoothed.icc:.3f}"


def _estimates(frame: _Frame, fit: Fit, made: _Made, within: float, words: str) -> list[AreaEstimate]:
    bounds = (0.0, 1.0) if frame.whole.statistic == "share" else (-np.inf, np.inf)
    target = frame.whole.value if frame.whole.value is not None else np.nan
    value = benchmark(made.value, frame.size, target, frame.rule, bounds=bounds)
    shift = value - made.value
    se = np.sqrt(np.square(made.se) + np.square(shift))
    # The interval moves with its value and widens as the standard error does.
    wider = np.divide(se, made.se, out=np.ones(se.size), where=made.se > 0)
    low = np.clip(value - (made.value - made.low) * wider, *bounds)
    high = np.clip(value + (made.high - made.value) * wider, *bounds)
    if frame.names:
        words += f"; covariates {', '.join(frame.names)}"
    if frame.rule != "none":
        words += f"; benchmarked by {frame.rule} to {target:.6g}"
    made = _Made(value, made.synthetic, se, low, high)
    return [_estimate(i, frame, fit, made, within, words) for i in range(len(frame.areas))]


def _estimate(i: int, frame: _Frame, fit: Fit, made: _Made, within: float, words: str) -> AreaEstimate:
    direct = frame.direct[i] if i < len(frame.direct) else None
    asked = direct is not None and direct.n > 0
    usual = float(np.nanmedian(frame.smoothed.deff))
    deff = float(frame.smoothed.deff[i]) if asked else usual
    n = direct.n if direct else 0
    reliability = reliability_of(float(fit.mse[i]), fit.signal)
    verdict = judge(reliability, frame.limits, asked=asked)

    def with_interviews(m: int) -> float:
        return reliability_of(fit.mse_with(i, within * deff / m), fit.signal)

    needed = None
    if verdict != "publish":
        needed = needed_for(with_interviews, frame.limits.publish, now=n)
    reasons = ["model_based" if asked else "model_only"]
    if verdict != "publish" and needed is None:
        reasons.append("areas_hardly_differ")
    return AreaEstimate(
        statistic=frame.whole.statistic,
        variable=frame.whole.variable,
        category=frame.whole.category,
        by=((frame.by, frame.areas[i]),),
        value=float(made.value[i]),
        se=float(made.se[i]),
        df=float(fit.df),
        low=float(made.low[i]),
        high=float(made.high[i]),
        level=frame.level,
        interval=_kind(fit) if frame.whole.statistic == "mean" else f"{_kind(fit)} on arcsine",
        n=n,
        cases=direct.cases if direct else 0,
        weighted_n=direct.weighted_n if direct else 0.0,
        deff=deff if asked else None,
        deff_kind="smoothed",
        n_eff=n / deff if asked and deff > 0 else None,
        design_kind=frame.whole.design_kind,
        method=words,
        reasons=tuple(dict.fromkeys(reasons)),
        direct=direct,
        synthetic=float(made.synthetic[i]),
        gamma=float(fit.gamma[i]),
        icc=frame.smoothed.icc,
        reliability=reliability,
        verdict=verdict,
        interviews_needed=needed,
        model_only=not asked,
    )
