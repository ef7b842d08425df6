"""Units absent from a table or printed without a value."""

from __future__ import annotations

from kelisim.audit.missing_units import missing_units
from tests.cast import counts, shares, study

USE = {"whole": "S", "unit_level": ("oblast", "city")}
ALL = [("S", "total", 100), ("S1", "total", 50), ("S2", "total", 30), ("S3", "total", 20)]


def test_a_table_with_every_unit_passes() -> None:
    assert not list(missing_units(study(counts(ALL, **USE))))


def test_an_absent_unit_is_named() -> None:
    (found,) = missing_units(study(counts(ALL[:-1], **USE)))
    assert (found.code, found.level, found.values["absent"]) == ("units_missing", "gap", ("S3",))
    assert "Zhaz oblast" in found.message.en and "Жазская область" in found.message.ru


def test_a_unit_counts_only_from_the_day_it_exists() -> None:
    (found,) = missing_units(study(counts(ALL, **USE, period_id="y2021")))
    assert found.values["absent"] == ("S4",)


def test_a_unit_without_a_value_is_found_by_cell() -> None:
    (found,) = missing_units(study(counts([*ALL[:-1], ("S3", "total", None)], **USE)))
    assert found.values["empty"] == ("S3",) and not found.values["absent"]
    assert [(cell.row, cell.column, cell.printed) for cell in found.cells] == [(5, "count_persons", "")]


def test_a_unit_with_some_values_is_told_apart_from_an_empty_one() -> None:
    rows = [(area, group, "33,3") for area in ("S1", "S2", "S3") for group in ("alder", "birch")]
    rows[3] = ("S2", "birch", "")
    (found,) = missing_units(study(shares(rows, base="across_areas", **USE)))
    assert found.values["partly"] == ("S2",) and not found.values["empty"]


def test_without_a_date_only_empty_units_are_reported() -> None:
    rows = [("S", "total", 100), ("S1", "total", None)]
    (found,) = missing_units(study(counts(rows, **USE, period_id=None)))
    assert found.values["absent"] == () and found.values["empty"] == ("S1",)


def test_a_table_that_claims_no_whole_misses_nothing() -> None:
    assert not list(missing_units(study(counts(ALL[:2]))))
