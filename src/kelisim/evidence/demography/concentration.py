"""Where a group is concentrated: location quotients, and places that one group makes up. Context only.

A place is called an enclave where the share of one group and its location quotient both reach the limits
that the study declares. The flag enters no index and weighs nowhere.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from kelisim.core.estimates import Figure
from kelisim.core.groups import Groups
from kelisim.core.provenance import Cell
from kelisim.core.study import LocalShare, Thresholds
from kelisim.core.tables import Table
from kelisim.evidence.demography.counts import counts_of
from kelisim.evidence.demography.figures import class_of, figure, group_code, usable_areas
from kelisim.stats import location

__all__ = ["local_shares", "quotients"]


def quotients(table: Table, groups: Groups, limits: Thresholds) -> Iterator[Figure]:
    """Location quotient of every group in every unit of the table, and the flag where it is reached."""
    counts, whole = counts_of(table), table.use.whole
    units = [area for area in usable_areas(counts) if area != whole]
    if whole is None or len(units) < 2 or any(area != whole for area, _ in counts.withheld):
        return
    square = np.array([counts.row(area) for area in units])
    if square.sum() == 0:
        return
    found = location.location_quotients(square)
    for column, group in enumerate(counts.groups):
        code = group_code(groups, group, table)
        for row, area in enumerate(units):
            value, own = float(found[row, column]), float(square[row, column])
            known = not np.isnan(value)
            yield figure(
                table, "location_quotient", area, value if known else None, "ratio", klass=class_of(table),
                method="location_quotient", group=code, reasons=() if known else ("no_members",), n=int(own),
                cells=(counts.cells[area, group],),
            )  # fmt: skip
            # A remainder is no group, so it cannot make up a place.
            if known and not groups[group].remainder:
                share = 100.0 * own / square[row].sum()
                if _enclave(share, value, limits):
                    yield _flag(table, area, code, int(own), (counts.cells[area, group],), True)


def local_shares(
    declared: tuple[LocalShare, ...], tables: Mapping[str, Table], groups: Groups, limits: Thresholds
) -> Iterator[Figure]:
    """Shares that a source prints for single places, their quotients, and the flag, reached or not."""
    for use in declared:
        table, counts = tables[use.table_id], counts_of(tables[use.counts_table_id])
        base = tables[use.counts_table_id].use.whole or ""
        rows = np.flatnonzero((table["figure"] == use.figure) & (table["area"] == use.area_id))
        if base not in counts.areas or use.group_id not in counts.groups:
            continue
        whole = counts.row(base)
        for row in rows:
            share = float(table["value"][row])
            own = float(whole[counts.groups.index(use.group_id)])
            if np.isnan(share) or np.isnan(whole).any() or own == 0:
                continue
            variant, code = f"{use.table_id} {use.figure}", group_code(groups, use.group_id, table)
            printed, below = table.cell(int(row), "value"), counts.cells[base, use.group_id]
            quotient = share / (100.0 * own / float(whole.sum()))
            yield figure(
                table, "group_share", use.area_id, share, "percent", klass="published", method="as_printed",
                group=code, cells=(printed,), variant=variant, grade="poor",
            )  # fmt: skip
            yield figure(
                table, "location_quotient", use.area_id, quotient, "ratio", klass="derived",
                method="location_quotient", group=code, cells=(printed, below), variant=variant, grade="poor",
            )  # fmt: skip
            reached = _enclave(share, quotient, limits)
            yield _flag(table, use.area_id, code, None, (printed, below), reached, variant)


def _enclave(share_pct: float, quotient: float, limits: Thresholds) -> bool:
    return location.is_enclave(
        share_pct,
        quotient,
        min_share_pct=limits.enclave_share_pct,
        min_quotient=limits.enclave_quotient,
    )


def _flag(
    table: Table,
    area: str,
    group: str,
    n: int | None,
    cells: tuple[Cell, ...],
    reached: bool,
    variant: str = "",
) -> Figure:
    return figure(
        table, "enclave", area, 1.0 if reached else 0.0, "flag",
        klass="derived" if variant else class_of(table), method="enclave", group=group, n=n, cells=cells,
        variant=variant, grade="poor" if variant else "acceptable",
    )  # fmt: skip
