"""The attacker's own calculation: between which ends does what leaves let a withheld cell lie?

The attacker knows every sum, every cell that leaves (here exactly, although it leaves rounded: the audit
grants the attacker more than there is to see), and that no cell is negative. The ends of a cell are two
linear programs:

    maximise, minimise x_p   subject to   A (x - x0) = 0,   x >= 0,   x_i = x0_i for every cell that leaves

with x0 the true values. An insider knows one withheld cell as well: the only person counted in it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kelisim.core.errors import GateError
from kelisim.disclosure.cells import LinkedCells

__all__ = ["Attack", "feasible_intervals", "insiders"]

Mask = NDArray[np.bool_]
_SLACK = 1e-6


def insiders(cells: LinkedCells, sensitive: Mask) -> tuple[int, ...]:
    """Withheld cells of a single person, who knows it: the audit is repeated with each of them known."""
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
    attack = Attack.on(cells, withheld, known)
    asked = list(which)
    low = np.array([cells.values[p] + attack.furthest(p, -1.0) for p in asked])
    high = np.array([cells.values[p] + attack.furthest(p, 1.0) for p in asked])
    return low, high


@dataclass(frozen=True, eq=False)
class Attack:
    """What may still move when some cells are withheld: the columns of A that are free, and how far down each
    goes."""

    free: NDArray[np.int64]
    place: dict[int, int]
    matrix: Any
    depth: NDArray[np.float64]

    @classmethod
    def on(cls, cells: LinkedCells, withheld: Mask, known: Iterable[int] = ()) -> Attack:
        """The attack on these withheld cells; `known` are withheld cells that this attacker knows."""
        hidden = (withheld | cells.unpublished) & ~cells.public
        hidden[list(known)] = False
        free = np.flatnonzero(hidden)
        matrix = cells.matrix()[:, free] if cells.relations else None
        return cls(free, {int(cell): k for k, cell in enumerate(free)}, matrix, cells.values[free])

    def furthest(self, cell: int, direction: float) -> float:
        """The largest possible change of one cell, up (1.0) or down (-1.0)."""
        if cell not in self.place:
            return 0.0
        target = np.zeros(len(self.free))
        target[self.place[cell]] = -direction
        solved = self._solve(target, np.inf)
        return direction * np.inf if solved is None else float(solved[self.place[cell]])

    def short(self, wanted: dict[int, float]) -> dict[int, float]:
        """Of the wanted changes (cell -> signed change), those that this attacker can rule out.

        One linear program moves as many cells as far as it can; what it reaches is settled, and only what
        remains is asked cell by cell. Since a convex set is audited, each solution settles several cells.
        """
        open_ones = {c: d for c, d in wanted.items() if abs(d) > _SLACK and c in self.place}
        shut = {c: d for c, d in wanted.items() if abs(d) > _SLACK and c not in self.place}
        while len(open_ones) > 1:
            moved = self._together(open_ones)
            left = {c: d for c, d in open_ones.items() if moved[self.place[c]] * np.sign(d) < abs(d) - _SLACK}
            if len(left) == len(open_ones):
                break
            open_ones = left
        for cell in list(open_ones):
            if cell not in open_ones:
                continue
            target = np.zeros(len(self.free))
            target[self.place[cell]] = -np.sign(open_ones[cell])
            moved = self._bounded(target, {cell: open_ones[cell]})
            reached = [
                c for c, d in open_ones.items() if moved[self.place[c]] * np.sign(d) >= abs(d) - _SLACK
            ]
            for settled in reached:
                del open_ones[settled]
            if cell in open_ones:
                shut[cell] = open_ones.pop(cell)
        return shut

    def _together(self, wanted: dict[int, float]) -> NDArray[np.float64]:
        target = np.zeros(len(self.free))
        for cell, change in wanted.items():
            # Small changes weigh as much as large ones: each wants to be reached, none to be overshot.
            target[self.place[cell]] = -np.sign(change) / abs(change)
        return self._bounded(target, wanted)

    def _bounded(self, target: NDArray[np.float64], wanted: dict[int, float]) -> NDArray[np.float64]:
        limits = np.column_stack([-self.depth, np.full(len(self.free), np.inf)])
        for cell, change in wanted.items():
            limits[self.place[cell], 1 if change > 0 else 0] = change
        solved = self._solve(target, limits)
        if solved is None:
            raise GateError("the audit of withheld cells has no bounded solution; nothing is released")
        return solved

    def _solve(self, target: NDArray[np.float64], limits: Any) -> NDArray[np.float64] | None:
        from scipy.optimize import linprog

        if not isinstance(limits, np.ndarray):
            limits = np.column_stack([-self.depth, np.full(len(self.free), limits)])
        right = None if self.matrix is None else np.zeros(self.matrix.shape[0])
        found = linprog(target, A_eq=self.matrix, b_eq=right, bounds=limits, method="highs")
        if found.status == 3:
            return None
        if found.status != 0:
            raise GateError(f"the audit of withheld cells failed ({found.message}); nothing is released")
        return np.asarray(found.x)
