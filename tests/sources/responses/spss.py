"""Small files of SPSS and Stata, byte by byte: what the programs write, without the programs."""

from __future__ import annotations

import struct
import sys
from collections.abc import Mapping, Sequence

__all__ = ["dta", "sav"]

_MISSING = -sys.float_info.max
_STATA_MISSING = 0x7FE0000000000000
Column = Sequence[float | str | None]


def sav(
    columns: Mapping[str, Column],
    labels: Mapping[str, Mapping[float, str]],
    missing: Mapping[str, Sequence[float]],
    titles: Mapping[str, str],
) -> bytes:
    """An uncompressed .sav in UTF-8; texts are strings of 48 bytes."""
    rows = len(next(iter(columns.values())))
    wide = {name: 48 if any(isinstance(v, str) for v in values) else 0 for name, values in columns.items()}
    slots = sum(width // 8 or 1 for width in wide.values())
    out = struct.pack("<4s60siiiiid9s8s64s3s", b"$FL2", b"@(#) SPSS DATA FILE test".ljust(60), 2, slots, 0, 0,
                      rows, 100.0, b"08 Jan 24", b"10:00:00", b" " * 64, b"\0\0\0")  # fmt: skip
    place, at = 1, {}
    for number, name in enumerate(columns):
        at[name] = place
        width = wide[name]
        shape = (1 << 16 | width << 8) if width else (5 << 16 | 8 << 8 | 2)
        out += _variable(width, titles.get(name, ""), missing.get(name, ()), shape, f"V{number}")
        out += b"".join(_variable(-1, "", (), shape, "") for _ in range(max(width // 8 - 1, 0)))
        place += width // 8 or 1
    for name, values in labels.items():
        out += struct.pack("<ii", 3, len(values))
        for value, label in values.items():
            said = label.encode()
            out += struct.pack("<dB", value, len(said)) + said + b" " * (-(len(said) + 1) % 8)
        out += struct.pack("<iii", 4, 1, at[name])
    names = "\t".join(f"V{number}={name}" for number, name in enumerate(columns)).encode()
    for subtype, body in ((13, names), (20, b"UTF-8")):
        out += struct.pack("<iiii", 7, subtype, 1, len(body)) + body
    out += struct.pack("<ii", 999, 0)
    for row in range(rows):
        for name, values in columns.items():
            value = values[row]
            if wide[name]:
                out += str(value or "").encode().ljust(48)
            else:
                out += struct.pack("<d", _MISSING if value is None else value)
    return out


def _variable(width: int, title: str, missing: Sequence[float], shape: int, name: str) -> bytes:
    made = struct.pack(
        "<iiiiii8s", 2, width, int(bool(title)), len(missing), shape, shape, name.encode().ljust(8)
    )
    if title:
        said = title.encode()
        made += struct.pack("<i", len(said)) + said + b" " * (-len(said) % 4)
    return made + b"".join(struct.pack("<d", value) for value in missing)


def dta(columns: Mapping[str, Column], labels: Mapping[str, Mapping[int, str]]) -> bytes:
    """A .dta of Stata 10 with numbers only; ".a", ".b" in a column are extended missing values."""
    rows = len(next(iter(columns.values())))
    out = struct.pack("<BBBBhi81s18s", 114, 2, 1, 0, len(columns), rows, b"", b"08 Jan 2024 10:00")
    out += bytes([255] * len(columns))
    out += b"".join(name.encode().ljust(33, b"\0") for name in columns)
    out += b"\0\0" * (len(columns) + 1)
    out += b"".join(b"%9.0g".ljust(49, b"\0") for _ in columns)
    out += b"".join((name if name in labels else "").encode().ljust(33, b"\0") for name in columns)
    out += b"\0" * 81 * len(columns) + b"\0" * 5
    for row in range(rows):
        for values in columns.values():
            value = values[row]
            if isinstance(value, str):
                out += struct.pack("<Q", _STATA_MISSING + (ord(value[1]) - 96 << 40))
            else:
                out += struct.pack("<Q", _STATA_MISSING) if value is None else struct.pack("<d", value)
    for name, values in labels.items():
        texts = b"".join(label.encode() + b"\0" for label in values.values())
        starts, start = [], 0
        for label in values.values():
            starts.append(start)
            start += len(label.encode()) + 1
        body = struct.pack("<ii", len(values), len(texts)) + struct.pack(f"<{len(starts)}i", *starts)
        body += struct.pack(f"<{len(starts)}i", *values) + texts
        out += struct.pack("<i33s3s", len(body), name.encode(), b"") + body
    return out
