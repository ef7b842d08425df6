"""Checks of interviews find what was planted and are silent about honest work."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kelisim.core.answers import Answers
from kelisim.core.errors import NotDefined
from kelisim.core.questionnaire import NOT_ANSWERED, Item, Option, Questionnaire
from kelisim.evidence.survey.interview_checks import Limits, check_interviews
from kelisim.evidence.survey.matching_answers import equal_records, maximum_match
from kelisim.evidence.survey.straight_lines import straight_lines

SCALE = tuple(Option(str(k), {"en": str(k)}, score=float(k)) for k in range(1, 6))
ROWS = {f"r{k}": {"en": f"Row {k}"} for k in range(6)}


def form(questions: int, roles: bool = True) -> Questionnaire:
    items = [
        Item(f"Q{k}", "single", {"en": f"Q{k}"}, options=tuple(SCALE[: 3 + k % 3])) for k in range(questions)
    ]
    items.append(Item("G", "grid", {"en": "Grid"}, options=SCALE, rows=ROWS))
    if roles:
        items.append(Item("INT", "open", {"en": "Who"}, role="interviewer"))
        items.append(Item("PSU", "open", {"en": "Village"}, role="cluster"))
    return Questionnaire("f", {"en": "f"}, ("en",), tuple(items), "1")


def wave(n: int = 200, questions: int = 20, seed: int = 1, **changes: Any) -> Answers:
    """Honest interviews by eight interviewers in ten villages; synthetic."""
    rng, asked = np.random.default_rng(seed), form(questions)
    data: dict[str, Any] = {}
    for column in asked.columns():
        codes = [option.code for option in column.item.options]
        if codes:
            data[column.name] = rng.choice(np.array(codes, dtype="U12"), n)
    data["INT"] = np.array([f"i{k % 8}" for k in range(n)], dtype=object)
    data["PSU"] = np.array([f"v{k % 10}" for k in range(n)], dtype=object)
    starts = np.datetime64("2024-01-08T08:00:00") + np.arange(n) * np.timedelta64(3600, "s")
    made = Answers(
        asked,
        data,
        {item.code: np.ones(n, dtype=bool) for item in asked.items},
        np.array([f"{k:032x}" for k in range(n)]),
        np.arange(n) + 2,
        starts.astype("datetime64[s]"),
        rng.normal(30, 4, n),
        np.full(n, "kk"),
    )
    return replace(made, **changes)


def changed(answers: Answers, **columns: Any) -> Answers:
    return replace(answers, data={**answers.data, **columns})


def codes(answers: Answers, **limits: Any) -> dict[str, int]:
    return {f.code: f.records for f in check_interviews(answers, Limits(**limits)).findings}


def test_honest_interviews_give_no_findings() -> None:
    assert codes(wave()) == {}
    assert codes(wave(questions=80, seed=3)) == {}


def test_lengths_against_the_median() -> None:
    minutes = wave().minutes.copy()
    minutes[[3, 4]], minutes[7], minutes[9] = 5.0, 200.0, -2.0
    assert codes(wave(minutes=minutes)) == {"ends_before_it_begins": 1, "short": 2, "long": 1}


def test_interviews_of_one_interviewer_that_overlap() -> None:
    started = wave().started.copy()
    started[8] = started[0] + np.timedelta64(60, "s")  # both by i0
    assert codes(wave(started=started)) == {"overlap": 1}


def test_copies_are_found_whole_and_changed_a_little() -> None:
    given_ = wave(questions=80)
    data = {name: values.copy() for name, values in given_.data.items()}
    for name in list(data)[:80]:
        data[name][10] = data[name][11]
        data[name][20] = data[name][21]
    for row in ROWS:
        data[f"G_{row}"][10] = data[f"G_{row}"][11]
    data["Q3"][20] = NOT_ANSWERED
    found = codes(changed(given_, **data))
    assert found["equal_answers"] == 2 and found["high_match"] >= 4
    report = check_interviews(changed(given_, **data), Limits())
    assert next(f.lines for f in report.findings if f.code == "equal_answers") == (12, 13)
    assert "a screen and no proof" in next(f.message for f in report.findings if f.code == "high_match")


def test_the_screen_of_matches_says_when_it_means_nothing() -> None:
    report = check_interviews(wave(questions=5), Limits())
    assert any("honest interviews often agree" in remark.reason for remark in report.remarks)


@settings(max_examples=40)
@given(st.integers(0, 2**32), st.integers(2, 30))
def test_the_maximum_match_is_that_of_all_pairs(seed: int, n: int) -> None:
    answers = wave(n=n, questions=6, seed=seed)
    rng = np.random.default_rng(seed)
    data = dict(answers.data)
    for name in ("Q1", "Q2", "Q3"):
        data[name] = np.where(rng.random(n) < 0.4, NOT_ANSWERED, data[name])
    answers = changed(answers, **data)
    found = maximum_match(answers, least=9, most_records=100)
    names = [c.name for c in answers.questionnaire.columns() if not c.item.role]
    held = np.column_stack([answers.data[name] for name in names])
    given_ = held != NOT_ANSWERED
    for one in range(n):
        shares = [
            (held[one] == held[k])[both].mean()
            for k in range(n)
            if k != one and (both := given_[one] & given_[k]).sum() >= 9
        ]
        if shares:
            assert found.share[one] == pytest.approx(max(shares), abs=1e-6)
        else:
            assert np.isnan(found.share[one]) and found.partner[one] == -1


def test_too_many_or_too_few_records_are_said() -> None:
    for answers, most in ((wave(n=1), 10), (wave(n=20), 10)):
        with pytest.raises(NotDefined):
            maximum_match(answers, least=1, most_records=most)
    assert equal_records(wave(n=1), least=1) == []


def test_straight_lines_in_a_grid() -> None:
    answers = wave()
    lines = {f"G_{row}": answers.data[f"G_{row}"].copy() for row in ROWS}
    for name in lines:
        lines[name][:5] = "3"
    lines["G_r5"][4] = NOT_ANSWERED  # five equal answers of five are a line still
    assert codes(changed(answers, **lines)) == {"straight_line": 5}
    (grid,) = straight_lines(changed(answers, **lines), least=4)
    assert grid.name == "G" and list(np.flatnonzero(grid.straight)) == [0, 1, 2, 3, 4]


def test_an_interviewer_who_moves_answers_is_seen_and_chance_is_not() -> None:
    answers = wave(n=400)
    moved = answers.data["Q2"].copy()
    moved[np.flatnonzero(answers.data["INT"] == "i3")] = "1"
    report = check_interviews(changed(answers, Q2=moved), Limits())
    assert [f.where for f in report.findings] == ["Q2"] and report.findings[0].code == "interviewer_effect"
    effect = next(e for e in report.effects if e["column"] == "Q2")
    assert 0 < effect["low"] < effect["value"] < effect["high"] < 1 and effect["interviewers"] == 8


def test_silence_and_lonely_interviews() -> None:
    answers = wave()
    silent = answers.data["Q1"].copy()
    silent[:50] = NOT_ANSWERED
    villages = answers.data["PSU"].copy()
    villages[0] = "v99"
    assert codes(changed(answers, Q1=silent, PSU=villages)) == {"silence": 50, "lonely_interview": 1}


def test_interviewers_appear_by_code_in_order_and_never_ranked() -> None:
    report = asdict(check_interviews(wave(), Limits()))
    assert [row["interviewer"] for row in report["interviewers"]] == [f"i{k}" for k in range(8)]
    assert sum(row["interviews"] for row in report["clusters"]) == 200


@settings(max_examples=30)
@given(st.integers(0, 60), st.integers(0, 2**32))
def test_any_wave_can_be_checked(n: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    answers = wave(n=n, questions=4, seed=seed)
    data = {
        name: np.where(rng.random(n) < 0.5, NOT_ANSWERED, values) if values.dtype.kind == "U" else values
        for name, values in answers.data.items()
    }
    minutes = np.where(rng.random(n) < 0.3, np.nan, answers.minutes)
    report = check_interviews(replace(answers, data=data, minutes=minutes), Limits())
    assert report.records == n and all(f.records <= max(n, 1) for f in report.findings)
