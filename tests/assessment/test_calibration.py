"""Calibration against planted truth: of areas said to be red with 0.7, seven in ten are."""

from __future__ import annotations

import json
from itertools import pairwise

import numpy as np
import pytest

from kelisim.assessment.assess import assess, item_units
from kelisim.core.zones import COLOURS
from kelisim.evidence.survey.area_estimates import area_estimates
from kelisim.runs.kinds import KINDS
from kelisim.simulation.twin import RULE, twin_files
from kelisim.sources.study import read_study

LEVELS = ("tense", "normal", "benevolent")


def collected(seeds: range, tmp_path_factory: pytest.TempPathFactory) -> tuple[np.ndarray, np.ndarray]:
    """(probability, happened) of every level and of every zone of every coloured area of many twins."""
    levels, zones = [], []
    folder = tmp_path_factory.mktemp("twin")
    for seed in seeds:
        files = twin_files(seed)
        for name, text in files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        study = read_study(folder, KINDS)
        figures = area_estimates(study.tables["attitudes"], item_units(), 0.95)
        truth = json.loads(files["truth.json"])["interaction"]["areas"]
        for zone in assess(study, figures, np.random.default_rng(seed)).zones:
            true = truth[zone.area_id]
            levels += [(zone.levels[name], true["level"] == name) for name in LEVELS if zone.levels]
            if not zone.grey:
                zones += [(zone.probabilities[c], true["zone"] == c) for c in COLOURS]
    return np.array(levels, dtype=float), np.array(zones, dtype=float)


@pytest.fixture(scope="module")
def pairs(tmp_path_factory: pytest.TempPathFactory) -> tuple[np.ndarray, np.ndarray]:
    return collected(range(1000, 1120), tmp_path_factory)


@pytest.mark.proof
@pytest.mark.parametrize("which", [0, 1], ids=["level", "zone"])
def test_probabilities_are_calibrated(pairs: tuple[np.ndarray, np.ndarray], which: int) -> None:
    p, happened = pairs[which].T
    edges = np.array([0.0, 0.02, 0.1, 0.25, 0.4, 0.6, 0.75, 0.9, 0.98, 1.0 + 1e-9])
    for low, high in pairwise(edges):
        inside = (p >= low) & (p < high)
        if inside.sum() < 20:
            continue
        said, seen = p[inside].mean(), happened[inside].mean()
        # Three standard errors of the observed share, under the probabilities that were said.
        allowed = 3 * np.sqrt((p[inside] * (1 - p[inside])).sum()) / inside.sum() + 0.002
        assert abs(said - seen) <= allowed, (
            f"{low}-{high}: said {said:.3f}, seen {seen:.3f}, n {inside.sum()}"
        )


@pytest.mark.proof
def test_the_zone_beats_the_base_rate(pairs: tuple[np.ndarray, np.ndarray]) -> None:
    p, happened = pairs[1].T
    base = np.tile(happened.reshape(-1, 3).mean(axis=0), len(happened) // 3)
    assert ((p - happened) ** 2).mean() < 0.25 * ((base - happened) ** 2).mean()


def test_a_few_twins_already_show_no_gross_error(tmp_path_factory: pytest.TempPathFactory) -> None:
    levels, zones = collected(range(20, 22), tmp_path_factory)
    for made in (levels, zones):
        p, happened = made.T
        allowed = 4 * np.sqrt((p * (1 - p)).sum()) + 1e-9
        top = p > 0.5
        assert abs((p[top] - happened[top]).sum()) <= allowed
    assert RULE.yellow < RULE.red
