"""How a table lies in its file: sheet, rows of headings, rows of data, wide form, marks."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

__all__ = ["LayoutDocument", "Meaning", "WideDocument"]

Meaning = Literal["zero", "missing", "withheld"]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class WideDocument(_Strict):
    """A table with one column per group (or area, year ...): the headings are values of a declared column."""

    heading: str = Field(description="declared column that the headings fill, for instance group")
    value: str = Field(description="declared column that the cells fill, for instance count_persons")
    first: str = Field(description="heading of the first of these columns")
    last: str = Field(description="heading of the last of these columns")
    names: dict[str, str] = Field(
        default={}, description="heading -> what it means, for instance Всего: total"
    )


class LayoutDocument(_Strict):
    """Where the table lies in its file. Rows are counted as the spreadsheet or the editor shows them."""

    sheet: str | None = Field(
        default=None, description="sheet of the workbook; needed where there are several"
    )
    header: list[int] = Field(default=[1], min_length=1, description="rows of headings, for instance [3, 4]")
    rows: tuple[int, int] | None = Field(default=None, description="first and last row of the data")
    wide: WideDocument | None = None
    marks: dict[str, Meaning] = Field(
        default={}, description='what signs mean, for instance "-": zero, x: withheld'
    )

    @model_validator(mode="after")
    def _in_order(self) -> LayoutDocument:
        first, last = self.header[0], self.header[-1]
        if first < 1 or self.header != list(range(first, last + 1)):
            raise ValueError("`header` lists neighbouring rows from the top, for instance [3, 4]")
        if self.rows is not None and not last < self.rows[0] <= self.rows[1]:
            raise ValueError("`rows` gives first and last row of the data, below the headings")
        return self
