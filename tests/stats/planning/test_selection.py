"""Drawing of places: chances in proportion to size, exactly; sheets with numbers and no names."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kelisim.core.errors import NotDefined
from kelisim.stats.planning.assignment import assign, split
from kelisim.stats.planning.selection import select_places


def test_places_are_drawn_with_the_chances_that_are_told() -> None:
    size = np.array([900.0, 40, 60, 100, 30, 170, 0, 100, 50, 50])
    rng = np.random.default_rng(20260601)
    drawn = np.zeros(size.size)
    chance = np.full(size.size, np.nan)
    rounds = 4000
    for _ in range(rounds):
        found = select_places(size, 4, 2, rng)
        drawn[found.places] += 1
        chance[found.places] = found.chance
        assert not set(found.places.tolist()) & set(found.reserves.tolist())
        assert found.places.size == 4 and found.reserves.size == 2 and 6 not in found.reserves
    assert chance[0] == 1.0 and np.isnan(chance[6]) and drawn[6] == 0
    wanted = np.nan_to_num(chance)
    assert wanted.sum() == pytest.approx(4) and wanted[1:] == pytest.approx(3 * size[1:] / 600)
    assert drawn / rounds == pytest.approx(wanted, abs=0.03)


@given(
    sizes=st.lists(st.floats(0.1, 1e5), min_size=3, max_size=40),
    number=st.integers(1, 40),
    seed=st.integers(0, 1000),
)
def test_every_draw_has_different_places_and_weights_add_up(
    sizes: list[float], number: int, seed: int
) -> None:
    number = min(number, len(sizes))
    found = select_places(np.array(sizes), number, 0, np.random.default_rng(seed))
    assert len(set(found.places.tolist())) == number
    assert np.all((found.chance > 0) & (found.chance <= 1))
    if number == len(sizes):
        assert np.all(found.chance == 1)


def test_a_frame_that_is_too_small_says_so() -> None:
    with pytest.raises(NotDefined) as found:
        select_places(np.array([5.0, 0, 3]), 2, 1, np.random.default_rng(1))
    assert found.value.reason == "frame_too_small"


@given(total=st.integers(0, 200), sizes=st.lists(st.floats(0, 1e4), min_size=1, max_size=5))
def test_splits_add_up_and_are_within_one_of_exact(total: int, sizes: list[float]) -> None:
    if not sum(sizes) > 0:
        with pytest.raises(ValueError, match="spoken"):
            split(total, sizes)
        return
    made = split(total, sizes)
    assert sum(made) == total
    for part, size in zip(made, sizes, strict=True):
        assert abs(part - total * size / sum(sizes)) < 1 + 1e-9


def test_numbers_of_interviews_are_different_and_tell_nothing() -> None:
    places = [("h", f"v{k}") for k in range(40)]
    languages = {"kk": [6.0] * 40, "ru": [3.0] * 40, "uz": [1.0] * 40}
    made = assign(places, 10, languages, np.random.default_rng(4))
    numbers = [one.number for one in made]
    assert len(set(numbers)) == 400 and all(100_000 <= n <= 999_999 for n in numbers)
    order = np.array([places.index((one.stratum, one.place)) for one in made])
    assert abs(np.corrcoef(order, numbers)[0, 1]) < 0.15
    assert sum(one.language == "kk" for one in made) == 240
