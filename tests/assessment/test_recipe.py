"""The recipe: one identifier, seven steps that do what they say, and the refusals of the rules."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kelisim.assessment.items import index_recipe
from kelisim.assessment.recipe import (
    Aggregate,
    Component,
    Denominate,
    Impute,
    Normalise,
    Recipe,
    Screen,
    Treat,
    Weight,
    difference,
    recipe_id,
    same_recipe,
)
from kelisim.assessment.steps import Composite, Item, Measured, apply
from kelisim.core.errors import RecipeError, RecipesDiffer
from kelisim.core.estimates import Estimate

TRUST = Item("trust", "mean", "scale 0-10", -1, "slow")
JOBLESS = Item("jobless", "share", "share 0-1", 1, "slow")
DISPUTES = Item("disputes", "count", "count", 1, "slow")
MIX = Item("mix", "mean", "index 0-1", 0, "slow")
POSTS = Item("posts", "share", "share 0-1", 1, "fast")
NOTHING = {"trust": "none", "jobless": "none"}
POINTS = {"trust": (0.0, 10.0), "jobless": (1.0, 0.0)}


def recipe(**changed: Any) -> Recipe:
    steps: dict[str, Any] = {
        "screen": Screen(rule="none"),
        "impute": Impute(rule="none"),
        "denominate": Denominate(by=NOTHING),
        "treat": Treat(rules=NOTHING),
        "normalise": Normalise(rule="goalposts", points=POINTS),
        "weight": Weight(
            basis="equal",
            components={"a": Component(0.5, {"trust": 1.0}), "b": Component(0.5, {"jobless": 1.0})},
        ),
        "aggregate": Aggregate(rule="arithmetic", least_components=1),
    }
    return Recipe(**{**steps, **changed})


def measured(*items: Item, values: Any, **changed: Any) -> Measured:
    array = np.asarray(values, dtype=float)
    array = array[None] if array.ndim == 2 else array
    areas = tuple(f"A{k}" for k in range(array.shape[1]))
    parts: dict[str, Any] = {"poor": np.zeros(array.shape[1:], dtype=bool), "exposures": {}}
    return Measured(areas=areas, items=items, values=array, **{**parts, **changed})


def made(steps: Recipe, data: Measured) -> Composite:
    return apply(steps, data, np.random.default_rng(1))


PAIR = [[5.0, 0.1], [8.0, 0.3], [2.0, 0.2]]


def test_the_identifier_ignores_the_order_of_mappings_and_the_kind_of_number() -> None:
    turned = recipe(normalise=Normalise(rule="goalposts", points={"jobless": (1, 0), "trust": (0, 10)}))
    assert recipe_id(turned) == recipe_id(recipe())
    assert len(recipe_id(recipe())) == 64


@pytest.mark.parametrize(
    "changed",
    [
        {"screen": Screen(rule="coverage", coverage=0.5)},
        {"impute": Impute(rule="regional_mean")},
        {"denominate": Denominate(by={**NOTHING, "jobless": "residents"})},
        {"treat": Treat(rules={**NOTHING, "jobless": "logit"})},
        {"normalise": Normalise(rule="rank")},
        {"aggregate": Aggregate(rule="geometric", least_components=1)},
        {"aggregate": Aggregate(rule="arithmetic", least_components=2)},
        {"weight": Weight(basis="equal", components={"a": Component(1.0, {"trust": 1.0, "jobless": 1.0})})},
    ],
)
def test_one_changed_step_changes_the_identifier(changed: Mapping[str, Any]) -> None:
    assert recipe_id(recipe(**changed)) != recipe_id(recipe())


def test_a_step_cannot_be_left_out() -> None:
    with pytest.raises(TypeError):
        Recipe(screen=Screen(rule="none"))  # type: ignore[call-arg]
    with pytest.raises(RecipeError, match="nothing is said of jobless"):
        made(recipe(treat=Treat(rules={"trust": "none"})), measured(TRUST, JOBLESS, values=PAIR))


def test_values_are_composed_as_written() -> None:
    out = made(recipe(), measured(TRUST, JOBLESS, values=PAIR))
    assert out.components[0, 0] == pytest.approx([0.5, 0.9])
    assert out.total[0] == pytest.approx([0.7, 0.75, 0.5])
    assert [line.split(":")[0] for line in out.log] == [
        "screen", "impute", "denominate", "treat", "normalise", "weight", "aggregate",
    ]  # fmt: skip
    assert out.log[0] == "screen: none"


def test_a_step_with_nothing_to_do_says_so() -> None:
    steps = recipe(impute=Impute(rule="regional_mean"))
    assert "nothing done" in made(steps, measured(TRUST, JOBLESS, values=PAIR)).log[1]


def estimate(value: float, recipe_: str) -> Estimate:
    return Estimate(value=value, unit="index 0-1", method="m", grade="good", source="s", recipe=recipe_)


def test_values_of_different_recipes_are_never_compared() -> None:
    assert difference(estimate(0.5, "x"), estimate(0.25, "x")) == 0.25
    with pytest.raises(RecipesDiffer):
        difference(estimate(0.5, "x"), estimate(0.25, "y"))
    with pytest.raises(RecipesDiffer):
        same_recipe(estimate(0.5, "x"), estimate(0.25, ""))
    linked = frozenset({frozenset({"x", "y"})})
    assert difference(estimate(0.5, "x"), estimate(0.25, "y"), linked) == 0.25


def test_context_can_never_carry_weight() -> None:
    weight = Weight(basis="declared", components={"a": Component(1.0, {"mix": 0.01, "trust": 0.99})})
    steps = recipe(
        weight=weight, denominate=Denominate(by={"trust": "none", "mix": "none"}),
        treat=Treat(rules={"trust": "none", "mix": "none"}),
        normalise=Normalise(rule="goalposts", points={"trust": (0, 10), "mix": (0, 1)}),
    )  # fmt: skip
    with pytest.raises(RecipeError, match="context"):
        made(steps, measured(TRUST, MIX, values=PAIR))


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"weight": Weight(basis="declared", components={"a": Component(1.0, {"nobody": 1.0})})}, "nobody"),
        ({"weight": Weight(basis="declared", components={"a": Component(-1.0, {"trust": 1.0})})}, "negative"),
        (
            {"weight": Weight(basis="declared", components={"a": Component(0.0, {"trust": 1.0})})},
            "all weights",
        ),
        ({"denominate": Denominate(by={**NOTHING, "trust": "residents"})}, "denominator already"),
        ({"treat": Treat(rules={**NOTHING, "jobless": "log1p"})}, "no rule 'log1p'"),
        ({"treat": Treat(rules={**NOTHING, "trust": "logit"})}, "not a share"),
        ({"treat": Treat(rules={**NOTHING, "trust": "winsorise"})}, "no bounds"),
        ({"normalise": Normalise(rule="minmax")}, "minimum and maximum"),  # type: ignore[arg-type]
        ({"normalise": Normalise(rule="goalposts", points={"trust": (0, 10)})}, "no fixed points"),
        ({"normalise": Normalise(rule="goalposts", points={**POINTS, "trust": (10, 0)})}, "direction"),
        ({"aggregate": Aggregate(rule="sum", least_components=1)}, "no rule 'sum'"),  # type: ignore[arg-type]
        ({"screen": Screen(rule="coverage", coverage=None)}, "share of areas"),
    ],
)
def test_what_the_rules_forbid_is_refused_by_name(changed: Mapping[str, Any], words: str) -> None:
    with pytest.raises(RecipeError, match=words):
        made(recipe(**changed), measured(TRUST, JOBLESS, values=PAIR))


def test_an_unknown_unit_and_a_bare_count_are_refused() -> None:
    with pytest.raises(RecipeError, match="unit"):
        made(recipe(), measured(replace(TRUST, unit=""), JOBLESS, values=PAIR))
    with pytest.raises(RecipeError, match="is a count"):
        made(
            recipe(
                weight=Weight(basis="equal", components={"a": Component(1.0, {"trust": 1.0})}),
                denominate=Denominate(by={"trust": "none", "disputes": "none"}),
            ),
            measured(TRUST, DISPUTES, values=PAIR),
        )


def test_slow_and_fast_are_never_added() -> None:
    rules = {"trust": "none", "posts": "none"}
    steps = recipe(
        denominate=Denominate(by=rules), treat=Treat(rules=rules),
        normalise=Normalise(rule="goalposts", points={"trust": (0, 10), "posts": (1, 0)}),
        weight=Weight(
            basis="equal",
            components={"a": Component(0.5, {"trust": 1.0}), "b": Component(0.5, {"posts": 1.0})},
        ),
    )  # fmt: skip
    with pytest.raises(RecipeError, match="slow and fast"):
        made(steps, measured(TRUST, POSTS, values=PAIR))


def test_counts_are_divided_by_their_exposure() -> None:
    rules = {"disputes": "residents"}
    steps = recipe(
        denominate=Denominate(by=rules), treat=Treat(rules={"disputes": "log"}),
        normalise=Normalise(rule="reference", points={"disputes": (-7.0, 1.0)}),
        weight=Weight(basis="equal", components={"a": Component(1.0, {"disputes": 1.0})}),
    )  # fmt: skip
    data = measured(DISPUTES, values=[[10.0], [20.0]], exposures={"residents": np.array([1e4, 4e4])})
    assert made(steps, data).total[0] == pytest.approx([-7.0 - np.log(1e-3), -7.0 - np.log(5e-4)])
    for exposure in (np.array([1e4, 0.0]), np.array([1e4, np.nan])):
        with pytest.raises(RecipeError, match="outage"):
            made(steps, replace(data, exposures={"residents": exposure}))
    with pytest.raises(RecipeError, match="rates of 0"):
        made(steps, replace(data, values=np.zeros((1, 2, 1))))


def test_gaps_stay_gaps_and_a_half_component_is_none() -> None:
    both = Weight(basis="equal", components={"a": Component(1.0, {"trust": 1.0, "jobless": 1.0})})
    out = made(recipe(weight=both), measured(TRUST, JOBLESS, values=[[5.0, np.nan], [5.0, 0.5]]))
    assert out.present.tolist() == [[False], [True]]
    assert np.isnan(out.total[0, 0]) and out.total[0, 1] == 0.5


def test_screening_leaves_out_poor_grades_and_thin_items() -> None:
    data = measured(TRUST, JOBLESS, values=[[5.0, 0.1], [8.0, np.nan], [2.0, np.nan]])
    data = replace(data, poor=np.array([[True, False], [False, False], [False, False]]))
    out = made(recipe(screen=Screen(rule="coverage", coverage=0.5)), data)
    assert out.present.tolist() == [[False, False], [True, False], [True, False]]
    assert "jobless" in out.log[0] and "poor grade left out: 1" in out.log[0]


def test_a_last_value_is_carried_forward_only_with_growing_variance() -> None:
    values = np.full((4000, 2, 2), 0.5)
    values[:, 0, 0] = np.nan
    earlier = np.full_like(values, 5.0)
    data = measured(TRUST, JOBLESS, values=values, earlier=earlier, rhythms=np.full((2, 2), 4.0))
    out = made(recipe(impute=Impute(rule="last_value", growth={"trust": 0.25})), data)
    assert out.components[:, 0, 0].std() * 10 == pytest.approx(1.0, rel=0.05)
    assert out.too_much_imputed.tolist() == [True, False]
    with pytest.raises(RecipeError, match="variance per rhythm"):
        made(recipe(impute=Impute(rule="last_value")), data)
    with pytest.raises(RecipeError, match="earlier values"):
        made(recipe(impute=Impute(rule="last_value")), replace(data, earlier=None))


def test_the_regional_mean_brings_its_spread() -> None:
    rng = np.random.default_rng(5)
    values = np.broadcast_to(rng.normal(5, 1, (1, 8, 2)), (3000, 8, 2)).copy()
    values[:, 0, 0] = np.nan
    seen = values[0, 1:, 0]
    out = made(
        recipe(impute=Impute(rule="regional_mean"),
               normalise=Normalise(rule="reference", points={"trust": (0, 1), "jobless": (0, 1)})),
        measured(TRUST, JOBLESS, values=values),
    )  # fmt: skip
    filled = out.components[:, 0, 0]
    assert filled.mean() == pytest.approx(seen.mean(), abs=0.1)
    assert filled.std() == pytest.approx(seen.std(ddof=1) * np.sqrt(1 + 1 / 7), rel=0.05)


def test_aggregations_by_hand() -> None:
    parts = {name: Component(1.0, {name: 1.0}) for name in "abcd"}
    items = tuple(Item(name, "mean", "index 0-1", -1, "slow") for name in "abcd")
    rules = dict.fromkeys("abcd", "none")
    base = recipe(
        denominate=Denominate(by=rules), treat=Treat(rules=rules),
        normalise=Normalise(rule="goalposts", points=dict.fromkeys("abcd", (0.0, 1.0))),
        weight=Weight(basis="equal", components=parts),
    )  # fmt: skip
    data = measured(*items, values=[[0.1, 0.2, 0.4, 0.9]])
    got = {
        rule: float(made(replace(base, aggregate=Aggregate(rule=rule, least_components=3)), data).total[0, 0])  # type: ignore[arg-type]
        for rule in ("arithmetic", "geometric", "three_worst")
    }
    assert got == pytest.approx({"arithmetic": 0.4, "geometric": (0.1 * 0.2 * 0.4 * 0.9) ** 0.25,
                                 "three_worst": 0.7 / 3})  # fmt: skip
    few = measured(*items, values=[[0.1, 0.2, np.nan, np.nan]])
    assert np.isnan(
        made(replace(base, aggregate=Aggregate(rule="arithmetic", least_components=3)), few).total
    ).all()


def test_ranks_count_ties_half() -> None:
    steps = recipe(
        normalise=Normalise(rule="rank"),
        weight=Weight(basis="equal", components={"a": Component(1.0, {"trust": 1.0})}),
    )
    out = made(steps, measured(TRUST, JOBLESS, values=[[1.0, 0.5], [3.0, 0.5], [3.0, 0.5], [9.0, 0.5]]))
    assert out.total[0] == pytest.approx([0.125, 0.5, 0.5, 0.875])


@given(st.lists(st.floats(0, 10), min_size=2, max_size=6), st.randoms(use_true_random=False))
def test_reordering_areas_reorders_the_result(values: list[float], order: Any) -> None:
    data = [[value, 0.5] for value in values]
    places = list(range(len(values)))
    order.shuffle(places)
    one = made(recipe(), measured(TRUST, JOBLESS, values=data)).total[0]
    two = made(recipe(), measured(TRUST, JOBLESS, values=[data[p] for p in places])).total[0]
    assert two == pytest.approx(one[places])


def test_the_default_recipe_of_the_index_is_pinned() -> None:
    # A changed identifier cuts new values off from those published before: say so in the log of changes.
    assert recipe_id(index_recipe())[:16] == "7f1e71eab844355c"
