"""Bytes to text, whatever the office's program wrote, and never by a guess.

Order: byte-order mark, strict UTF-8, then the one-byte codes. A one-byte file is read under every code that
Kazakh and Russian offices have used, also under those that are not taken (koi8-r, Mac, DOS), and each
reading is scored by how letters follow one another in the two languages. It is accepted only where the best
reading is in an offered code, looks like Kazakh or Russian, and beats every different reading clearly; a
short table with few letters is therefore refused rather than guessed. kz1048 and cp1251 share all Russian
letters, so a purely Russian cp1251 file needs no code of its own; where cp1251 would give letters outside
both alphabets, Kazakh letters are lost or the language is another one, and the file is refused.
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kelisim.core.errors import Fault, Refused
from kelisim.sources.letter_pairs import ALPHABET, COST

__all__ = ["OFFERED", "decode", "one_byte_code"]

OFFERED = ("kz1048", "ptcp154", "cp1251")
_RIVALS = ("koi8-r", "koi8-u", "koi8-t", "mac-cyrillic", "cp866", "cp855", "iso8859-5", "cp1252", "cp1254")
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)

# All costs are -ln of a probability, so a difference of 5 means 150 to 1.
_MARGIN = 4.0
_USUAL_COST, _SPREAD = 3.8, 5.0
_STRANGE_LETTER, _NEIGHBOUR_LETTER, _MIXED_SCRIPTS, _INNER_CAPITAL = 10.0, 6.0, 6.0, 6.0
_NEIGHBOURS = "єїўЄЇЎ"  # Ukrainian and Belarusian: in cp1251 they stand where kz1048 has Kazakh letters
_USUAL_MARK, _STRANGE_MARK, _MISPLACED_MARK = 4.5, 9.0, 3.0
_MARKS_IN_TEXT = "«»“”„–—№…\u00a0§°"
_NOT_BEFORE_A_LETTER = "–—…§°"
_LOST = re.compile(r"[\u0400-\u04ff]\?[\u0400-\u04ff]")
_BROKEN_WORD = re.compile(
    r"[\u0400-\u04ff]([^\x00-\x7f\u0400-\u04ff«»“”„‘’–—…\u00a0\u00ad\u2011])[\u0400-\u04ff]"
)
# Signs nobody writes here: a short one-byte file can be valid UTF-8 by chance, and then shows these.
_NOT_WRITTEN = re.compile(
    r"[\ufffd\u0500-\u052f\u1b00-\u1b7f\u2800-\u28ff\ue000-\uf8ff]|(?<![^\W_])[\u0300-\u036f]"
)
_FEWEST_LETTERS = 8
_LETTERS_PER_LOSS = 50  # Kazakh text has one letter in seven outside cp1251; "yes?no" is far rarer.


@dataclass(frozen=True, slots=True)
class _Reading:
    """A file under one code: the cost of its letters and how many there are."""

    code: str
    data: bytes
    cost: float
    letters: int

    @property
    def text(self) -> str:
        # Decoded when asked for: a dozen texts of a large file at once would fill the memory.
        return self.data.decode(self.code)

    @property
    def plausible(self) -> bool:
        # The mean of n draws strays by 1/sqrt(n); three of its own spreads are allowed.
        return self.letters > 0 and self.cost / self.letters < _USUAL_COST + _SPREAD / self.letters**0.5


def decode(data: bytes, file: str) -> str:
    """Text of a file, without its byte-order mark. Raises: Refused when no offered code fits clearly."""
    for mark, code in _MARKS:
        if data.startswith(mark):
            try:
                return data.decode(code).removeprefix("\ufeff")
            except UnicodeDecodeError as error:
                raise _refused(file, f"its first bytes say {code}, the rest does not follow.") from error
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return _one_byte(data, file)
    if strange := _NOT_WRITTEN.search(text):
        row = text.count("\n", 0, strange.start()) + 1
        sign = f"U+{ord(strange.group()):04X}"
        raise _refused(file, f"{sign} is no letter of any language here: letters were lost or misread.", row)
    return text


def _one_byte(data: bytes, file: str) -> str:
    return data.decode(one_byte_code(data, file))


def one_byte_code(data: bytes, file: str) -> str:
    """The offered code of a file, or of lines of it, that is not UTF-8. Raises: Refused as `decode` does."""
    pairs = _pairs(data)
    found = (_reading(data, pairs, code) for code in (*OFFERED, *_RIVALS))
    readings = sorted((reading for reading in found if reading is not None), key=lambda r: r.cost)
    if not readings or not readings[0].plausible:
        codes = ", ".join(OFFERED)
        raise _refused(file, f"it is not UTF-8, and under none of {codes} do its letters give words.")
    best = readings[0]
    text = best.text
    other = next((reading for reading in readings if reading.text != text), None)
    if best.code not in OFFERED:
        reason = f"it seems to be {best.code}, which has no Kazakh letters; so read it says {_line(best)}."
        raise _refused(file, reason)
    if other is not None and (best.letters < _FEWEST_LETTERS or other.cost - best.cost < _MARGIN):
        both = f"{best.code} gives {_line(best, other)}, {other.code} gives {_line(other, best)}"
        raise _refused(file, f"it is not UTF-8 and has too few letters to tell its code: {both}.")
    strange = sorted({c for c in text if c.isalpha() and c > "\x7f" and c.lower() not in ALPHABET})
    strange += sorted(set(_BROKEN_WORD.findall(text)))
    if strange:
        signs = " ".join(strange[:6])
        raise _refused(file, f"read as {best.code} it has {signs} inside words, neither Kazakh nor Russian.")
    lost = list(_LOST.finditer(text))
    if len(lost) * _LETTERS_PER_LOSS > best.letters:
        shown = " ".join(text[max(0, lost[0].start() - 12) : lost[0].end() + 12].split())
        raise _refused(file, f"Kazakh letters were lost when it was saved: '{shown}'.")
    return best.code


def _pairs(data: bytes) -> NDArray[np.float64]:
    """How often each byte follows each, with a line break before the first and after the last."""
    stream = np.frombuffer(b"\n" + data + b"\n", dtype=np.uint8)
    counted = np.zeros(65536, dtype=np.int64)
    step = 1 << 20
    for start in range(0, len(stream) - 1, step):
        part = stream[start : start + step + 1].astype(np.int32)
        counted += np.bincount(part[:-1] * 256 + part[1:], minlength=65536)
    return counted.reshape(256, 256).astype(np.float64)


def _reading(data: bytes, pairs: NDArray[np.float64], code: str) -> _Reading | None:
    cost, letter, undefined = _costs(code)
    bytes_met = pairs.sum(axis=0)
    if bytes_met[undefined].any():
        return None
    return _Reading(code, data, float((pairs * cost).sum()), int(bytes_met[letter].sum()))


@cache
def _costs(code: str) -> tuple[NDArray[np.float64], NDArray[np.bool_], NDArray[np.bool_]]:
    """Cost of every pair of bytes under a code, which bytes above ASCII are letters, and which nothing."""
    signs = [bytes([byte]).decode(code, errors="replace") for byte in range(256)]
    index = np.array([ALPHABET.find(sign.lower()) + 1 for sign in signs])
    high = np.arange(256) >= 128
    letter = np.array([sign.isalpha() for sign in signs])
    latin = letter & ~high
    known, strange = index > 0, high & letter & (index == 0)
    upper = np.array([sign.isupper() for sign in signs]) & high
    lower = np.array([sign.islower() for sign in signs]) & high
    mark = np.array([0.0 if b < 128 else _mark(sign) for b, sign in enumerate(signs)])
    table = np.array([[float(digit) for digit in row] for row in COST])
    cost: NDArray[Any] = table[index[:, None], index[None, :]]
    cost[~known[:, None] & ~known[None, :]] = 0.0
    neighbour = np.array([code == "cp1251" and sign in _NEIGHBOURS for sign in signs])
    cost += np.where(strange, np.where(neighbour, _NEIGHBOUR_LETTER, _STRANGE_LETTER), 0.0)[None, :]
    cost += _MIXED_SCRIPTS * ((latin[:, None] & known[None, :]) | (known[:, None] & latin[None, :]))
    cost += _INNER_CAPITAL * (lower[:, None] & upper[None, :])
    cost += np.where(high & ~letter, mark, 0.0)[None, :]
    before = np.array([sign in _NOT_BEFORE_A_LETTER for sign in signs])
    space = np.array([sign in " \t\r\n,;" for sign in signs])
    fixed = np.array([sign == "\u00a0" for sign in signs])
    misplaced = (before[:, None] & known[None, :]) | (space[:, None] & fixed[None, :])
    cost += _MISPLACED_MARK * misplaced
    return cost, high & letter, np.array([sign == "\ufffd" for sign in signs])


def _mark(sign: str) -> float:
    return _USUAL_MARK if sign in _MARKS_IN_TEXT else _STRANGE_MARK


def _line(reading: _Reading, other: _Reading | None = None) -> str:
    """The first line with letters above ASCII, or the first on which two readings differ, shortened."""
    lines = reading.text.splitlines()
    if other is not None:
        lines = [a for a, b in zip(lines, other.text.splitlines(), strict=False) if a != b] or lines
    line = next((line for line in lines if any(sign > "\x7f" for sign in line)), "")
    plain = "".join(sign if unicodedata.category(sign)[0] != "C" else "\ufffd" for sign in line.strip())
    return f"'{plain[:60]}'"


def _refused(file: str, reason: str, row: int | None = None) -> Refused:
    way_out = "open it in the program that wrote it and save the file as UTF-8."
    return Refused([Fault(file, row, "", reason, way_out)])
