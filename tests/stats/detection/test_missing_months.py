"""An outage can never raise an alarm, and a chart that waited goes on from the level it had."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kelisim.core.errors import CountsError, NotDefined
from kelisim.stats.detection.budget import set_threshold
from kelisim.stats.detection.chart import Chart, follow
from kelisim.stats.detection.cusum import Cusum
from kelisim.stats.detection.ewma import Ewma
from kelisim.stats.detection.farrington import Farrington
from kelisim.stats.detection.history import History
from kelisim.stats.detection.null import fit_null

CALM = History.of([1, 0, 2, 0, 1, 0, 0, 1, 3, 0, 1, 0] * 3)
NULL = fit_null(CALM)
MEMORY: list[Chart] = [Cusum(), Cusum(poisson=True), Ewma()]
CHARTS: list[Chart] = [*MEMORY, Farrington()]
COUNTS = st.lists(st.one_of(st.none(), st.integers(0, 12)), min_size=1, max_size=24)


@settings(max_examples=40, deadline=None)
@given(COUNTS, st.sampled_from(CHARTS), st.floats(0.05, 4.0))
def test_no_alarm_in_a_missing_month(counts: list[int | None], chart: Chart, threshold: float) -> None:
    done = follow(chart, CALM, NULL, History.of(np.array(counts, dtype=float)), threshold)
    for count, state in zip(counts, done.states, strict=True):
        assert (state == "missing") == (count is None)


@settings(max_examples=60, deadline=None)
@given(COUNTS, st.sampled_from(MEMORY), st.floats(0.05, 4.0))
def test_a_missing_month_changes_nothing_of_what_follows(
    counts: list[int | None], chart: Chart, threshold: float
) -> None:
    given_months = follow(chart, CALM, NULL, History.of(np.array(counts, dtype=float)), threshold)
    kept = [c for c in counts if c is not None]
    if not kept:
        assert given_months.alarms == () and given_months.waited == len(counts)
        return
    without = follow(chart, CALM, NULL, History.of(kept), threshold)
    assert tuple(s for s in given_months.states if s != "missing") == without.states


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(0, 9), min_size=3, max_size=18), st.sampled_from(CHARTS), st.data())
def test_an_outage_adds_no_alarm(counts: list[int], chart: Chart, data: st.DataObject) -> None:
    """Falling silent from some month to the end only takes alarms away."""
    whole = np.array(counts, dtype=float)
    cut = data.draw(st.integers(0, len(counts)))
    silent = whole.copy()
    silent[cut:] = np.nan
    before = follow(chart, CALM, NULL, History.of(whole), 0.7).alarms
    after = follow(chart, CALM, NULL, History.of(silent), 0.7)
    assert after.alarms == tuple(month for month in before if month < cut)
    assert after.waited == len(counts) - cut


def test_twice_the_effort_and_twice_the_counts_is_no_rise() -> None:
    doubled = History.of([2, 2, 0, 2, 4, 0, 2, 2, 0, 2, 2, 2], [2.0] * 12)
    plain = History.of(np.array([1, 1, 0, 1, 2, 0, 1, 1, 0, 1, 1, 1]))
    unseen = History.of(doubled.counts)
    level = {h: follow(Cusum(), CALM, NULL, h, 9.0).levels[-1] for h in (doubled, plain, unseen)}
    assert level[unseen] > 1.0
    assert level[doubled] < 0.5 * level[unseen]


@pytest.mark.parametrize("chart", MEMORY, ids=lambda c: c.name)
def test_one_event_in_a_month_of_which_little_was_seen_is_no_surge(chart: Chart) -> None:
    """A source that was up for a day of thirty, and one event in it, is no more than one event."""
    whole = follow(chart, CALM, NULL, History.of([1.0]), 1e9).levels[0]
    nearly_out = follow(chart, CALM, NULL, History.of([1.0], [1 / 30]), 1e9).levels[0]
    set_to = set_threshold(chart, CALM, NULL, 0.25, np.random.default_rng(1), paths=300)
    assert whole < nearly_out < set_to.threshold


def test_counts_without_effort_and_other_impossible_histories_are_refused() -> None:
    with pytest.raises(CountsError, match="nobody looked"):
        History.of([1, 2], [1.0, 0.0])
    for bad in ([-1], [0.5], [np.inf]):
        with pytest.raises(CountsError):
            History.of(bad)
    with pytest.raises(CountsError):
        History.of([1], [-1.0])
    with pytest.raises(NotDefined, match="baseline"):
        fit_null(History.of([1] * 11 + [None]))
