"""Counts by area and month, and what of them was known when."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kelisim.core.errors import CountsError, NotDefined
from kelisim.forecasting.panel import Panel
from kelisim.forecasting.vintages import Vintages
from tests.forecasting.worlds import panel

MONTHS = 12
records = st.lists(
    st.tuples(st.integers(0, 2), st.integers(0, MONTHS - 1), st.integers(0, 5), st.integers(0, 3)),
    max_size=25,
)


def vintages(rows: list[tuple[int, int, int, int]]) -> Vintages:
    """Records of area, month, months until the report, count."""
    return Vintages.of(
        ("a", "b", "c"),
        1,
        MONTHS,
        area=[r[0] for r in rows],
        month=[r[1] for r in rows],
        known=[r[1] + r[2] for r in rows],
        count=[r[3] for r in rows],
    )


def test_a_late_report_is_seen_from_the_month_it_came_in() -> None:
    register = vintages([(0, 2, 0, 1), (0, 2, 3, 4)])
    assert register.at(3).counts[0].tolist() == [0, 0, 1]
    assert register.at(5).counts[0].tolist() == [0, 0, 1, 0, 0]
    assert register.at(6).counts[0, 2] == 5
    assert register.final().counts[0].sum() == 5
    assert register.share_late() == pytest.approx(0.8)


@given(records, st.integers(1, MONTHS))
def test_what_was_known_only_grows_and_ends_in_all_records(
    rows: list[tuple[int, int, int, int]], origin: int
) -> None:
    register = vintages(rows)
    seen = register.at(origin).counts
    assert (seen <= register.final().counts[:, :origin]).all()
    if origin > 1:
        assert (register.at(origin - 1).counts <= seen[:, : origin - 1]).all()
    assert register.final().counts.sum() == sum(r[3] for r in rows)


@given(records, st.integers(1, MONTHS))
def test_reports_that_come_later_change_nothing_before(
    rows: list[tuple[int, int, int, int]], origin: int
) -> None:
    early = [r for r in rows if r[1] + r[2] < origin]
    assert (vintages(rows).at(origin).counts == vintages(early).at(origin).counts).all()


@given(records)
def test_a_settled_panel_comes_back_whole(rows: list[tuple[int, int, int, int]]) -> None:
    final = vintages(rows).final()
    again = Vintages.settled(final)
    assert (again.final().counts == final.counts).all()
    assert (again.at(5).counts == final.until(5).counts).all()


def test_records_that_cannot_be_are_refused() -> None:
    for area, month, known, count in ((3, 0, 0, 1), (0, 12, 12, 1), (0, 4, 3, 1), (0, 4, 4, -1)):
        with pytest.raises(CountsError):
            Vintages.of(("a", "b", "c"), 1, 12, area=[area], month=[month], known=[known], count=[count])
    with pytest.raises(CountsError, match="every record"):
        Vintages.of(("a",), 1, 12, area=[0, 0], month=[1], known=None, count=None)
    for origin in (0, 13):
        with pytest.raises(NotDefined):
            vintages([]).at(origin)


@pytest.mark.parametrize("counts", [[[1, -1]], [[0.5]], [[np.nan]], [1, 2]])
def test_counts_that_are_none_are_refused(counts: object) -> None:
    with pytest.raises(CountsError):
        Panel.of(("a",), 1, counts)  # type: ignore[arg-type]


def test_windows_by_hand() -> None:
    shown = panel(np.array([[1, 2, 3, 4], [0, 0, 5, 0]]))
    assert shown.sums(2).tolist() == [[3, 5, 7], [0, 5, 5]]
    assert shown.sums(2, last=3).tolist() == [[5, 7], [5, 5]]
    assert shown.after(1, 2).tolist() == [5, 5]
    assert shown.calendar(ahead=2).tolist() == [0, 1, 2, 3, 4, 5]
    for months, horizon in ((3, 2), (4, 1)):
        with pytest.raises(NotDefined, match="not ended"):
            shown.after(months, horizon)
    with pytest.raises(NotDefined, match="no window"):
        shown.sums(5)
    assert not shown.counts.flags.writeable
