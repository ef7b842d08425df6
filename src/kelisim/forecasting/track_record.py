"""How good were our warnings: the score of a ledger as known on a day, per rule, area and horizon.

A warning is scored once its window and the wait for late reports are over, whatever was known earlier: else
those that came true would be counted before those that did not. Outcomes that two persons settled are known.
What was acted upon and what stayed unclear, disputed or overdue is unknown: it is counted, and every figure
is bounded by what it may have been, so that neither a prevented clash nor a lazy judge makes the record look
better. Where too few outcomes are known the record says how many are needed instead of judging.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import ceil

import numpy as np

from kelisim.core.periods import years_between
from kelisim.forecasting.ledger import STATES, Standing
from kelisim.stats.calibration_bins import CalibrationBin, bounded_calibration_error, calibration_bins
from kelisim.stats.rates import poisson_rate
from kelisim.stats.unknown_outcomes import (
    Bounded,
    bounded_brier,
    bounded_share,
    bounded_skill,
    design_effect,
)

__all__ = [
    "FEWEST_CLUSTERS",
    "LeadTime",
    "Scoring",
    "TrackRecord",
    "outcomes_of",
    "records_by",
    "track_record",
]

FEWEST_CLUSTERS = 10
"""Area-periods below which nothing is judged: resampling fewer says little of what others would show."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scoring:
    """Choices of a score, all of them declared.

    level : of intervals; period_months : warnings of one area whose windows open in one period of this length
    may share a cause; half_width : a share known no better than +- this is too little to judge by
    bin_width, fewest_in_bin : of the calibration diagram
    """

    level: float
    period_months: int
    half_width: float
    bin_width: float
    fewest_in_bin: int


@dataclass(frozen=True, slots=True)
class LeadTime:
    """Days from issue to the first event, over warnings that came true: quartiles and ends."""

    n: int
    shortest: int
    quarter: float
    median: float
    three_quarters: float
    longest: int


@dataclass(frozen=True, slots=True)
class TrackRecord:
    """The score of some warnings.

    counts : warnings by state, see `ledger.STATES`; every state is named
    scored, known : warnings whose time is over, and those of them whose outcome two persons settled
    came_true : share of what was warned of that happened (the predictive value of a warning); its complement
                is the share of false alarms
    false_alarms_year : false alarms per year of watching, bounded; None before a year has passed
    brier, skill, calibration_error, bins : of all scored warnings; None where nothing can be scored
    lead_days : None where nothing came true
    agreed : pairs of first judgements that agreed, and all pairs
    changed : outcomes that late evidence changed
    needed : known outcomes needed to judge; judged : whether there are so many, in enough area-periods
    """

    counts: Mapping[str, int]
    scored: int
    known: int
    came_true: Bounded | None
    false_alarms_year: tuple[float, float, float, float] | None
    brier: Bounded | None
    skill: Bounded | None
    calibration_error: tuple[float, float] | None
    bins: tuple[CalibrationBin, ...]
    lead_days: LeadTime | None
    agreed: tuple[int, int]
    changed: int
    needed: int
    judged: bool

    @property
    def issued(self) -> int:
        """All warnings, whatever became of them."""
        return sum(self.counts.values())


def outcomes_of(standings: Iterable[Standing], day: date) -> tuple[list[Standing], list[float]]:
    """Warnings that are scored on `day`, and their outcomes: 1 happened, 0 did not, NaN unknown.

    A warning whose window or wait is still open is not scored, nor is one that was withdrawn before its
    window. Judgements that do not settle it leave it unknown.
    """
    scored, outcomes = [], []
    for standing in standings:
        if day < standing.due_on or standing.state == "withdrawn":
            continue
        known = standing.outcome in ("happened", "did_not_happen")
        outcomes.append(float(standing.outcome == "happened") if known else float("nan"))
        scored.append(standing)
    return scored, outcomes


