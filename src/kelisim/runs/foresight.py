"""Watch and forecast of the register a study declares: figures with their doubt, and what is no number.

One replay of past origins serves both the forecast of today and its score: what is judged is what was shown.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

import numpy as np

from kelisim.core.estimates import Estimate, Figure, Grade
from kelisim.core.foresight import AreaWatched, CovariateTried, Foresight, ForesightRule, Horizon, WatchState
from kelisim.core.study import Study
from kelisim.core.tables import Table
from kelisim.evidence.events.months import Monthly, monthly
from kelisim.forecasting.backtest import Backtest, Case, scored_case
from kelisim.forecasting.baselines import BASELINES, POINT_FORECASTS
from kelisim.forecasting.combine import FULL_HISTORY, SHORTEST_HISTORY, admitted_horizons
from kelisim.forecasting.evaluation import Evaluation, evaluate
from kelisim.forecasting.outlook import QUANTILES, rows_of
from kelisim.forecasting.replay import JUDGED_FROM, Issue, replay
from kelisim.forecasting.vintages import Vintages
from kelisim.runs.event_views import nowcast_of, register_of, still_provisional
from kelisim.runs.forecast_settings import LEVEL, RESAMPLES
from kelisim.runs.study_covariates import tried_covariates, with_admitted
from kelisim.runs.watch import ALL_AREAS, AreaWatch, watch_areas
from kelisim.stats.detection.history import History
from kelisim.stats.nowcast import Nowcast

__all__ = ["foresight"]

_RECENT = 3  # months in which an alarm makes the state of an area
_FEW = 10
_WIDE = 1.96


def foresight(study: Study) -> tuple[tuple[Figure, ...], Foresight | None]:
    """Figures and states of the declared register; nothing where none is declared, or it is not open."""
    rule = study.foresight
    if rule is None:
        return (), None
    table = study.table(rule.table_id)
    effort = None if rule.effort_id is None else study.table(rule.effort_id)
    if any(each is not None and each.use.sensitivity != "open" for each in (table, effort)):
        return (), None
    events = register_of(table).as_known_on(study.as_of)
    seen = monthly(events, study.areas, rule.area_id, rule.counted, rule.first.first, study.as_of, effort)
    late = nowcast_of(seen.month, seen.known, seen.months, rule.seed)
    cut = seen.months - rule.watched_months
    watched = () if cut < 1 else watch_areas(_histories(seen, late), cut, rule.budget, rule.charts, rule.seed)
    vintages = _vintages(seen)
    admitted = admitted_horizons(seen.months, rule.horizons)
    last, scored, tried = _replayed(study, seen, vintages, admitted, rule) if admitted else (None, None, ())
    made = _Maker(study, rule, table, seen)
    figures = [*made.known(), *made.watched(watched)]
    if last is not None:
        figures += [*made.ahead(last, admitted), *made.scores(scored)]
    return tuple(figures), Foresight(
        rule=rule,
        months=seen.months,
        last=seen.named(seen.months - 1),
        counted=len(seen.events),
        unplaced=seen.unplaced,
        late=vintages.share_late(),
        provisional=tuple(seen.named(int(m)) for m in np.flatnonzero(still_provisional(late, seen.months))),
        watched_from=seen.named(max(cut, 0)),
        areas=tuple(_watched(each, seen, cut, rule) for each in watched),
        too_short=cut < 1,
        horizons=() if last is None else tuple(_horizon(h, last, scored, seen) for h in admitted),
        refused=tuple(h for h in rule.horizons if h not in admitted),
        needed=(SHORTEST_HISTORY, FULL_HISTORY),
        covariates=tried,
    )


def _histories(seen: Monthly, late: Nowcast | None) -> Mapping[str, History]:
    counts = np.where(seen.effort > 0, seen.counts(), np.nan)
    # What is known so far of a month is held against the share of it that is usually known by then.
    share = np.ones(seen.months) if late is None else late.known_share
    return {
        area: History.of(counts[k], seen.effort[k] * share, seen.first % 12 + 1)
        for k, area in enumerate(seen.areas)
    }


def _vintages(seen: Monthly) -> Vintages:
    return Vintages.of(
        seen.areas, seen.first % 12 + 1, seen.months,
        area=seen.area, month=seen.month, known=seen.known, count=None,
    )  # fmt: skip


def _replayed(
    study: Study, seen: Monthly, vintages: Vintages, horizons: tuple[int, ...], rule: ForesightRule
) -> tuple[Issue, Evaluation | None, tuple[CovariateTried, ...]]:
    """The forecast of today, what the past says of it, and what the gate said of declared series."""
    final = vintages.final()
    cases: list[Case] = []
    issues: list[Issue] = []
    last: Issue | None = None
    first = max(SHORTEST_HISTORY, vintages.months - rule.replayed)
    for issue in replay(vintages, horizons, range(first, vintages.months + 1), rule.draws, rule.seed):
        last = issue
        # The gate needs the pool only; all draws of all origins would fill the memory.
        issues.append(replace(issue, draws={"pool": issue.draws["pool"]}))
        for h in horizons:
            if issue.origin + h <= vintages.months:
                outcome = final.after(issue.origin, h)
                names = ("pool", *BASELINES)
                made = {n: scored_case(n, h, issue.origin, issue.draws[n][h], outcome) for n in names}
                cases += [*made.values(), replace(made[issue.shown[h]], forecast="shown")]
    assert last is not None, "the latest month is always an origin"
    series, said, tried = tried_covariates(study, rule, seen, issues, vintages)
    last = with_admitted(last, issues, series, said, vintages, rule.seed)
    if not cases:
        return last, None, tried
    rng = np.random.default_rng([rule.seed, 1])
    found = evaluate(
        Backtest(tuple(cases)), select_until=None, level=LEVEL, resamples=RESAMPLES, rng=rng, judge=("shown",)
    )
    return last, found, tried


def _horizon(h: int, last: Issue, scored: Evaluation | None, seen: Monthly) -> Horizon:
    said = None if scored is None else next(
        (v for v in scored.verdicts if (v.period, v.forecast, v.horizon) == ("report", "shown", h)), None
    )  # fmt: skip
    return Horizon(
        months=h,
        first=seen.named(seen.months),
        last=seen.named(seen.months + h - 1),
        shown=last.shown[h],
        judged_on=last.judged_on[h],
        least_judged=JUDGED_FROM,
        baseline="" if said is None else said.baseline,
        judgement="" if said is None else said.judgement,
        origins=0 if said is None else said.origins,
        windows=0 if said is None else said.windows,
    )


def _watched(each: AreaWatch, seen: Monthly, cut: int, rule: ForesightRule) -> AreaWatched:
    months = each.watched.months
    sounded: dict[int, list[str]] = {}
    for chart in each.charts:
        for month in chart.followed.alarms:
            sounded.setdefault(month, []).append(chart.chart)
    state: WatchState = "calm"
    if sounded:
        state = "alarm" if max(sounded) >= months - _RECENT else "earlier_alarm"
    elif each.verdict.verdict != "seen":
        state = "blind"
    blank = ~np.concatenate([each.history.observed, each.watched.observed])
    return AreaWatched(
        area_id=rule.area_id if each.area == ALL_AREAS else each.area,
        state=state,
        counts=tuple(None if np.isnan(count) else int(count) for count in each.watched.counts),
        alarms=tuple((seen.named(cut + m), tuple(names)) for m, names in sorted(sounded.items())),
        outages=tuple(seen.named(int(m)) for m in np.flatnonzero(blank)),
        verdict=each.words,
    )


class _Maker:
    """Figures of one register; all share source, table, period and the reasons for their grade."""

    def __init__(self, study: Study, rule: ForesightRule, table: Table, seen: Monthly) -> None:
        self.rule, self.table, self.seen = rule, table, seen
        self.counts = dict(zip(seen.areas, seen.counts().sum(axis=1).tolist(), strict=True))
        self.counts[rule.area_id] = len(seen.events)
        self.period = f"{seen.named(0).first.year}-{seen.named(seen.months - 1).first.year}"

    def known(self) -> Iterator[Figure]:
        """How many events count in each area, with the cells they stand in."""
        lines = {
            str(self.table["event"][row]): row
            for row in reversed(range(len(self.table)))
            if str(self.table["record"][row]) == "report"
        }
        for area_id, n in self.counts.items():
            mine = [
                lines[event.event]
                for event, k in zip(self.seen.events, self.seen.area, strict=True)
                if area_id in (self.rule.area_id, self.seen.areas[k])
            ]
            yield self._figure(
                "incidents_known", area_id, float(n), unit="events", n=n, method="register_count",
                rows=tuple(mine),
            )  # fmt: skip

    def watched(self, found: tuple[AreaWatch, ...]) -> Iterator[Figure]:
        """What a chart would see of a tripling within six months, with its error of simulation."""
        for each in found:
            area_id = self.rule.area_id if each.area == ALL_AREAS else each.area
            verdict = each.verdict
            powers = [
                power
                for chart in each.charts
                for power in chart.power
                if (power.factor, power.months, power.seen) == (verdict.factor, verdict.months, verdict.share)
            ]
            if verdict.share is None or verdict.chance is None or not powers:
                continue
            wide = 100 * _WIDE * powers[0].se
            for name, share in (("rise_seen", verdict.share), ("rise_by_chance", verdict.chance)):
                ends = (max(0.0, 100 * share - wide), min(100.0, 100 * share + wide))
                yield self._figure(
                    name, area_id, 100 * share, *ends, 0.95,
                    unit="percent of cases", n=verdict.observed, method="watch_power",
                )  # fmt: skip

    def ahead(self, last: Issue, horizons: tuple[int, ...]) -> Iterator[Figure]:
        """Incidents expected and the chance of any: the pool and what is shown by area, all for the whole."""
        low, high = QUANTILES.index(0.05), QUANTILES.index(0.95)
        for h in horizons:
            for name in ("pool", *BASELINES):
                for row in rows_of(last, h, name, last.draws[name][h]):
                    whole = row.area is None
                    if not (whole or name == "pool" or row.shown):
                        continue
                    area_id = self.rule.area_id if row.area is None else row.area
                    fixed = name in POINT_FORECASTS
                    n, method = self.counts[area_id], "forecast_pool" if name == "pool" else "baseline"
                    ends = (None, None, None) if fixed else (row.quantiles[low], row.quantiles[high], LEVEL)
                    yield self._figure(
                        f"incidents_ahead.{h}", area_id, row.mean, *ends,
                        unit="incidents", n=n, method=method, variant=name,
                    )  # fmt: skip
                    yield self._figure(
                        f"any_incident_ahead.{h}", area_id, 100 * row.p_any,
                        unit="percent of futures", n=n, method=method, variant=name,
                    )  # fmt: skip

    def scores(self, scored: Evaluation | None) -> Iterator[Figure]:
        """Past error of what was shown and of every baseline, and what was gained on each."""
        if scored is None:
            return
        for period, one in scored.summaries:
            if period == "report":
                yield self._figure(
                    f"forecast_error.{one.horizon}", self.rule.area_id, one.crps,
                    unit="incidents per area", n=one.origins, method="crps", variant=one.forecast,
                )  # fmt: skip
        for period, gap in scored.differences:
            if (period, gap.forecast, gap.score) != ("report", "shown", "crps"):
                continue
            ends = (None, None, None) if gap.low is None else (gap.low, gap.high, gap.level)
            yield self._figure(
                f"forecast_gain.{gap.horizon}", self.rule.area_id, gap.value, *ends,
                unit="incidents per area", n=gap.origins, method="crps_difference", variant=gap.baseline,
            )  # fmt: skip

    def _figure(
        self, indicator: str, area_id: str, value: float, low: float | None = None, high: float | None = None,
        level: float | None = None, *, unit: str, n: int, method: str, variant: str = "",
        rows: tuple[int, ...] = (),
    ) -> Figure:  # fmt: skip
        few = self.counts[area_id] < _FEW
        grade: Grade = "poor" if few else "acceptable"
        table_id = self.table.use.table_id
        return Figure(
            indicator=indicator,
            area_id=area_id,
            period_id=self.period,
            # Arithmetic on rows that are themselves open; nothing of a closed register comes here.
            klass="derived",
            variant=f"{table_id} {variant}".rstrip(),
            cells=tuple(self.table.cell(row, "first") for row in rows),
            estimate=Estimate(
                value=value, low=low, high=high, level=level, unit=unit, n=n, method=method, grade=grade,
                source=self.table.use.source_id,
                reasons=(*(("few_events",) if few else ()), "reporting_unknown"),
            ),
        )  # fmt: skip
