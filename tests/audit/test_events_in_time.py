"""Events before their area, days in the wrong order, one event told twice."""

from __future__ import annotations

import pytest

from kelisim.audit.events_in_time import events_in_time, events_told_twice
from tests.cast import events, study, table

COLUMNS = ("event", "date", "date_last", "area", "place_kk", "place_ru", "place_en", "date_basis", "kind")


def test_an_event_before_its_area_was_founded_is_found_by_cell() -> None:
    (found,) = events_in_time(study(events([("E1", "2018", "S1", "x"), ("E2", "2019-07", "S4", "x")])))
    assert (found.code, found.level, found.values["event"]) == ("area_did_not_exist", "contradiction", "E2")
    assert [(c.row, c.column, c.printed) for c in found.cells] == [(3, "date", "2019-07"), (3, "area", "S4")]
    assert "2020" in found.message.kk and "Qala" in found.message.en


@pytest.mark.parametrize("day", ["2020", "2020-01", "2021-05-30", ""])
def test_a_day_on_which_the_area_may_have_existed_passes(day: str) -> None:
    assert not list(events_in_time(study(events([("E1", day, "S4", "x")]))))


def test_dates_that_cannot_be_are_found() -> None:
    rows = [("E1", "2018-05", "2018-04-30", "S1", "x", "x", "x", "printed", "clash")]
    (found,) = events_in_time(study(table("events", COLUMNS, rows)))
    assert found.code == "impossible_order_of_dates" and [c.column for c in found.cells] == [
        "date",
        "date_last",
    ]
    (later,) = events_in_time(study(events([("E1", "2021-07", "S1", "x")])))  # the study is of June 2021
    assert later.code == "impossible_order_of_dates"
    (words,) = events_in_time(study(events([("E1", "1990s", "S1", "x")])))
    assert (words.code, words.level) == ("date_not_readable", "gap")


def test_two_places_and_two_dates_of_one_event_are_found_by_cell() -> None:
    rows = [
        ("E1", "2018-05", "S1", "x"),
        ("E1", "2018-06", "S1", "x"),
        ("E2", "2018", "S1", "y"),
        ("E2", "2018", "S2", "z"),
    ]
    dates, places = events_told_twice(study(events(rows)))
    assert dates.values["differs"] == ("date",) and [c.row for c in dates.cells] == [2, 3]
    assert places.values["differs"] == ("area", "place_kk") and [c.row for c in places.cells] == [4, 5, 4, 5]


def test_a_more_exact_telling_of_the_same_day_passes() -> None:
    rows = [("E1", "2018", "S1", "x"), ("E1", "2018-06-03", "S1", "x"), ("E2", "2018-06", "S1", "x")]
    assert not list(events_told_twice(study(events(rows))))
