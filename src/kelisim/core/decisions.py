"""Decisions on a probability: what a threshold stands on, the zone of an area now, two clocks side by side.

The values are frozen results of `assessment`. A threshold always says by which right it is drawn: certified
on past cases at a rate, declared by somebody as a judgement, or not certifiable yet.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal, NoReturn

from kelisim.core.estimates import Estimate
from kelisim.core.languages import Words
from kelisim.core.zones import Colour, GreyReason

__all__ = [
    "DecisionRule",
    "Declared",
    "DynamicGrey",
    "DynamicZone",
    "DynamicZonesRule",
    "FastClock",
    "Footing",
    "HeldBy",
    "Move",
    "SlowClock",
    "Threshold",
    "Thresholds",
    "TwoClocks",
]

DynamicGrey = GreyReason | Literal["no_forecast", "no_threshold"]
HeldBy = Literal["first", "same", "rose", "fell", "kept", "missing"]
"""How a state came about: the first one, as before, up at once, down after two low values, kept although this
value alone would give less, kept because nothing was measured."""


@dataclass(frozen=True, slots=True)
class Declared:
    """A threshold that somebody declared: a judgement, of which no rate of error is known."""

    threshold: float
    declared_by: Words
    declared_on: date
    wording: Words

    def __post_init__(self) -> None:
        if not 0.0 <= self.threshold <= 1.0:
            raise ValueError(f"a threshold of a probability lies between 0 and 1, not at {self.threshold}")


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionRule:
    """How thresholds are found; each choice changes the result, so none has a default.

    miss : share of new episodes that yellow may miss, in the mean
    precision, confidence, least_alarms : red is granted where at least this share of alarms proves right with
        this one-sided confidence, from so many alarms on
    alarms : what counts as one alarm for red: every "cells" above the threshold, or "runs" of them in one
        area, judged by their first period
    down : a state is left only below this share of its threshold, two periods running
    named_from : P(zone) from which a colour is named without reserve
    judged_yellow, judged_red : declared thresholds for the time that nothing can be certified
    """

    miss: float
    precision: float
    confidence: float
    least_alarms: int
    alarms: Literal["cells", "runs"]
    down: float
    named_from: float
    judged_yellow: Declared | None
    judged_red: Declared | None

    def __post_init__(self) -> None:
        for name in ("miss", "precision", "down", "named_from"):
            if not 0.0 < getattr(self, name) <= 1.0:
                raise ValueError(f"{name} lies above 0 and at most at 1, not at {getattr(self, name)}")
        if self.miss == 1.0 or self.precision == 1.0:
            raise ValueError("a miss rate of 1 says nothing, and a precision of 1 can never be certified")
        if not 0.5 < self.confidence < 1.0:
            raise ValueError(f"a one-sided confidence lies between 0.5 and 1, not at {self.confidence}")
        if self.least_alarms < 1:
            raise ValueError("at least one alarm is needed")
        yellow, red = self.judged_yellow, self.judged_red
        if yellow and red and yellow.threshold > red.threshold:
            raise ValueError("the declared yellow threshold stands above the declared red one")


@dataclass(frozen=True, slots=True, kw_only=True)
class DynamicZonesRule:
    """How a study gives its areas zones from forecasts.

    counted : types of event of which at least one is meant; months : length of a period, the same ahead and
        in the past
    cost_ratio : cost of a visit over the loss of a missed event as the office declared it; None where it did
        not
    """

    counted: tuple[str, ...]
    months: int
    decision: DecisionRule
    cost_ratio: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Footing:
    """By which right a threshold is drawn.

    kind : "certified" at `rate` on `cases`; "judgement" declared by somebody; "not_certifiable" and nothing
        declared, so there is no threshold
    rate : share of misses (yellow) or of right alarms (red) that is certified, or that was asked for
    cases : past episodes (yellow) or alarms (red) it rests on
    right : alarms that proved right (red); None for yellow, and for red where alarms are too few to try
    needed : episodes needed (yellow); right alarms needed out of `cases`, None where even all would not do
        (red); alarms needed, where `right` is None (red)
    low, high : yellow: where the true rate of misses lies with probability .9 over repetitions of the past;
        red: low is the lower bound of the precision at `confidence`
    """

    kind: Literal["certified", "judgement", "not_certifiable"]
    rate: float
    confidence: float | None
    cases: int
    needed: int | None
    right: int | None
    low: float | None
    high: float | None
    declared: Declared | None


@dataclass(frozen=True, slots=True)
class Threshold:
    """The probability from which a colour is given; None where neither certified nor declared."""

    colour: Literal["yellow", "red"]
    value: float | None
    footing: Footing

    @property
    def cost_ratio(self) -> float | None:
        """Cost of a visit over loss of a missed event at which this threshold is the best one: its own value,
        where forecasts are calibrated (alarm if p >= C/L)."""
        return self.value


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Thresholds of one year, found on cells of earlier years only.

    joined : the certified yellow stood above red and was brought down to it; both certificates stay valid,
        because more alarms cannot miss more
    """

    year: int
    yellow: Threshold
    red: Threshold
    cells: int
    joined: bool


@dataclass(frozen=True, slots=True)
class Move:
    """The input whose smallest move changes the most likely zone, in its own standard errors, and to what."""

    source: str
    errors: float
    to: Colour


class _Clock:
    """No arithmetic: a yearly risk and a fast signal are different quantities, and their sum is none."""

    __slots__ = ()

    def _refuse(self, *_: object) -> NoReturn:
        raise TypeError("the two clocks are shown side by side and never made into one number")

    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __truediv__ = __rtruediv__ = _refuse
    __pow__ = __rpow__ = __neg__ = __abs__ = __float__ = __int__ = __lt__ = __le__ = __gt__ = __ge__ = _refuse


@dataclass(frozen=True, slots=True)
class SlowClock(_Clock):
    """Structural risk of a year: moves with composition of the past, institutions, economy."""

    estimate: Estimate


@dataclass(frozen=True, slots=True)
class FastClock(_Clock):
    """Signal of the coming weeks or months: moves with what was reported lately."""

    estimate: Estimate


@dataclass(frozen=True, slots=True)
class TwoClocks(_Clock):
    """Both clocks of an area. Neither can be shown without the other; None says that it was not measured."""

    slow: SlowClock | None
    fast: FastClock | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DynamicZone:
    """The zone of one area in one period.

    state : colour by the rule and its hysteresis; None where there is none to give
    grey : reasons why no colour is shown; alarm : grey, and yet the rule speaks for yellow or red
    held : how the state came about; probability : of an event in the period, None where not forecast
    probabilities : P(green), P(yellow), P(red) over second-order draws; empty without draws, or where grey
        and no alarm
    named : whether P(state) reaches the naming probability; None without draws
    """

    area_id: str
    period: str
    state: Colour | None
    grey: tuple[DynamicGrey, ...]
    alarm: bool
    held: HeldBy
    probability: float | None
    probabilities: Mapping[Colour, float]
    named: bool | None
    flip: Move | None
    clocks: TwoClocks

    @property
    def shown(self) -> Literal["green", "yellow", "red", "grey", "alarm"]:
        """What the map shows. Grey never hides an alarm and never turns into green."""
        if self.grey or self.state is None:
            return "alarm" if self.alarm else "grey"
        return self.state

    @property
    def flip_probability(self) -> float | None:
        """1 - max P: how probable it is that the most likely zone is not the true one."""
        return 1.0 - max(self.probabilities.values()) if self.probabilities else None
