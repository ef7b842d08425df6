"""No withheld count can be worked out, or nearly: from rows, columns, levels, linked tables, by insiders."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kelisim.core.study import Thresholds
from tests.disclosure.attacker import Key, intervals, sums_that_hold
from tests.disclosure.closed import PARENTS, closed_table, counts_shown, released, split, with_totals

K = 10
OBLASTS = ("S1", "S2", "S3")
GROUPS = ("alder", "birch", "cedar", "other")

persons = st.one_of(st.just(0), st.integers(1, 9), st.integers(10, 60), st.integers(61, 5000))


def attack(truth: dict[Key, float], found: dict[Key, object], known: dict[Key, float] | None = None):  # type: ignore[no-untyped-def]
    shown, hidden = split(found)  # type: ignore[arg-type]
    exact = {key: truth[key] for key in shown}
    sums = sums_that_hold(truth, PARENTS)
    return shown, hidden, intervals(exact, hidden, sums, slack=0.0, known=known)


@pytest.mark.proof
@settings(max_examples=250, deadline=None)
@given(st.lists(persons, min_size=12, max_size=12), st.sets(st.sampled_from([*OBLASTS, "S"]), max_size=2))
def test_at_length_the_exact_sums_leave_every_small_count_its_width(
    numbers: list[int], no_total: set[str]
) -> None:
    sums_leave_their_width(numbers, no_total)


@settings(max_examples=12, deadline=None)
@given(st.lists(persons, min_size=12, max_size=12), st.sets(st.sampled_from([*OBLASTS, "S"]), max_size=2))
def test_the_exact_sums_leave_every_small_count_its_width(numbers: list[int], no_total: set[str]) -> None:
    sums_leave_their_width(numbers, no_total)


def sums_leave_their_width(numbers: list[int], no_total: set[str]) -> None:
    inner = {(a, g): float(numbers[4 * i + j]) for i, a in enumerate(OBLASTS) for j, g in enumerate(GROUPS)}
    truth = {k: v for k, v in with_totals(inner).items() if not (k[1] == "total" and k[0] in no_total)}
    found = counts_shown(released(closed_table(truth, whole="S", complete_groups=True)))
    shown, hidden, ends = attack(truth, found)
    assert all(truth[key] >= K for key in shown)
    for key in hidden:
        if truth[key] < K:
            low, high = ends[key]
            assert low <= 0 and high >= K, (key, truth[key], low, high)


@settings(max_examples=6, deadline=None)
@given(st.lists(persons, min_size=12, max_size=12))
def test_the_only_person_of_a_cell_learns_nothing_of_others(numbers: list[int]) -> None:
    inner = {(a, g): float(numbers[4 * i + j]) for i, a in enumerate(OBLASTS) for j, g in enumerate(GROUPS)}
    inner["S1", "alder"] = 1.0
    truth = with_totals(inner)
    found = counts_shown(released(closed_table(truth)))
    _, hidden, ends = attack(truth, found, known={("S1", "alder"): 1.0})
    for key in hidden:
        if truth[key] < K and key != ("S1", "alder"):
            low, high = ends[key]
            assert high - low >= K, (key, truth[key], low, high)


@settings(max_examples=6, deadline=None)
@given(st.lists(persons, min_size=12, max_size=12))
def test_totals_in_one_table_and_groups_in_another_are_one_system(numbers: list[int]) -> None:
    inner = {
        (a, g): float(numbers[4 * i + j]) for i, a in enumerate(OBLASTS) for j, g in enumerate(GROUPS[:3])
    }
    truth = with_totals(inner)
    one = closed_table({k: v for k, v in truth.items() if k[1] == "total"}, "totals")
    two = closed_table({k: v for k, v in truth.items() if k[1] != "total" and k[0] != "S"}, "groups")
    three = closed_table({k: v for k, v in truth.items() if k[1] != "total" and k[0] == "S"}, "country")
    out = released(one, two, three)
    found = {**counts_shown(out, "totals"), **counts_shown(out, "groups"), **counts_shown(out, "country")}
    _, hidden, ends = attack(truth, found)
    for key in hidden:
        if truth[key] < K:
            assert ends[key][0] <= 0 and ends[key][1] >= K


def test_two_withheld_cells_of_a_row_are_not_bounded_by_their_sum() -> None:
    truth: dict[Key, float] = {
        ("S1", "alder"): 3,
        ("S1", "birch"): 4,
        ("S1", "cedar"): 90,
        ("S1", "total"): 97,
    }
    _, hidden, ends = attack(truth, counts_shown(released(closed_table(truth))))
    assert {("S1", "alder"), ("S1", "birch")} < set(hidden)
    assert all(ends[key][1] >= K for key in hidden)


def test_what_a_total_holds_beyond_its_listed_groups_is_protected() -> None:
    truth: dict[Key, float] = {("S1", "alder"): 60, ("S1", "birch"): 90, ("S1", "total"): 153}
    shown, _ = split(counts_shown(released(closed_table(truth))))
    assert len(shown) < 3, "153 - 60 - 90 = 3 persons of other groups"


def test_what_an_open_table_prints_is_counted_with_the_attacker() -> None:
    inner: dict[Key, float] = {
        ("S1", "alder"): 4,
        ("S1", "birch"): 60,
        ("S2", "alder"): 50,
        ("S2", "birch"): 40,
    }
    printed = closed_table(
        {("S", "alder"): 54, ("S", "birch"): 100, ("S1", "total"): 64, ("S2", "total"): 90},
        "print",
        sensitivity="open",
        period_id="y2019",
    )
    found = counts_shown(released(printed, closed_table(inner, period_id="y2019")))
    shown, hidden = split(found)
    truth = with_totals(inner)
    exact = {k: truth[k] for k in (*shown, ("S", "alder"), ("S", "birch"), ("S1", "total"), ("S2", "total"))}
    ends = intervals(
        exact,
        hidden,
        [s for s in sums_that_hold(truth, PARENTS) if s[0] != ("S", "total")],
        slack=0.0,
    )
    low, high = ends["S1", "alder"]
    assert low <= 0 and high >= K


def test_rounded_margins_tell_no_more() -> None:
    rng = np.random.default_rng(4)
    inner = {(a, g): float(rng.choice([0, 2, 7, 24, 133])) for a in OBLASTS for g in GROUPS}
    truth = with_totals(inner)
    shown, hidden = split(counts_shown(released(closed_table(truth))))
    ends = intervals(shown, hidden, sums_that_hold(truth, PARENTS), slack=4.0)
    assert all(ends[key][1] - ends[key][0] >= K for key in hidden if truth[key] < K)
    assert all(value % 5 == 0 and abs(value - truth[key]) < 5 for key, value in shown.items())


def test_a_large_table_keeps_most_of_what_it_can_say() -> None:
    rng = np.random.default_rng(8)
    inner = {(a, g): float(n) for a in OBLASTS for g, n in zip(GROUPS, rng.integers(20, 900, 4), strict=True)}
    inner["S1", "alder"] = 3.0
    shown, hidden = split(counts_shown(released(closed_table(with_totals(inner)))))
    assert len(hidden) == 4 and len(shown) == 16, "a cell, one of its row, one of its column, and the corner"


def test_whole_rows_go_when_the_search_is_cut_short() -> None:
    from kelisim.disclosure.cells import crossed
    from kelisim.disclosure.policy import SENSITIVE
    from kelisim.disclosure.protection import protect

    system, place = crossed(np.array([[3, 80, 70], [90, 60, 4], [55, 66, 77]]))
    done = protect(system, replace(SENSITIVE, effort=1))
    assert done.coarse and done.withheld[place[0, :3]].all() and not done.unprotected


@pytest.mark.parametrize("zeros", ["withhold", "show"])
def test_a_group_that_answers_as_one_is_withheld(zeros: str) -> None:
    limits = Thresholds(10, 5, 70.0, 2.0, 0.95, zeros=zeros)  # type: ignore[arg-type]
    truth: dict[Key, float] = {
        ("S1", "alder"): 60, ("S1", "birch"): 0, ("S1", "total"): 60,
        ("S2", "alder"): 30, ("S2", "birch"): 40, ("S2", "total"): 70,
    }  # fmt: skip
    _, hidden = split(counts_shown(released(closed_table(truth), thresholds=limits)))
    assert {("S1", "alder"), ("S1", "birch")} <= set(hidden)


@settings(max_examples=5, deadline=None)
@given(st.lists(persons, min_size=12, max_size=12))
def test_one_register_declared_as_two_is_still_one_system(numbers: list[int]) -> None:
    inner = {
        (a, g): float(numbers[4 * i + j]) for i, a in enumerate(OBLASTS) for j, g in enumerate(GROUPS[:3])
    }
    inner["S3", "cedar"] = 777.0  # too large to agree by chance
    truth = with_totals(inner)
    del truth["S", "total"]
    one = closed_table({k: v for k, v in truth.items() if k[0] != "S"}, "spring", period_id="y2019")
    two = closed_table({k: v for k, v in truth.items() if k[1] != "total"}, "autumn", period_id="y2021")
    out = released(one, two)
    found = counts_shown(out, "spring")
    for key, figure in counts_shown(out, "autumn").items():
        if key not in found or found[key].estimate.value is None:
            found[key] = figure
    _, hidden, ends = attack(truth, found)
    for key in hidden:
        if truth[key] < K:
            assert ends[key][0] <= 0 and ends[key][1] >= K


def test_an_undated_print_of_the_same_totals_is_counted_with_the_attacker() -> None:
    inner: dict[Key, float] = {("S1", "alder"): 4, ("S1", "birch"): 60, ("S1", "cedar"): 70}
    printed = closed_table(
        {("S1", "total"): 134, ("S1", "cedar"): 70}, "print", sensitivity="open", period_id=None
    )
    found = counts_shown(released(printed, closed_table(inner, period_id="y2019")))
    assert {("S1", "alder"), ("S1", "birch")} <= set(split(found)[1])
