"""What may be written when: two judges who are not the issuer, late reports waited for, nothing rewritten."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kelisim.core.errors import BrokenChain
from kelisim.forecasting.ledger import Ledger, replay
from kelisim.forecasting.ledger_entries import (
    Action,
    ClockNote,
    Correction,
    Entry,
    Resolution,
    Withdrawal,
)
from tests.forecasting.ledgers import ANNA, BOLAT, DANA, DAY, WORDS, at, chain, later, ledger, warning

ISSUED = (DAY, warning())
DUE = date(2026, 7, 30)
ACTION = Action("w1", "measure-7", "effect-7", later(10), "area_officer")


def says(
    person: str, outcome: str = "did_not_happen", *, event_date: date | None = None, action: str = "",
    corrects: str = "", role: str = "analyst",
) -> Resolution:  # fmt: skip
    events = ("event-1",) if outcome == "happened" else ()
    if outcome == "happened" and event_date is None:
        event_date = later(20)
    return Resolution("w1", outcome, events, event_date, action, role, person, corrects)


def state(made: Ledger, day: date = DUE) -> str:
    standing = made.standing("w1", day)
    assert standing is not None
    return standing.state


def refused(made: Ledger, entry: Entry, day: date) -> str:
    return " ".join(f"{p.field}: {p.reason} {p.way_out}" for p in made.objections(entry, at(day)))


def test_a_warning_waits_runs_and_falls_due() -> None:
    made = ledger(ISSUED)
    assert [state(made, day) for day in (DAY, later(1), date(2026, 7, 29), DUE)] == [
        "waiting",
        "running",
        "running",
        "due",
    ]


def test_two_persons_decide_and_a_third_only_where_they_differ() -> None:
    one = ledger(ISSUED, (DUE, says(ANNA)))
    assert state(one) == "one_answer"
    both = ledger(ISSUED, (DUE, says(ANNA)), (DUE, says(BOLAT)))
    assert state(both) == "did_not_happen"
    assert "judged" in refused(both, says(DANA), DUE)
    differ = ledger(ISSUED, (DUE, says(ANNA)), (DUE, says(BOLAT, "unclear")))
    assert state(differ) == "disputed"
    third = ledger(ISSUED, (DUE, says(ANNA)), (DUE, says(BOLAT, "unclear")), (DUE, says(DANA)))
    assert state(third) == "did_not_happen"
    standing = third.standing("w1", DUE)
    assert standing is not None and standing.agreed is False and standing.answers == 3
    torn = ledger(
        ISSUED, (DUE, says(ANNA)), (DUE, says(BOLAT, "unclear")), (DUE, says(DANA, "happened"))
    )  # fmt: skip
    assert state(torn) == "unclear"


def test_one_person_cannot_decide_alone_nor_the_issuer_nor_a_program() -> None:
    one = ledger(ISSUED, (DUE, says(ANNA)))
    assert "judged it already" in refused(one, says(ANNA), DUE)
    own = ledger((DAY, warning(kind="human_warning", role="analyst", issuer=ANNA)))
    assert "issued the warning" in refused(own, says(ANNA), DUE)
    assert "program" in refused(ledger(ISSUED), says(ANNA, role="rule"), DUE)


def test_nothing_but_happened_is_said_before_late_reports_are_in() -> None:
    made = ledger(ISSUED)
    assert "2026-07-30" in refused(made, says(ANNA), later(100))
    assert not refused(made, says(ANNA, "happened"), later(21))
    assert "outside the window" in refused(made, says(ANNA, "happened", event_date=DAY), later(21))
    assert "after today" in refused(made, says(ANNA, "happened", event_date=later(30)), later(21))


def test_acted_upon_needs_an_action_written_down_before_the_outcome() -> None:
    acted = says(ANNA, "acted_upon", action="measure-7")
    assert "no action" in refused(ledger(ISSUED), acted, DUE)
    made = ledger(ISSUED, (later(10), ACTION))
    assert not refused(made, acted, DUE)
    assert "window closed" in refused(ledger(ISSUED), replace(ACTION, taken_on=DAY), date(2026, 5, 1))
    both = ledger(ISSUED, (later(10), ACTION), (DUE, acted), (DUE, replace(acted, person=BOLAT)))
    assert state(both) == "acted_upon"
    despite = ledger(
        ISSUED, (later(10), ACTION), (later(30), says(ANNA, "happened")), (later(30), says(BOLAT, "happened"))
    )  # fmt: skip
    assert state(despite) == "happened"


def test_late_evidence_is_a_second_judgement_and_both_are_kept() -> None:
    late = says(ANNA, "happened", corrects="late_report")
    other = says(BOLAT, "happened", corrects="late_report")
    after = DUE + timedelta(days=40)
    made = ledger(ISSUED, (DUE, says(ANNA)), (DUE, says(BOLAT)), (after, late), (after, other))
    standing = made.standing("w1", after)
    assert standing is not None
    assert (standing.first_outcome, standing.outcome) == ("did_not_happen", "happened")
    assert standing.event_date == later(20)
    assert state(made.as_known_on(DUE)) == "did_not_happen"
    assert "not judged it yet" in refused(ledger(ISSUED), late, DUE)


@pytest.mark.parametrize(
    ("changes", "part"),
    [
        ({"as_of": "2026-03-02"}, "as_of"),
        ({"rule": {"first": "2026-01-01", "last": "2026-02-27"}}, "horizon is past"),
        ({"rule": {"first": "2026-02-28"}}, "before the day of issue"),
        ({"rule": {"last": "2062-04-30"}}, "ten years"),
        ({"horizon_months": 1, "rule": {"last": "2026-08-30"}}, "farther than the horizon"),
        ({"replaces": "w0"}, "no withdrawn warning"),
    ],
)
def test_a_warning_about_an_impossible_time_is_refused(changes: dict[str, object], part: str) -> None:
    assert part in refused(ledger(), warning("w9", **changes), DAY)


def test_a_name_stands_once() -> None:
    made = ledger(ISSUED)
    assert "with the same content" in refused(made, warning(), DAY)
    assert "with other content" in refused(made, warning(probability=0.4), DAY)


def test_a_withdrawn_warning_stays_and_cannot_be_judged() -> None:
    withdrawal = Withdrawal("w1", "note-1", "analyst")
    made = ledger(ISSUED, (DAY, withdrawal))
    assert state(made) == "withdrawn"
    assert "was withdrawn" in refused(made, says(ANNA), DUE)
    assert "window opened" in refused(ledger(ISSUED), withdrawal, later(1))
    assert not refused(made, warning("w2", replaces="w1"), DAY)


def test_words_can_be_bettered_until_the_window_opens() -> None:
    better = Correction("w1", replace(warning().says, kk="жаңа сөз"), warning().rule.words, "analyst")
    made = ledger(ISSUED, (DAY, better))
    standing = made.standing("w1", DAY)
    assert standing is not None and standing.says.kk == "жаңа сөз" and standing.warning.says.kk == WORDS["kk"]
    assert "window opened" in refused(ledger(ISSUED), better, later(5))


def test_a_clock_that_goes_back_is_refused_unless_it_is_said_to_have_been_ahead() -> None:
    made = ledger((later(30), warning(rule={"first": "2026-04-01"})))
    entry = warning("w2", rule={"first": "2026-04-01"})
    assert "clock says 2026-03-21T12:00:00Z" in refused(made, entry, later(20))
    ahead = ClockNote(made.lines[-1].at.strftime("%Y-%m-%dT%H:%M:%SZ"), "analyst")
    put_right = ledger(
        (later(30), warning(rule={"first": "2026-04-01"})), (later(20), ahead), (later(20), entry)
    )  # fmt: skip
    # Both clocks stand in the lines; the warning counts as known from the corrected time on.
    assert len(put_right.as_known_on(later(19)).standings(later(19))) == 0
    assert len(put_right.as_known_on(later(20)).standings(later(20))) == 2


def test_a_ledger_made_against_the_rules_is_not_read() -> None:
    with pytest.raises(BrokenChain, match="line 4 is inadmissible: person"):
        ledger(ISSUED, (DUE, says(ANNA)), (DUE, says(ANNA)))
    with pytest.raises(BrokenChain, match="opened by its first line"):
        replay(chain(ISSUED)[1:])


@given(st.lists(st.integers(0, 4), min_size=1, max_size=12), st.integers(-1, 60), st.integers(0, 30))
def test_what_is_known_only_grows(steps: list[int], day: int, more: int) -> None:
    entries, now = [], 0
    for number, step in enumerate(steps):
        now += step
        entries.append((later(now), warning(f"w{number}", rule={"first": "2026-04-25"})))
    made = ledger(*entries)
    early, late = made.as_known_on(later(day)), made.as_known_on(later(day + more))
    assert late.lines[: len(early.lines)] == early.lines
    assert early.standings(later(day)) == late.as_known_on(later(day)).standings(later(day))
    assert len(early.standings(later(day))) == sum(when <= later(day) for when, _ in entries)
