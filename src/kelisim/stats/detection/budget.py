"""Thresholds from a false-alarm budget, set by simulating calm months from the area's own history."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kelisim.stats.detection.chart import WARM_UP, Chart
from kelisim.stats.detection.history import History
from kelisim.stats.detection.null import Null, negative_binomial

__all__ = ["Budgeted", "calm_months", "set_threshold"]

_Floats = NDArray[np.float64]
_HALVINGS = 22


@dataclass(frozen=True, slots=True)
class Budgeted:
    """A threshold and what it costs.

    budget : false alarms per area-year that were allowed; attained : that the simulation counted
    se : Monte Carlo error of `attained`
    """

    threshold: float
    budget: float
    attained: float
    se: float


def set_threshold(
    chart: Chart,
    history: History,
    null: Null,
    budget: float,
    rng: np.random.Generator,
    *,
    paths: int = 4000,
    years: int = 5,
) -> Budgeted:
    """The lowest threshold whose false alarms per area-year stay within the budget.

    Calm futures are drawn from the posterior of rate and size, so the threshold pays for what a short history
    does not know (Gandy and Kvaloey 2013 do so by bootstrap). Counts are whole numbers, so the budget is
    often not met exactly but from below; `attained` says by how much.
    budget : alarms per area-year, above 0; paths x years : area-years simulated
    Raises: ValueError for a budget that is none.
    """
    if not 0 < budget < 12:
        raise ValueError(f"a budget is a number of alarms per area-year between 0 and 12, not {budget}")
    effort = history.usual_effort()
    counts = calm_months(null, effort, paths, WARM_UP + 12 * years, rng)
    scores = chart.scores(history, null, counts, np.full(counts.shape[1], effort))

    def alarms(threshold: float) -> _Floats:
        raised = chart.levels(scores, threshold)[1][:, WARM_UP:]
        return np.asarray(raised.sum(axis=1) / years)

    low, high = 0.0, 1.0
    while alarms(high).mean() > budget:
        low, high = high, 2.0 * high
    for _ in range(_HALVINGS):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if alarms(middle).mean() > budget else (low, middle)
    counted = alarms(high)
    return Budgeted(high, budget, float(counted.mean()), float(counted.std(ddof=1) / np.sqrt(paths)))


def calm_months(
    null: Null, effort: float, paths: int, months: int, rng: np.random.Generator, factor: float = 1.0,
    onset: int = 0,
) -> _Floats:  # fmt: skip
    """Simulated counts, shape (paths, months); from month `onset` on the rate is `factor` times as high."""
    rate, size = null.draw(paths, rng)
    rise = np.where(np.arange(months) >= onset, factor, 1.0)
    return negative_binomial(rate[:, None] * effort * rise, size[:, None], rng)
