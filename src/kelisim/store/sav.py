"""An SPSS system file written byte by byte: names, labels, missing values and long text, in UTF-8.

The library that reads such files writes them from two frame libraries only, neither of which the house needs
otherwise. The layout is the one described in the developers' guide of PSPP; a test reads the file back with
the library. Files hold no date, so equal answers give equal bytes.
"""

from __future__ import annotations

import struct
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

__all__ = ["Variable", "sav_bytes"]

_NUMERIC_FORMAT, _TEXT_FORMAT = 5, 1
_SYSMIS = -sys.float_info.max
_LOWEST = struct.unpack("<d", struct.pack("<q", struct.unpack("<q", struct.pack("<d", _SYSMIS))[0] - 1))[0]
_SEGMENT, _COUNTED = 255, 252  # bytes a segment of long text holds, and bytes it is counted as
_MOST_LABEL, _MOST_VALUE_LABEL = 255, 120


@dataclass(frozen=True, eq=False, slots=True)
class Variable:
    """One column of the file.

    values : numbers (nan is SPSS's system-missing) or texts
    labels : number -> words; missing : a range (low, high) of user-missing numbers, and one number more
    measure : 1 nominal, 2 ordinal, 3 scale
    """

    name: str
    label: str
    values: Sequence[float] | Sequence[str]
    text: bool = False
    labels: Mapping[float, str] = field(default_factory=dict)
    missing_range: tuple[float, float] | None = None
    missing_one: float | None = None
    measure: int = 1
    decimals: int = 0


@dataclass(frozen=True, eq=False, slots=True)
class _Laid:
    """A variable with its place: short names of its segments, their widths, and its texts as bytes."""

    variable: Variable
    names: tuple[str, ...]
    widths: tuple[int, ...]
    texts: tuple[bytes, ...]
    place: int

    @property
    def elements(self) -> int:
        """Eight-byte elements that a case needs for it."""
        return sum(max(1, (width + 7) // 8) for width in self.widths)


def sav_bytes(variables: Sequence[Variable], label: str) -> bytes:
    """The file. label : of the file, shown by SPSS. Variables have values of one length."""
    laid: list[_Laid] = []
    place = 1
    for number, variable in enumerate(variables, start=1):
        one = _lay(variable, number, place)
        laid.append(one)
        place += one.elements
    cases = len(variables[0].values) if variables else 0
    parts = [_header(place - 1, cases, label)]
    for one in laid:
        parts += _variable_records(one)
    for one in laid:
        parts += _value_labels(one)
    parts += _info(laid)
    parts.append(struct.pack("<ii", 999, 0))
    parts += (b"".join(_case(laid, index)) for index in range(cases))
    return b"".join(parts)


def _lay(variable: Variable, number: int, place: int) -> _Laid:
    short = f"V{number:05d}"
    if not variable.text:
        return _Laid(variable, (short,), (0,), (), place)
    texts = tuple(str(value).encode() for value in variable.values)
    width = max(8, *(len(text) for text in texts)) if texts else 8
    if width <= _SEGMENT:
        return _Laid(variable, (short,), (width,), texts, place)
    count = -(-width // _COUNTED)
    widths = (*(_SEGMENT for _ in range(count - 1)), width - (count - 1) * _COUNTED)
    names = (short, *(f"W{number:04d}{chr(65 + k // 26)}{chr(65 + k % 26)}" for k in range(count - 1)))
    return _Laid(variable, names, widths, texts, place)


def _header(elements: int, cases: int, label: str) -> bytes:
    product = b"@(#) SPSS DATA FILE kelisim".ljust(60)
    return struct.pack(
        "<4s60siiiiid9s8s64s3s", b"$FL2", product, 2, elements, 0, 0, cases, 100.0, b"01 Jan 00", b"00:00:00",
        _cut(label, 64).ljust(64), b"\0\0\0",
    )  # fmt: skip


def _cut(words: str, most: int) -> bytes:
    """At most this many bytes of UTF-8, never half a letter."""
    return words.encode()[:most].decode(errors="ignore").encode()


def _variable_records(one: _Laid) -> Iterator[bytes]:
    variable = one.variable
    for k, (name, width) in enumerate(zip(one.names, one.widths, strict=True)):
        label = _cut(variable.label, _MOST_LABEL) if k == 0 else b""
        missing: list[float] = []
        count = 0
        if variable.missing_range is not None:
            missing, count = list(variable.missing_range), -2
            if variable.missing_one is not None:
                missing, count = [*missing, variable.missing_one], -3
        kind = _TEXT_FORMAT if variable.text else _NUMERIC_FORMAT
        shown = width if variable.text else 8 + variable.decimals
        form = kind << 16 | shown << 8 | (0 if variable.text else variable.decimals)
        yield struct.pack("<iiiiii8s", 2, width, bool(label), count, form, form, name.encode().ljust(8))
        if label:
            yield struct.pack("<i", len(label)) + label.ljust(-(-len(label) // 4) * 4)
        yield struct.pack(f"<{len(missing)}d", *missing)
        for _ in range(max(1, (width + 7) // 8) - 1):
            yield struct.pack("<iiiiii8s", 2, -1, 0, 0, 0, 0, b" " * 8)


def _value_labels(one: _Laid) -> Iterator[bytes]:
    labels = one.variable.labels
    if not labels:
        return
    yield struct.pack("<ii", 3, len(labels))
    for value, words in labels.items():
        said = _cut(words, _MOST_VALUE_LABEL)
        body = bytes([len(said)]) + said
        yield struct.pack("<d", value) + body.ljust(-(-len(body) // 8) * 8)
    yield struct.pack("<iii", 4, 1, one.place)


def _info(laid: Sequence[_Laid]) -> Iterator[bytes]:
    def record(subtype: int, size: int, data: bytes) -> bytes:
        return struct.pack("<iiii", 7, subtype, size, len(data) // size) + data

    yield record(3, 4, struct.pack("<8i", 1, 0, 0, -1, 1, 1, 2, 65001))
    yield record(4, 8, struct.pack("<3d", _SYSMIS, sys.float_info.max, _LOWEST))
    shown = [(one.variable.measure, 12, 0 if one.variable.text else 1) for one in laid for _ in one.names]
    yield record(11, 4, b"".join(struct.pack("<3i", *each) for each in shown))
    names = "\t".join(f"{one.names[0]}={one.variable.name}" for one in laid)
    yield record(13, 1, names.encode())
    long_ = [(one.names[0], max(map(len, one.texts))) for one in laid if len(one.names) > 1]
    if long_:
        yield record(14, 1, b"".join(f"{name}={width:05d}".encode() + b"\0\t" for name, width in long_))
    yield record(20, 1, b"UTF-8")


def _case(laid: Sequence[_Laid], index: int) -> Iterator[bytes]:
    for one in laid:
        if not one.variable.text:
            value = float(one.variable.values[index])
            yield struct.pack("<d", _SYSMIS if value != value else value)
            continue
        text = one.texts[index]
        for k, width in enumerate(one.widths):
            piece = text[k * _SEGMENT : (k + 1) * _SEGMENT] if len(one.widths) > 1 else text
            yield piece.ljust(max(8, -(-width // 8) * 8))
