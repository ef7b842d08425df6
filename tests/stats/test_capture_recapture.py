"""Capture-recapture: worked numbers, coverage, and refusal where lists share too little."""

from __future__ import annotations

import numpy as np
import pytest

from kelisim.core.errors import CountsError, NotDefined
from kelisim.stats.capture_recapture import ASSUMPTIONS, three_lists, two_lists


def test_a_hand_worked_pair_of_lists() -> None:
    # n1 = 70, n2 = 60, m = 30: 71 x 61 / 31 - 1 = 138.71
    found = two_lists(40, 30, 30, level=0.95)
    assert found.total == pytest.approx(71 * 61 / 31 - 1)
    assert found.known == 100 < found.low < found.total < found.high
    assert found.assumptions == ASSUMPTIONS and "independent" in found.assumptions


def test_lists_that_say_the_same_leave_nothing_hidden() -> None:
    found = two_lists(0, 0, 20, level=0.95)
    assert found.total == found.low == found.high == 20


def test_small_overlap_is_refused() -> None:
    with pytest.raises(NotDefined, match="6 events stand on both lists; at least 7"):
        two_lists(40, 30, 6, level=0.95)
    with pytest.raises(NotDefined, match="lists 1 and 3 share 2"):
        three_lists({"110": 10, "011": 9, "111": 2}, np.random.default_rng(1), level=0.95)
    with pytest.raises(CountsError):
        two_lists(-1, 3, 9, level=0.95)
    with pytest.raises(CountsError, match="three digits"):
        three_lists({"000": 3}, np.random.default_rng(1), level=0.95)


def test_independent_lists_give_the_product() -> None:
    """Cells exactly as independence has them, chances 1/2 each: of 800 events 100 are on no list."""
    cells = dict.fromkeys(("100", "010", "001", "110", "101", "011", "111"), 100)
    found = three_lists(cells, np.random.default_rng(2), level=0.95)
    assert found.model == "independent"
    assert found.total == pytest.approx(800, abs=0.5)
    assert found.low < 800 < found.high


@pytest.mark.proof
@pytest.mark.parametrize(("events", "first", "second"), [(60, 0.5, 0.5), (150, 0.5, 0.4), (300, 0.3, 0.3)])
def test_coverage_of_two_lists(events: int, first: float, second: float) -> None:
    rng, held, worlds = np.random.default_rng(3), 0, 0
    for _ in range(3000):
        a, b = rng.random(events) < first, rng.random(events) < second
        try:
            found = two_lists(int((a & ~b).sum()), int((b & ~a).sum()), int((a & b).sum()), level=0.95)
        except NotDefined:
            continue
        worlds += 1
        held += found.low <= events <= found.high
    print("two lists", events, held / worlds, worlds)
    # Near-nominal: the interval is asymptotic, and lists of 30 events are few.
    assert 0.92 <= held / worlds <= 0.98


@pytest.mark.proof
@pytest.mark.parametrize("tie", [0.0, 0.2])
def test_coverage_of_three_lists_one_pair_tied(tie: float) -> None:
    rng, held, worlds, events = np.random.default_rng(4), 0, 0, 200
    for _ in range(120):
        a = rng.random(events) < 0.45
        b, c = rng.random(events) < np.where(a, 0.35 + tie, 0.35), rng.random(events) < 0.4
        names, counts = np.unique(
            ["".join("01"[int(z)] for z in row) for row in zip(a, b, c, strict=True)], return_counts=True
        )
        cells = {str(k): int(v) for k, v in zip(names, counts, strict=True) if k != "000"}
        try:
            found = three_lists(cells, rng, level=0.95, simulations=300)
        except NotDefined:
            continue
        worlds += 1
        held += found.low <= events <= found.high
    print("three lists", tie, held / worlds, worlds)
    assert held / worlds >= 0.95 - 3 * (0.05 * 0.95 / worlds) ** 0.5
