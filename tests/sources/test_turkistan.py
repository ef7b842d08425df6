"""The Turkistan study reads whole, quickly, and with the repairs it needs reported."""

from __future__ import annotations

from pathlib import Path

import pytest

from kelisim.core.study import Study
from tests.sources.invented import read

FOLDER = Path(__file__).parents[2] / "examples" / "turkistan"
ROWS = {
    "table1": 342,
    "table2": 342,
    "table5": 304,
    "table6": 340,
    "table4": 18,
    "table7": 5,
    "table3": 5,
    "figures": 75,
    "social": 21,
    "associations": 20,
    "events": 9,  # one of them is told with two places
    "event_labels": 7,
    "bureau": 76,
    "marginals": 39,
    "portals": 65,
    "accounts": 20,
}


@pytest.fixture(scope="module")
def study() -> Study:
    return read(FOLDER)


def test_every_table_has_all_its_rows(study: Study) -> None:
    assert {table_id: len(table) for table_id, table in study.tables.items()} == ROWS


def test_the_total_of_the_country_stands_as_printed(study: Study) -> None:
    table = study.table("table1")
    (row,) = [r for r in range(len(table)) if (table["area"][r], table["group"][r]) == ("KZ", "total")]
    assert table["count_persons"][row] == 18_631_779


def test_second_prints_are_kept_only_where_declared(study: Study) -> None:
    repeated = {table_id for table_id, table in study.tables.items() if table.prints.max() > 1}
    assert repeated == {"table6", "marginals", "events"}


def test_an_ill_printed_figure_is_missing_and_keeps_its_print(study: Study) -> None:
    table = study.table("figures")
    missing = [str(row["printed"]) for row in table.rows() if row["value"] != row["value"]]
    assert missing == [text for text in missing if text]


def test_repairs_are_reported_and_never_touch_prints(study: Study) -> None:
    assert len([repair for repair in study.repairs if repair.table_id == "portals"]) >= 20
    assert all(repair.before != repair.after for repair in study.repairs)


def test_tiles_do_not_share_a_place(study: Study) -> None:
    oblasts = [place for area_id, place in study.grid.items() if len(area_id) == 4]
    others = [place for area_id, place in study.grid.items() if len(area_id) > 4]
    assert len(oblasts) == len(set(oblasts)) == 17
    assert len(others) == len(set(others))


def test_every_file_of_the_folder_is_an_input(study: Study) -> None:
    # The notebook goes through the study and is no part of it; a run keeps its warehouse there.
    files = {path.relative_to(FOLDER).as_posix() for path in FOLDER.rglob("*") if path.is_file()}
    kept = {name for name in files if name.startswith(".kelisim/")}
    assert set(study.inputs) == files - kept - {"tour.ipynb"}
