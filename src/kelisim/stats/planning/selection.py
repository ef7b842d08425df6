"""Places drawn from a frame with chances in proportion to their size, and reserves in a set order."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kelisim.core.errors import NotDefined
from kelisim.stats.survey.coding import Ints
from kelisim.stats.survey.stages import Floats

__all__ = ["Selected", "select_places"]


@dataclass(frozen=True, slots=True, eq=False)
class Selected:
    """places : drawn, in the order of the frame; chance : of each to be drawn; reserves : in the order in
    which they step in, whose chance is not known and who take the weight of the place they stand in for"""

    places: Ints
    chance: Floats
    reserves: Ints


def select_places(size: Floats, number: int, reserves: int, rng: np.random.Generator) -> Selected:
    """Systematic drawing with chances number x size / total (Madow 1949), in the order of the frame.

    A place whose chance would be 1 or more is taken for certain, and the others share what is left. A frame
    sorted by geography is so spread over the map. Reserves are drawn likewise from the rest.

    Raises: NotDefined("frame_too_small") where there are fewer places of a size above 0.

    >>> drawn = select_places(np.array([500.0, 100, 100, 100, 100, 100]), 2, 1, np.random.default_rng(1))
    >>> drawn.chance.tolist(), drawn.reserves.size
    ([1.0, 0.2], 1)
    """
    size = np.asarray(size, dtype=np.float64)
    if not np.all(np.isfinite(size)) or np.any(size < 0) or number < 1 or reserves < 0:
        raise ValueError("sizes are 0 or more, and one place at least is drawn")
    if number + reserves > np.count_nonzero(size):
        words = f"{number} places and {reserves} reserves of {np.count_nonzero(size)} with people"
        raise NotDefined("frame_too_small", words)
    chance = _chances(size, number)
    drawn = _systematic(chance, rng)
    rest = size.copy()
    rest[drawn] = 0
    spare = _systematic(_chances(rest, reserves), rng) if reserves else np.empty(0, dtype=np.intp)
    return Selected(drawn, chance[drawn], rng.permutation(spare))


def _chances(size: Floats, number: int) -> Floats:
    chance, certain = np.zeros(size.size), np.zeros(size.size, dtype=bool)
    while True:
        left, open_ = number - int(certain.sum()), np.where(certain, 0.0, size)
        chance = np.where(certain, 1.0, left * open_ / open_.sum() if left else 0.0)
        more = ~certain & (chance >= 1 - 1e-12)
        if not more.any():
            return chance
        certain |= more


def _systematic(chance: Floats, rng: np.random.Generator) -> Ints:
    """Units in whose stretch of the running sum a point of the comb u, u + 1, ... falls."""
    sure = np.flatnonzero(chance >= 1)
    rest = np.where(chance >= 1, 0.0, chance)
    number = round(float(rest.sum()))
    if not number:
        return sure
    ends = np.cumsum(rest)
    points = (rng.random() + np.arange(number)) * (ends[-1] / number)
    return np.sort(np.concatenate((sure, np.searchsorted(ends, points, side="right"))))
