"""A register as it was known at the end of every month, so that late reports do not leak into the past.

Each incident has the month it happened in and the month it became known in. A forecast from an origin sees
the incidents that were known by then; the outcome that scores it is what is known at the end.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from kelisim.core.errors import CountsError, NotDefined
from kelisim.forecasting.panel import Panel

__all__ = ["Vintages"]


@dataclass(frozen=True, eq=False)
class Vintages:
    """Incidents by area and month, with the month in which each became known.

    areas : area_ids; first_month : calendar month of the first column, 1 to 12; months : length of the
    register
    area, month, known, count : arrays, one place per record: row of the area, column of the month (0 is the
    first), column in which it became known, incidents in the record
    dated : whether reports carry a date of their own
    """

    areas: tuple[str, ...]
    first_month: int
    months: int
    area: NDArray[np.int64]
    month: NDArray[np.int64]
    known: NDArray[np.int64]
    count: NDArray[np.int64]
    dated: bool

    @classmethod
    def of(
        cls,
        areas: tuple[str, ...],
        first_month: int,
        months: int,
        *,
        area: ArrayLike,
        month: ArrayLike,
        known: ArrayLike | None,
        count: ArrayLike | None,
    ) -> Vintages:
        """Check the records. known : None where reports carry no date: every incident is then taken as known
        in its month, which flatters forecasts, and the evaluation says so; count : None for one each.

        Raises: CountsError.
        """
        rows, columns = np.asarray(area, dtype=np.int64), np.asarray(month, dtype=np.int64)
        told = columns if known is None else np.asarray(known, dtype=np.int64)
        counts = np.ones(rows.size, dtype=np.int64) if count is None else np.asarray(count, dtype=np.int64)
        if not rows.shape == columns.shape == told.shape == counts.shape:
            raise CountsError("every record has an area, a month, a month of report and a count")
        inside = (rows >= 0) & (rows < len(areas)) & (columns >= 0) & (columns < months)
        if not inside.all() or (told < columns).any() or (counts < 0).any():
            raise CountsError("a record lies outside the areas or months, is known before it happened, or is"
                              " negative")  # fmt: skip
        return cls(areas, first_month, months, rows, columns, told, counts, known is not None)

    @classmethod
    def settled(cls, panel: Panel) -> Vintages:
        """A panel whose incidents were all known in their month."""
        rows, columns = np.nonzero(panel.counts)
        return cls.of(
            panel.areas,
            panel.first_month,
            panel.months,
            area=rows,
            month=columns,
            known=None,
            count=panel.counts[rows, columns],
        )

    def at(self, origin: int) -> Panel:
        """The panel of the first `origin` months as it was known at their end.

        Raises: NotDefined("no_history") outside the register.
        """
        if not 1 <= origin <= self.months:
            raise NotDefined("no_history", f"the register has {self.months} months, not {origin}")
        return self._counted(origin, (self.month < origin) & (self.known < origin))

    def final(self) -> Panel:
        """The panel with everything that is known now: what forecasts are scored against."""
        return self._counted(self.months, np.ones(self.month.size, dtype=bool))

    def share_late(self) -> float:
        """Share of incidents that became known in a later month than they happened in."""
        total = int(self.count.sum())
        return float(self.count[self.known > self.month].sum() / total) if total else 0.0

    def _counted(self, months: int, chosen: NDArray[np.bool_]) -> Panel:
        table = np.zeros((len(self.areas), months), dtype=np.int64)
        np.add.at(table, (self.area[chosen], self.month[chosen]), self.count[chosen])
        return Panel.of(self.areas, self.first_month, table)
