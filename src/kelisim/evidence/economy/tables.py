"""Declared tables of economy: single printed figures."""

from __future__ import annotations

from kelisim.core.tables import Column, TableSpec

__all__ = ["FIGURES", "TABLES"]

FIGURES = TableSpec(
    "raw_economy__figures",
    "figures",
    "Single figures as printed, one row per figure, area and year.",
    (
        Column("figure", "code", "the figure's own name in the source", key=True),
        Column("area", "area", "area the figure speaks of", key=True),
        Column("year", "text", "year or span as printed", required=False, empty=True, key=True),
        Column("value", "figure", "the figure; missing where the print is no plain number", empty=True),
        Column("unit", "text", "unit as printed", required=False, empty=True),
        Column("printed", "print", "the figure as the source printed it", required=False, empty=True),
        Column("source_mark", "text", "the source's own reference mark", required=False, empty=True),
    ),
)
TABLES = (FIGURES,)
