"""Forecasts as they were issued and what came of them, from two bare CSV files.

One row per area and period in each: `area`, `period`, `probability` (and columns `draw_...` with second-order
draws) in the first, `area`, `period`, `happened` in the second. Every fault of both files is told at once.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from kelisim.core.errors import Fault, Refused
from kelisim.sources.delimited import MOST_FAULTS, Grid, read_delimited
from kelisim.sources.files import read_file
from kelisim.sources.numbers import parse_number

__all__ = ["LEAST_DRAWS", "IssuedForecasts", "read_issued"]

_YEAR, _QUARTER, _MONTH = (
    re.compile(pattern, re.ASCII)
    for pattern in (r"([12]\d{3})", r"([12]\d{3})-?Q([1-4])", r"([12]\d{3})-(0[1-9]|1[0-2])")
)
_KINDS = ((_YEAR, 1), (_QUARTER, 4), (_MONTH, 12))
_HAPPENED = {"1": 1.0, "yes": 1.0, "true": 1.0, "0": 0.0, "no": 0.0, "false": 0.0, "": np.nan, "na": np.nan}
_MOST_PERIODS = 1200
_ROUNDING = 0.005  # a probability and its draws may have been written with different decimals
LEAST_DRAWS = 20
"""Second-order draws of a row, if there are any: fewer would make a word out of chance."""

_Tell = Callable[[str, str, str], None]
_Key = tuple[str, int]


@dataclass(frozen=True, eq=False, slots=True)
class IssuedForecasts:
    """Forecasts and outcomes by area and period.

    periods_a_year : 1, 4 or 12; first : running number of the first period
    probability, happened : shape (areas, periods), nan where there is none
    draws : place of area and period -> second-order draws
    unforecast_events : events in areas and periods that had no forecast; they are in no rate of misses
    """

    source: str
    areas: tuple[str, ...]
    periods: tuple[str, ...]
    years: NDArray[np.int64]
    periods_a_year: int
    first: int
    probability: NDArray[np.float64]
    happened: NDArray[np.float64]
    draws: dict[tuple[int, int], NDArray[np.float64]]
    unforecast_events: int


@dataclass(frozen=True, slots=True)
class _Row:
    key: _Key
    period: str
    a_year: int
    value: float
    draws: tuple[float, ...] = ()


def read_issued(forecasts: Path, outcomes: Path) -> IssuedForecasts:
    """Read and join both files.

    Periods are written 2024, 2024-Q3 or 2024-07, all in one way; they must not overlap. An empty cell is no
    forecast, or an outcome not known. Raises: Refused with the faults of both files.
    """
    faults: list[Fault] = []
    issued = _rows(forecasts, "probability", _probability, faults)
    known = _rows(outcomes, "happened", _happened, faults)
    kinds = {row.a_year for row in (*issued.values(), *known.values())}
    if len(kinds) > 1:
        reason = "years, quarters and months stand side by side."
        faults.append(Fault(forecasts.name, None, "period", reason, "write all periods in one way."))
    areas = tuple(sorted({area for area, _ in issued}))
    for area in sorted({area for area, _ in known} - set(areas)):
        reason = f"the area '{area}' has outcomes and not one forecast."
        faults.append(Fault(outcomes.name, None, "area", reason, "write it as the forecasts do."))
    if not issued and not faults:
        faults.append(Fault(forecasts.name, None, "", "there is not one forecast.", "give at least one row."))
    numbers = [number for _, number in issued]
    if numbers and max(numbers) - min(numbers) >= _MOST_PERIODS:
        reason = f"the forecasts span more than {_MOST_PERIODS} periods."
        faults.append(Fault(forecasts.name, None, "period", reason, "check the first and the last period."))
    if faults:
        raise Refused(faults[:MOST_FAULTS])
    return _joined(forecasts.name, areas, issued, known, kinds.pop())


def _joined(
    source: str, areas: tuple[str, ...], issued: dict[_Key, _Row], known: dict[_Key, _Row], a_year: int
) -> IssuedForecasts:
    first, last = min(k for _, k in issued), max(k for _, k in issued)
    place = {area: i for i, area in enumerate(areas)}
    probability = np.full((len(areas), last - first + 1), np.nan)
    happened, draws, lost = probability.copy(), {}, 0
    for (area, number), row in issued.items():
        probability[place[area], number - first] = row.value
        if row.draws:
            draws[place[area], number - first] = np.asarray(row.draws)
    for (area, number), row in known.items():
        inside = first <= number <= last
        if inside:
            happened[place[area], number - first] = row.value
        if row.value == 1.0 and not (inside and np.isfinite(probability[place[area], number - first])):
            lost += 1
    running = np.arange(first, last + 1)
    return IssuedForecasts(
        source=source, areas=areas, periods=tuple(_written(int(k), a_year) for k in running),
        years=running // a_year, periods_a_year=a_year, first=first, probability=probability,
        happened=happened, draws=draws, unforecast_events=lost,
    )  # fmt: skip


def _written(number: int, a_year: int) -> str:
    year, part = divmod(number, a_year)
    return {1: f"{year:04d}", 4: f"{year:04d}-Q{part + 1}", 12: f"{year:04d}-{part + 1:02d}"}[a_year]


def _rows(
    path: Path, column: str, read: Callable[[str, _Tell], float | None], faults: list[Fault]
) -> dict[_Key, _Row]:
    found: dict[_Key, _Row] = {}
    try:
        data, _ = read_file(path.parent, path.name)
        wanted = ("area", "period", column)
        grid = read_delimited(data, path.name, wanted)
        missing = [name for name in wanted if name not in grid.header]
        if missing:
            way_out = f"the file has: {', '.join(grid.header)}."
            raise Refused(Fault(path.name, 1, name, "there is no such column.", way_out) for name in missing)
    except Refused as refused:
        faults += refused.faults
        return found
    places = [grid.header.index(name) for name in wanted]
    draws = (
        [i for i, name in enumerate(grid.header) if name.startswith("draw_")] if column != "happened" else []
    )
    lines: dict[_Key, int] = {}
    for line, row in zip(grid.lines, grid.rows, strict=True):
        if len(faults) >= MOST_FAULTS:
            break

        def tell(field: str, reason: str, way_out: str, line: int = line) -> None:
            faults.append(Fault(path.name, line, field, reason, way_out))

        one = _row([row[i].strip() for i in places], [row[i].strip() for i in draws], grid, draws, read, tell)
        if one is None:
            continue
        if one.key in found:
            tell(
                "period", f"{one.key[0]} in {one.period} stands already in row {lines[one.key]}.", "keep one."
            )
        found[one.key], lines[one.key] = one, line
    return found


def _row(
    cells: Sequence[str],
    draws: Sequence[str],
    grid: Grid,
    places: Sequence[int],
    read: Callable[[str, _Tell], float | None],
    tell: _Tell,
) -> _Row | None:
    area, period, cell = cells
    when = _period(period)
    if not area:
        tell("area", "the area is missing.", "name it.")
    if when is None:
        tell("period", f"'{period}' is no period.", "write 2024, 2024-Q3 or 2024-07.")
    value = read(cell, tell)
    values = []
    if any(draws):
        for text, column in zip(draws, places, strict=True):
            drawn = _probability(text, partial(_tell_of, tell, grid.header[column]))
            if drawn is not None and np.isnan(drawn):
                tell(grid.header[column], "a draw is missing.", "give all draws of a row or none.")
            values.append(np.nan if drawn is None else drawn)
    if values and value is not None and not np.isnan(values).any():
        _fits(value, values, tell)
    if not area or when is None or value is None:
        return None
    return _Row((area, when[0]), period, when[1], value, tuple(values))


def _fits(value: float, draws: Sequence[float], tell: _Tell) -> None:
    if len(draws) < LEAST_DRAWS:
        reason = f"{len(draws)} draws tell no doubt."
        tell("draw_", reason, f"give at least {LEAST_DRAWS} a row, or leave the columns out.")
    elif not min(draws) - _ROUNDING <= value <= max(draws) + _ROUNDING:
        tell(
            "probability",
            f"{value:g} lies outside all of its draws.",
            "draws scatter around the probability.",
        )


def _tell_of(tell: _Tell, column: str, _: str, reason: str, way_out: str) -> None:
    tell(column, reason, way_out)


def _period(text: str) -> tuple[int, int] | None:
    for pattern, a_year in _KINDS:
        if found := pattern.fullmatch(text):
            parts = [int(part) for part in found.groups()]
            return parts[0] * a_year + (parts[1] - 1 if len(parts) > 1 else 0), a_year
    return None


def _probability(text: str, tell: _Tell) -> float | None:
    if text in ("NA", "NaN"):
        return float("nan")
    try:
        number = parse_number(text)
    except ValueError:
        tell("probability", f"'{text}' is no number.", "write a number between 0 and 1, or nothing.")
        return None
    if number is None:
        return float("nan")
    if not 0 <= number <= 1 or text.rstrip().endswith("%"):
        tell("probability", f"{text} does not lie between 0 and 1.", "write 0.2 for 20 %.")
        return None
    return float(number)


def _happened(text: str, tell: _Tell) -> float | None:
    value = _HAPPENED.get(text.lower())
    if value is None:
        tell("happened", f"'{text}' is neither yes nor no.", "write 1 or 0, yes or no, or nothing.")
    return value
