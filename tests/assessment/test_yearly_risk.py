"""The slow clock: rates come back, short histories lean on the region, nothing is claimed of silence."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kelisim.assessment.yearly_risk import yearly_risk
from kelisim.core.decisions import SlowClock
from kelisim.core.errors import CountsError, NotDefined
from kelisim.core.estimates import Estimate


def test_a_long_history_gives_its_own_rate() -> None:
    p, low, high = yearly_risk(600, 6000, 5.0, 0.9)
    assert p == pytest.approx(1 - np.exp(-1.2), abs=0.02) and low < p < high


def test_a_short_quiet_history_leans_on_the_region_and_is_not_zero() -> None:
    p, low, high = yearly_risk(0, 6, 0.1, 0.9)
    # Gamma(0.6, 12): P = 1 - (12 / 24)^0.6.
    assert p == pytest.approx(1 - 0.5**0.6) and 0 < low < p < high < 1


@given(st.integers(0, 200), st.integers(1, 400), st.floats(0.01, 3.0))
def test_more_events_never_lower_the_risk(events: int, months: int, region: float) -> None:
    p, low, high = yearly_risk(events, months, region, 0.9)
    assert 0 <= low <= high <= 1 and 0 < p <= 1
    assert yearly_risk(events + 1, months, region, 0.9)[0] >= p


def test_its_interval_holds_the_truth_as_often_as_said() -> None:
    # Rates drawn from the prior that is assumed; 400 areas allow 3 sqrt(.9 x .1 / 400) = .045.
    rng = np.random.default_rng(3)
    inside = 0
    for _ in range(400):
        rate = rng.gamma(6 * 0.3, 1 / 6)
        _, low, high = yearly_risk(int(rng.poisson(24 * rate)), 24, 0.3, 0.9)
        inside += low <= 1 - np.exp(-12 * rate) <= high
    assert abs(inside / 400 - 0.9) <= 0.045


def test_what_cannot_be_told_is_not() -> None:
    with pytest.raises(NotDefined, match="no month"):
        yearly_risk(0, 0, 0.1, 0.9)
    with pytest.raises(NotDefined, match="nothing happened"):
        yearly_risk(0, 12, 0.0, 0.9)
    with pytest.raises(CountsError):
        yearly_risk(-1, 12, 0.1, 0.9)
    with pytest.raises(ValueError, match="level"):
        yearly_risk(1, 12, 0.1, 1.0)


def test_the_clock_cannot_be_added_to_anything() -> None:
    slow = SlowClock(
        Estimate(value=0.4, unit="probability", method="yearly_risk", grade="poor", source="twin")
    )
    for refused in (lambda: slow + slow, lambda: slow * 2, lambda: sum([slow, 0.1])):
        with pytest.raises(TypeError, match="side by side"):
            refused()
