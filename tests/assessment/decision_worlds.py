"""Invented panels whose truth is known: areas alike and unlike, quarrels that go on, drift."""

from __future__ import annotations

from typing import Literal

import numpy as np

from kelisim.assessment.past_cells import PastCells

Kind = Literal["independent", "clustered", "persistent", "drift"]
AREAS, YEARS = 17, 12
LAST = 2000 + YEARS - 1


def panel(kind: Kind, rng: np.random.Generator) -> PastCells:
    """Quarters of 17 areas over 12 years.

    The probability of an event has a level of the area (unless "independent") and of the quarter; the
    forecast sees both through noise and is 40 % too low. "persistent": after an event the next quarter is far
    likelier to see one, and the forecast knows it. "drift": in the last year causes change unseen.
    """
    quarters = 4 * YEARS
    level = 0.0 if kind == "independent" else rng.normal(0, 1.0, (AREAS, 1))
    logit = -2.2 + level + rng.normal(0, 0.8, (AREAS, quarters))
    noise = rng.normal(0, 0.6, (AREAS, quarters))
    happened = np.zeros((AREAS, quarters), dtype=bool)
    forecast = np.zeros((AREAS, quarters))
    for t in range(quarters):
        carried = 2.0 * happened[:, t - 1] if kind == "persistent" and t else 0.0
        unknown = 1.5 * rng.random(AREAS) if kind == "drift" and t >= quarters - 4 else 0.0
        truth = 1 / (1 + np.exp(-(logit[:, t] + carried + unknown)))
        seen = logit[:, t] + carried + noise[:, t]
        if kind == "drift" and t >= quarters - 4:
            seen = seen - 1.0
        forecast[:, t] = 0.6 / (1 + np.exp(-seen))
        happened[:, t] = rng.random(AREAS) < truth
    area, quarter = np.divmod(np.arange(AREAS * quarters), quarters)
    return PastCells.of(area, quarter, 2000 + quarter // 4, forecast.ravel(), happened.ravel())


def missed(kind: Kind, miss: float, worlds: int, seed: int) -> tuple[int, int, float]:
    """Episodes of the last year, those the threshold of that year missed, the share of cells alarmed."""
    from kelisim.assessment.miss_control import control_misses

    rng = np.random.default_rng(seed)
    onsets = lost = alarmed = cells = 0
    for _ in range(worlds):
        made = panel(kind, rng)
        past = made.before(LAST)
        threshold = control_misses(past.probabilities[past.onsets()], miss).threshold
        last = made.years == LAST
        begin = made.onsets() & last
        onsets += int(begin.sum())
        lost += int((begin & (made.probabilities < threshold)).sum())
        alarmed += int((made.probabilities[last] >= threshold).sum())
        cells += int(last.sum())
    return onsets, lost, alarmed / cells
