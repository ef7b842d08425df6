"""Weights for a bare survey file: known totals read from a table, calibration, and the file written anew.

The table of totals has the columns variable, category and total. A variable may join columns ("sex*age",
category "f*18-29"); a row without a category is the total of a column of numbers. The file that is written
holds every record and column of the first, the new weight and its factor over the old one, by which later
estimates know that the weights are calibrated.
"""

from __future__ import annotations

import csv
import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np

from kelisim.core.errors import Fault, OutputError, Refused
from kelisim.runs.bare_file import BareFile, read_bare, read_bytes
from kelisim.sources.delimited import read_delimited
from kelisim.sources.numbers import parse_number
from kelisim.stats.survey.calibration import Calibration, Kind, calibrate, declare_calibrated, poststratify
from kelisim.stats.survey.coding import Coded
from kelisim.stats.survey.design import Design
from kelisim.stats.survey.sample import Sample, kish_n_eff
from kelisim.stats.survey.weighting import trim

__all__ = [
    "G_COLUMN",
    "METHODS",
    "Method",
    "Totals",
    "Weighted",
    "declared",
    "read_totals",
    "weigh_file",
]

Method = Literal["rake", "post", "linear", "logit"]
METHODS: dict[str, Kind | None] = {"rake": "raking", "post": None, "linear": "linear", "logit": "logit"}
G_COLUMN = "g_factor"
_HEADER = ("variable", "category", "total")


@dataclass(frozen=True, slots=True)
class Totals:
    """margins : variable -> category -> count; numbers : column -> total."""

    margins: Mapping[str, Mapping[str, float]]
    numbers: Mapping[str, float]

    def columns(self) -> list[str]:
        """Columns of categories that the margins need."""
        return list(dict.fromkeys(part for name in self.margins for part in name.split("*")))


@dataclass(frozen=True, slots=True, kw_only=True)
class Weighted:
    """What was done: range of new over old weights, Kish's effective number before and after, Newton steps,
    categories of fewer than 20 records, and whether weights were trimmed."""

    records: int
    g_low: float
    g_high: float
    n_eff_before: float
    n_eff_after: float
    steps: int
    thin: tuple[str, ...]
    trimmed: int
    weight_low: float
    weight_high: float
    column: str


def read_totals(path: Path) -> Totals:
    """Known totals.  Raises: Refused with every fault of the table."""
    grid = read_delimited(read_bytes(path), path.name, _HEADER)
    missing = [name for name in _HEADER if name not in grid.header]
    if missing:
        way_out = f"the first line is {','.join(_HEADER)}."
        raise Refused(Fault(path.name, 1, name, "there is no such column.", way_out) for name in missing)
    place = [grid.header.index(name) for name in _HEADER]
    margins: dict[str, dict[str, float]] = {}
    numbers: dict[str, float] = {}
    faults: list[Fault] = []
    for row, line in zip(grid.rows, grid.lines, strict=True):
        variable, category, text = (row[i].strip() for i in place)
        joined = [part.strip() for part in variable.split("*")]
        category = "*".join(part.strip() for part in category.split("*")) if len(joined) > 1 else category
        variable = "*".join(joined)
        total = _total(text)
        if not all(joined):
            faults.append(Fault(path.name, line, "variable", "it is empty.", "name a column of the survey."))
        elif total is None:
            reason = f"'{text}' is not a finite number."
            faults.append(Fault(path.name, line, "total", reason, "write a count, such as 51200."))
        elif len(joined) > 1 and len(category.split("*")) != len(joined):
            reason = f"'{category}' should name {len(joined)} categories, joined by *."
            faults.append(Fault(path.name, line, "category", reason, f"write one for each of {variable}."))
        elif (not category and variable in numbers) or category in margins.get(variable, {}):
            reason = f"'{variable}' has the category '{category}' twice."
            faults.append(Fault(path.name, line, "category", reason, "keep one of the two rows."))
        elif category:
            margins.setdefault(variable, {})[category] = total
        else:
            numbers[variable] = total
    for name in sorted(margins.keys() & numbers.keys()):
        reason = f"'{name}' has rows with and without a category."
        faults.append(Fault(path.name, None, "category", reason, "give categories to all rows or to none."))
    if not faults and not margins and not numbers:
        faults.append(Fault(path.name, None, "", "it holds no totals.", "give at least one row."))
    if faults:
        raise Refused(faults)
    return Totals(margins, numbers)


def _total(text: str) -> float | None:
    try:
        number = parse_number(text)
    except ValueError:
        return None
    value = None if number is None else float(number)
    return value if value is not None and np.isfinite(value) else None


