"""Social distance as a matrix of ordered pairs: how far the people of one group keep those of another.

Answers are steps of Bogardus' scale, 1 (would marry) to 7 (would keep out of the country). Groups are those
that respondents name for themselves. All cells come from one estimation, so that the two directions of a
pair can be compared with their joint doubt: the people of one village answer about every group.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np

from kelisim.core.errors import NotDefined, Refused
from kelisim.stats.survey.contrasts import contrast, p_values
from kelisim.stats.survey.design import Design
from kelisim.stats.survey.moments import mean
from kelisim.stats.survey.results import Estimates, SurveyEstimate
from kelisim.stats.survey.sample import Sample

__all__ = ["DistanceCell", "DistanceLimits", "DistanceMatrix", "DistancePair", "distance_matrix", "stack"]


@dataclass(frozen=True, slots=True, kw_only=True)
class DistanceLimits:
    """records : least respondents of a cell (protection of people); width : greatest width of its interval,
    in steps; df : fewer degrees of freedom flag the cell."""

    records: int = 10
    width: float = 2.0
    df: float = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class DistanceCell:
    """respondent -> target; estimate : None when nobody answered
    status : "publish", "flag", "withheld"; reasons : internal codes
    """

    respondent: str
    target: str
    estimate: SurveyEstimate | None
    status: Literal["publish", "flag", "withheld"]
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DistancePair:
    """Two groups: closeness (mean of both directions) and asymmetry (first -> second less second -> first).

    Above zero the first group keeps more distance than it meets. p : two-sided, of no asymmetry
    status : that of the weaker of the two cells
    """

    first: str
    second: str
    closeness: SurveyEstimate
    asymmetry: SurveyEstimate
    p: float | None
    status: Literal["publish", "flag", "withheld"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class DistanceMatrix:
    """groups : in the order of rows and columns; cells : every ordered pair of different groups
    own : the diagonal, kept apart; pairs : unordered pairs answered in both directions
    estimates : all cells that have a value, with their joint covariance; others : respondents of groups that
    are no target, as group -> records
    """

    groups: tuple[str, ...]
    cells: tuple[DistanceCell, ...]
    own: tuple[DistanceCell, ...]
    pairs: tuple[DistancePair, ...]
    estimates: Estimates
    others: tuple[tuple[str, int], ...]

    def cell(self, respondent: str, target: str) -> DistanceCell:
        """One cell.  Raises: KeyError."""
        for one in (*self.cells, *self.own):
            if (one.respondent, one.target) == (respondent, target):
                return one
        raise KeyError(f"{respondent} -> {target}")


def distance_matrix(
    sample: Sample,
    group: str,
    targets: Mapping[str, str],
    *,
    level: float,
    ends: tuple[int, int] = (1, 7),
    limits: DistanceLimits | None = None,
) -> DistanceMatrix:
    """Mean distance of every ordered pair, with interval, n, closeness and asymmetry (Bogardus 1925).

    group : column of the group a respondent names as own; targets : group -> column of the distance to it
    ends : least and greatest step; answers outside are refused

    Raises: Refused for answers outside the scale or with fractions; NotDefined("no_answers").

    >>> data = {"w": [1] * 4, "v": [1, 1, 2, 2], "own": ["a", "b", "a", "b"]}
    >>> data |= {"to_a": [1, 3, 1, 5], "to_b": [2, 1, 4, 1]}
    >>> sample = Sample(data, Design(kind="probability", weights="w", psu=("v",), lonely="fail"))
    >>> made = distance_matrix(sample, "own", {"a": "to_a", "b": "to_b"}, level=0.95)
    >>> [(p.first, p.second, p.closeness.value, p.asymmetry.value) for p in made.pairs]
    [('a', 'b', 3.5, -1.0)]
    """
    if len(targets) < 2:
        raise ValueError("a matrix needs at least two groups")
    limits, names = limits or DistanceLimits(), tuple(targets)
    long = stack(sample, group, targets, ends)
    estimates = mean(long, "distance", by=["respondent", "target"], level=level)
    at = {(cell.by[0][1], cell.by[1][1]): i for i, cell in enumerate(estimates.cells)}
    cells = {
        (a, b): _cell(a, b, estimates[at[a, b]] if (a, b) in at else None, limits)
        for a in names
        for b in names
    }
    coded = sample.codes(group)
    counts = np.bincount(coded.codes[coded.codes >= 0], minlength=len(coded.labels)).tolist()
    others = [(label, n) for label, n in zip(coded.labels, counts, strict=True) if label not in names and n]
    return DistanceMatrix(
        groups=names,
        cells=tuple(cells[a, b] for a in names for b in names if a != b),
        own=tuple(cells[a, a] for a in names),
        pairs=tuple(_pairs(names, cells, at, estimates, level)),
        estimates=estimates,
        others=tuple(others),
    )


def stack(sample: Sample, group: str, targets: Mapping[str, str], ends: tuple[int, int]) -> Sample:
    """The sample with a record per respondent and target, in the same strata and units.

    Without a column of units each respondent becomes one, so that answers of one person stay together. The
    columns are "respondent", "target" and "distance".
    """
    low, high = ends
    faults = []
    for column in targets.values():
        x = sample.numbers(column)
        bad = np.flatnonzero(~np.isnan(x) & ((x < low) | (x > high) | (x != np.floor(x))))
        faults += sample.faults(
            bad, column, f"'{{}}' is no step from {low} to {high}.", "Write a step of the scale, or nothing."
        )
    if faults:
        raise Refused(faults)
    if sample.adjustment is not None:
        raise ValueError("calibrated samples cannot be stacked; give the weights as they are")
    times, design = len(targets), sample.design
    own = sample.codes(group)
    data: dict[str, Any] = {
        "respondent": replace(own, codes=np.tile(own.codes, times)),
        "target": np.repeat(np.array(list(targets), dtype=object), sample.size),
        "distance": np.concatenate([sample.numbers(column) for column in targets.values()]),
        " weight": np.tile(sample.weights, times),
    }
    renamed: dict[str, tuple[str, ...]] = {}
    for kind in ("strata", "psu", "fpc"):
        renamed[kind] = tuple(f" {name}" for name in getattr(design, kind))
        for name in getattr(design, kind):
            if kind == "fpc":
                data[f" {name}"] = np.tile(sample.numbers(name), times)
            else:
                coded = sample.codes(name)
                data[f" {name}"] = replace(coded, codes=np.tile(coded.codes, times))
    # The last stage of a design with population counts at each may be the person as well.
    if not design.psu:
        data[" person"] = np.tile(np.arange(sample.size), times)
        renamed["psu"] = (" person",)
    made = Design(
        kind=design.kind,
        weights=" weight",
        lonely=design.lonely,
        strata=renamed["strata"],
        psu=renamed["psu"],
        fpc=renamed["fpc"],
        nest=design.nest,
        collapse=design.collapse,
        zero_weights=design.zero_weights,
        assume=design.assume,
    )
    rows = None if sample.place.rows is None else np.tile(sample.place.rows, times).tolist()
    return Sample(data, made, name=sample.place.name, rows=rows)


def _cell(
    respondent: str, target: str, estimate: SurveyEstimate | None, limits: DistanceLimits
) -> DistanceCell:
    reasons: list[str] = []
    status: Literal["publish", "flag", "withheld"] = "publish"
    if estimate is None or estimate.value is None:
        return DistanceCell(
            respondent=respondent, target=target, estimate=None, status="withheld", reasons=("no_answers",)
        )
    if estimate.n < limits.records:
        reasons.append("small_n")
    if estimate.low is None or estimate.high is None:
        reasons.append("no_margin")
    elif estimate.high - estimate.low > limits.width:
        reasons.append("wide_interval")
    if reasons:
        status = "withheld"
    elif estimate.df is not None and estimate.df < limits.df:
        status, reasons = "flag", ["few_degrees_of_freedom"]
    return DistanceCell(
        respondent=respondent, target=target, estimate=estimate, status=status, reasons=tuple(reasons)
    )


def _pairs(
    names: tuple[str, ...],
    cells: Mapping[tuple[str, str], DistanceCell],
    at: Mapping[tuple[str, str], int],
    estimates: Estimates,
    level: float,
) -> list[DistancePair]:
    wanted = [
        (a, b)
        for i, a in enumerate(names)
        for b in names[i + 1 :]
        if cells[a, b].estimate is not None and cells[b, a].estimate is not None
    ]
    if not wanted or estimates.spread is None:
        return []
    rows = np.zeros((2 * len(wanted), len(estimates)))
    for i, (a, b) in enumerate(wanted):
        rows[2 * i, [at[a, b], at[b, a]]] = 0.5
        rows[2 * i + 1, at[a, b]], rows[2 * i + 1, at[b, a]] = 1.0, -1.0
    labels = [f"{a} {mark} {b}" for a, b in wanted for mark in ("and", "less")]
    try:
        found = contrast(estimates, rows, labels, level=level)
    except NotDefined:
        return []
    p = p_values(found)
    order = ("publish", "flag", "withheld")
    return [
        DistancePair(
            first=a,
            second=b,
            closeness=found[2 * i],
            asymmetry=found[2 * i + 1],
            p=float(p[2 * i + 1]) if np.isfinite(p[2 * i + 1]) else None,
            status=max(cells[a, b].status, cells[b, a].status, key=order.index),
        )
        for i, (a, b) in enumerate(wanted)
    ]
