"""SPSS and Stata: labels, values declared missing, damaged files."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings

from kelisim.core.errors import Refused
from kelisim.core.questionnaire import Item, Option, Questionnaire
from tests.sources.mutations import mutated
from tests.sources.responses.layouts import read
from tests.sources.responses.spss import dta, sav

OPTIONS = (
    Option("1", {"ru": "Да", "en": "yes"}),
    Option("2", {"ru": "Нет", "en": "no"}),
    Option("98", {"ru": "Трудно сказать", "en": "hard to say"}, missing_kind="dont_know"),
    Option("99", {"ru": "Отказ", "en": "refused"}, missing_kind="refused"),
)
FORM = Questionnaire(
    "f",
    {"ru": "f", "en": "f"},
    ("ru", "en"),
    (
        Item("Q1", "single", {"ru": "Есть ли?", "en": "Is there?"}, options=OPTIONS),
        Item("Q2", "multiple", {"ru": "Какие?", "en": "Which?"}, options=OPTIONS[:2]),
        Item("Q3", "number", {"ru": "Возраст", "en": "Age"}),
        Item("Q4", "open", {"ru": "Слова", "en": "Words"}),
    ),
    "1",
)
LABELS = {1: "Да", 2: "Нет", 98: "Трудно сказать", 99: "Отказ"}
COLUMNS = {
    "Q1": [1.0, 2.0, 98.0, 99.0, None],
    "Q2_1": [1.0, 0.0, None, 1.0, None],
    "Q2_2": [0.0, 1.0, None, 1.0, None],
    "Q3": [45.5, 18.0, None, 30.0, 31.0],
    "Q4": ["Түркістан", "", "б", "в", "г"],
    "FIO": ["Ә", "Б", "", "", ""],
}


def test_values_declared_missing_stay_apart(tmp_path: Path) -> None:
    path = tmp_path / "a.sav"
    path.write_bytes(sav(COLUMNS, {"Q1": LABELS}, {"Q1": (98.0, 99.0)}, {"Q3": "Возраст"}))
    answers = read(path, FORM)
    assert list(answers.data["Q1"]) == ["1", "2", "98", "99", "not_answered"]
    assert np.array_equal(answers.data["Q2_1"], [1, 0, np.nan, 1, np.nan], equal_nan=True)
    assert list(answers.data["Q4"]) == ["Түркістан", "", "б", "в", "г"]
    assert not answers.set_aside


def test_the_label_of_the_file_decides_what_its_number_means(tmp_path: Path) -> None:
    turned = {1: "Нет", 2: "Да", 98: "Трудно сказать", 99: "Отказ"}
    path = tmp_path / "a.sav"
    path.write_bytes(sav(COLUMNS, {"Q1": turned}, {}, {}))
    assert list(read(path, FORM).data["Q1"]) == ["2", "1", "98", "99", "not_answered"]


def test_variables_are_known_by_their_title_too(tmp_path: Path) -> None:
    named = {"v1": COLUMNS["Q1"], "v3": COLUMNS["Q3"]}
    path = tmp_path / "a.sav"
    path.write_bytes(sav(named, {"v1": LABELS}, {}, {"v1": "1. Есть ли?", "v3": "Возраст"}))
    answers = read(path, FORM)
    assert list(answers.data["Q1"])[:4] == ["1", "2", "98", "99"] and answers.data["Q3"][0] == 45.5


def test_extended_missings_of_stata_stay_apart(tmp_path: Path) -> None:
    path = tmp_path / "a.dta"
    columns = {"Q1": [1.0, 2.0, 98.0, None, 99.0], "Q3": [45.5, 18.0, None, 3.0, 4.0]}
    path.write_bytes(dta(columns, {"Q1": {1: "yes", 2: "no", 98: "hard to say", 99: "refused"}}))
    answers = read(path, FORM)
    assert list(answers.data["Q1"]) == ["1", "2", "98", "not_answered", "99"]
    path.write_bytes(dta({**columns, "Q1": [1.0, ".a", ".b", None, 2.0]}, {}))
    answers = read(path, FORM)
    assert list(answers.data["Q1"]) == ["1", "not_answered", "not_answered", "not_answered", "2"]
    # Without a label nobody can tell what .a and .b stood for: they are set aside, not merged with a blank.
    assert [(one.line, one.value) for one in answers.set_aside] == [(2, "a"), (3, "b")]


@pytest.mark.parametrize("examples", [40, pytest.param(400, marks=pytest.mark.proof)])
def test_damaged_files(examples: int, tmp_path: Path) -> None:
    whole = sav(COLUMNS, {"Q1": LABELS}, {"Q1": (98.0, 99.0)}, {"Q3": "Возраст"})
    stata = dta({"Q1": COLUMNS["Q1"]}, {"Q1": {1: "yes"}})

    @settings(max_examples=examples, suppress_health_check=list(HealthCheck))
    @given(mutated(whole), mutated(stata))
    def holds(one: bytes, other: bytes) -> None:
        for data, ending in ((one, "sav"), (other, "dta")):
            path = tmp_path / f"a.{ending}"
            path.write_bytes(data)
            try:
                read(path, FORM)
            except Refused as refused:
                assert all(fault.file and fault.reason and fault.way_out for fault in refused.faults)

    holds()
