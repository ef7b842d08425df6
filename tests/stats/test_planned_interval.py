"""Intervals of printed shares if the places were a random draw."""

from __future__ import annotations

import numpy as np
import pytest

from kelisim.core.errors import CountsError, NotDefined
from kelisim.stats.planned_interval import planned_deff, planned_interval


@pytest.mark.parametrize(("icc", "deff"), [(0, 1.0), (0.01, 1.52), (0.05, 3.62), (0.10, 6.25)])
def test_the_design_effects_of_four_places_with_214_answers(icc: float, deff: float) -> None:
    assert planned_deff(214, 4, icc) == pytest.approx(deff, abs=0.006)


def test_intervals_widen_with_likeness_and_narrow_with_answers() -> None:
    found = [planned_interval(0.5, 214, 4, icc, 0.95) for icc in (0, 0.01, 0.05, 0.1)]
    widths = [high - low for low, high in found]
    assert widths == sorted(widths)
    # Half-widths by t with three degrees of freedom: 10.9, 13.4, 20.7 and 27.2 points. Ours are longer.
    for width, plain in zip(widths, (0.109, 0.134, 0.207, 0.272), strict=True):
        assert plain < width / 2 < 1.15 * plain
    low, high = planned_interval(0.5, 42, 4, 0.05, 0.95)
    assert high - low > widths[2]


def test_a_share_of_nought_or_all_has_one_open_end() -> None:
    assert planned_interval(0.0, 42, 4, 0.05, 0.95)[0] == 0.0 < planned_interval(0.0, 42, 4, 0.05, 0.95)[1]
    assert planned_interval(1.0, 42, 4, 0.05, 0.95)[1] == 1.0


def test_what_has_no_interval_says_why() -> None:
    for n, places, reason in ((214, 1, "too_few_places"), (1, 4, "too_few_answers")):
        with pytest.raises(NotDefined) as met:
            planned_interval(0.5, n, places, 0.05, 0.95)
        assert met.value.reason == reason
    with pytest.raises(CountsError):
        planned_interval(1.5, 10, 4, 0.05, 0.95)


def test_it_covers_when_places_really_are_a_random_draw() -> None:
    # Places differ by a beta draw with the planned correlation. 2,000 runs allow 3 sqrt(.95 x .05 / 2000).
    rng, icc, p, places, m = np.random.default_rng(11), 0.05, 0.4, 4, 50
    scale = 1 / icc - 1
    rates = rng.beta(p * scale, (1 - p) * scale, size=(2000, places))
    shares = rng.binomial(m, rates).sum(axis=1) / (places * m)
    ends = {s: planned_interval(float(s), places * m, places, icc, 0.95) for s in np.unique(shares)}
    covered = np.mean([ends[s][0] <= p <= ends[s][1] for s in shares])
    assert covered >= 0.95 - 0.015
