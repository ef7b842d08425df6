"""One question printed twice with different values. Both prints stay; nobody chooses between them here."""

from __future__ import annotations

from collections.abc import Iterator

from kelisim.audit.prints import PrintedValue, spoken
from kelisim.core.findings import Finding
from kelisim.core.languages import Words
from kelisim.core.study import Study
from kelisim.core.tables import Table

__all__ = ["repeated_questions"]


def repeated_questions(study: Study) -> Iterator[Finding]:
    """Report every question of which some answer has two prints that differ."""
    for table in study.of_kind("marginals"):
        for question in dict.fromkeys(str(q) for q in table["question"]):
            found = _differing(table, question)
            if not found:
                continue
            label = study.questions[question].label if question in study.questions else Words.same(question)
            pairs = "; ".join(f"{spoken(a.value)} – {spoken(b.value)}" for a, b in found)
            yield Finding(
                code="question_printed_twice",
                level="contradiction",
                table_id=table.use.table_id,
                cells=tuple(value.cell for pair in found for value in pair),
                values={"question": question, "answers": len(found)},
                message=Words(
                    f"«{label.kk}» сұрағының үлестері екі рет әртүрлі басылған (%): {pairs}.",
                    f"Доли ответов на вопрос «{label.ru}» напечатаны дважды по-разному (%): {pairs}.",
                    f"The shares of “{label.en}” are printed twice with different values (%): {pairs}.",
                ),
            )


def _differing(table: Table, question: str) -> list[tuple[PrintedValue, PrintedValue]]:
    first: dict[str, PrintedValue] = {}
    found = []
    for row in range(len(table)):
        if str(table["question"][row]) != question:
            continue
        value = PrintedValue.at(table, row, "share_pct")
        earlier = first.setdefault(str(table["option"][row]), value)
        if earlier.value != value.value:
            found.append((earlier, value))
    return found
