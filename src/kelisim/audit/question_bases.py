"""From how many answers the printed shares of a question can come, for each question and for all together.

Prints that "cannot arise from N equal-weight answers" are not called false: weighting or a sub-sample explains
them too. Where almost every print would fit the base, the check has no power, and silence means nothing.
"""

from __future__ import annotations

from collections.abc import Iterator

from kelisim.audit.prints import PrintedValue, joined
from kelisim.core.findings import Finding
from kelisim.core.languages import Words
from kelisim.core.provenance import Cell
from kelisim.core.question_bases import QuestionBases
from kelisim.core.study import Question, Study
from kelisim.core.tables import Table
from kelisim.stats.bases import feasible_bases

__all__ = ["bases_of", "question_bases"]

# Without a printed number of answers bases are tried until every print is attainable, but no further than this.
_LIMIT = 10_000


def bases_of(study: Study) -> Iterator[QuestionBases]:
    """Search the bases of every print of every question, up to the number interviewed.

    Weighted answers are not of equal weight: nothing is searched where the study declares weights.
    """
    weighted = study.interviews is not None and study.interviews.weighted
    for table in () if weighted else study.of_kind("marginals"):
        grouped: dict[tuple[str, int], list[int]] = {}
        for row in range(len(table)):
            grouped.setdefault((str(table["question"][row]), int(table.prints[row])), []).append(row)
        for (code, number), rows in grouped.items():
            printed = [PrintedValue.at(table, row, "share_pct") for row in rows]
            known = [value for value in printed if value.value is not None and 0 <= value.value <= 100]
            if known:
                yield _searched(study, table, code, number, rows, known)


def _searched(
    study: Study, table: Table, code: str, number: int, rows: list[int], known: list[PrintedValue]
) -> QuestionBases:
    question = study.questions.get(code)
    asked = _asked(study, question)
    finest = max(value.decimals for value in known)
    limit = asked or study.n_printed or min(100 * 10**finest, _LIMIT)
    options = {str(table["option"][row]) for row in rows}
    found = feasible_bases(
        [(value.value, value.decimals) for value in known if value.value is not None],
        limit,
        exclusive=question is not None and question.type == "single",
        complete=question is not None and len(known) == len(rows) and options >= set(question.options),
    )
    at = asked or limit
    return QuestionBases(
        table.use.table_id,
        code,
        number,
        asked,
        limit,
        found.listed(),
        int(found.matched[at - 1]) == len(known),
        found.power(at),
        tuple(value.cell for value in known),
    )


def _asked(study: Study, question: Question | None) -> int | None:
    if question is not None and question.base_printed is not None:
        return question.base_printed
    return None if question is not None and question.asked_of_part else study.n_printed


def question_bases(study: Study) -> Iterator[Finding]:
    """Report questions whose shares cannot come from the number of answers printed, or from any up to it.

    Where every print fits by itself and only their sum fits no base, `share_sums` has said what is wrong.
    """
    searched = list(bases_of(study))
    for found in searched:
        asked = found.asked
        summed_wrongly = found.each_fits and not found.feasible
        if asked is not None and not found.fits(asked) and not summed_wrongly:
            yield _of_question(study, found)
    yield from _of_sample(study, searched)


def _share_words(cell: Cell) -> Words:
    point = cell.printed.rstrip(" %")
    return Words(point.replace(".", ","), point.replace(".", ","), point.replace(",", "."))


def _of_question(study: Study, found: QuestionBases) -> Finding:
    asked = study.questions.get(found.question)
    label = asked.label if asked is not None else Words.same(found.question)
    shares = joined((_share_words(cell) for cell in found.cells), "; ")
    tried, smallest, listed = found.limit, found.smallest, found.feasible
    if smallest is None:
        cause = Words(
            f"1 мен {tried} аралығындағы ешбір тең салмақты жауап санынан шыға алмайды",
            f"не могут получиться ни из какого числа равновесных ответов от 1 до {tried}",
            f"cannot arise from any number of equal-weight answers from 1 to {tried}",
        )
    else:
        some = ", ".join(map(str, listed[:5])) + (" …" if len(listed) > 5 else "")
        cause = Words(
            f"{tried} тең салмақты жауаптан шыға алмайды. Сәйкес келетін жауап саны: {some}",
            f"не могут получиться из {tried} равновесных ответов. Подходящее число ответов: {some}",
            f"cannot arise from {tried} equal-weight answers. Numbers of answers that fit: {some}",
        )
    return Finding(
        code="base_does_not_fit",
        level="contradiction",
        table_id=found.table_id,
        cells=found.cells,
        values={
            "question": found.question,
            "print": found.number,
            "answers_printed": found.asked,
            "smallest_base": smallest,
            "feasible_bases": len(listed),
            "power": round(found.power, 4),
        },
        message=Words(
            f"«{label.kk}»: басылған үлестер ({shares.kk} %) {cause.kk}. Мұны салмақтау немесе сұраққа жұрттың бір бөлігі ғана жауап бергені де түсіндіреді.",
            f"«{label.ru}»: напечатанные доли ({shares.ru} %) {cause.ru}. Взвешивание или ответы лишь части опрошенных тоже объясняют это.",
            f"“{label.en}”: the printed shares ({shares.en}%) {cause.en}. Weighting, or answers of only a part of those interviewed, explain it too.",
        ),
    )


def _of_sample(study: Study, searched: list[QuestionBases]) -> Iterator[Finding]:
    """One number of answers for all questions that were put to everybody, or the finding that there is none."""
    for table in study.of_kind("marginals"):
        asked = [
            found
            for found in searched
            if found.table_id == table.use.table_id and found.asked is not None and found.feasible
        ]
        # A base that the questions themselves print is compared with them one by one.
        asked = [f for f in asked if f.asked == study.n_printed]
        if len(asked) < 2:
            continue
        common = set(asked[0].feasible).intersection(*(f.feasible for f in asked[1:]))
        if common:
            continue
        smallest: dict[int, list[str]] = {}
        for found in asked:
            if not found.fits(study.n_printed or 0):
                smallest.setdefault(found.smallest or 0, []).append(found.question)
        said = joined(
            (
                Words(
                    f"{base} – {', '.join(dict.fromkeys(codes))}",
                    f"{base} – {', '.join(dict.fromkeys(codes))}",
                    f"{base} for {', '.join(dict.fromkeys(codes))}",
                )
                for base, codes in sorted(smallest.items())
            ),
            "; ",
        )
        n = study.n_printed
        yield Finding(
            code="no_common_base",
            level="note",
            table_id=table.use.table_id,
            cells=tuple(found.cells[0] for found in asked),
            values={
                "answers_printed": n,
                "questions": tuple(dict.fromkeys(found.question for found in asked)),
                "smallest_bases": tuple(str(base) for base in sorted(smallest)),
            },
            message=Words(
                f"1 мен {n} аралығындағы ешбір жауап саны барлық сұрақтың үлестеріне бірдей сәйкес келмейді. Сұрақ бойынша ең аз сәйкес сан: {said.kk}.",
                f"Ни одно число ответов до {n} не подходит сразу ко всем вопросам. Наименьшее подходящее число по вопросам: {said.ru}.",
                f"No number of answers up to {n} fits the shares of all questions at once. Smallest number that fits: {said.en}.",
            ),
        )
