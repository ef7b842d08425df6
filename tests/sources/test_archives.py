"""Workbooks that may not be read: bombs, macros, passwords, old and damaged files. Each says why."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kelisim.core.errors import Refused
from kelisim.sources import archives
from kelisim.sources.xlsx import read_xlsx
from tests.sources.invented import refusal
from tests.sources.workbooks import bytes_of, declaration, repacked, study_of, workbook

GOOD = bytes_of(workbook())
PARTS = ("xl/worksheets/sheet1.xml", "xl/workbook.xml", "xl/styles.xml", "[Content_Types].xml")
OLE = bytes.fromhex("d0cf11e0a1b11ae1")


def same(name: str, body: bytes) -> bytes:
    return body


def part(name: str, change: Callable[[bytes], bytes]) -> bytes:
    """The good workbook with one part changed."""
    return repacked(GOOD, lambda n, b: change(b) if name in n else b)


def more(name: str, body: bytes) -> bytes:
    """The good workbook with one part more."""
    return repacked(GOOD, same, **{name: body})


CASES: dict[str, tuple[Callable[[], bytes], str]] = {
    "empty": (lambda: b"", "empty"),
    "old": (lambda: OLE + bytes(2000), ".xls"),
    "locked": (lambda: OLE + bytes(500) + "EncryptedPackage".encode("utf-16-le"), "password"),
    "no archive": (lambda: b"area,group\n", "damaged"),
    "cut short": (lambda: GOOD[: len(GOOD) // 2], "damaged"),
    "macros": (lambda: more("xl/vbaProject.bin", b"x"), "macros"),
    "macro kind": (
        lambda: part("Types", lambda b: b.replace(b"sheet.main", b"sheet.macroEnabled.main")),
        "macros",
    ),
    "bomb": (lambda: more("xl/media/a.bin", bytes(6_000_000)), "swell"),
    "entities": (lambda: part("sheet1", lambda b: b'<!DOCTYPE a [<!ENTITY b "c">]>' + b), "entities"),
    "merged everything": (
        lambda: part("sheet1", lambda b: b.replace(b'ref="A1:E1"', b'ref="A1:XFD1048576"')),
        "merged cells cover",
    ),
    "another archive": (
        lambda: repacked(GOOD, lambda n, b: None if "xl/" in n or "Types" in n else b),
        "no .xlsx",
    ),
    "lost sheet": (lambda: repacked(GOOD, lambda n, b: None if "sheet1" in n else b), "cannot be read"),
    "spoiled sheet": (lambda: part("sheet1", lambda b: b[:90]), "cannot be read"),
}


@pytest.mark.parametrize("case", CASES)
def test_a_workbook_that_may_not_be_read_says_why(case: str, tmp_path: Path) -> None:
    data, word = CASES[case]
    faults = refusal(study_of(tmp_path, data()))
    assert len(faults) == 1 and faults[0].file == "counts.xlsx"
    assert word in faults[0].reason, faults[0]


def test_a_workbook_of_many_bytes_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(archives, "_UNPACKED_BYTES", 5_000)
    assert "more than any table needs" in refusal(study_of(tmp_path, GOOD))[0].reason


def test_a_far_cell_is_refused_before_the_sheet_is_filled(tmp_path: Path) -> None:
    made = workbook()
    made.active["XFD1048576"] = 1
    assert "reaches to row 1,048,576" in refusal(study_of(tmp_path, bytes_of(made)))[0].reason


@pytest.mark.parametrize("file", ["counts.xls", "counts.xlsm", "counts.ods"])
def test_other_kinds_of_spreadsheet_are_refused(file: str, tmp_path: Path) -> None:
    faults = refusal(study_of(tmp_path, b"PK\x03\x04 something", declaration(file=file), file))
    assert len(faults) == 1 and faults[0].file == file


def test_an_archive_that_lies_about_its_sizes_is_found_damaged() -> None:
    # The size in the directory is made small; what follows it is never unpacked, and the check sum tells.
    out = bytearray(GOOD)
    with zipfile.ZipFile(BytesIO(GOOD)) as archive:
        part = next(p for p in archive.infolist() if "sheet1" in p.filename)
    size = part.file_size.to_bytes(4, "little")
    place = bytes(out).rindex(part.CRC.to_bytes(4, "little")) + 8
    assert out[place : place + 4] == size
    out[place : place + 4] = (40).to_bytes(4, "little")
    with pytest.raises(Refused):
        read_xlsx(bytes(out), "x.xlsx", None)


def _spoil(place: float, piece: bytes) -> None:
    at = int(place * len(GOOD))
    try:
        read_xlsx(GOOD[:at] + piece + GOOD[at + len(piece) :], "x.xlsx", None)
    except Refused as refused:
        assert all(fault.reason and fault.way_out for fault in refused.faults)


@settings(max_examples=25, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(st.floats(0, 1, exclude_max=True), st.binary(min_size=1, max_size=12))
def test_a_spoiled_workbook_is_read_or_refused(place: float, piece: bytes) -> None:
    _spoil(place, piece)


@pytest.mark.proof
@settings(max_examples=3000, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.floats(0, 1, exclude_max=True), st.binary(min_size=1, max_size=60))
def test_a_spoiled_workbook_is_read_or_refused_at_length(place: float, piece: bytes) -> None:
    _spoil(place, piece)


@pytest.mark.proof
@settings(max_examples=1500, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.sampled_from(PARTS), st.floats(0, 1, exclude_max=True), st.binary(max_size=30))
def test_a_spoiled_part_is_read_or_refused(part: str, place: float, piece: bytes) -> None:
    def change(name: str, body: bytes) -> bytes:
        at = int(place * len(body))
        return body[:at] + piece + body[at + len(piece) :] if name == part else body

    try:
        read_xlsx(repacked(GOOD, change), "x.xlsx", None)
    except Refused as refused:
        assert all(fault.reason and fault.way_out for fault in refused.faults)
