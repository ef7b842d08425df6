"""The twin: one seed, one region; the committed study is its output; the planted truth is recovered."""

from __future__ import annotations

import json
from pathlib import Path

from kelisim.runs.twin_study import write_twin
from kelisim.simulation.twin import twin_files
from kelisim.stats.rates import poisson_rate
from tests.studies import SYNTHETIC


def test_the_committed_study_is_what_the_generator_writes(tmp_path: Path) -> None:
    for name in write_twin(tmp_path, 7):
        assert (SYNTHETIC / name).read_bytes() == (tmp_path / name).read_bytes(), name


def test_other_seeds_give_other_regions() -> None:
    assert twin_files(1)["data/census.csv"] != twin_files(2)["data/census.csv"]


def test_the_interval_of_the_rate_covers_the_planted_rate() -> None:
    covered = 0
    for seed in range(60):
        files = twin_files(seed, None)
        events = len(files["data/events.csv"].splitlines()) - 1
        truth = json.loads(files["truth.json"])["clash_rate_per_year"]
        _, low, high = poisson_rate(events, 10.0, 0.95)
        covered += low <= truth <= high
    # Garwood's interval covers at least 95 %; 60 runs allow 3 sqrt(0.95 * 0.05 / 60) = 0.085 below.
    assert covered / 60 >= 0.95 - 0.085


def test_the_study_says_it_is_synthetic() -> None:
    assert "synthetic: true" in twin_files(3)["study.yaml"]
