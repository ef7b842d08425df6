"""How groups are spread over the units of a table: segregation, what chance would give, and who meets whom.

Every value belongs to the level of the table's units and is never compared with one of another level. The
units are all there are, so a value has no sampling interval. Three further parts stand beside it, told apart
by the end of the indicator's name: `.null` what chance alone gives, `.p` how often chance gives as much,
`.corrected` the value beyond chance. `.if_sample` carries an interval that holds only if the units were a
sample of units.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from kelisim.core.errors import CountsError, NotDefined
from kelisim.core.estimates import Figure
from kelisim.core.groups import Groups
from kelisim.core.provenance import Cell
from kelisim.core.study import Randomisation
from kelisim.core.tables import Table
from kelisim.evidence.demography.counts import Counts, counts_of
from kelisim.evidence.demography.figures import (
    class_of,
    figure,
    group_code,
    usable_areas,
    value_or_reason,
    withheld,
)
from kelisim.stats import segregation
from kelisim.stats.segregation_inference import (
    bootstrap_draws,
    chance_corrected,
    null_draws,
    null_test,
    percentile_interval,
)
from kelisim.stats.segregation_sums import Measure

__all__ = ["exposure", "local_distance", "spread"]

_Drawn = dict[str, NDArray[np.float64]]
_TOGETHER: dict[Measure, tuple[str, Callable[[np.ndarray], float]]] = {
    "multigroup_dissimilarity": ("index 0-1", segregation.multigroup_dissimilarity),
    "theil_h": ("index 0-1", segregation.theil_h),
    "relative_diversity": ("index 0-1", segregation.relative_diversity),
    "mutual_information": ("nats", segregation.mutual_information),
}
_BY_GROUP: dict[Measure, Callable[[np.ndarray, np.ndarray], float]] = {
    "dissimilarity": segregation.dissimilarity_from_rest,
    "isolation": segregation.isolation,
}


def _square(table: Table) -> tuple[Counts, list[str], NDArray[np.float64]] | None:
    counts, whole = counts_of(table), table.use.whole
    units = [area for area in usable_areas(counts) if area != whole]
    if whole is None or len(units) < 2 or counts.withholds_part_of(whole):
        return None
    return counts, units, np.array([counts.row(area) for area in units])


def spread(
    table: Table, groups: Groups, randomisation: Randomisation | None, level: float, rng: np.random.Generator
) -> Iterator[Figure]:
    """Segregation between the table's units, of all groups together and of each from the rest.

    randomisation : null and number of draws as the study declares them; None leaves the parts of chance out
    level : of the interval of `.if_sample`
    """
    if table.use.whole is not None and counts_of(table).withholds_part_of(table.use.whole):
        yield from (withheld(table, name, table.use.whole, unit) for name, (unit, _) in _TOGETHER.items())
        return
    found = _square(table)
    if found is None:
        return
    counts, units, square = found
    measures = (*_TOGETHER, *_BY_GROUP)
    by_chance: _Drawn = {}
    resampled: _Drawn = {}
    if randomisation is not None:
        try:
            by_chance = null_draws(
                square, measures, null=randomisation.null_model, draws=randomisation.draws, rng=rng
            )
            resampled = bootstrap_draws(square, measures, draws=randomisation.draws, rng=rng)
        except (CountsError, NotDefined):
            # The value itself has no value either and says why, or there are too many persons to deal anew.
            by_chance, resampled = {}, {}
    null = randomisation.null_model if randomisation is not None else ""
    every = tuple(cell for area in units for cell in counts.cells_of(area))
    for indicator, (unit, of_all) in _TOGETHER.items():
        value, reasons = value_or_reason(lambda m=of_all: m(square))  # type: ignore[misc]
        yield from _with_parts(
            table, indicator, None, unit, value, reasons, int(square.sum()), every, null,
            by_chance.get(indicator), resampled.get(indicator), level,
        )  # fmt: skip
    total = square.sum(axis=1)
    for column, group in enumerate(counts.groups):
        own = square[:, column]
        cells = tuple(counts.cells[area, group] for area in units)
        for indicator, of_group in _BY_GROUP.items():
            value, reasons = value_or_reason(lambda m=of_group, o=own: m(o, total))  # type: ignore[misc]
            yield from _with_parts(
                table, indicator, group_code(groups, group, table), "index 0-1", value, reasons,
                int(own.sum()), cells, null, _column(by_chance, indicator, column),
                _column(resampled, indicator, column), level,
            )  # fmt: skip


def _column(drawn: _Drawn, indicator: str, column: int) -> NDArray[np.float64] | None:
    return drawn[indicator][:, column] if indicator in drawn else None


def _with_parts(
    table: Table, indicator: str, group: str | None, unit: str, value: float | None, reasons: tuple[str, ...],
    n: int, cells: tuple[Cell, ...], null: str, by_chance: NDArray[np.float64] | None,
    resampled: NDArray[np.float64] | None, level: float,
) -> Iterator[Figure]:  # fmt: skip
    whole, klass = table.use.whole or "", class_of(table)

    def part(
        name: str, value: float | None, unit: str, method: str, reasons: tuple[str, ...] = (),
        interval: tuple[float, float, float] | None = None,
    ) -> Figure:  # fmt: skip
        return figure(
            table, indicator + name, whole, value, unit, klass=klass, method=method, group=group,
            reasons=reasons, n=n, cells=cells, interval=interval,
        )  # fmt: skip

    yield part("", value, unit, indicator, reasons)
    if value is None or by_chance is None or resampled is None or np.isnan(by_chance).all():
        return
    test = null_test(value, by_chance)
    yield part(".null", test.expected, unit, null)
    yield part(".p", test.p, "probability", null)
    if unit == "index 0-1":
        beyond, why = value_or_reason(lambda: chance_corrected(value, test.expected))
        yield part(".corrected", beyond, unit, "chance_corrected", why)
    low, high = percentile_interval(resampled, level)
    yield part(".if_sample", value, unit, "unit_bootstrap", (), (low, high, level))


def exposure(table: Table, groups: Groups) -> Iterator[Figure]:
    """Exposure of every group to every other: expected share of the other among neighbours in one's unit."""
    found = _square(table)
    if found is None:
        return
    counts, units, square = found
    matrix = segregation.exposure_matrix(square)
    for row, own in enumerate(counts.groups):
        for column, other in enumerate(counts.groups):
            if row == column:
                continue
            value = float(matrix[row, column])
            known = not np.isnan(value)
            yield figure(
                table, f"exposure.{group_code(groups, other, table)}", table.use.whole or "",
                value if known else None, "index 0-1", klass=class_of(table), method="exposure",
                group=group_code(groups, own, table), reasons=() if known else ("no_members",),
                n=int(square[:, row].sum()),
                cells=tuple(counts.cells[area, g] for area in units for g in (own, other)),
            )  # fmt: skip


def local_distance(table: Table) -> Iterator[Figure]:
    """Distance of every unit's composition from that of the whole, in nats."""
    found = _square(table)
    if found is None:
        return
    counts, units, square = found
    if square.sum() == 0:
        return
    for area, value, row in zip(units, segregation.local_segregation(square), square, strict=True):
        known = not np.isnan(value)
        yield figure(
            table, "local_segregation", area, float(value) if known else None, "nats", klass=class_of(table),
            method="local_segregation", reasons=() if known else ("empty_area",), n=int(row.sum()),
            cells=counts.cells_of(area),
        )  # fmt: skip
