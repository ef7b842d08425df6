"""Thresholds of a year: no look-ahead, certified or judged or not yet, yellow never above red."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kelisim.assessment.decision_thresholds import LEAST_ALARMS, thresholds_of_year
from kelisim.assessment.hysteresis import DOWN
from kelisim.assessment.past_cells import PastCells
from kelisim.core.decisions import DecisionRule, Declared
from kelisim.core.languages import Words

OFFICE = Words("Кеңсе", "Отдел", "The office")
RULE = DecisionRule(
    miss=0.2, precision=0.5, confidence=0.9, least_alarms=LEAST_ALARMS, alarms="cells", down=DOWN,
    named_from=0.8, judged_yellow=None, judged_red=None,
)  # fmt: skip


def judged(threshold: float) -> Declared:
    return Declared(threshold, OFFICE, date(2024, 5, 1), OFFICE)


def world(seed: int, *, sharp: float = 0.5, years: int = 10, areas: int = 12) -> PastCells:
    rng = np.random.default_rng(seed)
    n = areas * years * 4
    p, place = rng.beta(sharp, 3 * sharp, n), np.arange(n)
    return PastCells.of(place % areas, place // areas, 2010 + place // (4 * areas), p, rng.random(n) < p)


@given(st.integers(0, 1000), st.integers(2011, 2020), st.integers(0, 1000))
@settings(max_examples=20, deadline=None)
def test_what_comes_later_changes_nothing(seed: int, year: int, other: int) -> None:
    cells, rng = world(seed), np.random.default_rng(other)
    late = cells.years >= year
    p = np.where(late, rng.random(len(cells)), cells.probabilities)
    y = np.where(late, rng.random(len(cells)) < 0.5, cells.happened)
    changed = PastCells.of(cells.areas, cells.periods, cells.years, p, y)
    assert thresholds_of_year(cells, RULE, year) == thresholds_of_year(changed, RULE, year)


def test_thresholds_are_renewed_as_years_pass() -> None:
    cells = world(1)
    found = [thresholds_of_year(cells, RULE, year) for year in range(2010, 2021)]
    assert [t.cells for t in found] == [48 * k for k in range(11)]
    assert found[0].yellow.value is None and found[0].yellow.footing.kind == "not_certifiable"
    assert found[-1].yellow.footing.kind == "certified"
    assert len({t.yellow.value for t in found}) > 5


def test_a_certified_pair_says_on_what_it_rests() -> None:
    found = thresholds_of_year(world(2, sharp=0.3), replace(RULE, miss=0.1), 2020)
    yellow, red = found.yellow.footing, found.red.footing
    assert yellow.kind == red.kind == "certified"
    assert yellow.cases > yellow.needed == 9 and yellow.low < 0.1 < yellow.high  # type: ignore[operator]
    assert red.right >= red.needed and red.low >= 0.5 and red.confidence == 0.9  # type: ignore[operator]
    assert found.yellow.value < found.red.value and not found.joined  # type: ignore[operator]
    assert found.yellow.cost_ratio == found.yellow.value


def test_too_little_falls_back_on_what_was_declared_and_says_so() -> None:
    few = world(3, years=1, areas=2)
    bare = thresholds_of_year(few, replace(RULE, miss=0.05), 2020)
    assert (bare.yellow.value, bare.red.value) == (None, None)
    assert (bare.red.footing.needed, bare.red.footing.right) == (15, None)
    told = thresholds_of_year(
        few, replace(RULE, miss=0.05, judged_yellow=judged(0.2), judged_red=judged(0.6)), 2020
    )
    assert (told.yellow.value, told.red.value) == (0.2, 0.6)
    for threshold in (told.yellow, told.red):
        assert threshold.footing.kind == "judgement" and threshold.footing.declared is not None
    assert told.yellow.footing.needed == 19 and told.yellow.footing.cases < 19


def test_a_red_that_fails_says_how_many_were_right() -> None:
    flat = PastCells.of(np.arange(40), [1] * 40, [2019] * 40, [0.3] * 40, np.arange(40) < 22)
    footing = thresholds_of_year(flat, RULE, 2020).red.footing
    assert (footing.kind, footing.cases, footing.right, footing.needed) == ("not_certifiable", 40, 22, 25)


def test_yellow_is_never_above_red() -> None:
    # All thirty events had 0.9, but already 0.4 is right in half of the cases: yellow comes down to red.
    p = np.r_[np.full(30, 0.9), np.full(10, 0.4)]
    cells = PastCells.of(np.arange(40), [1] * 40, [2019] * 40, p, np.arange(40) < 30)
    found = thresholds_of_year(cells, RULE, 2020)
    assert found.joined and found.yellow.value == found.red.value == 0.4
    low_red = thresholds_of_year(cells.before(2000), replace(RULE, judged_red=judged(0.1)), 2020)
    assert low_red.yellow.value is None and low_red.red.value == 0.1


@pytest.mark.parametrize(
    "change",
    [
        {"miss": 0.0}, {"miss": 1.0}, {"precision": 1.0}, {"confidence": 0.5}, {"least_alarms": 0}, 
        {"down": 1.1},
        {"judged_yellow": judged(0.7), "judged_red": judged(0.6)},
    ],
)  # fmt: skip
def test_rules_that_make_no_sense(change: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"."):
        replace(RULE, **change)
