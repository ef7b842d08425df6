"""Judgements: the last one stands, what was taken back does not, differences wait for a third person."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kelisim.core.languages import Words
from kelisim.evidence.discourse.codebook import Codebook, Value, Variable
from kelisim.evidence.discourse.coder_agreement import agreement_of
from kelisim.evidence.discourse.judgements import (
    CRITERIA,
    Judgement,
    danger_by_rule,
    disputed_danger,
    gold_codes,
    questions_of,
    standing,
)

WORD = Words.same("word")


def variable(code: str, values: str, **more: Any) -> Variable:
    made = tuple(Value(value, value[0], WORD) for value in values.split())
    return Variable(code, WORD, WORD, made, of_interest=(values.split()[0],), **more)


BOOK = Codebook(
    "b",
    "1",
    (
        variable("tone", "negative positive", asked="group"),
        variable("danger", "0 1 2 3", measure="ordinal"),
        *(variable(name, "0 1 2", ask_if=("danger", ("1", "2", "3"))) for name in CRITERIA),
    ),
)
KNOWN = {"1": BOOK.meanings()}


def said(coder: str, unit: str, name: str, code: str, target: str = "", role: Any = "coder") -> Judgement:
    return Judgement("2024-05-01T10:00:00Z", coder, unit, name, target, code, "1", role=role)


@given(st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from("uv"), st.sampled_from(["", "0", "1"]))))
def test_what_stands_is_the_last_word_of_each(told: list[tuple[str, str, str]]) -> None:
    made = standing(said(coder, unit, "danger", code) for coder, unit, code in told)
    expected = {}
    for coder, unit, code in told:
        expected[coder, (unit, "danger", "")] = code
    assert {key: one.code for key, one in made.items()} == {key: c for key, c in expected.items() if c}


def test_gold_is_decided_agreed_or_open() -> None:
    told = [
        said("a", "u1", "danger", "1"), said("b", "u1", "danger", "1"),
        said("a", "u2", "danger", "1"), said("b", "u2", "danger", "2"),
        said("a", "u3", "danger", "0"), said("b", "u3", "danger", "3"),
        said("a", "u4", "danger", "2"),
        said("c", "u3", "danger", "3", role="adjudicator"),
    ]  # fmt: skip
    gold = gold_codes(told, "danger", BOOK, KNOWN)
    assert gold.codes == {("u1", ""): "1", ("u3", ""): "3", ("u4", ""): "2"}
    assert gold.open == (("u2", ""),)
    assert gold.given["u3", ""] == {"a": "0", "b": "3"}


def test_questions_follow_from_groups_and_answers() -> None:
    def asked(groups: list[str], **answers: str) -> list[str]:
        mine = {(name, ""): code for name, code in answers.items()}
        return [f"{v.code} {target}".strip() for v, target in questions_of(BOOK, groups, mine)]

    assert asked([]) == ["danger"]
    assert asked(["uzbek", "kurd"], danger="0") == ["tone uzbek", "tone kurd", "danger"]
    assert asked([], danger="2") == ["danger", *CRITERIA]


@pytest.mark.parametrize(
    ("criteria", "level"),
    [
        ("22020", 0),
        ("00100", 1),
        ("11110", 1),
        ("21110", 2),
        ("00200", 2),
        ("22200", 2),
        ("11221", 3),
        ("02222", 2),
    ],
)
def test_five_criteria_speak_for_a_level(criteria: str, level: int) -> None:
    named = dict(zip(CRITERIA, map(int, criteria), strict=True))
    assert danger_by_rule(named) == level


@given(st.tuples(*[st.integers(0, 2)] * 5), st.integers(0, 4))
def test_more_of_a_criterion_is_never_less_danger(values: tuple[int, ...], place: int) -> None:
    more = [min(2, value + (k == place)) for k, value in enumerate(values)]
    one, two = (danger_by_rule(dict(zip(CRITERIA, v, strict=True))) for v in (values, more))
    assert one <= two


def test_a_level_against_its_criteria_is_disputed() -> None:
    told = [said("a", "u1", "danger", "1")] + [said("a", "u1", name, "2") for name in CRITERIA]
    assert disputed_danger(told) == {("u1", "")}
    gold = gold_codes(told, "danger", BOOK, KNOWN, disputed_danger(told))
    assert gold.open == (("u1", ""),) and not gold.codes


def rows(seed: int, n: int, share: float, right: float) -> Any:
    rng = np.random.default_rng(seed)
    truth = rng.random(n) < share
    coded = [truth ^ (rng.random(n) > right) for _ in range(2)]
    given_ = [
        {coder: "negative" if c[k] else "positive" for coder, c in zip("ab", coded, strict=True)}
        for k in range(n)
    ]
    tone = BOOK.variables[0]
    return agreement_of(tone, "kk", given_, level=0.95, draws=500, rng=np.random.default_rng(1))


@pytest.mark.parametrize(
    ("right", "n", "verdict", "needs"),
    [
        (0.99, 300, "firm", ""),
        (0.94, 600, "tentative", "clearer definitions"),
        (0.94, 40, "not gold", "about "),
        (0.8, 300, "not gold", "more texts would not help"),
    ],
)
def test_a_verdict_says_what_is_missing(right: float, n: int, verdict: str, needs: str) -> None:
    row = rows(3, n, 0.5, right)
    assert row.verdict == verdict, row
    assert needs in row.needs and bool(row.needs) == bool(needs)
    assert 0 <= row.positive["negative"] <= 1


def test_one_coder_or_one_value_is_a_reason() -> None:
    tone = BOOK.variables[0]
    draw = {"level": 0.95, "draws": 200, "rng": np.random.default_rng(1)}
    alone = agreement_of(tone, "kk", [{"a": "negative"}] * 9, **draw)  # type: ignore[arg-type]
    same = agreement_of(tone, "kk", [{"a": "positive", "b": "positive"}] * 9, **draw)  # type: ignore[arg-type]
    assert (alone.reason, same.reason) == ("nothing_pairable", "one_value")
    assert alone.verdict == same.verdict == "not gold" and alone.needs and same.needs
