"""Which figures of a study fill which card, and why the other cards are empty.

Figures computed by the strands fill their cards by the table below; printed figures and questions of the
form fill what the study declares (`fills` in study.yaml); estimates by area fill the card of their own name.
A card without a figure says why: the study's own word (`no_data`), or what its kind of source would need.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from kelisim.assessment.age import TOO_OLD, age_in_years, end_of_period, one_step_lower
from kelisim.assessment.cards.catalogue import CARDS
from kelisim.assessment.items import ITEMS, item_of
from kelisim.core.cards import Card, CardState, CardValue, SourceType
from kelisim.core.estimates import Figure, Grade
from kelisim.core.groups import TOTAL
from kelisim.core.study import Study

__all__ = ["COMPUTED", "fill", "usable_resilience"]


@dataclass(frozen=True, slots=True)
class _Use:
    card: str
    met: bool


# False: what is computed is only a part of what the card means, which is a fault on the card.
COMPUTED: dict[str, tuple[str, bool]] = {
    "population": ("population", True),
    "group_share": ("group_share", True),
    "fractionalisation": ("fractionalisation", True),
    "polarisation": ("polarisation", True),
    "dissimilarity": ("dissimilarity", False),
    "isolation": ("exposure", False),
    "location_quotient": ("location_quotient", True),
    "event_rate": ("clashes", False),
}
_SHOWN_FAULTS = (
    "age_unknown", "chosen_places", "error_unknown", "few_events", "no_microdata", "reporting_unknown",
    "source_not_named", "too_old", "widened_for_age",
)  # fmt: skip
_NEEDS: dict[SourceType, str] = {
    "census_admin": "not_printed",
    "economy": "not_printed",
    "events": "needs_register",
    "expert": "needs_panel",
    "media": "needs_texts",
    "signals": "needs_signals",
    "social": "needs_texts",
    "survey": "needs_survey",
}


def fill(study: Study, figures: Iterable[Figure]) -> tuple[CardState, ...]:
    """The state of every card, in the order of the catalogue; `felt_tension` last."""
    found: dict[str, list[CardValue]] = {key: [] for key in CARDS}
    for figure in _latest(figures, study):
        if figure.estimate.value is None:
            continue
        use = _use_of(figure, study)
        if use is not None:
            found[use.card].append(_value(figure, CARDS[use.card], use.met, study))
    return tuple(
        CardState(card, tuple(found[key]), "" if found[key] else _reason(card, study))
        for key, card in CARDS.items()
    )


def usable_resilience(states: Iterable[CardState], area_id: str) -> tuple[str, ...]:
    """Keys of the resilience cards that have, for the area, a value of a grade other than poor."""
    return tuple(
        state.card.key
        for state in states
        if state.card.kind == "resilience"
        and any(value.area_id == area_id and value.grade != "poor" for value in state.values)
    )


def _use_of(figure: Figure, study: Study) -> _Use | None:
    name = figure.indicator
    if name in study.indicators:
        own = study.indicators[name]
        return _Use(own.fills, own.definition_met) if own.fills else None
    if name.startswith("answer."):
        _, code, option = name.split(".", 2)
        question = study.questions.get(code)
        if question is None or question.fills is None or option not in question.fills.options:
            return None
        return _Use(question.fills.card, question.fills.definition_met)
    if name in ITEMS:
        item = ITEMS[name]
        return _Use(item.part, item_of(item).unit == CARDS[item.part].unit)
    if name == "population" and figure.group_id not in (None, TOTAL):
        return None  # persons of one group are told by its share
    if name in COMPUTED:
        return _Use(*COMPUTED[name])
    return _Use(name, True) if name in CARDS else None


def _latest(figures: Iterable[Figure], study: Study) -> list[Figure]:
    """Of every quantity the figures of its last period; several prints of that period stay side by side."""
    best: dict[tuple[str, str, str], tuple[int, list[Figure]]] = {}
    for figure in figures:
        key = (figure.indicator, figure.area_id, figure.group_id or "")
        end = end_of_period(figure.period_id, study.periods)
        rank = end.toordinal() if end else -1
        held = best.get(key)
        if held is None or rank > held[0]:
            best[key] = (rank, [figure])
        elif rank == held[0]:
            held[1].append(figure)
    return [figure for _, kept in best.values() for figure in kept]


def _value(figure: Figure, card: Card, met: bool, study: Study) -> CardValue:
    end = end_of_period(figure.period_id, study.periods)
    age = age_in_years(end, study.as_of)
    grade: Grade = figure.estimate.grade
    faults = [reason for reason in figure.estimate.reasons if reason in _SHOWN_FAULTS]
    if not met:
        faults.append("definition_differs")
        grade = one_step_lower(grade)
    rhythm = card.rhythm_years
    told = {"too_old", "age_unknown", "widened_for_age"} & set(faults)
    if rhythm is not None and not told and (age is None or age > TOO_OLD * rhythm):
        faults.append("age_unknown" if age is None else "too_old")
        grade = one_step_lower(grade)
    return CardValue(figure.estimate_id, figure.area_id, age, grade, tuple(faults))


def _reason(card: Card, study: Study) -> str:
    if card.key in study.no_data:
        return study.no_data[card.key]
    if card.source_type == "survey" and study.questions:
        return "not_asked"
    return _NEEDS[card.source_type]
