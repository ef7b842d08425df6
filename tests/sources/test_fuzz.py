"""Fuzzing of every reader: damaged files give a study or a refusal, and nothing else.

A short round belongs to every test run, the long one with `KELISIM_FUZZ` examples per reader to `make proof`.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kelisim.audit.checks import audit
from kelisim.cli.main import main
from kelisim.core.errors import Refused
from kelisim.disclosure.release import release
from kelisim.publish.site import site
from kelisim.runs.evidence import figures_of, lists_of
from kelisim.runs.release import released_study
from tests.sources.mutations import mutated
from tests.sources.test_outlines import NORTH, SOUTH, collection, take
from tests.sources.test_xlsx import bytes_of, study_of, workbook
from tests.studies import SYNTHETIC, TURKISTAN, read

SHORT, LONG = 12, int(os.environ.get("KELISIM_FUZZ", "300"))
ROOMY: dict[str, Any] = {
    "deadline": None,
    "suppress_health_check": [
        HealthCheck.too_slow,
        HealthCheck.data_too_large,
        HealthCheck.large_base_example,
    ],
}
SIZES = [SHORT, pytest.param(LONG, marks=pytest.mark.proof)]
# A run may have left its closed warehouse in the study folder; it is no part of the study.
FILES = {
    path.relative_to(SYNTHETIC).as_posix(): path.read_bytes()
    for below in ("*.*", "data/*.*", "data/coded/*/*.*", "forms/*.*")
    for path in SYNTHETIC.glob(below)
    if path.is_file()
}
READ = sorted(name for name in FILES if not name.endswith((".json", ".md")))


def as_parquet(text: bytes) -> bytes:
    import io

    import pyarrow.csv
    import pyarrow.parquet as pq

    out = io.BytesIO()
    table = pyarrow.csv.read_csv(io.BytesIO(text))
    pq.write_table(table, out)
    return out.getvalue()


def read_or_refused(files: dict[str, bytes], published: bool = False) -> bool:
    """Whether the study was read; every fault of a refusal names its file, reason and way out."""
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        for name, data in files.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(data)
        try:
            study = read(folder)
            found, figures = audit(study), tuple(figures_of(study))
        except Refused as refused:
            assert all(fault.file and fault.reason and fault.way_out for fault in refused.faults)
            assert all(sign.isprintable() or sign == "\n" for sign in str(refused))
            return False
        release(study, figures, found, lists_of(study), run_id="fuzz", code_version="x")
        if published:
            assert sum(len(page) for _, page in site(released_study(study))) > 0
        return True


@pytest.mark.parametrize("examples", SIZES)
def test_any_damaged_file_of_a_study(examples: int) -> None:
    seen = {True: 0, False: 0}

    @settings(max_examples=examples, **ROOMY)
    @given(st.data())
    def holds(data: st.DataObject) -> None:
        name = data.draw(st.sampled_from(READ))
        seen[
            read_or_refused({**FILES, name: data.draw(mutated(FILES[name]))}, published=examples == LONG)
        ] += 1

    holds()
    # A fuzzer whose every file is refused at the door tests the door only.
    assert seen[False] > examples / 10
    assert seen[True] > 0


@pytest.mark.parametrize("examples", SIZES)
def test_a_damaged_declaration_of_the_large_study(examples: int) -> None:
    whole = (TURKISTAN / "study.yaml").read_bytes()
    others = {p.relative_to(TURKISTAN).as_posix(): p.read_bytes() for p in TURKISTAN.glob("data/*.csv")}

    @settings(max_examples=examples // 10, **ROOMY)
    @given(mutated(whole))
    def holds(declaration: bytes) -> None:
        read_or_refused({**others, "study.yaml": declaration})

    holds()


@pytest.mark.parametrize("examples", SIZES)
def test_a_damaged_parquet_table(examples: int) -> None:
    whole = as_parquet(FILES["data/census.csv"])
    declared = {
        **FILES,
        "study.yaml": FILES["study.yaml"].replace(b"data/census.csv", b"data/census.parquet"),
    }
    assert read_or_refused({**declared, "data/census.parquet": whole})

    @settings(max_examples=examples, **ROOMY)
    @given(mutated(whole))
    def holds(table: bytes) -> None:
        read_or_refused({**declared, "data/census.parquet": table})

    holds()


@pytest.mark.parametrize("examples", SIZES)
def test_a_damaged_file_of_claims(examples: int) -> None:
    whole = (TURKISTAN / "claims.yaml").read_bytes()
    others = {p.relative_to(TURKISTAN).as_posix(): p.read_bytes() for p in TURKISTAN.glob("data/*.csv")}
    others["study.yaml"] = (TURKISTAN / "study.yaml").read_bytes()

    @settings(max_examples=examples // 10, **ROOMY)
    @given(mutated(whole))
    def holds(claims: bytes) -> None:
        read_or_refused({**others, "claims.yaml": claims})

    holds()


@pytest.mark.parametrize("examples", SIZES)
def test_a_damaged_file_of_outlines(examples: int) -> None:
    seen = {True: 0, False: 0}

    @settings(max_examples=examples, **ROOMY)
    @given(mutated(collection(NORTH, SOUTH)))
    def holds(outlines: bytes) -> None:
        try:
            take(outlines)
        except Refused as refused:
            assert all(fault.file and fault.reason and fault.way_out for fault in refused.faults)
            seen[False] += 1
        else:
            seen[True] += 1

    holds()
    assert seen[False] > 0


@pytest.mark.parametrize("examples", SIZES)
def test_a_damaged_workbook(examples: int) -> None:
    @settings(max_examples=examples, **ROOMY)
    @given(mutated(bytes_of(workbook())))
    def holds(book: bytes) -> None:
        with tempfile.TemporaryDirectory() as made:
            try:
                read(study_of(Path(made), book))
            except Refused as refused:
                assert all(fault.file and fault.reason and fault.way_out for fault in refused.faults)

    holds()


@pytest.mark.parametrize("examples", [pytest.param(LONG // 10, marks=pytest.mark.proof)])
def test_through_the_command(examples: int) -> None:
    @settings(max_examples=examples, **ROOMY)
    @given(st.data())
    def holds(data: st.DataObject) -> None:
        name = data.draw(st.sampled_from(READ))
        with tempfile.TemporaryDirectory() as made:
            folder = Path(made) / "study"
            shutil.copytree(SYNTHETIC, folder, ignore=shutil.ignore_patterns(".kelisim"))
            (folder / name).write_bytes(data.draw(mutated(FILES[name])))
            checked = CliRunner().invoke(main, ["check", str(folder)])
            assert checked.exit_code in (0, 1, 2), checked.output
            ran = CliRunner().invoke(main, ["run", str(folder), "--out", str(Path(made) / "out")])
            assert ran.exit_code in (0, 2), ran.output
            assert "Traceback" not in checked.output + ran.output
            assert (Path(made) / "out").exists() == (ran.exit_code == 0)

    holds()
