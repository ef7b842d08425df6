"""Zones now: draws into chances, grey that hides nothing, exact flips, two clocks."""

from __future__ import annotations

import operator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kelisim.assessment.dynamic_zones import chances_of_zones, dynamic_zone, find_move
from kelisim.assessment.hysteresis import Held
from kelisim.core.decisions import (
    DynamicZone,
    FastClock,
    Footing,
    SlowClock,
    Threshold,
    Thresholds,
    TwoClocks,
)
from kelisim.core.estimates import Estimate
from kelisim.core.zones import COLOURS
from tests.assessment.test_decision_thresholds import RULE

FOOT = Footing(
    kind="certified", rate=0.2, confidence=None, cases=9, needed=4, right=None, low=None, high=None,
    declared=None,
)  # fmt: skip


def limits(yellow: float | None = 0.2, red: float | None = 0.6) -> Thresholds:
    return Thresholds(2024, Threshold("yellow", yellow, FOOT), Threshold("red", red, FOOT), 100, False)


def risk(value: float) -> Estimate:
    return Estimate(
        value=value, low=value / 2, high=2 * value, level=0.9, unit="probability", n=10, method="forecast",
        grade="acceptable", source="register",
    )  # fmt: skip


CLOCKS = TwoClocks(SlowClock(risk(0.02)), FastClock(risk(0.2)))


def zone(p: float | None, state: int | None, by: str = "same", **more: Any) -> DynamicZone:
    held = Held(state, None if p is None else int(p >= 0.2) + int(p >= 0.6), by)  # type: ignore[arg-type]
    draws = [] if p is None else np.clip(np.random.default_rng(1).normal(p, 0.02, 500), 0, 1)
    asked: dict[str, Any] = {
        "area_id": "A", "period": "2024-Q1", "held": held, "probability": p, "draws": draws,
        "thresholds": limits(), "rule": RULE, "grey": (), "gains": {"reports": 0.2}, "clocks": CLOCKS,
    }  # fmt: skip
    return dynamic_zone(**asked | more)


draws_of = st.lists(st.integers(0, 20).map(lambda k: k / 20), min_size=1, max_size=30)


@given(draws_of, st.integers(1, 20), st.integers(1, 20))
@settings(max_examples=100, deadline=None)
def test_chances_are_shares_of_draws(draws: list[float], one: int, two: int) -> None:
    yellow, red = min(one, two) / 20, max(one, two) / 20
    found = chances_of_zones(draws, yellow, red)
    assert sum(found.values()) == pytest.approx(1) and tuple(found) == COLOURS
    assert found["green"] == pytest.approx(np.mean([p < yellow for p in draws]))
    assert found["red"] == pytest.approx(np.mean([p >= red for p in draws]), abs=1e-12)
    worse = chances_of_zones([min(1.0, p + 0.05) for p in draws], yellow, red)
    assert worse["green"] <= found["green"] + 1e-12 and worse["red"] >= found["red"] - 1e-12


def test_plain_colours() -> None:
    for p, state, colour in ((0.1, 0, "green"), (0.4, 1, "yellow"), (0.9, 2, "red")):
        found = zone(p, state)
        assert found.shown == found.state == colour and found.named and found.clocks is CLOCKS
        assert found.flip_probability == pytest.approx(0, abs=0.01) and not found.alarm
    between = zone(0.2, 1)
    assert between.named is False and 0.3 < (between.flip_probability or 0) < 0.7


@pytest.mark.parametrize("reason", ["outage", "unreliable", "few_parts", "outside_sample"])
@pytest.mark.parametrize("p", [0.05, 0.19, 0.2, 0.5, 0.9])
@pytest.mark.parametrize("state", [0, 1, 2])
def test_grey_hides_no_alarm_and_never_becomes_green(reason: str, p: float, state: int) -> None:
    raw = int(p >= 0.2) + int(p >= 0.6)
    found = zone(p, max(raw, state), grey=(reason,))
    assert found.grey == (reason,)
    assert found.shown == ("alarm" if max(raw, state) else "grey") and found.shown != "green"
    assert bool(found.probabilities) == found.alarm and found.flip is None


