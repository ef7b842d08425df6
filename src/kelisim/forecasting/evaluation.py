"""What an evaluation says: scores by period, differences to every baseline with intervals, and a verdict.

The selection period is the one in which members and settings were chosen; the report period is what came
later. Only the report period speaks of skill. Where it is too short for a statement, the verdict is that.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Literal

import numpy as np

from kelisim.core.errors import NotDefined
from kelisim.forecasting.backtest import Backtest, Difference, ScoreName, Summary, difference, summary
from kelisim.forecasting.baselines import BASELINES

__all__ = ["Evaluation", "Period", "ReliabilityBin", "Verdict", "evaluate", "judged", "reliability"]

Period = Literal["all", "selection", "report"]
Judgement = Literal["better", "better_log_score", "not_distinguished", "worse", "too_little_data"]

_LEAST_ORIGINS, _LEAST_WINDOWS, _LEAST_ACTIVE = 12, 3, 10
_JUDGED = ("pool", "shown")
_SCORES: tuple[ScoreName, ...] = ("crps", "log_score")


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Whether a forecast beat the best baseline of a period at one horizon.

    baseline : the baseline with the lowest CRPS in that period, known only afterwards: the hardest one
    judgement : "better" where the interval of the CRPS difference lies below 0, "better_log_score" where
    only that of the log score does, "worse" where the CRPS interval lies above 0, "not_distinguished" where
    it holds 0; "too_little_data" below 12 origins, 3 windows without overlap or 10 cells with an incident in
    those windows
    """

    period: Period
    forecast: str
    horizon: int
    baseline: str
    judgement: Judgement
    origins: int
    windows: int
    active_cells: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReliabilityBin:
    """Forecasts of "at least one incident" between two probabilities, and how often it came true."""

    period: Period
    forecast: str
    horizon: int
    low: float
    high: float
    cells: int
    mean_probability: float
    share_happened: float


@dataclass(frozen=True, eq=False)
class Evaluation:
    """Everything that is reported of a backtest.

    periods : name -> first and last origin; summaries, differences : with the period they speak of
    """

    periods: dict[Period, tuple[int, int]]
    summaries: tuple[tuple[Period, Summary], ...]
    differences: tuple[tuple[Period, Difference], ...]
    verdicts: tuple[Verdict, ...]
    reliability: tuple[ReliabilityBin, ...]

    def summary(self, period: Period, forecast: str, horizon: int) -> Summary | None:
        """The scores of one forecast; None where it was scored at no origin."""
        return next(
            (s for name, s in self.summaries if (name, s.forecast, s.horizon) == (period, forecast, horizon)),
            None,
        )

    def difference(
        self, period: Period, forecast: str, baseline: str, horizon: int, score: ScoreName
    ) -> Difference | None:
        """The difference of a forecast to a baseline; None where they share no origin."""
        wanted = (period, forecast, baseline, horizon, score)
        return next(
            (
                d
                for name, d in self.differences
                if (name, d.forecast, d.baseline, d.horizon, d.score) == wanted
            ),
            None,
        )


def evaluate(
    backtest: Backtest,
    *,
    select_until: int | None,
    level: float,
    resamples: int,
    rng: np.random.Generator,
    baselines: Sequence[str] = tuple(BASELINES),
    judge: Sequence[str] = _JUDGED,
) -> Evaluation:
    """Summaries, differences with block bootstrap intervals, verdicts and reliability.

    select_until : last origin of the selection period; None where nothing was selected on these data, so
    that every origin reports. The windows of the last selection origins reach into the report period.
    judge : forecasts that are compared with the baselines
    Raises: NotDefined("no_origins") where nothing was scored.
    """
    origins = sorted({case.origin for case in backtest.cases})
    if not origins:
        raise NotDefined("no_origins", "no window has ended since the first origin: nothing can be scored")
    periods: dict[Period, tuple[int, int]] = {"all": (origins[0], origins[-1])}
    if select_until is None:
        periods["report"] = periods["all"]
    else:
        if origins[0] <= select_until:
            periods["selection"] = (origins[0], select_until)
        if origins[-1] > select_until:
            periods["report"] = (max(origins[0], select_until + 1), origins[-1])
    summaries: list[tuple[Period, Summary]] = []
    differences: list[tuple[Period, Difference]] = []
    bins: list[ReliabilityBin] = []
    compared = partial(difference, level=level, resamples=resamples, rng=rng)
    for name, (first, last) in periods.items():
        part = backtest.between(first, last)
        for h in part.horizons:
            for forecast in part.forecasts:
                if part.of(forecast, h):
                    summaries.append((name, summary(part, forecast, h)))
            for forecast in judge:
                bins += _reliability(part, name, forecast, h)
                differences += [
                    (name, compared(part, forecast, baseline, h, score))
                    for baseline in baselines
                    if part.of(baseline, h)
                    for score in _SCORES
                ]
    found = Evaluation(periods, tuple(summaries), tuple(differences), (), tuple(bins))
    verdicts = [
        judged(found, backtest, name, forecast, h, baselines)
        for name in periods
        for h in backtest.between(*periods[name]).horizons
        for forecast in judge
    ]
    return Evaluation(periods, found.summaries, found.differences, tuple(verdicts), found.reliability)


