"""The charts on a real register: attacks in 16 German states, 2014 to mid-2017 (arvig, CC0)."""

from __future__ import annotations

import csv
import os
from pathlib import Path

import numpy as np
import pytest

from kelisim.stats.detection.budget import set_threshold
from kelisim.stats.detection.chart import follow
from kelisim.stats.detection.cusum import Cusum
from kelisim.stats.detection.history import History
from kelisim.stats.detection.null import common_size, fit_null

MONTHS, NULL_MONTHS = 42, 12
APRIL, OCTOBER, JANUARY_2016, AUGUST = (months - NULL_MONTHS for months in (15, 21, 24, 19))


@pytest.fixture(scope="module")
def counts() -> np.ndarray:
    folder = os.environ.get("KELISIM_REFERENCE_DATA")
    path = Path(folder or "") / "events/arvig_germany_2014_2017.csv"
    if not folder or not path.exists():
        pytest.skip("the register is not here (KELISIM_REFERENCE_DATA)")
    with path.open(encoding="utf-8", newline="") as file:
        rows = [
            row for row in csv.DictReader(file) if set(row["category_en"].split(" & ")) & {"assault", "arson"}
        ]
    states = sorted({row["state"] for row in rows})
    out = np.zeros((len(states), MONTHS))
    for row in rows:
        month = (int(row["date"][:4]) - 2014) * 12 + int(row["date"][5:7]) - 1
        if month < MONTHS:
            out[states.index(row["state"]), month] += 1
    return out


@pytest.mark.floor
def test_the_panel_is_the_one_that_was_looked_at(counts: np.ndarray) -> None:
    assert counts.shape == (16, MONTHS) and counts.sum() == 1275
    assert round(float((counts == 0).mean()), 2) == 0.45 and round(float(counts.mean()), 2) == 1.90


@pytest.mark.floor
def test_the_surge_of_2015_is_seen_and_not_before_it_came(counts: np.ndarray) -> None:
    rng = np.random.default_rng(1)
    histories = [History.of(row) for row in counts]
    sizes = common_size([h.part(0, NULL_MONTHS) for h in histories])
    first = []
    for history in [*histories, History.of(counts.sum(axis=0))]:
        calm = history.part(0, NULL_MONTHS)
        null = fit_null(calm, sizes=sizes)
        set_to = set_threshold(Cusum(), calm, null, 0.25, rng, paths=2000)
        done = follow(Cusum(), calm, null, history.part(NULL_MONTHS, MONTHS), set_to.threshold)
        first.append(min(done.alarms, default=99))
    states, nation = np.array(first[:-1]), first[-1]
    print(sorted(states.tolist()), nation)
    assert (states < APRIL).sum() <= 2
    assert (states < OCTOBER).sum() >= 9
    assert (states < JANUARY_2016).sum() >= 12
    assert nation < AUGUST
