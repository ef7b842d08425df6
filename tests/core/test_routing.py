"""Routing: conditions lead as jumps do, and unreachable is exactly what no answers reach."""

from __future__ import annotations

from itertools import combinations, product

from hypothesis import given, settings
from hypothesis import strategies as st

from kelisim.core.questionnaire import Condition, Item, Option, Questionnaire
from kelisim.core.routing import all_conditions, asked, next_after, reachable
from kelisim.sources.questionnaire_routing import END, Declared, faults_of_reach, routed
from tests.questionnaires import EVERY_KIND, declared

CODES = ("1", "2", "3")


def options(alone: bool = False) -> tuple[Option, ...]:
    return tuple(Option(code, {}, excludes=alone and code == "3") for code in CODES)


def form(items: tuple[Item, ...]) -> Questionnaire:
    return Questionnaire("f", {}, ("kk",), items, "1")


def possible(item: Item) -> list[tuple[str, ...]]:
    """Every permitted answer to an item."""
    if item.type == "single":
        return [(code,) for code in CODES]
    most = item.max_selections or len(CODES)
    chosen = [some for size in range(1, most + 1) for some in combinations(CODES, size)]
    return [some for some in chosen if len(some) == 1 or not any(item.option(code).alone for code in some)]


@st.composite
def items(draw: st.DrawFn) -> tuple[Item, ...]:
    made: list[Item] = []
    for k in range(draw(st.integers(1, 4))):
        conditions = [
            Condition(
                draw(st.sampled_from(made)).code,
                tuple(draw(st.lists(st.sampled_from(CODES), min_size=1, max_size=2, unique=True))),
            )
            for _ in range(draw(st.integers(0, 3)) if made else 0)
        ]
        several = draw(st.booleans())
        made.append(
            Item(
                f"q{k}",
                "multiple" if several else "single",
                {},
                options=options(alone=several and draw(st.booleans())),
                max_selections=draw(st.sampled_from([None, 2])) if several else None,
                ask_if=tuple(conditions),
            )
        )
    return tuple(made)


@given(items())
@settings(max_examples=60, deadline=None)
def test_reachable_means_that_some_answers_lead_there(drawn: tuple[Item, ...]) -> None:
    questionnaire = form(drawn)
    by_code = {item.code: item for item in drawn}
    met: set[str] = set()
    for answers in product(*(possible(item) for item in drawn)):
        met |= set(asked(questionnaire, dict(zip(by_code, answers, strict=True))))
    assert {item.code for item in drawn if reachable(item, by_code)} == met


@st.composite
def jumps(draw: st.DrawFn) -> list[Declared]:
    size = draw(st.integers(1, 6))
    made = []
    for k in range(size):
        later = [f"q{j}" for j in range(k + 1, size)] + [END]
        gotos = draw(st.dictionaries(st.sampled_from(CODES), st.sampled_from(later), max_size=2))
        made.append(Declared(Item(f"q{k}", "single", {}, options=options()), (), gotos))
    return made


def walked(declared_items: list[Declared], answers: dict[str, str]) -> tuple[str, ...]:
    """The interview as an interviewer walks it on paper."""
    order = [one.item.code for one in declared_items]
    way, k = [], 0
    while k < len(order):
        way.append(order[k])
        target = declared_items[k].gotos.get(answers[order[k]])
        k = k + 1 if target is None else len(order) if target == END else order.index(target)
    return tuple(way)


@given(jumps(), st.data())
@settings(max_examples=150, deadline=None)
def test_conditions_lead_as_the_jumps_do(drawn: list[Declared], data: st.DataObject) -> None:
    questionnaire = form(routed(drawn))
    if any("jump" in fault.reason for fault in faults_of_reach(drawn, "f", {})):
        return  # what conditions cannot say is refused
    answers = {one.item.code: data.draw(st.sampled_from(CODES)) for one in drawn}
    assert asked(questionnaire, {code: [answer] for code, answer in answers.items()}) == walked(
        drawn, answers
    )


def test_a_jump_that_conditions_cannot_say_is_told() -> None:
    inner = Item("q1", "single", {}, options=options(), ask_if=(Condition("q0", ("1",)),))
    drawn = [
        Declared(Item("q0", "single", {}, options=options()), (), {}),
        Declared(inner, (), {"1": "q3"}),
        Declared(Item("q2", "open", {}), (), {}),
        Declared(Item("q3", "open", {}), (), {}),
    ]
    [fault] = faults_of_reach(drawn, "f", {})
    assert "'q1' is asked of some only" in fault.reason and "ask_if" in fault.way_out


def test_the_form_of_every_kind() -> None:
    questionnaire = declared(EVERY_KIND)
    assert asked(questionnaire, {"ok": ["2"]}) == ("who", "ok")
    assert "B" not in asked(questionnaire, {"ok": ["1"], "A": ["3"]})
    assert "C" in asked(questionnaire, {"ok": ["1"], "A": ["1"], "B": ["2", "3"]})
    items = {item.code: item for item in questionnaire.items}
    base = all_conditions(items["C"], items)
    assert {condition.question for condition in base} == {"ok", "A", "B"}
    assert next_after(questionnaire, items["A"], "3") == items["D"]
    assert next_after(questionnaire, items["ok"], "2") is None
