"""The survey of the twin: its interviews come in without loss, estimates from them meet what was planted."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from kelisim.assessment.assess import item_units
from kelisim.core.estimates import Figure
from kelisim.core.study import Study
from kelisim.core.waves import Drawn, Wave
from kelisim.evidence.survey.wave import RARE, wave_figures
from kelisim.simulation.survey_wave import AGES, QUESTIONS, SEXES, Plan, World, draw_wave
from kelisim.simulation.twin import twin_files
from kelisim.simulation.twin_attitudes import plant
from tests.studies import SYNTHETIC, read

GROUPS = ("north", "lake", "steppe", "other")


@pytest.fixture(scope="module")
def study() -> Study:
    return read(SYNTHETIC)


def figures(wave: Wave) -> list[Figure]:
    return list(wave_figures(wave, level=0.95, units=item_units(), rare=10))


def planted(wave: Wave, truth: dict[str, dict[str, dict[str, float]]]) -> Iterator[tuple[Figure, float]]:
    """Figures with the truth behind them: of all, by group, by district."""
    for figure in figures(wave):
        tally, kind = figure.tally, figure.indicator.partition(".")[0]
        assert tally is not None
        if tally.split == "language" or figure.estimate.value is None:
            continue
        if figure.indicator in wave.feeds:
            feed = wave.feeds[figure.indicator]
            column, option = feed.question, feed.options[0] if feed.options else "mean"
        elif kind in ("wave_share", "wave_mean"):
            column, _, option = figure.indicator.split(".", 2)[2].partition(".")
            option = option or "mean"
        else:
            continue
        known = truth[column].get(tally.part or "all", {})
        if option in known:
            yield figure, known[option] * (100.0 if figure.estimate.unit == "percent" else 1.0)


def test_every_interview_comes_in_with_every_answer(study: Study) -> None:
    wave = study.waves["spring"]
    lines = (SYNTHETIC / "data/interviews.csv").read_text(encoding="utf-8").splitlines()
    assert len(wave.answers) == len(lines) - 1 >= 850
    assert wave.answers.set_aside == ()
    assert wave.invited is not None and wave.invited > len(wave.answers)
    assert set(wave.answers.languages.tolist()) == {"kk", "ru", "uz", "en"}
    header = lines[0].split(",")
    place = header.index("Q11")
    chosen = sum(len(line.split(",")[place].split()) for line in lines[1:])
    options = [f"Q11_{option}" for option in ("1", "2", "3", "4", "5", "6", "7", "8", "none")]
    assert chosen == sum(float(np.nansum(wave.answers.data[name])) for name in options)


def test_the_planted_shares_and_means_lie_in_their_intervals(study: Study) -> None:
    truth = json.loads((SYNTHETIC / "truth.json").read_text(encoding="utf-8"))["survey"]["answers"]
    checked = [
        (figure, true)
        for figure, true in planted(study.waves["spring"], truth)
        if figure.tally is not None and figure.tally.split in ("all", "group") and figure.tally.n >= 80
    ]
    inside = [f.estimate.low <= true <= f.estimate.high for f, true in checked]  # type: ignore[operator]
    # Answers of one wave are not independent of each other, so this is looser than the proof below.
    assert len(checked) > 80 and np.mean(inside) > 0.88


def test_sensitive_items_and_known_margins_are_no_findings(study: Study) -> None:
    told = {
        figure.indicator.split(".")[2] for figure in figures(study.waves["spring"]) if "." in figure.indicator
    }
    assert not told & {"group", "sex", "age", "district", "settlement", "interviewer", "language", "weight"}
    assert {"Q8", "Q11", "Q17_lake"} <= told


def test_rare_answers_are_told_together(study: Study) -> None:
    wave = study.waves["spring"]
    data = dict(wave.answers.data)
    values = np.array(data["Q10"])
    values[values == "2"] = "3"
    values[:6] = "2"
    data["Q10"] = values
    made = figures(replace(wave, answers=replace(wave.answers, data=data)))
    shown = {f.indicator for f in made if f.indicator.startswith("wave_share.spring.Q10")}
    assert f"wave_share.spring.Q10.{RARE}" in shown and "wave_share.spring.Q10.2" not in shown
    joined = [
        f.tally.cases for f in made if f.indicator.endswith(RARE) and f.tally and f.tally.split == "all"
    ]
    assert joined and all(cases is not None and cases >= 20 for cases in joined)


def test_a_picked_sample_gets_no_margin_of_error(study: Study) -> None:
    wave = replace(
        study.waves["spring"],
        margins={},
        drawn=Drawn(kind="quota", weights=None, lonely="fail", quotas=("Q8",)),
    )
    made = figures(wave)
    assert made and all(f.estimate.low is None and f.estimate.se is None for f in made)
    assert all(f.estimate.grade == "poor" and "no_margin" in f.estimate.reasons for f in made)
    assert not any(f.indicator.startswith("wave_share.spring.Q8") for f in made)


def test_the_planted_likeness_within_settlements_is_there() -> None:
    _, fieldwork = drawn(5, Plan(settlements=20, invited=60, icc=0.05))
    unit = np.unique(fieldwork.columns["settlement"], return_inverse=True)[1]
    area = np.unique(fieldwork.columns["district"], return_inverse=True)[1]
    found = []
    for column in ("Q3", "Q7", "Q8"):
        said = np.array(fieldwork.columns[column])
        y = np.where(said == "88", np.nan, np.where(said == "", "nan", said).astype(float))
        y = y if column != "Q8" else np.where(np.isin(said, ["1", "2"]), said == "1", np.nan).astype(float)
        found.append(icc(y, unit, area))
    assert 0.025 < np.mean(found) < 0.075


def icc(y: np.ndarray, unit: np.ndarray, area: np.ndarray) -> float:
    """Intra-class correlation by the analysis of variance of settlements within districts."""
    known = ~np.isnan(y)
    y, unit, area = y[known], unit[known], area[known]
    n = np.bincount(unit)
    means = np.bincount(unit, weights=y) / np.maximum(n, 1)
    home = np.zeros(len(n), dtype=int)
    home[unit] = area
    district = np.bincount(area, weights=y) / np.bincount(area)
    used = n > 0
    between = (n * (means - district[home]) ** 2)[used].sum() / (used.sum() - len(district))
    within = ((y - means[unit]) ** 2).sum() / (len(y) - used.sum())
    size = (len(y) - (n[used] ** 2).sum() / len(y)) / (used.sum() - 1)
    return float((between - within) / (between + (size - 1) * within))


def drawn(seed: int, plan: Plan, areas: int = 14):  # type: ignore[no-untyped-def]
    rng = np.random.default_rng(seed)
    hidden = plant(areas, 0.03, rng)
    compositions = rng.dirichlet(12 * np.array([0.62, 0.27, 0.10, 0.01]), size=areas)
    names = [f"SY{k + 1}" for k in range(areas)]
    world = World(names, rng.integers(9000, 90000, areas), compositions, GROUPS, hidden.items)
    return world, draw_wave(world, plan, rng)


@pytest.mark.proof
def test_intervals_cover_the_planted_truth(tmp_path: Path) -> None:
    """25 waves, each of its own world: 95 % intervals of shares and means of all cover as often."""
    covered, known = [], []
    for seed in range(25):
        folder = tmp_path / str(seed)
        for name, text in twin_files(1000 + seed).items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        truth = json.loads((folder / "truth.json").read_text(encoding="utf-8"))["survey"]["answers"]
        wave = read(folder).waves["spring"]
        wave = replace(wave, area_item=None, group_item=None)
        own = [
            f.estimate.low <= true <= f.estimate.high  # type: ignore[operator]
            for f, true in planted(wave, truth)
        ]
        covered.append(np.mean(own))
        known.append(len(own))
    assert min(known) > 40
    # Answers of one wave hang together, so the mean over waves is what varies: its error is that of 25 means.
    error = 3 * float(np.std(covered, ddof=1)) / np.sqrt(len(covered))
    assert abs(float(np.mean(covered)) - 0.95) < max(error, 0.02), (np.mean(covered), error)


def test_every_question_of_the_form_is_answered_by_the_generator() -> None:
    _, fieldwork = drawn(1, Plan(settlements=2, invited=10, icc=0.03), areas=3)
    assert {q.code for q in QUESTIONS if not q.rows} <= fieldwork.columns.keys()
    assert set(fieldwork.columns["age"]) <= AGES.keys() and set(fieldwork.columns["sex"]) <= SEXES.keys()
    assert fieldwork.truth["Q1"].keys() == {"all", "SY1", "SY2", "SY3", *GROUPS}
