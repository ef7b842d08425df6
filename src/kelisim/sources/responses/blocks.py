"""A stretch of rows as text, whatever file they came from: what every reader of answers hands on.

Rows come a few thousand at a time, so that the memory does not grow with the file.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from kelisim.core.answers import AsideReason

__all__ = ["ROWS_PER_BLOCK", "Block", "Broken", "Opened"]

ROWS_PER_BLOCK = 5_000


@dataclass(frozen=True, slots=True)
class Broken:
    """A row that could not be cut into cells. It is named and never quoted: anything may stand in it."""

    line: int
    code: AsideReason
    reason: str
    way_out: str


@dataclass(frozen=True)
class Block:
    """Rows of one header. columns : one sequence of cells per name of the header; lines : of each row."""

    header: tuple[str, ...]
    columns: Sequence[Sequence[str]]
    lines: Sequence[int]
    broken: tuple[Broken, ...] = ()


@dataclass(frozen=True)
class Opened:
    """A file or service that was looked at and can be read from its beginning.

    file : its name in messages; how : format, code and delimiter in words
    size : bytes, 0 where unknown; digest : SHA-256 of the file, "" for a service until it is read
    value_labels : column -> value as a cell -> label, where the file itself explains its codes
    titles : column -> the question in words, where the file has both
    own_words : whether a cell may hold the respondent's own words instead of an option (Google Forms)
    """

    file: str
    how: str
    blocks: Callable[[], Iterator[Block]]
    digest: Callable[[], str]
    size: int = 0
    value_labels: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    titles: Mapping[str, str] = field(default_factory=dict)
    own_words: bool = False
