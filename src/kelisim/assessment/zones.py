"""Zones: green, yellow, red as probabilities by a declared rule, and grey where too little is known.

The rule speaks of P(tense) alone. If the parts of an area were known exactly, P(tense) would be the share of
admissible weights and cut points by which the area is tense, and the rule would give one colour. They are
known with error, so each draw of the parts is put to the rule, and the shares of draws are P(green),
P(yellow), P(red). Grey comes first: it replaces a green, never an alarm.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from kelisim.assessment.index import (
    Judgement,
    effective_answers,
    standard_error,
    tense_given_parts,
)
from kelisim.assessment.items import ITEMS, LEAST_PARTS, PARTS
from kelisim.core.estimates import Estimate
from kelisim.core.zones import COLOURS, Colour, Flip, GreyReason, Need, ZoneRule
from kelisim.stats.reliability import interviews_for, mean_reliability

__all__ = [
    "LEAST_RELIABILITY",
    "LEAST_RESILIENCE",
    "classify",
    "find_flip",
    "find_needs",
    "grey_reasons",
    "zone_probabilities",
]

_Floats = NDArray[np.float64]
LEAST_WEIGHT, LEAST_RELIABILITY, LEAST_RESILIENCE = 0.5, 0.5, 3
RELIABILITIES = (0.5, 0.7, 0.8)
_MOST_ERRORS, _SEARCH = 40.0, 24


def classify(tense: _Floats, rule: ZoneRule) -> NDArray[np.int64]:
    """Colour of each P(tense) by the rule: 0 green, 1 yellow, 2 red."""
    steps = np.array([rule.yellow, rule.red])
    return np.asarray(np.searchsorted(steps, tense, side="right"), dtype=np.int64)


def zone_probabilities(parts: _Floats, judgement: Judgement, rule: ZoneRule) -> dict[str, float]:
    """P(green), P(yellow), P(red) from draws of the parts, (draws, 4); empty where no part is measured."""
    if np.isnan(parts).any(axis=0).all():
        return {}
    return _shares(tense_given_parts(parts, judgement), rule)


def _shares(tense: _Floats, rule: ZoneRule) -> dict[str, float]:
    counts = np.bincount(classify(tense, rule), minlength=3)
    return {colour: float(count) / len(tense) for colour, count in zip(COLOURS, counts, strict=True)}


def grey_reasons(
    *, weight: float, parts: int, reliable: float | None, resilience: int, outage: bool
) -> tuple[GreyReason, ...]:
    """Why an area gets no colour, most basic reason first; empty when it gets one.

    weight, parts : declared weight and number of the parts measured; reliable : reliability of the least
        reliable item
    """
    reasons: list[GreyReason] = []
    if parts == 0:
        reasons.append("outside_sample")
    elif weight < LEAST_WEIGHT or parts < LEAST_PARTS:
        reasons.append("few_parts")
    if reliable is not None and reliable < LEAST_RELIABILITY:
        reasons.append("unreliable")
    if resilience < LEAST_RESILIENCE:
        reasons.append("few_resilience")
    if outage:
        reasons.append("outage")
    return tuple(reasons)


def find_flip(
    parts: _Floats, estimates: Mapping[str, Estimate], judgement: Judgement, rule: ZoneRule
) -> Flip | None:
    """The item whose smallest move, in its own standard errors, changes the most likely colour.

    parts : draws of the parts, (draws, 4); estimates : item -> estimate
    Returns: None where no single item, moved to an end of its scale or by 40 standard errors, changes it.
    """
    present = [p for p in range(len(PARTS)) if not np.isnan(parts[:, p]).any()]
    weights = judgement.of(present)
    index = parts[:, present] @ weights.T
    cut = judgement.cuts[:, 0]

    def likeliest(shift: _Floats) -> Colour:
        chances = _shares((index + shift < cut).mean(axis=1), rule)
        return max(COLOURS, key=lambda colour: chances[colour])

    now, best = likeliest(np.zeros(len(cut))), None
    for key, estimate in estimates.items():
        item = ITEMS[key]
        place = PARTS.index(item.part)
        error = standard_error(key, estimate)
        if place not in present or not error > 0:
            continue
        siblings = sum(other.part == item.part for other in ITEMS.values())
        pull = weights[:, present.index(place)] / siblings / (item.best - item.worst)
        for sign in (-1.0, 1.0):
            end = item.low if sign < 0 else item.high
            room = abs(end - float(estimate.value or 0.0)) / error
            step = sign * error * pull
            found = _smallest(lambda k, s=step: likeliest(k * s), now, min(room, _MOST_ERRORS))  # type: ignore[misc]
            if found is not None and (best is None or found[0] < abs(best.errors)):
                best = Flip(key, sign * found[0], found[1])
    return best


def _smallest(colour: Callable[[float], Colour], now: Colour, most: float) -> tuple[float, Colour] | None:
    if colour(most) == now:
        return None
    low, high = 0.0, most
    for _ in range(_SEARCH):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if colour(middle) == now else (low, middle)
    return high, colour(high)


def find_needs(
    *,
    parts: _Floats,
    estimates: Mapping[str, Estimate],
    grey: Sequence[GreyReason],
    missing_resilience: Sequence[str],
    judgement: Judgement,
    rule: ZoneRule,
) -> tuple[Need, ...]:
    """What data would help the area most, first things first.

    Items that were not asked come first, since without them there is no index; then interviews, then
    indicators of what holds people together. A colour below the naming probability asks how many times more
    interviews would do.
    """
    needs: list[Need] = []
    missing = tuple(key for key in ITEMS if key not in estimates)
    if missing:
        needs.append(Need("ask", missing))
    icc = rule.index.intraclass
    design = max((e.deff or 1.0 for e in estimates.values()), default=1.0)
    wanted = {r: int(np.ceil(interviews_for(r, icc) * design - 1e-9)) for r in RELIABILITIES}
    least = min((effective_answers(e) for e in estimates.values()), default=0.0)
    if mean_reliability(least, icc) < RELIABILITIES[1]:
        needs.append(Need("interviews", interviews=wanted))
    if "few_resilience" in grey:
        needs.append(Need("resilience", tuple(missing_resilience)))
    if not grey:
        needs += _sharper(parts, judgement, rule)
    return tuple(needs)


def _sharper(parts: _Floats, judgement: Judgement, rule: ZoneRule) -> list[Need]:
    if max(zone_probabilities(parts, judgement, rule).values()) >= rule.named_from:
        return []
    middle = parts.mean(axis=0)
    for times in (1.5, 2.0, 3.0, 5.0, 10.0):
        # m times the interviews divide the spread of the draws by the root of m, the estimates staying put.
        narrower = middle + (parts - middle) / np.sqrt(times)
        if max(zone_probabilities(narrower, judgement, rule).values()) >= rule.named_from:
            return [Need("interviews", times=times)]
    return [Need("border")]
