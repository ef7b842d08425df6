"""Which further cells must be withheld so that sums do not give the sensitive ones away.

For a sensitive cell p that must be able to move by a given amount, the cheapest pattern of moves is a linear
program over all cells of the release (Fischetti & Salazar [1]_, solved here one cell after the other):

    minimise  sum_i c_i (u_i + v_i)   subject to   A (u - v) = 0,   v_i <= x_i,   u_p - v_p = the amount

where c_i is nearly nothing for cells that are withheld already and grows with the size of the cell otherwise.
Cells that move are withheld. Every pattern is then audited as an attacker would, again with each single
person's own cell known, until every sensitive cell keeps its interval; cells that turned out not to be needed
are given back.

.. [1] Fischetti & Salazar-Gonzalez (2001), Management Science 47(7), 1008-1027.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from kelisim.disclosure.audit import Attack, insiders
from kelisim.disclosure.cells import LinkedCells
from kelisim.disclosure.policy import Policy
from kelisim.disclosure.rules import required_intervals

__all__ = ["Suppression", "suppress"]

Mask = NDArray[np.bool_]


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


@dataclass
class _Search:
    cells: LinkedCells
    sensitive: Mask
    withheld: Mask
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    effort: float
    hopeless: set[tuple[int, float, int]] = field(default_factory=set)

    def wanted(self, direction: float, known: int) -> dict[int, float]:
        """Changes that every sensitive cell must be able to make; known : cell the attacker knows, or -1."""
        ends = self.high if direction > 0 else self.low
        return {
            int(p): float(ends[p] - self.cells.values[p])
            for p in np.flatnonzero(self.sensitive)
            if p != known and (int(p), direction, known) not in self.hopeless
        }

    def short(self, known: int = -1) -> Iterator[tuple[int, float]]:
        """Sensitive cells with the change they cannot make yet."""
        attack = Attack.on(self.cells, self.withheld, () if known < 0 else (known,))
        for direction in (1.0, -1.0):
            self.effort -= 4 * len(attack.free)
            yield from attack.short(self.wanted(direction, known)).items()


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
    low, high = required_intervals(cells, policy)
    search = _Search(cells, sensitive, sensitive & ~cells.unpublished, low, high, float(policy.effort))
    coarse = False
    if sensitive.any():
        attackers = (-1, *insiders(cells, sensitive))
        coarse = not _widen_all(search, attackers)
        if not coarse:
            _give_back(search, attackers)
    return Suppression(search.withheld, coarse, tuple(sorted({p for p, _, k in search.hopeless if k < 0})))


def _widen_all(search: _Search, attackers: tuple[int, ...]) -> bool:
    """Withhold until no attacker is left with too narrow an interval; False when rows had to go whole."""
    fine = True
    settled = False
    while not settled:
        settled = True
        for known in attackers:
            todo = sorted(search.short(known), key=lambda item: (-abs(item[1]), item[0]))
            for cell, change in todo:
                settled = False
                if search.effort > 0:
                    _widen(search, cell, change, known)
                else:
                    fine = False
                    _coarsen(search, cell, change, known)
    return fine


def _costs(search: _Search) -> NDArray[np.float64]:
    cells = search.cells
    costs = 1.0 + np.log1p(cells.values)
    for relation in cells.relations:
        costs[relation.whole] *= 2.0
    # Ties are broken by the order of cells, so that the pattern does not hang on the solver's mood.
    costs *= 1.0 + 1e-4 * np.arange(len(cells)) / max(len(cells), 1)
    costs[search.withheld | cells.unpublished] = 1e-4
    return costs


def _widen(search: _Search, cell: int, change: float, known: int) -> None:
    """Withhold the cheapest cells that let `cell` change as it must, this attacker's knowledge given."""
    from scipy.optimize import linprog
    from scipy.sparse import hstack

    cells = search.cells
    attack = Attack.on(cells, search.withheld, () if known < 0 else (known,))
    search.effort -= len(attack.free)
    if not attack.short({cell: change}):
        return
    fixed = cells.public.copy()
    fixed[list(() if known < 0 else (known,))] = True
    up = np.where(fixed, 0.0, np.inf)
    down = np.where(fixed, 0.0, cells.values)
    up[cell], down[cell] = max(change, 0.0), max(-change, 0.0)
    bounds = np.column_stack([np.zeros(2 * len(cells)), np.concatenate([up, down])])
    moving = cell if change > 0 else len(cells) + cell
    bounds[moving, 0] = bounds[moving, 1]
    matrix = cells.matrix()
    search.effort -= 2 * len(cells)
    found = linprog(
        np.tile(_costs(search), 2),
        A_eq=hstack([matrix, -matrix]) if cells.relations else None,
        b_eq=np.zeros(len(cells.relations)) if cells.relations else None,
        bounds=bounds,
        method="highs",
    )
    if found.status != 0:
        # No pattern at all: what is public, or what this person knows, already bounds the cell.
        search.hopeless.add((cell, float(np.sign(change)), known))
        return
    moves = np.abs(found.x[: len(cells)] - found.x[len(cells) :]) > 1e-7
    more = moves & ~cells.unpublished & ~cells.public
    if not (more & ~search.withheld).any():
        _coarsen(search, cell, change, known)
    search.withheld |= more


def _coarsen(search: _Search, cell: int, change: float, known: int) -> None:
    """Withhold every relation through the cell, then everything; then nothing more can be done."""
    cells = search.cells
    around = np.zeros(len(cells), dtype=np.bool_)
    for relation in cells.relations:
        members = [relation.whole, *relation.parts]
        if cell in members:
            around[members] = True
    for more in (around, np.ones(len(cells), dtype=np.bool_)):
        attack = Attack.on(cells, search.withheld, () if known < 0 else (known,))
        if not attack.short({cell: change}):
            return
        search.withheld |= more & ~cells.unpublished & ~cells.public
    attack = Attack.on(cells, search.withheld, () if known < 0 else (known,))
    if attack.short({cell: change}):
        search.hopeless.add((cell, float(np.sign(change)), known))


def _give_back(search: _Search, attackers: tuple[int, ...]) -> None:
    """Show again what was withheld for the sake of others and is not needed, the largest cells first."""
    cells = search.cells
    extra = np.flatnonzero(search.withheld & ~search.sensitive)
    for cell in sorted(extra.tolist(), key=lambda i: (-cells.values[i], i)):
        if search.effort <= 0:
            return
        search.withheld[cell] = False
        if any(next(search.short(known), None) is not None for known in attackers):
            search.withheld[cell] = True
