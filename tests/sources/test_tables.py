"""Tables of a study: names joined to codes, counts checked, keys unique, look-alike letters reported."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from tests.sources.invented import COUNTS, DECLARATION, read, refusal, write_study


def test_names_and_codes_join_to_the_same_area(tmp_path: Path) -> None:
    table = read(write_study(tmp_path)).table("counts")
    assert list(table["area"]) == ["T1", "T1", "T2", "T2"]
    assert list(table["group"]) == ["kazakh", "other", "kazakh", "other"]
    assert list(table["count_persons"][:3]) == [1200, 300, 900]
    assert math.isnan(table["count_persons"][3])
    assert table.cell(2, "count_persons").row == 4


@pytest.mark.parametrize(
    ("row", "field", "reason"),
    [
        ("Көл,қазақ,-5", "persons", "negative"),
        ("Көл,қазақ,1.5", "persons", "no whole number"),
        ('Көл,қазақ,"1,000"', "persons", "one or a thousand"),
        ("Көл,қазақ,көп", "persons", "not a number"),
        ("Көлл,қазақ,5", "area", "area 'Көлл' is not declared"),
        ("Көл,қазах,5", "group", "group 'қазах' is not declared"),
        (",қазақ,5", "area", "empty"),
    ],
)
def test_a_bad_cell_is_named_by_file_row_and_column(
    tmp_path: Path, row: str, field: str, reason: str
) -> None:
    (fault,) = refusal(write_study(tmp_path, counts=f"area,group,persons\nT2,kazakh,1\n{row}\n"))
    assert (fault.file, fault.row, fault.field) == ("counts.csv", 3, field)
    assert reason in fault.reason


def test_an_unknown_area_brings_the_nearest_names(tmp_path: Path) -> None:
    (fault,) = refusal(write_study(tmp_path, counts="area,group,persons\nӨзенн,қазақ,5\n"))
    assert "T2 (Өзен)" in fault.reason


def test_all_faults_of_a_file_are_gathered(tmp_path: Path) -> None:
    counts = "area,group,persons\nЖоқ,қазақ,5\nКөл,жоқ,5\nКөл,қазақ,-1\n"
    assert [fault.row for fault in refusal(write_study(tmp_path, counts=counts))] == [2, 3, 4]


def test_two_rows_with_one_key_are_ambiguous(tmp_path: Path) -> None:
    (fault,) = refusal(write_study(tmp_path, counts=COUNTS + "T1,kazakh,1\n"))
    assert fault.row == 6
    assert "already stands in row 2" in fault.reason


def test_declared_repeats_are_kept_as_further_prints(tmp_path: Path) -> None:
    declaration = DECLARATION.replace("    whole: T\n", "    whole: T\n    repeats: prints\n")
    table = read(write_study(tmp_path, declaration, counts=COUNTS + "T1,kazakh,1\n")).table("counts")
    assert list(table.prints) == [1, 1, 1, 1, 2]


def test_a_missing_column_is_refused_with_the_header(tmp_path: Path) -> None:
    (fault,) = refusal(write_study(tmp_path, counts=COUNTS.replace("persons", "people")))
    assert (fault.row, fault.field) == (1, "persons")
    assert "people" in fault.way_out


def test_a_table_may_come_as_parquet(tmp_path: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    folder = write_study(tmp_path, DECLARATION.replace("counts.csv", "counts.parquet"), counts=None)
    columns = {"area": ["T1", "T2"], "group": ["kazakh", "kazakh"], "persons": [1200.0, None]}
    pq.write_table(pa.table(columns), folder / "counts.parquet")
    table = read(folder).table("counts")
    assert table["count_persons"][0] == 1200
    assert math.isnan(table["count_persons"][1])


def test_parquet_passes_the_same_checks(tmp_path: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    folder = write_study(tmp_path, DECLARATION.replace("counts.csv", "counts.parquet"), counts=None)
    columns = {"area": ["T1", "T9"], "group": ["kazakh", "kazakh"], "persons": [0.00001, 5]}
    pq.write_table(pa.table(columns), folder / "counts.parquet")
    assert [(fault.row, fault.field) for fault in refusal(folder)] == [(2, "persons"), (3, "area")]
    (folder / "counts.parquet").write_bytes(b"PAR1 broken PAR1")
    assert "no readable Parquet" in refusal(folder)[0].reason


WATCHLIST = """\
  portals:
    kind: watchlist
    file: portals.csv
    title: {kk: "Порталдар", ru: "Порталы", en: "Portals"}
    source: office
    columns: {number: n, name: name, address: address}
thresholds:"""


def test_look_alike_letters_are_repaired_and_reported(tmp_path: Path) -> None:
    folder = write_study(tmp_path, DECLARATION.replace("thresholds:", WATCHLIST))
    mixed = "\u0430ltaynews"  # the first letter is Cyrillic
    (folder / "portals.csv").write_text(f"n,name,address\n1,{mixed},{mixed}.kz\n", encoding="utf-8")
    study = read(folder)
    assert study.table("portals")["address"][0] == "altaynews.kz"
    assert [(repair.row, repair.column, repair.before) for repair in study.repairs] == [
        (2, "name", mixed),
        (2, "address", f"{mixed}.kz"),
    ]
