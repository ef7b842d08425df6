"""Rows of answers at the gate, attacked: complements, differences from the whole, unnamed parts, rounding."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kelisim.core.estimates import Estimate, Figure, Tally
from kelisim.disclosure.answers import protect_answers
from kelisim.disclosure.policy import SENSITIVE
from tests.disclosure.attacker import Key, intervals

K = W = 10
ANSWERS = ("yes", "no", "hard")


def share(answer: str, counts: Sequence[int], part: str = "", split: str = "all", **more: object) -> Figure:
    """The share of one answer in a part, with the tally behind it; weights are 1."""
    n, cases = sum(counts), counts[ANSWERS.index(answer)]
    value = 100.0 * cases / n
    tally = Tally(
        question="w.Q1", split=split, part=part, n=n, weighted=float(n), cases=cases,
        weighted_cases=float(cases), **more,  # type: ignore[arg-type]
    )  # fmt: skip
    estimate = Estimate(
        value=value, low=max(0.0, value - 3.3), high=min(100.0, value + 3.3), level=0.95, unit="percent", n=n,
        method="survey_share", grade="good", source="s", se=1.6789, df=30.0, deff=1.23456,
    )  # fmt: skip
    return Figure(
        indicator=f"wave_share.w.Q1.{answer}",
        area_id=part or "S",
        period_id="p",
        klass="computed",
        variant="w",
        estimate=estimate,
        tally=tally,
    )


def figures(table: Sequence[Sequence[int]], unnamed: Sequence[int] = (0, 0, 0)) -> list[Figure]:
    """All shares of a table of parts by answers, and of the whole with those who named no part."""
    whole = np.array(table).sum(axis=0) + np.array(unnamed)
    made = [share(answer, whole.tolist()) for answer in ANSWERS]
    for index, counts in enumerate(table):
        if sum(counts):
            made += [share(answer, counts, f"S{index}", "area") for answer in ANSWERS]
    return made


def shown(table: Sequence[Sequence[int]], unnamed: Sequence[int] = (0, 0, 0)) -> dict[str, list[bool]]:
    """Which shares leave, by part ("" the whole)."""
    before = figures(table, unnamed)
    found: dict[str, list[bool]] = {}
    for figure, left in zip(before, protect_answers(before, SENSITIVE), strict=True):
        assert figure.tally is not None and left.tally is None and left.cells == ()
        found.setdefault(figure.tally.part, []).append(left.estimate.value is not None)
    return found


def unknown_sizes(hidden: dict[str, int]) -> set[str]:
    """The smallest hidden parts that hold K persons together, two at least, where one holds fewer than K."""
    ordered = sorted(hidden, key=lambda part: hidden[part])
    if not ordered or hidden[ordered[0]] >= K:
        return set()
    taken: list[str] = []
    while ordered and (len(taken) < 2 or sum(hidden[p] for p in taken) < K or hidden[ordered[0]] < K):
        taken.append(ordered.pop(0))
    return set(taken)


CELL = st.one_of(st.just(0), st.integers(0, 14), st.integers(10, 60))


@settings(max_examples=100)
@given(st.lists(st.tuples(CELL, CELL, CELL), min_size=2, max_size=6), st.tuples(CELL, CELL, CELL))
def test_no_small_cell_follows_from_the_whole_minus_what_leaves(
    table: list[tuple[int, int, int]], unnamed: tuple[int, int, int]
) -> None:
    table = [row for row in table if sum(row)]
    whole = np.array(table).sum(axis=0) + np.array(unnamed) if table else np.array(unnamed)
    if not table or not whole.sum():
        return
    leaves = shown(table, unnamed)
    for part, flags in leaves.items():
        counts = list(whole) if part == "" else table[int(part[1:])]
        assert len(set(flags)) == 1, "a row leaves whole or not at all"
        # Nobody answered so anywhere: then it is no answer of the row.
        present = [c for c, w in zip(counts, whole, strict=True) if w or part == ""]
        assert not flags[0] or min(present) >= K
    if not leaves[""][0]:
        return
    truth: dict[Key, float] = {("", a): float(n) for a, n in zip(ANSWERS, whole, strict=True)}
    sums: list[tuple[Key, tuple[Key, ...]]] = []
    open_: dict[Key, float] = dict(truth)
    hidden: list[Key] = []
    rows = [(f"S{i}", row) for i, row in enumerate(table)] + ([("nobody", unnamed)] if sum(unnamed) else [])
    vague = unknown_sizes({part: sum(row) for part, row in rows if not leaves.get(part, [False])[0]})
    for part, row in rows:
        for answer, count in zip(ANSWERS, row, strict=True):
            truth[part, answer] = float(count)
            if leaves.get(part, [False])[0]:
                open_[part, answer] = float(count)
            else:
                hidden.append((part, answer))
        # How many a hidden part holds is known, save for the smallest parts where one holds fewer than k.
        if part not in vague and not leaves.get(part, [False])[0]:
            open_[part, "n"] = float(sum(row))
            sums.append(((part, "n"), tuple((part, answer) for answer in ANSWERS)))
    sums += [(("", a), tuple((part, a) for part, _ in rows)) for a in ANSWERS]
    for key, (low, high) in intervals(open_, hidden, sums, slack=0.0).items():
        x = truth[key]
        if x < K and whole[ANSWERS.index(key[1])]:
            assert low <= max(0.0, x - W) + 1e-6
            assert high >= max(max(0.0, x - W) + W, K) - 1e-6


def test_one_hidden_part_takes_another_with_it() -> None:
    leaves = shown([(40, 40, 3), (40, 40, 20), (90, 90, 90), (95, 95, 95)])
    assert [leaves[f"S{i}"][0] for i in range(4)] == [False, False, True, True]
    assert leaves[""][0]


def test_that_nobody_of_a_hidden_part_said_it_does_not_follow_either() -> None:
    """The other answers of the part are not small; alone it would follow that nobody of it said the first."""
    leaves = shown([(0, 13, 20), (60, 60, 20), (80, 80, 20), (200, 200, 20)])
    assert not leaves["S0"][0] and not leaves["S1"][0] and leaves["S3"][0]


def test_those_who_name_no_part_are_a_hidden_part() -> None:
    assert all(flags[0] for flags in shown([(40, 40, 20), (60, 60, 60)]).values())
    leaves = shown([(40, 40, 20), (60, 60, 60)], unnamed=(2, 1, 1))
    assert leaves[""][0] and not leaves["S0"][0]


@pytest.mark.parametrize("counts", [(100, 0, 0), (97, 3, 0), (0, 100, 0), (5, 95, 50)])
def test_unanimity_and_complements_of_few_stay(counts: tuple[int, int, int]) -> None:
    assert not any(flags[0] for flags in shown([counts]).values())


def test_a_single_share_is_a_row_with_its_rest() -> None:
    for cases, leaves in ((4, False), (30, True), (196, False), (200, False)):
        figure = share("yes", (cases, 200 - cases, 0))
        (left,) = protect_answers([figure], SENSITIVE)
        assert (left.estimate.value is not None) == leaves


def test_neither_share_nor_ends_nor_deff_give_the_count_back() -> None:
    possible = []
    (left,) = protect_answers([share("yes", (27, 37, 0))], SENSITIVE)
    for n in range(30, 120):
        for cases in range(K, n - K + 1):
            (other,) = protect_answers([share("yes", (cases, n - cases, 0))], SENSITIVE)
            a, b = left.estimate, other.estimate
            if (a.value, a.n) == (b.value, b.n):
                possible.append((cases, n))
    assert len({cases for cases, _ in possible}) >= 5 and len({n for _, n in possible}) == 5
    e = left.estimate
    assert e.se is None and e.df is None and e.deff == 1.2
    assert e.low is not None and e.high is not None and e.value is not None
    step = 100 * 5 / 65
    assert all(abs(end / step - round(end / step)) < 1e-9 for end in (e.value, e.low, e.high))
    assert e.low <= 100 * 27 / 64 - 3.3 and e.high >= 100 * 27 / 64 + 3.3


def test_parts_of_all_answers_leave_only_with_every_row_they_rest_on() -> None:
    rare = share("yes", (4, 196, 0))
    common = replace(share("no", (90, 110, 0)))
    rows = [replace(rare, tally=replace(rare.tally, question="w.Q2#yes")),  # type: ignore[type-var]
            replace(common, tally=replace(common.tally, question="w.Q2#no"))]  # type: ignore[type-var]  # fmt: skip
    of_all = replace(
        common,
        indicator="wave_answers.w.Q2.no",
        tally=Tally(question="w.Q2#answers", split="all", part="", n=200, weighted=200.0,
                    rests_on=("w.Q2#yes", "w.Q2#no")),
    )  # fmt: skip
    left = protect_answers([*rows, of_all], SENSITIVE)
    assert [f.estimate.value is not None for f in left] == [False, True, False]
    left = protect_answers([rows[1], of_all], SENSITIVE)
    assert [f.estimate.value is not None for f in left] == [True, True]


def mean(value: float, n: int, part: str, se: float = 0.2) -> Figure:
    return Figure(
        indicator="felt_tension", area_id=part or "S", period_id="p", klass="computed", variant="w",
        tally=Tally(question="w.Q7#mean", split="area" if part else "all", part=part, n=n, weighted=float(n)),
        estimate=Estimate(value=value, low=value - 0.4, high=value + 0.4, level=0.95, unit="scale 0-10", n=n,
                          method="survey_mean", grade="good", source="s", se=se, df=20.0, deff=1.4),
    )  # fmt: skip


def test_means_of_few_and_means_at_an_end_stay_and_do_not_stay_alone() -> None:
    def leaves(*made: Figure) -> list[bool]:
        return [f.estimate.value is not None for f in protect_answers(made, SENSITIVE)]

    assert leaves(mean(5.0, 200, ""), mean(5.1, 100, "a"), mean(4.9, 100, "b")) == [True] * 3
    # A part of 6 follows from the whole and the others: the next part stays as well.
    assert leaves(mean(5, 206, ""), mean(5, 100, "a"), mean(5, 100, "b"), mean(2, 6, "c")) == [
        True, False, True, False,
    ]  # fmt: skip
    assert leaves(mean(0.04, 200, "")) == [False] and leaves(mean(9.99, 200, "")) == [False]
    assert leaves(mean(3.0, 200, "", se=0.0)) == [False]


def test_heavy_weights_do_not_open_what_counts_hide() -> None:
    """Where the joint weight of hidden parts lies in one, the other stays wide in its own persons."""
    light, heavy = (12, 6, 40), (20, 9, 70)
    table = [light, heavy, (200, 200, 200), (210, 210, 210)]
    weights = (0.2, 6.0, 1.0, 1.0)
    made: list[Figure] = []
    for answer in ANSWERS:
        place = ANSWERS.index(answer)
        whole = [sum(row[j] for row in table) for j in range(3)]
        parts = [share(answer, row, f"S{i}", "area") for i, row in enumerate(table)]
        scaled = [
            replace(f, tally=replace(f.tally, weighted=sum(r) * w, weighted_cases=r[place] * w))  # type: ignore[type-var]
            for f, r, w in zip(parts, table, weights, strict=True)
        ]
        all_ = share(answer, whole)
        total = sum(sum(r) * w for r, w in zip(table, weights, strict=True))
        own = sum(r[place] * w for r, w in zip(table, weights, strict=True))
        tally = replace(all_.tally, weighted=total, weighted_cases=own)  # type: ignore[type-var]
        made += [replace(all_, tally=tally), *scaled]
    left = protect_answers(made, SENSITIVE)
    hidden = [i for i in range(4) if any(
        f.area_id == f"S{i}" and f.estimate.value is None for f in left)]  # fmt: skip
    assert {0, 1} <= set(hidden)
    # The attacker's own bounds of the weighted table, brought back to persons of the part.
    for j in range(3):
        sums = sum(table[i][j] * weights[i] for i in hidden)
        for i in hidden:
            if table[i][j] >= K:
                continue
            high = min(sum(table[i]) * weights[i], sums) / weights[i]
            total = sum(sum(table[m]) * weights[m] for m in hidden)
            low = max(0.0, sum(table[i]) * weights[i] + sums - total) / weights[i]
            assert low <= 1e-9 and high >= K - 1e-9
