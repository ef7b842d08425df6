"""What leaves of the ledger of warnings: its score, its head, and what came of warnings whose time is over.

A warning about a hamlet can itself brand it, so warnings are told under the district or whatever stands on
the map of the study. Nothing of those who issued or judged leaves, and the probability of a warning that
still waits for its judges stays inside, for they must not know it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from kelisim.core.study import Study
from kelisim.forecasting.chain import head_of
from kelisim.forecasting.ledger import Ledger, Standing
from kelisim.forecasting.misses import RegisteredEvent, readings_that_differ, timely_misses
from kelisim.forecasting.track_record import (
    FEWEST_CLUSTERS,
    Scoring,
    TrackRecord,
    outcomes_of,
    records_by,
    track_record,
)

__all__ = ["CHOICES", "PublicMisses", "PublicWarning", "ReleasedWarnings", "released_warnings"]

CHOICES = Scoring(level=0.9, period_months=12, half_width=0.15, bin_width=0.1, fewest_in_bin=10)
"""Choices of the public score, printed on its page."""
_SEED = 1


@dataclass(frozen=True, slots=True)
class PublicWarning:
    """A warning whose time is over, and what came of it. probability : lowest and highest that was meant."""

    warning_id: str
    area_id: str
    made_by: str
    issued: date
    first: date
    last: date
    probability: tuple[float, float]
    state: str


@dataclass(frozen=True, slots=True)
class PublicMisses:
    """Events of the register that counted for some warning, from the first warning on.

    recall : share announced by an alarm in force, with its exact interval; None where nothing happened
    missed : those that no alarm had announced, latest last
    differ, compared : warnings whose judges say otherwise than their rule reads in the register, of how many
    """

    announced: int
    recall: tuple[float, float, float] | None
    missed: tuple[RegisteredEvent, ...]
    differ: tuple[str, ...]
    compared: int


@dataclass(frozen=True, slots=True)
class ReleasedWarnings:
    """The public record as known on `day`; `head` lets anybody check that no line was lost since.

    misses : None where the study has no open register to ask
    """

    day: date
    head: str
    choices: Scoring
    fewest_area_periods: int
    whole: TrackRecord
    by_rule: Mapping[str, TrackRecord]
    by_area: Mapping[str, TrackRecord]
    by_horizon: Mapping[str, TrackRecord]
    over: tuple[PublicWarning, ...]
    misses: PublicMisses | None = None


def released_warnings(
    ledger: Ledger, study: Study, events: Sequence[RegisteredEvent] | None = None
) -> ReleasedWarnings:
    """Score a ledger as known on the day of the study, or of its own last line where that is later.

    events : of the study's open registers as known that day; None where it keeps none
    """
    day = max([study.as_of, *(at.date() for at in ledger.known[-1:])])
    standings = ledger.standings(day)
    rng = np.random.default_rng(_SEED)

    def place(standing: Standing) -> str:
        return _on_the_map(standing.warning.area_id, study)

    def parts(key: str) -> Mapping[str, TrackRecord]:
        names = {
            "rule": lambda s: s.warning.made_by,
            "area": place,
            "horizon": lambda s: f"{s.warning.horizon_months:03d}",
        }
        return records_by(standings, names[key], day, CHOICES, rng)

    return ReleasedWarnings(
        day=day,
        head=str(head_of(ledger.lines)),
        choices=CHOICES,
        fewest_area_periods=FEWEST_CLUSTERS,
        whole=track_record(standings, day, CHOICES, rng),
        by_rule=parts("rule"),
        by_area=parts("area"),
        by_horizon=parts("horizon"),
        over=tuple(
            PublicWarning(
                s.warning.warning_id, place(s), s.warning.made_by, s.issued_at.date(), s.warning.rule.first,
                s.warning.rule.last, s.warning.probability, s.state,
            )
            for s in outcomes_of(standings, day)[0] if s.outcome is not None
        ),
        misses=None if events is None else _misses(standings, events, study),
    )  # fmt: skip


def _misses(standings: Sequence[Standing], events: Sequence[RegisteredEvent], study: Study) -> PublicMisses:
    def line_of(area_id: str) -> tuple[str, ...]:
        return tuple(area.area_id for area in study.areas.line(area_id))

    # What happened after the day of the study is not in its register, so nothing later can have been missed.
    found = timely_misses(standings, events, line_of, study.as_of, CHOICES.level)
    told = {event.event_id: event for event in events}
    scored = outcomes_of(standings, study.as_of)[0]
    differ, compared = readings_that_differ(scored, events, line_of)
    return PublicMisses(
        announced=len(found.warned),
        recall=found.recall,
        missed=tuple(
            replace(told[name], area_id=_on_the_map(told[name].area_id, study)) for name in found.missed
        ),
        differ=differ,
        compared=compared,
    )


def _on_the_map(area_id: str, study: Study) -> str:
    """The nearest area upwards that stands on the map; the root where none does."""
    line = study.areas.line(area_id)
    return next((area.area_id for area in line if area.area_id in study.grid), line[-1].area_id)