def track_record(
    standings: Sequence[Standing], day: date, choices: Scoring, rng: np.random.Generator
) -> TrackRecord:
    """Score warnings as they stand on `day`.

    Alarms alone count for `came_true` and false alarms; calibration, Brier score and skill take every scored
    warning. An interval of probability is scored by its middle.
    rng : resampling of area-periods
    """
    scored, outcomes = outcomes_of(standings, day)
    x = np.array(outcomes)
    clusters = np.array([_cluster(standing, choices.period_months) for standing in scored])
    p = np.array([standing.warning.middle for standing in scored])
    alarms = np.array([standing.warning.alarm for standing in scored], dtype=bool)
    based = np.array([standing.warning.base_rate is not None for standing in scored], dtype=bool)
    bins = (
        calibration_bins(
            p, x, clusters, width=choices.bin_width, fewest=choices.fewest_in_bin, level=choices.level
        )
        if scored
        else ()
    )
    skill = None
    if based.any():
        base = np.array([s.warning.base_rate for s in scored if s.warning.base_rate is not None])
        skill = bounded_skill(p[based], base, x[based], clusters[based], choices.level, rng)
    needed = _needed(x, clusters, choices)
    known = int((~np.isnan(x)).sum())
    pairs = [standing.agreed for standing in standings if standing.agreed is not None]
    return TrackRecord(
        counts=_counts(standings),
        scored=len(scored),
        known=known,
        came_true=bounded_share(x[alarms], clusters[alarms], choices.level) if alarms.any() else None,
        false_alarms_year=_false_alarms(standings, x[alarms], day, choices.level),
        brier=bounded_brier(p, x, clusters, choices.level, rng) if scored else None,
        skill=skill,
        calibration_error=bounded_calibration_error(bins) if bins else None,
        bins=bins,
        lead_days=_lead_time(scored),
        agreed=(sum(pairs), len(pairs)),
        changed=sum(s.first_outcome not in (None, s.outcome) for s in standings if s.outcome is not None),
        needed=needed,
        judged=known >= needed and len(set(clusters.tolist())) >= FEWEST_CLUSTERS,
    )


def records_by(
    standings: Sequence[Standing],
    key: Callable[[Standing], str],
    day: date,
    choices: Scoring,
    rng: np.random.Generator,
) -> dict[str, TrackRecord]:
    """A record for each value of `key`, such as the rule, the area or the horizon, in order of the values."""
    groups: dict[str, list[Standing]] = {}
    for standing in standings:
        groups.setdefault(key(standing), []).append(standing)
    return {name: track_record(groups[name], day, choices, rng) for name in sorted(groups)}


def _cluster(standing: Standing, months: int) -> str:
    first = standing.warning.rule.first
    return f"{standing.warning.area_id} {(first.year * 12 + first.month - 1) // months}"


def _counts(standings: Sequence[Standing]) -> dict[str, int]:
    found = Counter(standing.state for standing in standings)
    return {state: found[state] for state in STATES}


def _needed(x: np.ndarray, clusters: np.ndarray, choices: Scoring) -> int:
    """Known outcomes for a share within +- half_width: d z^2 s (1 - s) / h^2.

    d is the effect of clusters seen so far and s the value nearest to 1/2 that the share may still have.
    """
    from scipy.special import ndtri

    known = ~np.isnan(x)
    s, effect = 0.5, 1.0
    if known.any():
        share = bounded_share(x[known], clusters[known], choices.level)
        s = min(max(0.5, share.low), share.high)
        # From fewer clusters the effect itself is noise, and nothing is judged by them anyway.
        if share.clusters >= FEWEST_CLUSTERS:
            effect = design_effect(x[known], clusters[known])
    z = float(ndtri((1 + choices.level) / 2))
    return ceil(effect * z * z * s * (1 - s) / choices.half_width**2)


def _false_alarms(
    standings: Sequence[Standing], x: np.ndarray, day: date, level: float
) -> tuple[float, float, float, float] | None:
    """Per year: were all unknown outcomes true, were none, and the Poisson limits below and above those."""
    begun = min((s.issued_at.date() for s in standings), default=day)
    years = years_between(begun, day)
    if years < 1 or x.size == 0:
        return None
    surely, perhaps = int((x == 0).sum()), int((x == 0).sum() + np.isnan(x).sum())
    lowest, low, _ = poisson_rate(surely, years, level)
    highest, _, high = poisson_rate(perhaps, years, level)
    return lowest, highest, low, high


def _lead_time(standings: Sequence[Standing]) -> LeadTime | None:
    days = sorted((s.event_date - s.issued_at.date()).days for s in standings if s.event_date is not None)
    if not days:
        return None
    quarter, median, three = np.quantile(days, [0.25, 0.5, 0.75])
    return LeadTime(len(days), days[0], float(quarter), float(median), float(three), days[-1])
