"""Scores and scales: as declared, turned round where declared, missing where there is no score."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kelisim.core.questionnaire import NOT_ANSWERED, NOT_ASKED, Scale
from kelisim.core.scales import scale_columns
from kelisim.evidence.survey.scoring import item_scores, scale_scores
from kelisim.sources.batteries import battery_names
from kelisim.sources.questionnaire import battery_questionnaire

ROWS = {code: {"kk": code} for code in ("a", "b")}


def test_a_worked_example_of_perceived_threat() -> None:
    form = battery_questionnaire("threat", {}, ("kk",))
    scale = next(one for one in form.scales if one.key == "perceived_threat")
    answers = {  # jobs, land, safe (turned round), language, customs, decide (turned round)
        "threat_real_jobs": ["5", "1", "98"],
        "threat_real_land": ["4", "1", "99"],
        "threat_real_safe": ["1", "5", NOT_ANSWERED],
        "threat_symbol_language": ["3", "1", "5"],
        "threat_symbol_customs": ["98", "1", "5"],
        "threat_symbol_decide": ["2", "5", "1"],
    }
    found = scale_scores(form, scale, {name: np.array(codes) for name, codes in answers.items()})
    # (10 + 7.5 + 10 + 5 + 7.5) / 5 = 8; all calm = 0; three answers of six are too few.
    np.testing.assert_allclose(found[""], [8.0, 0.0, np.nan])


def test_social_distance_gives_a_number_for_each_group() -> None:
    form = battery_questionnaire("social_distance", ROWS, ("kk",))
    [scale] = form.scales
    found = scale_scores(
        form, scale, {"distance_a": np.array(["1", "98"]), "distance_b": np.array(["7", NOT_ASKED])}
    )
    assert list(found) == ["a", "b"]
    np.testing.assert_array_equal(found["a"], [1.0, np.nan])
    np.testing.assert_array_equal(found["b"], [7.0, np.nan])


def test_a_sum_is_not_lowered_by_a_missing_answer() -> None:
    form = battery_questionnaire("attitudes", {}, ("kk",))
    scale = Scale("s", {}, ("att_know",), "sum", 2, 0)
    data = {"customs": ["5", "5"], "alike": ["5", "98"], "strange": ["1", "1"]}
    found = scale_scores(form, scale, {f"att_know_{row}": np.array(codes) for row, codes in data.items()})
    np.testing.assert_allclose(found[""], [15.0, 15.0])


@pytest.mark.parametrize("name", battery_names())
def test_every_scale_runs_from_end_to_end(name: str) -> None:
    form = battery_questionnaire(name, ROWS, ("kk",))
    for scale in form.scales:
        parts = [part for row in scale_columns(form, scale).values() for part in row]
        best, worst = {}, {}
        for column, turned in parts:
            scored = sorted(
                (o for o in column.item.options if o.score is not None), key=lambda o: o.score or 0
            )
            ends = scored[::-1] if turned else scored
            worst[column.name], best[column.name] = np.array([ends[0].code]), np.array([ends[-1].code])
        low, high = scale_scores(form, scale, worst), scale_scores(form, scale, best)
        assert all(low[row][0] < high[row][0] for row in low)
        blank = {column.name: np.array([NOT_ASKED]) for column, _ in parts}
        assert all(np.isnan(value[0]) for value in scale_scores(form, scale, blank).values())


@given(
    st.lists(st.sampled_from(["1", "2", "3", "4", "5", "97", "98", NOT_ASKED, "x"]), min_size=1, max_size=20)
)
def test_turning_twice_changes_nothing(codes: list[str]) -> None:
    item = battery_questionnaire("contact", {}, ("kk",)).items[0]
    once = item_scores(item, np.array(codes), turned=True)
    turned = {o.code: 10.0 - o.score for o in item.options if o.score is not None}
    mirrored = replace(item, options=tuple(replace(o, score=turned.get(o.code)) for o in item.options))
    np.testing.assert_array_equal(
        item_scores(mirrored, np.array(codes), turned=True), item_scores(item, np.array(codes), False)
    )
    np.testing.assert_array_equal(np.isnan(once), [code not in turned for code in codes])