def weigh_file(
    path: Path,
    totals: Totals,
    *,
    base: str,
    method: Method,
    bounds: tuple[float, float] | None,
    limits: tuple[float, float] | None,
    column: str,
    out: Path,
    force: bool,
) -> Weighted:
    """Calibrate the weights of a file and write it anew.

    base : column of the weights so far; bounds : of new over old; limits : of the new weights (trimming)
    column : name of the new weight; force : whether a file in the way is replaced
    Raises: Refused with every fault, ValueError where options do not go together, OutputError.
    """
    _check_place(path, out, force)
    if method == "post" and (len(totals.margins) != 1 or totals.numbers or bounds):
        raise ValueError(
            "post-stratification takes one variable of cells and no bounds; join columns as sex*age"
        )
    design = Design(kind="probability", weights=base, lonely="fail")
    read = read_bare(path, design, numbers=list(totals.numbers), labels=totals.columns())
    for name in (column, G_COLUMN):
        if name in read.grid.header:
            reason = "there is such a column already."
            raise Refused([Fault(path.name, 1, name, reason, "take another file, or another --name.")])
    sample = _joined(read.sample, totals)
    made: Calibration
    if method == "post":
        made = poststratify(sample, totals.margins)
    else:
        kind = METHODS[method]
        assert kind is not None
        made = calibrate(sample, kind=kind, numbers=totals.numbers, margins=totals.margins, bounds=bounds)
    final, trimmed = made.sample, 0
    if limits is not None:
        low, high = limits
        outside = (final.weights < low) | (final.weights > high)
        trimmed = int(outside.sum())
        final = trim(final, lower=low, upper=high, redistribute=True)
    g = final.weights / sample.weights
    _write(read, out, {column: final.weights.tolist(), G_COLUMN: g.tolist()})
    return Weighted(
        records=sample.size,
        g_low=float(g.min()),
        g_high=float(g.max()),
        n_eff_before=kish_n_eff(sample.weights),
        n_eff_after=kish_n_eff(final.weights),
        steps=made.steps,
        thin=made.thin,
        trimmed=trimmed,
        weight_low=float(final.weights.min()),
        weight_high=float(final.weights.max()),
        column=column,
    )


def declared(sample: Sample, totals: Totals) -> Sample:
    """The sample of a file that `weigh_file` wrote, its weights known to be calibrated.

    Raises: Refused where factors are missing or the weights do not meet the totals.
    """
    g = sample.numbers(G_COLUMN)
    bad = np.flatnonzero(~(g > 0))
    if bad.size:
        way_out = "take the file as `kelisim survey weights` wrote it."
        raise Refused(sample.faults(bad, G_COLUMN, "'{}' is no factor above 0.", way_out))
    joined = _joined(sample, totals)
    return declare_calibrated(
        joined, sample.weights / g, numbers=dict(totals.numbers), margins=dict(totals.margins)
    )


def _joined(sample: Sample, totals: Totals) -> Sample:
    """The sample with a column for every variable that joins several."""
    for name in totals.margins:
        parts = name.split("*")
        if len(parts) == 1:
            continue
        coded = [sample.codes(part) for part in parts]
        known = np.all([one.codes >= 0 for one in coded], axis=0)
        key = np.zeros(sample.size, dtype=np.int64)
        for one in coded:
            key = key * max(len(one.labels), 1) + one.codes
        found, place = np.unique(key[known], return_inverse=True)
        labels = []
        for number in found.tolist():
            words = []
            for one in reversed(coded):
                words.append(one.labels[number % len(one.labels)])
                number //= len(one.labels)
            labels.append("*".join(reversed(words)))
        codes = np.full(sample.size, -1, dtype=np.int32)
        codes[known] = place
        sample = sample.with_column(name, Coded(codes, tuple(labels)))
    return sample


def _check_place(path: Path, out: Path, force: bool) -> None:
    if out.exists() and path.exists() and out.samefile(path):
        raise OutputError(f"{out} is the survey itself. Way out: write to another file.")
    if out.is_dir():
        raise OutputError(f"{out} is a folder. Way out: give the name of a file.")
    if out.exists() and not force:
        raise OutputError(f"{out} exists. Way out: another name, or --force to replace it.")


def _write(read: BareFile, out: Path, added: Mapping[str, list[Any]]) -> None:
    """All records with the added columns, put in place whole or not at all."""
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=out.parent, prefix=f".{out.name}.")
    except OSError as error:
        raise OutputError(f"{out} cannot be written: {error.strerror or error}.") from error
    made = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow([*read.grid.header, *added])
            for row, more in zip(read.grid.rows, zip(*added.values(), strict=True), strict=True):
                writer.writerow([*row, *(repr(value) for value in more)])
        made.chmod(0o644)
        made.replace(out)
    except OSError as error:
        raise OutputError(f"{out} cannot be written: {error.strerror or error}.") from error
    finally:
        made.unlink(missing_ok=True)
