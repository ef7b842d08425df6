"""The thresholds of a year: certified on earlier years, or declared, or none yet; each says which."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

from kelisim.assessment.certified_precision import certify_precision, first_failure, right_alarms_needed
from kelisim.assessment.miss_control import control_misses, episodes_needed
from kelisim.assessment.past_cells import PastCells
from kelisim.core.decisions import DecisionRule, Declared, Footing, Threshold, Thresholds
from kelisim.core.errors import NotDefined

__all__ = ["LEAST_ALARMS", "thresholds_of_year"]

LEAST_ALARMS = 15
"""Alarms from which red may be certified: of fewer, almost all would have to be right."""


def thresholds_of_year(cells: PastCells, rule: DecisionRule, year: int) -> Thresholds:
    """Yellow and red for a year, from nothing but cells of earlier years.

    Where yellow would stand above red it is brought down to red: more alarms cannot miss more, and the
    precision of red is not touched, so both keep what they promise.
    """
    past = cells.before(year)
    yellow, red = _yellow(past, rule), _red(past, rule)
    joined = yellow.value is not None and red.value is not None and yellow.value > red.value
    if joined:
        yellow = replace(yellow, value=red.value)
    return Thresholds(year, yellow, red, len(past), joined)


def _yellow(past: PastCells, rule: DecisionRule) -> Threshold:
    onsets = past.probabilities[past.onsets()]
    needed = episodes_needed(rule.miss)
    try:
        found = control_misses(onsets, rule.miss)
    except NotDefined:
        footing = _without(rule.judged_yellow, rule.miss, None, len(onsets), needed, None, None)
        return _declared("yellow", rule.judged_yellow, footing)
    footing = Footing(
        kind="certified", rate=rule.miss, confidence=None, cases=found.episodes, needed=needed, right=None,
        low=found.low, high=found.high, declared=None,
    )  # fmt: skip
    return Threshold("yellow", found.threshold, footing)


def _red(past: PastCells, rule: DecisionRule) -> Threshold:
    try:
        found = certify_precision(
            past, precision=rule.precision, confidence=rule.confidence, least_alarms=rule.least_alarms,
            alarms=rule.alarms,
        )  # fmt: skip
    except NotDefined:
        return _red_not_certified(past, rule)
    needed = right_alarms_needed(found.alarms, precision=rule.precision, confidence=rule.confidence)
    footing = Footing(
        kind="certified", rate=rule.precision, confidence=rule.confidence, cases=found.alarms,
        needed=needed, right=found.right, low=found.lower, high=None, declared=None,
    )  # fmt: skip
    return Threshold("red", found.threshold, footing)


def _red_not_certified(past: PastCells, rule: DecisionRule) -> Threshold:
    failed = first_failure(
        past, precision=rule.precision, confidence=rule.confidence, least_alarms=rule.least_alarms,
        alarms=rule.alarms,
    )  # fmt: skip
    if failed is None:
        footing = _without(rule.judged_red, rule.precision, rule.confidence, 0, rule.least_alarms, None, None)
        return _declared("red", rule.judged_red, footing)
    needed = right_alarms_needed(failed.alarms, precision=rule.precision, confidence=rule.confidence)
    footing = _without(
        rule.judged_red, rule.precision, rule.confidence, failed.alarms, needed, failed.right, failed.lower
    )
    return _declared("red", rule.judged_red, footing)


def _without(
    declared: Declared | None, rate: float, confidence: float | None, cases: int, needed: int | None,
    right: int | None, low: float | None,
) -> Footing:  # fmt: skip
    return Footing(
        kind="judgement" if declared else "not_certifiable", rate=rate, confidence=confidence, cases=cases,
        needed=needed, right=right, low=low, high=None, declared=declared,
    )  # fmt: skip


def _declared(colour: Literal["yellow", "red"], declared: Declared | None, footing: Footing) -> Threshold:
    return Threshold(colour, declared.threshold if declared else None, footing)