def judged(
    evaluation: Evaluation,
    backtest: Backtest,
    period: Period,
    forecast: str,
    horizon: int,
    baselines: Sequence[str],
) -> Verdict:
    """The verdict on one forecast against the best baseline of the period."""
    ours = evaluation.summary(period, forecast, horizon)
    theirs = {
        name: scores.crps
        for name in baselines
        if (scores := evaluation.summary(period, name, horizon)) is not None
    }
    if ours is None or not theirs:
        raise NotDefined("no_origins", f"'{forecast}' was scored at no origin at {horizon} months")
    best = min(theirs, key=lambda name: theirs[name])
    crps, bits = (evaluation.difference(period, forecast, best, horizon, score) for score in _SCORES)
    assert crps is not None and bits is not None
    cases = backtest.between(*evaluation.periods[period]).of(forecast, horizon)
    windows = (cases[-1].origin - cases[0].origin) // horizon + 1
    # An origin scores the same cells again at the next origin; incidents are counted without overlap.
    apart = [case for case in cases if (case.origin - cases[0].origin) % horizon == 0]
    active = sum(int((case.outcome > 0).sum()) for case in apart)
    judgement: Judgement = "not_distinguished"
    short = len(cases) < _LEAST_ORIGINS or windows < _LEAST_WINDOWS or active < _LEAST_ACTIVE
    if short or crps.low is None:
        judgement = "too_little_data"
    elif crps.shows_skill:
        judgement = "better"
    elif crps.low > 0:
        judgement = "worse"
    elif bits.shows_skill:
        judgement = "better_log_score"
    return Verdict(
        period=period,
        forecast=forecast,
        horizon=horizon,
        baseline=best,
        judgement=judgement,
        origins=len(cases),
        windows=windows,
        active_cells=active,
    )


def reliability(
    probabilities: np.ndarray, happened: np.ndarray, bins: int = 10
) -> list[tuple[float, float, int, float, float]]:
    """Bins of equal width that hold a case: low, high, cases, mean probability, share that happened.

    >>> reliability(np.array([0.05, 0.15]), np.array([False, True]), bins=2)
    [(0.0, 0.5, 2, 0.1, 0.5)]
    """
    place = np.minimum((probabilities * bins).astype(int), bins - 1)
    return [
        (
            b / bins,
            (b + 1) / bins,
            int((place == b).sum()),
            float(probabilities[place == b].mean()),
            float(happened[place == b].mean()),
        )
        for b in range(bins)
        if (place == b).any()
    ]


def _reliability(part: Backtest, period: Period, forecast: str, h: int) -> list[ReliabilityBin]:
    cases = part.of(forecast, h)
    if not cases:
        return []
    p = np.concatenate([case.p_any for case in cases])
    happened = np.concatenate([case.outcome > 0 for case in cases])
    return [
        ReliabilityBin(
            period=period,
            forecast=forecast,
            horizon=h,
            low=low,
            high=high,
            cells=cells,
            mean_probability=mean,
            share_happened=share,
        )
        for low, high, cells, mean, share in reliability(p, happened)
    ]
