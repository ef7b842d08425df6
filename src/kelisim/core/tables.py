"""Tables and their declarations: columns, units, keys, sensitivity.

A `TableSpec` is declared once, in the strand that owns the subject; readers, store, data dictionary and tests
all work from it. A `Table` is a frozen value: columns as read-only arrays, and for every row the line of
the file it came from, so that any number can be followed back to its cell.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from kelisim.core.errors import TableError
from kelisim.core.languages import Words
from kelisim.core.provenance import Cell, Place

__all__ = ["Column", "ColumnType", "Repeats", "Sensitivity", "Table", "TableSpec", "TableUse"]

ColumnType = Literal[
    "text",
    "code",
    "area",
    "group",
    "groups",
    "date",
    "count",
    "number",
    "integer",
    "print",
    "address",
    "figure",
]
Sensitivity = Literal["open", "closed", "protected"]
Repeats = Literal["refuse", "prints"]


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a declared table.

    type : "text", "code" (word of a small vocabulary), "area" and "group" (joined to codes), "groups"
           (codes joined by ;), "date" (year, month or day, as ISO 8601 writes them), "count"
           (non-negative whole number), "number", "integer", "print" (the source's own string),
           "figure" (a number where the print is plain, else missing),
           "address" (host or link)
    unit : unit of the values; None for words
    required : whether a file must have the column
    empty : whether single cells may be empty
    key : whether the column is part of the key of a row
    vocabulary : the only words a "code" column may hold; empty where a study may bring its own
    """

    name: str
    type: ColumnType
    meaning: str
    unit: str | None = None
    required: bool = True
    empty: bool = False
    key: bool = False
    vocabulary: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TableSpec:
    """Declaration of one kind of table.

    name : layer, room and content, for instance "raw_demography__population"
    kind : the word a study uses in `study.yaml`
    register : True where no row is a statement too: nothing was recorded
    """

    name: str
    kind: str
    meaning: str
    columns: tuple[Column, ...]
    register: bool = False

    @property
    def key(self) -> tuple[str, ...]:
        """Names of the columns that identify a row."""
        return tuple(column.name for column in self.columns if column.key)

    def column(self, name: str) -> Column:
        """One column by name. Raises: TableError when the kind has no such column."""
        for column in self.columns:
            if column.name == name:
                return column
        raise TableError(f"tables of kind '{self.kind}' have no column '{name}'")


@dataclass(frozen=True, slots=True, kw_only=True)
class TableUse:
    """How a study uses one table: what it is about and how it may be read.

    whole : area that the table's units make up; None when the table has no such claim
    unit_level : levels of the units ("district", "city_administration"); empty when mixed
    complete_groups : True when the groups printed are all groups (with a remainder)
    base : for shares, "within_area" (groups of an area sum to 100), "across_areas" (areas of a group
           sum to 100); "" for other kinds
    counts_table : the table of counts that shares should follow from
    repeats : "refuse" two rows with one key, or keep them as further "prints" of the same cell
    sensitivity : "open" figures already public, "closed" unpublished: the gate's thresholds apply,
                  "protected" a closed table as the gate lets it leave; no study may declare that
    columns : name of the declared column -> name of the column in the file
    """

    table_id: str
    kind: str
    file: str
    title: Words
    source_id: str
    period_id: str | None
    whole: str | None = None
    unit_level: tuple[str, ...] = ()
    complete_groups: bool = False
    base: Literal["", "within_area", "across_areas"] = ""
    counts_table: str | None = None
    repeats: Repeats = "refuse"
    sensitivity: Sensitivity = "open"
    columns: Mapping[str, str]
    constants: Mapping[str, str]


@dataclass(frozen=True, eq=False)
class Table:
    """A table as read: declaration, use, columns and the line of every row.

    data : declared column -> array of one value per row; words are str, numbers float (nan = missing)
    lines : line of the file for each row, the header being line 1
    prints : number of the print of the row's key, from 1; above 1 only where the study keeps repeats
    places : for workbooks and wide tables, declared column -> place of the value of every row; else empty
    withheld : rows of a protected table whose number does not leave; None for every other table
    """

    spec: TableSpec
    use: TableUse
    data: Mapping[str, NDArray[Any]]
    lines: NDArray[np.int64]
    prints: NDArray[np.int64]
    places: Mapping[str, tuple[Place, ...]] = field(default_factory=dict)
    withheld: NDArray[np.bool_] | None = None

    def __post_init__(self) -> None:
        for name, values in self.data.items():
            self.spec.column(name)
            if len(values) != len(self.lines):
                raise TableError(f"column '{name}' of '{self.use.table_id}' has {len(values)} values")
            values.setflags(write=False)
        self.lines.setflags(write=False)
        self.prints.setflags(write=False)

    def __len__(self) -> int:
        return len(self.lines)

    def __getitem__(self, column: str) -> NDArray[Any]:
        try:
            return self.data[column]
        except KeyError:
            raise TableError(f"table '{self.use.table_id}' has no column '{column}'") from None

    def has(self, column: str) -> bool:
        """Whether the file gave this column."""
        return column in self.data

    def rows(self) -> Iterator[dict[str, Any]]:
        """The rows as plain mappings, in file order."""
        for index in range(len(self)):
            yield {name: values[index] for name, values in self.data.items()}

    def cell(self, row: int, column: str) -> Cell:
        """The file's cell behind one value; shows the source's own print where the table keeps one."""
        if column in self.places:
            place = self.places[column][row]
            return Cell(self.use.file, int(self.lines[row]), place.column, place.printed)
        printed = str(self.data["printed"][row]) if "printed" in self.data else ""
        value = self.data[column][row]
        if not printed:
            missing = isinstance(value, float) and np.isnan(value)
            printed = "" if missing else f"{value:.15g}" if isinstance(value, float) else str(value)
        return Cell(self.use.file, int(self.lines[row]), self.use.columns.get(column, column), printed)
