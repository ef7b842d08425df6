"""Rolling-origin evaluation: every past month plays "now", all forecast, and what followed scores them.

A forecast sees what was known at its origin only. Differences between forecasts carry an interval from
resampling blocks of origins, because windows of neighbouring origins overlap.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from kelisim.core.errors import NotDefined
from kelisim.forecasting.baselines import BASELINES, Member
from kelisim.forecasting.combine import MEMBERS, total_draws
from kelisim.forecasting.replay import Issue, replay
from kelisim.forecasting.vintages import Vintages
from kelisim.stats import scoring

__all__ = [
    "Backtest",
    "Case",
    "Difference",
    "Summary",
    "difference",
    "rolling_origin",
    "scored_case",
    "summary",
]

ScoreName = Literal["crps", "log_score"]


@dataclass(frozen=True, slots=True, eq=False)
class Case:
    """One forecast from one origin at one horizon, scored.

    crps, log_score, p_any : arrays, shape (areas,); outcome : what happened, shape (areas,)
    pit : ends of the probability integral transform; inside_50, inside_90 : whether outcomes lie in the
    central intervals; total_inside_90 : of the region's total
    """

    forecast: str
    horizon: int
    origin: int
    outcome: NDArray[np.int64]
    crps: NDArray[np.float64]
    log_score: NDArray[np.float64]
    p_any: NDArray[np.float64]
    pit: tuple[NDArray[np.float64], NDArray[np.float64]]
    inside_50: NDArray[np.bool_]
    inside_90: NDArray[np.bool_]
    total_crps: float
    total_inside_90: bool


@dataclass(frozen=True, eq=False)
class Backtest:
    """All scored cases of an evaluation."""

    cases: tuple[Case, ...]

    def of(self, forecast: str, horizon: int) -> tuple[Case, ...]:
        """Cases of one forecast and horizon in order of origin."""
        found = [case for case in self.cases if case.forecast == forecast and case.horizon == horizon]
        return tuple(sorted(found, key=lambda case: case.origin))

    def between(self, first: int, last: int) -> Backtest:
        """Cases whose origin lies between two months, both included."""
        return Backtest(tuple(case for case in self.cases if first <= case.origin <= last))

    @property
    def forecasts(self) -> tuple[str, ...]:
        """Names of the members, baselines, "pool" and "shown", in order of first appearance."""
        return tuple(dict.fromkeys(case.forecast for case in self.cases))

    @property
    def horizons(self) -> tuple[int, ...]:
        """Horizons scored, ascending."""
        return tuple(sorted({case.horizon for case in self.cases}))


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """Mean scores of one forecast at one horizon. Active cells are those with an incident."""

    forecast: str
    horizon: int
    origins: int
    cells: int
    active_cells: int
    crps: float
    crps_active: float | None
    log_score_bits: float
    brier_any: float
    calibration_error_any: float
    cover_50: float
    cover_90: float
    cover_90_active: float | None
    cover_90_total: float
    crps_total: float
    pit: tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """Mean score of a forecast less that of a baseline, with its interval; below 0 the forecast is better.

    low, high : ends of the interval; None where the windows overlap too much for one
    ratio : of the two mean scores; None where the baseline's is 0
    """

    forecast: str
    baseline: str
    horizon: int
    score: ScoreName
    value: float
    low: float | None
    high: float | None
    level: float
    ratio: float | None
    origins: int

    @property
    def shows_skill(self) -> bool:
        """Whether the whole interval lies below 0."""
        return self.high is not None and self.high < 0


def rolling_origin(
    vintages: Vintages,
    horizons: Sequence[int],
    origins: Iterable[int],
    draws: int,
    seed: int,
    tell: Callable[[str], None] = lambda words: None,
    members: Mapping[str, Member] = MEMBERS,
    baselines: Mapping[str, Member] = BASELINES,
    keep: Callable[[Issue], None] = lambda issue: None,
) -> Backtest:
    """Score everything issued at every origin whose window has ended, and the forecast shown first.

    What is forecast is seen through `vintages.at(origin)`; what scores it is `vintages.final()`. "shown" is
    the pool or the baseline that had done better by then (`replay.shown_forecast`).
    origins : lengths of history in months; draws : futures of each forecast; keep : receives every issue
    """
    final = vintages.final()
    cases: list[Case] = []
    usable = [origin for origin in origins if origin + min(horizons) <= vintages.months]
    for issue in replay(vintages, horizons, usable, draws, seed, tell, members, baselines):
        keep(issue)
        for h in horizons:
            if issue.origin + h > vintages.months:
                continue
            outcome = final.after(issue.origin, h)
            scored = {name: scored_case(name, h, issue.origin, made[h], outcome)
                      for name, made in issue.draws.items()}  # fmt: skip
            cases += scored.values()
            cases.append(replace(scored[issue.shown[h]], forecast="shown"))
    return Backtest(tuple(cases))


def scored_case(name: str, h: int, origin: int, made: NDArray[np.int64], outcome: NDArray[np.int64]) -> Case:
    """Score one forecast at one origin by what happened. made : array, shape (areas, draws)"""
    total, happened = total_draws(made)[None, :], np.array([outcome.sum()])
    return Case(
        forecast=name,
        horizon=h,
        origin=origin,
        outcome=outcome,
        crps=scoring.crps(made, outcome),
        log_score=scoring.log_score(made, outcome),
        p_any=(made > 0).mean(axis=1),
        pit=scoring.pit_bounds(made, outcome),
        inside_50=scoring.within_interval(made, outcome, 0.5),
        inside_90=scoring.within_interval(made, outcome, 0.9),
        total_crps=float(scoring.crps(total, happened)[0]),
        total_inside_90=bool(scoring.within_interval(total, happened, 0.9)[0]),
    )


def summary(backtest: Backtest, forecast: str, horizon: int) -> Summary:
    """Mean scores over origins and areas. Raises: NotDefined("no_origins") where none was scored."""
    cases = backtest.of(forecast, horizon)
    if not cases:
        raise NotDefined("no_origins", f"'{forecast}' was scored at no origin at {horizon} months")
    outcome = np.concatenate([case.outcome for case in cases])
    p_any, inside = (np.concatenate([getattr(c, name) for c in cases]) for name in ("p_any", "inside_90"))
    active = outcome > 0
    return Summary(
        forecast=forecast,
        horizon=horizon,
        origins=len({case.origin for case in cases}),
        cells=outcome.size,
        active_cells=int(active.sum()),
        crps=float(np.mean([case.crps.mean() for case in cases])),
        crps_active=float(np.concatenate([case.crps for case in cases])[active].mean())
        if active.any()
        else None,
        log_score_bits=float(np.mean([case.log_score.mean() for case in cases])),
        brier_any=float(scoring.brier_score(p_any, active).mean()),
        calibration_error_any=scoring.calibration_error(p_any, active),
        cover_50=float(np.mean(np.concatenate([case.inside_50 for case in cases]))),
        cover_90=float(inside.mean()),
        cover_90_active=float(inside[active].mean()) if active.any() else None,
        cover_90_total=float(np.mean([case.total_inside_90 for case in cases])),
        crps_total=float(np.mean([case.total_crps for case in cases])),
        pit=tuple(scoring.pit_histogram(*_pit(cases)).tolist()),
    )


def _pit(cases: Sequence[Case]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    low, high = (np.concatenate([case.pit[end] for case in cases]) for end in (0, 1))
    return low, high


def difference(
    backtest: Backtest,
    forecast: str,
    baseline: str,
    horizon: int,
    score: ScoreName,
    *,
    level: float,
    resamples: int,
    rng: np.random.Generator,
) -> Difference:
    """Mean difference over the origins that both were scored at, with a circular block bootstrap interval.

    Blocks are h + 1 origins long, because windows of h months overlap (Politis and Romano 1992). With k
    blocks the interval is widened by sqrt(k / (k - 1)) and by the t quantile of k - 1 degrees of freedom, at
    least one, over the normal one; with a single block there is none. In simulation a nominal 90 % held 82
    to 92 % of truths (74 to 91 % where gaps themselves persist); docs/decisions/0008.
    Raises: NotDefined("no_origins").
    """
    means = [_by_origin(backtest.of(name, horizon), score) for name in (forecast, baseline)]
    shared = sorted(means[0].keys() & means[1].keys())
    if not shared:
        raise NotDefined("no_origins", f"'{forecast}' and '{baseline}' share no origin at {horizon} months")
    ours, theirs = (np.array([each[origin] for origin in shared]) for each in means)
    gaps = ours - theirs
    low, high = _interval(gaps, horizon, level, resamples, rng)
    return Difference(
        forecast=forecast,
        baseline=baseline,
        horizon=horizon,
        score=score,
        value=float(gaps.mean()),
        low=low,
        high=high,
        level=level,
        ratio=float(ours.mean() / theirs.mean()) if theirs.mean() else None,
        origins=len(shared),
    )


def _interval(
    gaps: NDArray[np.float64], horizon: int, level: float, resamples: int, rng: np.random.Generator
) -> tuple[float | None, float | None]:
    from scipy.special import ndtri, stdtrit

    length = horizon + 1
    blocks = len(gaps) / length
    if blocks <= 1:
        return None, None
    starts = rng.integers(0, len(gaps), (resamples, -(-len(gaps) // length)))
    taken = (starts[:, :, None] + np.arange(length)) % len(gaps)
    resampled = gaps[taken.reshape(resamples, -1)[:, : len(gaps)]].mean(axis=1)
    ends = np.quantile(resampled, [(1 - level) / 2, (1 + level) / 2])
    middle, upper = gaps.mean(), (1 + level) / 2
    wider = float(stdtrit(max(blocks - 1, 1), upper) / ndtri(upper)) * np.sqrt(blocks / (blocks - 1))
    low, high = middle + (ends - middle) * wider
    return float(low), float(high)


def _by_origin(cases: Sequence[Case], score: ScoreName) -> dict[int, float]:
    found: dict[int, list[float]] = {}
    for case in cases:
        found.setdefault(case.origin, []).append(float(getattr(case, score).mean()))
    return {origin: float(np.mean(values)) for origin, values in found.items()}
