"""A bare register: what is read from it, and every fault told at once by row."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kelisim.core.errors import Refused
from kelisim.sources.incidents import (
    MOST_AREAS,
    Incidents,
    Month,
    RegisterColumns,
    read_areas,
    read_incidents,
)

HEAD = "area,day,told,n,kind"
PLAIN = RegisterColumns(area="area", date="day", only={})
FULL = RegisterColumns(area="area", date="day", known="told", count="n", only={})


def read(folder: Path, rows: list[str], columns: RegisterColumns = FULL, **more: Any) -> Incidents:
    path = folder / "register.csv"
    path.write_text("\n".join([HEAD, *rows]) + "\n", encoding="utf-8")
    options = {"areas": None, "outside": "refuse"} | more
    return read_incidents(path, columns, Month(2020, 1), Month(2020, 12), **options)


def refused(folder: Path, rows: list[str], columns: RegisterColumns = FULL, **more: Any) -> list[str]:
    with pytest.raises(Refused) as told:
        read(folder, rows, columns, **more)
    return [str(fault) for fault in told.value.faults]


def test_counts_and_months_of_report(tmp_path: Path) -> None:
    rows = [
        "north,2020-01-31,2020-02-01,2,a",
        "south,05.03.2020,2020-03,1,b",
        "north,2020-12-01T10:30,2021-05-01,3,a",
    ]
    found = read(tmp_path, rows)
    assert found.vintages.areas == ("north", "south")
    assert found.vintages.at(1).counts.tolist() == [[0], [0]]
    assert found.vintages.at(2).counts.tolist() == [[2, 0], [0, 0]]
    assert found.vintages.at(12).counts.sum() == 3
    assert found.vintages.final().counts[0].tolist() == [2, *[0] * 10, 3]
    assert (found.rows, found.outside, found.first, found.last) == (3, 0, Month(2020, 1), Month(2020, 12))


def test_without_the_columns_every_row_is_one_incident_known_in_its_month(tmp_path: Path) -> None:
    found = read(tmp_path, ["north,2020-01-31,,x,a", "north,2020-01-02,,,b"], PLAIN)
    assert found.vintages.at(1).counts.tolist() == [[2]]
    assert found.vintages.share_late() == 0


def test_announced_areas_keep_the_quiet_ones(tmp_path: Path) -> None:
    found = read(tmp_path, ["north,2020-02-01,,,a"], PLAIN, areas=("quiet", "north"))
    assert found.vintages.final().counts.sum(axis=1).tolist() == [0, 1]
    (fault,) = refused(tmp_path, ["nroth,2020-02-01,,,a"], PLAIN, areas=("quiet", "north"))
    assert "the area 'nroth' was not announced" in fault and "nearest announced area: north" in fault


def test_all_faults_are_told_at_once(tmp_path: Path) -> None:
    rows = [
        "north,2020-02-30,2020-03-01,1,a",
        "north,2020-05-02,2020-05-01,1,a",
        "north,2020-05-02,2020-05-02,-1,a",
        "north,2020-05-02,2020-05-02,1.5,a",
        "north,2019-12-31,2020-01-02,1,a",
        "north,2021-01-01,2021-01-02,1,a",
        ",2020-05-02,2020-05-02,1,a",
        "north,,2020-05-02,1,a",
        "north,2020,2020-05-02,1,a",
        "north,2020-06-01,soon,many,a",
    ]
    told = "\n".join(refused(tmp_path, rows))
    for words in (
        "row 2, day: '2020-02-30' is no date",
        "row 3, told: it was known on 2020-05-01, before it happened on 2020-05-02",
        "row 4, n: '-1' is negative",
        "row 5, n: '1.5' is no whole number",
        "row 6, day: the incident of 2019-12-31 lies before the window 2020-01 to 2020-12",
        "row 7, day: the incident of 2021-01-01 lies after the window",
        "row 8, area: there is no area",
        "row 9, day: there is no date",
        "row 10, day: '2020' names no month",
        "row 11, told: 'soon' is no date",
        "row 11, n: 'many' is no whole number",
    ):
        assert words in told
    assert told.count("Way out:") == 11


def test_rows_outside_the_window_are_left_out_where_that_is_asked_for(tmp_path: Path) -> None:
    found = read(tmp_path, ["north,2019-12-31,,,a", "north,2020-05-02,,,a"], PLAIN, outside="leave-out")
    assert (found.rows, found.outside, int(found.vintages.final().counts.sum())) == (2, 1, 1)


def test_a_report_known_to_the_month_may_come_in_the_month_of_the_incident(tmp_path: Path) -> None:
    assert read(tmp_path, ["north,2020-05-20,2020-05,1,a"]).vintages.at(5).counts.sum() == 1


def test_only_chosen_values_are_read_and_values_that_never_occur_are_refused(tmp_path: Path) -> None:
    only = RegisterColumns(area="area", date="day", only={"kind": ("a", "b")})
    rows = ["north,2020-05-02,,,a", "north,not read,,,c", "north,2020-05-02,,,b"]
    assert read(tmp_path, rows, only).rows == 2
    (fault,) = refused(
        tmp_path, rows, RegisterColumns(area="area", date="day", only={"kind": ("a", "clahs")})
    )
    assert "no row has the value 'clahs'" in fault


def test_columns_files_and_windows_that_are_not_there(tmp_path: Path) -> None:
    (fault,) = refused(
        tmp_path, ["north,2020-05-02,,,a"], RegisterColumns(area="district", date="day", only={})
    )
    assert "there is no such column" in fault and "area, day, told" in fault
    with pytest.raises(Refused, match="cannot be read"):
        read_incidents(
            tmp_path / "no.csv", PLAIN, Month(2020, 1), Month(2020, 2), areas=None, outside="refuse"
        )
    with pytest.raises(Refused, match="the window 2020-03 to 2020-01 has -1 months"):
        read_incidents(
            tmp_path / "register.csv", PLAIN, Month(2020, 3), Month(2020, 1), areas=None, outside="refuse"
        )


def test_a_register_without_rows_needs_its_areas(tmp_path: Path) -> None:
    assert read(tmp_path, [], PLAIN, areas=("north",)).vintages.final().counts.sum() == 0
    (fault,) = refused(tmp_path, [], PLAIN)
    assert "no areas were announced" in fault


def test_a_link_that_the_caller_names_is_followed(tmp_path: Path) -> None:
    read(tmp_path, ["north,2020-05-02,,,a"], PLAIN)
    (tmp_path / "elsewhere").mkdir()
    link = tmp_path / "elsewhere" / "link.csv"
    link.symlink_to(tmp_path / "register.csv")
    found = read_incidents(link, PLAIN, Month(2020, 1), Month(2020, 12), areas=None, outside="refuse")
    assert found.rows == 1


def test_more_areas_than_can_be_forecast_are_refused(tmp_path: Path) -> None:
    (fault,) = refused(tmp_path, [f"a{k},2020-05-02,,,a" for k in range(MOST_AREAS + 1)], PLAIN)
    assert "join small areas" in fault


def test_a_thousand_faults_are_counted_and_a_hundred_shown(tmp_path: Path) -> None:
    told = refused(tmp_path, ["north,never,,,a"] * 1000, PLAIN)
    assert len(told) == 101 and any("900 more faults" in line for line in told)


def test_areas_of_a_file(tmp_path: Path) -> None:
    path = tmp_path / "areas.txt"
    path.write_text("north\n\n south \n", encoding="utf-8")
    assert read_areas(path) == ("north", "south")
    path.write_text("north\nnorth\n", encoding="utf-8")
    with pytest.raises(Refused, match="named twice"):
        read_areas(path)
    path.write_text("\n \n", encoding="utf-8")
    with pytest.raises(Refused):
        read_areas(path)


@given(st.integers(1, 9999), st.integers(1, 12), st.integers(0, 400))
def test_months_add_up(year: int, month: int, more: int) -> None:
    first = Month(year, month)
    later = first.plus(more)
    assert first.until(later) == more
    assert later >= first and 1 <= later.month <= 12
    if later.year <= 9999:
        assert Month.parse(str(later)) == later


@settings(max_examples=40)
@given(st.lists(st.text(max_size=12), min_size=4, max_size=4))
def test_any_text_is_read_or_refused_but_never_breaks(
    tmp_path_factory: pytest.TempPathFactory, cells: list[str]
) -> None:
    folder = tmp_path_factory.mktemp("fuzz")
    row = ",".join('"' + cell.replace('"', '""') + '"' for cell in cells)
    try:
        read(folder, ["north,2020-01-01,2020-01-01,1,a", row + ",a"])
    except Refused as told:
        assert told.faults
