"""Declared tables of survey: printed marginals, and estimates by area from a survey program."""

from __future__ import annotations

from kelisim.core.tables import Column, TableSpec

__all__ = ["AREA_ESTIMATES", "MARGINALS", "TABLES"]

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
AREA_ESTIMATES = TableSpec(
    "raw_survey__area_estimates",
    "area_estimates",
    "Estimates by area as a survey program gives them: one row for each area, item and wave.",
    (
        Column("area", "area", "area the estimate speaks of", key=True),
        Column("item", "code", "item of the index, or key of an indicator card", key=True),
        Column("wave", "text", "period or year; that of the table where absent", required=False, key=True),
        Column("value", "number", "mean of the scale, or share in percent"),
        Column("se", "number", "standard error by the design", required=False, empty=True),
        Column("df", "number", "degrees of freedom of the error", required=False, empty=True),
        Column("n", "count", "answers behind the estimate", unit="persons"),
        Column("deff", "number", "design effect", required=False, empty=True),
        Column("grade", "code", "good, acceptable or poor"),
    ),
)  # fmt: skip
TABLES = (MARGINALS, AREA_ESTIMATES)
