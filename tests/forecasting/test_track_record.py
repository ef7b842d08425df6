"""The score of small ledgers by hand: what is counted, unknown, too little to judge, or missed."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest

from kelisim.forecasting.ledger import Standing
from kelisim.forecasting.ledger_entries import Action, Entry, Resolution, Withdrawal
from kelisim.forecasting.misses import RegisteredEvent, timely_misses
from kelisim.forecasting.track_record import (
    Scoring,
    TrackRecord,
    outcomes_of,
    records_by,
    track_record,
)
from tests.forecasting.ledgers import ANNA, BOLAT, DAY, later, ledger, warning

DUE = date(2026, 7, 30)
CHOICES = Scoring(level=0.9, period_months=12, half_width=0.15, bin_width=0.1, fewest_in_bin=10)


def story(name: str, outcome: str, *, area: str = "D1", probability: float = 0.3) -> list[tuple[date, Entry]]:
    """A warning of DAY with both judgements on the day it falls due."""
    so = outcome == "happened"
    told: list[tuple[date, Entry]] = [(DAY, warning(name, area_id=area, probability=probability))]
    if outcome == "acted_upon":
        told.append((later(5), Action(name, "measure", "effect", later(5), "area_officer")))
    for person in (ANNA, BOLAT) if outcome != "open" else ():
        told.append((DUE, Resolution(
            name, outcome, ("event",) if so else (), later(21) if so else None,
            "measure" if outcome == "acted_upon" else "", "analyst", person)))  # fmt: skip
    return told


def stand(*stories: list[tuple[date, Entry]], day: date = DUE) -> tuple[Standing, ...]:
    entries = sorted((entry for told in stories for entry in told), key=lambda entry: entry[0])
    return ledger(*entries).standings(day)


def record(*stories: list[tuple[date, Entry]], day: date = DUE) -> TrackRecord:
    return track_record(stand(*stories, day=day), day, CHOICES, np.random.default_rng(1))


def test_four_warnings_by_hand() -> None:
    made = record(
        story("w1", "happened", area="D1", probability=0.8),
        story("w2", "did_not_happen", area="D2", probability=0.4),
        story("w3", "acted_upon", area="D3", probability=0.6),
        story("w4", "open", area="D4"),
        day=DUE + timedelta(days=400),
    )
    assert (made.issued, made.scored, made.known) == (4, 4, 2)
    assert made.counts["acted_upon"] == made.counts["due"] == 1
    assert made.came_true is not None and made.brier is not None and made.skill is not None
    assert (made.came_true.known, made.came_true.lowest, made.came_true.highest) == (0.5, 0.25, 0.75)
    # Known .04 and .16; unknown .16 to .36 and .09 to .49.
    assert made.brier.known == pytest.approx(0.1)
    assert (made.brier.lowest, made.brier.highest) == (pytest.approx(0.45 / 4), pytest.approx(1.05 / 4))
    assert made.skill.known == pytest.approx(1 - 0.2 / 0.82)
    assert made.lead_days is not None and made.lead_days.median == 21
    assert not made.judged and made.needed > 20
    assert made.agreed == (3, 3)
    years = (DUE + timedelta(days=400) - DAY).days / 365.2425
    assert made.false_alarms_year is not None
    assert made.false_alarms_year[:2] == (pytest.approx(1 / years), pytest.approx(3 / years))


def test_what_came_true_early_is_not_counted_before_the_others_can_be() -> None:
    told = [
        *story("w1", "open"),
        *(
            (later(30), Resolution("w1", "happened", ("e",), later(20), "", "analyst", p))
            for p in (ANNA, BOLAT)
        ),
    ]
    assert outcomes_of(stand(told, day=later(40)), later(40)) == ([], [])
    assert outcomes_of(stand(told), DUE)[1] == [1.0]


def test_a_withdrawn_warning_is_counted_and_not_scored() -> None:
    made = record([*story("w1", "open"), (DAY, Withdrawal("w1", "note", "analyst"))])
    assert (made.issued, made.scored, made.counts["withdrawn"]) == (1, 0, 1)
    assert made.came_true is None and made.brier is None and made.bins == ()


def test_nothing_issued_is_said_and_not_scored() -> None:
    made = record()
    assert made.issued == 0 and not made.judged and made.needed == 31
    assert made.came_true is made.brier is made.skill is made.calibration_error is made.lead_days is None


def test_a_zone_that_turns_green_is_no_alarm() -> None:
    green = warning("w1", kind="zone_change", zone_from="red", zone_to="green")
    made = track_record(ledger((DAY, green)).standings(DUE), DUE, CHOICES, np.random.default_rng(1))
    assert made.scored == 1 and made.came_true is None and made.brier is not None


def test_records_are_kept_apart_by_rule_and_area() -> None:
    standings = stand(story("w1", "happened", area="D1"), story("w2", "did_not_happen", area="D2"))
    made = records_by(standings, lambda s: s.warning.area_id, DUE, CHOICES, np.random.default_rng(1))
    assert {name: r.counts["happened"] for name, r in made.items()} == {"D1": 1, "D2": 0}


def test_an_event_that_no_alarm_announced_is_missed() -> None:
    line = {"D1": ("D1", "R"), "V": ("V", "D1", "R"), "D2": ("D2", "R")}
    events = [
        RegisteredEvent("in_time", later(10), "D1", "clash", 3),
        RegisteredEvent("in_a_village", later(12), "V", "clash", None),
        RegisteredEvent("elsewhere", later(10), "D2", "clash", 3),
        RegisteredEvent("too_mild", later(10), "D1", "clash", 0),
        RegisteredEvent("too_late", date(2026, 6, 1), "D1", "clash", 3),
        RegisteredEvent("other_kind", later(10), "D1", "festival", None),
        RegisteredEvent("before_all", DAY, "D1", "clash", 3),
        RegisteredEvent("to_come", date(2027, 1, 1), "D1", "clash", 3),
    ]
    found = timely_misses(stand(story("w1", "open")), events, lambda area: line[area], DUE, 0.95)
    assert found.warned == ("in_time", "in_a_village")
    assert found.missed == ("elsewhere", "too_mild", "too_late")
    assert found.recall is not None and found.recall[0] == 0.4 and found.recall[1] < 0.4 < found.recall[2]
    assert timely_misses((), events, lambda area: line[area], DUE, 0.95).recall is None
