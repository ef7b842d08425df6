"""Lines that cannot be altered unseen: each carries the digest of its predecessor and of its own content.

A line is canonical JSON (keys in order, no spaces, UTF-8), so one content has one spelling and an altered
blank is found like an altered number. The chain alone shows every edit, deletion, insertion and exchange
inside the file. It cannot show that the last lines are missing, nor that somebody wrote the whole chain anew
from some line on: for that a head (number of lines and digest of the last one) must have been kept elsewhere.
Releases print it, and `check_head` compares.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from kelisim.core.errors import BrokenChain

__all__ = [
    "GENESIS",
    "Head",
    "Line",
    "check_head",
    "head_of",
    "linked",
    "read_chain",
    "seal",
]

GENESIS = "0" * 64
_FIELDS = {"seq", "prev", "at", "kind", "body", "hash"}
_HEAD = re.compile(r"(\d{1,12}):([0-9a-f]{64})", re.ASCII)
_LONGEST = 2**17


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the ledger.

    seq : number of the line, from 1; at : the clock of the machine that wrote it, UTC, to the second
    kind, body : what is said; prev, hash : digest of the line before and of this one
    """

    seq: int
    at: datetime
    kind: str
    body: Mapping[str, Any]
    prev: str
    hash: str

    def as_bytes(self) -> bytes:
        """The line as it stands in the file, with its end."""
        return _canonical({**_unsigned(self), "hash": self.hash}) + b"\n"


@dataclass(frozen=True, slots=True)
class Head:
    """How many lines a ledger has, and the digest of its last one: what must be kept elsewhere.

    >>> Head.parse("3:" + "ab" * 32).lines
    3
    """

    lines: int
    hash: str

    def __str__(self) -> str:
        return f"{self.lines}:{self.hash}"

    @classmethod
    def parse(cls, text: str) -> Head:
        """Read NUMBER:DIGEST. Raises: ValueError."""
        found = _HEAD.fullmatch(text.strip())
        if found is None:
            raise ValueError(
                f"'{text[:90]}' is no head of a ledger, which looks like 12:<64 signs of SHA-256>"
            )
        return cls(int(found.group(1)), found.group(2))


def linked(before: Head, kind: str, body: Mapping[str, Any], at: datetime) -> Line:
    """The line that follows a head: hash = SHA-256(canonical JSON of seq, prev, at, kind, body).

    at : aware time, cut to the second.  Raises: ValueError for a body that is no JSON (NaN, foreign types).

    >>> linked(Head(0, GENESIS), "opened", {"format": 1}, datetime(2026, 1, 1, tzinfo=UTC)).seq
    1
    """
    moment = at.astimezone(UTC).replace(microsecond=0)
    plain = json.loads(_canonical(body))
    line = Line(before.lines + 1, moment, kind, plain, before.hash, "")
    return Line(line.seq, line.at, kind, plain, line.prev, _digest(line))


def head_of(lines: Sequence[Line]) -> Head:
    """The head after these lines; the empty ledger has the digest of no line."""
    return Head(lines[-1].seq, lines[-1].hash) if lines else Head(0, GENESIS)


def read_chain(rows: Sequence[bytes]) -> tuple[Line, ...]:
    """Lines of a file, without their ends, as a chain. Raises: BrokenChain at the first faulty line.

    What follows a broken line is not judged: nothing behind it can be trusted.
    """
    found: list[Line] = []
    head = Head(0, GENESIS)
    for number, row in enumerate(rows, start=1):
        line = _read(row, number)
        if line.seq != head.lines + 1:
            raise _out_of_place(line, number, rows)
        if line.prev != head.hash:
            raise BrokenChain(number, "foreign", "it does not continue the line before it.")
        found.append(line)
        head = Head(line.seq, line.hash)
    return tuple(found)


def check_head(lines: Sequence[Line], kept: Head) -> None:
    """Compare with a head kept elsewhere. Raises: BrokenChain when lines are missing or were written anew."""
    if kept.lines > len(lines):
        missing = kept.lines - len(lines)
        words = (
            f"{missing} lines that a kept head counts" if missing > 1 else "the line that a kept head counts"
        )
        raise BrokenChain(len(lines) + 1, "truncated", f"{words} are not in the file.")
    stands = lines[kept.lines - 1].hash if kept.lines else GENESIS
    if stands != kept.hash:
        raise BrokenChain(
            max(1, kept.lines), "rewritten", "its digest is not the one that was kept elsewhere."
        )


def seal(head: Head, key: bytes) -> str:
    """Keyed digest of a head, HMAC-SHA256: whoever lacks the key cannot make a head that fits an edited file.

    >>> seal(Head(0, GENESIS), b"key")[:8]
    'b5f73d6f'
    """
    return hmac.new(key, str(head).encode(), hashlib.sha256).hexdigest()


def _canonical(value: object) -> bytes:
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return text.encode("utf-8")


def _unsigned(line: Line) -> dict[str, Any]:
    at = line.at.strftime("%Y-%m-%dT%H:%M:%SZ")
    return {"seq": line.seq, "prev": line.prev, "at": at, "kind": line.kind, "body": line.body}


def _digest(line: Line) -> str:
    return hashlib.sha256(_canonical(_unsigned(line))).hexdigest()


def _read(row: bytes, number: int) -> Line:
    if len(row) > _LONGEST:
        raise BrokenChain(number, "altered", f"it has {len(row):,} bytes, more than a line may have.")
    try:
        raw = json.loads(row.decode("utf-8"))
        if not isinstance(raw, dict) or set(raw) != _FIELDS or not isinstance(raw["body"], dict):
            raise ValueError("it is not a line of a ledger")
        if type(raw["seq"]) is not int or not all(type(raw[k]) is str for k in ("prev", "kind", "hash")):
            raise ValueError("a field is of the wrong kind")
        at = datetime.strptime(raw["at"], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
        line = Line(raw["seq"], at, raw["kind"], raw["body"], raw["prev"], raw["hash"])
        same = line.as_bytes() == row + b"\n"
    except (ValueError, TypeError, RecursionError) as error:
        raise BrokenChain(number, "altered", f"it cannot be read ({str(error)[:120]}).") from error
    if not same:
        raise BrokenChain(number, "altered", "it is not spelled as kelisim writes it.")
    if _digest(line) != line.hash:
        raise BrokenChain(number, "altered", "its content does not have the digest it carries.")
    return line


def _out_of_place(line: Line, number: int, rows: Sequence[bytes]) -> BrokenChain:
    if line.seq < number:
        return BrokenChain(number, "repeated", f"it is line {line.seq}, which stands before.")
    for row in rows[number:]:
        try:
            moved = _read(row, number).seq == number
        except BrokenChain:
            continue
        if moved:
            return BrokenChain(number, "reordered", f"line {line.seq} stands in its place.")
    words = f"line {number}" if line.seq == number + 1 else f"lines {number} to {line.seq - 1}"
    return BrokenChain(number, "missing", f"{words} left the file; line {line.seq} stands there.")
