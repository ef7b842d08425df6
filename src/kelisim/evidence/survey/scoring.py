"""Answers to numbers, as the questionnaire declares it: scores of options, items turned round, scales.

What has no score - "hard to answer", a refusal, "does not apply", a question not asked - is missing, never
zero and never the middle.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kelisim.core.questionnaire import Item, Questionnaire, Scale
from kelisim.core.scales import scale_columns

__all__ = ["item_scores", "scale_scores"]


def item_scores(item: Item, codes: NDArray[Any], turned: bool) -> NDArray[np.float64]:
    """Scores of the options chosen; NaN where the code has none.

    codes : shape (records,) - codes of options, or a state such as "not_asked"
    turned : the scale is turned round, score -> lowest + highest score of the item - score

    >>> from kelisim.core.questionnaire import Option
    >>> item = Item("Q", "single", {}, options=(Option("1", {}, score=5), Option("2", {}, score=1)))
    >>> item_scores(item, np.array(["1", "2", "not_asked"]), turned=True).tolist()
    [1.0, 5.0, nan]
    """
    scores = {option.code: option.score for option in item.options if option.score is not None}
    if turned and scores:
        ends = min(scores.values()) + max(scores.values())
        scores = {code: ends - score for code, score in scores.items()}
    unique, places = np.unique(np.asarray(codes, dtype=np.str_), return_inverse=True)
    return np.array([scores.get(str(code), np.nan) for code in unique], dtype=np.float64)[places]


def scale_scores(
    questionnaire: Questionnaire, scale: Scale, data: Mapping[str, NDArray[Any]]
) -> dict[str, NDArray[np.float64]]:
    """The scale of every respondent, for each row of its grids or under "" as a whole.

    data : column of the questionnaire -> codes, shape (records,)
    Mean of the scores that are there, where they are at least `scale.least_items`, and NaN elsewhere. A sum
    is that mean times the number of items, so that a missing answer does not lower it.
    """
    made = {}
    for row, parts in scale_columns(questionnaire, scale).items():
        scores = np.array([item_scores(column.item, data[column.name], turned) for column, turned in parts])
        known = np.isfinite(scores)
        there = known.sum(axis=0)
        mean = np.where(known, scores, 0.0).sum(axis=0) / np.maximum(there, 1)
        value = mean * len(parts) if scale.aggregate == "sum" else mean
        made[row] = np.where(there >= max(1, scale.least_items), value, np.nan)
    return made
