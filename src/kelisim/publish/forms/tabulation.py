"""Which table each question gives and who stands behind its percentages: planned before the answers come."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from kelisim.core.questionnaire import Condition, Item, Questionnaire
from kelisim.core.routing import all_conditions

__all__ = ["Kind", "PlannedTable", "tabulation_plan"]

Kind = Literal[
    "shares", "several_answers", "shares_and_mean", "rows", "rows_and_means", "numbers", "words", "none"
]


@dataclass(frozen=True, slots=True)
class PlannedTable:
    """The table of one question.

    kind : "shares" of the options; "several_answers", where shares need not sum to 100; "shares_and_mean" of
           an ordered question; "rows" of a grid, with means where its options are scored; "numbers"; "words",
           which are coded before anything is counted; "none" for what is never tabulated by itself
    base : conditions under which the question was asked, those of earlier questions included
    silent : options that are shown and counted apart from the answers
    """

    item: Item
    kind: Kind
    base: tuple[Condition, ...]
    silent: tuple[str, ...]
    columns: tuple[str, ...]


def tabulation_plan(questionnaire: Questionnaire) -> tuple[PlannedTable, ...]:
    """One planned table per item, in the order of the form."""
    items = {item.code: item for item in questionnaire.items}
    columns: dict[str, list[str]] = {code: [] for code in items}
    for column in questionnaire.columns():
        columns[column.item.code].append(column.name)
    return tuple(
        PlannedTable(
            item=item,
            kind=_kind(item),
            base=_ordered(all_conditions(item, items), items),
            silent=tuple(option.code for option in item.options if option.missing_kind is not None),
            columns=tuple(columns[item.code]),
        )
        for item in questionnaire.items
    )


def _ordered(conditions: tuple[Condition, ...], items: dict[str, Item]) -> tuple[Condition, ...]:
    order = {code: k for k, code in enumerate(items)}
    return tuple(sorted(conditions, key=lambda condition: order[condition.question]))


def _kind(item: Item) -> Kind:
    if item.sensitive or item.role in ("consent", "interviewer", "weight"):
        return "none"
    scored = any(option.score is not None for option in item.options)
    if item.type == "grid":
        return "rows_and_means" if scored else "rows"
    if item.type == "multiple":
        return "several_answers"
    if item.type in ("single", "scale"):
        return "shares_and_mean" if scored else "shares"
    return "words" if item.type == "open" else "numbers"
