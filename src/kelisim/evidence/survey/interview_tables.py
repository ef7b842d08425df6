"""Tables behind the checks of a wave: silence by question, interviews by interviewer and by cluster."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kelisim.core.answers import Answers
from kelisim.core.questionnaire import Item, Role

__all__ = ["item_table", "measured_columns", "role_table"]


def item_table(answers: Answers) -> Iterator[dict[str, Any]]:
    """Asked, answered, silent and set aside by question; answers "don't know" and refusals apart."""
    aside = Counter(one.question for one in answers.set_aside if one.code != "not_asked")
    for item in answers.questionnaire.items:
        asked = answers.asked[item.code]
        answered = _answered(answers, item)
        said = {kind: _said(answers, item, kind) for kind in ("dont_know", "refused")}
        yield {
            "question": item.code,
            "asked": int(asked.sum()),
            "answered": int((asked & answered).sum()),
            "not_answered": max(int((asked & ~answered).sum()) - aside[item.code], 0),
            "set_aside": aside[item.code],
            **{kind: int((asked & where).sum()) for kind, where in said.items()},
        }


def _answered(answers: Answers, item: Item) -> NDArray[np.bool_]:
    names = [
        c.name for c in answers.questionnaire.columns() if c.item.code == item.code and c.holds != "text"
    ]
    made = np.zeros(len(answers), dtype=bool)
    for name in names or [item.code]:
        made |= answers.answered(name)
    return made


def _said(answers: Answers, item: Item, kind: str) -> NDArray[np.bool_]:
    made = np.zeros(len(answers), dtype=bool)
    for option in item.options:
        if option.missing_kind != kind:
            continue
        if item.type == "multiple":
            made |= answers.data[f"{item.code}_{option.code}"] == 1
        else:
            rows = [f"{item.code}_{row}" for row in item.rows] if item.type == "grid" else [item.code]
            for name in rows:
                made |= answers.data[name] == option.code
    return made


def role_table(answers: Answers, role: Role) -> list[dict[str, Any]]:
    """Interviews, median length and silence for every interviewer, cluster or place, by code."""
    codes = answers.role(role)
    if codes is None:
        return []
    asked, silent = np.zeros(len(answers)), np.zeros(len(answers))
    for item in answers.questionnaire.items:
        if not item.role:
            asked += answers.asked[item.code]
            silent += answers.asked[item.code] & ~_answered(answers, item)
    made = []
    for code in np.unique(codes.astype(str)):
        mine = codes.astype(str) == code
        minutes = answers.minutes[mine & (answers.minutes >= 0)]
        made.append(
            {
                role: code,
                "interviews": int(mine.sum()),
                "median_minutes": float(np.median(minutes)) if len(minutes) else None,
                "not_answered_share": float(silent[mine].sum() / max(asked[mine].sum(), 1)),
            }
        )
    return made


def measured_columns(answers: Answers) -> Iterator[tuple[str, NDArray[np.float64]]]:
    """Columns as numbers: scores, numbers, choices, and the share of every option without a score."""
    for column in answers.questionnaire.columns():
        item, values = column.item, answers.data[column.name]
        if item.role:
            continue
        if column.holds in ("chosen", "number"):
            yield column.name, values
        elif column.holds == "code":
            scores = {option.code: option.score for option in item.options if option.score is not None}
            answered = answers.answered(column.name)
            if scores:
                yield (
                    column.name,
                    np.array([scores.get(code) or 0.0 if code in scores else np.nan for code in values]),
                )
            else:
                for option in item.options:
                    yield f"{column.name}={option.code}", np.where(answered, values == option.code, np.nan)
