"""What a sample of chosen places may say: description, range over places, and what would hold under a
condition.

Interviews in places that were picked carry no margin of error. Allowed are "of those interviewed, x %", the
range over places, and the result with one place left out. An interval stands only beside its condition: "if
these places were a random draw of places", with as few degrees of freedom as there are places less one.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

import numpy as np

from kelisim.core.errors import NotDefined
from kelisim.stats.survey.intervals import t_quantile
from kelisim.stats.survey.moments import share
from kelisim.stats.survey.sample import Sample

__all__ = ["Described", "IfRandom", "describe", "if_places_were_random"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Described:
    """Share of one category among those interviewed, its range over places, and with one place left out."""

    category: str
    value: float
    n: int
    lowest_place: tuple[str, float]
    highest_place: tuple[str, float]
    without_one_low: float
    without_one_high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class IfRandom:
    """Half-widths in percentage points: under the condition, and as if interviews were drawn one by one."""

    deff: float
    n_eff: float
    half_width_points: float
    naive_points: float
    df: int


def describe(sample: Sample, variable: str, place: str) -> tuple[Described, ...]:
    """Shares of those interviewed, by category, with their range over places and leave-one-place-out.

    Raises: NotDefined("one_place") when all interviews come from one place, NotDefined("no_answers").

    >>> from kelisim.stats.survey.design import Design
    >>> data = {"place": ["a", "a", "b", "b"], "z": ["yes", "no", "yes", "yes"]}
    >>> sample = Sample(data, Design(kind="convenience", weights=None, lonely="fail"))
    >>> describe(sample, "z", "place")[1].lowest_place
    ('a', 0.5)
    """
    whole = share(sample, variable, level=0.95)
    parts = share(sample, variable, level=0.95, by=[place])
    places = list(dict.fromkeys(cell.by[0][1] for cell in parts.cells))
    if len(places) < 2:
        raise NotDefined("one_place", "a range over places needs interviews in at least two")
    p = parts.value.reshape(len(places), -1)
    weight = parts.weighted_n.reshape(len(places), -1)
    known = weight[:, 0] > 0
    places, p, weight = (
        [name for name, here in zip(places, known, strict=True) if here],
        p[known],
        weight[known],
    )
    without = ((p * weight).sum(axis=0) - p * weight) / (weight.sum(axis=0) - weight)
    return tuple(
        Described(
            category=str(whole.cells[k].category),
            value=float(whole.value[k]),
            n=int(whole.n[k]),
            lowest_place=(places[int(p[:, k].argmin())], float(p[:, k].min())),
            highest_place=(places[int(p[:, k].argmax())], float(p[:, k].max())),
            without_one_low=float(without[:, k].min()),
            without_one_high=float(without[:, k].max()),
        )
        for k in range(len(whole))
    )


def if_places_were_random(p: float, n: int, places: int, icc: float, level: float) -> IfRandom:
    """Half-width of a share if places were a random draw, for an assumed likeness within places.

    deff = 1 + (n / places - 1) icc, half = t(places - 1) sqrt(p (1 - p) deff / n). The naive one uses 1.96
    and deff 1.

    >>> round(if_places_were_random(0.5, 214, 4, 0.05, 0.95).half_width_points, 1)
    20.7
    """
    from scipy.special import ndtri

    if not (0 <= p <= 1 and 0 <= icc <= 1 and n >= places):
        raise ValueError(
            "a share and a correlation within places lie between 0 and 1, and places hold interviews"
        )
    if places < 2:
        raise NotDefined("one_place", "one place shows nothing of the differences between places")
    deff = 1 + (n / places - 1) * icc
    t = float(t_quantile(np.array(places - 1.0), level))
    simple = sqrt(p * (1 - p) / n)
    naive = float(ndtri((1 + level) / 2))
    return IfRandom(
        deff=deff,
        n_eff=n / deff,
        half_width_points=100 * t * simple * sqrt(deff),
        naive_points=100 * naive * simple,
        df=places - 1,
    )
