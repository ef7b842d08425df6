"""A watch over a bare register: every area on its false-alarm budget, and what the watch could see."""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np

from kelisim.assessment.detectability import detectability_words
from kelisim.core.errors import Fault, NotDefined, Refused
from kelisim.core.languages import Words
from kelisim.runs.bare_register import Histories, read_histories
from kelisim.sources.incident_rows import RegisterColumns
from kelisim.stats.detection.budget import Budgeted, set_threshold
from kelisim.stats.detection.change_points import Segments, change_points
from kelisim.stats.detection.chart import Chart, Followed, follow
from kelisim.stats.detection.cusum import Cusum
from kelisim.stats.detection.detectability import Detectability, detectability
from kelisim.stats.detection.ewma import Ewma
from kelisim.stats.detection.farrington import Farrington
from kelisim.stats.detection.history import History
from kelisim.stats.detection.null import Null, common_size, fit_null
from kelisim.stats.detection.power import Power, power_table
from kelisim.stats.detection.spread import Spread, spread

__all__ = ["ALL_AREAS", "CHARTS", "AreaWatch", "ChartWatch", "Watch", "run_watch", "watch_areas"]

ALL_AREAS = "(all areas)"
CHARTS: Mapping[str, Chart] = {chart.name: chart for chart in (Cusum(), Ewma(), Farrington())}
_LEVEL = 0.9
_SPREAD_DAYS = 3653
_PATHS, _SLOW_PATHS, _SLOW_YEARS = 2000, 500, 3


@dataclass(frozen=True)
class ChartWatch:
    """One chart over one area: its threshold with the price of it, what it did, and what it would see."""

    chart: str
    budgeted: Budgeted
    followed: Followed
    power: tuple[Power, ...]


@dataclass(frozen=True)
class AreaWatch:
    """One area. null : None where the history is too short; changes : None where they cannot be told."""

    area: str
    history: History
    watched: History
    null: Null | None
    charts: tuple[ChartWatch, ...]
    verdict: Detectability
    words: Words
    changes: Segments | None


@dataclass(frozen=True)
class Watch:
    """A watch over all areas of a register and over all of them together.

    first_watched : position of the first month watched; budget : false alarms per area-year, all charts
        together
    spread : of incidents from day to day, over all areas; the reason where it cannot be told
    """

    histories: Histories
    first_watched: int
    budget: float
    areas: tuple[AreaWatch, ...]
    spread: Spread | str


def run_watch(
    register: Path, columns: RegisterColumns, *, effort: Path | None, as_of: date | None, months: int,
    budget: float, charts: Sequence[str], seed: int,
) -> Watch:  # fmt: skip
    """Watch the last `months` months of every area against all months before them.

    The budget is shared out equally among the charts. Each area draws from a stream of its own, so another
    area more or less changes nothing for it. Raises: Refused.
    """
    histories = read_histories(register, columns, effort, as_of, np.random.default_rng([seed, 0]))
    cut = histories.months - months
    if cut < 1:
        reason = f"it spans {histories.months} months, and the last {months} are to be watched."
        way_out = "give a longer register, or watch fewer months with --months."
        raise Refused([Fault(register.name, None, columns.date, reason, way_out)])
    found = watch_areas(histories.by_area, cut, budget, charts, seed)
    try:
        # Ten years tell the spread from day to day; older ones only stretch the assumption of one background.
        spreading: Spread | str = spread(histories.days[-_SPREAD_DAYS:], level=_LEVEL)
    except NotDefined as reason:
        spreading = str(reason)
    return Watch(histories, cut, budget, found, spreading)


def watch_areas(
    by_area: Mapping[str, History], cut: int, budget: float, charts: Sequence[str], seed: int
) -> tuple[AreaWatch, ...]:
    """Watch every area from month `cut` on against the months before it; several also all together, last."""
    sizes = common_size([history.part(0, cut) for history in by_area.values()])
    chosen = [CHARTS[name] for name in charts]
    shared = budget / len(chosen)
    found = [_area(area, h, cut, shared, chosen, seed, sizes) for area, h in by_area.items()]
    if len(by_area) > 1:
        together = _together(list(by_area.values()))
        found.append(_area(ALL_AREAS, together, cut, shared, chosen, seed, None))
    return tuple(found)


def _area(
    area: str, whole: History, cut: int, budget: float, charts: Sequence[Chart], seed: int,
    sizes: np.ndarray[tuple[int], np.dtype[np.float64]] | None,
) -> AreaWatch:  # fmt: skip
    rng = np.random.default_rng([seed, zlib.crc32(area.encode())])
    history, watched = whole.part(0, cut), whole.part(cut, whole.months)
    try:
        null: Null | None = fit_null(history, sizes=sizes)
    except NotDefined:
        null = None
    run = [] if null is None else [_chart(chart, history, watched, null, budget, rng) for chart in charts]
    powers = [power for each in run for power in each.power]
    verdict = detectability(whole, powers)
    try:
        changes: Segments | None = change_points(whole, rng, false_rate=0.05, level=_LEVEL)
    except NotDefined:
        changes = None
    return AreaWatch(area, history, watched, null, tuple(run), verdict, detectability_words(verdict), changes)


def _chart(
    chart: Chart, history: History, watched: History, null: Null, budget: float, rng: np.random.Generator
) -> ChartWatch:
    slow = isinstance(chart, Farrington)  # every month of every path is a regression of its own
    paths = _SLOW_PATHS if slow else _PATHS
    set_to = set_threshold(
        chart, history, null, budget, rng, paths=paths, **({"years": _SLOW_YEARS} if slow else {})
    )
    power = power_table(chart, history, null, set_to, rng, paths=paths)
    return ChartWatch(chart.name, set_to, follow(chart, history, null, watched, set_to.threshold), power)


def _together(histories: Sequence[History]) -> History:
    """All areas as one. Effort is weighted by what each area usually brings: an area that falls silent lowers
    what is expected and not only what is counted."""
    rates = np.array([(h.events + 0.5) / max(h.exposure, 1e-9) for h in histories])
    effort = rates @ np.stack([h.effort for h in histories]) / rates.sum()
    counts = np.nansum(np.stack([h.counts for h in histories]), axis=0)
    return History.of(np.where(effort > 0, counts, np.nan), effort, histories[0].first_month)
