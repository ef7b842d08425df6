"""Whether the steps of a scale of distance come in their order: who accepts a close step accepts all farther
ones.

A single number from 1 to 7 takes that order for granted. Where every step was asked for itself, it can be
checked, and below the usual limits the mean step should not be read as a distance.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from kelisim.core.errors import NotDefined

__all__ = ["Reproducibility", "reproducibility"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reproducibility:
    """coefficient : 1 - errors / answers; 0.90 and more is the usual demand
    marginal : what the frequencies of the steps alone would reach
    scalability : (coefficient - marginal) / (1 - marginal), 0.60 and more; None where marginal is 1
    in_order : whether farther steps are accepted at least as often as closer ones
    """

    coefficient: float
    marginal: float
    scalability: float | None
    in_order: bool
    n: int
    steps: int


def reproducibility(steps: ArrayLike) -> Reproducibility:
    """Guttman's coefficient of reproducibility, errors counted against the ideal pattern (Goodenough 1944).

    steps : (records, steps) 1 accepts, 0 does not, from the closest step to the farthest, no gaps
    A record that accepts m steps should accept the m farthest; every answer that differs is an error.

    Raises: NotDefined("no_answers"), ValueError.

    >>> made = reproducibility([[0, 0, 1], [0, 1, 1], [1, 1, 1], [1, 0, 1]])
    >>> round(made.coefficient, 4), made.n
    (0.8333, 4)
    """
    x = np.asarray(steps, dtype=np.float64)
    if x.ndim != 2 or x.shape[1] < 2:
        raise ValueError("steps are a table of records by at least two steps")
    if not np.all((x == 0) | (x == 1)):
        raise ValueError("a step is accepted, 1, or not, 0")
    if not x.shape[0]:
        raise NotDefined("no_answers", "nobody answered about the steps")
    n, k = x.shape
    ideal = np.arange(k)[None, :] >= k - x.sum(axis=1, keepdims=True)
    coefficient = float(1 - (x != ideal).mean())
    share = x.mean(axis=0)
    marginal = float(np.maximum(share, 1 - share).mean())
    return Reproducibility(
        coefficient=coefficient,
        marginal=marginal,
        scalability=(coefficient - marginal) / (1 - marginal) if marginal < 1 else None,
        in_order=bool(np.all(np.diff(share) >= 0)),
        n=n,
        steps=k,
    )
