"""Answers that are all the same down a grid or a battery: given without reading, or truly meant."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kelisim.core.answers import Answers
from kelisim.core.questionnaire import Item

__all__ = ["StraightLines", "straight_lines"]


@dataclass(frozen=True, slots=True)
class StraightLines:
    """A set of questions with one scale of answers.

    name : code of the grid, or the first question of the set; columns : compared
    answered : records with at least `least` answers in it; straight : of them, those with one answer only
    """

    name: str
    columns: tuple[str, ...]
    least: int
    answered: NDArray[np.bool_]
    straight: NDArray[np.bool_]


def straight_lines(answers: Answers, *, least: int) -> list[StraightLines]:
    """Straight-lining in every grid, and in every run of questions with the same options.

    least : fewest answers from which one line means anything; sets that cannot have them are left out
    """
    found = []
    for name, columns in _sets(answers):
        if len(columns) < least:
            continue
        given = np.column_stack([answers.answered(column) for column in columns])
        values = np.column_stack([answers.data[column] for column in columns])
        count = given.sum(axis=1)
        first = values[np.arange(len(values)), given.argmax(axis=1)]
        same = ((values == first[:, None]) | ~given).all(axis=1)
        enough = count >= least
        found.append(StraightLines(name, columns, least, enough, enough & same))
    return found


def _sets(answers: Answers) -> list[tuple[str, tuple[str, ...]]]:
    sets: list[tuple[str, tuple[str, ...]]] = []
    run: list[Item] = []

    def close() -> None:
        if len(run) > 1:
            sets.append((run[0].code, tuple(item.code for item in run)))
        run.clear()

    for item in answers.questionnaire.items:
        alike = item.type in ("single", "scale") and not item.role
        if not alike or (run and _options(item) != _options(run[0])):
            close()
        if alike:
            run.append(item)
        if item.type == "grid":
            sets.append((item.code, tuple(f"{item.code}_{row}" for row in item.rows)))
    close()
    return sets


def _options(item: Item) -> tuple[tuple[str, float | None], ...]:
    return tuple((option.code, option.score) for option in item.options)
