"""How the rule would have gone: thresholds of each year put to the cells of that year, which they had not
seen.

A rule that misses little alarms widely; both shares stand beside each other here, so that neither is told
alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from kelisim.assessment.economics import AlertEconomics, alert_economics
from kelisim.assessment.past_cells import PastCells
from kelisim.core.decisions import Thresholds

__all__ = ["Replay", "area_base_rate", "economics_of_areas", "replay"]

_PRIOR_CELLS = 6.0


@dataclass(frozen=True, slots=True)
class Replay:
    """What happened in the years that had a yellow threshold.

    cells, alarmed : periods of areas, and how many of them had an alarm (p >= yellow)
    events, caught : cells with an event, and how many of them had an alarm
    episodes, missed : episodes that began, and how many began without an alarm
    reds, right : cells with p >= red, and how many of them had an event
    """

    first_year: int
    last_year: int
    cells: int
    alarmed: int
    events: int
    caught: int
    episodes: int
    missed: int
    reds: int
    right: int

    @property
    def sensitivity(self) -> float | None:
        """Share of cells with an event that had an alarm."""
        return self.caught / self.events if self.events else None

    @property
    def false_alarm_rate(self) -> float | None:
        """Share of quiet cells that had an alarm."""
        quiet = self.cells - self.events
        return (self.alarmed - self.caught) / quiet if quiet else None


def replay(cells: PastCells, thresholds: Sequence[Thresholds]) -> Replay | None:
    """Put the thresholds of each year to its cells; None where no year with cells has a yellow threshold."""
    by_year = {t.year: t for t in thresholds if t.yellow.value is not None}
    known = np.isin(cells.years, list(by_year))
    if not known.any():
        return None
    years = cells.years[known]
    yellow = np.array([_value(by_year[int(y)].yellow.value) for y in years])
    red = np.array([_value(by_year[int(y)].red.value) for y in years])
    p, event, onset = cells.probabilities[known], cells.happened[known], cells.onsets()[known]
    alarm, is_red = p >= yellow, p >= red
    return Replay(
        first_year=int(years.min()),
        last_year=int(years.max()),
        cells=len(p),
        alarmed=int(alarm.sum()),
        events=int(event.sum()),
        caught=int((event & alarm).sum()),
        episodes=int(onset.sum()),
        missed=int((onset & ~alarm).sum()),
        reds=int(is_red.sum()),
        right=int((is_red & event).sum()),
    )


def _value(threshold: float | None) -> float:
    return np.inf if threshold is None else threshold


def area_base_rate(events: int, cells: int, region: float) -> float:
    """Share of an area's periods with an event, drawn towards the region: (x + 6 m) / (n + 6).

    Six periods' worth of the region's share m keep a short quiet history from claiming that nothing ever
    happens.

    >>> round(area_base_rate(0, 18, 0.2), 3)
    0.05
    """
    return (events + _PRIOR_CELLS * region) / (cells + _PRIOR_CELLS)


def economics_of_areas(
    cells: PastCells, found: Replay | None, periods_a_year: int
) -> Mapping[str, tuple[float, AlertEconomics]]:
    """For every area its base rate, and what yellow alarms of the replayed quality amount to at that rate.

    Empty where nothing could be replayed or only one kind of outcome was met.
    """
    if found is None or found.sensitivity is None or found.false_alarm_rate is None:
        return {}
    region = float(cells.happened.mean())
    out = {}
    for area in np.unique(cells.areas):
        own = cells.happened[cells.areas == area]
        base = area_base_rate(int(own.sum()), len(own), region)
        told = alert_economics(base, found.sensitivity, found.false_alarm_rate, cells_a_year=periods_a_year)
        out[str(area)] = (base, told)
    return out
