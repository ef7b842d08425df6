"""The zone of an area now: thresholds, hysteresis, second-order doubt, grey and flips put together.

Probabilities and their draws arrive as arguments, because forecasts are made above this room. The slow risk
of a year stands beside the fast signal and is never added to it. A composition of groups is no input here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from kelisim.assessment.hysteresis import Held
from kelisim.core.decisions import DecisionRule, DynamicGrey, DynamicZone, Move, Thresholds, TwoClocks
from kelisim.core.zones import COLOURS, Colour

__all__ = ["chances_of_zones", "dynamic_zone", "find_move"]

_Floats = NDArray[np.float64]
_MOST_ERRORS = 40.0
_CLIP = 1e-9


def chances_of_zones(draws: ArrayLike, yellow: float, red: float) -> dict[Colour, float]:
    """P(green), P(yellow), P(red): shares of second-order draws of the probability below and above
    thresholds.

    draws : array, shape (draws,), each the probability of an event under one admissible set of parameters;
    yellow, red : thresholds, inf where there is none.  Raises: ValueError.

    >>> chances_of_zones([0.1, 0.2, 0.3, 0.7], 0.2, 0.6)
    {'green': 0.25, 'yellow': 0.5, 'red': 0.25}
    """
    p = np.asarray(draws, dtype=np.float64)
    if p.ndim != 1 or len(p) == 0 or not ((p >= 0.0) & (p <= 1.0)).all():
        raise ValueError("draws are a list of probabilities, and there is at least one")
    if yellow > red:
        raise ValueError("red does not stand below yellow")
    return _chances(np.sort(p), yellow, red)


def find_move(draws: ArrayLike, yellow: float, red: float, gains: Mapping[str, float]) -> Move | None:
    """The input whose smallest move, in its own standard errors, changes the most likely zone.

    Linear on the logit of the probability: k standard errors of an input move every draw by k x gain. The
    exact smallest move is found, because the shares change only where a draw crosses a threshold.
    gains : input -> change of the logit of p when the input rises by one standard error
    Returns: None where no move of up to 40 standard errors changes it.

    >>> move = find_move([0.15, 0.16, 0.17], 0.2, 0.6, {"reports": 0.5, "comments": 0.1})
    >>> move.source, round(move.errors, 2), move.to
    ('reports', 0.54, 'yellow')
    """
    now = _likeliest(chances_of_zones(draws, yellow, red))
    x = np.sort(_logit(np.asarray(draws, dtype=np.float64)))
    ends = (_logit_of(yellow), _logit_of(red))
    steps = [t for t in ends if np.isfinite(t)]
    # A draw that has just reached a threshold is above it; the nudge keeps rounding from leaving it below.
    crossings = np.unique(np.concatenate([t - x for t in steps])) if steps else np.zeros(0)
    nudged = np.concatenate([crossings - _CLIP, crossings + _CLIP])
    shifts = nudged[np.argsort(np.abs(nudged))]
    best: Move | None = None
    for sign in (1.0, -1.0):
        first = next(
            ((s, zone) for s in shifts[shifts * sign > 0] if (zone := _after(x, s, ends)) != now), None
        )
        if first is None:
            continue
        for source, gain in gains.items():
            errors = first[0] / gain if gain else np.inf
            if abs(errors) <= _MOST_ERRORS and (best is None or abs(errors) < abs(best.errors)):
                best = Move(source, float(errors), first[1])
    return best


def dynamic_zone(
    *,
    area_id: str,
    period: str,
    held: Held,
    probability: float | None,
    draws: Sequence[float] | _Floats,
    thresholds: Thresholds,
    rule: DecisionRule,
    grey: Sequence[DynamicGrey],
    gains: Mapping[str, float],
    clocks: TwoClocks,
) -> DynamicZone:
    """Put one area and period together.

    held : its state after hysteresis; grey : reasons known from outside, such as an outage
    A colour takes a forecast and a yellow threshold; without them the area is grey. Grey and yellow or red by
    the rule (of this period or kept from the last) is shown as an alarm, so grey never hides one; and as grey
    otherwise, so it never turns green.
    """
    yellow, red = thresholds.yellow.value, thresholds.red.value
    reasons = list(grey)
    if probability is None:
        reasons.append("no_forecast")
    if yellow is None:
        reasons.append("no_threshold")
    state = None if held.state is None else COLOURS[held.state]
    ends = (np.inf if yellow is None else yellow, np.inf if red is None else red)
    spoken = len(draws) > 0 and probability is not None and np.isfinite(ends).any()
    chances: dict[Colour, float] = chances_of_zones(draws, *_ordered(ends)) if spoken else {}
    alarm = bool(reasons) and (
        (held.state or 0) > 0 or chances.get("yellow", 0.0) + chances.get("red", 0.0) >= rule.named_from
    )
    if reasons and not alarm:
        chances = {}
    return DynamicZone(
        area_id=area_id,
        period=period,
        state=None if reasons and not alarm else state,
        grey=tuple(dict.fromkeys(reasons)),
        alarm=alarm,
        held=held.by,
        probability=probability,
        probabilities=chances,
        named=chances[state] >= rule.named_from if chances and state else None,
        flip=find_move(draws, *_ordered(ends), gains) if chances and not reasons else None,
        clocks=clocks,
    )


def _likeliest(chances: Mapping[Colour, float]) -> Colour:
    """The most likely zone; of equally likely ones the graver."""
    return max(reversed(COLOURS), key=lambda colour: chances[colour])


def _ordered(ends: tuple[float, float]) -> tuple[float, float]:
    # With red alone there is no yellow between it and green.
    return min(ends), ends[1]


def _chances(ordered: _Floats, yellow: float, red: float) -> dict[Colour, float]:
    below = np.searchsorted(ordered, [yellow, red], side="left") / len(ordered)
    green, under_red = float(below[0]), float(below[1])
    return {"green": green, "yellow": under_red - green, "red": 1.0 - under_red}


def _after(x: _Floats, shift: float, ends: tuple[float, float]) -> Colour:
    return _likeliest(_chances(x, ends[0] - shift, ends[1] - shift))


def _logit(p: _Floats) -> _Floats:
    q = np.clip(p, _CLIP, 1.0 - _CLIP)
    return np.asarray(np.log(q / (1.0 - q)))


def _logit_of(threshold: float) -> float:
    return float(_logit(np.asarray(threshold))) if np.isfinite(threshold) else np.inf
