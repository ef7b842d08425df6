"""What may be unpacked: a workbook is an archive, and an archive may hold gigabytes or macros.

Looked at before any reader of spreadsheets sees the bytes. Sizes are those the archive states; unpacking
stops at them, so an archive that lies about its sizes is found broken and not unpacked beyond them.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib

from kelisim.core.errors import Fault, Refused

__all__ = ["checked_workbook"]

_UNPACKED_BYTES = 200_000_000
_RATIO = 200
_SMALL = 5_000_000  # below this an even sheet may pack very well and harms nobody
_PARTS = 5_000
_MERGED_CELLS = 200_000
_OLE = bytes.fromhex("d0cf11e0a1b11ae1")
_MERGE = re.compile(
    rb"""<(?:\w+:)?mergeCell\s[^>]*ref\s*=\s*["']\$?([A-Z]{1,3})\$?(\d+):\$?([A-Z]{1,3})\$?(\d+)"""
)
_HEAD = 4096


def checked_workbook(data: bytes, file: str) -> None:
    """Look into the archive of an .xlsx file. Raises: Refused with the reason it may not be read."""
    if not data:
        raise _refused(file, "the file is empty.", "save the workbook again.")
    if data.startswith(_OLE):
        if "EncryptedPackage".encode("utf-16-le") in data:
            raise _refused(file, "the workbook is locked with a password.", "save it without a password.")
        raise _refused(file, "this is a workbook of the old kind (.xls).", "save it as .xlsx and try again.")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            _check(archive, file)
    except Refused:
        raise
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        ValueError,
        OSError,
        NotImplementedError,
        RuntimeError,
    ) as error:
        reason = "this is no workbook: the archive inside is damaged or cut short."
        raise _refused(file, reason, "save or copy the workbook again.") from error


def _refused(file: str, reason: str, way_out: str) -> Refused:
    return Refused([Fault(file, None, "", reason, way_out)])


def _check(archive: zipfile.ZipFile, file: str) -> None:
    parts = archive.infolist()
    names = {part.filename for part in parts}
    packed, unpacked = sum(p.compress_size for p in parts), sum(p.file_size for p in parts)
    if len(parts) > _PARTS or unpacked > _UNPACKED_BYTES:
        reason = (
            f"unpacked it would hold {len(parts)} parts and {unpacked:,} bytes, more than any table needs."
        )
        raise _refused(file, reason, "save only the sheet of the table as a workbook of its own.")
    if unpacked > _SMALL and unpacked > _RATIO * max(packed, 1):
        reason = f"it would swell {unpacked // max(packed, 1)} times when unpacked, as no real workbook does."
        raise _refused(file, reason, "ask for the file again, or save the table as CSV.")
    if any(part.flag_bits & 1 for part in parts):
        raise _refused(file, "the workbook is locked with a password.", "save it without a password.")
    if "[Content_Types].xml" not in names or not any(n.startswith("xl/") for n in names):
        raise _refused(file, "this archive is no .xlsx workbook.", "save the table as .xlsx or CSV.")
    if any(n.lower().endswith("vbaproject.bin") for n in names):
        raise _refused(file, "the workbook carries macros (.xlsm).", "save it as .xlsx, without macros.")
    for name in sorted(names):
        if name.endswith((".xml", ".rels")):
            _check_part(archive, name, file)


def _check_part(archive: zipfile.ZipFile, name: str, file: str) -> None:
    text = archive.read(name)
    if b"<!DOCTYPE" in text[:_HEAD] or b"<!ENTITY" in text[:_HEAD]:
        # Declarations of entities can multiply a short text into gigabytes, and no spreadsheet writes them.
        raise _refused(file, f"its part {name} declares entities.", "save the workbook again.")
    if b"macroEnabled" in text and name == "[Content_Types].xml":
        raise _refused(file, "the workbook is of the kind that carries macros.", "save it as .xlsx.")
    covered = sum(
        (_column(right) - _column(left) + 1) * (int(bottom) - int(top) + 1)
        for left, top, right, bottom in _MERGE.findall(text)
    )
    if covered > _MERGED_CELLS:
        reason = f"its merged cells cover {covered:,} cells, more than any table has."
        raise _refused(file, reason, "undo the merging outside the table.")


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number
