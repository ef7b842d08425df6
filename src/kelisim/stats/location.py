"""Where groups are concentrated: location quotients and the flag of an enclave. Context only."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from kelisim.core.errors import CountsError, NotDefined
from kelisim.stats.composition import check_counts

__all__ = ["is_enclave", "location_quotients"]


def location_quotients(counts: ArrayLike) -> NDArray[np.float64]:
    """Location quotient of every group in every unit, LQ = (n_ug / n_u) / (n_g / n) (Florence 1939).

    1 where the group is as common in the unit as in the whole.
    counts : array, shape (units, groups) - persons. nan where a unit or a group is empty.
    Raises: NotDefined("empty_area") where nobody lives in any unit; CountsError.

    >>> location_quotients([[10, 0], [10, 20]]).round(3).tolist()
    [[2.0, 0.0], [0.667, 1.333]]
    """
    table = check_counts(counts)
    if table.ndim != 2:
        raise CountsError(f"a table of units and groups has two dimensions, this has {table.ndim}")
    total = table.sum()
    if total == 0:
        raise NotDefined("empty_area", "nobody lives in any of the units")
    expected = table.sum(axis=1, keepdims=True) * table.sum(axis=0, keepdims=True) / total
    return np.asarray(np.divide(table, expected, out=np.full_like(table, np.nan), where=expected > 0))


def is_enclave(share_pct: float, quotient: float, *, min_share_pct: float, min_quotient: float) -> bool:
    """Whether one group makes up a settlement: share and location quotient both at or over their limits.

    The limits are declared by the study and have no default. Context only: the flag enters no index.
    share_pct : percent of the settlement; quotient : its location quotient, nan where it has none

    >>> is_enclave(99.0, 5.8, min_share_pct=70.0, min_quotient=2.0)
    True
    """
    return share_pct >= min_share_pct and quotient >= min_quotient
