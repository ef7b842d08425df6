"""Cells that are linked by sums: the whole of a release as one system, whatever tables it comes from.

A cell stands once, however many tables show it. A relation says that one cell is the sum of others: a total
of its groups, an oblast of its districts. Linked tables are therefore one system and never protected one by
one.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kelisim.core.errors import CountsError

__all__ = ["LinkedCells", "Relation", "crossed", "linked"]

Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Relation:
    """One cell is the sum of others, up to a constant that the source's own contradiction leaves."""

    whole: int
    parts: tuple[int, ...]


@dataclass(frozen=True, eq=False)
class LinkedCells:
    """Non-negative cells and the sums that tie them.

    values : array, shape (cells,)
    relations : the sums
    public : cells that everybody knows already, exactly; they can neither be hidden nor hide others
    unpublished : cells that do not leave in any case: what a total holds beyond its listed parts, missing
    cells
    """

    values: NDArray[np.float64]
    relations: tuple[Relation, ...]
    public: Mask
    unpublished: Mask

    def __post_init__(self) -> None:
        for array in (self.values, self.public, self.unpublished):
            array.setflags(write=False)
        if not np.isfinite(self.values).all() or (self.values < 0).any():
            raise CountsError(
                "cells to protect are finite and not negative; give missing ones as unpublished"
            )

    def __len__(self) -> int:
        return len(self.values)

    def matrix(self) -> Any:
        """Relations as a sparse matrix A, shape (relations, cells): a change d of the cells is possible
        only where A d = 0."""
        from scipy.sparse import csr_matrix

        rows = [r for r, relation in enumerate(self.relations) for _ in range(len(relation.parts) + 1)]
        columns = [cell for relation in self.relations for cell in (relation.whole, *relation.parts)]
        signs = [s for relation in self.relations for s in (-1.0, *([1.0] * len(relation.parts)))]
        return csr_matrix((signs, (rows, columns)), shape=(len(self.relations), len(self)))


def linked(values: Iterable[float], relations: Iterable[Relation], public: Iterable[int] = ()) -> LinkedCells:
    """A system from values and sums; nan marks a missing cell.

    Where a whole exceeds its parts, the rest is added as an unpublished cell: total minus everything listed
    can be worked out by anybody, so a small rest must be protected as well. Where parts exceed the whole, the
    source contradicts itself and the difference is taken as known to all.

    >>> system = linked([12.0, 7.0, 3.0], [Relation(0, (1, 2))])
    >>> system.values.tolist(), system.unpublished.tolist()
    ([12.0, 7.0, 3.0, 2.0], [False, False, False, True])
    """
    known = np.array(list(values), dtype=np.float64)
    missing = np.isnan(known)
    filled = np.where(missing, 0.0, known).tolist()
    unpublished = missing.tolist()
    kept: dict[tuple[int, tuple[int, ...]], Relation] = {}
    for relation in relations:
        parts = tuple(sorted(set(relation.parts)))
        if missing[relation.whole] or not parts or (relation.whole, parts) in kept:
            continue
        rest = filled[relation.whole] - sum(filled[part] for part in parts)
        more = parts
        if rest > 0.5:
            filled.append(rest)
            unpublished.append(True)
            more = (*parts, len(filled) - 1)
        kept[relation.whole, parts] = Relation(relation.whole, more)
    open_to_all = np.zeros(len(filled), dtype=np.bool_)
    open_to_all[list(public)] = True
    return LinkedCells(
        np.array(filled), tuple(kept.values()), open_to_all, np.array(unpublished, dtype=np.bool_)
    )


def crossed(counts: NDArray[Any]) -> tuple[LinkedCells, NDArray[np.int64]]:
    """A table of any number of dimensions with all its margins, and the place of each cell in the system.

    The second value has one more entry than `counts` along every dimension; the last is the margin.

    >>> system, place = crossed(np.array([[3, 20], [40, 50]]))
    >>> int(system.values[place[0, 2]]), int(system.values[place[2, 2]]), len(system.relations)
    (23, 113, 6)
    """
    full = np.asarray(counts, dtype=np.float64)
    for axis in range(full.ndim):
        full = np.concatenate([full, full.sum(axis=axis, keepdims=True)], axis=axis)
    place = np.arange(full.size).reshape(full.shape)
    relations = []
    for axis in range(full.ndim):
        for line in np.moveaxis(place, axis, -1).reshape(-1, full.shape[axis]):
            relations.append(Relation(int(line[-1]), tuple(int(cell) for cell in line[:-1])))
    return linked(full.ravel(), relations), place
