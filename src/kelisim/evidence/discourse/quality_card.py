"""The quality card of a classifier: what it finds and misses in each language, measured on coded texts.

Every coded text weighs 1 / chance of being drawn, so the card speaks of the frame and not of the sample.
Scores must come from models that had not seen the text. A card expires: language moves on.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kelisim.core.errors import NotDefined
from kelisim.core.estimates import Estimate, grade_from_faults

__all__ = ["DAYS_VALID", "CardRow", "average_precision", "card_row"]

Floats = NDArray[np.float64]
DAYS_VALID = 90
_LEAST, _LEAST_POSITIVE = 50, 10
_MEASURES = ("precision", "recall", "average_precision")


@dataclass(frozen=True, slots=True, kw_only=True)
class CardRow:
    """One code in one language: precision, recall and average precision with intervals.

    n, positives : coded texts, and those with the code; expires_on : last day on which the row counts
    """

    code: str
    language: str
    letterless: bool
    precision: Estimate
    recall: Estimate
    average_precision: Estimate
    n: int
    positives: int
    expires_on: date


def card_row(
    code: str,
    language: str,
    letterless: bool,
    truth: NDArray[np.bool_],
    predicted: NDArray[np.bool_],
    score: Floats,
    chance: Floats,
    stratum: NDArray[Any],
    *,
    last_day: date,
    source: str,
    level: float,
    draws: int,
    rng: np.random.Generator,
    withheld: str = "",
) -> CardRow:
    """Quality on one code from coded texts; intervals by bootstrap of texts within strata.

    truth, predicted : whether people, and the classifier, gave the code; score : its probability
    chance : of each text to be drawn; last_day : of the coded texts, from which the 90 days count
    withheld : reason for which nothing may be told, such as "low_agreement"; "" where there is none

    Precision is the weighted share of texts with the code among those predicted, recall the weighted share
    of predicted ones among those with the code. A measure is missing with the reason "few_coded" under 50
    texts or 10 with the code, and "never_predicted" where the classifier gave the code to none.
    """
    weight = 1 / np.asarray(chance, dtype=np.float64)
    strata = np.unique(stratum, return_inverse=True)[1].ravel()
    reason = withheld
    if not reason and (len(truth) < _LEAST or int(truth.sum()) < _LEAST_POSITIVE):
        reason = "few_coded"
    drawn = np.full((draws, len(_MEASURES)), np.nan)
    if not reason:
        for k, rows in enumerate(_resampled(strata, draws, rng)):
            drawn[k] = _measures(truth[rows], predicted[rows], score[rows], weight[rows])
    point = _measures(truth, predicted, score, weight) if len(truth) else (np.nan,) * 3
    made = {}
    for place, name in enumerate(_MEASURES):
        why = reason or ("never_predicted" if np.isnan(point[place]) else "")
        base = weight[predicted] if name == "precision" else weight[truth]
        made[name] = _estimate(name, point[place], drawn[:, place], base, len(truth), level, source, why)
    return CardRow(
        code=code,
        language=language,
        letterless=letterless,
        n=len(truth),
        positives=int(truth.sum()),
        expires_on=last_day + timedelta(days=DAYS_VALID),
        **made,
    )


def average_precision(truth: NDArray[np.bool_], score: Floats, weight: Floats) -> float:
    """Area under the curve of precision over recall, sum of (R_k - R_(k-1)) P_k over falling scores.

    Texts of equal score are one step. Raises: NotDefined("no_positive").

    >>> average_precision(np.array([True, False, True]), np.array([0.9, 0.8, 0.7]), np.ones(3)).__round__(3)
    0.833
    """
    if not truth.any():
        raise NotDefined("no_positive", "no coded text has the code")
    order = np.argsort(-score, kind="stable")
    hits = np.cumsum((weight * truth)[order])
    taken = np.cumsum(weight[order])
    ends = np.append(np.flatnonzero(np.diff(score[order])), len(order) - 1)
    precision, recall = hits[ends] / taken[ends], hits[ends] / hits[-1]
    return float((np.diff(recall, prepend=0.0) * precision).sum())


def _measures(
    truth: NDArray[np.bool_], predicted: NDArray[np.bool_], score: Floats, weight: Floats
) -> tuple[float, float, float]:
    both, given, true = (float(weight[mask].sum()) for mask in (truth & predicted, predicted, truth))
    area = average_precision(truth, score, weight) if truth.any() else float("nan")
    return (both / given if given else float("nan")), (both / true if true else float("nan")), area


def _resampled(strata: NDArray[np.int64], draws: int, rng: np.random.Generator) -> Any:
    places = [np.flatnonzero(strata == h) for h in range(int(strata.max()) + 1)]
    for _ in range(draws):
        yield np.concatenate([place[rng.integers(0, len(place), len(place))] for place in places])


def _estimate(
    name: str, point: float, drawn: Floats, base: Floats, n: int, level: float, source: str, reason: str
) -> Estimate:
    unit = "share of texts" if name != "average_precision" else "index 0-1"
    method = f"classifier_{name}"
    known = drawn[np.isfinite(drawn)]
    if reason or len(known) < 0.95 * len(drawn):
        return Estimate(
            value=None, unit=unit, n=n, method=method, grade="poor", source=source, flag="missing",
            reasons=(reason or "never_predicted",),
        )  # fmt: skip
    tail = (1 - level) / 2
    low, high = np.quantile(known, [tail, 1 - tail]).tolist()
    if point in (0.0, 1.0):
        # Texts without an error drawn again never show one: the bound is that of none among n.
        bound = 1 - 0.05 ** (np.square(base).sum() / np.square(base.sum()))
        low, high = (low, bound) if point == 0 else (1 - bound, high)
    return Estimate(
        value=point, low=min(low, point), high=max(high, point), level=level, unit=unit, n=n, method=method,
        grade=grade_from_faults(int(n < 200)), source=source,
    )  # fmt: skip
