"""CUSUM of likelihood ratios for counts: quick where incidents are rare."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kelisim.stats.detection.chart import recursion
from kelisim.stats.detection.history import History
from kelisim.stats.detection.null import Null

__all__ = ["Cusum", "reference_value"]

_Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Cusum:
    """CUSUM of the log likelihood ratio of `factor` times the baseline (Page 1954, Hoehle and Paul 2008).

    C_t = max(0, C_(t-1) + l_t), alarm at C_t >= h, then C_t = 0; with baseline mu = effort x rate, f = factor
    negative binomial  l = y log[f (k + mu) / (k + f mu)] - k log[(k + f mu) / (k + mu)]
    Poisson            l = y log f - (f - 1) mu
    """

    factor: float = 2.0
    poisson: bool = False

    @property
    def name(self) -> str:
        """Word for tables."""
        return "poisson_cusum" if self.poisson else "cusum"

    def scores(self, history: History, null: Null, counts: _Floats, effort: _Floats) -> _Floats:
        """Log likelihood ratio of every month."""
        mu = null.rate * effort
        if self.poisson:
            out = counts * np.log(self.factor) - (self.factor - 1.0) * mu
        else:
            k = null.size
            per_event = np.log(self.factor * (k + mu) / (k + self.factor * mu))
            out = counts * per_event - k * np.log((k + self.factor * mu) / (k + mu))
        return np.where(effort > 0, out, np.nan)

    def levels(self, scores: _Floats, threshold: float) -> tuple[_Floats, NDArray[np.bool_]]:
        """The CUSUM and its alarms."""
        return recursion(scores, threshold, keep=1.0, gain=1.0, floor=0.0)


def reference_value(mean: float, factor: float, size: float | None) -> tuple[float, float]:
    """The likelihood-ratio CUSUM in the form S <- max(0, S + y - r): r, and the weight w with C = w S.

    size : k of the negative binomial, None for Poisson. A threshold h of C is h / w of S.

    >>> [round(x, 3) for x in reference_value(1.0, 2.0, None)]
    [1.443, 0.693]
    """
    if size is None:
        weight, fixed = np.log(factor), (factor - 1.0) * mean
    else:
        weight = np.log(factor * (size + mean) / (size + factor * mean))
        fixed = size * np.log((size + factor * mean) / (size + mean))
    return float(fixed / weight), float(weight)
