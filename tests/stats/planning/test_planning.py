"""Plans of interviews: formulas by hand, goals that are just reached, allocation against all others."""

from __future__ import annotations

from itertools import product
from math import sqrt
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import t as student

from kelisim.core.errors import NotDefined
from kelisim.stats.planning.allocation import ALLOCATIONS, Allocation, allocate, allocation_keys
from kelisim.stats.planning.design_effect import best_per_place, design_effect, greatest_load
from kelisim.stats.planning.plan import Assumed, Goal, Plan, Stratum, plan

SIZES = {"town": 200_000.0, "north": 90_000.0, "south": 60_000.0, "steppe": 12_000.0}
STRATA = [Stratum(name=n, population=p, places=60, control=n == "steppe") for n, p in SIZES.items()]


def made(goal: Goal, allocation: Allocation = "proportional", strata: Any = STRATA, **more: Any) -> Plan:
    told: dict[str, Any] = {"icc": 0.05, "cost_place": 60_000, "cost_interview": 4_000} | more
    return plan(strata, goal, Assumed(**told), allocation=allocation)


def test_the_design_effect_by_hand() -> None:
    assert design_effect(53.5, 0.05) == pytest.approx(3.625)
    assert design_effect(10, 0.05, weights_cv=0.5) == pytest.approx(1.45 * 1.25)
    assert design_effect(10, 0.05, load=26, icc_interviewer=0.02) == pytest.approx(1.45 + 0.5)
    assert best_per_place(60_000, 4_000, 0.05) == pytest.approx(sqrt(15 * 19))
    assert greatest_load(0.02, 1.5) == 26
    with pytest.raises(NotDefined):
        best_per_place(1, 1, 0.0)


@given(icc=st.floats(0.005, 0.3), price=st.floats(0.5, 50))
def test_no_other_number_per_place_buys_more(icc: float, price: float) -> None:
    best = best_per_place(price, 1.0, icc)

    def variance_for_money(m: float) -> float:
        return design_effect(m, icc) / m * (price + m)

    assert all(variance_for_money(best) <= variance_for_money(m) * (1 + 1e-9) for m in (1, 2, 5, 10, 30, 100))


@given(seed=st.lists(st.integers(1, 40), min_size=3, max_size=3), spare=st.integers(0, 8))
def test_neyman_in_whole_places_is_the_least_variance_of_all(seed: list[int], spare: int) -> None:
    keys = [float(key) for key in seed]
    total = 6 + spare

    def variance(shared: tuple[int, ...]) -> float:
        return sum(key**2 / k for key, k in zip(keys, shared, strict=True))

    found = tuple(allocate(total, keys, [60] * 3))
    every = [s for s in product(range(2, total), repeat=3) if sum(s) == total]
    assert variance(found) == pytest.approx(min(variance(shared) for shared in every))


@given(
    sizes=st.lists(st.floats(1, 1e6), min_size=1, max_size=8),
    rule=st.sampled_from(ALLOCATIONS),
    more=st.integers(0, 100),
)
def test_allocation_adds_up_and_keeps_its_bounds(sizes: list[float], rule: Allocation, more: int) -> None:
    keys = allocation_keys(sizes, [0.5] * len(sizes), rule, 0.5)
    available = [3 + 7 * k for k in range(len(sizes))]
    total = min(2 * len(sizes) + more, sum(available))
    shared = allocate(total, keys, available)
    assert sum(shared) == total and all(2 <= k <= most for k, most in zip(shared, available, strict=True))


def test_a_budget_is_spent_and_not_exceeded() -> None:
    found = made(Goal(budget=6_000_000), icc_areas=0.02)
    price = 60_000 + found.per_place * 4_000
    assert found.cost <= 6_000_000 < found.cost + price
    assert found.per_place == 17 and found.per_place_best == pytest.approx(sqrt(285))
    assert found.cost == found.places * 60_000 + found.interviews * 4_000
    assert found.df == found.places - 4 and sum(h.places for h in found.strata) == found.places
    assert found.warnings == ()
    with pytest.raises(NotDefined, match="two places"):
        made(Goal(budget=500_000))


def test_half_width_and_change_by_hand() -> None:
    found = made(Goal(budget=6_000_000), per_place=10, overlap=0.5, correlation=0.6)
    deff = 1.45
    whole = sum(SIZES.values())
    variance = sum((h.population / whole) ** 2 * 0.25 * deff / h.interviews for h in found.strata)
    assert found.half_width == pytest.approx(student.ppf(0.975, found.df) * sqrt(variance))
    seen = (student.ppf(0.975, found.df) + student.ppf(0.8, found.df)) * sqrt(2 * variance * 0.7)
    assert found.change == pytest.approx(seen)
    assert found.n_eff == pytest.approx(0.25 / variance)


@pytest.mark.parametrize("rule", ALLOCATIONS)
@pytest.mark.parametrize("goal", [{"half_width": 0.06}, {"change": 0.12}])
def test_a_goal_is_reached_with_the_fewest_places(goal: dict[str, float], rule: Allocation) -> None:
    found = made(Goal(**goal), rule)
    ((name, wanted),) = goal.items()
    assert getattr(found, name) <= wanted
    cost_of_one_less = found.cost - (60_000 + found.per_place * 4_000)
    assert getattr(made(Goal(budget=cost_of_one_less + 1), rule), name) > wanted


def test_reliability_of_every_area() -> None:
    found = made(Goal(reliability=0.7), "equal", icc_areas=0.05)
    for h in found.strata:
        assert h.reliability is not None and h.reliability >= 0.7
        assert h.interviews_needed is not None and h.interviews >= h.interviews_needed
    with pytest.raises(ValueError, match="icc_areas"):
        made(Goal(reliability=0.7))


def test_it_warns_and_says_what_is_out_of_reach() -> None:
    quiet = [Stratum(name=h.name, population=h.population, places=h.places) for h in STRATA]
    small = made(Goal(budget=1_200_000), strata=quiet)
    assert small.df < 8 and small.warnings == ("few_degrees_of_freedom", "no_control_areas")
    lone = [*STRATA, Stratum(name="one village", population=900, places=1)]
    assert "lonely_places" in made(Goal(budget=6_000_000), strata=lone).warnings
    with pytest.raises(NotDefined, match="more interviews in a place"):
        made(Goal(half_width=0.005))


def test_interviewers_are_loaded_up_to_their_own_effect() -> None:
    found = made(Goal(budget=6_000_000), icc_interviewer=0.02)
    assert found.load == 26 and found.interviewers == -(-found.interviews // 26)
    assert found.deff == pytest.approx(1 + 16 * 0.05 + 25 * 0.02)
    assert made(Goal(budget=6_000_000)).interviewers is None


def test_without_a_single_goal_nothing_is_planned() -> None:
    bad: list[dict[str, float]] = [{}, {"budget": 1, "change": 0.1}, {"half_width": 5}, {"budget": -1}]
    for told in bad:
        with pytest.raises(ValueError, match=r"goal|points"):
            Goal(**told)
