"""Tables of units and groups as chance alone would make them: what "no segregation" means, in three readings.

`evenness` keeps the size of every unit, `systematic` keeps the size of every group, `person_permutation`
keeps both. The names are those of the Python package `segregation` (PySAL), and a test holds the
distributions against it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from kelisim.core.errors import CountsError

__all__ = ["NULLS", "Null", "null_tables"]

Null = Literal["evenness", "systematic", "person_permutation"]
NULLS: tuple[str, ...] = get_args(Null)
Counts = NDArray[np.int64]
_LARGEST_POOL = 10**9


def null_tables(counts: Counts, null: Null, draws: int, rng: np.random.Generator) -> Counts:
    """Tables of persons drawn under a null hypothesis, shape (draws, units, groups).

    evenness : every unit draws its persons from the composition of the whole (multinomial per unit)
    systematic : every group draws its persons' units from the sizes of the units (multinomial per group;
    Allen et
        al. 2015)
    person_permutation : all persons are dealt anew to the places there are (hypergeometric; both margins
    fixed)
    counts : array of whole numbers, shape (units, groups), with at least one person
    Raises: CountsError where a permutation is asked of more than 10^9 persons.

    >>> table = np.array([[3, 1], [0, 4]])
    >>> drawn = null_tables(table, "person_permutation", 2, np.random.default_rng(1))
    >>> drawn.sum(axis=1).tolist(), drawn.sum(axis=2).tolist()
    ([[3, 5], [3, 5]], [[4, 4], [4, 4]])
    """
    return _DRAW[null](counts, draws, rng)


def _evenness(counts: Counts, draws: int, rng: np.random.Generator) -> Counts:
    units = counts.sum(axis=1)
    return rng.multinomial(units, counts.sum(axis=0) / counts.sum(), size=(draws, len(units)))


def _systematic(counts: Counts, draws: int, rng: np.random.Generator) -> Counts:
    groups = counts.sum(axis=0)
    drawn = rng.multinomial(groups, counts.sum(axis=1) / counts.sum(), size=(draws, len(groups)))
    return np.ascontiguousarray(drawn.transpose(0, 2, 1))


def _person_permutation(counts: Counts, draws: int, rng: np.random.Generator) -> Counts:
    """Halve the list of units again and again; at each cut every group is dealt to the two halves.

    That takes as many hypergeometric numbers as going unit by unit, but log2(units) steps instead of units
    steps.
    """
    if counts.sum() >= _LARGEST_POOL:
        raise CountsError(
            f"{counts.sum()} persons are too many to be dealt anew (limit 10^9). Take the null 'evenness'."
        )
    levels = [counts.sum(axis=1)]
    while len(levels[-1]) > 1:
        below = levels[-1]
        levels.append(np.append(below, np.zeros(len(below) % 2, dtype=np.int64)).reshape(-1, 2).sum(axis=1))
    nodes = np.broadcast_to(counts.sum(axis=0), (draws, 1, counts.shape[1]))
    for places in reversed(levels[:-1]):
        room = np.broadcast_to(places[::2], nodes.shape[:2])
        left = np.empty_like(nodes, order="C")
        rest = nodes.sum(axis=2)
        for group in range(counts.shape[1]):
            rest = rest - nodes[:, :, group]
            left[:, :, group] = rng.hypergeometric(nodes[:, :, group], rest, room)
            room = room - left[:, :, group]
        both = np.stack([left, nodes - left], axis=2).reshape(draws, -1, counts.shape[1])
        nodes = both[:, : len(places)]
    return np.ascontiguousarray(nodes)


_DRAW: dict[str, Callable[[Counts, int, np.random.Generator], Counts]] = {
    "evenness": _evenness,
    "systematic": _systematic,
    "person_permutation": _person_permutation,
}
