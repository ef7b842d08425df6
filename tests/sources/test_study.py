"""The declaration of a study: strict keys, lines of faults, references, files."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kelisim.core.errors import Refused
from kelisim.sources.study_document import StudyDocument
from kelisim.sources.yaml_file import load_yaml
from tests.sources.invented import AREAS, COUNTS, DECLARATION, read, refusal, write_study


def _line(declaration: str, word: str) -> int:
    return next(n for n, line in enumerate(declaration.splitlines(), 1) if word in line)


def test_every_input_is_recorded_by_its_digest(tmp_path: Path) -> None:
    inputs = read(write_study(tmp_path)).inputs
    assert set(inputs) == {"study.yaml", "areas.csv", "groups.csv", "counts.csv"}
    assert inputs["counts.csv"] == hashlib.sha256(COUNTS.encode()).hexdigest()


@pytest.mark.parametrize(
    ("before", "after", "field", "hint"),
    [
        ("    period: start", "    perod: start", "tables.counts.perod", "did you mean 'period'?"),
        ("synthetic: true\n", "synthetic: true\nsyntetic: true\n", "syntetic", "did you mean 'synthetic'?"),
        ("source: office", "source: ofice", "tables.counts.source", "office"),
        ("kind: population_count", "kind: population_counts", "tables.counts.kind", "population_count"),
        ("whole: T", "whole: T9", "tables.counts.whole", "T"),
        ("focus: T", "focus: Z", "focus", "declare it"),
        ("remainders: [other]", "remainders: [others]", "groups.remainders", "other"),
        ("as_of: 2024-01-01", "as_of: soon", "as_of", "JSON Schema"),
        ("min_persons: 10", "min_persons: 1", "thresholds.min_persons", "JSON Schema"),
        ("first: 2019-01-01,", "first: 2019-01-01, last: 2018-01-01,", "periods.start", "swap"),
    ],
)
def test_a_wrong_key_or_name_is_refused_on_its_line(
    tmp_path: Path, before: str, after: str, field: str, hint: str
) -> None:
    declaration = DECLARATION.replace(before, after, 1)
    assert declaration != DECLARATION
    (fault,) = refusal(write_study(tmp_path, declaration))
    assert (fault.file, fault.field) == ("study.yaml", field)
    assert hint in fault.way_out
    if field != "groups.remainders":
        assert fault.row == _line(declaration, after.splitlines()[-1])


@pytest.mark.parametrize(
    ("declaration", "reason"),
    [
        ("study: [unclosed", "no valid YAML"),
        ("study: a\n\tb: c", "no valid YAML"),
        ("a: 1\na: 2\n", "stands twice, first in row 1"),
        ("a: &x [1]\nb: *x\n", "alias"),
        ("a: &x [*x]\n", "alias"),
        ("", "empty"),
        ("- 1\n", "valid dictionary"),
        ("as_of: 2024-13-45\n", "no valid YAML"),
        ("a: !!python/object:os.system {}\n", "no valid YAML"),
        (b"\xff\xfes\x00", "not UTF-8"),
        ("study: \x01", "does not show"),
    ],
)
def test_broken_declarations_are_refused(tmp_path: Path, declaration: str | bytes, reason: str) -> None:
    assert any(reason in fault.reason for fault in refusal(write_study(tmp_path, declaration)))


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    (fault,) = refusal(write_study(tmp_path, counts=None))
    assert fault.file == "counts.csv"
    assert "cannot be read" in fault.reason


def test_a_folder_without_declaration_is_refused(tmp_path: Path) -> None:
    (fault,) = refusal(tmp_path)
    assert fault.file == "study.yaml"


@pytest.mark.parametrize("name", ["../counts.csv", "/etc/hostname", '"a\\0b"'])
def test_files_outside_the_study_are_not_read(tmp_path: Path, name: str) -> None:
    declaration = DECLARATION.replace("file: counts.csv", f"file: {name}")
    (fault,) = refusal(write_study(tmp_path, declaration))
    assert any(words in fault.reason for words in ("outside the study", "does not show"))


@pytest.mark.parametrize(
    ("before", "after", "reason"),
    [
        ("Tau,\n", "Tau,T1\n", "circle"),
        ("Kol,T\n", "Kol,X\n", "not declared"),
        ("T2,district", "T1,district", "declared twice"),
    ],
)
def test_a_broken_hierarchy_of_areas_is_refused(tmp_path: Path, before: str, after: str, reason: str) -> None:
    (fault,) = refusal(write_study(tmp_path, areas=AREAS.replace(before, after)))
    assert fault.file == "areas.csv"
    assert reason in fault.reason


def test_printed_variants_and_further_areas_are_declared_in_the_study(tmp_path: Path) -> None:
    declaration = DECLARATION.replace(
        "areas: {file: areas.csv}",
        """areas:
  file: areas.csv
  name_variants: {"Көл қ.": T1}
  extra_areas: {T1-a: {level: settlement, parent: T1, names: {kk: "Жар", ru: "Жар", en: "Zhar"}}}""",
    )
    counts = "area,group,persons\nКөл қ.,қазақ,5\nЖар,қазақ,2\n"
    study = read(write_study(tmp_path, declaration, counts=counts))
    assert list(study.table("counts")["area"]) == ["T1", "T1-a"]


def test_a_variant_of_an_undeclared_area_is_refused(tmp_path: Path) -> None:
    declaration = DECLARATION.replace("{file: areas.csv}", "{file: areas.csv, name_variants: {Zz: T7}}")
    (fault,) = refusal(write_study(tmp_path, declaration))
    assert fault.field == "areas.name_variants.Zz"


def test_faults_of_declaration_and_files_come_together(tmp_path: Path) -> None:
    declaration = DECLARATION.replace("source: office", "source: nobody").replace("focus: T", "focus: Z")
    faults = refusal(write_study(tmp_path, declaration, counts=COUNTS + "T1,kazakh,-1\n"))
    assert [fault.file for fault in faults] == ["counts.csv", "study.yaml", "study.yaml"]


def test_the_schema_of_studies_takes_the_declaration() -> None:
    import jsonschema
    import yaml

    schema = StudyDocument.model_json_schema()
    document = yaml.load(DECLARATION, Loader=yaml.BaseLoader)  # dates as text, as in JSON
    assert schema["additionalProperties"] is False
    problems = jsonschema.Draft202012Validator(schema).iter_errors({**document, "no_such_key": "1"})
    assert any("no_such_key" in problem.message for problem in problems)


@settings(max_examples=200)
@given(st.text(alphabet="ab:-[]{},&*!|>\"'?#%@ \n\t0\\", max_size=40))
def test_no_text_breaks_the_yaml_reader_in_another_way(text: str) -> None:
    try:
        load_yaml(text, "study.yaml")
    except Refused as refused:
        assert refused.faults
