"""Stages of a design as arrays: which unit lies in which stratum, and what each stratum adds to the variance.

Units of a stage are numbered so that those of one stratum, and of one unit of the stage before, stand
together. A stratum h of n_h units drawn from N_h adds  through_h (1 - f_h) n_h / (n_h - 1) sum_i (t_hi -
mean t_h)^2, f_h = n_h / N_h, where `through` is the product of the fractions drawn at the stages before.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kelisim.core.errors import Fault, Refused
from kelisim.stats.survey.coding import Coded, Ints, compress
from kelisim.stats.survey.design import Design

__all__ = ["Place", "Stage", "build_stages"]

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Place:
    """Where the records came from, for messages: name of the file and line of each record."""

    name: str
    rows: Ints | None = None

    def fault(self, row: int | None, field: str, reason: str, way_out: str) -> Fault:
        """A fault at a record (counted from 0), or of the whole file."""
        line = None if row is None else int(self.rows[row]) if self.rows is not None else row + 1
        return Fault(self.name, line, field, reason, way_out)


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage.

    stratum : (units,) stratum of each unit; parent : (units,) unit of the stage before
    size, fraction, coefficient : (strata,) n_h, f_h, and the factor before the sum of squares
    centred : (strata,) 1 where the sum of squares is taken about the stratum's mean, 0 where about zero
    """

    stratum: Ints
    parent: Ints
    size: Floats
    fraction: Floats
    coefficient: Floats
    centred: Floats
    lonely: int

    @property
    def units(self) -> int:
        """Number of units of the stage."""
        return self.stratum.size

    @property
    def strata(self) -> int:
        """Number of strata of the stage, each within one unit of the stage before."""
        return self.size.size


def build_stages(
    design: Design, n: int, strata: list[Coded], units: list[Coded], fpc: list[Floats], place: Place
) -> tuple[tuple[Stage, ...], Ints]:
    """Stages that the variance needs, and the last of their units that each record belongs to."""
    # Without fractions the first stage carries all the variance; after a stage without, nothing is added.
    used = min(max(len(units), 1), len(fpc) + 1) if fpc else 1
    stages: list[Stage] = []
    parent: Ints = np.zeros(n, dtype=np.intp)
    through = np.ones(1)
    for depth in range(used):
        h = strata[depth].codes.astype(np.intp) if depth < len(strata) else np.zeros(n, dtype=np.intp)
        width = len(strata[depth].labels) if depth < len(strata) else 1
        codes = units[depth].codes.astype(np.intp) if units else np.arange(n, dtype=np.intp)
        before = through[parent] if depth else np.ones(n)
        stratum, _ = compress(parent * width + h)
        if depth == 0 and units and strata and not design.nest:
            _check_one_stratum(design, units[0], h, strata[0], place)
        own, _ = compress(stratum * (int(codes.max()) + 1) + codes)
        sampled = _sizes(own, stratum)
        population = (
            _population(fpc[depth], stratum, sampled, place, design.fpc[depth])
            if depth < len(fpc)
            else np.full(sampled.size, np.inf)
        )
        if depth == 0 and design.collapse is not None:
            joined = _join(strata[0], stratum, design.collapse, place, design.strata[0])
            population = np.bincount(_first(joined, stratum), weights=population)
            stratum = joined
            own, _ = compress(stratum * (int(own.max()) + 1) + own)
        stage, through = _stage(own, stratum, parent, population, before, design)
        if stage.lonely and design.carries_margin and design.lonely in ("fail", "collapse"):
            raise Refused(_lonely_faults(stage, own, depth, strata, design, place))
        stages.append(stage)
        parent = own
    return tuple(stages), parent


def _first(values: Ints, codes: Ints) -> Ints:
    """The value of the first record of each code."""
    found = np.empty(int(codes.max()) + 1, dtype=np.intp)
    found[codes[::-1]] = values[::-1]
    return found


def _sizes(own: Ints, stratum: Ints) -> Floats:
    return np.bincount(_first(stratum, own)).astype(np.float64)


