"""Workbooks as offices make them: titles, headings in rows, merged cells, notes, odd numbers."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kelisim.sources.sheets import letters
from kelisim.sources.xlsx import read_xlsx
from tests.sources.invented import read, refusal
from tests.sources.workbooks import OFFICE, OFFICE_MERGES, bytes_of, declaration, study_of, workbook

MARKS = '{"-": zero, "..": missing, x: withheld}'


def counts(folder: Path) -> dict[tuple[str, str], float]:
    table = read(folder).tables["counts"]
    return dict(zip(zip(table["area"], table["group"], strict=True), table["count_persons"], strict=True))


def changed(row: int, column: int, value: Any) -> list[list[Any]]:
    rows = [list(cells) for cells in OFFICE]
    rows[row - 1][column - 1] = value
    return rows


def test_an_office_workbook_reads_whole(tmp_path: Path) -> None:
    found = counts(study_of(tmp_path, bytes_of(workbook())))
    assert len(found) == 12
    assert found["T", "total"] == 2700
    assert found["T1", "kazakh"] == 1200  # text with a no-break space
    assert found["T1", "uzbek"] == 200  # a float
    assert found["T2", "other"] == 50


def test_a_number_keeps_sheet_cell_and_heading(tmp_path: Path) -> None:
    table = read(study_of(tmp_path, bytes_of(workbook()))).tables["counts"]
    row = next(k for k in range(len(table)) if (table["area"][k], table["group"][k]) == ("T2", "uzbek"))
    assert str(table.cell(row, "count_persons")) == "counts.xlsx:7:Халық!D7 (оның ішінде / өзбек) = '250'"


def test_notes_below_are_left_out_and_said(tmp_path: Path) -> None:
    study = read(study_of(tmp_path, bytes_of(workbook())))
    assert [(r.what, r.places) for r in study.remarks] == [("notes_below", ("row 9",))]


def test_hidden_rows_and_columns_are_read_and_said(tmp_path: Path) -> None:
    def hide(sheet: Any) -> None:
        sheet.row_dimensions[7].hidden = True
        sheet.row_dimensions[2].hidden = True  # outside the data: nothing to say
        sheet.column_dimensions["D"].hidden = True

    folder = study_of(tmp_path, bytes_of(workbook(change=hide)))
    assert counts(folder)["T2", "uzbek"] == 250
    assert ("hidden", ("row 7", "column D")) in [(r.what, r.places) for r in read(folder).remarks]


def test_an_area_without_figures_is_no_note(tmp_path: Path) -> None:
    rows = [*[list(r) for r in OFFICE[:6]], ["Өзен", None, None, None, None]]
    found = counts(study_of(tmp_path, bytes_of(workbook(rows))))
    assert np.isnan(found["T2", "total"])


def test_rows_that_go_on_below_the_notes_are_refused(tmp_path: Path) -> None:
    rows = [*OFFICE, ("Көл", 1, 1, 1, 1)]
    faults = refusal(study_of(tmp_path, bytes_of(workbook(rows))))
    assert [f.row for f in faults] == [10]
    assert "rows: [first, last]" in faults[0].way_out
    chosen = declaration().replace("header: [3, 4]", "header: [3, 4]\n      rows: [5, 7]")
    assert len(counts(study_of(tmp_path, bytes_of(workbook(rows)), chosen))) == 12


@pytest.mark.parametrize(
    ("mark", "meaning", "value"),
    [
        ("-", "zero", 0.0),
        ("–", "zero", 0.0),
        ("..", "missing", None),
        ("x", "withheld", None),
        ("х", "withheld", None),
    ],
)
def test_marks_mean_what_is_declared(mark: str, meaning: str, value: float | None, tmp_path: Path) -> None:
    data = bytes_of(workbook(changed(6, 4, mark)))
    assert meaning in MARKS
    declared = declaration().replace("header: [3, 4]", f"header: [3, 4]\n      marks: {MARKS}")
    folder = study_of(tmp_path, data, declared)
    found = counts(folder)["T1", "uzbek"]
    assert (found == value) if value is not None else np.isnan(found)
    table = read(folder).tables["counts"]
    assert {
        c.printed
        for k in range(len(table))
        if (c := table.cell(k, "count_persons")).column.startswith("Халық!D6")
    } == {mark}


def test_an_undeclared_mark_is_refused_by_cell(tmp_path: Path) -> None:
    faults = refusal(study_of(tmp_path, bytes_of(workbook(changed(6, 4, "x")))))
    assert [(f.file, f.row, f.field) for f in faults] == [
        ("counts.xlsx", 6, "Халық!D6 (оның ішінде / өзбек)")
    ]


def test_a_formula_without_a_stored_value_is_refused(tmp_path: Path) -> None:
    faults = refusal(study_of(tmp_path, bytes_of(workbook(changed(5, 2, "=SUM(B6:B7)")))))
    assert len(faults) == 1 and "Халық!B5" in faults[0].field
    assert "no stored value" in faults[0].reason


def test_an_error_in_a_cell_is_refused_and_elsewhere_harmless(tmp_path: Path) -> None:
    faults = refusal(study_of(tmp_path, bytes_of(workbook(changed(7, 3, "#DIV/0!")))))
    assert "#DIV/0!" in faults[0].reason
    rows = [[*row, "#REF!" if k == 6 else None] for k, row in enumerate(OFFICE)]
    assert len(counts(study_of(tmp_path, bytes_of(workbook(rows))))) == 12


def test_a_label_merged_over_rows_holds_for_each(tmp_path: Path) -> None:
    rows = [
        ("Аудан", "Топ", "Саны"),
        ("Көл", "қазақ", 5),
        (None, "басқа", 6),
        ("Өзен", "қазақ", 7),
        (None, "басқа", 8),
    ]
    data = bytes_of(workbook(rows, ("A2:A3", "A4:A5")))
    declared = declaration("", '{area: "Аудан", group: "Топ", count_persons: "Саны"}')
    assert counts(study_of(tmp_path, data, declared)) == {
        ("T1", "kazakh"): 5, ("T1", "other"): 6, ("T2", "kazakh"): 7, ("T2", "other"): 8,
    }  # fmt: skip


def test_a_number_merged_over_rows_is_refused(tmp_path: Path) -> None:
    rows = [("Аудан", "Топ", "Саны"), ("Көл", "қазақ", 5), ("Көл", "басқа", None)]
    declared = declaration("", '{area: "Аудан", group: "Топ", count_persons: "Саны"}')
    faults = refusal(study_of(tmp_path, bytes_of(workbook(rows, ("C2:C3",))), declared))
    assert all("merged over several rows" in f.reason for f in faults) and len(faults) == 2


def test_a_heading_of_a_block_is_refused_with_the_way_out(tmp_path: Path) -> None:
    rows = [
        *[list(r) for r in OFFICE[:4]],
        ["Қала халқы", None, None, None, None],
        *[list(r) for r in OFFICE[4:7]],
    ]
    faults = refusal(study_of(tmp_path, bytes_of(workbook(rows, (*OFFICE_MERGES, "A5:E5")))))
    assert all(f.row == 5 and "rows: [first, last]" in f.way_out for f in faults)


def test_a_sheet_must_be_named_where_several_are_seen(tmp_path: Path) -> None:
    made = workbook()
    made.create_sheet("Қала")
    faults = refusal(study_of(tmp_path, bytes_of(made)))
    assert "'Халық', 'Қала'" in faults[0].reason
    named = declaration().replace("header:", "sheet: Халық\n      header:")
    assert len(counts(study_of(tmp_path, bytes_of(made), named))) == 12
    wrong = declaration().replace("header:", "sheet: Халк\n      header:")
    assert "did you mean 'Халық'?" in refusal(study_of(tmp_path, bytes_of(made), wrong))[0].way_out


def test_a_hidden_second_sheet_does_not_ask_for_a_name(tmp_path: Path) -> None:
    made = workbook()
    made.create_sheet("lists").sheet_state = "hidden"
    assert len(counts(study_of(tmp_path, bytes_of(made)))) == 12


def test_a_wrong_row_of_headings_is_answered_with_the_right_one(tmp_path: Path) -> None:
    wrong = declaration().replace("header: [3, 4]", "header: [1]")
    faults = refusal(study_of(tmp_path, bytes_of(workbook()), wrong))
    assert any("row 3 holds it" in f.way_out for f in faults)


def test_a_workbook_as_a_plain_table_needs_no_layout(tmp_path: Path) -> None:
    rows = [("Аудан", "Топ", "Саны"), ("Көл", "қазақ", 5), ("Өзен", "қазақ", 7)]
    declared = declaration("", '{area: "Аудан", group: "Топ", count_persons: "Саны"}')
    assert len(counts(study_of(tmp_path, bytes_of(workbook(rows, ())), declared))) == 2


@pytest.mark.parametrize(
    ("value", "shape", "text", "printed"),
    [
        (0.6851, "0.00%", "68.51", "68.51%"),
        (0.1 + 0.2, "General", "0.3", "0.3"),
        (68.5123, "0.0", "68.5123", "68.5"),
        (12.0, "General", "12", "12"),
        (1234567.0, "#,##0", "1234567", "1234567"),
        (68.51, '0.00"%"', "68.51", "68.51"),
        (1e-7, "General", "0.0000001", "0.0000001"),
        (True, "General", "yes", "yes"),
        (date(2024, 2, 3), "dd.mm.yyyy", "2024-02-03", "2024-02-03"),
        (datetime(2024, 2, 3, 4, 5), "dd.mm.yyyy hh:mm", "2024-02-03 04:05:00", "2024-02-03 04:05:00"),
        ("  68,5 \n%", "General", "68,5 %", "68,5 %"),
    ],
)
def test_a_cell_is_read_by_its_store_and_printed_by_its_format(
    value: Any, shape: str, text: str, printed: str
) -> None:
    def put(sheet: Any) -> None:
        sheet["A1"] = value
        sheet["A1"].number_format = shape

    sheet = read_xlsx(bytes_of(workbook([], (), put)), "x.xlsx", None)
    assert (sheet.texts[0][0], sheet.prints[0][0]) == (text, printed)


def test_letters_of_columns() -> None:
    assert [letters(k) for k in (0, 25, 26, 701, 702)] == ["A", "Z", "AA", "ZZ", "AAA"]


def test_a_wide_text_table_reads_as_a_workbook_does(tmp_path: Path) -> None:
    lines = [";".join("" if c is None else str(c) for c in row) for row in OFFICE]
    lines[2] = "Аудан;Барлығы;оның ішінде;оның ішінде;оның ішінде"
    folder = study_of(tmp_path, "\n".join(lines).encode(), declaration(file="wide.csv"), "wide.csv")
    found = counts(folder)
    assert found["T", "total"] == 2700 and found["T2", "other"] == 50
    table = read(folder).tables["counts"]
    assert table.cell(1, "count_persons").column == "оның ішінде / қазақ"
    assert int(table.lines[-1]) == 7


def test_prints_of_shares_are_kept_for_the_auditor(tmp_path: Path) -> None:
    rows = [("Аудан", "қазақ", "басқа"), ("Көл", 0.9234, 0.0766), ("Өзен", 0.75, 0.25)]

    def percent(sheet: Any) -> None:
        for row in sheet.iter_rows(min_row=2, min_col=2):
            for cell in row:
                cell.number_format = "0.0%"

    layout = '    layout: {wide: {heading: group, value: share_pct, first: "қазақ", last: "басқа"}}\n'
    declared = declaration(layout).replace(
        "kind: population_count", "kind: population_share\n    base: within_area"
    )
    table = read(study_of(tmp_path, bytes_of(workbook(rows, (), percent)), declared)).tables["counts"]
    assert table["share_pct"].tolist() == [92.34, 7.66, 75.0, 25.0]
    assert table["printed"].tolist() == ["92.3%", "7.7%", "75.0%", "25.0%"]


@pytest.mark.parametrize(
    ("layout", "word"),
    [
        ("header: [4, 3]", "neighbouring"),
        ("header: [0]", "neighbouring"),
        ("header: [3, 4]\n      rows: [2, 9]", "below the headings"),
        ("header: [3, 4]\n      colour: red", "not known"),
        ("header: [300]", "ends at row"),
    ],
)
def test_a_layout_that_cannot_be_is_refused(layout: str, word: str, tmp_path: Path) -> None:
    declared = declaration().replace("header: [3, 4]", layout)
    faults = refusal(study_of(tmp_path, bytes_of(workbook()), declared))
    assert any(word in f.reason + f.way_out for f in faults), faults


def test_a_heading_with_a_letter_of_another_alphabet_is_matched_and_said(tmp_path: Path) -> None:
    study = study_of(tmp_path, bytes_of(workbook(changed(3, 1, "Aудан"))))  # a Latin A
    assert counts(study)["T1", "kazakh"] == 1200
    assert ("mixed_letters", ("column A",)) in [(r.what, r.places) for r in read(study).remarks]


@settings(max_examples=25, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(
    st.lists(st.lists(st.integers(0, 10**9), min_size=2, max_size=2), min_size=2, max_size=2),
    st.integers(0, 3),
    st.booleans(),
)
def test_what_was_written_is_read(
    tmp_path_factory: pytest.TempPathFactory, persons: list[list[int]], above: int, as_text: bool
) -> None:
    tmp_path = tmp_path_factory.mktemp("law")
    rows: list[tuple[Any, ...]] = [("тақырып", None, None)] * above + [("Аудан", "қазақ", "басқа")]
    for area, cells in zip(("Көл", "Өзен"), persons, strict=True):
        rows.append((area, *(f"{n:,}".replace(",", " ") if as_text else float(n) for n in cells)))
    layout = (
        f"    layout:\n      header: [{above + 1}]\n"
        '      wide: {heading: group, value: count_persons, first: "қазақ", last: "басқа"}\n'
    )
    found = counts(study_of(tmp_path, bytes_of(workbook(rows, ())), declaration(layout)))
    assert list(found.values()) == [float(n) for cells in persons for n in cells]
