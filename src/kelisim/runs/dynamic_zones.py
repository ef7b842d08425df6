"""From issued forecasts and their outcomes to thresholds, zones of today and their economics."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from itertools import pairwise

import numpy as np

from kelisim.assessment.decided import Decided
from kelisim.assessment.decision_replay import economics_of_areas, replay
from kelisim.assessment.decision_thresholds import thresholds_of_year
from kelisim.assessment.dynamic_zones import dynamic_zone
from kelisim.assessment.economics import CostLossRow, cost_loss_table
from kelisim.assessment.hysteresis import Held, hold
from kelisim.assessment.past_cells import PastCells
from kelisim.core.decisions import (
    DecisionRule,
    DynamicGrey,
    DynamicZone,
    FastClock,
    SlowClock,
    Threshold,
    Thresholds,
    TwoClocks,
)
from kelisim.core.errors import NotDefined
from kelisim.core.estimates import Estimate
from kelisim.sources.issued_forecasts import IssuedForecasts

__all__ = ["dynamic_zones_of"]

_BAND = 0.9


def dynamic_zones_of(
    panel: IssuedForecasts,
    rule: DecisionRule,
    *,
    own_ratio: float | None,
    level: float,
    resamples: int,
    rng: np.random.Generator,
    grey: Mapping[str, Sequence[DynamicGrey]],
    gains: Mapping[str, Mapping[str, float]],
    yearly: Mapping[str, Estimate],
) -> Decided:
    """Thresholds by year, zones of the last period, and what alarms cost.

    grey, gains, yearly : by area: reasons for grey known from elsewhere, pulls of inputs on the logit of the
    probability, risk of the year. Areas that are not named have none.
    """
    cells = _cells(panel)
    # A threshold that was declared later than a year began does not rule that year.
    thresholds = tuple(
        thresholds_of_year(cells, _as_of(rule, int(year)), int(year)) for year in np.unique(panel.years)
    )
    place = {t.year: t for t in thresholds}
    yellow = np.array([_end(place[int(y)].yellow) for y in panel.years])
    red = np.array([_end(place[int(y)].red) for y in panel.years])
    zones, paths, changes, bare = [], {}, 0, 0
    for i, area in enumerate(panel.areas):
        path = hold(panel.probability[i], np.minimum(yellow, red), red, down=rule.down)
        paths[area] = path
        told = [h for h, at in zip(path, yellow, strict=True) if h.raw is not None and np.isfinite(at)]
        changes += sum(a.state != b.state for a, b in pairwise(told))
        bare += sum(a.raw != b.raw for a, b in pairwise(told))
        zones.append(
            _zone(panel, i, path[-1], thresholds[-1], rule, grey.get(area, ()), gains.get(area, {}), yearly)
        )
    found = replay(cells, thresholds)
    return Decided(
        periods=panel.periods,
        paths=paths,
        thresholds=thresholds,
        zones=tuple(zones),
        replay=found,
        table=_table(cells, panel, own_ratio, level, resamples, rng),
        areas=economics_of_areas(cells, found, panel.periods_a_year),
        changes=changes,
        bare_changes=bare,
        cells=len(cells),
        unforecast_events=panel.unforecast_events,
    )


def _cells(panel: IssuedForecasts) -> PastCells:
    known = np.isfinite(panel.probability) & np.isfinite(panel.happened)
    area, period = np.nonzero(known)
    names = np.asarray(panel.areas, dtype=np.str_)
    return PastCells.of(
        names[area],
        panel.first + period,
        panel.years[period],
        panel.probability[known],
        panel.happened[known],
    )


def _as_of(rule: DecisionRule, year: int) -> DecisionRule:
    last = date(year, 12, 31)
    yellow, red = rule.judged_yellow, rule.judged_red
    return replace(
        rule,
        judged_yellow=yellow if yellow and yellow.declared_on <= last else None,
        judged_red=red if red and red.declared_on <= last else None,
    )


def _end(threshold: Threshold) -> float:
    return np.inf if threshold.value is None else threshold.value


def _zone(
    panel: IssuedForecasts,
    i: int,
    held: Held,
    thresholds: Thresholds,
    rule: DecisionRule,
    grey: Sequence[DynamicGrey],
    gains: Mapping[str, float],
    yearly: Mapping[str, Estimate],
) -> DynamicZone:
    area, last = panel.areas[i], len(panel.periods) - 1
    p = float(panel.probability[i, last])
    known = bool(np.isfinite(p))
    draws = panel.draws.get((i, last), np.zeros(0)) if known else np.zeros(0)
    slow = yearly.get(area)
    clocks = TwoClocks(
        SlowClock(slow) if slow is not None else None, FastClock(_fast(p, draws, panel)) if known else None
    )
    return dynamic_zone(
        area_id=area, period=panel.periods[last], held=held, probability=p if known else None, draws=draws,
        thresholds=thresholds, rule=rule, grey=grey, gains=gains, clocks=clocks,
    )  # fmt: skip


def _fast(p: float, draws: np.typing.NDArray[np.float64], panel: IssuedForecasts) -> Estimate:
    ends = np.quantile(draws, [(1 - _BAND) / 2, (1 + _BAND) / 2]).tolist() if len(draws) else [None, None]
    return Estimate(
        value=p, low=ends[0], high=ends[1], level=_BAND if len(draws) else None, unit="probability",
        method="forecast_signal", grade="acceptable", source=panel.source,
        reasons=() if len(draws) else ("error_unknown",),
    )  # fmt: skip


def _table(
    cells: PastCells,
    panel: IssuedForecasts,
    own_ratio: float | None,
    level: float,
    resamples: int,
    rng: np.random.Generator,
) -> tuple[CostLossRow, ...]:
    try:
        return cost_loss_table(
            cells, own_ratio=own_ratio, cells_a_year=len(panel.areas) * panel.periods_a_year, level=level,
            resamples=resamples, rng=rng,
        )  # fmt: skip
    except NotDefined:
        return ()
