"""Trimming of weights: less spread for a little bias, and the calibration kept where there was one."""

from __future__ import annotations

import numpy as np

from kelisim.core.errors import Refused
from kelisim.stats.survey.sample import Sample
from kelisim.stats.survey.stages import Floats

__all__ = ["trim"]

_ROUNDS = 200


def trim(sample: Sample, *, lower: float, upper: float, redistribute: bool) -> Sample:
    """Cut weights to [lower, upper].

    redistribute : what was cut is given in equal parts to the records within the limits, again and again
        until no weight is outside, so that the sum of weights stays

    Calibrated weights are brought back to their totals after each cut; the variance stays that of the
    calibration. Uncalibrated weights are from then on the base weights.
    Raises: Refused when limits and sum, or limits and totals, cannot both be kept.

    >>> from kelisim.stats.survey.design import Design
    >>> data = {"w": [1.0, 2.0, 9.0], "y": [1, 2, 3]}
    >>> sample = Sample(data, Design(kind="probability", weights="w", lonely="fail"))
    >>> trim(sample, lower=0.0, upper=6.0, redistribute=True).weights.tolist()
    [2.5, 3.5, 6.0]
    """
    if not 0 <= lower < upper:
        raise ValueError(f"limits of weights are 0 <= lower < upper, not {lower} and {upper}")
    w = sample.weights
    if sample.adjustment is None:
        w = _cut(sample, w, lower, upper, redistribute)
        return sample.with_weights(w, w, None)
    for _ in range(_ROUNDS):
        if _within(w, lower, upper, 1e-9):
            return sample.with_weights(w, sample.base_weights, sample.adjustment)
        w = sample.adjustment.repeat(_cut(sample, w, lower, upper, redistribute))
    raise Refused(
        [
            sample.place.fault(
                None,
                sample.design.weights or "",
                "no weights within the limits meet the known totals.",
                "Widen the limits, or calibrate with bounds.",
            )
        ]
    )


def _within(w: Floats, lower: float, upper: float, slack: float) -> bool:
    inside = (w >= lower * (1 - slack)) & (w <= upper * (1 + slack))
    return bool(np.all(inside | (w == 0)))


def _cut(sample: Sample, w: Floats, lower: float, upper: float, redistribute: bool) -> Floats:
    used = w > 0
    for _ in range(_ROUNDS):
        outside = used & ((w < lower) | (w > upper))
        cut = np.where(used, np.clip(w, lower, upper), 0.0)
        rest = used & ~outside
        if not redistribute or not outside.any():
            return cut
        if not rest.any():
            break
        w = cut + np.where(rest, (w - cut).sum() / rest.sum(), 0.0)
        if _within(w, lower, upper, 1e-14):
            return w
    reason = f"the sum of weights cannot be kept between {lower:g} and {upper:g} per record."
    raise Refused([sample.place.fault(None, sample.design.weights or "", reason, "Widen the limits.")])
