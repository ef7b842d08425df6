"""From how many answers can printed percentages come? The base finder, in exact arithmetic.

A percentage of N answers can only be one of N + 1 numbers, so a print rules bases out. The test is the one
known as GRIM (Brown and Heathers 2017), carried from means to shares and from single numbers to whole
questions. It speaks of answers of equal weight: weighting, or a sub-sample, can explain a print that "cannot
arise from N equal-weight answers", and nothing here calls a print false.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

__all__ = ["Bases", "Rounding", "attainable_share", "feasible_bases"]

Rounding = Literal["nearest", "half_up", "half_even", "down"]
_Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Bases:
    """Which bases fit the prints of one question.

    candidates : the bases tried, 1 .. limit
    feasible : whether all prints can arise together from the base
    matched : how many of the prints can arise from the base, each by itself
    chance : chance that as many prints drawn at random from the printed grid would all be attainable; 1 means
             that the base cannot be told apart, "no power"
    """

    candidates: _Ints
    feasible: NDArray[np.bool_]
    matched: _Ints
    chance: NDArray[np.float64]

    def smallest(self) -> int | None:
        """The smallest feasible base, or None."""
        found = self.candidates[self.feasible]
        return int(found[0]) if len(found) else None

    def listed(self) -> tuple[int, ...]:
        """All feasible bases in order."""
        return tuple(int(n) for n in self.candidates[self.feasible])

    def fits(self, base: int) -> bool:
        """Whether a base from 1 to the limit is feasible."""
        return bool(self.feasible[base - 1])

    def power(self, base: int) -> float:
        """Chance that prints unrelated to the base would have been noticed, 0 for "no power"."""
        return float(1.0 - self.chance[base - 1])


def feasible_bases(
    prints: Sequence[tuple[Fraction, int]],
    limit: int,
    *,
    exclusive: bool,
    complete: bool,
    rounding: Rounding = "nearest",
) -> Bases:
    """Bases N <= limit from which printed percentages can arise.

    A print p with d decimals, u = 10^-d, fits N if a whole number k, 0 <= k <= N, has |100 k / N - p| <= u/2.
    Each print thus allows k from lo to hi. Answers that exclude each other (`exclusive`) must also share out
    the base: sum lo <= N, and where every option is printed (`complete`) N <= sum hi. Several answers per
    person obey no such rule.

    prints : (percentage, decimals) of each option
    rounding : "nearest" accepts both ends of the half unit; "half_up", "half_even" and "down" (truncation)
               accept only what that rule prints
    Raises: ValueError for a limit below 1 or a print that is not a whole multiple of its last digit.

    >>> shares = [(Fraction(p), 1) for p in ("35.1", "31.6", "21.1", "12.3")]
    >>> feasible_bases(shares, 300, exclusive=True, complete=True).listed()
    (57, 114, 171, 228, 285)
    >>> whole = [(Fraction(p), 0) for p in ("35", "32", "21", "12")]
    >>> int(feasible_bases(whole, 300, exclusive=True, complete=True).feasible.sum())
    212
    """
    if limit < 1:
        raise ValueError("at least the base 1 must be tried")
    bases = np.arange(1, limit + 1, dtype=np.int64)
    matched = np.zeros(limit, dtype=np.int64)
    lowest = np.zeros(limit, dtype=np.int64)
    highest = np.zeros(limit, dtype=np.int64)
    chance = np.ones(limit)
    grids: dict[int, Any] = {}
    for value, decimals in prints:
        steps = value * 10**decimals
        if steps.denominator != 1:
            raise ValueError(f"{value} has more than {decimals} decimals")
        low, high = _counts(int(steps), 100 * 10**decimals, bases, rounding)
        matched += low <= high
        lowest += low
        highest += high
        if decimals not in grids:
            grids[decimals] = attainable_share(bases, decimals)
        chance *= grids[decimals]
    feasible = matched == len(prints)
    if exclusive:
        feasible &= lowest <= bases
        if complete:
            feasible &= bases <= highest
    return Bases(bases, feasible, matched, chance)


def attainable_share(bases: _Ints, decimals: int) -> NDArray[np.float64]:
    """Part of the printed grid 0 .. 100 that fractions of N answers reach, for every base N.

    With one decimal 50 answers reach 5.1 % of the grid, 214 answers 21.5 %, and 1,000 answers all of it.

    >>> [round(float(x), 3) for x in attainable_share(np.array([50, 100, 214, 1000]), 1)]
    [0.051, 0.101, 0.215, 1.0]
    """
    scale = 100 * 10**decimals
    # Below the grid's size neighbouring fractions are further apart than its steps; above it none is missed.
    reached: NDArray[np.float64] = np.minimum((bases + 1) / (scale + 1), 1.0)
    return reached


def _counts(steps: int, scale: int, bases: _Ints, rounding: Rounding) -> tuple[_Ints, _Ints]:
    """Lowest and highest count k with scale * k / N inside the interval of the print; empty if low > high."""
    two = 2 * scale
    if rounding == "down":
        low, high = -((-2 * steps * bases) // two), ((2 * steps + 2) * bases - 1) // two
    else:
        low, high = -((-(2 * steps - 1) * bases) // two), ((2 * steps + 1) * bases) // two
        if rounding == "half_up" or (rounding == "half_even" and steps % 2):
            high = ((2 * steps + 1) * bases - 1) // two
        if rounding == "half_even" and steps % 2:
            low = ((2 * steps - 1) * bases) // two + 1
    low, high = np.maximum(low, 0), np.minimum(high, bases)
    return low, high
