"""What every layout of an export says of itself, and the small readings all of them share."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal
from zoneinfo import ZoneInfo

from kelisim.core.texts import Platform
from kelisim.sources.records import Aside, Given

__all__ = ["Context", "Gone", "Layout", "Outcome", "Passed", "count", "dig", "mended", "need", "text_of"]

Record = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Context:
    """What is known around a record: plain values beside its array, the civil time, its number."""

    beside: Mapping[str, Any]
    zone: ZoneInfo
    number: int


@dataclass(frozen=True, slots=True)
class Passed:
    """A record that is no text: a notice that somebody joined, an advertisement. Counted by `what`."""

    what: str


Outcome = Given | Aside | Passed


class Gone(ValueError):
    """A field that every record of the layout has is not there, or holds something else."""

    def __init__(self, name: str) -> None:
        super().__init__(f"the field '{name}' is gone.")
        self.name = name


@dataclass(frozen=True, slots=True)
class Layout:
    """One layout of an export.

    name : as people call it; platform : what it holds, None where any; kind : of file
    arrays : keys under which its records stand, for JSON; "" for the outermost array
    fits : whether a record is of this layout; read : what a record holds
    columns : for tables, the columns by which it is known
    """

    name: str
    platform: Platform | None
    kind: Literal["json", "lines", "table"]
    fits: Callable[[Record, Mapping[str, Any]], bool]
    read: Callable[[Record, Context], Iterable[Outcome]]
    arrays: tuple[str, ...] = ()
    columns: frozenset[str] = field(default_factory=frozenset)


def dig(record: Any, *path: str | int) -> Any:
    """A value deep in a record; None where the way down ends.

    >>> dig({"likes": {"count": 3}}, "likes", "count")
    3
    """
    for step in path:
        if isinstance(record, Mapping) and isinstance(step, str):
            record = record.get(step)
        elif isinstance(record, list) and isinstance(step, int) and -len(record) <= step < len(record):
            record = record[step]
        else:
            return None
    return record


def need(record: Record, *names: str) -> Any:
    """The value of the first of some names. Raises: Gone, by the first name, where none is there."""
    for name in names:
        if record.get(name) is not None:
            return record[name]
    raise Gone(names[0])


def count(value: Any) -> int | None:
    """A count of likes or views; None for anything else.

    >>> count("1204"), count(-1), count(True)
    (1204, None, None)
    """
    if isinstance(value, bool) or value is None:
        return None
    try:
        number = int(value) if not isinstance(value, float) or value.is_integer() else -1
    except (TypeError, ValueError, OverflowError):
        return None
    return number if 0 <= number < 2**53 else None


def text_of(value: Any, name: str) -> str:
    """A text; an empty one for null. Raises: Gone where something else stands there."""
    if value is None:
        return ""
    if not isinstance(value, str):
        raise Gone(name)
    return value


def mended(text: str) -> str:
    """Official downloads of Facebook and Instagram write each byte of UTF-8 as a letter; this puts it right.

    >>> mended("Ð°Ñ\\x83Ð´Ð°Ð½")
    'аудан'
    """
    try:
        return text.encode("latin-1").decode("utf-8")
    except (UnicodeEncodeError, UnicodeDecodeError):
        return text
