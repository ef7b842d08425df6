"""Blocks of cells to answers: columns joined to questions, routing followed, what does not fit set aside.

A fault of one answer costs that answer: an unknown option, an impossible value, more options than allowed,
"none of these" beside others, an answer to a question that was not asked. The row is kept. A row is set aside
whole where it cannot be read, repeats a submission, holds no answer, or where half of its answers are
unreadable, because then its cells stand in the wrong columns. Everything set aside is counted and listed.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from kelisim.core.answers import Answers, SetAside, blank_column
from kelisim.core.questionnaire import FORM_LANGUAGES, NOT_ANSWERED, NOT_ASKED, Item, Questionnaire
from kelisim.sources.pseudonyms import pseudonym
from kelisim.sources.responses.blocks import Block, Opened
from kelisim.sources.responses.cells import Bad
from kelisim.sources.responses.columns import ColumnReader, Rows, chosen, codes_chosen
from kelisim.sources.responses.door import Door, not_kept, why_foreign, without_persons
from kelisim.sources.responses.headers import About, HeaderPlan, Known, known_names, plan_of
from kelisim.sources.responses.records import Seen
from kelisim.sources.responses.times import minutes_between, moment_of, seconds_as_minutes, started_from

__all__ = ["Taker"]

_SHOWN = 120
_FEWEST_UNREADABLE = 3


class Taker:
    """Takes the answers of one questionnaire out of blocks, and remembers what it has seen.

    key : secret under which submissions and interviewers are digested; declared : column -> question
    """

    def __init__(self, form: Questionnaire, opened: Opened, key: bytes, declared: Mapping[str, str]) -> None:
        self.form, self.opened, self._key, self._declared = form, opened, key, declared
        self.known: Known = known_names(form)
        self.door = Door()
        self.rows_read = 0
        self.columns_met: set[str] = set()
        self.about_met: set[str] = set()
        self._seen = Seen()
        self._plans: dict[tuple[str, ...], HeaderPlan] = {}
        self._columns = ColumnReader(form, opened, key, self.door)
        self._left_out = {item.code: why for item in form.items if (why := not_kept(item))}

    def plan(self, header: tuple[str, ...]) -> HeaderPlan:
        """Which column of this header belongs where. Raises: Refused."""
        if header not in self._plans:
            file, titles = self.opened.file, self.opened.titles
            self._plans[header] = plan_of(self.known, header, file, self._declared, titles)
        return self._plans[header]

    def take(self, block: Block) -> Answers:
        """The answers of a block. Raises: Refused where its header fits two questions."""
        plan = self.plan(block.header)
        self._leave(block, plan)
        rows = Rows(len(block.lines), {}, {}, {})
        self.rows_read += len(block.lines) + len(block.broken)
        for item in self.form.items:
            if item.code not in self._left_out:
                self._columns.read(item, block, plan, rows)
            else:
                self._columns.blank(item, rows)
        self.columns_met |= {t.item for t in plan.targets.values() if t.item not in self._left_out}
        asked = self._routing(rows)
        records, repeated = self._records(block, plan)
        aside = self._broken(block)
        whole = self._whole_rows(rows, repeated)
        for row in sorted({*rows.bad, *whole}):
            aside += self._aside(block, row, records[row], rows, whole.get(row))
        kept = np.array([row not in whole for row in range(rows.size)], dtype=bool)
        started, minutes = self._times(block, plan)
        answers = Answers(
            self.form,
            rows.data,
            asked,
            np.array(records, dtype="U32"),
            np.array(block.lines, dtype=np.int64),
            started,
            minutes,
            self._languages(block, plan, rows),
            tuple(sorted(aside, key=lambda one: one.line)),
        )
        return answers if kept.all() else answers.where(kept)

    def _leave(self, block: Block, plan: HeaderPlan) -> None:
        for place in plan.foreign:
            column = block.header[place]
            self.door.leave(
                column, why_foreign(self.opened.titles.get(column, "") or column), block.columns[place]
            )
        for place in plan.spare:
            self.door.leave(
                block.header[place], "said by another column of the submission", block.columns[place]
            )
        for place, target in plan.targets.items():
            if target.item in self._left_out:
                self.door.leave(block.header[place], self._left_out[target.item], block.columns[place])
        self.about_met |= set(plan.about)

    def _routing(self, rows: Rows) -> dict[str, NDArray[np.bool_]]:
        """Who was asked what; answers to questions that were not asked are set aside."""
        asked: dict[str, NDArray[np.bool_]] = {}
        for item in self.form.items:
            given = rows.given[item.code]
            led = np.ones(rows.size, dtype=bool)
            unsure = np.zeros(rows.size, dtype=bool)
            refused = np.zeros(rows.size, dtype=bool)
            for condition in item.ask_if:
                earlier = self.form.item(condition.question)
                if earlier is None or earlier.code not in self.columns_met:
                    unsure |= True
                    continue
                met = chosen(earlier, condition.codes, rows)
                led &= met
                if earlier.role == "consent":
                    refused |= ~met
                else:
                    unsure |= rows.unreadable(earlier.code)
            # Where the answer that decides is unreadable, the answer itself shows that it was asked for.
            asked[item.code] = np.where(unsure & ~refused, given, led)
            for row in map(int, np.flatnonzero(given & ~asked[item.code])):
                if refused[row]:
                    rows.forget(row, item.code)
                if not any(question == item.code for question, _, _ in rows.bad.get(row, ())):
                    why = Bad("not_asked", f"{item.code} was answered, and the routing led past it.", _ROUTE)
                    # What somebody said who did not agree to be asked is not quoted either.
                    cell = "" if refused[row] else _given_cell(self.form, item, rows, row)
                    rows.note(row, item.code, cell, why)
            self._blank(item, rows, ~asked[item.code])
            self._loose_words(item, rows, refused)
        return asked

    def _blank(self, item: Item, rows: Rows, where: NDArray[np.bool_]) -> None:
        for column in self.form.columns():
            if column.item.code != item.code:
                continue
            values = rows.data[column.name]
            if column.holds == "code":
                rows.data[column.name] = np.where(where, NOT_ASKED, values)
            elif where.any() and not (column.holds == "text" and column.part):
                values[where] = blank_column(column, 1)[0]

    def _loose_words(self, item: Item, rows: Rows, refused: NDArray[np.bool_]) -> None:
        """Words at an option that was not chosen."""
        for option in item.options:
            name = f"{item.code}_{option.code}_text"
            if not option.open_text or not (rows.data[name] != "").any():
                continue
            loose = (rows.data[name] != "") & ~chosen(item, (option.code,), rows)
            for row in map(int, np.flatnonzero(loose)):
                reason = f"words stand at option {option.code} of {item.code}, which is not chosen."
                cell = "" if refused[row] else rows.data[name][row]
                rows.note(row, item.code, cell, Bad("not_asked", reason, _ROUTE))
            rows.data[name][loose] = ""

    def _records(self, block: Block, plan: HeaderPlan) -> tuple[list[str], set[int]]:
        place = plan.about.get("record")
        ids = [""] * len(block.lines) if place is None else [cell.strip() for cell in block.columns[place]]
        order = sorted(range(len(block.header)), key=block.header.__getitem__)
        records, repeated = [], set()
        for row, name in enumerate(ids):
            if name:
                record = pseudonym(self._key, "submission", name.removeprefix("uuid:"))
                if not self._seen.add(record):
                    repeated.add(row)
            else:
                # Without a number of its own a submission is known by all that it holds.
                cells = [f"{block.header[k]}\x1f{c}" for k in order if (c := block.columns[k][row].strip())]
                held, times = "\x1e".join(cells), 1
                record = pseudonym(self._key, "submission", held)
                while not self._seen.add(record):
                    times += 1
                    record = pseudonym(self._key, "submission", f"{held}\x1e{times}")
            records.append(record)
        return records, repeated

    def _broken(self, block: Block) -> list[SetAside]:
        return [
            SetAside(self.opened.file, b.line, "", "", "", b.code, b.reason, b.way_out) for b in block.broken
        ]

    def _whole_rows(self, rows: Rows, repeated: set[int]) -> dict[int, Bad]:
        whole: dict[int, Bad] = {}
        given = np.zeros(rows.size, dtype=np.int64)
        for values in rows.given.values():
            given += values
        for row in map(int, np.flatnonzero(given == 0)):
            whole[row] = Bad("row_empty", "no question is answered.", "delete the row.")
        for row, found in rows.bad.items():
            unread = {
                q for q, _, why in found if why.code in ("unknown_option", "impossible_value", "two_readings")
            }
            if len(unread) >= _FEWEST_UNREADABLE and 2 * len(unread) >= given[row]:
                reason = (
                    f"{len(unread)} of its {given[row]} answers are unreadable, as if its cells were moved."
                )
                whole[row] = Bad(
                    "row_shifted", reason, "put the cells under their headings and import again."
                )
        for row in repeated:
            reason = "its submission stands in an earlier row."
            whole[row] = Bad("row_repeated", reason, "keep one of the rows and import the file again.")
        return whole

    def _aside(self, block: Block, row: int, record: str, rows: Rows, whole: Bad | None) -> list[SetAside]:
        file, line = self.opened.file, int(block.lines[row])
        # A whole row is named and not quoted: its cells may stand anywhere.
        found = [("", "", whole)] if whole else rows.bad[row]
        return [
            SetAside(
                file, line, record, item, _shown(cell), why.code, without_persons(why.reason), why.way_out
            )
            for item, cell, why in found
            if why is not None
        ]

    def _times(self, block: Block, plan: HeaderPlan) -> tuple[NDArray[np.datetime64], NDArray[np.float64]]:
        nothing: list[datetime | None] = [None] * len(block.lines)

        def moments(about: About) -> list[datetime | None] | None:
            place = plan.about.get(about)
            return None if place is None else [moment_of(cell) for cell in block.columns[place]]

        began = moments("started")
        started = started_from(began or moments("stamped") or nothing)
        if (place := plan.about.get("seconds")) is not None:
            return started, seconds_as_minutes(list(block.columns[place]))
        return started, minutes_between(began or nothing, moments("ended") or nothing)

    def _languages(self, block: Block, plan: HeaderPlan, rows: Rows) -> NDArray[np.str_]:
        item = self.form.with_role("language")
        if item is not None and item.type in ("single", "scale"):
            values = rows.data[item.code]
            return np.where(np.isin(values, (NOT_ASKED, NOT_ANSWERED)), "", values)
        if (place := plan.about.get("language")) is not None:
            said = [cell.strip().lower()[:2] for cell in block.columns[place]]
            return np.array([code if code in FORM_LANGUAGES else "" for code in said], dtype="U2")
        return np.full(len(block.lines), "", dtype="U2")


_ROUTE = "correct the earlier answer if it is wrong, or empty the cell."


def _shown(cell: str) -> str:
    body = without_persons(" ".join(str(cell).split()))
    return body if len(body) <= _SHOWN else f"{body[:_SHOWN]} ..."


def _given_cell(form: Questionnaire, item: Item, rows: Rows, row: int) -> str:
    held = [rows.data[column.name][row] for column in form.columns() if column.item.code == item.code]
    if item.type == "multiple":
        line = np.array([rows.data[f"{item.code}_{option.code}"][row] for option in item.options])
        return codes_chosen(item, line)
    return " ".join(str(value) for value in held if value and str(value) not in (NOT_ANSWERED, "nan", "NaT"))
