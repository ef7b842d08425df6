"""Direct estimates of areas with smoothed variances: what a model of areas starts from.

The variance of one area's figure rests on its two or three sampling units, and is itself nearly chance. It
is replaced by a generalised variance function whose parameters all areas share: answers of one place are
alike to a degree ICC, and those of different places are not, so that

    psi_i = S^2 [(1 - ICC) sum w^2 + ICC sum over places of (sum of their w)^2] / (sum w)^2.

ICC is found by moments: the weighted sum of the design variances is what the formula makes of it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kelisim.core.errors import NotDefined
from kelisim.stats.survey.coding import Ints, compress
from kelisim.stats.survey.results import Estimates
from kelisim.stats.survey.sample import Sample
from kelisim.stats.survey.stages import Floats

__all__ = ["Smoothed", "first_units", "smooth"]


@dataclass(frozen=True, slots=True, eq=False)
class Smoothed:
    """Variances of direct estimates with the noise taken out; arrays in the order of the estimates.

    relative : variance over that of a single answer, 1 / n_eff; deff : n / n_eff
    within : S^2, variance of single answers inside areas; icc : likeness of answers inside places
    """

    relative: Floats
    deff: Floats
    within: float
    icc: float


def first_units(sample: Sample) -> Ints:
    """The first-stage unit of each record."""
    unit = sample.unit
    for stage in reversed(sample.stages[1:]):
        unit = stage.parent[unit]
    return unit


def smooth(sample: Sample, estimates: Estimates, y: Floats, area: Ints) -> Smoothed:
    """Generalised variance function for the means of areas.

    estimates : one per area, with design variances and degrees of freedom, in the order of the codes
    y : (records,) answers, NaN where there is none; area : (records,) place in `estimates`, -1 for none

    With V_i the design variance and s_i^2 the scatter of answers, D_i = (1 - ICC) A_i + ICC B_i has
    A = sum w^2 / W^2, B = sum over places of w_c^2 / W^2, E V = S^2 D and E s^2 = S^2 (1 - D); ICC solves
    sum a_i [V_i (1 - D_i) - s_i^2 D_i] = 0 with a_i = df_i / A_i, and is kept in [0, 1].

    Raises: NotDefined("no_margin") for picked samples, NotDefined("no_degrees_of_freedom") where no area has
    two sampling units.
    """
    if not sample.design.carries_margin:
        raise NotDefined("no_margin", "people were picked, so nothing says how sure a figure of an area is")
    areas = len(estimates)
    used = np.isfinite(y) & (area >= 0) & (sample.weights > 0)
    w, y, area = sample.weights[used], y[used], area[used]
    key, pairs = compress(area.astype(np.intp) * sample.psus + first_units(sample)[used])
    total = np.bincount(area, weights=w, minlength=areas)
    n = np.bincount(area, minlength=areas)
    by_place = np.square(np.bincount(key, weights=w, minlength=pairs.size))
    with np.errstate(invalid="ignore", divide="ignore"):
        single = np.bincount(area, weights=w * w, minlength=areas) / total**2
        placed = np.bincount(pairs // sample.psus, weights=by_place, minlength=areas) / total**2
        middle = np.bincount(area, weights=w * y, minlength=areas) / total
    scatter = np.bincount(area, weights=w * np.square(y - middle[area]), minlength=areas) / np.maximum(
        total, np.finfo(float).tiny
    )
    icc = _icc(estimates, single, placed, scatter)
    relative = single + icc * (placed - single)
    here = (n > 1) & (relative < 1)
    if not here.any():
        raise NotDefined("no_degrees_of_freedom", "no area has two answers, so their scatter cannot be seen")
    within = float((n * scatter)[here].sum() / (n * (1 - relative))[here].sum())
    return Smoothed(relative, n * relative, within, icc)


def _icc(estimates: Estimates, single: Floats, placed: Floats, scatter: Floats) -> float:
    seen = (estimates.df > 0) & np.isfinite(estimates.se)
    if not seen.any():
        raise NotDefined(
            "no_degrees_of_freedom", "no area has two sampling units, so places cannot be compared"
        )
    variance, a = np.square(estimates.se[seen]), estimates.df[seen] / single[seen]
    both = variance + scatter[seen]
    top = (a * (variance - both * single[seen])).sum()
    bottom = (a * both * (placed - single)[seen]).sum()
    return float(np.clip(top / bottom, 0.0, 1.0)) if bottom > 1e-12 * (a * both).sum() else 0.0
