"""The columns of answers that a scale is made from, and which of them are turned round."""

from __future__ import annotations

from collections.abc import Mapping

from kelisim.core.questionnaire import AnswerColumn, Questionnaire, Scale

__all__ = ["scale_columns"]


def scale_columns(
    questionnaire: Questionnaire, scale: Scale
) -> Mapping[str, tuple[tuple[AnswerColumn, bool], ...]]:
    """For each number a scale gives: its columns, and whether the scores of each are turned round.

    Keys are the rows of its grids where the scale is made per row, and "" otherwise.
    """
    columns = {column.name: column for column in questionnaire.columns()}
    found: dict[str, list[tuple[AnswerColumn, bool]]] = {}
    for code in scale.items:
        item = questionnaire.item(code)
        if item is None:
            continue
        for row in item.rows or ("",):
            column = columns[f"{code}_{row}" if row else code]
            turned = item.reverse != (row in item.reversed_rows)
            found.setdefault(row if scale.per_row else "", []).append((column, turned))
    return {row: tuple(parts) for row, parts in found.items()}
