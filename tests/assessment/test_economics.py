"""Cost and loss: the printed table of alerts, value against hand-worked cases, the optimum, the interval."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from kelisim.assessment.economics import (
    COST_RATIOS,
    act,
    alert_economics,
    cost_loss_table,
    relative_value,
)
from kelisim.assessment.past_cells import PastCells
from kelisim.core.errors import NotDefined

shares = st.floats(0.0, 1.0)
inner = st.floats(0.01, 0.99)
# Four clashes in fourteen years and seventeen areas.
MONTH, YEAR = 4 / (14 * 17 * 12), 4 / (14 * 17)


@pytest.mark.parametrize(
    ("base", "cells", "h", "f", "ppv", "false"),
    [
        (MONTH, 17 * 12, 0.8, 0.10, 0.011, 20),
        (MONTH, 17 * 12, 0.8, 0.05, 0.022, 10),
        (MONTH, 17 * 12, 0.9, 0.02, 0.059, 4),
        (YEAR, 17, 0.8, 0.10, 0.12, 1.7),
        (YEAR, 17, 0.8, 0.05, 0.21, 0.8),
        (YEAR, 17, 0.9, 0.02, 0.435, 0.3),
    ],
)
def test_the_table_of_alerts(base: float, cells: int, h: float, f: float, ppv: float, false: float) -> None:
    found = alert_economics(base, h, f, cells_a_year=cells)
    assert found.ppv == pytest.approx(ppv, abs=0.0005 if ppv < 0.1 else 0.005)
    assert found.false_alarms_year == pytest.approx(false, abs=0.5 if false >= 4 else 0.05)
    assert found.missed_year == pytest.approx(cells * base * (1 - h))
    assert found.alarms_year == pytest.approx(found.false_alarms_year + cells * base * h)


def test_no_alarm_has_no_precision() -> None:
    assert alert_economics(0.1, 0.0, 0.0, cells_a_year=10).ppv is None
    with pytest.raises(ValueError, match="rates"):
        alert_economics(1.1, 0.5, 0.5, cells_a_year=10)


@given(inner, shares, shares, inner)
def test_value_is_that_of_the_definition(s: float, h: float, f: float, a: float) -> None:
    # Richardson (2000), equation for V by hit rate H, false alarm rate F, base rate s and ratio a.
    v = (min(a, s) - f * a * (1 - s) + h * s * (1 - a) - s) / (min(a, s) - s * a)
    assert relative_value(s, h, f, a) == pytest.approx(v)
    assert relative_value(s, 1, 0, a) == pytest.approx(1)
    assert relative_value(s, h, f, a) <= 1 + 1e-9
    assert max(relative_value(s, 1, 1, a), relative_value(s, 0, 0, a)) == pytest.approx(0)


@given(inner, shares, shares)
def test_the_most_is_at_the_base_rate_and_is_the_skill_of_hits(s: float, h: float, f: float) -> None:
    assert relative_value(s, h, f, s) == pytest.approx(h - f)


def test_no_value_without_both_outcomes() -> None:
    assert np.isnan(relative_value(0.0, 0.5, 0.5, 0.1)) and np.isnan(relative_value(1.0, 0.5, 0.5, 0.1))
    for bad in (0.0, 1.0, 1.5):
        with pytest.raises(ValueError, match="ratio"):
            relative_value(0.5, 0.5, 0.5, bad)


def world(seed: int, areas: int = 17, years: int = 20) -> PastCells:
    """Calibrated forecasts: the event happens with the probability that was forecast."""
    rng = np.random.default_rng(seed)
    n = areas * years * 4
    p = rng.beta(0.6, 2.4, n)
    place = np.arange(n)
    return PastCells.of(place % areas, place // areas, 2000 + place // (4 * areas), p, rng.random(n) < p)


def table(cells: PastCells, **more: Any) -> Any:
    asked: dict[str, Any] = {
        "own_ratio": 0.12, "cells_a_year": 68.0, "level": 0.9, "resamples": 400,
        "rng": np.random.default_rng(1),
    }  # fmt: skip
    return cost_loss_table(cells, **asked | more)


def test_the_table_is_what_one_counts() -> None:
    cells = world(3)
    rows = {row.ratio: row for row in table(cells)}
    assert set(rows) == {*COST_RATIOS, 0.12} and [r.ratio for r in rows.values() if r.own] == [0.12]
    p, y = cells.probabilities, cells.happened
    for a, row in rows.items():
        alarm = p >= a
        assert row.alarmed == pytest.approx(alarm.mean())
        assert row.missed == pytest.approx((y & ~alarm).sum() / y.sum())
        assert row.ppv == pytest.approx(y[alarm].mean())
        assert row.false_alarms_year == pytest.approx((alarm & ~y).sum() / 20)
        expense = np.where(alarm, a, y).mean()
        const, perfect = min(a, y.mean()), a * y.mean()
        assert row.value == pytest.approx((const - expense) / (const - perfect))
        few = min((y & alarm).sum(), (y & ~alarm).sum()) < 5
        assert (row.low is None and row.high is None) if few else row.low < row.value < row.high


def test_the_cost_loss_threshold_is_the_best_of_all() -> None:
    cells = world(4, years=400)
    for a in (0.1, 0.25, 0.5):
        tried = np.linspace(0.01, 0.99, 99)
        expense = [np.where(cells.probabilities >= t, a, cells.happened).mean() for t in tried]
        assert np.where(cells.probabilities >= a, a, cells.happened).mean() - min(expense) < 0.0005
        assert abs(tried[int(np.argmin(expense))] - a) < 0.07
    assert act(0.25, 0.25) and not act(0.2499, 0.25)


def test_no_interval_and_no_table_where_nothing_can_be_said() -> None:
    with pytest.raises(NotDefined) as found:
        table(PastCells.of(["A", "B"], [1, 1], [2020, 2020], [0.1, 0.2], [0, 0]))
    assert found.value.reason == "one_outcome"
    one_block = table(PastCells.of(["A", "A"], [1, 2], [2020, 2020], [0.1, 0.9], [0, 1]))
    assert {row.low for row in one_block} == {None} and one_block[0].value is not None
    # One event in forty area-years: a third of the samples hold none; an interval would be that of the rest.
    rare = PastCells.of(np.arange(40), [1] * 40, [2020] * 40, [0.3] * 40, np.arange(40) == 0)
    assert {row.low for row in table(rare)} == {None}


@given(st.integers(0, 10_000))
@settings(max_examples=10, deadline=None)
def test_same_seed_same_interval_whatever_the_order(seed: int) -> None:
    cells = world(seed, areas=4, years=3)
    assume(cells.happened.any())
    turned = PastCells.of(
        cells.areas[::-1],
        cells.periods[::-1],
        cells.years[::-1],
        cells.probabilities[::-1],
        cells.happened[::-1],
    )
    assert table(cells) == table(turned)
