"""The attacker's own calculation: between which ends does what leaves let a withheld cell lie?

The attacker knows every sum, every cell that leaves (here exactly, although it leaves rounded: the audit
grants the attacker more than there is to see), and that no cell is negative. The ends of a cell are two
linear programs:

    maximise, minimise x_p   subject to   A (x - x0) = 0,   x >= 0,   x_i = x0_i for every cell that leaves

with x0 the true values. An insider knows one withheld cell as well: the only person counted in it.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from kelisim.core.errors import GateError
from kelisim.disclosure.cells import LinkedCells

__all__ = ["feasible_intervals", "insiders"]

Mask = NDArray[np.bool_]


def insiders(cells: LinkedCells, sensitive: Mask) -> tuple[int, ...]:
    """Sensitive cells of a single person, who knows it: the audit is repeated with each of them known."""
    return tuple(int(i) for i in np.flatnonzero(sensitive & (cells.values == 1)))


def feasible_intervals(
    cells: LinkedCells, withheld: Mask, which: Iterable[int], known: Iterable[int] = ()
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Both ends of each asked cell, as an attacker finds them; infinite where nothing bounds the cell.

    known : withheld cells that the attacker knows all the same
    Raises: GateError when a linear program cannot be solved.

    >>> from kelisim.disclosure.cells import Relation, linked
    >>> row = linked([163.0, 4.0, 59.0, 100.0], [Relation(0, (1, 2, 3))])
    >>> low, high = feasible_intervals(row, np.array([False, True, True, False]), [1])
    >>> low.tolist(), high.tolist()
    ([0.0], [63.0])
    """
    hidden = (withheld | cells.unpublished) & ~cells.public
    hidden[list(known)] = False
    free = np.flatnonzero(hidden)
    place = {int(cell): index for index, cell in enumerate(free)}
    matrix = cells.matrix()[:, free] if cells.relations else None
    ends = [
        [_furthest(cells, matrix, free, place[p], sign) if p in place else cells.values[p] for p in which]
        for sign in (-1.0, 1.0)
    ]
    return np.array(ends[0], dtype=np.float64), np.array(ends[1], dtype=np.float64)


def _furthest(cells: LinkedCells, matrix: object, free: NDArray[np.int64], column: int, sign: float) -> float:
    from scipy.optimize import linprog

    target = np.zeros(len(free))
    target[column] = -sign
    found = linprog(
        target,
        A_eq=matrix,
        b_eq=None if matrix is None else np.zeros(len(cells.relations)),
        bounds=np.column_stack([-cells.values[free], np.full(len(free), np.inf)]),
        method="highs",
    )
    if found.status == 3:
        return float(sign * np.inf)
    if found.status != 0:
        raise GateError(f"the audit of withheld cells failed ({found.message}); nothing is released")
    return float(cells.values[free[column]] + found.x[column])
