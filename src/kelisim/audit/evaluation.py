"""Expressions about tables, evaluated: what the prints allow, from which cells, and of which dates.

Counts are exact, rounded prints stand for everything they may be rounded from, and a comparison that the
prints leave open stays open. Nothing is executed; the functions of the language are the methods below.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from kelisim.audit.prints import PrintedValue, area_words, group_words, joined, spoken
from kelisim.core.expressions import Node
from kelisim.core.groups import TOTAL
from kelisim.core.languages import Words
from kelisim.core.periods import PartialDate
from kelisim.core.provenance import Cell
from kelisim.core.study import Study
from kelisim.core.tables import Table
from kelisim.stats.spans import Span, read_span

__all__ = ["Outcome", "evaluate", "span_words"]

Value = Span | tuple[str, ...] | bool | None
_SIGNS = {"<": "<", "<=": "≤", ">": ">", ">=": "≥", "==": "=", "!=": "≠", "in": "∈"}
_SPANS: dict[str, Callable[[Span, Span], bool | None]] = {
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: b < a,
    ">=": lambda a, b: b <= a,
    "==": lambda a, b: a.meets(b),
    "!=": lambda a, b: not a.meets(b),
}
_LISTS: dict[str, Callable[[tuple[str, ...], tuple[str, ...]], bool]] = {
    "==": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
    "in": lambda a, b: set(a) <= set(b),
}
_YEAR = re.compile(r"\d{4}(?:-\d{2}){0,2}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an expression comes to.

    value : a span of numbers, a list of codes, True, False, or None where it cannot be judged
    why : the comparisons made with their numbers, or what is missing
    dates : days that the cells speak of; None among them for a cell without a date
    """

    value: Value
    why: Words
    cells: tuple[Cell, ...]
    tables: tuple[str, ...]
    dates: tuple[tuple[date, date] | None, ...]


class _Unknown(ValueError):
    def __init__(self, words: Words) -> None:
        self.words = words
        super().__init__(words.en)


def evaluate(tree: Node, study: Study) -> Outcome:
    """Evaluate an expression over the tables of a study.

    A value that is missing, a printed word that is no number and a name that several rows share make the
    outcome None, with the reason in words.
    """
    reading = _Reading(study)
    for call in tree.calls():
        if call.parts and call.parts[0].value in study.tables:
            reading.tables.setdefault(str(call.parts[0].value))
    value: Value = None
    why = Words("", "", "")
    try:
        value = reading.value(tree)
        why = reading.why(value)
    except _Unknown as unknown:
        why = unknown.words
    except ZeroDivisionError:
        why = Words("бөлгіш нөл болуы мүмкін", "делитель может быть равен нулю", "the divisor may be zero")
    # A closed table comes first: what speaks of it stays inside, even where no cell of it is quoted.
    tables = sorted(reading.tables, key=lambda name: study.tables[name].use.sensitivity == "open")
    return Outcome(value, why, tuple(dict.fromkeys(reading.cells)), tuple(tables), tuple(reading.dates))


def span_words(span: Span) -> Words:
    """A span as people read it: one number, "from-to", or "N and more"."""
    if (printed := _print_of(span)) is not None:
        return printed
    low, high = _rounded(span.low), _rounded(span.high)
    if span.high == float("inf"):
        return Words(f"{low.kk} және одан көп", f"{low.ru} и более", f"{low.en} or more")
    if low == high:
        return low
    return Words(f"{low.kk}–{high.kk}", f"{low.ru}–{high.ru}", f"{low.en}–{high.en}")


def _print_of(span: Span) -> Words | None:
    """The number of which the span is the rounding, if it is one: 38.05 to 38.15 are shown as 38.1."""
    if isinstance(span.low, float) or isinstance(span.high, float):
        return None
    width, middle = span.high - span.low, (span.low + span.high) / 2
    for decimals in range(-6, 4):
        unit = Fraction(1) / Fraction(10) ** decimals
        if width == unit and (middle / unit).denominator == 1:
            return spoken(middle, max(decimals, 0))
    return None


