"""Exponentially weighted mean of residuals: for counts that are not rare."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kelisim.stats.detection.chart import recursion
from kelisim.stats.detection.history import History
from kelisim.stats.detection.null import Null

__all__ = ["Ewma"]

_Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Ewma:
    """EWMA of Pearson residuals (Roberts 1959).

    z_t = (1 - w) z_(t-1) + w (y - mu) / sqrt(v + v^2 / k), alarm at z_t >= h, then z_t = 0; v is mu, and
    where less was looked at than usual, mu at usual effort: one event in a month of which little was seen
    would else weigh as much as a surge.
    """

    weight: float = 0.25

    @property
    def name(self) -> str:
        """Word for tables."""
        return "ewma"

    def scores(self, history: History, null: Null, counts: _Floats, effort: _Floats) -> _Floats:
        """Residual of every month."""
        mu = null.rate * effort
        spread = null.rate * np.maximum(effort, null.effort)
        return np.where(effort > 0, (counts - mu) / np.sqrt(spread + spread**2 / null.size), np.nan)

    def levels(self, scores: _Floats, threshold: float) -> tuple[_Floats, NDArray[np.bool_]]:
        """The weighted mean and its alarms."""
        return recursion(scores, threshold, keep=1.0 - self.weight, gain=self.weight, floor=-np.inf)
