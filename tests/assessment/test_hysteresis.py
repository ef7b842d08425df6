"""Up at once, down only after two low values running; a gap keeps the state and says so."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kelisim.assessment.hysteresis import DOWN, hold

NAN = float("nan")
paths = st.lists(st.one_of(st.just(NAN), st.integers(0, 20).map(lambda k: k / 20)), max_size=25)
steps = st.tuples(st.integers(1, 20), st.integers(1, 20)).map(lambda t: (min(t) / 20, max(t) / 20))


def raw(p: float, yellow: float, red: float) -> int:
    return int(p >= yellow) + int(p >= red)


@settings(max_examples=200, deadline=None)
@given(paths, steps, st.sampled_from([0.5, DOWN, 1.0]))
def test_the_laws(path: list[float], at: tuple[float, float], down: float) -> None:
    yellow, red = at
    held = hold(path, yellow, red, down=down)
    assert len(held) == len(path)
    for t, (p, now) in enumerate(zip(path, held, strict=True)):
        before = held[t - 1].state if t else None
        if np.isnan(p):
            assert now.state == before and now.by == "missing" and now.raw is None
            continue
        assert now.state is not None and now.raw == raw(p, yellow, red)
        assert now.state >= now.raw, "never less than the value itself says"
        if before is None:
            assert now.state == now.raw and now.by == "first"
        elif now.state > before:
            assert now.state == now.raw and now.by == "rose"
        elif now.state < before:
            # Both this value and the one directly before lie below the share of the threshold that was left.
            left = (yellow, red)[before - 1]
            assert p < down * left and path[t - 1] < down * left and now.by == "fell"
        else:
            assert now.by == ("kept" if now.raw < now.state else "same")


@settings(max_examples=100, deadline=None)
@given(paths, steps)
def test_two_low_values_running_do_bring_it_down(path: list[float], at: tuple[float, float]) -> None:
    held = hold([*path, 0.0, 0.0], *at, down=DOWN)
    assert held[-1].state == 0


@settings(max_examples=100, deadline=None)
@given(paths, steps)
def test_it_changes_no_oftener_than_the_bare_thresholds(path: list[float], at: tuple[float, float]) -> None:
    told = [h for h in hold(path, *at, down=DOWN) if h.raw is not None]
    changes = sum(a.state != b.state for a, b in pairwise(told))
    bare = sum(a.raw != b.raw for a, b in pairwise(told))
    assert changes <= bare


def test_a_case_by_hand() -> None:
    path = [0.7, 0.5, 0.47, 0.3, 0.1, 0.1, NAN, 0.1, 0.65]
    held = hold(path, 0.2, 0.6, down=0.8)
    # 0.5 and 0.47 are under red, but only 0.47 is under 0.8 x red = 0.48; with 0.3 there are two.
    assert [h.state for h in held] == [2, 2, 2, 1, 1, 0, 0, 0, 2]
    assert [h.by for h in held] == [
        "first", "kept", "kept", "fell", "kept", "fell", "missing", "same", "rose",
    ]  # fmt: skip


def test_a_gap_between_two_low_values_is_no_sign_of_calm() -> None:
    assert [h.state for h in hold([0.3, 0.1, NAN, 0.1], 0.2, 0.6, down=0.8)] == [1, 1, 1, 1]


def test_straight_from_red_to_green_when_both_values_are_low() -> None:
    assert [h.state for h in hold([0.9, 0.01, 0.02], 0.2, 0.6, down=0.8)] == [2, 2, 0]


def test_without_red_and_with_thresholds_of_two_years() -> None:
    assert [h.state for h in hold([0.99, NAN], 0.2, np.inf, down=0.8)] == [1, 1]
    assert [h.state for h in hold([0.3, 0.3], [0.2, 0.5], [0.6, 0.6], down=0.8)] == [1, 1]
    assert [h.state for h in hold([NAN, NAN], 0.2, 0.6, down=0.8)] == [None, None]


@pytest.mark.parametrize(
    "bad", [([1.5], 0.2, 0.6, 0.8), ([0.5], 0.6, 0.2, 0.8), ([0.5], NAN, 0.6, 0.8), ([0.5], 0.2, 0.6, 0.0)]
)
def test_what_is_refused(bad: tuple[list[float], float, float, float]) -> None:
    with pytest.raises(ValueError, match=r"numbers|share"):
        hold(*bad[:3], down=bad[3])
