"""What a chart would see: the chance that a rise is noticed in so many months, at its false-alarm budget."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np

from kelisim.stats.detection.budget import Budgeted, calm_months
from kelisim.stats.detection.chart import WARM_UP, Chart
from kelisim.stats.detection.history import History
from kelisim.stats.detection.null import Null

__all__ = ["Power", "power_table"]


@dataclass(frozen=True, slots=True)
class Power:
    """One cell of the table.

    factor : how many times the rate rises; months : within which it is to be seen
    seen : share of cases with an alarm in those months; se : its Monte Carlo error
    chance : the same share where nothing rises: false alarms that would be taken for a sight
    bound : share of cases with any event at all in those months; no chart sees more, but by false alarm
    """

    factor: float
    months: int
    seen: float
    se: float
    chance: float
    bound: float


def power_table(
    chart: Chart,
    history: History,
    null: Null,
    budgeted: Budgeted,
    rng: np.random.Generator,
    *,
    factors: Sequence[float] = (2.0, 3.0),
    months: Sequence[int] = (3, 6, 12),
    paths: int = 4000,
) -> tuple[Power, ...]:
    """Power for every factor and span, by simulation with the doubt of the history in it.

    The rise comes at once, after 12 calm months in which the chart was running. `bound` is the mean over the
    draws of 1 - (k / (k + f mu))^(k H), the chance of any event in H months.
    """
    effort, span = history.usual_effort(), max(months)
    first: dict[float, np.ndarray[tuple[int], np.dtype[np.float64]]] = {}
    for factor in (1.0, *factors):
        counts = calm_months(null, effort, paths, WARM_UP + span, rng, factor, WARM_UP)
        scores = chart.scores(history, null, counts, np.full(counts.shape[1], effort))
        raised = chart.levels(scores, budgeted.threshold)[1][:, WARM_UP:]
        first[factor] = np.where(raised.any(axis=1), raised.argmax(axis=1) + 1.0, np.inf)
    rate, size = null.draw(paths, rng)
    found = []
    for factor in factors:
        for within in months:
            seen = float((first[factor] <= within).mean())
            none = (size / (size + factor * rate * effort)) ** (size * within)
            found.append(
                Power(
                    factor=factor,
                    months=within,
                    seen=seen,
                    se=sqrt(seen * (1 - seen) / paths),
                    chance=float((first[1.0] <= within).mean()),
                    bound=float(1 - none.mean()),
                )
            )
    return tuple(found)
