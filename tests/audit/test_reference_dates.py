"""Which day the totals of a table belong to."""

from __future__ import annotations

from datetime import date
from typing import Any

from kelisim.audit.reference_dates import reference_dates
from kelisim.core.findings import Finding
from kelisim.core.periods import Period
from kelisim.core.statements import Benchmark, Statements
from tests.cast import PERIODS, counts, series, study

YEARS = {"2019-01-01": (500, 300, 200), "2020-01-01": (510, 310, 190), "2021-01-01": (520, 320, 180)}
SERIES = series(
    [(f"S{i + 1}", day, n) for day, row in YEARS.items() for i, n in enumerate(row)], table_id="bureau"
)
AS_PRINTED = Period("as_printed", "2019", date(2020, 1, 1), date(2020, 1, 1), False)


def dated(values: tuple[float, ...], period: str | None = "y2019", **changed: Any) -> list[Finding]:
    table = counts(
        [(f"S{i + 1}", "total", n) for i, n in enumerate(values)], table_id="people", period_id=period
    )
    marks = Statements(benchmarks=(Benchmark("bureau", ("people",)),))
    periods = {**PERIODS, "as_printed": AS_PRINTED}
    return list(reference_dates(study(table, SERIES, statements=marks, periods=periods)))


def test_totals_of_their_own_day_pass() -> None:
    assert not dated(YEARS["2019-01-01"]) and not dated(YEARS["2021-01-01"], "y2021")


def test_totals_of_another_year_are_found_by_cell() -> None:
    (found,) = dated(YEARS["2020-01-01"])
    assert (found.code, found.level) == ("totals_of_another_date", "contradiction")
    assert (found.values["date"], found.values["equal"], found.values["compared"]) == ("2020-01-01", 3, 3)
    assert [(c.file.rpartition("/")[2], c.row) for c in found.cells][:2] == [
        ("people.csv", 2),
        ("bureau.csv", 5),
    ]


def test_a_reading_of_the_printed_year_that_is_confirmed_is_a_note() -> None:
    (found,) = dated(YEARS["2020-01-01"], "as_printed")
    assert found.level == "note" and "“2019”" in found.message.en


def test_a_table_without_a_date_gets_one() -> None:
    (found,) = dated(YEARS["2021-01-01"], None)
    assert found.level == "note" and "carries no date" in found.message.en


def test_most_totals_decide_and_a_single_slip_does_not_move_the_table() -> None:
    assert not dated((500, 300, 201))
    (found,) = dated((510, 310, 201))
    assert found.values["equal"] == 2


def test_totals_near_a_day_are_a_note_and_far_ones_are_nothing() -> None:
    (found,) = dated((510.0, 310.0 + 0, 190.0))
    assert found.values["equal"] == 3
    totals = (520_100, 320_050, 180_020)
    near = counts([(f"S{i + 1}", "total", n) for i, n in enumerate(totals)], table_id="people")
    thousands = [(f"S{i + 1}", day, 1_000 * n) for day, row in YEARS.items() for i, n in enumerate(row)]
    big = series(thousands, table_id="bureau")
    marks = Statements(benchmarks=(Benchmark("bureau", ("people",)),))
    (note,) = reference_dates(study(near, big, statements=marks))
    assert note.level == "note" and note.values["date"] == "2021-01-01" and note.values["equal"] == 0
    assert not dated((900, 800, 700))
