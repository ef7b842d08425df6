"""One tree of errors for the whole house.

    KelisimError
    ├── Refused              input that cannot be read without guessing; carries every fault found
    ├── UnknownName          an area or group that the study does not declare
    │   ├── UnknownArea
    │   └── UnknownGroup
    ├── AreasError           a broken hierarchy of areas (cycle, missing parent, two rows for one code)
    ├── TableError           a table that does not fit its declaration
    ├── CountsError          counts that cannot be counts (negative, fractional, missing)
    ├── NotDefined           a measure that has no value here: a finding about the data, not a failure
    ├── RecipeError          a step of an index recipe that the data or the rules do not allow
    │   └── RecipesDiffer    two values made by different recipes were to be compared
    ├── GateError            something tried to leave without passing the disclosure gate
    ├── MalformedEntry       an entry of the ledger that lacks something or says something impossible
    ├── StoreError           stored files that are missing, changed or unreadable
    │   └── BrokenChain      a ledger of which a line was altered, taken out, moved or written anew
    └── OutputError          a place that cannot be written

Every message names the thing, the place and the way out.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

__all__ = [
    "AreasError",
    "BrokenChain",
    "CountsError",
    "Fault",
    "GateError",
    "KelisimError",
    "MalformedEntry",
    "NotDefined",
    "OutputError",
    "Problem",
    "RecipeError",
    "RecipesDiffer",
    "Refused",
    "StoreError",
    "TableError",
    "UnknownArea",
    "UnknownGroup",
    "UnknownName",
]


_LONGEST_PART = 400
_MOST_SHOWN = 60


class KelisimError(Exception):
    """Root of all errors that kelisim raises on purpose."""


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One thing wrong with one place of an input file.

    file : name of the file as the study names it
    row : line of the file, counted from 1 as an editor shows it; None for the file as a whole
    field : column or key; "" for the row as a whole
    reason : what is wrong, with the offending value
    way_out : what the person can do about it
    """

    file: str
    row: int | None
    field: str
    reason: str
    way_out: str

    def __str__(self) -> str:
        place = _shown(self.file)
        if self.row is not None:
            place += f", row {self.row}"
        if self.field:
            place += f", {_shown(self.field)}"
        return f"{place}: {_shown(self.reason)} Way out: {_shown(self.way_out)}"


def _shown(text: str) -> str:
    """One short line: a cell of a foreign file may hold a page of text or commands to a terminal."""
    line = "".join(sign if sign.isprintable() else f"\\u{ord(sign):04x}" for sign in text)
    return (
        line
        if len(line) <= _LONGEST_PART
        else f"{line[: _LONGEST_PART // 2]} ... {line[-_LONGEST_PART // 2 :]}"
    )


class Refused(KelisimError):
    """Input refused as a whole; `faults` lists everything found, so one reading is enough to repair it."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults: tuple[Fault, ...] = tuple(
            sorted(set(faults), key=lambda f: (f.file, f.row or 0, f.field, f.reason))
        )
        count = len(self.faults)
        head = "1 fault" if count == 1 else f"{count} faults"
        lines = [f"  {fault}" for fault in self.faults[:_MOST_SHOWN]]
        if count > _MOST_SHOWN:
            lines.append(f"  ... and {count - _MOST_SHOWN} more")
        super().__init__(f"{head}, nothing was written:\n" + "\n".join(lines))


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with a value that is not yet bound to a file: field, what is wrong, way out."""

    field: str
    reason: str
    way_out: str


class MalformedEntry(KelisimError):
    """An entry of the ledger that cannot be read; `problems` lists everything found.

    partial : the entry with something harmless in place of what is at fault, for further checks; or None
    """

    def __init__(self, problems: tuple[Problem, ...], partial: object = None) -> None:
        self.problems = problems
        self.partial = partial
        super().__init__("; ".join(f"{p.field}: {p.reason} Way out: {p.way_out}" for p in problems))


class UnknownName(KelisimError):
    """A name or code that the study does not declare, with the nearest declared ones."""

    def __init__(self, name: str, nearest: Sequence[str], what: str) -> None:
        self.name = name
        self.nearest = tuple(nearest)
        hint = f" Nearest: {', '.join(self.nearest)}." if self.nearest else ""
        super().__init__(f"{what} '{name}' is not declared in this study.{hint}")


class UnknownArea(UnknownName):
    """An area that is not in the study's list of areas."""

    def __init__(self, name: str, nearest: Sequence[str]) -> None:
        super().__init__(name, nearest, "area")


class UnknownGroup(UnknownName):
    """A group that is not in the study's list of groups."""

    def __init__(self, name: str, nearest: Sequence[str]) -> None:
        super().__init__(name, nearest, "group")


class AreasError(KelisimError):
    """The list of areas is not a forest: a cycle, a missing parent or two rows for one code."""


class TableError(KelisimError):
    """A table does not have the columns, types or keys that its declaration demands."""


class CountsError(KelisimError):
    """Numbers given as counts of persons are negative, fractional, infinite or missing."""


class NotDefined(KelisimError):
    """The measure has no value for these data, and the reason is part of the answer.

    reason : short code of the reason, a key of the glossary of reasons ("no_members", "empty_area" ...)
    """

    def __init__(self, reason: str, explanation: str = "") -> None:
        self.reason = reason
        super().__init__(explanation or reason)


class RecipeError(KelisimError):
    """A step of a recipe asks for something the data or the rules do not allow, such as a weight on
    composition."""


class RecipesDiffer(RecipeError):
    """Two values were made by different recipes, and nothing declared links them: they cannot be compared."""


class GateError(KelisimError):
    """A value without class, grade, method or source reached the disclosure gate."""


class StoreError(KelisimError):
    """A stored file is missing, was changed from outside or cannot be read."""


class BrokenChain(StoreError):
    """A line of a ledger is not what was written; nothing behind it can be trusted.

    line : number of the line in the file, from 1
    what : "altered", "missing", "reordered", "repeated", "foreign", "truncated", "rewritten" or
           "inadmissible"
    """

    def __init__(self, line: int, what: str, explanation: str) -> None:
        self.line = line
        self.what = what
        super().__init__(f"line {line} is {what}: {explanation}")


class OutputError(KelisimError):
    """The output folder cannot be written."""
