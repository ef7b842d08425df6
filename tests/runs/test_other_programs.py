"""Other programs read the open data: R by its own reader, and Parquet in types that all readers share."""

from __future__ import annotations

import csv
import math
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from tests.studies import SYNTHETIC, TURKISTAN

Made = Callable[[Path], Path]
ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs/start/r.md"
ENCODINGS = {"PLAIN", "RLE", "RLE_DICTIONARY", "PLAIN_DICTIONARY", "BIT_PACKED"}
TYPES = {("BYTE_ARRAY", "String"), ("DOUBLE", "None"), ("INT64", "None")}


def test_parquet_holds_only_plain_types(made: Made) -> None:
    out = made(SYNTHETIC)
    files = sorted((out / "data").glob("*.parquet"))
    assert files
    for file in files:
        data = pq.ParquetFile(file)
        for k in range(len(data.schema)):
            column = data.schema.column(k)
            assert (column.physical_type, str(column.logical_type)) in TYPES, f"{file.name}: {column}"
            assert column.max_repetition_level == 0
        for group in range(data.num_row_groups):
            for k in range(data.metadata.num_columns):
                chunk = data.metadata.row_group(group).column(k)
                assert set(chunk.encodings) <= ENCODINGS and chunk.compression == "SNAPPY"


def test_parquet_and_csv_hold_the_same(made: Made) -> None:
    out = made(SYNTHETIC)
    with (out / "data/estimates.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    stored = pq.read_table(out / "data/estimates.parquet").to_pylist()
    assert [{k: "" if v is None else str(v) for k, v in row.items()} for row in stored] == rows


def blocks() -> list[str]:
    return re.findall(r"^```r\n(.*?)^```", PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)


@pytest.mark.proof
@pytest.mark.skipif(shutil.which("Rscript") is None, reason="R is not installed (Debian: r-base-core)")
def test_r_reads_equal_numbers(made: Made, tmp_path: Path) -> None:
    out = made(TURKISTAN)
    (tmp_path / "out").symlink_to(out)
    columns = ("value", "low", "high", "level", "n")
    shown = ", ".join(f'ifelse(is.na(estimates${c}), "", sprintf("%.17g", estimates${c}))' for c in columns)
    script = (
        blocks()[0]
        + f"""
cat("== read\\n")
write.table(data.frame(estimates$estimate_id, estimates$area_id, {shown}), sep = ";", quote = FALSE,
            row.names = FALSE, col.names = FALSE, fileEncoding = "UTF-8")
"""
    )
    (tmp_path / "read.R").write_text(script, encoding="utf-8")
    done = subprocess.run(
        ["Rscript", "--vanilla", "read.R"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    before, _, table = done.stdout.partition("== read\n")
    assert "area_id" in before  # the page's own aggregate was printed
    in_r = [line.split(";") for line in table.splitlines()]
    with (out / "data/estimates.csv").open(encoding="utf-8", newline="") as file:
        here = [[row[k] for k in ("estimate_id", "area_id", *columns)] for row in csv.DictReader(file)]
    assert len(in_r) == len(here) > 1000
    for one, other in zip(in_r, here, strict=True):
        assert one[:2] == other[:2]
        for left, right in zip(one[2:], other[2:], strict=True):
            assert (left == "") == (right == "")
            assert left == "" or math.isclose(float(left), float(right), rel_tol=4e-16, abs_tol=0)
