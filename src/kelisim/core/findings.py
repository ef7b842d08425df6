"""Findings: contradictions and gaps that the auditor met in incoming tables.

A finding never repairs anything. It names the code of the check, how serious it is, the table, the exact
cells, the values compared, and says the matter in three languages in words a reader needs no help with.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, get_args

from kelisim.core.languages import Words
from kelisim.core.provenance import Cell

__all__ = ["LEVELS", "Finding", "FindingLevel", "FindingValue"]

FindingLevel = Literal["contradiction", "gap", "note"]
FindingValue = str | int | float | bool | None | tuple[str, ...]
LEVELS: tuple[str, ...] = get_args(FindingLevel)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing the auditor has to say about a table.

    code : name of the check that speaks, for instance "total_differs_from_parts"
    level : "contradiction" two statements cannot both hold; "gap" something needed is absent;
            "note" a reader must know it to read the table rightly
    table_id : table of the study in which it was found
    cells : the cells compared, in the order of reading
    values : the numbers and names behind the message
    message : the finding in Kazakh, Russian and English
    """

    code: str
    level: FindingLevel
    table_id: str
    cells: tuple[Cell, ...]
    message: Words
    values: Mapping[str, FindingValue] = field(default_factory=dict)

    def as_dict(self) -> dict[str, object]:
        """The finding as plain values for JSON."""
        return {
            "code": self.code,
            "level": self.level,
            "table": self.table_id,
            "location": [
                {"file": c.file, "row": c.row, "column": c.column, "printed": c.printed} for c in self.cells
            ],
            "values": {k: list(v) if isinstance(v, tuple) else v for k, v in self.values.items()},
            "message": self.message.as_dict(),
        }
