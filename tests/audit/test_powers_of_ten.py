"""Numbers off by a factor of ten, and tables in different units."""

from __future__ import annotations

import pytest

from kelisim.audit.powers_of_ten import powers_of_ten
from tests.cast import counts, series, study, table

GROUPS = ("alder", "birch", "other")
BASE = {"S1": (50_120, 7_310, 2_570), "S2": (30_450, 4_980, 1_230), "S3": (20_990, 2_010, 640)}
USE = {"whole": "S", "unit_level": ("oblast", "city"), "complete_groups": True}


def rows(
    change: dict[tuple[str, str], float] | None = None, times: float = 1
) -> list[tuple[str, str, float | None]]:
    cells = {(a, g): n * times for a, values in BASE.items() for g, n in zip(GROUPS, values, strict=True)}
    cells |= {("S", g): sum(cells[a, g] for a in BASE) for g in GROUPS}
    cells |= {(a, "total"): sum(cells[a, g] for g in GROUPS) for a in ("S", *BASE)}
    return [(a, g, float(int(n))) for (a, g), n in (cells | (change or {})).items()]


@pytest.mark.parametrize(("value", "power"), [(498, 1), (49_800, -1), (4_980_000, -3)])
def test_a_cell_that_its_sums_mend_is_found(value: float, power: int) -> None:
    planted = rows({("S2", "birch"): value})
    (found,) = powers_of_ten(study(counts(planted, **USE)))
    assert (found.code, found.values["fits"], found.values["power"]) == (
        "off_by_power_of_ten",
        4_980.0,
        power,
    )
    assert found.cells[0].row == 2 + [r[:2] for r in planted].index(("S2", "birch"))


def test_a_total_that_lost_a_digit_is_found() -> None:
    (found,) = powers_of_ten(study(counts(rows({("S2", "total"): 3_666}), **USE)))
    assert found.values["fits"] == 36_660


def test_clean_tables_and_other_faults_pass() -> None:
    assert not list(powers_of_ten(study(counts(rows(), **USE))))
    assert not list(powers_of_ten(study(counts(rows({("S2", "birch"): 4_981}), **USE))))


def test_tables_in_different_units_are_found() -> None:
    thousand = counts(rows(times=0.001), table_id="thousands", period_id="y2021")
    (found,) = powers_of_ten(study(counts(rows(), table_id="persons"), thousand))
    assert (found.code, found.values["power"]) == ("tables_in_different_units", -3)


def test_one_cell_of_two_dates_is_found_and_growth_is_not() -> None:
    early = counts(rows(), table_id="early")
    late = counts(rows({("S2", "birch"): 51_000}, times=1.04), table_id="late", period_id="y2021")
    (found,) = powers_of_ten(study(early, late))
    assert found.cells[0].file == "data/late.csv" and found.values["power"] == -1
    assert not list(powers_of_ten(study(early, counts(rows(times=1.3), table_id="late", period_id="y2021"))))


def test_one_day_of_a_series_is_found() -> None:
    days = [("S1", f"{y}-01-01", n) for y, n in ((2018, 5_000), (2019, 510), (2020, 5_210), (2021, 5_300))]
    (found,) = powers_of_ten(study(series(days, table_id="bureau")))
    assert found.cells[0].row == 3 and found.values["fits"] == 5_100
    wages = [
        ("wage", "S", str(y), v)
        for y, v in ((2018, 150_000), (2019, 160_000), (2020, 171.0), (2021, 180_000))
    ]
    (wage,) = powers_of_ten(study(table("figures", ("figure", "area", "year", "value"), wages)))
    assert wage.values["power"] == 3
