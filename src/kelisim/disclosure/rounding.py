"""Rounding of the counts that leave: controlled, to the nearest multiple, or by a keyed draw.

Rounding sees only cells that leave, so it can say nothing about those withheld. Shares and indices are
computed from rounded counts afterwards; computed from exact ones they would undo it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from kelisim.disclosure.cells import LinkedCells

__all__ = ["controlled", "nearest", "randomly"]

Mask = NDArray[np.bool_]
_NODES = 2_000


def nearest(values: NDArray[np.float64], base: int) -> NDArray[np.float64]:
    """The nearest multiple of the base, halves upwards.

    >>> nearest(np.array([12.0, 13.0, 163.0]), 5).tolist()
    [10.0, 15.0, 165.0]
    """
    return np.asarray(base * np.floor(values / base + 0.5))


def randomly(
    values: NDArray[np.float64], base: int, *, names: Sequence[str], key: bytes
) -> NDArray[np.float64]:
    """Unbiased random rounding: up with probability (x mod b) / b, so the expected value is x.

    The draw of a cell is a keyed digest (BLAKE2b) of its name: the same cell is rounded alike in every
    release, and averaging over releases learns nothing. names : one per value; key : secret, 16 to 64 bytes.
    Raises: ValueError for a key that is too short.

    >>> randomly(np.array([10.0, 11.0]), 5, names=["a", "b"], key=b"0123456789abcdef").tolist()
    [10.0, 15.0]
    """
    if not 16 <= len(key) <= 64:
        raise ValueError("the key of random rounding needs 16 to 64 bytes")
    draws = [hashlib.blake2b(name.encode(), key=key, digest_size=8).digest() for name in names]
    chance = np.array([int.from_bytes(draw, "big") / 2.0**64 for draw in draws])
    lower = base * np.floor(values / base)
    return np.asarray(lower + base * (chance < (values - lower) / base))


def controlled(cells: LinkedCells, leaves: Mask, base: int) -> NDArray[np.float64]:
    """Each cell to one of its two neighbouring multiples, so that sums that are shown whole still add up.

    Minimises sum |r - x| under sum of parts = whole for every relation all of whose cells leave [1]_;
    multiples of the base stay. A table of areas within areas by groups is a network, where this always
    exists; where it does not, or is not found within a bound of work, each cell goes to its nearest multiple.

    .. [1] Cox (1987), JASA 82(398), 520-524.

    >>> from kelisim.disclosure.cells import crossed
    >>> system, place = crossed(np.array([[12, 12], [12, 12]]))
    >>> controlled(system, np.ones(9, dtype=bool), 5)[place].tolist()
    [[10.0, 15.0, 25.0], [15.0, 10.0, 25.0], [25.0, 25.0, 50.0]]
    """
    from scipy.optimize import Bounds, LinearConstraint, milp

    x = cells.values
    lower = base * np.floor(x / base)
    alone = nearest(x, base)
    whole = [
        r for r in cells.relations if leaves[[r.whole, *r.parts]].all() and _adds_up(x, r.whole, r.parts)
    ]
    if not whole:
        return alone
    system = LinkedCells(x.copy(), tuple(whole), cells.public.copy(), cells.unpublished.copy()).matrix()
    tie = 1e-6 * np.arange(len(x)) / len(x)
    found = milp(
        (base - 2.0 * (x - lower)) + tie,
        integrality=np.ones(len(x)),
        bounds=Bounds(0.0, (x > lower).astype(np.float64)),
        constraints=LinearConstraint(base * system, -(system @ lower), -(system @ lower)),
        options={"node_limit": _NODES},
    )
    if found.x is None or not found.success:
        return alone
    rounded = lower + base * np.round(found.x)
    tied = np.zeros(len(x), dtype=np.bool_)
    tied[[cell for r in whole for cell in (r.whole, *r.parts)]] = True
    return np.where(tied, rounded, alone)


def _adds_up(x: NDArray[np.float64], whole: int, parts: tuple[int, ...]) -> bool:
    return bool(abs(x[list(parts)].sum() - x[whole]) < 0.5)
