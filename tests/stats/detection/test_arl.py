"""Run lengths of count CUSUMs: published values, exact laws, and agreement with simulation."""

from __future__ import annotations

import numpy as np
import pytest

from kelisim.stats.detection.arl import alarms_per_year, average_run_length
from kelisim.stats.detection.chart import recursion
from kelisim.stats.detection.cusum import reference_value
from kelisim.stats.detection.null import negative_binomial


# Values printed by the R package IAcsSPCR (function `arl`, after Lucas 1985) for h = 6, k = 2.
@pytest.mark.parametrize(
    ("mean", "head_start", "printed"),
    [(1.88, 0.0, 37.2), (1.88, 3.0, 29.19), (1.88 + 0.9627 * 1.88**0.5, 0.0, 5.49),
     (1.88 + 0.9627 * 1.88**0.5, 3.0, 3.33)],
)  # fmt: skip
def test_published_run_lengths(mean: float, head_start: float, printed: float) -> None:
    got = average_run_length(mean, 2.0, 6.0, size=None, states=6, head_start=head_start)
    assert got == pytest.approx(printed, abs=0.05 if printed > 30 else 0.005)


def test_a_threshold_that_one_event_passes_waits_for_one_event() -> None:
    # With reference 0 every event adds 1, so the first event of a Bernoulli-like month ends the run.
    for mean in (0.05, 0.7):
        assert average_run_length(mean, 0.0, 1.0, size=None, states=1) == pytest.approx(
            1 / (1 - np.exp(-mean))
        )


def test_large_size_is_poisson() -> None:
    near = alarms_per_year(0.8, 2.0, 2.2, size=1e7)
    assert near == pytest.approx(alarms_per_year(0.8, 2.0, 2.2, size=None), rel=1e-4)


@pytest.mark.parametrize(("mean", "size", "threshold"), [(0.5, 1.5, 1.8), (2.0, 3.0, 2.5), (0.1, None, 1.2)])
def test_simulated_alarms_agree(mean: float, size: float | None, threshold: float) -> None:
    rng = np.random.default_rng(5)
    paths, months = 2000, 480
    if size is None:
        y = rng.poisson(mean, (paths, months)).astype(float)
        scores = y * np.log(2.0) - mean
    else:
        y = negative_binomial(np.full((paths, months), mean), np.array(size), rng)
        weight, k = np.log(2 * (size + mean) / (size + 2 * mean)), size
        scores = y * weight - k * np.log((k + 2 * mean) / (k + mean))
    counted = recursion(scores, threshold, 1.0, 1.0, 0.0)[1].sum(axis=1) * 12 / months
    exact = alarms_per_year(mean, 2.0, threshold, size=size, states=1600)
    # Monte Carlo error, and the few months a cold chart needs before its first alarm.
    assert counted.mean() == pytest.approx(exact, abs=4 * counted.std() / paths**0.5 + 0.03 * exact)


def test_the_reference_lies_between_calm_and_rise() -> None:
    for size in (None, 0.5, 5.0):
        reference, weight = reference_value(1.3, 2.0, size)
        assert 1.3 < reference < 2.6 and weight > 0
