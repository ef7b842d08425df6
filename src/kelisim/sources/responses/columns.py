"""Columns of a block to the answers of one question: one option, several, a grid, a number, a day, words."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kelisim.core.answers import blank_column
from kelisim.core.questionnaire import NOT_ANSWERED, Item, Questionnaire
from kelisim.sources.pseudonyms import pseudonym
from kelisim.sources.responses.blocks import Block, Opened
from kelisim.sources.responses.cells import Bad, Choices, Several, day_of, number_of, tick_of
from kelisim.sources.responses.door import Door
from kelisim.sources.responses.headers import HeaderPlan, Target

__all__ = ["ColumnReader", "Rows", "chosen", "codes_chosen"]

_MEMORY = 50_000  # distinct cells remembered per column; words beyond that are read each time
_KEEP = "ask the interviewer which one holds, correct the row, and import the file again."


@dataclass
class Rows:
    """Answers of one block while they are read. bad : row -> what is wrong, as (question, cell, why)."""

    size: int
    data: dict[str, NDArray[Any]]
    given: dict[str, NDArray[np.bool_]]
    bad: dict[int, list[tuple[str, str, Bad]]]

    def note(self, row: int, item: str, cell: str, why: Bad) -> None:
        self.bad.setdefault(row, []).append((item, cell, why))

    def forget(self, row: int, item: str) -> None:
        """Drop what was noted about an answer, which would quote it."""
        self.bad[row] = [noted for noted in self.bad.get(row, ()) if noted[0] != item]

    def unreadable(self, item: str) -> NDArray[np.bool_]:
        rows = [row for row, found in self.bad.items() if any(question == item for question, _, _ in found)]
        made = np.zeros(self.size, dtype=bool)
        made[rows] = True
        return made


class ColumnReader:
    """Reads the columns of questions; what a cell means is remembered from block to block.

    key : secret under which interviewers are digested; door : counts what is blotted out of words
    """

    def __init__(self, form: Questionnaire, opened: Opened, key: bytes, door: Door) -> None:
        self.form, self.opened, self.door, self._key = form, opened, door, key
        self._choices: dict[tuple[str, str], Choices] = {}
        self._memory: dict[tuple[str, str], dict[str, Any]] = {}

    def blank(self, item: Item, rows: Rows) -> None:
        """Columns of a question without any answer."""
        for column in self.form.columns():
            if column.item.code == item.code:
                rows.data[column.name] = blank_column(column, rows.size)
        rows.given[item.code] = np.zeros(rows.size, dtype=bool)

    def read(self, item: Item, block: Block, plan: HeaderPlan, rows: Rows) -> None:
        """The answers to a question, from whatever columns belong to it."""
        places = {target: place for place, target in plan.targets.items() if target.item == item.code}
        self.blank(item, rows)
        words = {target.part: place for target, place in places.items() if target.kind == "words"}
        if item.type == "multiple":
            self._multiple(item, block, plan, places, rows)
        elif item.type == "grid":
            for target, place in places.items():
                if target.kind == "row":
                    self._codes(item, f"{item.code}_{target.part}", block, plan, place, rows)
        elif (whole := places.get(Target(item.code, "whole"))) is not None:
            if item.type in ("single", "scale"):
                self._codes(item, item.code, block, plan, whole, rows)
            else:
                self._plain(item, block, whole, rows)
        for option, place in words.items():
            self._words(item, option, block, place, rows)

    def _choices_of(self, item: Item, column: str, by_label: bool) -> Choices:
        key = (item.code, column)
        if key not in self._choices:
            shown = self.opened.value_labels.get(column, {})
            self._choices[key] = Choices(item, shown, by_label)
        return self._choices[key]

    def _remembered(
        self, item: Item, column: str, cells: Sequence[str], read: Callable[[str], Any]
    ) -> list[Any]:
        memory = self._memory.setdefault((item.code, column), {})
        if len(memory) > _MEMORY:
            memory.clear()
        for cell in set(cells):
            if cell not in memory:
                memory[cell] = read(cell)
        return [memory[cell] for cell in cells]

    def _codes(self, item: Item, name: str, block: Block, plan: HeaderPlan, place: int, rows: Rows) -> None:
        by_label = place in plan.by_label
        column, cells = block.header[place], block.columns[place]
        choices = self._choices_of(item, column, by_label)
        other = choices.with_words()
        if self.opened.own_words and by_label and other is not None:
            found = self._remembered(item, column, cells, choices.one_or_words)
            text = [words for _, words in found]
            if any(text):
                blotted = [self.door.blotted(column, words) for words in text]
                rows.data[f"{item.code}_{other}_text"] = np.array(blotted, dtype=object)
            codes = [code for code, _ in found]
        else:
            codes = self._remembered(item, column, cells, choices.one)
        if any(isinstance(code, Bad) for code in set(codes)):
            for row, code in enumerate(codes):
                if isinstance(code, Bad):
                    rows.note(row, item.code, cells[row], code)
        rows.given[item.code] |= np.array([code is not None for code in codes], dtype=bool)
        plain = [code if isinstance(code, str) else NOT_ANSWERED for code in codes]
        rows.data[name] = np.array(plain, dtype=np.str_)

    def _plain(self, item: Item, block: Block, place: int, rows: Rows) -> None:
        column, cells = block.header[place], block.columns[place]
        if item.type == "open":
            texts = [" ".join(cell.split()) for cell in cells]
            if item.role == "interviewer":
                # The name of an interviewer is as much a name as any other.
                texts = [text and pseudonym(self._key, "interviewer", text.casefold())[:12] for text in texts]
            else:
                texts = [self.door.blotted(column, text) for text in texts]
            rows.data[item.code] = np.array(texts, dtype=object)
            rows.given[item.code] |= rows.data[item.code] != ""
            return
        read: Callable[[str], Any] = day_of if item.type == "date" else lambda cell: number_of(cell, item)
        found = self._remembered(item, column, cells, read)
        for row, value in enumerate(found):
            if isinstance(value, Bad):
                rows.note(row, item.code, cells[row], value)
        rows.given[item.code] |= np.array([value is not None for value in found], dtype=bool)
        if item.type == "date":
            days = [value if isinstance(value, date) else None for value in found]
            rows.data[item.code] = np.array(days, dtype="datetime64[D]")
        else:
            rows.data[item.code] = np.array([v if isinstance(v, float) else np.nan for v in found])

    def _multiple(
        self, item: Item, block: Block, plan: HeaderPlan, places: Mapping[Target, int], rows: Rows
    ) -> None:
        order = [option.code for option in item.options]
        whole, split = (
            places.get(Target(item.code, "whole")),
            {target.part: place for target, place in places.items() if target.kind == "split"},
        )
        matrix = np.full((rows.size, len(order)), np.nan)
        bad = np.zeros(rows.size, dtype=bool)
        if split:
            matrix, bad = self._split(item, block, plan, split, rows)
        if whole is not None:
            self._joined(item, block, plan, whole, matrix, bad, bool(split), rows)
        answered = ~np.isnan(matrix).all(axis=1) if order else np.zeros(rows.size, dtype=bool)
        self._check_several(item, matrix, answered, bad, rows)
        rows.given[item.code] |= answered | bad
        matrix[bad] = np.nan
        for k, code in enumerate(order):
            rows.data[f"{item.code}_{code}"] = matrix[:, k].copy()

    def _split(
        self, item: Item, block: Block, plan: HeaderPlan, split: Mapping[str, int], rows: Rows
    ) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
        matrix = np.full((rows.size, len(item.options)), np.nan)
        bad = np.zeros(rows.size, dtype=bool)
        for k, option in enumerate(item.options):
            if (place := split.get(option.code)) is None:
                continue
            column, cells = block.header[place], block.columns[place]
            choices = self._choices_of(item, column, place in plan.by_label)
            ticks = self._remembered(item, column, cells, partial(tick_of, choices=choices, code=option.code))
            for row, tick in enumerate(ticks):
                if isinstance(tick, Bad):
                    rows.note(row, item.code, cells[row], tick)
                    bad[row] = True
            matrix[:, k] = [tick if isinstance(tick, float) else np.nan for tick in ticks]
        # Nothing ticked is no answer; beside one tick a blank means "not chosen".
        ticked = (matrix == 1).any(axis=1)
        matrix[ticked] = np.nan_to_num(matrix[ticked], nan=0.0)
        matrix[~ticked] = np.nan
        return matrix, bad

    def _joined(
        self,
        item: Item,
        block: Block,
        plan: HeaderPlan,
        place: int,
        matrix: NDArray[np.float64],
        bad: NDArray[np.bool_],
        also_split: bool,
        rows: Rows,
    ) -> None:
        by_label = place in plan.by_label
        column, cells = block.header[place], block.columns[place]
        choices = self._choices_of(item, column, by_label)
        own = self.opened.own_words and by_label
        found = self._remembered(item, column, cells, lambda cell: choices.several(cell, own))
        # Few answers are different: each is made a line once.
        different = {answer: k for k, answer in enumerate(dict.fromkeys(found))}
        which = np.array([different[answer] for answer in found], dtype=np.int64)
        lines = np.full((len(different), len(item.options)), np.nan)
        for answer, k in different.items():
            if isinstance(answer, Several):
                lines[k] = [float(option.code in answer.codes) for option in item.options]
        unreadable = np.array([isinstance(answer, Bad) for answer in different], dtype=bool)[which]
        for row in map(int, np.flatnonzero(unreadable & ~bad)):
            rows.note(row, item.code, cells[row], found[row])
        bad |= unreadable
        told = ~np.isnan(lines).all(axis=1)[which]
        if also_split:
            both = told & ~bad & ~np.isnan(matrix).all(axis=1)
            reason = f"the column '{column}' and the columns of its options tell different answers."
            why = Bad("layouts_disagree", reason, "export the answers again, in one layout.")
            for row in map(int, np.flatnonzero(both & (matrix != lines[which]).any(axis=1))):
                rows.note(row, item.code, cells[row], why)
                bad[row] = True
        matrix[told] = lines[which[told]]
        words = {row: a.words for row, a in enumerate(found) if own and isinstance(a, Several) and a.words}
        other = choices.with_words()
        if words and other is not None:
            text = np.full(rows.size, "", dtype=object)
            for row, said in words.items():
                text[row] = self.door.blotted(column, said)
            rows.data[f"{item.code}_{other}_text"] = text

    def _check_several(
        self,
        item: Item,
        matrix: NDArray[np.float64],
        answered: NDArray[np.bool_],
        bad: NDArray[np.bool_],
        rows: Rows,
    ) -> None:
        count = np.nansum(matrix, axis=1)
        alone = np.array([option.alone for option in item.options], dtype=bool)
        if alone.any():
            together = answered & ~bad & ((matrix[:, alone] == 1).any(axis=1)) & (count > 1)
            for row in map(int, np.flatnonzero(together)):
                reason = f"an option of {item.code} that stands alone was chosen with others."
                rows.note(
                    row, item.code, codes_chosen(item, matrix[row]), Bad("alone_with_others", reason, _KEEP)
                )
                bad[row] = True
        if item.max_selections is not None:
            for row in map(int, np.flatnonzero(answered & ~bad & (count > item.max_selections))):
                reason = f"{int(count[row])} options were chosen, at most {item.max_selections} may be."
                rows.note(row, item.code, codes_chosen(item, matrix[row]), Bad("too_many", reason, _KEEP))
                bad[row] = True

    def _words(self, item: Item, option: str, block: Block, place: int, rows: Rows) -> None:
        column = block.header[place]
        texts = [self.door.blotted(column, " ".join(cell.split())) for cell in block.columns[place]]
        rows.data[f"{item.code}_{option}_text"] = np.array(texts, dtype=object)


def chosen(item: Item, codes: Sequence[str], rows: Rows) -> NDArray[np.bool_]:
    """Where one of the codes was chosen at an item."""
    made = np.zeros(rows.size, dtype=bool)
    if item.type == "multiple":
        for code in codes:
            made |= rows.data.get(f"{item.code}_{code}", np.full(rows.size, np.nan)) == 1
    elif item.type == "grid":
        for row in item.rows:
            made |= np.isin(rows.data[f"{item.code}_{row}"], codes)
    elif item.type in ("single", "scale"):
        made = np.isin(rows.data[item.code], codes)
    return made


def codes_chosen(item: Item, line: NDArray[np.float64]) -> str:
    """The codes chosen in one row of a multiple answer, in words."""
    return " ".join(option.code for option, chosen in zip(item.options, line, strict=True) if chosen == 1)
