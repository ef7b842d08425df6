"""Which day do the totals of a table really belong to? They are compared with an independent series."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from kelisim.audit.prints import PrintedValue, spoken
from kelisim.core.findings import Finding, FindingLevel
from kelisim.core.groups import TOTAL
from kelisim.core.languages import Words
from kelisim.core.periods import PartialDate
from kelisim.core.study import Study
from kelisim.core.tables import Table

__all__ = ["reference_dates"]

# Where no day fits exactly, the nearest is named only if it is this near, and this much nearer than the declared.
_NEAR = Fraction(1, 200)
_NEARER = 5
# One or two totals near a day say nothing, for totals of all days lie near each other.
_FEWEST = 3


@dataclass(frozen=True)
class _Day:
    """One day of the series: pairs of table and series, and how well they agree."""

    day: PartialDate
    pairs: tuple[tuple[PrintedValue, PrintedValue], ...]

    @property
    def equal(self) -> int:
        return sum(a.value == b.value for a, b in self.pairs)

    @property
    def distance(self) -> Fraction:
        """Mean relative difference."""
        parts = [_apart(a.value or Fraction(0), b.value or Fraction(0)) for a, b in self.pairs]
        return sum(parts, Fraction(0)) / len(parts)


def _apart(a: Fraction, b: Fraction) -> Fraction:
    return abs(a - b) / b if b else Fraction(int(a != b))


def reference_dates(study: Study) -> Iterator[Finding]:
    """Find the day whose totals a table carries, for every benchmark that the study declares.

    A table belongs to the day on which most of its totals, and at least half of them, equal the series. It
    is a contradiction if the table declares another day, a note if the printed year is another one or if
    no day was declared. A day near which totals merely lie is a note.
    """
    for benchmark in study.statements.benchmarks:
        series = study.table(benchmark.series)
        for name in benchmark.tables:
            table = study.table(name)
            days = list(_days(series, table))
            if days:
                yield from _of_table(study, table, series, days)


def _days(series: Table, table: Table) -> Iterator[_Day]:
    totals = {
        str(table["area"][row]): PrintedValue.at(table, row, "count_persons")
        for row in range(len(table))
        if str(table["group"][row]) == TOTAL and int(table.prints[row]) == 1
    }
    by_day: dict[str, list[tuple[PrintedValue, PrintedValue]]] = {}
    for row in range(len(series)):
        total = totals.get(str(series["area"][row]))
        value = PrintedValue.at(series, row, "count_persons")
        if total is not None and total.value is not None and value.value is not None:
            by_day.setdefault(str(series["date"][row]), []).append((total, value))
    most = max(map(len, by_day.values()), default=0)
    for text, pairs in by_day.items():
        # A day of which the series has few areas would win by having little to disagree with.
        if 2 * len(pairs) > most:
            yield _Day(PartialDate.parse(text), tuple(pairs))


def _of_table(study: Study, table: Table, series: Table, days: list[_Day]) -> Iterator[Finding]:
    period = study.period(table) if table.use.period_id is not None else None
    declared = [
        day for day in days if period and day.day.first <= period.last and period.first <= day.day.last
    ]
    best = max(days, key=lambda day: (day.equal, -day.distance))
    exact = 2 * best.equal >= len(best.pairs) and best.equal > 0
    if any(day.equal == best.equal for day in declared) and exact:
        best = max(declared, key=lambda day: day.equal)
        # The reading of the year is confirmed; readers should know that the print says another year.
        if period and not period.known and not _says(period.printed, best.day.first):
            yield _finding(study, table, series, best, "note", len(best.pairs))
        return
    if exact:
        yield _finding(study, table, series, best, "contradiction" if period else "note", len(best.pairs))
        return
    nearest = min(days, key=lambda day: day.distance)
    if len(nearest.pairs) < _FEWEST:
        return
    if nearest in declared or nearest.distance > _NEAR:
        return
    if period and any(day.distance <= _NEARER * nearest.distance for day in declared):
        return
    if period and not declared and _between(days, period.middle):
        return
    yield _finding(study, table, series, nearest, "note", len(nearest.pairs))


def _says(printed: str, day: date) -> bool:
    return str(day.year) in printed


def _between(days: list[_Day], day: date) -> bool:
    """Whether the declared day falls into a gap of the series, where its totals cannot be looked up."""
    return min(d.day.first for d in days) < day < max(d.day.last for d in days)


def _finding(
    study: Study, table: Table, series: Table, best: _Day, level: FindingLevel, compared: int
) -> Finding:
    period = study.period(table) if table.use.period_id is not None else None
    title, by, day = table.use.title, study.sources[series.use.source_id].title, str(best.day)
    if period is None:
        said = Words("күні көрсетілмеген", "дата не указана", "carries no date")
    else:
        p = period.printed
        said = Words(
            f"«{p}» деп басылған ({period.first} деп алынған)" if level == "contradiction" else f"«{p}» деп басылған",
            f"напечатано «{p}» (принято за {period.first})" if level == "contradiction" else f"напечатано «{p}»",
            f"is printed as “{p}” (taken as {period.first})" if level == "contradiction" else f"is printed as “{p}”",
        )  # fmt: skip
    if 2 * best.equal >= len(best.pairs) and best.equal:
        fit = Words(
            f"тәуелсіз қатардың («{by.kk}») {day} күнгі сандарына дәл келеді (салыстырылған жиынтықтар – {compared}, тең келгені – {best.equal})",
            f"точно совпадает с независимым рядом («{by.ru}») на {day} (сравнено итогов – {compared}, равны {best.equal})",
            f"equals the independent series (“{by.en}”) for {day} exactly (totals compared: {compared}, equal: {best.equal})",
        )
    else:
        off = spoken(Fraction(round(best.distance * 10_000), 100), 2)
        fit = Words(
            f"жиынтықтары {day} күнгі тәуелсіз қатарға ең жақын («{by.kk}»), орташа айырмасы – {off.kk} %",
            f"её итоги ближе всего к независимому ряду на {day} («{by.ru}»), средняя разница {off.ru} %",
            f"its totals lie nearest to the independent series for {day} (“{by.en}”), {off.en}% away on average",
        )
    pairs = [(a, b) for a, b in best.pairs if a.value == b.value] or list(best.pairs)
    return Finding(
        code="totals_of_another_date",
        level=level,
        table_id=table.use.table_id,
        cells=tuple(value.cell for pair in pairs for value in pair),
        values={
            "date": day,
            "printed": period.printed if period else None,
            "equal": best.equal,
            "compared": compared,
            "mean_difference": float(best.distance),
        },
        message=Words(
            f"«{title.kk}»: {said.kk}, бірақ {fit.kk}.",
            f"«{title.ru}»: {said.ru}, но {fit.ru}.",
            f"“{title.en}” {said.en}, but {fit.en}.",
        ),
    )
