"""The ledger held against a register: rules read by a program, and where judges say otherwise."""

from __future__ import annotations

from datetime import date

import pytest

from kelisim.forecasting.ledger_entries import Entry, Resolution
from kelisim.forecasting.misses import RegisteredEvent, read_by_rule, readings_that_differ
from tests.forecasting.ledgers import ANNA, BOLAT, DAY, ledger, warning

END = date(2026, 9, 1)
LINES = {"D1": ("D1", "R"), "V1": ("V1", "D1", "R"), "D2": ("D2", "R")}


def line_of(area_id: str) -> tuple[str, ...]:
    return LINES[area_id]


def event(name: str = "e1", day: date = date(2026, 3, 10), **changes: object) -> RegisteredEvent:
    facts: dict[str, object] = {"area_id": "D1", "kind": "clash", "severity": 2} | changes
    return RegisteredEvent(name, day, facts["area_id"], facts["kind"], facts["severity"])  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("found", "outcome"),
    [
        (event(), "happened"),
        (event(area_id="V1"), "happened"),  # a village of the district
        (event(area_id="D2"), "did_not_happen"),
        (event(kind="dispute"), "did_not_happen"),
        (event(day=date(2026, 3, 1)), "did_not_happen"),  # the day before the window
        (event(day=date(2026, 4, 30)), "happened"),  # its last day
        (event(severity=0), "did_not_happen"),
        (event(severity=None), "cannot_tell"),
    ],
)
def test_a_program_reads_the_rule_as_it_is_written(found: RegisteredEvent, outcome: str) -> None:
    assert read_by_rule(warning(), [found], line_of).outcome == outcome


def test_a_rule_without_severity_counts_what_nobody_measured_and_names_the_first_day() -> None:
    told = read_by_rule(
        warning(rule={"min_severity": 0}),
        [event("late", date(2026, 4, 2), severity=None), event("early", severity=None)],
        line_of,
    )
    assert (told.outcome, told.events, told.first_day) == ("happened", ("early", "late"), date(2026, 3, 10))
    assert read_by_rule(warning(), [], line_of).events == ()


def judged(outcome: str) -> list[tuple[date, Entry]]:
    day = date(2026, 3, 10) if outcome == "happened" else None
    events = ("e1",) if outcome == "happened" else ()
    said = [Resolution("w1", outcome, events, day, "", "reviewer", p) for p in (ANNA, BOLAT)]
    return [(DAY, warning()), *((END, each) for each in said)]


@pytest.mark.parametrize(
    ("outcome", "events", "differ", "compared"),
    [
        ("happened", [event()], (), 1),
        ("happened", [], ("w1",), 1),
        ("did_not_happen", [event()], ("w1",), 1),
        ("did_not_happen", [], (), 1),
        ("did_not_happen", [event(severity=None)], (), 0),
        ("unclear", [event()], (), 0),
    ],
)
def test_where_judges_say_otherwise_than_the_rule_both_are_told(
    outcome: str, events: list[RegisteredEvent], differ: tuple[str, ...], compared: int
) -> None:
    standings = ledger(*judged(outcome)).standings(END)
    assert readings_that_differ(standings, events, line_of) == (differ, compared)
