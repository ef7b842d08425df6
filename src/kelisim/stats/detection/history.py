"""A history of counts: what was counted month by month, with what effort, and which months are missing.

A month without count is missing, not calm: a source was silent, or nobody looked. It stays in the row, so
that every month keeps its place in the calendar.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from kelisim.core.errors import CountsError

__all__ = ["History"]

_Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class History:
    """Counts of one area and indicator, month by month.

    counts : array, shape (months,); nan where the month is missing
    effort : array, shape (months,); how much was looked at, in any unit (posts read, days a line was open);
        1 throughout where reporting is taken to be even
    first_month : calendar month of the first count, 1 to 12
    """

    counts: _Floats
    effort: _Floats
    first_month: int

    @classmethod
    def of(cls, counts: ArrayLike, effort: ArrayLike | None = None, first_month: int = 1) -> History:
        """Check and freeze. A month without effort (0 or nan) is missing, and so is one without count.

        Raises: CountsError for counts that are negative, fractional or infinite, a negative effort, a count
        made without any effort, or a month that is none.

        >>> History.of([2, 0, None, 1]).observed.tolist()
        [True, True, False, True]
        """
        y = np.array(counts, dtype=np.float64)
        e = np.ones(y.shape) if effort is None else np.array(effort, dtype=np.float64)
        if y.ndim != 1 or e.shape != y.shape:
            raise CountsError(f"one effort per month is needed, not shapes {y.shape} and {e.shape}")
        if not 1 <= first_month <= 12:
            raise CountsError(f"a month lies between 1 and 12, not {first_month}")
        seen = ~np.isnan(y)
        if not np.isfinite(y[seen]).all() or (y[seen] < 0).any() or (y[seen] != np.round(y[seen])).any():
            raise CountsError("incidents are counted in whole numbers of 0 or more; a missing month is nan")
        e = np.where(np.isnan(e), 0.0, e)
        if not np.isfinite(e).all() or (e < 0).any():
            raise CountsError("effort is a number of 0 or more")
        if (y[seen & (e == 0)] > 0).any():
            raise CountsError("something was counted in a month in which nobody looked: correct the effort")
        y = np.where(e == 0, np.nan, y)
        e = np.where(np.isnan(y), 0.0, e)
        for array in (y, e):
            array.setflags(write=False)
        return cls(y, e, first_month)

    @property
    def months(self) -> int:
        """Length in months, missing ones included."""
        return int(self.counts.size)

    @property
    def observed(self) -> NDArray[np.bool_]:
        """Which months have a count."""
        return ~np.isnan(self.counts)

    @property
    def events(self) -> int:
        """Everything counted."""
        return int(np.nansum(self.counts)) if self.months else 0

    @property
    def exposure(self) -> float:
        """Effort of the observed months together."""
        return float(self.effort.sum())

    def usual_effort(self, months: int = 12) -> float:
        """Mean effort of the last observed months; what the near future is taken to bring."""
        seen = self.effort[self.observed]
        return float(seen[-months:].mean()) if seen.size else 1.0

    def part(self, first: int, last: int) -> History:
        """Months `first` to `last` - 1, counted from 0."""
        month = (self.first_month - 1 + first) % 12 + 1
        return History(self.counts[first:last], self.effort[first:last], month)