def _rounded(end: Fraction | float) -> Words:
    exact = Fraction(end) if end not in (float("inf"), float("-inf")) else Fraction(0)
    digits = 0 if exact.denominator == 1 else 2 if abs(exact) >= 1 else 4
    return spoken(Fraction(round(exact * 10**digits), 10**digits))


@dataclass
class _Reading:
    study: Study
    cells: list[Cell] = field(default_factory=list)
    tables: dict[str, None] = field(default_factory=dict)
    dates: dict[tuple[date, date] | None, None] = field(default_factory=dict)
    compared: list[tuple[Words, bool | None]] = field(default_factory=list)

    def why(self, value: Value) -> Words:
        """The comparisons that decide: of a statement that fails those that are not so, otherwise all."""
        failing = [words for words, so in self.compared if so is not True]
        listed = failing if value is False and failing else [words for words, _ in self.compared]
        return joined(dict.fromkeys(listed), "; ")

    def value(self, node: Node) -> Value:
        match node.kind:
            case "number":
                return Span.point(Fraction(node.value))
            case "text":
                return (str(node.value),)
            case "list":
                return tuple(self._word(part) for part in node.parts)
            case "call":
                function: Callable[[Node], Value] = getattr(self, f"_{node.value}")
                return function(node)
            case "and" | "or":
                return self._logic(node)
            case "not":
                inner = self._truth(node.parts[0])
                return None if inner is None else not inner
            case "neg":
                return -self._number(node.parts[0])
            case "+" | "-" | "*" | "/":
                a, b = (self._number(part) for part in node.parts)
                return {"+": a.__add__, "-": a.__sub__, "*": a.__mul__, "/": a.__truediv__}[node.kind](b)
        return self._compare(node)

    def _logic(self, node: Node) -> Value:
        found = [self._truth(part) for part in node.parts]
        decisive = node.kind == "or"
        if decisive in found:
            return decisive
        return None if None in found else not decisive

    def _compare(self, node: Node) -> bool | None:
        left, right = (self.value(part) for part in node.parts)
        if isinstance(left, Span) and isinstance(right, Span) and node.kind in _SPANS:
            # Numbers that agree only within their rounding are shown as near each other.
            near = "≈" if node.kind == "==" and left != right else ""
            so = _SPANS[node.kind](left, right)
            return self._said(node.kind, span_words(left), span_words(right), so, near)
        if isinstance(left, tuple) and isinstance(right, tuple) and node.kind in _LISTS:
            so = _LISTS[node.kind](left, right)
            return self._said(node.kind, self._names(left), self._names(right), so)
        raise _Unknown(
            Words(
                "салыстыруға келмейтін шамалар",
                "эти величины нельзя сравнить",
                "these values cannot be compared",
            )
        )

    def _said(self, kind: str, left: Words, right: Words, so: bool | None, sign: str = "") -> bool | None:
        sign = sign or _SIGNS[kind]
        words = Words(
            f"{left.kk} {sign} {right.kk}", f"{left.ru} {sign} {right.ru}", f"{left.en} {sign} {right.en}"
        )
        self.compared.append((words, so))
        return so

    def _names(self, codes: tuple[str, ...]) -> Words:
        return joined(self._name(code) for code in codes)

    def _name(self, code: str) -> Words:
        if code in self.study.groups:
            return group_words(self.study, code)
        return area_words(self.study, code) if code in self.study.areas else Words.same(code)

    def _truth(self, node: Node) -> bool | None:
        found = self.value(node)
        if found is None or isinstance(found, bool):
            return found
        raise _Unknown(
            Words("салыстыру күтілген еді", "ожидалось сравнение", "a comparison was expected here")
        )

    def _number(self, node: Node) -> Span:
        found = self.value(node)
        if isinstance(found, Span):
            return found
        raise _Unknown(Words("сан күтілген еді", "ожидалось число", "a number was expected here"))

    def _word(self, node: Node) -> str:
        if node.kind == "number":
            number = Fraction(node.value)
            return str(int(number)) if number.denominator == 1 else str(float(number))
        return str(node.value)

    def _words(self, node: Node) -> list[str]:
        return [self._word(part) for part in node.parts]

    # Cells.

    def _use(self, table: Table, row: int, column: str) -> PrintedValue:
        value = PrintedValue.at(table, row, column)
        self.cells.append(value.cell)
        self.dates.setdefault(_day_of(self.study, table, row))
        return value

    def _known(self, table: Table, row: int, column: str) -> PrintedValue:
        value = self._use(table, row, column)
        if value.value is None:
            raise _Unknown(_no_value(table))
        return value

    def _row(self, table: Table, number: int, **wanted: str) -> int:
        rows = table.prints == number
        for column, word in wanted.items():
            rows = rows & (table[column] == word)
        found = np.flatnonzero(rows)
        if len(found) == 0:
            raise _Unknown(_no_value(table))
        return int(found[0])

    def _print(self, node: Node) -> int:
        return next((int(self._word(n)) for key, n in node.named if key == "print"), 1)

    def _group(self, word: str) -> str:
        return self.study.groups.resolve(word)

    # Functions of the language.

    def _count(self, node: Node) -> Value:
        name, area, group = [*self._words(node), TOTAL][:3]
        table = self.study.table(name)
        row = self._row(table, self._print(node), area=area, group=self._group(group))
        return Span.point(self._known(table, row, "count_persons").value or Fraction(0))

    def _share(self, node: Node) -> Value:
        name, area, group = self._words(node)
        table = self.study.table(name)
        row = self._row(table, self._print(node), area=area, group=self._group(group))
        value = self._known(table, row, "share_pct")
        return Span.rounded(value.value or Fraction(0), value.decimals)

    def _answer(self, node: Node) -> Value:
        name, question, option = self._words(node)
        table = self.study.table(name)
        row = self._row(table, self._print(node), question=question, option=option)
        value = self._known(table, row, "share_pct")
        return Span.rounded(value.value or Fraction(0), value.decimals)

    def _figure(self, node: Node) -> Value:
        words = self._words(node)
        named = {key: self._word(n) for key, n in node.named}
        wanted = dict(zip(("table", "figure", "area", "year"), words, strict=False)) | named
        table = self.study.table(wanted.pop("table"))
        rows = np.ones(len(table), dtype=bool)
        for column, word in wanted.items():
            if table.has(column):
                rows &= table[column] == word
        found = np.flatnonzero(rows)
        if len(found) == 0:
            raise _Unknown(_no_value(table))
        if len(found) > 1:
            raise _Unknown(
                Words(
                    "бұл атаумен бірнеше сан басылған",
                    "под этим именем напечатано несколько чисел",
                    "several numbers are printed under this name",
                )
            )
        value = self._use(table, int(found[0]), "value")
        span = read_span(value.cell.printed) if value.cell.printed else None
        if span is None and value.value is not None:
            span = Span.rounded(value.value, value.decimals)
        if span is None:
            raise _Unknown(_no_value(table))
        return span

    def _series(self, node: Node) -> Value:
        name, area, day = self._words(node)
        table = self.study.table(name)
        value = self._known(table, self._row(table, 1, area=area, date=day), "count_persons")
        return Span.point(value.value or Fraction(0))

    def _filtered(self, node: Node) -> tuple[Table, list[int]]:
        table = self.study.table(self._word(node.parts[0]))
        rows = table.prints == 1
        for key, n in node.named:
            word = self._word(n)
            column = key.removesuffix("_from").removesuffix("_to")
            if column == key:
                rows = rows & np.array([str(v) == word or _equal(v, word) for v in table[column]])
            else:
                values = table[column].astype(float)
                rows = rows & (values >= float(word) if key.endswith("_from") else values <= float(word))
        return table, [int(row) for row in np.flatnonzero(rows)]

    def _rows(self, node: Node) -> Value:
        table, rows = self._filtered(node)
        key = table.spec.key[0]
        self.cells.extend(table.cell(row, key) for row in rows[:1] + rows[-1:])
        return Span.point(Fraction(len(rows)))

    def _total(self, node: Node) -> Value:
        table, rows = self._filtered(node)
        column = self._word(node.parts[1])
        if not rows or table[column].dtype == object:
            raise _Unknown(_no_value(table))
        values = [self._known(table, row, column).value or Fraction(0) for row in rows]
        return Span.point(sum(values, Fraction(0)))

    def _units(self, node: Node) -> Value:
        table = self.study.table(self._word(node.parts[0]))
        rows = np.flatnonzero(table["area"] != (table.use.whole or ""))
        self.cells.extend(table.cell(int(row), "area") for row in dict.fromkeys((*rows[:1], *rows[-1:])))
        return Span.point(Fraction(len(set(map(str, table["area"][rows])))))

    def _groups(self, node: Node) -> Value:
        table = self.study.table(self._word(node.parts[0]))
        return tuple(dict.fromkeys(str(g) for g in table["group"] if g != TOTAL))

    def _sizes(self, table: Table, column: str, rows: NDArray[np.bool_]) -> dict[str, Fraction]:
        found = {}
        for row in np.flatnonzero(rows & (table.prints == 1)):
            value = self._known(table, int(row), "count_persons")
            found[str(table[column][row])] = value.value or Fraction(0)
        return found

    def _of_area(self, table: Table, area: str) -> dict[str, Fraction]:
        listed = np.array([g != TOTAL and not self.study.groups[str(g)].remainder for g in table["group"]])
        return self._sizes(table, "group", listed & (table["area"] == area))

    def _top_groups(self, node: Node) -> Value:
        name, area, number = self._words(node)
        sizes = self._of_area(self.study.table(name), area)
        ordered = sorted(sizes, key=lambda g: -sizes[g])
        if len(ordered) < int(number):
            raise _Unknown(_no_value(self.study.table(name)))
        return tuple(ordered[: int(number)])

    def _rank_of_group(self, node: Node) -> Value:
        name, area, group = self._words(node)
        return self._rank(
            self.study.table(name), self._of_area(self.study.table(name), area), self._group(group)
        )

    def _rank_of_area(self, node: Node) -> Value:
        name, area, group = [*self._words(node), TOTAL][:3]
        table = self.study.table(name)
        parent = self.study.areas[area].parent
        beside = np.array([self.study.areas[str(a)].parent == parent for a in table["area"]])
        return self._rank(
            table, self._sizes(table, "area", beside & (table["group"] == self._group(group))), area
        )

    def _rank(self, table: Table, sizes: dict[str, Fraction], key: str) -> Span:
        if key not in sizes:
            raise _Unknown(_no_value(table))
        return Span.point(Fraction(1 + sum(size > sizes[key] for size in sizes.values())))

    def _same_members(self, node: Node) -> Value:
        left, right = (self.value(part) for part in node.parts)
        if not isinstance(left, tuple) or not isinstance(right, tuple):
            raise _Unknown(Words("тізім күтілген еді", "ожидался список", "a list was expected here"))
        one, other = (tuple(sorted(codes)) for codes in (left, right))
        return self._said("==", self._names(one), self._names(other), set(left) == set(right))

    def _about(self, node: Node) -> Value:
        value, decimals = (self._number(part) for part in node.parts)
        if isinstance(value.low, float) or isinstance(value.high, float):
            return value
        return Span.rounded((value.low + value.high) / 2, int(decimals.low))

    def _over(self, node: Node) -> Value:
        return Span(self._number(node.parts[0]).low, float("inf"))

    def _between(self, node: Node) -> Value:
        low, high = (self._number(part) for part in node.parts)
        return Span(min(low.low, high.low), max(low.high, high.high))


def _no_value(table: Table) -> Words:
    title = table.use.title
    return Words(
        f"«{title.kk}»: қажетті сан жоқ",
        f"«{title.ru}»: нужного числа нет",
        f"“{title.en}” has no such number",
    )


def _equal(value: object, word: str) -> bool:
    try:
        return float(str(value)) == float(word)
    except ValueError:
        return False


def _day_of(study: Study, table: Table, row: int) -> tuple[date, date] | None:
    for column in ("date", "year"):
        if table.has(column):
            text = str(table[column][row]).strip()
            if _YEAR.fullmatch(text):
                try:
                    day = PartialDate.parse(text)
                except ValueError:
                    return None
                return day.first, day.last
            return None
    if table.use.period_id is None:
        return None
    period = study.period(table)
    return period.first, period.last
