"""Up at once, down slowly: the state of an area over time, so that a border case does not blink.

A state is left only when the probability lies below a share of its threshold in two periods that follow each
other. A period without a value keeps the state and says so; it also interrupts the two, because silence is no
sign of calm.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from kelisim.core.decisions import HeldBy

__all__ = ["DOWN", "Held", "hold"]

DOWN = 0.8
"""Share of a threshold below which a state is left; the value was tried on another panel, and is a choice."""


@dataclass(frozen=True, slots=True)
class Held:
    """State of one period: 0 green, 1 yellow, 2 red, None before any value; raw : without hysteresis."""

    state: int | None
    raw: int | None
    by: HeldBy


def hold(probabilities: ArrayLike, yellow: ArrayLike, red: ArrayLike, *, down: float) -> tuple[Held, ...]:
    """States of one area over its periods in order.

    Up: to the zone whose threshold p reaches, at once. Down: to the highest zone of which p >= down x
    threshold held in this period or the one before, so that two low values are needed for every step.
    probabilities : array, shape (periods,), nan where not forecast; yellow, red : thresholds by period or one
    number, inf where there is none; down : in (0, 1], `DOWN` unless tried otherwise
    Raises: ValueError.

    >>> [h.state for h in hold([0.1, 0.3, 0.15, 0.15, 0.1], 0.2, 0.6, down=0.8)]
    [0, 1, 1, 0, 0]
    >>> [h.by for h in hold([0.3, 0.1, float("nan"), 0.1, 0.1], 0.2, 0.6, down=0.8)]
    ['first', 'kept', 'missing', 'kept', 'fell']
    """
    p = np.asarray(probabilities, dtype=np.float64)
    if p.ndim != 1 or not (np.isnan(p) | ((p >= 0.0) & (p <= 1.0))).all():
        raise ValueError("probabilities are a list of numbers between 0 and 1, nan where there is none")
    if not 0.0 < down <= 1.0:
        raise ValueError(f"down is a share of the threshold above 0 and up to 1, not {down}")
    steps = np.stack([np.broadcast_to(np.asarray(t, dtype=np.float64), p.shape) for t in (yellow, red)])
    if np.isnan(steps).any() or (steps[0] > steps[1]).any():
        raise ValueError("thresholds are numbers, and red does not stand below yellow")
    raw, support = _zone(p, steps), _zone(p, down * steps)
    held: list[Held] = []
    for t in range(len(p)):
        before = held[-1].state if held else None
        if np.isnan(p[t]):
            held.append(Held(before, None, "missing"))
            continue
        now = int(raw[t])
        if before is None:
            held.append(Held(now, now, "first"))
            continue
        # Two low values running: the higher of what this one and the last one would still hold.
        last = before if np.isnan(p[t - 1]) else int(support[t - 1])
        state = max(now, min(before, max(int(support[t]), last)))
        by: HeldBy = (
            "rose" if state > before else "fell" if state < before else "kept" if now < state else "same"
        )
        held.append(Held(state, now, by))
    return tuple(held)


def _zone(p: NDArray[np.float64], steps: NDArray[np.float64]) -> NDArray[np.int64]:
    return np.asarray((p >= steps[0]).astype(np.int64) + (p >= steps[1]), dtype=np.int64)
