"""Estimates by area from any survey program: checked, and turned into figures with their interval."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

import numpy as np

from kelisim.core.errors import Fault, Refused
from kelisim.core.estimates import GRADES, Estimate, Figure, Klass
from kelisim.core.tables import Table

__all__ = ["area_estimates"]

_SCALE = re.compile(r"scale (-?\d+)(?:-|\.\.)(-?\d+)")


def area_estimates(table: Table, units: Mapping[str, str], level: float) -> Iterator[Figure]:
    """One figure per row: value, t interval value +- t(df) se where an error is given, n, design effect,
    grade.

    units : unit of every item that may stand in the table
    Figures of an open table are published by the office that made them; those of a closed one are computed,
    and the gate's minimum applies.
    Raises: Refused with every fault: unknown item or grade, negative error, no answers, impossible df or
    deff.
    """
    faults = [fault for row in range(len(table)) for fault in _faults(table, row, units)]
    if faults:
        raise Refused(faults)
    klass: Klass = "published" if table.use.sensitivity == "open" else "computed"
    for row in range(len(table)):
        se, df, deff = (_optional(table, name, row) for name in ("se", "df", "deff"))
        value, unit = float(table["value"][row]), units[str(table["item"][row])]
        low, high = (None, None) if se is None else _interval(value, se, df, level, unit)
        yield Figure(
            indicator=str(table["item"][row]),
            area_id=str(table["area"][row]),
            period_id=str(table["wave"][row]) if table.has("wave") else table.use.period_id or "undated",
            klass=klass,
            variant=table.use.table_id,
            cells=(table.cell(row, "value"),),
            estimate=Estimate(
                value=value,
                low=low,
                high=high,
                level=None if low is None else level,
                unit=unit,
                n=int(table["n"][row]),
                method="area_estimate",
                grade=str(table["grade"][row]),  # type: ignore[arg-type]
                source=table.use.source_id,
                se=se,
                df=df,
                deff=deff,
                reasons=() if se is not None else ("error_unknown",),
            ),
        )


def _optional(table: Table, name: str, row: int) -> float | None:
    if not table.has(name) or np.isnan(table[name][row]):
        return None
    return float(table[name][row])


def _interval(value: float, se: float, df: float | None, level: float, unit: str) -> tuple[float, float]:
    from scipy.special import ndtri, stdtrit

    tail = 0.5 * (1.0 + level)
    half = float(ndtri(tail) if df is None else stdtrit(df, tail)) * se
    low, high = value - half, value + half
    ends = _scale(unit)
    return (low, high) if ends is None else (max(low, min(ends[0], value)), min(high, max(ends[1], value)))


def _scale(unit: str) -> tuple[float, float] | None:
    if unit == "percent":
        return 0.0, 100.0
    found = _SCALE.fullmatch(unit)
    return None if found is None else (float(found.group(1)), float(found.group(2)))


def _faults(table: Table, row: int, units: Mapping[str, str]) -> Iterator[Fault]:
    def fault(name: str, reason: str, way_out: str) -> Fault:
        return Fault(
            table.use.file, int(table.lines[row]), table.use.columns.get(name, name), reason, way_out
        )

    item, grade = str(table["item"][row]), str(table["grade"][row])
    if item not in units:
        yield fault(
            "item", f"'{item}' is no item of the index and no card.", "see `kelisim cards` for the keys."
        )
    if grade not in GRADES:
        yield fault("grade", f"'{grade}' is no grade.", f"write {', '.join(GRADES)}.")
    if not table["n"][row] >= 1:
        yield fault("n", "nobody answered.", "leave the row out: missing is not zero.")
    ends = _scale(units.get(item, ""))
    value = float(table["value"][row])
    if ends is not None and not ends[0] <= value <= ends[1]:
        yield fault(
            "value", f"{value:g} lies outside {units[item]}.", "correct the value or turn the scale round."
        )
    for name, least in (("se", 0.0), ("df", 1.0), ("deff", 0.0)):
        given = _optional(table, name, row)
        if given is not None and (not given >= least or (name == "deff" and given == 0)):
            yield fault(
                name, f"{given:g} is impossible.", "correct it, or leave it empty where it is not known."
            )
