"""What every chart has in common: it scores months, raises an alarm above a threshold, then starts anew.

A missing month gives no score: it can raise no alarm, and the chart waits with the level it had. After an
alarm a chart with memory begins at zero, so that the next alarm speaks of what came since.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from kelisim.stats.detection.history import History
from kelisim.stats.detection.null import Null

__all__ = ["WARM_UP", "Chart", "Followed", "MonthState", "follow", "recursion"]

_Floats = NDArray[np.float64]
WARM_UP = 12
"""Months of history a chart runs over before its first month counts, so that it does not begin cold."""

MonthState = Literal["calm", "alarm", "missing"]


class Chart(Protocol):
    """A detector. `scores` is all that depends on the counts, `levels` all that depends on the threshold."""

    @property
    def name(self) -> str: ...

    def scores(self, history: History, null: Null, counts: _Floats, effort: _Floats) -> _Floats:
        """Score of every month that follows the history; nan where it is missing.

        counts : shape (paths, months), effort : shape (months,).  Returns: shape (paths, months)
        """
        ...

    def levels(self, scores: _Floats, threshold: float) -> tuple[_Floats, NDArray[np.bool_]]:
        """Level of the chart in every month, before it starts anew, and whether an alarm is raised."""
        ...


@dataclass(frozen=True, eq=False)
class Followed:
    """A chart followed over the months after a history.

    states : of every month; levels : of the chart; nan before its first observed month
    waited : months at the end for which nothing was observed, so that the last level is as old as that
    """

    states: tuple[MonthState, ...]
    levels: _Floats
    threshold: float
    waited: int

    @property
    def alarms(self) -> tuple[int, ...]:
        """Months with an alarm, counted from 0."""
        return tuple(month for month, state in enumerate(self.states) if state == "alarm")


def follow(chart: Chart, history: History, null: Null, watched: History, threshold: float) -> Followed:
    """Run a chart over the months watched, begun on the last 12 months of the history.

    Alarms of that warm-up are not shown: those months helped to make the baseline.
    """
    warm = min(WARM_UP, history.months)
    before = history.part(0, history.months - warm)
    counts = np.concatenate([history.counts[history.months - warm :], watched.counts])
    effort = np.concatenate([history.effort[history.months - warm :], watched.effort])
    scores = chart.scores(before, null, counts[None, :], effort)
    levels, alarms = chart.levels(scores, threshold)
    shown, raised = levels[0, warm:], alarms[0, warm:]
    states: list[MonthState] = [
        "missing" if not seen else "alarm" if alarm else "calm"
        for seen, alarm in zip(watched.observed, raised, strict=True)
    ]
    seen = np.flatnonzero(watched.observed)
    waited = watched.months - 1 - int(seen[-1]) if seen.size else watched.months
    return Followed(tuple(states), shown, threshold, waited)


def recursion(
    scores: _Floats, threshold: float, keep: float, gain: float, floor: float
) -> tuple[_Floats, NDArray[np.bool_]]:
    """level <- max(floor, keep x level + gain x score), 0 after an alarm; a missing score leaves it alone."""
    levels = np.empty(scores.shape)
    alarms = np.zeros(scores.shape, dtype=np.bool_)
    level = np.zeros(scores.shape[0])
    for month in range(scores.shape[1]):
        score = scores[:, month]
        seen = ~np.isnan(score)
        moved = np.maximum(floor, keep * level + gain * np.where(seen, score, 0.0))
        level = np.where(seen, moved, level)
        levels[:, month] = level
        alarms[:, month] = seen & (level >= threshold)
        level = np.where(alarms[:, month], 0.0, level)
    return levels, alarms
