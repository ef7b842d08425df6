"""One question printed twice with different values. Both prints stay; nobody chooses between them here."""

from __future__ import annotations

from collections.abc import Iterator

from kelisim.audit.prints import PrintedValue, joined, spoken
from kelisim.core.findings import Finding
from kelisim.core.languages import Words
from kelisim.core.study import Study
from kelisim.core.tables import Table
from kelisim.stats.printed import bounds

__all__ = ["repeated_questions"]

_Pair = tuple[str, PrintedValue, PrintedValue]


def repeated_questions(study: Study) -> Iterator[Finding]:
    """Report every question of which some answer has two prints that no rounding of one value explains."""
    for table in study.of_kind("marginals"):
        for question in dict.fromkeys(str(q) for q in table["question"]):
            found = _differing(table, question)
            if found:
                yield _finding(study, table, question, found)


def _differing(table: Table, question: str) -> list[_Pair]:
    first: dict[str, PrintedValue] = {}
    found = []
    for row in range(len(table)):
        if str(table["question"][row]) != question:
            continue
        value = PrintedValue.at(table, row, "share_pct")
        if value.value is None:
            continue
        option = str(table["option"][row])
        earlier = first.setdefault(option, value)
        if not _one_value(earlier, value):
            found.append((option, earlier, value))
    return found


def _one_value(a: PrintedValue, b: PrintedValue) -> bool:
    assert a.value is not None and b.value is not None
    (low, high), (other_low, other_high) = bounds(a.value, a.decimals), bounds(b.value, b.decimals)
    # Prints that only touch at an end (38.1 and 38.2) stay different.
    return a.value == b.value or (low < other_high and other_low < high)


def _finding(study: Study, table: Table, question: str, found: list[_Pair]) -> Finding:
    asked = study.questions.get(question)
    label = asked.label if asked is not None else Words.same(question)
    options = asked.options if asked is not None else {}
    pairs = joined((_pair(options.get(o, Words.same(o)), a, b) for o, a, b in found), "; ")
    return Finding(
        code="question_printed_twice",
        level="contradiction",
        table_id=table.use.table_id,
        cells=tuple(value.cell for _, a, b in found for value in (a, b)),
        values={"question": question, "answers": len(found)},
        message=Words(
            f"«{label.kk}» сұрағының үлестері екі рет әртүрлі басылған: {pairs.kk}.",
            f"Доли ответов на вопрос «{label.ru}» напечатаны дважды и по-разному: {pairs.ru}.",
            f"The shares of answers to “{label.en}” are printed twice with different values: {pairs.en}.",
        ),
    )


def _pair(option: Words, a: PrintedValue, b: PrintedValue) -> Words:
    x, y = spoken(a.value, a.decimals), spoken(b.value, b.decimals)
    return Words(
        f"«{option.kk}» – {x.kk} % және {y.kk} %",
        f"«{option.ru}» – {x.ru} % и {y.ru} %",
        f"“{option.en}” {x.en}% and {y.en}%",
    )
