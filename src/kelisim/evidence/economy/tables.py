"""Declared tables of economy: single printed figures, and indicators by area and month."""

from __future__ import annotations

from kelisim.core.tables import Column, TableSpec

__all__ = ["AREA_MONTHS", "FIGURES", "TABLES"]

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
AREA_MONTHS = TableSpec(
    "raw_economy__area_months",
    "area_months",
    "Indicators by area and month, such as unemployment, prices, the tone of comments, trust in a survey.",
    (
        Column("area", "area", "declared area", key=True),
        Column("month", "date", "month, as 2020-07", key=True),
        Column("indicator", "code", "the indicator's own name", key=True),
        Column("value", "number", "its value; missing where it was not measured", "any", empty=True),
    ),
)
TABLES = (FIGURES, AREA_MONTHS)
