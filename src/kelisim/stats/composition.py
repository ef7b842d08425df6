"""Composition of one population by groups: shares, fractionalisation, polarisation, entropy, Hill numbers.

All measures describe how a population is composed. They are context and denominators, never a risk input.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from kelisim.core.errors import CountsError, NotDefined

__all__ = [
    "check_counts",
    "entropy",
    "fractionalisation",
    "hill",
    "polarisation",
    "relative_entropy",
    "shares",
]


def check_counts(counts: ArrayLike, *, whole: bool = True) -> NDArray[np.float64]:
    """Counts of persons as floats. Raises: CountsError for negative, fractional or missing numbers."""
    array = np.asarray(counts, dtype=np.float64)
    if not np.isfinite(array).all():
        raise CountsError("a count is missing or infinite. Give every cell a number or leave the unit out.")
    if (array < 0).any():
        raise CountsError(f"a count is negative: {array.min():g}. Counts of persons start at 0.")
    if whole and (array != np.round(array)).any():
        raise CountsError("a count is fractional. Counts of persons are whole numbers.")
    return array


def shares(counts: ArrayLike) -> NDArray[np.float64]:
    """Shares of groups, p_i = n_i / sum n.

    counts : array, shape (..., groups) - persons
    Raises: NotDefined("empty_area") where nobody lives.

    >>> shares([30, 10]).tolist()
    [0.75, 0.25]
    """
    array = check_counts(counts)
    total = array.sum(axis=-1, keepdims=True)
    if (total == 0).any():
        raise NotDefined("empty_area", "nobody lives here, so shares have no meaning")
    return np.asarray(array / total)


def _of_one_population(counts: ArrayLike) -> NDArray[np.float64]:
    # A table of several units given by mistake would be summed into one number that means nothing.
    p = shares(counts)
    if p.ndim != 1:
        raise CountsError(f"one population is a single row of counts, this has {p.ndim} dimensions")
    return p


def fractionalisation(counts: ArrayLike) -> float:
    """Ethnic fractionalisation, ELF = 1 - sum p_i^2, in [0, 1 - 1/k].

    Chance that two persons drawn at random, with replacement, belong to different groups (Taylor and Hudson
    1972; Alesina et al. 2003).
    counts : array, shape (groups,) - persons.  Raises: NotDefined("empty_area"), CountsError.

    >>> fractionalisation([50, 50])
    0.5
    """
    return float(1.0 - np.sum(_of_one_population(counts) ** 2))


def polarisation(counts: ArrayLike) -> float:
    """Polarisation, RQ = 1 - sum ((1/2 - p_i) / (1/2))^2 p_i, in [0, 1].

    Largest where two groups are of equal size (Reynal-Querol 2002; Montalvo and Reynal-Querol 2005).
    counts : array, shape (groups,) - persons.  Raises: NotDefined("empty_area"), CountsError.

    >>> polarisation([50, 50])
    1.0
    """
    p = _of_one_population(counts)
    return float(1.0 - np.sum(((0.5 - p) / 0.5) ** 2 * p))


def entropy(counts: ArrayLike) -> float:
    """Shannon entropy in nats, E = - sum p_i ln p_i, groups of size 0 adding nothing (Shannon 1948).

    counts : array, shape (groups,) - persons.  Raises: NotDefined("empty_area"), CountsError.

    >>> round(entropy([50, 50]), 6)
    0.693147
    """
    p = _of_one_population(counts)
    p = p[p > 0]
    # Adding zero turns the -0.0 of a population of one group into 0.0.
    return float(-np.sum(p * np.log(p))) + 0.0


def relative_entropy(counts: ArrayLike) -> float:
    """Entropy as a part of its maximum for the number of groups listed, E / ln k, in [0, 1].

    Raises: NotDefined("one_group") for fewer than two groups.

    >>> relative_entropy([50, 50])
    1.0
    """
    k = np.asarray(counts).shape[-1]
    if k < 2:
        raise NotDefined("one_group", "entropy needs at least two groups")
    # Equal groups may end one unit of the last binary digit above 1.
    return min(1.0, entropy(counts) / float(np.log(k)))


def hill(counts: ArrayLike, order: Literal[0, 1, 2]) -> float:
    """Hill number of order 0, 1 or 2: the number of equally large groups with the same diversity (Hill 1973).

    N0 = groups present, N1 = exp(- sum p_i ln p_i), N2 = 1 / sum p_i^2; N0 >= N1 >= N2 >= 1.
    counts : array, shape (groups,) - persons.  Raises: NotDefined("empty_area"), CountsError.

    >>> hill([50, 50, 0], 0), hill([50, 50], 2)
    (2.0, 2.0)
    """
    p = _of_one_population(counts)
    if order == 0:
        return float(np.count_nonzero(p))
    if order == 1:
        return float(np.exp(entropy(counts)))
    if order == 2:
        return float(1.0 / np.sum(p**2))
    raise ValueError(f"Hill numbers of order {order} are not offered; take 0, 1 or 2")
