"""The calibration diagram: of what was called 20 per cent likely, did 20 per cent happen?

Forecasts are put into bins of equal width; a bin with too few cases is joined with its neighbour. Each bin
carries two different doubts: the interval of the share that happened, with bounds for outcomes nobody knows,
and the consistency bar, within which the share would fall if every forecast of the bin were honest (Bröcker
and Smith 2007). A bin speaks against the forecasts only where interval and diagonal part company.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from kelisim.stats.unknown_outcomes import Bounded, bounded_share

__all__ = ["CalibrationBin", "bounded_calibration_error", "calibration_bins", "consistency_bar"]

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class CalibrationBin:
    """One point of the diagram.

    first, last : ends of the bin; forecast : mean probability of its cases
    share : share that happened, bounded; bar : consistency bar at the same level
    """

    first: float
    last: float
    forecast: float
    share: Bounded
    bar: tuple[float, float]


def calibration_bins(
    probabilities: ArrayLike,
    outcomes: ArrayLike,
    clusters: ArrayLike,
    *,
    width: float,
    fewest: int,
    level: float,
) -> tuple[CalibrationBin, ...]:
    """Bins of the diagram in order, each with at least `fewest` cases where there are so many.

    outcomes : 1, 0 or NaN for unknown; clusters : label of each case; width : of a bin before joining
    Raises: ValueError.

    >>> made = calibration_bins([0.1, 0.1, 0.3], [0, 1, 0], [1, 2, 3], width=0.2, fewest=1, level=0.95)
    >>> [(b.first, b.last, b.share.n, b.share.lowest) for b in made]
    [(0.0, 0.2, 2, 0.5), (0.2, 0.4, 1, 0.0)]
    """
    p, x, groups = np.asarray(probabilities, float), np.asarray(outcomes, float), np.asarray(clusters)
    if not 0 < width <= 1 or fewest < 1:
        raise ValueError("bins are wider than 0 and hold at least one case")
    count = round(1 / width)
    # A forecast on the border belongs to the bin above, whatever the last binary digit says.
    place = np.minimum(np.floor(p * count + 1e-9).astype(int), count - 1)
    found = []
    for first, last in _joined(np.bincount(place, minlength=count), fewest):
        inside = (place >= first) & (place < last)
        found.append(
            CalibrationBin(
                first=first / count,
                last=last / count,
                forecast=float(p[inside].mean()),
                share=bounded_share(x[inside], groups[inside], level),
                bar=consistency_bar(p[inside], level),
            )
        )
    return tuple(found)


def bounded_calibration_error(bins: tuple[CalibrationBin, ...]) -> tuple[float, float]:
    """Expected calibration error over bins, sum (n_b / n) |forecast - share|, at its lowest and highest.

    Within a bin the share may be anything between its bounds. Even honest forecasts have an error above 0 in
    few cases; the bars of the bins say how much.  Raises: ValueError where there is no bin.
    """
    if not bins:
        raise ValueError("no case to calibrate on")
    total = sum(b.share.n for b in bins)
    low = high = 0.0
    for b in bins:
        ends = b.forecast - b.share.lowest, b.forecast - b.share.highest
        weight = b.share.n / total
        low += 0.0 if ends[0] >= 0 >= ends[1] else weight * min(map(abs, ends))
        high += weight * max(map(abs, ends))
    return low, high


def consistency_bar(probabilities: ArrayLike, level: float) -> tuple[float, float]:
    """Central range of the share that happens if each case happens with its probability, independently.

    Quantiles of the exact Poisson binomial distribution, divided by the number of cases.

    >>> consistency_bar([0.5, 0.5], 0.4)
    (0.5, 0.5)
    """
    p = np.asarray(probabilities, dtype=np.float64)
    chances = np.ones(1)
    for chance in p:
        chances = np.convolve(chances, (1 - chance, chance))
    upto = np.cumsum(chances)
    tail = (1 - level) / 2
    low, high = np.searchsorted(upto, [tail, 1 - tail])
    return float(low / p.size), float(min(high, p.size) / p.size)


def _joined(counts: NDArray[np.intp], fewest: int) -> list[tuple[int, int]]:
    """Ranges of bins with at least `fewest` cases; what is left over at the end joins the last range."""
    found: list[tuple[int, int]] = []
    begun, inside = None, 0
    for index, count in enumerate(counts):
        if count and begun is None:
            begun = index
        inside += int(count)
        if begun is not None and inside >= fewest:
            found.append((begun, index + 1))
            begun, inside = None, 0
    if begun is not None:
        last = int(np.flatnonzero(counts)[-1]) + 1
        first = found.pop()[0] if found else begun
        found.append((first, last))
    return found
