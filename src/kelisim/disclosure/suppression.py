"""Which further cells must be withheld so that sums do not give the sensitive ones away.

For a sensitive cell p that must be able to change by a given amount, the cheapest pattern of changes is a
linear program over all cells of the release (Fischetti & Salazar [1]_, solved here one cell after the other):

    minimise  sum_i c_i (u_i + v_i)   subject to   A (u - v) = 0,   v_i <= x_i,   u_p - v_p = the amount

where c_i is nearly nothing for cells that are withheld already and grows with the size of the cell otherwise.
Cells that change are withheld. The solution itself is the proof: another table, equal in everything that
leaves, in which p has another value. Proofs are kept; each serves every cell that it moves far enough, and it
holds against a person who knows one cell as long as it leaves that cell alone. The search ends when every
sensitive cell has a proof in both directions against everybody; cells withheld in vain are then given back.

.. [1] Fischetti & Salazar-Gonzalez (2001), Management Science 47(7), 1008-1027.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kelisim.core.errors import GateError
from kelisim.disclosure.audit import insiders
from kelisim.disclosure.cells import LinkedCells
from kelisim.disclosure.policy import Policy
from kelisim.disclosure.rules import required_intervals

__all__ = ["Suppression", "suppress"]

Mask = NDArray[np.bool_]
_NOBODY = -1
_OVERHEAD = 300  # variables that a linear program costs before it has any


@dataclass(frozen=True, eq=False)
class Suppression:
    """What is withheld.

    withheld : sensitive cells and those withheld for their sake
    coarse : True when the search was cut short and whole rows and columns were withheld instead
    unprotected : sensitive cells that public figures alone bound too narrowly; withheld, yet known
    """

    withheld: Mask
    coarse: bool
    unprotected: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Task:
    """One change that must be possible: of a sensitive cell, by a signed amount."""

    cell: int
    change: float


@dataclass(eq=False)
class _Search:
    """The state of a search; `proofs` are possible changes of all cells, one a row."""

    cells: LinkedCells
    tasks: tuple[_Task, ...]
    withheld: Mask
    effort: float
    matrix: Any = None
    touching: Any = None
    proofs: list[NDArray[np.float64]] = field(default_factory=list)
    hopeless: set[tuple[int, int]] = field(default_factory=set)

    def __post_init__(self) -> None:
        if self.cells.relations:
            self.matrix = self.cells.matrix().tocsc()
            self.touching = abs(self.matrix).T.tocsr()

    def open_tasks(self, known: int) -> Iterator[tuple[int, _Task]]:
        """Tasks without a proof, for an attacker who knows one cell; each as the proofs come in."""
        settled, seen = self._settled(self.proofs, known), len(self.proofs)
        for index, task in enumerate(self.tasks):
            if len(self.proofs) > seen:
                settled |= self._settled(self.proofs[seen:], known)
                seen = len(self.proofs)
            if not settled[index] and task.cell != known and (index, known) not in self.hopeless:
                yield index, task

    def _settled(self, proofs: list[NDArray[np.float64]], known: int) -> Mask:
        done = np.zeros(len(self.tasks), dtype=np.bool_)
        if not proofs:
            return done
        moved = np.array(proofs)
        shown = ~self.withheld & ~self.cells.unpublished
        if known != _NOBODY:
            shown = shown.copy()
            shown[known] = True
        moved = moved[~moved[:, shown].any(axis=1)]
        changes = np.array([task.change for task in self.tasks])
        reached = moved[:, [task.cell for task in self.tasks]] * np.sign(changes)
        return np.asarray((reached >= np.abs(changes) - 1e-6).any(axis=0))

    def prove(
        self, task: _Task, known: int, costs: NDArray[np.float64], movable: Mask, *, nearby: bool = False
    ) -> bool:
        """Look for the cheapest proof of a task among movable cells, nearby first or only, and keep it."""
        near = movable & self._near(task.cell)
        small = np.count_nonzero(near) < 0.7 * np.count_nonzero(movable)
        if small and self._prove(task, known, costs, near):
            return True
        return not (small and nearby) and self._prove(task, known, costs, movable)

    def _near(self, cell: int) -> Mask:
        """Cells that share a sum with the cell, or with one that does: a district, in a table of oblasts."""
        found = np.zeros(len(self.cells), dtype=np.bool_)
        found[cell] = True
        for _ in range(2 if self.touching is not None else 0):
            found = (self.touching @ (self.touching.T @ found.astype(np.float64))) > 0
        return np.asarray(found)

    def _prove(self, task: _Task, known: int, costs: NDArray[np.float64], movable: Mask) -> bool:
        from scipy.optimize import linprog
        from scipy.sparse import hstack

        cells = self.cells
        free = movable & ~cells.public
        if known != _NOBODY:
            free[known] = False
        free[task.cell] = True
        columns = np.flatnonzero(free)
        size, place = len(columns), int(np.searchsorted(columns, task.cell))
        bounds = np.zeros((2 * size, 2))
        bounds[:size, 1], bounds[size:, 1] = np.inf, cells.values[columns]
        bounds[[place, size + place], 1] = max(task.change, 0.0), max(-task.change, 0.0)
        bounds[[place, size + place], 0] = bounds[[place, size + place], 1]
        self.effort -= _OVERHEAD + 2 * size
        sums = None if self.matrix is None else self.matrix[:, columns]
        found = linprog(
            np.tile(costs[columns], 2),
            A_eq=None if sums is None else hstack([sums, -sums]),
            b_eq=None if sums is None else np.zeros(len(cells.relations)),
            bounds=bounds,
            method="highs",
        )
        if found.status == 2:
            return False
        if found.status != 0:
            raise GateError(f"the search for cells to withhold failed ({found.message}); nothing is released")
        change = np.zeros(len(cells))
        change[columns] = found.x[:size] - found.x[size:]
        self.proofs.append(np.where(np.abs(change) > 1e-7, change, 0.0))
        return True


def suppress(cells: LinkedCells, sensitive: Mask, policy: Policy) -> Suppression:
    """Withhold the sensitive cells and as many others as protect them.

    sensitive : array, shape (cells,); see `rules.sensitive_cells`
    Deterministic: the same cells give the same pattern on every machine, since the search is bounded by its
    work and not by the clock. Raises: GateError when a linear program cannot be solved.

    >>> from kelisim.disclosure.cells import Relation, linked
    >>> from kelisim.disclosure.policy import SENSITIVE
    >>> row = linked([163.0, 4.0, 59.0, 100.0], [Relation(0, (1, 2, 3))])
    >>> suppress(row, np.array([False, True, False, False]), SENSITIVE).withheld.tolist()
    [False, True, True, False]
    """
    withheld = sensitive & ~cells.unpublished
    if not sensitive.any():
        return Suppression(withheld, False, ())
    search = _Search(cells, _tasks(cells, sensitive, policy), withheld, float(policy.effort))
    attackers = (_NOBODY, *insiders(cells, sensitive))
    coarse = False
    for known in attackers:
        for index, task in search.open_tasks(known):
            if search.effort > 0:
                _widen(search, index, task, known)
            else:
                coarse = True
                _coarsen(search, index, task, known)
    if not coarse:
        _give_back(search, sensitive, attackers)
    _verify(search, attackers)
    known_to_all = {search.tasks[index].cell for index, known in search.hopeless if known == _NOBODY}
    return Suppression(search.withheld, coarse, tuple(sorted(known_to_all)))


def _tasks(cells: LinkedCells, sensitive: Mask, policy: Policy) -> tuple[_Task, ...]:
    low, high = required_intervals(cells, policy)
    found = []
    for ends in (high, low):
        found += [_Task(int(p), float(ends[p] - cells.values[p])) for p in np.flatnonzero(sensitive)]
    return tuple(
        sorted((t for t in found if abs(t.change) > 1e-9), key=lambda t: (-abs(t.change), t.cell, t.change))
    )


def _costs(search: _Search) -> NDArray[np.float64]:
    cells = search.cells
    costs = 1.0 + np.log1p(cells.values)
    for relation in cells.relations:
        costs[relation.whole] *= 2.0
    # Ties are broken by the order of cells, so that the pattern does not hang on the solver's mood.
    costs *= 1.0 + 1e-4 * np.arange(len(cells)) / len(cells)
    hidden = search.withheld | cells.unpublished
    costs[hidden] = 1e-3 * costs[hidden]
    return costs


def _widen(search: _Search, index: int, task: _Task, known: int) -> None:
    """Withhold the cheapest cells that let the cell change as it must, this attacker's knowledge given."""
    everything = np.ones(len(search.cells), dtype=np.bool_)
    if not search.prove(task, known, _costs(search), everything):
        # No pattern at all: what is public, or what this person knows, already bounds the cell.
        search.hopeless.add((index, known))
        return
    search.withheld |= (search.proofs[-1] != 0) & ~search.cells.unpublished


