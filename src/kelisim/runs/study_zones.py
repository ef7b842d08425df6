"""Zones of a study from the forecasts of its register: past periods give thresholds, the next one the zone.

Every period is forecast from what was known before it, as `forecasting.replay` does, and by the forecast
that would have been shown. Periods do not overlap; the last one lies ahead.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from kelisim.assessment.decided import StudyZones
from kelisim.assessment.yearly_risk import yearly_risk
from kelisim.core.decisions import DynamicGrey, DynamicZonesRule
from kelisim.core.errors import NotDefined
from kelisim.core.estimates import Estimate, Figure, Grade
from kelisim.core.foresight import ForesightRule
from kelisim.core.study import Study
from kelisim.core.tables import Table
from kelisim.evidence.events.months import Monthly, monthly
from kelisim.forecasting.chances import chances_of_any
from kelisim.forecasting.combine import FULL_HISTORY, SHORTEST_HISTORY, admitted_horizons
from kelisim.forecasting.nowcast import completed
from kelisim.forecasting.panel import Panel
from kelisim.forecasting.replay import Issue, replay
from kelisim.forecasting.vintages import Vintages
from kelisim.runs.dynamic_zones import dynamic_zones_of
from kelisim.runs.event_views import nowcast_of, register_of, still_provisional
from kelisim.runs.forecast_settings import LEVEL
from kelisim.sources.issued_forecasts import IssuedForecasts

__all__ = ["RECENT_HERE", "RECENT_REGION", "study_zones"]

RECENT_HERE, RECENT_REGION = "recent_here", "recent_region"
"""Inputs that may flip a zone: incidents of the last months in the area, and in the whole region."""

_DRAWS, _QUICK = 480, 90  # second-order draws of a zone, and of each trial of what would flip it
_RECENT = 3
_RESAMPLES = 1000
_FEW = 10

_Floats = NDArray[np.float64]


def study_zones(study: Study) -> tuple[tuple[Figure, ...], StudyZones | None]:
    """Zones of the parts of the watched area, both clocks as figures; nothing where none are declared, or
    where the register is not open."""
    rule = study.foresight
    if rule is None or rule.zones is None:
        return (), None
    table = study.table(rule.table_id)
    effort = None if rule.effort_id is None else study.table(rule.effort_id)
    if any(each is not None and each.use.sensitivity != "open" for each in (table, effort)):
        return (), None
    zones = rule.zones
    events = register_of(table).as_known_on(study.as_of)
    seen = monthly(events, study.areas, rule.area_id, zones.counted, rule.first.first, study.as_of, effort)
    told = StudyZones(
        table_id=rule.table_id,
        rule=zones,
        first=seen.named(seen.months),
        last=seen.named(seen.months + zones.months - 1),
        months=seen.months,
        needed=SHORTEST_HISTORY if admitted_horizons(SHORTEST_HISTORY, (zones.months,)) else FULL_HISTORY,
        decided=None,
    )
    if not admitted_horizons(seen.months, (zones.months,)) or not len(seen.events):
        return (), told
    return _decided(_Work(study, rule, zones, table, seen), told)


@dataclass(frozen=True, eq=False)
class _Work:
    """One register, its months and the choices, for all steps below."""

    study: Study
    rule: ForesightRule
    zones: DynamicZonesRule
    table: Table
    seen: Monthly

    def vintages(self) -> Vintages:
        seen = self.seen
        return Vintages.of(
            seen.areas, seen.first % 12 + 1, seen.months, area=seen.area, month=seen.month, known=seen.known,
            count=None,
        )  # fmt: skip

    def provisional(self) -> NDArray[np.bool_]:
        seen = self.seen
        late = nowcast_of(seen.month, seen.known, seen.months, self.rule.seed)
        return still_provisional(late, seen.months)


def _decided(work: _Work, told: StudyZones) -> tuple[tuple[Figure, ...], StudyZones]:
    vintages, h, seed = work.vintages(), work.zones.months, work.rule.seed
    shortest = told.needed
    first = vintages.months - (vintages.months - shortest) // h * h
    issues = list(replay(vintages, (h,), range(first, vintages.months + 1, h), work.rule.draws, seed))
    last = issues[-1]
    panels = [completed(vintages, last.origin, np.random.default_rng([seed, last.origin, k])) for k in (0, 1)]
    panel = _panel(work, issues, _chances(panels, last, h, _DRAWS, seed))
    yearly = dict(_yearly(work))
    decided = dynamic_zones_of(
        panel, work.zones.decision, own_ratio=work.zones.cost_ratio, level=LEVEL, resamples=_RESAMPLES,
        rng=np.random.default_rng([seed, 2]), grey=_grey(work), gains=_gains(panels[0], last, h, seed),
        yearly=yearly,
    )  # fmt: skip
    made = StudyZones(
        table_id=told.table_id, rule=told.rule, first=told.first, last=told.last, months=told.months,
        needed=told.needed, decided=decided,
    )  # fmt: skip
    figures = [_figure(work, "yearly_risk", area, estimate) for area, estimate in yearly.items()]
    figures += [
        _figure(work, "signal_risk", zone.area_id, zone.clocks.fast.estimate)
        for zone in decided.zones
        if zone.clocks.fast is not None
    ]
    return tuple(figures), made


def _chances(panels: Sequence[Panel], issue: Issue, h: int, draws: int, seed: int) -> _Floats:
    return chances_of_any(panels, issue.shown[h], issue.weights[h], h, draws, [seed, 3])


def _panel(work: _Work, issues: Sequence[Issue], chances: _Floats) -> IssuedForecasts:
    """Past forecasts with what came of them, and the one that lies ahead."""
    seen, h = work.seen, work.zones.months
    counts, looked, grows = seen.counts(), seen.effort > 0, work.provisional()
    probability = np.stack([(i.draws[i.shown[h]][h] > 0).mean(axis=1) for i in issues], axis=1)
    happened = np.full(probability.shape, np.nan)
    for k, issue in enumerate(issues):
        window = slice(issue.origin, issue.origin + h)
        if issue.origin + h <= seen.months:
            any_one = counts[:, window].sum(axis=1) > 0
            # A quiet window is known to be quiet only if somebody looked and all reports are in.
            known = looked[:, window].all(axis=1) & ~grows[window].any()
            happened[:, k] = np.where(any_one, 1.0, np.where(known, 0.0, np.nan))
    ends = [seen.named(issue.origin + h - 1) for issue in issues]
    return IssuedForecasts(
        source=work.table.use.source_id,
        areas=seen.areas,
        periods=tuple(str(seen.named(issue.origin)) for issue in issues),
        years=np.array([end.first.year for end in ends]),
        periods_a_year=12 // h,
        first=0,
        probability=probability,
        happened=happened,
        draws={(i, len(issues) - 1): row for i, row in enumerate(chances)},
        unforecast_events=0,
    )


def _grey(work: _Work) -> Mapping[str, tuple[DynamicGrey, ...]]:
    """Areas of which little can be known now: nobody looked in one of the last months, or an outage is
    declared for the day of the study."""
    seen, study = work.seen, work.study
    blind = (seen.effort[:, -_RECENT:] == 0).any(axis=1)
    declared = () if study.zones is None else study.zones.outages
    out = {
        area
        for area in seen.areas
        for o in declared
        if _covers(o.first, o.last, study.as_of) and (o.area_id is None or _within(study, area, o.area_id))
    }
    return {a: ("outage",) for a, dark in zip(seen.areas, blind, strict=True) if dark or a in out}


def _covers(first: date, last: date, day: date) -> bool:
    return first <= day <= last


def _within(study: Study, area_id: str, whole: str) -> bool:
    return any(area.area_id == whole for area in study.areas.line(area_id))


def _yearly(work: _Work) -> Iterator[tuple[str, Estimate]]:
    """The slow clock of every area that was looked at."""
    seen = work.seen
    settled = (seen.effort > 0) & ~work.provisional()
    counts, months = (seen.counts() * settled).sum(axis=1), settled.sum(axis=1)
    region = float(counts.sum() / max(months.sum(), 1))
    for area, s, n in zip(seen.areas, counts.tolist(), months.tolist(), strict=True):
        try:
            p, low, high = yearly_risk(s, n, region, LEVEL)
        except NotDefined:
            continue
        few = s < _FEW
        grade: Grade = "poor" if few else "acceptable"
        yield area, Estimate(
            value=p, low=low, high=high, level=LEVEL, unit="probability", n=s, method="yearly_risk",
            grade=grade, source=work.table.use.source_id,
            reasons=(*(("few_events",) if few else ()), "reporting_unknown"),
        )  # fmt: skip


def _gains(panel: Panel, issue: Issue, h: int, seed: int) -> Mapping[str, Mapping[str, float]]:
    """By how much the logit of p moves when an input rises by one standard error, by trying it.

    A count of n incidents has the standard error sqrt(n), at least 1. Both sides use the same streams of
    chance.
    """
    here = panel.counts[:, -_RECENT:].sum(axis=1)
    base = _mean_logit(panel, issue, h, seed)
    region = _mean_logit(_more(panel, np.maximum(np.round(_shares(panel, here)), 0)), issue, h, seed) - base
    found: dict[str, Mapping[str, float]] = {}
    for i, area in enumerate(panel.areas):
        error = max(1.0, float(np.sqrt(here[i])))
        step = np.zeros(len(panel.areas))
        step[i] = round(error)
        own = _mean_logit(_more(panel, step), issue, h, seed)[i] - base[i]
        found[area] = {RECENT_HERE: float(own * error / round(error)), RECENT_REGION: float(region[i])}
    return found


def _shares(panel: Panel, here: NDArray[np.int64]) -> _Floats:
    """One standard error of the region's count, divided among areas as their incidents are."""
    error, usual = max(1.0, float(np.sqrt(here.sum()))), panel.counts.sum(axis=1) + 0.5
    wanted = error * usual / usual.sum()
    # Whole incidents: the areas with the largest remainders get the last ones.
    whole = np.floor(wanted)
    short = round(error - whole.sum())
    whole[np.argsort(whole - wanted)[:short]] += 1
    return np.asarray(whole)


def _more(panel: Panel, added: _Floats) -> Panel:
    """The panel with incidents added, in turn to each of the last months."""
    counts = panel.counts.copy()
    for k in range(int(added.max())):
        counts[:, -1 - k % _RECENT] += added > k
    return Panel.of(panel.areas, panel.first_month, counts)


def _mean_logit(panel: Panel, issue: Issue, h: int, seed: int) -> _Floats:
    p = np.clip(_chances([panel], issue, h, _QUICK, seed).mean(axis=1), 1e-4, 1 - 1e-4)
    return np.asarray(np.log(p / (1 - p)))


def _figure(work: _Work, indicator: str, area_id: str, estimate: Estimate) -> Figure:
    """A clock of one area as a figure of the register."""
    rule = work.rule
    return Figure(
        indicator=indicator, area_id=area_id, estimate=estimate, klass="derived", variant=rule.table_id,
        period_id=f"{work.seen.named(0).first.year}-{work.seen.named(work.seen.months - 1).first.year}",
    )  # fmt: skip
