"""Where a number comes from: the cells of the files it was read from, to file, row and column."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Cell"]


@dataclass(frozen=True, slots=True, order=True)
class Cell:
    """One cell of an input file.

    file : path inside the study folder
    row : line of the file as an editor counts it, the header being line 1
    column : name of the column in that file
    printed : what stands there, unchanged
    """

    file: str
    row: int
    column: str
    printed: str

    def __str__(self) -> str:
        return f"{self.file}:{self.row}:{self.column} = {self.printed!r}"
