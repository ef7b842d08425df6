"""Closed tables as they may leave: everything that is measured of them afterwards rests on protected counts.

Counts of persons are protected together (`linking`). A protected table has its rows in the order in which the
study declares areas and groups, since the order of the file may be the order of the numbers; it has no print
and no line of the file; and an area that lists groups lists all groups of the table, since a row that is
absent only where nobody was counted would say so. Closed tables of other kinds have no protected form yet and
stay inside.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from kelisim.core.errors import GateError
from kelisim.core.groups import TOTAL, scoped
from kelisim.core.study import Study
from kelisim.core.tables import Table
from kelisim.disclosure.linking import Count, protect_counts
from kelisim.disclosure.policy import Policy, policy_of

__all__ = ["guarded"]

_KIND = "population_count"


def guarded(study: Study) -> Study:
    """The study as the measures of a release may see it: closed counts protected, everything open as it is.

    Raises: GateError when a file is open in one table and closed in another, or when the audit fails.
    """
    closed = [t for t in study.tables.values() if t.use.sensitivity == "closed"]
    shared = {t.use.file for t in closed} & {t.use.file for t in study.tables.values() if t not in closed}
    if shared:
        raise GateError(
            f"the file '{min(shared)}' is closed in one table and open in another, so what is closed would "
            "leave with the open table. Way out: give both tables `sensitivity: closed`, or split the file."
        )
    counts = [table for table in closed if table.use.kind == _KIND]
    if not counts:
        return study
    protected = _protected(study, counts, policy_of(study.thresholds))
    return replace(study, tables={name: protected.get(name, t) for name, t in study.tables.items()})


def _group(study: Study, table: Table, group: str) -> str:
    return TOTAL if group == TOTAL else scoped(study.groups[group], table.use.table_id)


def _rows(study: Study, table: Table) -> dict[tuple[str, str], float]:
    """First print of every cell, in the study's own order, with the combinations that the file leaves out."""
    given: dict[tuple[str, str], float] = {}
    for row in np.flatnonzero(table.prints == 1):
        key = (str(table["area"][row]), str(table["group"][row]))
        given[key] = float(table["count_persons"][row])
    areas = [area.area_id for area in study.areas if any(a == area.area_id for a, _ in given)]
    groups = [TOTAL, *(g.group_id for g in study.groups)]
    listed = {group for _, group in given}
    detailed = {area for area, group in given if group != TOTAL}
    found: dict[tuple[str, str], float] = {}
    for area in areas:
        for group in groups:
            if (area, group) in given:
                found[area, group] = given[area, group]
            elif group != TOTAL and group in listed and area in detailed:
                found[area, group] = float("nan")
    return found


def _counts(study: Study, table: Table, policy: Policy) -> list[Count]:
    use = table.use
    out = []
    for (area, group), persons in _rows(study, table).items():
        # An empty cell beside counted ones most often means nobody: it is protected as such.
        nobody = np.isnan(persons) and group != TOTAL and policy.zeros == "withhold"
        out.append(
            Count(
                register=(use.source_id, use.period_id or ""),
                table=use.table_id,
                area=area,
                group=_group(study, table, group),
                persons=0.0 if nobody else persons,
            )
        )
    return out


def _printed(study: Study, table: Table, closed: Iterable[Count], policy: Policy) -> list[Count]:
    """Counts of open tables that agree with the closed one wherever both have a cell.

    They must be of the same period, or share a cell with it that is too large to agree by chance.
    """
    use = table.use
    own = {(c.area, c.group): c.persons for c in closed if c.table == use.table_id}
    found: list[Count] = []
    for other in study.of_kind(_KIND):
        if other.use.sensitivity != "open":
            continue
        theirs = {
            (area, _group(study, other, group)): persons
            for (area, group), persons in _rows(study, other).items()
            if not np.isnan(persons)
        }
        shared = [key for key in theirs if key in own]
        alike = other.use.period_id is not None and other.use.period_id == use.period_id
        alike = alike or any(own[key] >= policy.min_persons for key in shared)
        if alike and all(own[key] == theirs[key] for key in shared):
            register = (use.source_id, use.period_id or "")
            found += [
                Count(register=register, table=other.use.table_id, area=a, group=g, persons=p, public=True)
                for (a, g), p in theirs.items()
            ]
    return found


def _protected(study: Study, tables: list[Table], policy: Policy) -> dict[str, Table]:
    counts = [count for table in tables for count in _counts(study, table, policy)]
    printed = dict.fromkeys(count for table in tables for count in _printed(study, table, counts, policy))
    wholes = {t.use.table_id: (t.use.whole, _units(study, t)) for t in tables if t.use.whole is not None}
    released = protect_counts([*counts, *printed], study.areas, policy, wholes)
    values = {(c.table, c.area, c.group): v for c, v in zip(counts, released, strict=False)}
    return {table.use.table_id: _as_it_leaves(study, table, values) for table in tables}


def _units(study: Study, table: Table) -> list[str]:
    levels, whole = set(table.use.unit_level), table.use.whole
    areas = dict.fromkeys(str(area) for area in table["area"])
    return [a for a in areas if a != whole and (not levels or study.areas[a].level in levels)]


def _as_it_leaves(study: Study, table: Table, values: dict[tuple[str, str, str], float]) -> Table:
    keys = list(_rows(study, table))
    name = table.use.table_id
    persons = np.array([values[name, area, _group(study, table, group)] for area, group in keys])
    data = {
        "area": np.array([area for area, _ in keys], dtype=object),
        "group": np.array([group for _, group in keys], dtype=object),
        "count_persons": persons,
    }
    return replace(
        table,
        use=replace(table.use, sensitivity="protected"),
        data=data,
        lines=np.arange(1, len(keys) + 1),
        prints=np.ones(len(keys), dtype=np.int64),
        withheld=np.isnan(persons),
        places={},
    )
