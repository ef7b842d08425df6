"""A sheet: one table of a page as text and links, so that all tables look and read alike.

A page decides rows and columns; `parts/sheet.html` draws them: the head of every row stays in sight while a
phone scrolls sideways.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from kelisim.core.estimates import Figure
from kelisim.publish.view import View

__all__ = ["Entry", "Row", "Sheet", "entry", "interval_entry"]


@dataclass(frozen=True, slots=True)
class Entry:
    """One field: what it says and where it leads; words are set to the left, numbers to the right."""

    text: str
    link: str = ""
    number: bool = True


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a sheet."""

    head: Entry
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A titled table with notes above it; head names the columns, the first of them that of the row heads."""

    title: str
    head: tuple[str, ...]
    rows: tuple[Row, ...]
    notes: tuple[str, ...] = field(default=())


def entry(view: View, figure: Figure | None) -> Entry:
    """The value of a figure without its interval, linked to its cells; a dash where there is none."""
    if figure is None:
        return Entry("–")
    bare = replace(figure.estimate, low=None, high=None, level=None)
    return Entry(view.speaker.value(bare), view.link(figure))


def interval_entry(view: View, figure: Figure | None) -> Entry:
    """The interval of a figure alone, linked to its cells."""
    if figure is None or figure.estimate.low is None or figure.estimate.high is None:
        return Entry("–")
    e = figure.estimate
    ends = (
        view.speaker.value(replace(e, value=end, low=None, high=None, level=None)) for end in (e.low, e.high)
    )
    return Entry("–".join(ends), view.link(figure))
