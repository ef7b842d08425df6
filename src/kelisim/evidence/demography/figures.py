"""How demography writes a figure: grade, class, group code, and the reason where a measure has no value.

Open tables are already public, and protected ones hold what the gate lets leave, so what follows from them is
arithmetic on figures that anybody has ("derived"); of closed tables it is "computed", and the gate applies.
Where a protected table withholds a count, the measures that need it are withheld with it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from kelisim.core.errors import NotDefined
from kelisim.core.estimates import Estimate, Figure, Flag, Grade, Klass
from kelisim.core.groups import TOTAL, Groups, scoped
from kelisim.core.provenance import Cell
from kelisim.core.tables import Table
from kelisim.evidence.demography.counts import Counts

__all__ = ["class_of", "figure", "group_code", "usable_areas", "value_or_reason", "withheld"]


def figure(
    table: Table, indicator: str, area: str, value: float | None, unit: str, *, klass: Klass, method: str,
    group: str | None = None, reasons: tuple[str, ...] = (), n: int | None = None,
    cells: tuple[Cell, ...] = (), interval: tuple[float, float, float] | None = None, variant: str = "",
    period: str | None = None, grade: Grade = "acceptable", empty: Flag = "missing",
) -> Figure:  # fmt: skip
    """A figure of a table; interval is (low, high, level). The variant is the table's id unless given."""
    low, high, level = interval if interval is not None else (None, None, None)
    estimate = Estimate(
        value=value,
        low=low,
        high=high,
        level=level,
        unit=unit,
        n=n,
        method=method,
        grade=grade,
        source=table.use.source_id,
        flag="ok" if value is not None else empty,
        reasons=reasons,
    )
    return Figure(
        indicator=indicator,
        area_id=area,
        group_id=group,
        period_id=period if period is not None else table.use.period_id or "",
        estimate=estimate,
        klass=klass,
        variant=variant or table.use.table_id,
        cells=cells,
    )


def group_code(groups: Groups, group: str, table: Table) -> str:
    """The group's code in figures; remainders carry their table."""
    return TOTAL if group == TOTAL else scoped(groups[group], table.use.table_id)


def usable_areas(counts: Counts) -> Iterator[str]:
    """Areas for which every group is counted."""
    for area in counts.areas:
        if len(counts.groups) > 1 and not np.isnan(counts.row(area)).any():
            yield area


def class_of(table: Table) -> Klass:
    """Class of what is computed from a table."""
    return "computed" if table.use.sensitivity == "closed" else "derived"


def value_or_reason(measure: Callable[[], float]) -> tuple[float | None, tuple[str, ...]]:
    """The value of a measure, or the reason why it has none."""
    try:
        return measure(), ()
    except NotDefined as finding:
        return None, (finding.reason,)


def withheld(table: Table, indicator: str, area: str, unit: str = "index 0-1") -> Figure:
    """A measure that is held back because a count it needs is."""
    return figure(
        table, indicator, area, None, unit, klass=class_of(table), method=indicator,
        reasons=("protects_persons",), empty="withheld",
    )  # fmt: skip
