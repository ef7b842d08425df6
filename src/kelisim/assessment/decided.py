"""What a rule of zones says of a panel of forecasts, and of the register of a study."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from kelisim.assessment.decision_replay import Replay
from kelisim.assessment.economics import AlertEconomics, CostLossRow
from kelisim.assessment.hysteresis import Held
from kelisim.core.decisions import DynamicZone, DynamicZonesRule, Thresholds
from kelisim.core.periods import PartialDate

__all__ = ["Decided", "StudyZones"]


@dataclass(frozen=True, slots=True)
class Decided:
    """All that a rule says of a panel of forecasts.

    periods : in order, the last is now; paths : states of each area over them
    thresholds : one a year, from the first year of forecasts to the last; zones : areas in the last period
    replay, table, areas : None or empty where the past does not carry them
    changes, bare_changes : changes of state in all areas with hysteresis, and without
    """

    periods: tuple[str, ...]
    paths: Mapping[str, tuple[Held, ...]]
    thresholds: tuple[Thresholds, ...]
    zones: tuple[DynamicZone, ...]
    replay: Replay | None
    table: tuple[CostLossRow, ...]
    areas: Mapping[str, tuple[float, AlertEconomics]]
    changes: int
    bare_changes: int
    cells: int
    unforecast_events: int

    @property
    def period(self) -> str:
        """The last period, which the zones speak of."""
        return self.periods[-1]

    @property
    def current(self) -> Thresholds:
        """Thresholds of the year of the last period."""
        return self.thresholds[-1]


@dataclass(frozen=True, slots=True, kw_only=True)
class StudyZones:
    """Zones from the forecasts of a study's register, or why there are none yet.

    table_id : the register; first, last : months of the period now; months : of history
    decided : None where the history admits no forecast of the period; needed : months it would take
    """

    table_id: str
    rule: DynamicZonesRule
    first: PartialDate
    last: PartialDate
    months: int
    needed: int
    decided: Decided | None
