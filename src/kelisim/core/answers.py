"""The answers of one wave in the columns its questionnaire declares, and what was not taken over and why.

Answers are closed: they stay in the warehouse and leave only as aggregates through the gate. A respondent is
known by a keyed digest of the submission and by nothing else. A blank is never just a blank: the item was not
asked, or it was asked and not answered, and `Answers.state` tells which for every column.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from kelisim.core.errors import TableError
from kelisim.core.questionnaire import NOT_ANSWERED, NOT_ASKED, AnswerColumn, Questionnaire, Role

__all__ = ["ASIDE_REASONS", "Answers", "AsideReason", "SetAside", "blank_column", "joined"]

AsideReason = Literal[
    "unknown_option",
    "not_asked",
    "too_many",
    "alone_with_others",
    "impossible_value",
    "layouts_disagree",
    "two_readings",
    "row_broken",
    "row_unreadable",
    "row_shifted",
    "row_repeated",
    "row_empty",
]
ASIDE_REASONS: tuple[AsideReason, ...] = get_args(AsideReason)


@dataclass(frozen=True, slots=True)
class SetAside:
    """One answer, or one whole row, that was not taken as it stood.

    file, line : where it stands; record : keyed digest of the submission, "" where the row has none
    question : code of the item; "" for a whole row, which is then absent from the answers
    value : the cell as it stood, shortened; it stays in the closed warehouse
    """

    file: str
    line: int
    record: str
    question: str
    value: str
    code: AsideReason
    reason: str
    way_out: str

    @property
    def whole(self) -> bool:
        """Whether the row as a whole was set aside."""
        return not self.question


@dataclass(frozen=True)
class Answers:
    """Answers of a wave, one record per submission.

    data : column of `Questionnaire.columns()` -> values, shape (records,). "code": str, an option's code or
           one of the states `not_asked` and `not_answered`; "chosen": 1.0, 0.0 or nan; "number": float or
           nan; "date": datetime64[D] or NaT; "text": str objects, "" where there are no words
    asked : code of an item -> bool, whether the routing led to it; tells what a blank means
    records : keyed digest of each submission; lines : where it stood in its file
    started : datetime64[s], local time of the interview or NaT; minutes : its length or nan
    languages : language of the interview, "" where unknown
    set_aside : what was not taken over, whole rows included
    """

    questionnaire: Questionnaire
    data: Mapping[str, NDArray[Any]]
    asked: Mapping[str, NDArray[np.bool_]]
    records: NDArray[np.str_]
    lines: NDArray[np.int64]
    started: NDArray[np.datetime64]
    minutes: NDArray[np.float64]
    languages: NDArray[np.str_]
    set_aside: tuple[SetAside, ...] = ()

    def __post_init__(self) -> None:
        names = [column.name for column in self.questionnaire.columns()]
        if missing := [name for name in names if name not in self.data]:
            raise TableError(f"the answers lack the column '{missing[0]}' of the questionnaire.")
        if strange := [name for name in self.data if name not in names]:
            raise TableError(f"the questionnaire declares no column '{strange[0]}'.")
        if unknown := [item.code for item in self.questionnaire.items if item.code not in self.asked]:
            raise TableError(f"the answers do not say who was asked '{unknown[0]}'.")
        for name, values in self.arrays().items():
            if len(values) != len(self.records):
                raise TableError(f"'{name}' has {len(values)} values for {len(self.records)} records.")
            values.setflags(write=False)

    def __len__(self) -> int:
        return len(self.records)

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Every array by a name of its own: columns, then `asked CODE`, then what belongs to the record."""
        about = {name: getattr(self, name) for name in _ABOUT}
        return {**self.data, **{f"asked {code}": values for code, values in self.asked.items()}, **about}

    def column(self, name: str) -> AnswerColumn:
        """The declaration of a column. Raises: KeyError."""
        for column in self.questionnaire.columns():
            if column.name == name:
                return column
        raise KeyError(name)

    def answered(self, name: str) -> NDArray[np.bool_]:
        """Where a column holds an answer; "don't know" and "refused" are answers of their own."""
        values, holds = self.data[name], self.column(name).holds
        if holds == "code":
            return np.isin(values, (NOT_ASKED, NOT_ANSWERED), invert=True)
        if holds == "text":
            return np.asarray(values != "")
        blank = np.isnat(values) if holds == "date" else np.isnan(values)
        filled: NDArray[np.bool_] = ~blank
        return filled

    def state(self, name: str) -> NDArray[np.str_]:
        """ "" where the column holds an answer, else `not_asked` or `not_answered`."""
        asked = self.asked[self.column(name).item.code]
        return np.where(self.answered(name), "", np.where(asked, NOT_ANSWERED, NOT_ASKED))

    def role(self, role: Role) -> NDArray[Any] | None:
        """Values of the item with this role, such as the interviewer or cluster; None where none has it."""
        item = self.questionnaire.with_role(role)
        return None if item is None else self.data.get(item.code)

    def where(self, kept: NDArray[Any]) -> Answers:
        """The records of a mask or of positions, in that order; what was set aside stays as it is."""
        parts: dict[str, Any] = {name: getattr(self, name)[kept] for name in _ABOUT}
        parts["data"] = {name: values[kept] for name, values in self.data.items()}
        parts["asked"] = {code: values[kept] for code, values in self.asked.items()}
        return replace(self, **parts)


def joined(parts: Sequence[Answers]) -> Answers:
    """Answers to one questionnaire, one after the other. Raises: TableError where there are none."""
    if not parts:
        raise TableError("there are no answers to join.")
    together: dict[str, Any] = {name: np.concatenate([getattr(p, name) for p in parts]) for name in _ABOUT}
    first = parts[0]
    together["data"] = {name: np.concatenate([part.data[name] for part in parts]) for name in first.data}
    together["asked"] = {code: np.concatenate([part.asked[code] for part in parts]) for code in first.asked}
    together["set_aside"] = tuple(one for part in parts for one in part.set_aside)
    return Answers(first.questionnaire, **together)


def blank_column(column: AnswerColumn, records: int) -> NDArray[Any]:
    """A column in which nobody has answered, for a form that was not asked yet or a file without it."""
    if column.holds == "code":
        return np.full(records, NOT_ANSWERED)
    if column.holds == "text":
        return np.full(records, "", dtype=object)
    if column.holds == "date":
        return np.full(records, np.datetime64("NaT", "D"))
    return np.full(records, np.nan)


_ABOUT = tuple(
    field.name
    for field in fields(Answers)
    if field.name in {"records", "lines", "started", "minutes", "languages"}
)
