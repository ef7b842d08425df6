"""Protect a system of linked cells: find what is sensitive, withhold what gives it away, round the rest,
audit.

This is the door for every room that makes tables of its own: build the system with `cells.linked` or
`cells.crossed`, call `protect`, and compute shares and indices from what comes back.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kelisim.disclosure.cells import LinkedCells
from kelisim.disclosure.policy import Policy
from kelisim.disclosure.rounding import controlled, nearest, randomly
from kelisim.disclosure.rules import sensitive_cells
from kelisim.disclosure.suppression import suppress

__all__ = ["Protected", "protect"]

Mask = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Protected:
    """What may leave, and the account of it, which stays inside.

    values : rounded cells; nan where withheld or unpublished
    withheld : cells that carry the mark "withheld", for whatever reason
    sensitive : those among them that the rules themselves withhold; never published, the mark is one
    coarse : whole rows were withheld because the search was cut short
    unprotected : sensitive cells that public figures give away without us
    """

    values: NDArray[np.float64]
    withheld: Mask
    sensitive: Mask
    coarse: bool
    unprotected: tuple[int, ...]


def protect(
    cells: LinkedCells,
    policy: Policy,
    *,
    also_sensitive: Iterable[int] = (),
    key: bytes = b"",
    names: Sequence[str] = (),
) -> Protected:
    """Apply the policy to a system of counts.

    also_sensitive : cells that other rules withhold, for instance `rules.dominated` for magnitudes
    key, names : secret and one name per cell, needed for random rounding only
    Raises: GateError when the audit fails; then nothing may leave.

    >>> from kelisim.disclosure.cells import crossed
    >>> from kelisim.disclosure.policy import SENSITIVE
    >>> system, place = crossed(np.array([[4, 59, 100], [80, 71, 93], [66, 75, 88]]))
    >>> protect(system, SENSITIVE).values[place]
    array([[ nan,  nan, 100., 160.],
           [ 80.,  70.,  95., 245.],
           [ nan,  nan,  85., 230.],
           [150., 205., 280., 635.]])
    """
    sensitive = sensitive_cells(cells, policy)
    sensitive[list(also_sensitive)] = True
    done = suppress(cells, sensitive, policy)
    leaves = ~done.withheld & ~cells.unpublished
    if policy.round_to == 1:
        rounded = cells.values
    elif policy.rounding == "controlled":
        rounded = controlled(cells, leaves, policy.round_to)
    elif policy.rounding == "nearest":
        rounded = nearest(cells.values, policy.round_to)
    else:
        rounded = randomly(cells.values, policy.round_to, names=names, key=key)
    values = np.where(leaves, rounded, np.nan)
    values.setflags(write=False)
    return Protected(values, done.withheld, sensitive, done.coarse, done.unprotected)
