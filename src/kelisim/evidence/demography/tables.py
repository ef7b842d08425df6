"""Declared tables of demography: counts and shares of population by area and group."""

from __future__ import annotations

from kelisim.core.tables import Column, TableSpec

__all__ = ["POPULATION_COUNT", "POPULATION_SERIES", "POPULATION_SHARE", "TABLES"]

_AREA = Column("area", "area", "area the row speaks of", key=True)
_GROUP = Column("group", "group", "ethnic group, or 'total'", key=True)
_PRINTED = Column("printed", "print", "the number as the source printed it", required=False, empty=True)

POPULATION_COUNT = TableSpec(
    "raw_demography__population_count",
    "population_count",
    "Persons by area and group on one day.",
    (_AREA, _GROUP, Column("count_persons", "count", "persons", unit="persons", empty=True), _PRINTED),
)
POPULATION_SHARE = TableSpec(
    "raw_demography__population_share",
    "population_share",
    "Shares in percent: of groups within an area, or of areas within a group.",
    (_AREA, _GROUP, Column("share_pct", "number", "share", unit="percent", empty=True), _PRINTED),
)
POPULATION_SERIES = TableSpec(
    "raw_demography__population_series",
    "population_series",
    "Persons by area and day from an independent source: with it the totals of other tables are dated.",
    (
        _AREA,
        Column("date", "date", "day, month or year that the number speaks of", key=True),
        Column("count_persons", "count", "persons", unit="persons", empty=True),
        _PRINTED,
    ),
)
TABLES = (POPULATION_COUNT, POPULATION_SHARE, POPULATION_SERIES)
