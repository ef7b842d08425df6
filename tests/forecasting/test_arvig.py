"""A real register: attacks in 16 German states, January 2014 to June 2017 (ARVIG, CC0), with a surge inside.

The panel was looked at when the pool was made: members were chosen on origins up to the 26th month and on
simulation, and later origins report. So these numbers guard against loss of quality; they prove no skill
elsewhere. Means of three seeds.
"""

from __future__ import annotations

import csv
import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from kelisim.forecasting.backtest import Backtest, rolling_origin
from kelisim.forecasting.evaluation import Evaluation, evaluate
from kelisim.forecasting.vintages import Vintages
from kelisim.sources.incidents import Incidents, Month, RegisterColumns, read_incidents

pytestmark = [pytest.mark.proof, pytest.mark.floor]

HORIZONS = (1, 3, 6, 12)
KINDS = ("assault", "arson", "miscellaneous attack & assault", "arson & miscellaneous attack")


@pytest.fixture(scope="module")
def register() -> Incidents:
    folder = os.environ.get("KELISIM_REFERENCE_DATA")
    path = Path(folder or "absent") / "events/arvig_germany_2014_2017.csv"
    if not path.exists():
        pytest.skip("the reference register is not here: KELISIM_REFERENCE_DATA names its folder")
    with path.open(encoding="utf-8", newline="") as file:
        states = tuple(sorted({row["state"] for row in csv.DictReader(file)}))
    columns = RegisterColumns(area="state", date="date", only={"category_en": KINDS})
    return read_incidents(path, columns, Month(2014, 1), Month(2017, 6), areas=states, outside="leave-out")


@pytest.fixture(scope="module")
def evaluations(register: Incidents) -> list[Evaluation]:
    return list(evaluated(register.vintages))


def evaluated(vintages: Vintages) -> Iterator[Evaluation]:
    for seed in (1, 2, 3):
        found: Backtest = rolling_origin(vintages, HORIZONS, range(18, 42), 1000, seed)
        yield evaluate(found, select_until=26, level=0.90, resamples=1000, rng=np.random.default_rng(seed))


def mean(evaluations: list[Evaluation], forecast: str, score: str, period: str = "all") -> np.ndarray:
    """Mean of a score over seeds, by horizon."""
    return np.array([
        np.mean([getattr(found.summary(period, forecast, h), score) for found in evaluations])  # type: ignore[arg-type]
        for h in HORIZONS
    ])  # fmt: skip


def test_the_panel_is_the_one_that_the_figures_speak_of(register: Incidents) -> None:
    counts = register.vintages.final().counts
    assert counts.shape == (16, 42)
    assert counts.sum() == 1275
    assert (counts == 0).mean() == pytest.approx(0.45, abs=0.005)
    assert counts.mean() == pytest.approx(1.90, abs=0.005)
    assert counts.var() / counts.mean() == pytest.approx(4.5, abs=0.05)


def test_scores_against_sixty_months_of_history(evaluations: list[Evaluation]) -> None:
    for score, most in (("crps", [0.80, 0.75, 0.80, 0.80]), ("log_score_bits", [0.80, 0.70, 0.60, 0.50])):
        ratio = mean(evaluations, "pool", score) / mean(evaluations, "conflictology_60", score)
        assert (ratio <= most).all(), (score, ratio)
    for found in evaluations:
        gaps = {h: found.difference("all", "pool", "conflictology_60", h, "crps") for h in HORIZONS}
        assert all(gap is not None for gap in gaps.values())
        assert gaps[1].shows_skill and gaps[3].shows_skill  # type: ignore[union-attr]
        # Nineteen windows of half a year overlap so much that the interval holds 0 although the CRPS is a
        # third lower; thirteen windows of a year carry no interval at all.
        assert gaps[6].value < 0 < gaps[6].high  # type: ignore[union-attr, operator]
        assert gaps[12].value < 0 and gaps[12].low is None  # type: ignore[union-attr]


@pytest.mark.parametrize("forecast", ["pool", "shown"])
@pytest.mark.parametrize("period", ["all", "report"])
def test_no_worse_than_the_poisson_around_the_last_value(
    evaluations: list[Evaluation], forecast: str, period: str
) -> None:
    ratio = mean(evaluations, forecast, "crps", period) / mean(evaluations, "last_poisson", "crps", period)
    assert (ratio <= 1.0).all(), ratio


def test_probabilities_of_any_incident_are_calibrated(evaluations: list[Evaluation]) -> None:
    found = mean(evaluations, "pool", "calibration_error_any")
    # The aim at 12 months is .10; seeds give .104 to .106.
    assert (found <= [0.08, 0.08, 0.10, 0.11]).all(), found


def test_intervals_of_active_cells_and_of_totals(evaluations: list[Evaluation]) -> None:
    active, total = (mean(evaluations, "pool", name) for name in ("cover_90_active", "cover_90_total"))
    assert (active >= [0.88, 0.85, 0.78, 0.65]).all(), active
    assert (total >= [0.85, 0.81, 0.70, 0.65]).all(), total


def test_a_year_ahead_too_few_windows_for_a_verdict(evaluations: list[Evaluation]) -> None:
    for found in evaluations:
        said = {
            v.horizon: v.judgement for v in found.verdicts if (v.period, v.forecast) == ("report", "shown")
        }
        assert said[12] == said[6] == "too_little_data"
