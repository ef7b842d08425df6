"""Shares of one whole must add up to 100 within what rounding allows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from kelisim.audit.matrix import Matrix
from kelisim.audit.prints import PrintedValue, area_words, decimals_of, group_words, spoken
from kelisim.core.findings import Finding, FindingLevel
from kelisim.core.groups import TOTAL
from kelisim.core.languages import Words
from kelisim.core.study import Question, Study
from kelisim.core.tables import Table
from kelisim.stats.printed import half_unit

__all__ = ["share_sums"]


def share_sums(study: Study) -> Iterator[Finding]:
    """Check groups of an area, areas of a group, and the answers to single-choice questions.

    Above 100 beyond rounding is always a contradiction; below it only where every part is printed. Where
    only options that are not read out lack a print, what is left over is a gap. A sum that only the coarser
    rounding of some parts explains is a note.
    """
    for table in study.of_kind("population_share"):
        yield from _within_areas(study, table)
        yield from _across_areas(study, table)
    for table in study.of_kind("marginals"):
        for question in study.questions.values():
            if question.type == "single":
                yield from _of_question(table, question)


@dataclass(frozen=True)
class _Sum:
    """A sum of shares and how far rounding lets it lie from 100: as printed, and at the finest print."""

    parts: tuple[PrintedValue, ...]
    total: Fraction
    slack: Fraction
    finest: Fraction
    known: bool

    @classmethod
    def of(cls, parts: Sequence[PrintedValue]) -> _Sum:
        printed = [part for part in parts if part.value is not None]
        decimals = [part.decimals for part in printed]
        return cls(
            tuple(parts),
            sum((part.value for part in printed if part.value is not None), Fraction(0)),
            sum((half_unit(d) for d in decimals), Fraction(0)),
            len(decimals) * half_unit(max(decimals, default=0)),
            bool(parts) and len(printed) == len(parts),
        )

    def level(self, complete: bool, read_out: bool) -> FindingLevel | None:
        """How serious the sum is; None where there is nothing to say."""
        off = self.total - 100
        if off > self.slack or (complete and self.known and off < -self.slack):
            return "contradiction"
        if off > self.finest or (complete and self.known and off < -self.finest):
            return "note"
        return "gap" if read_out and self.known and off < -self.slack else None


_ENDINGS: dict[FindingLevel, Words] = {
    "contradiction": Words(
        "дөңгелектеу мұны түсіндіре алмайды",
        "округлением этого не объяснить",
        "rounding does not explain this",
    ),
    "note": Words(
        "мұны кейбір үлестердің аз таңбамен дөңгелектеліп басылғаны ғана түсіндіре алады",
        "объяснить это можно только тем, что часть долей округлена до меньшего числа знаков",
        "only the rounding of some shares to fewer decimals can explain this",
    ),
    "gap": Words(
        "қалған үлес басылмаған, ол оқылмайтын нұсқаларға («жауап беруге қиналамын» және сол сияқты) тиесілі болуы мүмкін",
        "остаток не напечатан, он может приходиться на варианты, которые не зачитывают («затрудняюсь ответить» и подобные)",
        "the rest is not printed and may belong to options that are not read out, such as “hard to answer”",
    ),
}


def _finding(table: Table, summed: _Sum, level: FindingLevel, what: Words) -> Finding:
    ending, total = _ENDINGS[level], spoken(summed.total)
    return Finding(
        code="shares_do_not_sum",
        level=level,
        table_id=table.use.table_id,
        cells=tuple(part.cell for part in summed.parts),
        values={"sum_pct": float(summed.total), "parts": len(summed.parts)},
        message=Words(
            f"{what.kk}: басылған үлестердің қосындысы – {total.kk} %; {ending.kk}.",
            f"{what.ru}: сумма напечатанных долей – {total.ru} %; {ending.ru}.",
            f"{what.en}: the printed shares add up to {total.en}%; {ending.en}.",
        ),
    )


def _within_areas(study: Study, table: Table) -> Iterator[Finding]:
    if table.use.base != "within_area":
        return
    shares = Matrix.of(table, "share_pct")
    parts = np.array([j for j, group in enumerate(shares.groups) if group != TOTAL], dtype=np.int64)
    for i in _unclear(shares.values[:, parts], shares.rows[:, parts], table):
        summed = _summed(table, shares.rows[i, parts])
        level = summed.level(complete=True, read_out=False)
        if level is not None:
            yield _finding(table, summed, level, area_words(study, shares.areas[i]))


def _across_areas(study: Study, table: Table) -> Iterator[Finding]:
    if table.use.base != "across_areas" or table.use.whole is None:
        return
    shares = Matrix.of(table, "share_pct")
    day = study.period(table).middle if table.use.period_id is not None else None
    expected = {a.area_id for a in study.areas.children(table.use.whole, day, table.use.unit_level)}
    units = np.array([i for i, area in enumerate(shares.areas) if area in expected], dtype=np.int64)
    for j in _unclear(shares.values[units].T, shares.rows[units].T, table):
        rows = shares.rows[units, j]
        # Without a date it is not known which units existed, so a small sum proves nothing.
        complete = day is not None and int((rows >= 0).sum()) == len(expected)
        summed = _summed(table, rows)
        level = summed.level(complete, read_out=False)
        if level is not None:
            yield _finding(table, summed, level, group_words(study, shares.groups[j]))


def _unclear(values: NDArray[np.float64], rows: NDArray[np.int64], table: Table) -> list[int]:
    """Lines whose sum is not clearly within what rounding at their finest print explains."""
    there = rows >= 0
    decimals = np.zeros(rows.shape, dtype=np.int64)
    decimals[there] = decimals_of(table, "share_pct", rows[there])
    known = ~np.isnan(values)
    finest = known.sum(axis=1) * 0.5 * 10.0 ** -np.where(known, decimals, 0).max(axis=1, initial=0)
    off = np.abs(np.where(known, values, 0.0).sum(axis=1) - 100)
    return [int(i) for i in np.flatnonzero(off > finest * (1 - 1e-9) - 1e-9)]


def _summed(table: Table, rows: NDArray[np.int64]) -> _Sum:
    return _Sum.of([PrintedValue.at(table, int(row), "share_pct") for row in np.sort(rows) if row >= 0])


def _of_question(table: Table, question: Question) -> Iterator[Finding]:
    for number in range(1, int(table.prints.max(initial=0)) + 1):
        rows = [
            row
            for row in range(len(table))
            if str(table["question"][row]) == question.code and int(table.prints[row]) == number
        ]
        summed = _Sum.of([PrintedValue.at(table, row, "share_pct") for row in rows])
        options = {str(table["option"][row]) for row in rows}
        complete = options >= set(question.options)
        read_out = options >= set(question.options) - set(question.do_not_read)
        level = summed.level(complete, read_out)
        if level is not None:
            label = question.label
            what = Words(f"«{label.kk}»", f"«{label.ru}»", f"“{label.en}”")
            yield _finding(table, summed, level, what)
