"""Means and regressions on predicted codes: unbiased whatever the predictions are worth."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kelisim.core.errors import CountsError, NotDefined
from kelisim.evidence.discourse.coded_regression import coded_regression
from kelisim.stats.prediction_powered import adjusted_mean, adjusted_outcome, adjusted_regression


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10_000), n=st.integers(20, 200))
def test_everything_drawn_leaves_the_codes_themselves(seed: int, n: int) -> None:
    rng = np.random.default_rng(seed)
    f, y = rng.random(n), (rng.random(n) < 0.4).astype(float)
    assert adjusted_outcome(f, np.arange(n), y, np.ones(n)) == pytest.approx(y)
    mean, se = adjusted_mean(f, np.arange(n), y, np.ones(n), np.zeros(n))
    assert (mean, se) == (pytest.approx(y.mean()), 0)
    x = np.column_stack([np.ones(n), rng.normal(size=n)])
    made = adjusted_regression(x, f, np.arange(n), y, np.ones(n), link="linear")
    assert made.values == pytest.approx(np.linalg.lstsq(x, y, rcond=None)[0])


def test_perfect_predictions_leave_no_doubt_about_the_mean() -> None:
    y = np.repeat([0.0, 1.0], 50)
    mean, se = adjusted_mean(y, [0, 1, 60, 61], y[[0, 1, 60, 61]], np.full(4, 0.04), np.zeros(100))
    assert (mean, se) == (0.5, 0)


def test_a_constant_alone_is_the_mean() -> None:
    rng = np.random.default_rng(1)
    f, rows = rng.random(400), rng.choice(400, 80, replace=False)
    y = (rng.random(80) < 0.5).astype(float)
    mean, _ = adjusted_mean(f, rows, y, np.full(80, 0.2), np.zeros(400))
    ones = np.ones((400, 1))
    linear = adjusted_regression(ones, f, rows, y, np.full(80, 0.2), link="linear")
    logit = adjusted_regression(ones, f, rows, y, np.full(80, 0.2), link="logit")
    assert linear.values[0] == pytest.approx(mean)
    assert 1 / (1 + np.exp(-logit.values[0])) == pytest.approx(mean)


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"chance": [0.0, 0.5]}, CountsError),
        ({"rows": [0, 0]}, CountsError),
        ({"columns": [[1, 1]] * 4}, NotDefined),
    ],
)
def test_what_cannot_be_is_refused(change: dict[str, Any], error: type[Exception]) -> None:
    given: dict[str, Any] = {
        "columns": [[1, 0], [1, 1], [1, 0], [1, 1]], "predicted": [0.1, 0.2, 0.3, 0.4], "rows": [0, 1],
        "codes": [1.0, 0.0], "chance": [0.5, 0.5], "link": "linear",
    }  # fmt: skip
    with pytest.raises(error):
        adjusted_regression(**{**given, **change})


@pytest.mark.proof
@pytest.mark.parametrize("link", ["linear", "logit"])
def test_the_slope_is_covered_where_that_on_predictions_is_biased(link: str) -> None:
    """A machine that errs with the very column of interest (synthetic): naive slope lost, ours covered."""
    rng = np.random.default_rng(3)
    runs, n, covered, naive = 400, 2000, 0, []
    target = 0.3 if link == "linear" else _logit_slope()
    for _ in range(runs):
        x = rng.random(n)
        truth = rng.random(n) < 0.15 + 0.3 * x
        # It misses more of the texts with the mark where x is high, as where a dialect is spoken.
        f = np.where(rng.random(n) < 0.9 - 0.8 * x, truth, 0.1).astype(float)
        place = (f > 0.5).astype(int)
        count = np.bincount(place, minlength=2)
        rows = np.concatenate([rng.choice(np.flatnonzero(place == h), 150, replace=False) for h in (0, 1)])
        chance = 150 / count[place[rows]]
        columns = np.column_stack([np.ones(n), x])
        made = adjusted_regression(columns, f, rows, truth[rows], chance, link=link)  # type: ignore[arg-type]
        low, high = made.intervals(0.95)
        naive.append(np.linalg.lstsq(columns, f, rcond=None)[0][1])
        covered += low[1] <= target <= high[1]
    # .95 less three standard errors of 400 runs.
    assert covered / runs >= 0.917
    assert np.mean(naive) < 0.1


def _logit_slope() -> float:
    """The slope that a logistic line fitted to the true curve .15 + .3 x has, by a fine grid."""
    x = np.linspace(0, 1, 20_001)
    p = 0.15 + 0.3 * x
    made = adjusted_regression(np.column_stack([np.ones_like(x), x]), p, [], [], [], link="logit")
    return float(made.values[1])


def test_a_regression_on_codes_is_told_with_its_doubt() -> None:
    rng = np.random.default_rng(5)
    x, f = (rng.random(600) < 0.5).astype(float), rng.random(600)
    rows = rng.choice(600, 200, replace=False)
    y = (rng.random(200) < 0.3 + 0.4 * x[rows]).astype(float)
    made = coded_regression(
        {"article": x}, f, rows, y, np.full(200, 1 / 3), sources=rng.integers(0, 30, 600), level=0.95,
        source="sample g1", reasons=("tentative",),
    )  # fmt: skip
    one = made["article"]
    assert one.low is not None and one.high is not None and one.low < 40 < one.high
    assert (one.n, one.grade) == (200, "acceptable") and "association_only" in one.reasons
