"""Declared tables of institutions: the register of associations."""

from __future__ import annotations

from kelisim.core.tables import Column, TableSpec

__all__ = ["ASSOCIATIONS", "TABLES"]

ASSOCIATIONS = TableSpec(
    "raw_institutions__associations",
    "associations",
    "Associations as listed by the source, one row each.",
    (
        Column("association", "code", "short name", key=True),
        Column("name", "text", "name as printed"),
        Column("kind", "code", "ethnocultural or interethnic"),
        Column("group", "group", "group it represents; empty for several", empty=True),
        Column("level", "code", "of which register", required=False, empty=True),
        Column("year", "text", "year of the register", required=False, empty=True),
        Column("youth_wing", "code", "yes or no, as listed", required=False, empty=True),
    ),
    register=True,
)
TABLES = (ASSOCIATIONS,)
