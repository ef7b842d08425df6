"""Where a number comes from: the cells of the files it was read from, to file, row and column."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Cell", "Place"]


@dataclass(frozen=True, slots=True)
class Place:
    """Where one value of a workbook or wide table stands, when the row alone does not tell.

    column : the place as a person looks for it: sheet and cell ("Sheet1!C7 (Kazakh)"), or the file's heading
    printed : what stands there, before any mark was given its meaning
    """

    column: str
    printed: str


@dataclass(frozen=True, slots=True, order=True)
class Cell:
    """One cell of an input file.

    file : path inside the study folder
    row : line of the file as an editor counts it, the header being line 1; of a workbook, the sheet's row
    column : name of the column in that file; of a workbook, sheet and cell
    printed : what stands there, unchanged

    >>> str(Cell("data/census.csv", 2, "persons", "1 200"))
    "data/census.csv:2:persons = '1 200'"
    """

    file: str
    row: int
    column: str
    printed: str

    def __str__(self) -> str:
        return f"{self.file}:{self.row}:{self.column} = {self.printed!r}"
