"""Red by certified precision: the lowest threshold at which enough alarms are shown to prove right.

Thresholds are tried from the highest down in an order that the outcomes cannot change, and the first failure
ends the search, so the confidence of one test is the confidence of the whole search. The binomial bound
takes alarms for independent; where one quarrel fills several periods they are not, and "runs" counts it once.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from kelisim.assessment.past_cells import PastCells
from kelisim.core.errors import NotDefined
from kelisim.stats.rates import proportion_interval

__all__ = ["CertifiedPrecision", "alarm_counts", "certify_precision", "first_failure", "right_alarms_needed"]

_Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class CertifiedPrecision:
    """One test: of `alarms` at p >= threshold `right` proved right; lower : bound of the precision."""

    threshold: float
    alarms: int
    right: int
    lower: float


def certify_precision(
    cells: PastCells,
    *,
    precision: float,
    confidence: float,
    least_alarms: int,
    alarms: Literal["cells", "runs"],
) -> CertifiedPrecision:
    """Lowest threshold whose alarms are right in at least `precision` of cases, with one-sided `confidence`.

    Down the values of p, from the first with `least_alarms` alarms: the lower bound of Clopper and Pearson
    (1934) of right alarms among all has to reach `precision`; the first failure stops. A threshold whose
    true precision is lower is granted in at most 1 - confidence of pasts with independent outcomes, whatever
    their probabilities.
    alarms : "cells", or "runs" of alarms in consecutive cells of an area, judged by the first cell of the run
    Raises: NotDefined("not_certifiable_yet") where not even the first threshold passes; ValueError.
    """
    tests = _tests(cells, precision, confidence, least_alarms, alarms)
    passed = None
    for test in tests:
        if test.lower < precision:
            break
        passed = test
    if passed is None:
        raise NotDefined("not_certifiable_yet", "no threshold has a precision that can be certified")
    return passed


def first_failure(
    cells: PastCells,
    *,
    precision: float,
    confidence: float,
    least_alarms: int,
    alarms: Literal["cells", "runs"],
) -> CertifiedPrecision | None:
    """The test that ended the search; None where every threshold passed or none had enough alarms."""
    tests = _tests(cells, precision, confidence, least_alarms, alarms)
    return next((test for test in tests if test.lower < precision), None)


def right_alarms_needed(alarms: int, *, precision: float, confidence: float) -> int | None:
    """Fewest right alarms out of so many that certify the precision; None where even all would not.

    >>> [right_alarms_needed(n, precision=0.5, confidence=0.9) for n in (15, 20, 30, 50)]
    [11, 14, 20, 31]
    """
    low, high = 0, alarms + 1
    while low < high:
        middle = (low + high) // 2
        if middle > alarms or _lower(middle, alarms, confidence) >= precision:
            high = middle
        else:
            low = middle + 1
    return low if low <= alarms else None


def _lower(right: int, alarms: int, confidence: float) -> float:
    if alarms == 0:
        return 0.0
    # The lower end of a two-sided interval at 2c - 1 is the one-sided bound at c.
    return proportion_interval(right, alarms, 2.0 * confidence - 1.0, "clopper-pearson")[0]


def alarm_counts(
    cells: PastCells, alarms: Literal["cells", "runs"]
) -> tuple[NDArray[np.float64], _Ints, _Ints]:
    """Every threshold from the highest down, the alarms at p >= threshold, and how many of them were right.

    Returns: thresholds, alarms, right, each of shape (different probabilities,).  Raises: ValueError.

    >>> cells = PastCells.of(["A"] * 3, [1, 2, 3], [2020] * 3, [0.5, 0.7, 0.2], [1, 0, 1])
    >>> [x.tolist() for x in alarm_counts(cells, "runs")]
    [[0.7, 0.5, 0.2], [1, 1, 1], [0, 1, 1]]
    """
    if alarms not in ("cells", "runs"):
        raise ValueError(f"alarms are counted by 'cells' or 'runs', not by '{alarms}'")
    p, hit = cells.probabilities, cells.happened
    levels = np.unique(p)[::-1]
    # A run begins at a cell with p >= t whose forerunner has p < t, that is for t in (min(p, before), p]. So
    # the runs at t are the cells with p >= t less those whose minimum with the forerunner reaches t.
    under = np.full(len(p), -1.0)
    if alarms == "runs":
        under = np.where(cells.previous >= 0, np.minimum(p, p[cells.previous]), -1.0)
    count = _reaching(p, levels) - _reaching(under, levels)
    right = _reaching(p[hit], levels) - _reaching(under[hit], levels)
    return levels, count, right


def _tests(
    cells: PastCells, precision: float, confidence: float, least: int, alarms: Literal["cells", "runs"]
) -> Iterator[CertifiedPrecision]:
    if not 0.0 < precision < 1.0 or not 0.5 < confidence < 1.0 or least < 1:
        raise ValueError("precision lies in (0, 1), confidence in (0.5, 1), and at least one alarm is needed")
    for t, n, x in zip(*alarm_counts(cells, alarms), strict=True):
        if n >= least:
            yield CertifiedPrecision(float(t), int(n), int(x), _lower(int(x), int(n), confidence))


def _reaching(values: NDArray[np.float64], levels: NDArray[np.float64]) -> _Ints:
    return np.asarray(len(values) - np.searchsorted(np.sort(values), levels, side="left"), dtype=np.int64)