def test_draws_alone_can_raise_the_alarm_of_a_grey_area() -> None:
    skewed = np.r_[np.full(90, 0.21), np.full(10, 0.0)]
    assert zone(0.189, 0, grey=("unreliable",), draws=skewed).shown == "alarm"
    assert zone(0.189, 0, grey=("unreliable",), draws=skewed[5:]).probabilities["yellow"] > 0.8


def test_without_a_forecast_or_a_threshold_there_is_no_colour() -> None:
    assert zone(None, 0, "missing").shown == "grey" and zone(None, 0, "missing").grey == ("no_forecast",)
    assert zone(None, 1, "missing").shown == "alarm" and zone(None, None, "missing").shown == "grey"
    none = zone(0.5, 0, thresholds=limits(None, None))
    assert none.shown == "grey" and none.grey == ("no_threshold",) and none.probabilities == {}
    # With a declared red alone an area may be red, but below it nobody can say green.
    assert zone(0.1, 0, thresholds=limits(None, 0.6)).shown == "grey"
    assert zone(0.9, 2, thresholds=limits(None, 0.6)).shown == "alarm"
    assert zone(0.9, 1, thresholds=limits(0.2, None)).shown == "yellow"


def test_without_draws_the_doubt_is_not_told() -> None:
    found = zone(0.4, 1, draws=[])
    assert (found.shown, found.named, found.flip_probability, found.flip) == ("yellow", None, None, None)


@given(draws_of, st.integers(1, 19), st.integers(1, 19), st.sampled_from([0.3, -0.3, 1.0]))
@settings(max_examples=60, deadline=None)
def test_the_flip_is_the_smallest_move_that_changes_the_zone(
    draws: list[float], one: int, two: int, gain: float
) -> None:
    yellow, red = (min(one, two) - 0.5) / 20, (max(one, two) - 0.5) / 20
    x = np.clip(np.asarray(draws), 0.001, 0.999)
    move = find_move(x, yellow, red, {"slow": gain / 10, "quick": gain})

    def at(k: float) -> str:
        odds = np.exp(np.log(x / (1 - x)) + k * gain)
        chances = chances_of_zones(odds / (1 + odds), yellow, red)
        return max(reversed(COLOURS), key=lambda c: chances[c])

    if move is None:
        assert {at(k) for k in np.linspace(-39.9, 39.9, 400)} == {at(0)}
        return
    assert move.source == "quick" and at(move.errors * (1 + 1e-6)) == move.to != at(0)
    shorter = np.linspace(-abs(move.errors), abs(move.errors), 202)[1:-1] * (1 - 1e-6)
    assert {at(k) for k in shorter} == {at(0)}


def test_an_input_without_pull_flips_nothing() -> None:
    assert find_move([0.1, 0.11], 0.2, 0.6, {"still": 0.0}) is None
    assert find_move([0.1, 0.11], 0.2, 0.6, {}) is None
    assert find_move([0.1], np.inf, np.inf, {"quick": 1.0}) is None


@pytest.mark.parametrize(
    "operation", [operator.add, operator.sub, operator.mul, operator.truediv, operator.lt, max, np.add]
)
def test_the_two_clocks_cannot_be_made_into_one(operation: Any) -> None:
    slow, fast = CLOCKS.slow, CLOCKS.fast
    for pair in ((slow, fast), (fast, slow), (slow, slow), (CLOCKS, 0.1), (0.1, fast), (CLOCKS, CLOCKS)):
        with pytest.raises(TypeError, match="side by side"):
            operation(*pair)


@pytest.mark.parametrize(
    "operation", [float, int, abs, operator.neg, lambda c: sum([c]), lambda c: np.mean([c, c])]
)
def test_a_clock_is_no_number(operation: Any) -> None:
    for clock in (CLOCKS, CLOCKS.slow, CLOCKS.fast):
        with pytest.raises(TypeError, match="side by side"):
            operation(clock)


def test_a_zone_carries_both_clocks_or_says_which_is_missing() -> None:
    lone = replace(zone(0.4, 1), clocks=TwoClocks(None, FastClock(risk(0.4))))
    assert lone.clocks.slow is None and lone.clocks.fast is not None


def test_what_is_refused() -> None:
    for draws in ([], [1.2], [float("nan")]):
        with pytest.raises(ValueError, match="draws"):
            chances_of_zones(draws, 0.2, 0.6)
    with pytest.raises(ValueError, match="below yellow"):
        chances_of_zones([0.5], 0.6, 0.2)
