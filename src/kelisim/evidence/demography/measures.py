"""Figures of demography: counts as printed, shares, diversity, segregation, concentration, growth.

Everything rests on tables that are already public, or on closed ones as the gate lets them leave, so it is
arithmetic on figures that anybody has ("derived"); counts are complete, so a share has no sampling interval
and its method says "exact count". Where a protected table withholds a count, the measures that need it are
withheld with it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from kelisim.core.errors import NotDefined
from kelisim.core.estimates import Estimate, Figure, Flag, Klass
from kelisim.core.groups import TOTAL, Groups, scoped
from kelisim.core.provenance import Cell
from kelisim.core.tables import Table
from kelisim.evidence.demography.counts import Counts, counts_of
from kelisim.stats import composition, location, segregation

__all__ = ["diversity", "population", "shares_across_areas", "shares_within_area", "spread"]

_DIVERSITY: dict[str, Callable[[np.ndarray], float]] = {
    "fractionalisation": composition.fractionalisation,
    "polarisation": composition.polarisation,
    "entropy": composition.relative_entropy,
}


def _figure(
    table: Table, indicator: str, area: str, value: float | None, unit: str, *, klass: Klass, method: str,
    group: str | None = None, reasons: tuple[str, ...] = (), n: int | None = None,
    cells: tuple[Cell, ...] = (), empty: Flag = "missing",
) -> Figure:  # fmt: skip
    estimate = Estimate(
        value=value,
        unit=unit,
        n=n,
        method=method,
        grade="acceptable",
        source=table.use.source_id,
        flag="ok" if value is not None else empty,
        reasons=reasons,
    )
    return Figure(
        indicator=indicator,
        area_id=area,
        group_id=group,
        period_id=table.use.period_id or "",
        estimate=estimate,
        klass=klass,
        variant=table.use.table_id,
        cells=cells,
    )


def _group(groups: Groups, group: str, table: Table) -> str:
    return TOTAL if group == TOTAL else scoped(groups[group], table.use.table_id)


def population(table: Table, groups: Groups) -> Iterator[Figure]:
    """Counts of persons by area and group: as printed, or as the gate lets a closed table leave."""
    klass: Klass = "published" if table.use.sensitivity == "open" else "computed"
    method = "protected_count" if table.use.sensitivity == "protected" else "as_printed"
    counts = counts_of(table)
    for (area, group), cell in counts.cells.items():
        column = counts.totals[counts.areas.index(area)] if group == TOTAL else None
        value = float(column if column is not None else counts.row(area)[counts.groups.index(group)])
        known = not np.isnan(value)
        withheld = (area, group) in counts.withheld
        reason = "protects_persons" if withheld else "not_printed"
        yield _figure(
            table, "population", area, value if known else None, "persons", klass=klass, method=method,
            group=_group(groups, group, table), reasons=() if known else (reason,),
            n=int(value) if known else None, cells=(cell,), empty="withheld" if withheld else "missing",
        )  # fmt: skip


def _usable(counts: Counts) -> Iterator[str]:
    for area in counts.areas:
        if len(counts.groups) > 1 and not np.isnan(counts.row(area)).any():
            yield area


def _klass(table: Table) -> Klass:
    return "computed" if table.use.sensitivity == "closed" else "derived"


def _withheld(table: Table, indicator: str, area: str) -> Figure:
    return _figure(
        table, indicator, area, None, "index 0-1", klass=_klass(table), method=indicator,
        reasons=("protects_persons",), empty="withheld",
    )  # fmt: skip


def shares_within_area(table: Table, groups: Groups) -> Iterator[Figure]:
    """Share of every group in the population of its area, 100 n_ag / n_a, in percent."""
    counts = counts_of(table)
    for area in _usable(counts):
        row = counts.row(area)
        for group, share in zip(counts.groups, composition.shares(row), strict=True):
            cells = tuple(counts.cells[area, g] for g in (group, TOTAL) if (area, g) in counts.cells)
            yield _figure(
                table, "group_share", area, 100.0 * float(share), "percent", klass=_klass(table),
                method="exact_count", group=_group(groups, group, table),
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
        for area in _usable(counts):
            if area == whole:
                continue
            persons = float(counts.row(area)[counts.groups.index(group)])
            yield _figure(
                table, "regional_share_of_group", area, 100.0 * persons / float(base), "percent",
                klass=_klass(table), method="exact_count", group=_group(groups, group, table),
                n=int(persons), cells=(counts.cells[area, group], counts.cells[whole, group]),
            )  # fmt: skip


def diversity(table: Table) -> Iterator[Figure]:
    """Fractionalisation, polarisation and relative entropy of every area. Context, never a risk input."""
    counts = counts_of(table)
    for area in dict.fromkeys(area for area, group in sorted(counts.withheld) if group != TOTAL):
        yield from (_withheld(table, indicator, area) for indicator in _DIVERSITY)
    for area in _usable(counts):
        row = counts.row(area)
        for indicator, measure in _DIVERSITY.items():
            value, reasons = _value_or_reason(lambda m=measure, r=row: m(r))  # type: ignore[misc]
            yield _figure(
                table, indicator, area, value, "index 0-1", klass=_klass(table), method=indicator,
                reasons=reasons, n=int(row.sum()), cells=counts.cells_of(area),
            )  # fmt: skip


def spread(table: Table, groups: Groups) -> Iterator[Figure]:
    """Segregation between the table's units, of all groups and of each, and quotients in each unit."""
    counts, whole = counts_of(table), table.use.whole
    units = [area for area in _usable(counts) if area != whole]
    if whole is not None and any(area != whole for area, _ in counts.withheld):
        # Taken over the units that leave whole, a measure of the spread between units would be another one.
        yield from (
            _withheld(table, indicator, whole) for indicator in ("multigroup_dissimilarity", "theil_h")
        )
        return
    if whole is None or len(units) < 2:
        return
    square = np.array([counts.row(area) for area in units])
    total = square.sum(axis=1)
    quotients = location.location_quotients(square)
    every = tuple(cell for area in units for cell in counts.cells_of(area))
    together = {
        "multigroup_dissimilarity": segregation.multigroup_dissimilarity,
        "theil_h": segregation.theil_h,
    }
    for indicator, of_all in together.items():
        value, reasons = _value_or_reason(lambda m=of_all: m(square))  # type: ignore[misc]
        yield _figure(
            table, indicator, whole, value, "index 0-1", klass=_klass(table), method=indicator,
            reasons=reasons, n=int(square.sum()), cells=every,
        )  # fmt: skip
    for column, group in enumerate(counts.groups):
        own = square[:, column]
        code = _group(groups, group, table)
        cells = tuple(counts.cells[area, group] for area in units)
        measured = {
            "dissimilarity": lambda own=own: segregation.dissimilarity(own, total - own),
            "isolation": lambda own=own: segregation.isolation(own, total),
        }
        for indicator, measure in measured.items():
            value, reasons = _value_or_reason(measure)
            yield _figure(
                table, indicator, whole, value, "index 0-1", klass=_klass(table), method=indicator,
                group=code, reasons=reasons, n=int(own.sum()), cells=cells,
            )  # fmt: skip
        for area, quotient in zip(units, quotients[:, column], strict=True):
            known = not np.isnan(quotient)
            yield _figure(
                table, "location_quotient", area, float(quotient) if known else None, "ratio",
                klass=_klass(table), method="location_quotient", group=code,
                reasons=() if known else ("no_members",), n=int(own[units.index(area)]),
                cells=(counts.cells[area, group],),
            )  # fmt: skip


def _value_or_reason(measure: Callable[[], float]) -> tuple[float | None, tuple[str, ...]]:
    try:
        return measure(), ()
    except NotDefined as finding:
        return None, (finding.reason,)
