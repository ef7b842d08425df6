"""What leaves of the ledger of warnings: its score, its head, and what came of warnings whose time is over.

A warning about a hamlet can itself brand it, so warnings are told under the district or whatever stands on
the map of the study. Nothing of those who issued or judged leaves, and the probability of a warning that
still waits for its judges stays inside, for they must not know it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np

from kelisim.core.study import Study
from kelisim.forecasting.chain import head_of
from kelisim.forecasting.ledger import Ledger, Standing
from kelisim.forecasting.track_record import (
    FEWEST_CLUSTERS,
    Scoring,
    TrackRecord,
    outcomes_of,
    records_by,
    track_record,
)

__all__ = ["CHOICES", "PublicWarning", "ReleasedWarnings", "released_warnings"]

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
class ReleasedWarnings:
    """The public record as known on `day`; `head` lets anybody check that no line was lost since."""

    day: date
    head: str
    choices: Scoring
    fewest_area_periods: int
    whole: TrackRecord
    by_rule: Mapping[str, TrackRecord]
    by_area: Mapping[str, TrackRecord]
    by_horizon: Mapping[str, TrackRecord]
    over: tuple[PublicWarning, ...]


def released_warnings(ledger: Ledger, study: Study) -> ReleasedWarnings:
    """Score a ledger as known on the day of the study, or of its own last line where that is later."""
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
    )  # fmt: skip


def _on_the_map(area_id: str, study: Study) -> str:
    """The nearest area upwards that stands on the map; the root where none does."""
    line = study.areas.line(area_id)
    return next((area.area_id for area in line if area.area_id in study.grid), line[-1].area_id)
