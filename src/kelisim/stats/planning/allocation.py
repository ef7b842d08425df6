"""Places shared out over strata, in whole places, with two at least in each.

One rule serves all: places go one by one to the stratum with the greatest key / sqrt(k (k + 1)), k being
those it has, which for Neyman's key is exactly the allocation of least variance (Wright 2012).
"""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from math import sqrt
from typing import Literal, get_args

from kelisim.core.errors import NotDefined

__all__ = ["ALLOCATIONS", "Allocation", "allocate", "allocation_keys"]

Allocation = Literal["proportional", "neyman", "power", "equal"]
ALLOCATIONS: tuple[str, ...] = get_args(Allocation)


def allocation_keys(
    population: Sequence[float], spread: Sequence[float], rule: Allocation, exponent: float
) -> list[float]:
    """What places are shared out by: N, N S (Neyman 1934), N^q S (after Bankier 1988), or 1.

    spread : S, standard deviation of answers in each stratum; exponent : q of the power rule, from 0 (as if
    all strata were of one size) to 1 (Neyman)
    """
    if rule not in ALLOCATIONS:
        raise ValueError(f"an allocation is one of {', '.join(ALLOCATIONS)}, not '{rule}'")
    if not 0 <= exponent <= 1:
        raise ValueError(f"the exponent lies between 0 and 1, not at {exponent}")
    pairs = list(zip(population, spread, strict=True))
    if rule == "equal":
        return [1.0] * len(pairs)
    if rule == "proportional":
        return [float(n) for n, _ in pairs]
    q = 1.0 if rule == "neyman" else exponent
    return [n**q * s for n, s in pairs]


def allocate(total: int, keys: Sequence[float], available: Sequence[int], *, least: int = 2) -> list[int]:
    """Places of each stratum: `least` first, or all it has where they are fewer, and the rest by the keys.

    Raises: NotDefined("budget_too_small") where the total is below the least, NotDefined("frame_too_small")
    where there are not as many places.

    >>> allocate(10, [600, 300, 100], [50, 50, 50])
    [5, 3, 2]
    """
    made = [min(least, most) for most in available]
    if total < sum(made):
        raise NotDefined("budget_too_small", f"{total} places, and {least} in every stratum are {sum(made)}")
    if total > sum(available):
        raise NotDefined("frame_too_small", f"{total} places are wanted and the frame has {sum(available)}")
    queue = [
        (-_priority(keys[h], made[h]), h) for h in range(len(keys)) if made[h] < available[h]
    ]  # heapq takes the smallest, so priorities are negative
    heapq.heapify(queue)
    for _ in range(total - sum(made)):
        _, h = heapq.heappop(queue)
        made[h] += 1
        if made[h] < available[h]:
            heapq.heappush(queue, (-_priority(keys[h], made[h]), h))
    return made


def _priority(key: float, places: int) -> float:
    return key / sqrt(places * (places + 1)) if places else float("inf")
