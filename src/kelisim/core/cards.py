"""Indicator cards: what an indicator means, which way it points, how often it is due, and what fills it.

A `Card` is declared once, in `assessment.cards`. A `CardState` says for one study which figures fill the
card, how old and how good they are, or why there is no value. The figures themselves travel through the gate
as figures; a state names them by identifier only, so no number can leave beside the gate.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from kelisim.core.estimates import Grade
from kelisim.core.languages import Words

__all__ = [
    "NO_DATA",
    "RHYTHM_YEARS",
    "Card",
    "CardKind",
    "CardState",
    "CardValue",
    "Clock",
    "Direction",
    "EawarnCategory",
    "NoData",
    "PettigrewGroup",
    "Rhythm",
    "SourceType",
]

PettigrewGroup = Literal["P1", "P2", "P3", "P4", "P5", "P6", "P7"]
EawarnCategory = Literal["E1", "E2", "E3", "E4", "E5", "E6", "E7"]
SourceType = Literal["census_admin", "economy", "events", "expert", "media", "signals", "social", "survey"]
Direction = Literal[-1, 0, 1]
CardKind = Literal["structural", "dynamic", "resilience", "trigger"]
Rhythm = Literal["census", "year", "quarter", "wave", "month", "week", "day", "hour", "event"]
Clock = Literal["slow", "fast"]
NoData = Literal[
    "not_asked", "not_printed", "only_prose", "only_parts", "needs_survey", "needs_texts", "needs_register",
    "needs_signals", "needs_panel",
]  # fmt: skip
NO_DATA: tuple[str, ...] = get_args(NoData)

# An event has no rhythm: what happened does not grow old. A wave is taken as a year.
RHYTHM_YEARS: dict[Rhythm, float | None] = {
    "census": 10.0, "year": 1.0, "quarter": 0.25, "wave": 1.0, "month": 1 / 12, "week": 7 / 365.2425,
    "day": 1 / 365.2425, "hour": 1 / 8765.82, "event": None,
}  # fmt: skip
_SLOW = ("census", "year", "quarter", "wave")


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """Declaration of one indicator.

    direction : 1 a higher stored value means more tension, -1 less, 0 context that may never carry weight
    kind : "resilience" cards make the peace half; "trigger" cards are single happenings
    in_source : whether the source document asks it, prints a figure, case or list for it, or names it in its
        index
    reference : key of docs/refs.bib for how it is measured
    """

    key: str
    label: Words
    definition: Words
    pettigrew: PettigrewGroup
    eawarn: EawarnCategory
    source_type: SourceType
    direction: Direction
    kind: CardKind
    unit: str
    rhythm: Rhythm
    in_source: bool
    reference: str
    note: str = ""

    @property
    def clock(self) -> Clock:
        """Slow: census, year, quarter, wave. Fast: month, week, day, hour, event. They are never added."""
        return "slow" if self.rhythm in _SLOW else "fast"

    @property
    def rhythm_years(self) -> float | None:
        """Length of the rhythm in years; None for events."""
        return RHYTHM_YEARS[self.rhythm]


@dataclass(frozen=True, slots=True)
class CardValue:
    """One figure on a card.

    estimate_id : identifier of the figure in the release
    age_years : from the end of the figure's period to the study's day; None where the period is not known
    grade : grade on the card, which age may have lowered
    faults : codes of what is wrong with it: "definition_differs", "too_old", "age_unknown" and those of the
        figure
    """

    estimate_id: str
    area_id: str
    age_years: float | None
    grade: Grade
    faults: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CardState:
    """A card in one study: the figures that fill it, or the reason why there are none.

    reason : code of the reason, "" when the card has values
    """

    card: Card
    values: tuple[CardValue, ...]
    reason: str

    @property
    def filled(self) -> bool:
        """Whether any figure fills the card."""
        return bool(self.values)
