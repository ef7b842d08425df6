"""One thing printed with different numbers in several tables or in the text.

The study declares where one quantity is printed, in expressions that bring all prints to one unit. Prints
agree when one value may stand behind both. A number of another date is another number: that is a note.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import combinations

from kelisim.audit.evaluation import Outcome, evaluate, span_words
from kelisim.audit.prints import joined
from kelisim.core.findings import Finding, FindingLevel
from kelisim.core.languages import Words
from kelisim.core.statements import Quantity
from kelisim.core.study import Study
from kelisim.stats.spans import Span

__all__ = ["quantities"]


def quantities(study: Study) -> Iterator[Finding]:
    """Compare the prints of every declared quantity, within their precision.

    One finding per quantity names every number once. It is a contradiction where two numbers that disagree
    speak of one date, and a note where their dates differ or one of them has none.
    """
    for quantity in study.statements.quantities:
        found = [evaluate(value.tree, study) for value in quantity.values]
        known = [outcome for outcome in found if isinstance(outcome.value, Span)]
        apart = [(a, b) for a, b in combinations(known, 2) if not _agree(a, b)]
        if apart:
            yield _finding(study, quantity, known, apart)


def _agree(one: Outcome, other: Outcome) -> bool:
    assert isinstance(one.value, Span) and isinstance(other.value, Span)
    return one.value.meets(other.value)


def _finding(
    study: Study, quantity: Quantity, known: list[Outcome], apart: list[tuple[Outcome, Outcome]]
) -> Finding:
    judged = [_judgement(_date_of(a), _date_of(b)) for a, b in apart]
    level, ending = min(judged, key=lambda each: each[0])  # "contradiction" comes before "note"
    differing = [o for o in known if any(o is a or o is b for a, b in apart)]
    said, what = joined((_place(study, outcome) for outcome in differing), "; "), quantity.what
    return Finding(
        code="one_thing_two_numbers",
        level=level,
        table_id=next(iter(table for outcome in differing for table in outcome.tables), ""),
        cells=tuple(dict.fromkeys(cell for outcome in differing for cell in outcome.cells)),
        values={"numbers": tuple(span_words(o.value).en for o in differing if isinstance(o.value, Span))},
        message=Words(
            f"{what.kk} әр жерде әртүрлі басылған: {said.kk}. {ending.kk}.",
            f"{what.ru}: в разных местах напечатаны разные числа – {said.ru}. {ending.ru}.",
            f"{what.en} is printed with different numbers: {said.en}. {ending.en}.",
        ),
    )


def _date_of(outcome: Outcome) -> tuple[date, date] | None:
    known = [day for day in outcome.dates if day is not None]
    if not known or len(known) < len(outcome.dates):
        return None
    return min(first for first, _ in known), max(last for _, last in known)


def _judgement(one: tuple[date, date] | None, other: tuple[date, date] | None) -> tuple[FindingLevel, Words]:
    if one is None or other is None:
        return "note", Words(
            "Сандардың бірінің күні көрсетілмеген, айырма содан болуы мүмкін",
            "У одного из чисел не указана дата, разница может объясняться этим",
            "One of the numbers has no date, which may explain the difference",
        )
    if one[0] > other[1] or other[0] > one[1]:
        return "note", Words(
            "Сандар әр күнге қатысты, сондықтан бұл қайшылық емес",
            "Числа относятся к разным датам, поэтому это не противоречие",
            "The numbers speak of different dates, so this is no contradiction",
        )
    return "contradiction", Words(
        "Күні бір, дөңгелектеу мұны түсіндірмейді",
        "Дата одна, округлением этого не объяснить",
        "The date is the same, and rounding does not explain it",
    )


def _place(study: Study, outcome: Outcome) -> Words:
    assert isinstance(outcome.value, Span)
    number = span_words(outcome.value)
    titles = [study.table(name).use.title for name in outcome.tables]
    if not titles:
        return number
    title = titles[0]
    return Words(f"{number.kk} («{title.kk}»)", f"{number.ru} («{title.ru}»)", f"{number.en} (“{title.en}”)")
