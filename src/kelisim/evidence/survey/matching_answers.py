"""Interviews that agree more than interviews do: copied ones are rarely copied whole.

The greatest share of equal answers between a record and any other is a screen and no proof: with few
questions, or where a village agrees, honest interviews reach it too. It points at pairs to be looked at.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kelisim.core.answers import Answers
from kelisim.core.errors import NotDefined

__all__ = ["MaximumMatch", "equal_records", "maximum_match"]

_BLOCK = 500
_UNANSWERED = -1


@dataclass(frozen=True, slots=True)
class MaximumMatch:
    """For every record the greatest share of answers equal to those of another record, and which one.

    share : nan where no other record answered enough of the same questions; partner : position, -1 for none
    columns : columns compared; least : answers that both must have for a pair to count
    """

    share: NDArray[np.float64]
    partner: NDArray[np.int64]
    columns: int
    least: int


def maximum_match(answers: Answers, *, least: int, most_records: int) -> MaximumMatch:
    """Maximum percentage match of every record [1]_: equal answers of a pair over answers both have.

    least : fewest answers in common for a pair to count; most_records : above it nothing is computed, because
    the work grows with the square. Columns are those of codes and choices, without what describes the
    interview itself; an option of a multiple answer is a column.
    Raises: NotDefined("one_record"), NotDefined("too_many_records").

    .. [1] Kuriakose and Robbins (2016), Statistical Journal of the IAOS 32(3), 283-291.
    """
    n = len(answers)
    if n < 2:
        raise NotDefined("one_record", "there is no other record to compare with")
    if n > most_records:
        raise NotDefined("too_many_records", f"{n} records are too many for pairs; compare parts of the wave")
    return _maximum(_coded(answers), least)


def equal_records(answers: Answers, *, least: int) -> list[NDArray[np.int64]]:
    """Groups of records whose answers are all equal, positions in order; least : fewest answers of each."""
    coded = _coded(answers)
    enough = np.flatnonzero((coded != _UNANSWERED).sum(axis=1) >= least)
    if not len(enough):
        return []
    _, first, times = np.unique(coded[enough], axis=0, return_inverse=True, return_counts=True)
    first = first.reshape(-1)
    order = np.argsort(first, kind="stable")
    groups = np.split(enough[order], np.cumsum(times)[:-1])
    return sorted((group for group in groups if len(group) > 1), key=lambda group: int(group[0]))


def _coded(answers: Answers) -> NDArray[np.int64]:
    """Answers as small whole numbers, -1 where there is none."""
    made: list[NDArray[np.int64]] = []
    for column in answers.questionnaire.columns():
        if column.item.role or column.holds not in ("code", "chosen"):
            continue
        _, codes = np.unique(answers.data[column.name], return_inverse=True)
        made.append(np.where(answers.answered(column.name), codes, _UNANSWERED))
    return np.column_stack(made) if made else np.zeros((len(answers), 0), dtype=np.int64)


def _maximum(coded: NDArray[np.int64], least: int) -> MaximumMatch:
    n, columns = coded.shape
    answered = (coded != _UNANSWERED).astype(np.float32)
    sides = [_sides(coded[:, k]) for k in range(columns)]
    one_hot = np.concatenate(sides, axis=1) if sides else np.zeros((n, 0), dtype=np.float32)
    share, partner = np.full(n, np.nan), np.full(n, -1)
    for start in range(0, n, _BLOCK):
        part = slice(start, min(start + _BLOCK, n))
        both = answered[part] @ answered.T
        with np.errstate(divide="ignore", invalid="ignore"):
            found = (one_hot[part] @ one_hot.T) / both
        found[both < least] = -1.0
        rows = np.arange(part.stop - part.start)
        found[rows, rows + start] = -1.0
        best = found.argmax(axis=1)
        value = found[rows, best]
        share[part] = np.where(value >= 0, value, np.nan)
        partner[part] = np.where(value >= 0, best, -1)
    return MaximumMatch(share, partner, columns, least)


def _sides(codes: NDArray[np.int64]) -> NDArray[np.float32]:
    values: Sequence[int] = [value for value in np.unique(codes) if value != _UNANSWERED]
    sides: NDArray[np.float32] = (codes[:, None] == np.array(values, dtype=np.int64)).astype(np.float32)
    return sides
