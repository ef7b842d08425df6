"""What a study declares about its register of events, and what is seen in it: events, watch and forecasts.

Values here are frozen results of `runs`; numbers with a doubt stand among the figures of the release, what is
no number (a state, a month, a word somebody used) stands here. The gate decides about both.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from kelisim.core.decisions import DynamicZonesRule
from kelisim.core.languages import Words
from kelisim.core.periods import PartialDate

__all__ = [
    "AreaWatched",
    "CovariateRule",
    "CovariateTried",
    "EventView",
    "Foresight",
    "ForesightRule",
    "HiddenEvents",
    "Horizon",
    "KnownEvent",
    "MonthSeen",
    "WatchState",
]


@dataclass(frozen=True, slots=True)
class CovariateRule:
    """A series that may enter the forecast, declared before it is tried.

    table_id, indicator : where it stands, in a table of kind "area_months"
    direction : +1 where more of it is expected to bring more incidents, -1 where fewer
    delay_months : until a value is known
    """

    name: str
    title: Words
    table_id: str
    indicator: str
    direction: Literal[-1, 1]
    delay_months: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CovariateTried:
    """What the gate said of a declared series at one horizon.

    judgement : "admitted", "not_admitted", "against_direction" or "too_little_data"
    coefficient : log factor per standard deviation, over all windows that have ended
    gain, low, high, level : mean error with the series less that without, and its interval; None where it
        cannot be given
    """

    title: Words
    months: int
    judgement: str
    coefficient: float
    gain: float | None
    low: float | None
    high: float | None
    level: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ForesightRule:
    """How a study watches and forecasts its register; each choice changes a result, so none has a default.

    table_id : the register, of kind "event_records"; effort_id : what was looked at, of kind "event_effort";
        None takes every month as looked at equally
    area_id : the whole, whose parts are watched; first : first day of the first month
    counted : types of event that count
    watched_months, budget, charts : the last months are held against all before them, at so many false
        alarms per area and year
    horizons, draws, replayed : months ahead, futures of each forecast, past origins that judge them
    zones : how zones are given from forecasts; None where they are not
    covariates : series that the gate may let into the forecast
    lists : two or three lists of the register, code and name, whose overlap tells what none of them has
    """

    table_id: str
    effort_id: str | None
    area_id: str
    first: PartialDate
    counted: tuple[str, ...]
    watched_months: int
    budget: float
    charts: tuple[str, ...]
    horizons: tuple[int, ...]
    draws: int
    replayed: int
    seed: int
    zones: DynamicZonesRule | None = None
    covariates: tuple[CovariateRule, ...] = ()
    lists: tuple[tuple[str, Words], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownEvent:
    """An event as known on the day of the release; no coordinates, no name of a place or person.

    voices : (kind of voice, what it called the event), in the order of `voices` of the register
    adjudicated : the label decided on; it changes no voice
    """

    event: str
    first: PartialDate
    area_id: str
    event_type: str
    cooperation: bool
    reported_on: PartialDate
    corrected: bool
    parties: str
    voices: tuple[tuple[str, str], ...]
    adjudicated: str | None


@dataclass(frozen=True, slots=True)
class MonthSeen:
    """A month of the whole.

    provisional : fewer than 95 % of its reports are likely to be in
    likely : lowest and highest number of conflicts it will come to, with a probability of .9; None where it
        is not provisional or the delay of reports cannot be told
    """

    month: PartialDate
    conflicts: int
    cooperation: int
    provisional: bool
    likely: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HiddenEvents:
    """How many events no list has, by how far the lists of a register overlap.

    lists : names; on : number of events on exactly these lists, keys of 0 and 1 in the order of `lists`
    total, low, high : of all events; None where two lists share too few: `shared`, and `needed` would do
    """

    lists: tuple[Words, ...]
    on: tuple[tuple[str, int], ...]
    known: int
    total: float | None
    low: float | None
    high: float | None
    level: float
    shared: int
    needed: int


@dataclass(frozen=True, slots=True)
class EventView:
    """A register as known on the day of the release.

    withdrawn : events that were taken back; hidden : None where no lists are declared
    """

    table_id: str
    events: tuple[KnownEvent, ...]
    months: tuple[MonthSeen, ...]
    withdrawn: int
    hidden: HiddenEvents | None = None


WatchState = Literal["alarm", "earlier_alarm", "calm", "blind"]


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaWatched:
    """The watch over one area, or over the whole.

    state : "alarm" where a chart sounded in the last three months, "earlier_alarm" before them, "calm",
        "blind" where a rise would not be seen, so that quiet is no news
    counts : of the watched months; None for a month without data
    alarms : month and the charts that sounded in it; outages : months without data since the first
    verdict : what would be seen, in words
    """

    area_id: str
    state: WatchState
    counts: tuple[int | None, ...]
    alarms: tuple[tuple[PartialDate, tuple[str, ...]], ...]
    outages: tuple[PartialDate, ...]
    verdict: Words


@dataclass(frozen=True, slots=True, kw_only=True)
class Horizon:
    """One horizon of the forecast.

    first, last : the months forecast; shown : name of the forecast shown first
    judged_on : past origins by which it was chosen; least_judged : below which nothing is judged
    baseline, judgement, origins, windows : the verdict on what was shown first in the past, against the
        baseline that turned out best; "" and 0 where nothing was scored
    """

    months: int
    first: PartialDate
    last: PartialDate
    shown: str
    judged_on: int
    least_judged: int
    baseline: str
    judgement: str
    origins: int
    windows: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Foresight:
    """What is seen in the register, and what is expected.

    months : length of the register; counted : events that count; unplaced : of the counted types, without
        month or area of the whole, so that no area counts them; late : share known in a later month than
        they happened in
    watched_from : first of the watched months; areas : with the whole last, if there are several
    too_short : True where the history carries no watch
    horizons : forecast; refused : horizons that the history does not admit
    needed : months of history that the shortest and the longer horizons take
    covariates : what the gate said of every declared series at every horizon
    """

    rule: ForesightRule
    months: int
    last: PartialDate
    counted: int
    unplaced: int
    late: float
    provisional: tuple[PartialDate, ...]
    watched_from: PartialDate
    areas: tuple[AreaWatched, ...]
    too_short: bool
    horizons: tuple[Horizon, ...]
    refused: tuple[int, ...]
    needed: tuple[int, int]
    covariates: tuple[CovariateTried, ...] = ()
