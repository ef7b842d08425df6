"""Declared tables of survey: printed marginals."""

from __future__ import annotations

from kelisim.core.tables import Column, TableSpec

__all__ = ["MARGINALS", "TABLES"]

MARGINALS = TableSpec(
    "raw_survey__marginals",
    "marginals",
    "Percentages of answers as printed; a cell printed twice keeps both prints.",
    (
        Column("question", "code", "question of the form", key=True),
        Column("option", "code", "code of the answer option", key=True),
        Column("label", "text", "the option in words", required=False, empty=True),
        Column("share_pct", "number", "share of answers", unit="percent", empty=True),
        Column("printed", "print", "the share as the source printed it", required=False, empty=True),
    ),
)
TABLES = (MARGINALS,)
