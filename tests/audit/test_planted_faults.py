"""Each check finds the fault planted for it, by cell, and consistent studies give no finding."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kelisim.audit.checks import audit
from kelisim.simulation.twin import twin_files
from tests.studies import codes, read, text_of, write_study

EXTRA = """
  shares:
    kind: population_share
    file: data/shares.csv
    title: {kk: "Үлестер", ru: "Доли", en: "Shares"}
    source: twin
    period: census
    whole: SY
    unit_level: [district]
    base: within_area
    counts_table: census
    columns: {area: area_id, group: group_id, share_pct: share, printed: printed}
"""
MARGINALS = """
  answers:
    kind: marginals
    file: data/answers.csv
    title: {kk: "Жауаптар", ru: "Ответы", en: "Answers"}
    source: twin
    repeats: prints
    columns: {question: question, option: option, share_pct: share}
questions:
  A: {label: {kk: "А", ru: "А-ру", en: "A-en"}, type: single,
      options: {x: {kk: x, ru: x1, en: x2}, y: {kk: y, ru: y1, en: y2}}}
  B: {label: {kk: "Б", ru: "Б-ру", en: "B-en"}, type: single,
      options: {x: {kk: x, ru: x1, en: x2}, y: {kk: y, ru: y1, en: y2}}}
"""


def changed_count(by: int) -> str:
    lines = text_of("data/census.csv").splitlines()
    area, group, count = lines[9].split(",")
    lines[9] = f"{area},{group},{int(count) + by}"
    return "\n".join(lines) + "\n"


def shares(change: float = 0.0) -> str:
    rows = list(csv.DictReader(io.StringIO(text_of("data/census.csv"))))
    total = {r["area_id"]: int(r["count"]) for r in rows if r["group_id"] == "total"}
    out = ["area_id,group_id,share,printed"]
    for number, row in enumerate(r for r in rows if r["group_id"] != "total"):
        share = 100 * int(row["count"]) / total[row["area_id"]] + (change if number == 5 else 0)
        out.append(f'{row["area_id"]},{row["group_id"]},{share:.2f},"{share:.2f}"'.replace(',"', ',"'))
    return "\n".join(out) + "\n"


def study_with(folder: Path, block: str, name: str, table: str) -> Path:
    declaration = text_of("study.yaml").replace("\nexposure:", block + "exposure:")
    write_study(folder, study=declaration)
    (folder / "data" / name).write_text(table, encoding="utf-8")
    return folder


def test_a_clean_study_gives_no_finding(tmp_path: Path) -> None:
    assert audit(read(study_with(tmp_path, EXTRA, "shares.csv", shares()))) == ()


def test_a_changed_count_breaks_its_row_and_its_column(tmp_path: Path) -> None:
    findings = audit(read(write_study(tmp_path, census=changed_count(3))))
    assert codes(findings) == ["total_differs_from_parts"] * 2
    assert all(abs(float(str(f.values["difference"]))) == 3 for f in findings)
    assert all(any(cell.row == 10 for cell in f.cells) for f in findings)


def test_an_absent_unit_is_named(tmp_path: Path) -> None:
    rows = [r for r in text_of("data/census.csv").splitlines() if not r.startswith("SY6,")]
    findings = audit(read(write_study(tmp_path, census="\n".join(rows))))
    assert ("SY6",) in [f.values.get("absent") for f in findings]


def test_a_changed_share_is_found_by_cell(tmp_path: Path) -> None:
    findings = audit(read(study_with(tmp_path, EXTRA, "shares.csv", shares(change=0.5))))
    assert codes(findings) == ["share_differs_from_count", "shares_do_not_sum"]
    assert findings[0].cells[0].row == 7


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ("A,x,60\nA,y,60\n", ["shares_do_not_sum"]),
        ("A,x,60\nA,y,40\nA,x,61\n", ["question_printed_twice"]),
        ("A,x,60\nA,y,30\nA,z,10\nB,x,10\nB,y,60\nB,z,30\n", ["identical_distributions"]),
        ("A,x,60\nA,y,40\nB,x,55\nB,y,45\n", []),
    ],
)
def test_faults_of_answers(tmp_path: Path, rows: str, expected: list[str]) -> None:
    table = "question,option,share\n" + rows
    assert codes(audit(read(study_with(tmp_path, MARGINALS, "answers.csv", table)))) == expected


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10_000))
def test_consistent_studies_of_any_seed_give_no_finding(tmp_path: Path, seed: int) -> None:
    for name, text in twin_files(seed).items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    assert audit(read(tmp_path)) == ()
