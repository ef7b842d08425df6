"""Questions with several answers whose shares behave as if one answer were allowed, and options not printed."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from kelisim.audit.prints import PrintedValue, joined, spoken
from kelisim.core.findings import Finding
from kelisim.core.languages import Words
from kelisim.core.provenance import Cell
from kelisim.core.study import Question, Study
from kelisim.core.tables import Table
from kelisim.stats.printed import sum_slack

__all__ = ["exclusive_shares", "options_without_print"]

# Two shares that make 100 together may do so by chance.
_ENOUGH = 3


def exclusive_shares(study: Study) -> Iterator[Finding]:
    """Report questions with several answers whose three or more shares add up to 100 within rounding."""
    for table in study.of_kind("marginals"):
        for question in study.questions.values():
            if question.type == "multiple":
                yield from _exclusive(table, question)


def _exclusive(table: Table, question: Question) -> Iterator[Finding]:
    for number in range(1, int(table.prints.max(initial=0)) + 1):
        printed = [v for v in _values(table, question.code, number).values() if v.value]
        if len(printed) < _ENOUGH:
            continue
        total = sum((v.value or Fraction(0) for v in printed), Fraction(0))
        finest = max(v.decimals for v in printed)
        if abs(total - 100) > sum_slack(len(printed), finest, None):
            continue
        label, said = question.label, spoken(total)
        allowed = question.max_selections
        many = Words(
            f"{allowed} жауапқа дейін" if allowed else "бірнеше жауап",
            f"до {allowed} ответов" if allowed else "несколько ответов",
            f"up to {allowed} answers" if allowed else "several answers",
        )
        yield Finding(
            code="several_answers_sum_to_100",
            level="note",
            table_id=table.use.table_id,
            cells=tuple(v.cell for v in printed),
            values={"question": question.code, "sum_pct": float(total), "parts": len(printed)},
            message=Words(
                f"«{label.kk}»: {many.kk} таңдауға болатын сұрақ, бірақ үлестердің қосындысы – {said.kk} %, бір ғана жауап алынғандай.",
                f"«{label.ru}»: вопрос допускает {many.ru}, но сумма долей – {said.ru} %, как будто ответ был один.",
                f"“{label.en}” allows {many.en}, but the shares add up to {said.en}%, as if only one had been taken.",
            ),
        )


def options_without_print(study: Study) -> Iterator[Finding]:
    """Report options that are read out and have no print, where the printed shares leave room for them.

    Shares of a single choice that make 100 leave nothing; options that are not read out are left to the sums.
    """
    for table in study.of_kind("marginals"):
        for question in study.questions.values():
            if question.type in ("single", "multiple") and question.options:
                yield from _unprinted(table, question)


def _unprinted(table: Table, question: Question) -> Iterator[Finding]:
    rows = [row for row in range(len(table)) if str(table["question"][row]) == question.code]
    if not rows:
        return
    values = _values(table, question.code, 1)
    filled = {option for row in rows for option in [str(table["option"][row])] if _has_value(table, row)}
    missing = [o for o in question.options if o not in filled and o not in question.do_not_read]
    if not missing:
        return
    known = [v for v in values.values() if v.value is not None]
    left = None
    if question.type == "single":
        left = 100 - sum((v.value or Fraction(0) for v in known), Fraction(0))
        slack = sum_slack(len(known), min((v.decimals for v in known), default=0), None)
        if left <= slack:
            return
    yield _finding(table, question, [v.cell for v in values.values()], missing, left)


def _has_value(table: Table, row: int) -> bool:
    return bool(table["share_pct"][row] == table["share_pct"][row])


def _values(table: Table, code: str, number: int) -> dict[str, PrintedValue]:
    return {
        str(table["option"][row]): PrintedValue.at(table, row, "share_pct")
        for row in range(len(table))
        if str(table["question"][row]) == code and int(table.prints[row]) == number
    }


def _finding(
    table: Table, question: Question, cells: list[Cell], missing: list[str], left: Fraction | None
) -> Finding:
    label = question.label
    names = joined(
        Words(f"«{o.kk}»", f"«{o.ru}»", f"“{o.en}”") for o in (question.options[key] for key in missing)
    )
    rest = Words("", "", "")
    if left is not None and left > 0:
        s = spoken(left)
        rest = Words(
            f" Бұлардың үлесіне бәрін қосқанда {s.kk} % қалады.",
            f" На них вместе остаётся {s.ru} %.",
            f" Together {s.en}% is left for them.",
        )
    return Finding(
        code="options_without_print",
        level="gap",
        table_id=table.use.table_id,
        cells=tuple(cells),
        values={
            "question": question.code,
            "options": tuple(missing),
            "left_pct": None if left is None else float(left),
        },
        message=Words(
            f"«{label.kk}»: мына жауап нұсқаларының үлесі басылмаған – {names.kk}.{rest.kk}",
            f"«{label.ru}»: не напечатаны доли вариантов ответа {names.ru}.{rest.ru}",
            f"“{label.en}”: no share is printed for {names.en}.{rest.en}",
        ),
    )
