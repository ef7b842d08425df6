"""Figures of composition: counts as printed, shares, and how diverse the population of each area is.

Everything rests on tables that are already public, or on closed ones as the gate lets them leave. Counts are
complete, so a share has no sampling interval and its method says "exact count".
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from kelisim.core.estimates import Figure, Klass
from kelisim.core.groups import TOTAL, Groups
from kelisim.core.tables import Table
from kelisim.evidence.demography.counts import counts_of
from kelisim.evidence.demography.figures import (
    class_of,
    figure,
    group_code,
    usable_areas,
    value_or_reason,
    withheld,
)
from kelisim.stats import composition

__all__ = ["diversity", "population", "shares_across_areas", "shares_within_area"]

_DIVERSITY: dict[str, tuple[str, Callable[[np.ndarray], float]]] = {
    "fractionalisation": ("index 0-1", composition.fractionalisation),
    "polarisation": ("index 0-1", composition.polarisation),
    "entropy": ("index 0-1", composition.relative_entropy),
    "effective_groups": ("groups", lambda row: composition.hill(row, 1)),
}


def population(table: Table, groups: Groups) -> Iterator[Figure]:
    """Counts of persons by area and group: as printed, or as the gate lets a closed table leave."""
    klass: Klass = "published" if table.use.sensitivity == "open" else "computed"
    method = "protected_count" if table.use.sensitivity == "protected" else "as_printed"
    counts = counts_of(table)
    for (area, group), cell in counts.cells.items():
        column = counts.totals[counts.areas.index(area)] if group == TOTAL else None
        value = float(column if column is not None else counts.row(area)[counts.groups.index(group)])
        known = not np.isnan(value)
        hidden = (area, group) in counts.withheld
        reason = "protects_persons" if hidden else "not_printed"
        yield figure(
            table, "population", area, value if known else None, "persons", klass=klass, method=method,
            group=group_code(groups, group, table), reasons=() if known else (reason,),
            n=int(value) if known else None, cells=(cell,), empty="withheld" if hidden else "missing",
        )  # fmt: skip


def shares_within_area(table: Table, groups: Groups) -> Iterator[Figure]:
    """Share of every group in the population of its area, 100 n_ag / n_a, in percent."""
    counts = counts_of(table)
    for area in usable_areas(counts):
        row = counts.row(area)
        for group, share in zip(counts.groups, composition.shares(row), strict=True):
            cells = tuple(counts.cells[area, g] for g in (group, TOTAL) if (area, g) in counts.cells)
            yield figure(
                table, "group_share", area, 100.0 * float(share), "percent", klass=class_of(table),
                method="exact_count", group=group_code(groups, group, table),
                n=int(row[counts.groups.index(group)]), cells=cells,
            )  # fmt: skip


def shares_across_areas(table: Table, groups: Groups) -> Iterator[Figure]:
    """Share of a group's members who live in the area, 100 n_ag / n_g of the whole, in percent."""
    counts, whole = counts_of(table), table.use.whole
    if whole is None or whole not in counts.areas:
        return
    for group, base in zip(counts.groups, counts.row(whole), strict=True):
        if np.isnan(base) or base == 0:
            continue
        for area in usable_areas(counts):
            if area == whole:
                continue
            persons = float(counts.row(area)[counts.groups.index(group)])
            yield figure(
                table, "regional_share_of_group", area, 100.0 * persons / float(base), "percent",
                klass=class_of(table), method="exact_count", group=group_code(groups, group, table),
                n=int(persons), cells=(counts.cells[area, group], counts.cells[whole, group]),
            )  # fmt: skip


def diversity(table: Table) -> Iterator[Figure]:
    """Fractionalisation, polarisation, relative entropy and effective groups (Hill 1973) of every area.

    Context, never a risk input.
    """
    counts = counts_of(table)
    for area in dict.fromkeys(area for area, group in sorted(counts.withheld) if group != TOTAL):
        yield from (withheld(table, indicator, area, unit) for indicator, (unit, _) in _DIVERSITY.items())
    for area in usable_areas(counts):
        row = counts.row(area)
        for indicator, (unit, measure) in _DIVERSITY.items():
            value, reasons = value_or_reason(lambda m=measure, r=row: m(r))  # type: ignore[misc]
            yield figure(
                table, indicator, area, value, unit, klass=class_of(table), method=indicator,
                reasons=reasons, n=int(row.sum()), cells=counts.cells_of(area),
            )  # fmt: skip
