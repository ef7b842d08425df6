"""Past forecasts with their outcomes, one cell per area and period, from which thresholds are learnt.

Every probability was issued before its period, and periods do not overlap. Periods without a known outcome
are simply not there: an unobserved period begins and ends nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["PastCells"]


@dataclass(frozen=True, eq=False, slots=True)
class PastCells:
    """Cells in the order of area and time. Made by `PastCells.of`.

    periods : running number of the period; years : year it ends in; previous : place of the cell before it in
    the same area, -1 for the first
    """

    areas: NDArray[np.str_]
    periods: NDArray[np.int64]
    years: NDArray[np.int64]
    probabilities: NDArray[np.float64]
    happened: NDArray[np.bool_]
    previous: NDArray[np.int64]

    @classmethod
    def of(
        cls,
        areas: ArrayLike,
        periods: ArrayLike,
        years: ArrayLike,
        probabilities: ArrayLike,
        happened: ArrayLike,
    ) -> PastCells:
        """Check and order the cells; all arrays of one length.

        Raises: ValueError for a probability outside [0, 1], an outcome that is neither true nor false, an
        area and period given twice.

        >>> PastCells.of(["B", "A", "A"], [7, 8, 7], [2020] * 3, [0.1, 0.3, 0.2], [0, 1, 0]).previous.tolist()
        [-1, 0, -1]
        """
        names = np.asarray(areas, dtype=np.str_)
        when, year = np.asarray(periods, dtype=np.int64), np.asarray(years, dtype=np.int64)
        p, y = np.asarray(probabilities, dtype=np.float64), np.asarray(happened, dtype=np.float64)
        if names.ndim != 1 or not names.shape == when.shape == year.shape == p.shape == y.shape:
            raise ValueError("areas, periods, years, probabilities and outcomes are lists of one length")
        if not ((p >= 0.0) & (p <= 1.0)).all():
            raise ValueError("a probability lies between 0 and 1")
        if not np.isin(y, (0.0, 1.0)).all():
            raise ValueError("an outcome is 1 (happened) or 0 (did not)")
        order = np.lexsort((when, names))
        names, when = names[order], when[order]
        follows = np.zeros(len(names), dtype=bool)
        follows[1:] = names[1:] == names[:-1]
        if (follows[1:] & (when[1:] == when[:-1])).any():
            raise ValueError("an area and period is given twice")
        previous = np.where(follows, np.arange(len(names)) - 1, -1)
        made = cls(names, when, year[order], p[order], y[order] == 1.0, previous)
        for array in (made.areas, made.periods, made.years, made.probabilities, made.happened, made.previous):
            array.flags.writeable = False
        return made

    def __len__(self) -> int:
        return len(self.areas)

    def before(self, year: int) -> PastCells:
        """The cells of earlier years: all that thresholds of this year may know."""
        use = self.years < year
        return PastCells.of(
            self.areas[use], self.periods[use], self.years[use], self.probabilities[use], self.happened[use]
        )

    def onsets(self) -> NDArray[np.bool_]:
        """Cells in which an episode began: something happened, and the last cell of the area had been quiet.

        Events in periods that follow each other are one episode, because one quarrel that goes on is one case
        and not three.
        """
        before = (self.previous >= 0) & self.happened[self.previous]
        return np.asarray(self.happened & ~before)
