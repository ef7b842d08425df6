"""The register by two times: nothing later changes an earlier view, contradictions are told, not settled."""

from __future__ import annotations

import random
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kelisim.core.errors import TableError
from kelisim.evidence.events.records import Statement, doubts
from kelisim.evidence.events.register import Register
from kelisim.evidence.events.vocabulary import CONFLICT, COOPERATION, EVENT_TYPES, half

D1, D2, D3 = date(2020, 7, 30), date(2020, 8, 5), date(2020, 9, 1)


def said(record: str, day: date, event: str = "e1", source: str = "desk", **values: Any) -> Statement:
    return Statement(event, day, record, source, values)


def report(day: date = D1, event: str = "e1", **values: Any) -> Statement:
    return said("report", day, event, **{"first": "2020-07-28", "event_type": "brawl", "area": "A", **values})


LATER = st.lists(
    st.builds(
        lambda record, day, event, value: said(
            record,
            D1 + timedelta(days=day),
            event,
            **{
                "report": {"first": "2020-07", "event_type": "clash", "area": "B"},
                "correction": {"outcome": value, "detained_best": float(len(value))},
                "withdrawal": {},
                "label": {"voice": "media", "label": value and "ethnic"},
                "adjudication": {"label": "brawl" if len(value) % 2 else "ethnic"},
            }[record],
        ),
        st.sampled_from(["report", "correction", "withdrawal", "label", "adjudication"]),
        st.integers(0, 40),
        st.sampled_from(["e1", "e2", "e3"]),
        st.sampled_from(["faded", "reconciled", "ongoing"]),
    ),
    max_size=14,
)


@given(LATER, st.integers(0, 40))
def test_what_is_known_later_never_changes_an_earlier_view(statements: list[Statement], after: int) -> None:
    day = D1 + timedelta(days=after)
    known = [each for each in statements if each.known_on <= day]
    assert Register.of(statements).as_known_on(day) == Register.of(known).as_known_on(day)


@given(LATER, st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(statements: list[Statement], order: random.Random) -> None:
    # But for second reports of one event on one day, of which the first row counts.
    once: dict[tuple[str, str, date], Statement] = {}
    for each in statements:
        once.setdefault((each.event, each.record, each.known_on), each)
    shuffled = list(once.values())
    order.shuffle(shuffled)
    assert Register.of(once.values()).as_known_on(date.max) == Register.of(shuffled).as_known_on(date.max)


def test_a_correction_counts_from_the_day_it_was_known() -> None:
    register = Register.of([report(), said("correction", D2, first="2020-07-29", detained_best=80.0)])
    before, after = (register.as_known_on(day)[0] for day in (D1, D2))
    assert (str(before.happened), before.values.get("detained_best")) == ("2020-07-28", None)
    assert (str(after.happened), after.values["detained_best"]) == ("2020-07-29", 80.0)
    assert after.reported_on == D1 and after.changed_on == D2
    assert register.as_known_on(D1 - timedelta(days=1)) == ()


def test_every_voice_keeps_its_label_and_a_decision_stands_apart() -> None:
    register = Register.of(
        [
            report(),
            said("label", D1, source="press", voice="minister", label="domestic_quarrel"),
            said("label", D2, source="press", voice="media", label="ethnic"),
            said("adjudication", D3, label="brawl"),
        ]
    )
    event = register.as_known_on(D3)[0]
    assert [(v.voice, v.label) for v in event.voices] == [
        ("media", "ethnic"),
        ("minister", "domestic_quarrel"),
    ]
    assert event.adjudicated == "brawl"
    assert register.as_known_on(D2)[0].adjudicated is None


def test_corrections_that_contradict_each_other_are_told_and_change_nothing() -> None:
    register = Register.of(
        [
            report(killed_best=0.0),
            said("correction", D2, source="a", killed_best=1.0, outcome="faded"),
            said("correction", D2, source="b", killed_best=2.0),
        ]
    )
    event = register.as_known_on(D2)[0]
    assert event.values["killed_best"] == 0.0 and event.disputed == ("killed_best",)
    assert event.values["outcome"] == "faded"
    (found,) = register.contradictions()
    assert (found.kind, found.field, found.values) == ("corrections", "killed_best", ("1.0", "2.0"))
    settled = Register.of([*register.statements, said("correction", D3, killed_best=1.0)]).as_known_on(D3)[0]
    assert settled.values["killed_best"] == 1.0 and settled.disputed == ()


def test_withdrawn_events_and_statements_about_nothing() -> None:
    register = Register.of([report(), said("withdrawal", D2)])
    assert len(register.as_known_on(D1)) == 1 and register.as_known_on(D2) == ()
    strange = Register.of([report(), report(D2), said("correction", D3, event="e9", outcome="faded")])
    assert [c.kind for c in strange.contradictions()] == ["reported_twice", "no_report"]


def test_the_register_only_grows() -> None:
    register = Register.of([report(D2)])
    assert len(register.append([report(D2, "e2")]).statements) == 2
    with pytest.raises(TableError, match="before the register's latest"):
        register.append([report(D1, "e2")])


def test_both_halves_have_types() -> None:
    assert {half(kind) for kind in CONFLICT} == {"conflict"}
    assert {half(kind) for kind in COOPERATION} == {"cooperation"}
    assert len(set(EVENT_TYPES)) == len(CONFLICT) + len(COOPERATION)


@pytest.mark.parametrize(
    ("statement", "field", "words"),
    [
        (said("report", D1, event_type="brawl", area="A"), "first", "does not say it"),
        (report(first="2020-08-02"), "first", "after 2020-07-30, when it was known"),
        (report(last="2020-07-01"), "last", "before it begins"),
        (report(killed_low=3.0, killed_best=1.0), "killed_low", "low 3 is above best 1"),
        (report(injured_low=3.0, injured_high=1.0), "injured_low", "low 3 is above high 1"),
        (report(stage="open_struggle"), "stage", "'brahm' has no stage"),
        (report(stage="latent", event_type="mutual_aid"), "stage", "co-operation has no stage"),
        (report(longitude=200.0, latitude=1.0), "longitude", "not on the globe"),
        (report(longitude=20.0), "longitude", "without the other"),
        (said("correction", D1), "record", "changes nothing"),
        (said("label", D1, voice="media"), "label", "needs it"),
    ],
)
def test_what_is_wrong_with_a_statement_is_said(statement: Statement, field: str, words: str) -> None:
    (found,) = doubts(statement, None)
    assert found.field == field and words in found.reason and found.way_out


def test_a_month_that_holds_the_day_it_was_known_is_no_contradiction() -> None:
    assert list(doubts(report(first="2020-07"), None)) == []
    assert list(doubts(report(stage="open_struggle", stage_model="seven_steps"), None)) == []
