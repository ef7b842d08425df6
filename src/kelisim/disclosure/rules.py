"""Which cells may not leave by themselves: too few persons, a group that answers as one, a dominating
contributor."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from kelisim.disclosure.cells import LinkedCells
from kelisim.disclosure.policy import Policy

__all__ = ["dominated", "required_intervals", "sensitive_cells"]

Mask = NDArray[np.bool_]


def sensitive_cells(cells: LinkedCells, policy: Policy) -> Mask:
    """Cells that the rules withhold ("primaries"); cells that are public already are never among them.

    A cell is one where 0 < x < k, where x = 0 unless zeros are shown, and, where zeros are shown, every part
    of a whole that only one part makes up: all members of a group then fall into one category, which says
    something about each of them (l-diversity of at least 2 [1]_).

    .. [1] Machanavajjhala et al. (2007), ACM TKDD 1(1), 3.
    """
    x = cells.values
    found = (x > 0) & (x < policy.min_persons)
    if policy.zeros == "withhold":
        found |= (x == 0) & ~cells.unpublished
    for relation in cells.relations if policy.zeros == "show" else ():
        parts = list(relation.parts)
        if x[relation.whole] > 0 and len(parts) > 1 and np.count_nonzero(x[parts]) < 2:
            found[parts] = True
    return np.asarray(found & ~cells.public & ~(cells.unpublished & (x == 0)))


def required_intervals(cells: LinkedCells, policy: Policy) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """For each cell the interval that an attacker must not be able to narrow, were the cell sensitive.

    With x persons, k = min_persons and w = protection_persons it reaches down to l = max(0, x - w) and up to
    max(l + w, k) where x < k, and to x + w where x >= k. So a small cell can neither be pinned down to fewer
    than w persons nor be shown to be small.

    >>> from kelisim.disclosure.cells import linked
    >>> from kelisim.disclosure.policy import SENSITIVE
    >>> [ends.tolist() for ends in required_intervals(linked([0, 3, 40], []), SENSITIVE)]
    [[0.0, 0.0, 30.0], [10.0, 10.0, 50.0]]
    """
    x, w = cells.values, float(policy.protection_persons)
    low = np.maximum(0.0, x - w)
    high = np.where(x < policy.min_persons, np.maximum(low + w, policy.min_persons), x + w)
    return low, high


def dominated(contributions: Sequence[float], policy: Policy) -> bool:
    """Whether a sum of magnitudes (likes, posts, budgets) gives a contributor away.

    With contributions x1 >= x2 >= ... and T their sum, it does where x1 > one_pct % of T, where x1 + x2 >
    two_pct % of T, or where T - x1 - x2 < p_pct % of x1: then the second contributor, who knows x2, finds x1
    to within p_pct % [1]_. A sum of fewer than three contributors always does. Raises: ValueError for
    negative contributions, to which the rules do not apply.

    >>> from kelisim.disclosure.policy import SENSITIVE
    >>> dominated([40, 35, 30, 28], SENSITIVE), dominated([90, 5, 5], SENSITIVE)
    (False, True)

    .. [1] Hundepool et al. (2012), Statistical Disclosure Control, ch. 4.
    """
    ranked = np.sort(np.asarray(contributions, dtype=np.float64))[::-1]
    if (ranked < 0).any():
        raise ValueError("dominance is defined for contributions that are not negative")
    total = float(ranked.sum())
    if total == 0:
        return False
    if np.count_nonzero(ranked) < 3:
        return True
    first, second = float(ranked[0]), float(ranked[1])
    return bool(
        first > policy.one_pct / 100 * total
        or first + second > policy.two_pct / 100 * total
        or total - first - second < policy.p_pct / 100 * first
    )
