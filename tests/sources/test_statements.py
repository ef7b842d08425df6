"""Statements of a study: every broken reference is named with its file, line and the nearest known name."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from kelisim.core.errors import Refused
from tests.studies import TURKISTAN, read, text_of, write_study

CLAIMS = """claims:
  most:
    statement: {kk: "а", ru: "б", en: "c"}
    expression: EXPRESSION
    source: twin
"""


def study(folder: Path, block: str = "", claims: str | None = None) -> Path:
    extra = block + ("claims: claims.yaml\n" if claims is not None else "")
    write_study(folder, study=text_of("study.yaml").replace("\nexposure:", f"\n{extra}exposure:"))
    if claims is not None:
        (folder / "claims.yaml").write_text(claims, encoding="utf-8")
    return folder


def faults(folder: Path) -> str:
    with pytest.raises(Refused) as refused:
        read(folder)
    return "\n".join(map(str, refused.value.faults))


def test_the_claims_of_the_example_are_read_with_their_lines() -> None:
    claims = read(TURKISTAN).statements.claims
    lines = (TURKISTAN / "claims.yaml").read_text(encoding="utf-8").splitlines()
    assert len(claims) > 20
    assert all(lines[claim.line - 1].strip() == f"{claim.claim_id}:" for claim in claims)


@pytest.mark.parametrize(
    ("expression", "said"),
    [
        ("count(cencus, SY) > 1", "'cencus' is not a table of the study (nearest: census)"),
        ("count(events, SY) > 1", "reads tables of kind 'population_count'"),
        ("count(census, SY99) > 1", "SY99"),
        ("count(census, SY, lakes) > 1", "lakes"),
        ("rows(events, plase_kk=x) > 1", "has no column 'plase_kk'"),
        ("count(census, SY) + 1", "it compares nothing"),
        ("eval(x) > 1", "there is no function 'eval'"),
        ("series(census, SY, 2020) > 1", "'population_series'"),
        ("count(census, SY +1) > 1", "names here, not expressions"),
    ],
)
def test_a_broken_claim_is_refused_with_its_line(tmp_path: Path, expression: str, said: str) -> None:
    text = faults(study(tmp_path, claims=CLAIMS.replace("EXPRESSION", f'"{expression}"')))
    assert said in text and "claims.yaml, row 4" in text


def test_all_faults_of_all_documents_are_gathered(tmp_path: Path) -> None:
    block = (
        "benchmarks: [{series: census, tables: [nothing]}]\n"
        "products: [{what: {kk: a, ru: b, en: c}, total: 'count(x, SY)', factors: ['1', '2']}]\n"
        "quantities: [{what: {kk: a, ru: b, en: c}, values: ['count(census, SY)', 'count(census, ZZ)']}]\n"
        "interviews: {table: events, selection: chosen, places: [{area: ZZ, name: {kk: a, ru: b, en: c}}],"
        " planning_icc: [0.5, 0.1], describes_area: SY}\n"
    )
    text = faults(study(tmp_path, block, CLAIMS.replace("EXPRESSION", "count(no, SY) > 1")))
    for said in (
        "'population_series' is needed", "'nothing' is not declared", "'x' is not a table", "area 'ZZ'",
        "'marginals' is needed", "'ZZ' is not declared", "the lower one first", "go together",
        "'no' is not a table",
    ):  # fmt: skip
        assert said in text, said


def test_unknown_keys_and_a_missing_file_are_refused(tmp_path: Path) -> None:
    text = faults(study(tmp_path, claims=CLAIMS.replace("EXPRESSION", "1 > 0").replace("source:", "sourse:")))
    assert "did you mean 'source'?" in text and "claims.yaml" in text
    (tmp_path / "claims.yaml").unlink()
    assert "claims.yaml: the file cannot be read" in faults(tmp_path)


def test_a_series_with_a_day_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    shutil.copytree(TURKISTAN, tmp_path / "study")
    series = tmp_path / "study/data/benchmark_population_by_region.csv"
    series.write_text(
        series.read_text(encoding="utf-8").replace("2018-01-01", "1.1.2018", 1), encoding="utf-8"
    )
    text = faults(tmp_path / "study")
    assert "benchmark_population_by_region.csv" in text and "1.1.2018" in text
