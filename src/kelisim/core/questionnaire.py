"""A questionnaire, declared once: items, options, routing, and the columns in which answers are kept.

The form for telephones, the printed form, the codebook, the import and the tables of a wave are all made from
this value. Three states of silence are kept apart from every answer and from each other: the item was not
asked (the routing led past it), it was asked and not answered, or the respondent said "hard to answer" or
refused, which are options of the item itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal, get_args

__all__ = [
    "FORM_LANGUAGES",
    "MISSING_KINDS",
    "NOT_ANSWERED",
    "NOT_ASKED",
    "AnswerColumn",
    "Condition",
    "FormLanguage",
    "Item",
    "ItemType",
    "Labels",
    "MissingKind",
    "Option",
    "Questionnaire",
    "Role",
    "Scale",
]

FormLanguage = Literal["kk", "ru", "en", "uz"]
FORM_LANGUAGES: tuple[FormLanguage, ...] = get_args(FormLanguage)
ItemType = Literal["single", "multiple", "open", "number", "scale", "grid", "date"]
MissingKind = Literal["dont_know", "refused"]
MISSING_KINDS: tuple[MissingKind, ...] = get_args(MissingKind)
Role = Literal["", "consent", "language", "interviewer", "stratum", "cluster", "place", "weight"]
Labels = Mapping[str, str]  # language of the form -> text

NOT_ASKED = "not_asked"
NOT_ANSWERED = "not_answered"


@dataclass(frozen=True, slots=True)
class Option:
    """One answer that may be chosen.

    do_not_read : the interviewer does not read it out
    missing_kind : "dont_know" or "refused": said by the respondent; excludes all others
    open_text : choosing it opens a line for words
    excludes : choosing it excludes every other option of a multiple item ("none of these")
    score : number the option stands for in a scale; None where it stands for none
    """

    code: str
    label: Labels
    do_not_read: bool = False
    missing_kind: MissingKind | None = None
    open_text: bool = False
    excludes: bool = False
    score: float | None = None

    @property
    def alone(self) -> bool:
        """Whether nothing else may be chosen with it."""
        return self.excludes or self.missing_kind is not None


@dataclass(frozen=True, slots=True)
class Condition:
    """An item is asked only if one of these codes was chosen at an earlier question."""

    question: str
    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Item:
    """One question of a form.

    options : answers of single, multiple, scale and grid items; a grid has one answer per row from them
    rows : rows of a grid, for instance the groups of a social-distance matrix; code -> label
    max_selections : most options that may be chosen in a multiple item; None for no limit
    low, high : least and greatest value of a number, or first and last step of a scale
    whole : a number is counted in whole units
    ask_if : all conditions must hold; empty means everybody is asked
    sensitive : answers never leave the closed warehouse in any table by itself
    role : what the item tells about the interview itself; "" for a question
    battery : name of the battery of the library the item comes from; "" for one of the office's own
    reverse : True where a high score means the opposite of the scale's name
    reversed_rows : rows of a grid of which that is so
    """

    code: str
    type: ItemType
    label: Labels
    hint: Labels = field(default_factory=dict)
    options: tuple[Option, ...] = ()
    rows: Mapping[str, Labels] = field(default_factory=dict)
    max_selections: int | None = None
    low: float | None = None
    high: float | None = None
    ask_if: tuple[Condition, ...] = ()
    required: bool = True
    sensitive: bool = False
    role: Role = ""
    block: str = ""
    battery: str = ""
    reverse: bool = False
    whole: bool = False
    reversed_rows: tuple[str, ...] = ()

    def option(self, code: str) -> Option | None:
        """The option with this code; None where there is none."""
        return next((option for option in self.options if option.code == code), None)


@dataclass(frozen=True, slots=True)
class AnswerColumn:
    """One column of the answers of a wave.

    name : "Q1" for one answer, "Q7_3" for option 3 of a multiple item (1 chosen, 0 not), "Q20_kazakh" for a
           row of a grid, "Q11_5_text" for the words written at option 5
    part : code of the option or row; "" for the item as a whole
    holds : "code" of an option, "chosen" 1 or 0, "number", "date" or "text"
    """

    name: str
    item: Item
    part: str
    holds: Literal["code", "chosen", "number", "date", "text"]


@dataclass(frozen=True, slots=True)
class Scale:
    """Items whose scores are put together into one number per respondent.

    items : codes of the items; the rows of a grid count as items
    per_row : of grids with the same rows, one number for each row
    aggregate : "mean" or "sum" of the scores, those of reversed items turned round first
    least_items : fewest answered items from which the number is made; with fewer it is missing
    direction : 1 where a high value means more tension, -1 where it means less, 0 where it says nothing of it
    card : key of the indicator card it fills; "" for none
    """

    key: str
    label: Labels
    items: tuple[str, ...]
    aggregate: Literal["mean", "sum"]
    least_items: int
    direction: Literal[-1, 0, 1]
    per_row: bool = False
    battery: str = ""
    card: str = ""


@dataclass(frozen=True)
class Questionnaire:
    """A form: its languages, its items in the order they are asked, and where it was declared.

    languages : first the one the form opens in; every label stands in each of them
    unreviewed : languages in which nobody who speaks them has read the wordings yet; forms say so
    file : name of the file it was declared in, for messages
    blocks : headings of the blocks that items name; block -> label
    scales : what is computed from several items together
    """

    questionnaire_id: str
    title: Labels
    languages: tuple[FormLanguage, ...]
    items: tuple[Item, ...]
    version: str
    unreviewed: tuple[FormLanguage, ...] = ()
    file: str = ""
    blocks: Mapping[str, Labels] = field(default_factory=dict)
    scales: tuple[Scale, ...] = ()

    def item(self, code: str) -> Item | None:
        """The item with this code; None where there is none."""
        return next((item for item in self.items if item.code == code), None)

    def with_role(self, role: Role) -> Item | None:
        """The item that tells this about the interview; None where the form does not ask it."""
        return next((item for item in self.items if item.role == role), None)

    def columns(self) -> Iterator[AnswerColumn]:
        """The columns of the answers, in the order of the form."""
        for item in self.items:
            if item.type == "multiple":
                for option in item.options:
                    yield AnswerColumn(f"{item.code}_{option.code}", item, option.code, "chosen")
            elif item.type == "grid":
                for row in item.rows:
                    yield AnswerColumn(f"{item.code}_{row}", item, row, "code")
            else:
                yield AnswerColumn(item.code, item, "", _HOLDS[item.type])
            for option in item.options:
                if option.open_text:
                    yield AnswerColumn(f"{item.code}_{option.code}_text", item, option.code, "text")


_HOLDS: dict[str, Literal["code", "chosen", "number", "date", "text"]] = {
    "single": "code",
    "scale": "code",
    "number": "number",
    "date": "date",
    "open": "text",
}
