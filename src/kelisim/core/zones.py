"""Zones: the rule a study declares, and what the rule gives for each area.

A zone is a judgement by a declared rule, never a forecast, and grey is a state of knowledge. The values here
are frozen results of `assessment`; whatever may be shown of them is decided by the gate.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from kelisim.core.estimates import Klass
from kelisim.core.languages import Words

__all__ = [
    "COLOURS",
    "AreaZone",
    "Colour",
    "Flip",
    "GreyReason",
    "IndexChoices",
    "Need",
    "Outage",
    "Reaction",
    "ZoneRule",
]

Colour = Literal["green", "yellow", "red"]
COLOURS: tuple[Colour, ...] = ("green", "yellow", "red")
GreyReason = Literal["outside_sample", "few_parts", "unreliable", "few_resilience", "outage"]


@dataclass(frozen=True, slots=True)
class Outage:
    """Days on which a source or an intake did not work, so that silence says nothing. area_id None:
    everywhere."""

    area_id: str | None
    first: date
    last: date


@dataclass(frozen=True, slots=True)
class IndexChoices:
    """What the index needs to be told; each changes the result, so none has a default.

    doubt : weights and cut points are drawn within this distance of the declared ones
    intraclass : share of the variance of answers that lies between areas, for the reliability gate
    correlation : of the errors of two items of one survey; items come from the same respondents
    draws, seed : size and seed of the draws
    """

    doubt: float
    intraclass: float
    correlation: float
    draws: int
    seed: int


@dataclass(frozen=True, slots=True)
class ZoneRule:
    """A declared judgement on P(tense): who declared it, when, in which words.

    yellow, red : P(tense) from which an area is yellow, and red
    named_from : P(zone) from which a colour is named; below it the page says "between X and Y"
    """

    declared_by: Words
    declared_on: date
    wording: Words
    yellow: float
    red: float
    named_from: float
    index: IndexChoices
    outages: tuple[Outage, ...] = ()


@dataclass(frozen=True, slots=True)
class Flip:
    """The indicator whose smallest move, in its own standard errors, changes the most likely zone.

    item : the indicator; errors : size of the move in standard errors, negative when its stored value falls;
    to : the zone it would lead to
    """

    item: str
    errors: float
    to: Colour


@dataclass(frozen=True, slots=True)
class Reaction:
    """What the area's level does when one step of the recipe is changed at a time.

    low, high : smallest and largest P(tense) over the runs; changed : share of runs with another most likely
        level
    """

    low: float
    high: float
    changed: float
    runs: int


@dataclass(frozen=True, slots=True)
class Need:
    """Data that would help, most useful first.

    kind : "ask" items not measured; "interviews" more of them; "resilience" indicators of what holds people
           together; "border" the value stands on the border, and interviews alone will not settle it
    items : indicators to collect
    interviews : interviews the area has, and those needed for a reliability: reliability -> interviews
    """

    kind: Literal["ask", "interviews", "resilience", "border"]
    items: tuple[str, ...] = ()
    interviews: Mapping[float, int] | None = None
    times: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaZone:
    """One area by the declared rule.

    grey : reasons why no colour is given; empty when one is
    alarm : grey, but what is measured speaks for yellow or red
    probabilities : P(green), P(yellow), P(red), summing to 1; empty when nothing can be computed or shown
    levels : P(tense), P(normal), P(benevolent)
    parts : index parts measured, of four; weight : their declared weight together
    resilience : resilience indicators with a usable value
    reliability : of the least reliable item; n : fewest interviews behind an item
    klass : "derived" from published estimates, or "computed", to which the gate's minimum applies
    """

    area_id: str
    grey: tuple[GreyReason, ...]
    alarm: bool
    probabilities: Mapping[str, float]
    levels: Mapping[str, float]
    parts: tuple[str, ...]
    weight: float
    resilience: int
    reliability: float | None
    n: int | None
    flip: Flip | None
    reaction: Reaction | None
    needs: tuple[Need, ...]
    klass: Klass
    recipe: str

    @property
    def likeliest(self) -> Colour | None:
        """The most likely colour; None where there is none to choose from."""
        if not self.probabilities:
            return None
        return max(COLOURS, key=lambda colour: self.probabilities[colour])

    @property
    def flip_probability(self) -> float | None:
        """1 - max P: how probable it is that the most likely colour is not the true one."""
        best = self.likeliest
        return None if best is None else 1.0 - self.probabilities[best]
