"""Counts by area and month, as they were known on one day. Nothing later can be seen through it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from kelisim.core.errors import CountsError, NotDefined

__all__ = ["Draws", "Panel"]

Draws = dict[int, NDArray[np.int64]]
"""Horizon in months -> joint draws of the incidents within it, shape (areas, draws)."""


@dataclass(frozen=True, eq=False)
class Panel:
    """Incidents by area and month.

    areas : area_ids, one per row
    first_month : calendar month of the first column, 1 to 12
    counts : array, shape (areas, months), read-only
    """

    areas: tuple[str, ...]
    first_month: int
    counts: NDArray[np.int64]

    @classmethod
    def of(cls, areas: tuple[str, ...], first_month: int, counts: ArrayLike) -> Panel:
        """Check the counts. Raises: CountsError for negative, fractional or missing ones or a wrong shape."""
        given = np.asarray(counts, dtype=np.float64)
        if given.ndim != 2 or given.shape[0] != len(areas):
            raise CountsError(f"{len(areas)} areas need as many rows of counts, not shape {given.shape}")
        if not np.isfinite(given).all() or (given < 0).any() or (given != np.round(given)).any():
            raise CountsError("incidents are counted in whole numbers of 0 or more, in every month")
        if not 1 <= first_month <= 12:
            raise CountsError(f"a month lies between 1 and 12, not {first_month}")
        whole = given.astype(np.int64)
        whole.setflags(write=False)
        return cls(areas, first_month, whole)

    @property
    def months(self) -> int:
        """Months of history."""
        return int(self.counts.shape[1])

    def until(self, months: int) -> Panel:
        """The panel as it stood after so many months: all a forecast from that origin may see."""
        if not 1 <= months <= self.months:
            raise NotDefined("no_history", f"the panel has {self.months} months, {months} were asked for")
        return Panel(self.areas, self.first_month, self.counts[:, :months])

    def after(self, months: int, horizon: int) -> NDArray[np.int64]:
        """What happened in the `horizon` months after that origin, shape (areas,)."""
        if months + horizon > self.months:
            raise NotDefined("not_over_yet", "the window of this origin has not ended")
        return np.asarray(self.counts[:, months : months + horizon].sum(axis=1))

    def calendar(self, ahead: int = 0) -> NDArray[np.int64]:
        """Calendar months of the columns, 0 to 11, and of `ahead` further ones."""
        return np.asarray((self.first_month - 1 + np.arange(self.months + ahead)) % 12)

    def sums(self, horizon: int, last: int | None = None) -> NDArray[np.int64]:
        """Sums over all windows of `horizon` months inside the last `last` months, shape (areas, windows)."""
        shown = self.counts if last is None else self.counts[:, -last:]
        if shown.shape[1] < horizon:
            raise NotDefined("short_history", f"{shown.shape[1]} months hold no window of {horizon}")
        added = np.cumsum(np.pad(shown, ((0, 0), (1, 0))), axis=1)
        return np.asarray(added[:, horizon:] - added[:, :-horizon])