def _stage(
    own: Ints, stratum: Ints, parent: Ints, population: Floats, before: Floats, design: Design
) -> tuple[Stage, Floats]:
    h = _first(stratum, own)
    size = np.bincount(h).astype(np.float64)
    fraction = size / population
    through = np.empty(size.size)
    through[stratum] = before
    # A stratum drawn whole has no doubt at this stage, so its only unit is not lonely.
    alone = (size == 1) & (fraction < 1)
    coefficient = through * (1 - fraction) * size / np.maximum(size - 1, 1)
    centred = np.ones(size.size)
    if design.lonely == "adjust":
        centred[alone] = 0.0
    else:
        coefficient[alone] = 0.0
    if design.lonely == "average" and alone.any() and not alone.all():
        coefficient *= size.size / (size.size - alone.sum())
    stage = Stage(h, _first(parent, own), size, fraction, coefficient, centred, int(alone.sum()))
    return stage, (through * fraction)[h]


def _population(values: Floats, stratum: Ints, sampled: Floats, place: Place, name: str) -> Floats:
    """Population counts of the strata from counts or fractions, checked."""
    bad = np.flatnonzero(~(values > 0))
    if bad.size:
        raise Refused(
            place.fault(row, name, f"fpc is {values[row]}.", "Give a population count or a fraction above 0.")
            for row in bad[:20].tolist()
        )
    fractions = bool(np.all(values <= 1))
    found = np.empty(sampled.size)
    found[stratum[::-1]] = values[::-1]
    changed = np.flatnonzero(values != found[stratum])
    if changed.size:
        row = int(changed[0])
        raise Refused(
            [
                place.fault(
                    row,
                    name,
                    f"fpc is {values[row]:g} here and {found[stratum[row]]:g} in an earlier"
                    " record of the same stratum.",
                    "One stratum has one population.",
                )
            ]
        )
    population = sampled / found if fractions else found
    few = np.flatnonzero(population < sampled * (1 - 1e-9))
    if few.size:
        rows = [int(np.flatnonzero(stratum == h)[0]) for h in few[:20].tolist()]
        raise Refused(
            place.fault(
                row,
                name,
                f"the population is given as {found[h]:g}, but {sampled[h]:g} units were drawn.",
                "Correct the count, or the column of units.",
            )
            for row, h in zip(rows, few.tolist(), strict=False)
        )
    return population


def _check_one_stratum(design: Design, units: Coded, h: Ints, strata: Coded, place: Place) -> None:
    first = _first(h, units.codes.astype(np.intp))
    other = np.flatnonzero(first[units.codes] != h)
    if other.size == 0:
        return
    _, kept = np.unique(units.codes[other], return_index=True)
    raise Refused(
        place.fault(
            row,
            design.psu[0],
            f"sampling unit '{units.labels[units.codes[row]]}' is in stratum"
            f" '{strata.labels[h[row]]}' here and in '{strata.labels[first[units.codes[row]]]}' before.",
            "Correct the code, or say that codes repeat between strata (nest).",
        )
        for row in other[kept][:20].tolist()
    )


def _join(strata: Coded, stratum: Ints, pairing: object, place: Place, name: str) -> Ints:
    """Codes of the joined strata; a stratum that is not named stays as it is."""
    declared = dict(pairing)  # type: ignore[call-overload]
    unknown = sorted(set(declared) - set(strata.labels))
    if unknown:
        raise Refused(
            place.fault(
                None, name, f"the pairing names '{label}', and no record has it.", "Correct the pairing."
            )
            for label in unknown
        )
    # The prefix keeps a joined stratum apart from an old one of the same name that was not named.
    names = [f"1{declared[label]}" if label in declared else f"0{label}" for label in strata.labels]
    place_of = {label: code for code, label in enumerate(sorted(set(names)))}
    joined, _ = compress(np.array([place_of[label] for label in names])[strata.codes])
    return joined


def _lonely_faults(
    stage: Stage, own: Ints, depth: int, strata: list[Coded], design: Design, place: Place
) -> list[Fault]:
    alone = np.flatnonzero((stage.size == 1) & (stage.fraction < 1))
    faults = []
    for h in alone[:20].tolist():
        row = int(np.flatnonzero(own == np.flatnonzero(stage.stratum == h)[0])[0])
        if depth < len(strata):
            name, words = design.strata[depth], f"stratum '{strata[depth].labels[strata[depth].codes[row]]}'"
        else:
            name, words = (design.psu or ("",))[max(depth - 1, 0)], "this part of the sample"
        faults.append(
            place.fault(
                row,
                name,
                f"{words} holds one sampling unit, so its variance cannot be seen.",
                "Choose lonely: remove, certainty, adjust, average, or collapse with a pairing.",
            )
        )
    return faults