def _coarsen(search: _Search, index: int, task: _Task, known: int) -> None:
    """Withhold every row and column through the cell and, should that not do, everything."""
    cells = search.cells
    around = np.zeros(len(cells), dtype=np.bool_)
    for relation in cells.relations:
        members = [relation.whole, *relation.parts]
        if task.cell in members:
            around[members] = True
    for more in (around, np.ones(len(cells), dtype=np.bool_)):
        search.withheld |= more & ~cells.unpublished & ~cells.public
        if search.prove(task, known, _costs(search), search.withheld | cells.unpublished):
            return
    search.hopeless.add((index, known))


def _give_back(search: _Search, sensitive: Mask, attackers: tuple[int, ...]) -> None:
    """Show again what was withheld for the sake of others and is not needed, the largest cells first."""
    cells = search.cells
    extra = np.flatnonzero(search.withheld & ~sensitive)
    for cell in sorted(extra.tolist(), key=lambda i: (-cells.values[i], i)):
        if search.effort <= 0:
            return
        search.withheld[cell] = False
        costs, movable = _costs(search), search.withheld | cells.unpublished
        if not all(
            search.prove(task, known, costs, movable, nearby=True)
            for known in attackers
            for _, task in search.open_tasks(known)
        ):
            search.withheld[cell] = True


def _verify(search: _Search, attackers: tuple[int, ...]) -> None:
    """Every proof is a table that could be: sums hold and nothing is negative; every task has one."""
    if search.proofs:
        moved = np.array(search.proofs)
        possible = (moved >= -search.cells.values - 1e-6).all()
        if search.cells.relations:
            possible = possible and np.abs(search.cells.matrix() @ moved.T).max() < 1e-4
        if not possible:
            raise GateError("a proof that withheld cells are protected does not hold; nothing is released")
    if any(next(search.open_tasks(known), None) is not None for known in attackers):
        raise GateError("a withheld cell is not protected; nothing is released")
