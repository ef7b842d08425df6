"""Yellow: the exact law of the miss rate in finite samples, episodes, refusal below the needed number."""

from __future__ import annotations

from math import floor

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kelisim.assessment.miss_control import control_misses, episodes_needed
from kelisim.assessment.past_cells import PastCells
from kelisim.core.errors import NotDefined

probabilities = st.lists(st.integers(0, 20).map(lambda k: k / 20), min_size=6, max_size=40)


@settings(max_examples=60, deadline=None)
@given(probabilities, st.sampled_from([0.2, 0.25, 0.3, 0.5]))
def test_leaving_one_out_misses_at_most_k(p: list[float], miss: float) -> None:
    # The law itself: every one of n + 1 exchangeable episodes is equally likely to be the next one, so the
    # share that the others' threshold misses is the probability, whatever the values and ties.
    missed = sum(p[i] < control_misses(p[:i] + p[i + 1 :], miss).threshold for i in range(len(p)))
    assert missed <= floor(miss * len(p) + 1e-9)
    if len(set(p)) == len(p):
        assert missed == floor(miss * len(p) + 1e-9)


@given(probabilities, st.sampled_from([(0.2, 0.3), (0.25, 0.5)]))
@settings(max_examples=30, deadline=None)
def test_who_may_miss_more_alarms_less(p: list[float], rates: tuple[float, float]) -> None:
    few, many = (control_misses(p, rate) for rate in rates)
    assert few.threshold <= many.threshold
    assert control_misses(p[::-1], rates[0]) == few


@pytest.mark.parametrize(
    ("miss", "needed"), [(0.5, 1), (0.3, 3), (0.2, 4), (0.15, 6), (0.1, 9), (0.05, 19), (0.01, 99)]
)
def test_below_the_needed_number_nothing_is_certified(miss: float, needed: int) -> None:
    assert episodes_needed(miss) == needed
    assert control_misses(np.linspace(0.1, 0.9, needed), miss).threshold == pytest.approx(0.1)
    with pytest.raises(NotDefined, match=f"{needed - 1} episodes; {needed} are needed") as found:
        control_misses(np.linspace(0.1, 0.9, needed)[1:], miss)
    assert found.value.reason == "not_certifiable_yet"


def test_the_rank_is_not_lost_to_rounding() -> None:
    # 0.29 x 100 is 28.999... in floats.
    found = control_misses(np.arange(99) / 100, 0.29)
    assert (found.rank, found.law, found.threshold) == (29, 0.29, 0.28)


def test_the_band_of_the_long_run_rate_by_simulation() -> None:
    rng = np.random.default_rng(5)
    worlds, n = 4000, 19
    p = rng.beta(2, 8, (worlds, n))
    found = control_misses(p[0], 0.1)
    from scipy.stats import beta

    long_run = beta.cdf(np.sort(p, axis=1)[:, found.rank - 1], 2, 8)
    inside = ((long_run >= found.low) & (long_run <= found.high)).mean()
    assert abs(inside - 0.9) < 3 * np.sqrt(0.9 * 0.1 / worlds)


@pytest.mark.parametrize("miss", [0.0, 1.0, -0.1, float("nan")])
def test_rates_that_are_none(miss: float) -> None:
    with pytest.raises(ValueError, match="miss rate"):
        control_misses([0.5], miss)


def test_probabilities_that_are_none() -> None:
    for bad in ([1.2], [float("nan")], [[0.1]]):
        with pytest.raises(ValueError, match="between 0 and 1"):
            control_misses(bad, 0.5)


def test_events_in_a_row_are_one_episode() -> None:
    cells = PastCells.of(
        ["A"] * 6 + ["B"] * 3,
        [1, 2, 3, 5, 6, 7, 1, 2, 4],
        [2020] * 9,
        [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9],
        [0, 1, 1, 1, 0, 1, 1, 0, 1],
    )
    # Period 4 of A was not observed: it does not end the episode that began in 2. Nor does B 3 begin one.
    assert cells.probabilities[cells.onsets()].tolist() == [0.2, 0.6, 0.7, 0.9]


@given(st.lists(st.booleans(), min_size=1, max_size=30), st.randoms(use_true_random=False))
@settings(max_examples=40, deadline=None)
def test_episodes_do_not_depend_on_the_order_of_rows(happened: list[bool], order: object) -> None:
    n = len(happened)
    rows = [(f"A{i % 3}", i // 3, 2000, i / n, y) for i, y in enumerate(happened)]
    shuffled = list(rows)
    order.shuffle(shuffled)  # type: ignore[attr-defined]
    one, two = (PastCells.of(*zip(*listed, strict=True)) for listed in (rows, shuffled))
    assert one.probabilities[one.onsets()].tolist() == two.probabilities[two.onsets()].tolist()
    episodes = sum(
        1
        for i, y in enumerate(happened)
        if y and not (i >= 3 and happened[i - 3])
    )  # fmt: skip
    assert one.onsets().sum() == episodes


def test_cells_that_are_none() -> None:
    with pytest.raises(ValueError, match="given twice"):
        PastCells.of(["A", "A"], [1, 1], [2020, 2020], [0.1, 0.2], [0, 1])
    with pytest.raises(ValueError, match="probability"):
        PastCells.of(["A"], [1], [2020], [1.1], [0])
    with pytest.raises(ValueError, match="outcome"):
        PastCells.of(["A"], [1], [2020], [0.1], [2])
    with pytest.raises(ValueError, match="one length"):
        PastCells.of(["A"], [1, 2], [2020], [0.1], [0])
