"""Whether a distribution over classes has moved so far that what was learned on the old one is stale."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from kelisim.core.errors import CountsError

__all__ = ["population_stability"]


def population_stability(before: ArrayLike, now: ArrayLike) -> float:
    """Population stability index, sum of (q - p) ln(q / p) over classes (Siddiqi 2006).

    before, now : counts of the same classes; half a unit is added to each, so that an empty class counts
    0 for equal shares; 0.1 is a small and 0.25 a large shift by the rule of thumb of that book.
    Raises: CountsError for counts that are negative, not finite, or not of the same classes.

    >>> population_stability([50, 50], [50, 50]), round(population_stability([900, 100], [700, 300]), 2)
    (0.0, 0.27)
    """
    p, q = np.asarray(before, dtype=np.float64), np.asarray(now, dtype=np.float64)
    if p.shape != q.shape or p.ndim != 1 or not p.size:
        raise CountsError("both distributions are counts of the same classes")
    if not (np.isfinite(p).all() and np.isfinite(q).all()) or p.min() < 0 or q.min() < 0:
        raise CountsError("counts are finite and not negative")
    p, q = (p + 0.5) / (p + 0.5).sum(), (q + 0.5) / (q + 0.5).sum()
    return float(((q - p) * np.log(q / p)).sum())
