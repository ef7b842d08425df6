"""The page of indicators: every card with its meaning and its value or the reason why there is none."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from kelisim.core.cards import Card, CardState, CardValue
from kelisim.core.estimates import Figure
from kelisim.publish.view import View

__all__ = ["Row", "Shown", "indicators"]

_MOST = 4
_OUTSIDE = ("felt_tension",)
_GROUPS = ("P1", "P2", "P3", "P4", "P5", "P6", "P7")


@dataclass(frozen=True, slots=True)
class Shown:
    """One value on a card: what it is, the figure, its age, grade and faults in words."""

    label: str
    figure: Figure
    age: str
    grade: str
    faults: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """A card as the page shows it."""

    card: Card
    label: str
    definition: str
    values: tuple[Shown, ...]
    more: str
    reason: str


def indicators(view: View) -> Mapping[str, Any]:
    """Rows by group, and the two halves: what holds people together, and what strains."""
    figures = {figure.estimate_id: figure for figure in view.release.figures}
    everything = [_row(view, state, figures) for state in view.release.cards]
    # The index has an item of its own that stands outside the catalogue: shown, but not counted.
    rows = [row for row in everything if row.card.key not in _OUTSIDE]
    return {
        "groups": [(group, [row for row in everything if row.card.pettigrew == group]) for group in _GROUPS],
        "outside": _OUTSIDE,
        "halves": [
            ("holds", [row for row in rows if row.card.kind == "resilience"]),
            ("strains", [row for row in rows if row.card.kind != "resilience" and row.card.direction != 0]),
        ],
    }


def _row(view: View, state: CardState, figures: Mapping[str, Figure]) -> Row:
    say, card = view.speaker, state.card
    focus = [value for value in state.values if value.area_id == view.study.focus]
    first = _distinct(focus or state.values, figures)
    shown = tuple(
        Shown(
            _label(view, figures[value.estimate_id], card),
            figures[value.estimate_id],
            "" if value.age_years is None
            else say.word("cards.age").format(years=say.number(value.age_years, 1)),
            say.word(f"grade.{value.grade}"),
            tuple(say.word(f"fault.{fault}") for fault in value.faults),
        )
        for value in first[:_MOST]
    )  # fmt: skip
    return Row(
        card,
        card.label.say(view.language),
        card.definition.say(view.language),
        shown,
        _more(view, state, len(first) - len(shown)),
        say.word(f"no_data.{state.reason}") if state.reason else "",
    )


def _distinct(values: Iterable[CardValue], figures: Mapping[str, Figure]) -> list[CardValue]:
    """Values without those that another table repeats: same quantity, group, period and number."""
    kept: dict[tuple[object, ...], CardValue] = {}
    for value in values:
        figure = figures[value.estimate_id]
        key = (figure.indicator, figure.area_id, figure.group_id, figure.period_id, figure.estimate.value)
        kept.setdefault(key, value)
    return list(kept.values())


def _label(view: View, figure: Figure, card: Card) -> str:
    parts = []
    if figure.indicator != card.key:
        parts.append(view.label(figure.indicator))
    if figure.group_id and figure.group_id != "total":
        parts.append(view.group(figure.group_id))
    parts.append(view.area(figure.area_id))
    return ", ".join(parts)


def _more(view: View, state: CardState, rest: int) -> str:
    words: Iterable[str] = ()
    areas = {value.area_id for value in state.values}
    if rest > 0:
        words = (*words, view.speaker.word("cards.also").format(n=rest))
    if len(areas) > 1:
        words = (*words, view.speaker.word("cards.areas").format(n=len(areas)))
    return "; ".join(words)
