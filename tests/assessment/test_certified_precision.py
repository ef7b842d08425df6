"""Red: the bound, the fixed order of tests, the stop at the first failure, cells and runs."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom

from kelisim.assessment.certified_precision import (
    alarm_counts,
    certify_precision,
    first_failure,
    right_alarms_needed,
)
from kelisim.assessment.past_cells import PastCells
from kelisim.core.errors import NotDefined

HALF: dict[str, Any] = {"precision": 0.5, "confidence": 0.9, "least_alarms": 15, "alarms": "cells"}


def cells(p: Any, happened: Any, area: Any = None) -> PastCells:
    n = len(p)
    areas = [f"A{i:04d}" for i in range(n)] if area is None else area
    return PastCells.of(areas, np.arange(n), [2020] * n, p, happened)


@pytest.mark.parametrize(("alarms", "right"), [(15, 11), (20, 14), (30, 20), (50, 31)])
def test_how_many_have_to_be_right(alarms: int, right: int) -> None:
    assert right_alarms_needed(alarms, precision=0.5, confidence=0.9) == right
    made = cells(np.full(alarms, 0.7), np.arange(alarms) < right)
    found = certify_precision(made, **HALF)
    assert (found.alarms, found.right, found.threshold) == (alarms, right, 0.7)
    with pytest.raises(NotDefined) as refused:
        certify_precision(cells(np.full(alarms, 0.7), np.arange(alarms) < right - 1), **HALF)
    assert refused.value.reason == "not_certifiable_yet"


@given(st.integers(1, 120), st.sampled_from([0.3, 0.5, 0.8]), st.sampled_from([0.8, 0.9, 0.95]))
@settings(max_examples=60, deadline=None)
def test_the_number_agrees_with_the_binomial_test(n: int, precision: float, confidence: float) -> None:
    passing = [x for x in range(n + 1) if binom.sf(x - 1, n, precision) <= 1 - confidence]
    assert right_alarms_needed(n, precision=precision, confidence=confidence) == (passing or [None])[0]


def test_fewer_alarms_than_the_least_are_not_tried() -> None:
    made = cells(np.full(14, 0.9), np.ones(14))
    assert first_failure(made, **HALF) is None
    with pytest.raises(NotDefined):
        certify_precision(made, **HALF)


def test_the_first_failure_stops_the_search() -> None:
    # 15 of 15 right at .9; 15 of 35 at .8 fails; 75 of 95 at .7 would pass and must not be looked at.
    p = np.r_[np.full(15, 0.9), np.full(20, 0.8), np.full(60, 0.7)]
    y = np.r_[np.ones(15), np.zeros(20), np.ones(60)]
    assert certify_precision(cells(p, y), **HALF).threshold == 0.9
    failed = first_failure(cells(p, y), **HALF)
    assert failed is not None and (failed.threshold, failed.alarms, failed.right) == (0.8, 35, 15)


def test_the_lowest_passing_threshold_is_taken() -> None:
    p, y = np.repeat([0.9, 0.8, 0.7], 20), np.tile([1] * 15 + [0] * 5, 3)
    assert certify_precision(cells(p, y), **HALF).threshold == 0.7


def test_a_run_is_one_alarm_judged_by_its_first_period() -> None:
    # 15 areas with four alarms in a row each: 60 right cells are 15 alarms, right if the first one was.
    p, area = np.full(60, 0.6), np.repeat([f"A{i:02d}" for i in range(15)], 4)
    runs = HALF | {"alarms": "runs"}
    found = certify_precision(cells(p, np.ones(60), area), **runs)
    assert (found.alarms, found.right) == (15, 15)
    later = np.tile([0, 1, 1, 1], 15)
    assert certify_precision(cells(p, later, area), **HALF).alarms == 60
    with pytest.raises(NotDefined):
        certify_precision(cells(p, later, area), **runs)


@given(st.lists(st.tuples(st.integers(0, 4), st.booleans()), min_size=1, max_size=40), st.integers(0, 4))
@settings(max_examples=60, deadline=None)
def test_runs_are_counted_as_by_hand(rows: list[tuple[int, bool]], level: int) -> None:
    area = [f"A{i % 2}" for i in range(len(rows))]
    p = [k / 4 for k, _ in rows]
    made = PastCells.of(area, np.arange(len(rows)), [2020] * len(rows), p, [y for _, y in rows])
    starts = [
        i for i in range(len(rows)) if p[i] >= level / 4 and not (i >= 2 and p[i - 2] >= level / 4)
    ]  # fmt: skip
    right = sum(rows[i][1] for i in starts)
    counts = {t: (n, x) for t, n, x in zip(*alarm_counts(made, "runs"), strict=True)}
    if level / 4 in p:
        assert counts[level / 4] == (len(starts), right)


@pytest.mark.parametrize("change", [{"precision": 1.0}, {"confidence": 0.5}, {"least_alarms": 0}])
def test_questions_that_make_no_sense(change: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="lies in"):
        certify_precision(cells([0.5], [1]), **HALF | change)
    with pytest.raises(ValueError, match="'cells' or 'runs'"):
        certify_precision(cells([0.5], [1]), **HALF | {"alarms": "days"})
