"""Social distance, its pooling, the order of steps and the gap of stereotypes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from kelisim.core.errors import NotDefined, Refused
from kelisim.stats.agreement import agreement
from kelisim.stats.scales.distance import DistanceLimits, distance_matrix, stack
from kelisim.stats.scales.guttman import reproducibility
from kelisim.stats.scales.pooling import pool_distances
from kelisim.stats.scales.stereotypes import valence_gap
from kelisim.stats.survey.moments import mean
from tests.stats.scales.invented import sample_of

GROUPS = ("k", "r", "u")


def answers(n: int = 360, seed: int = 1) -> dict[str, Any]:
    rng = np.random.default_rng(seed)
    own = rng.choice([*GROUPS, "other"], p=[0.5, 0.25, 0.2, 0.05], size=n)
    data: dict[str, Any] = {"own": own, "v": np.arange(n) // 12, "h": np.arange(n) // 72}
    data["w"] = rng.uniform(0.5, 2, n)
    for place, target in enumerate(GROUPS):
        steps = rng.integers(1, 4, n) + np.where(own == target, -1, place) + (own == "r")
        data[f"to_{target}"] = np.where(rng.random(n) < 0.1, np.nan, np.clip(steps, 1, 7))
    return data


TARGETS = {g: f"to_{g}" for g in GROUPS}


def matrix(data: dict[str, Any], **design: Any) -> Any:
    sample = sample_of(data, **(design or {"psu": ("v",), "strata": ("h",)}))
    return distance_matrix(sample, "own", TARGETS, level=0.95), sample


def test_cells_are_means_of_the_survey_core() -> None:
    made, sample = matrix(answers())
    for target in GROUPS:
        for one in mean(sample, f"to_{target}", by=["own"], level=0.95):
            own = one.by[0][1]
            if own == "other":
                continue
            cell = made.cell(own, target).estimate
            assert (cell.value, cell.se, cell.n, cell.df) == pytest.approx((one.value, one.se, one.n, one.df))
    assert len(made.cells) == 6 and len(made.own) == 3 and len(made.pairs) == 3
    assert dict(made.others)["other"] > 0


def test_asymmetry_takes_both_directions_of_a_village_together() -> None:
    made, sample = matrix(answers())
    pair = made.pairs[0]
    one, other = made.cell("k", "r").estimate, made.cell("r", "k").estimate
    assert pair.asymmetry.value == pytest.approx(one.value - other.value)
    assert pair.closeness.value == pytest.approx((one.value + other.value) / 2)
    # The difference of domains by linearised values, written out.
    own, w = np.asarray(answers()["own"]), sample.weights
    z = np.zeros(sample.size)
    for a, b, sign in (("k", "r", 1.0), ("r", "k", -1.0)):
        y = sample.numbers(f"to_{b}")
        here = (own == a) & ~np.isnan(y)
        z[here] += sign * w[here] * (y[here] - np.average(y[here], weights=w[here])) / w[here].sum()
    total = np.bincount(sample.unit, weights=z)
    stratum = sample.stages[0].stratum
    variance = 0.0
    for h in np.unique(stratum):
        t = total[stratum == h]
        variance += t.size / (t.size - 1) * np.square(t - t.mean()).sum()
    assert pair.asymmetry.se == pytest.approx(np.sqrt(variance), rel=1e-9)


def test_answers_of_one_person_stay_together_without_units() -> None:
    made, sample = matrix(answers(), strata=("h",))
    assert stack(sample, "own", TARGETS, (1, 7)).psus == sample.size
    assert made.pairs[0].asymmetry.df > 50


def test_reversing_the_groups_turns_asymmetry_round() -> None:
    made, sample = matrix(answers())
    back = distance_matrix(sample, "own", dict(reversed(TARGETS.items())), level=0.95)
    one = next(p for p in made.pairs if {p.first, p.second} == {"k", "r"})
    other = next(p for p in back.pairs if {p.first, p.second} == {"k", "r"})
    assert one.asymmetry.value == pytest.approx(-other.asymmetry.value)
    assert one.p == pytest.approx(other.p)


def test_thin_and_empty_cells_are_withheld() -> None:
    data = answers()
    data["own"] = np.where(data["own"] == "u", "k", data["own"])
    data["own"][:6] = "u"
    data["to_r"] = np.where(data["own"] == "u", np.nan, data["to_r"])
    made, _ = matrix(data)
    assert made.cell("u", "k").reasons[0] == "small_n" and made.cell("u", "k").status == "withheld"
    assert made.cell("u", "r").estimate is None
    assert {(p.first, p.second) for p in made.pairs} == {("k", "r"), ("k", "u")}
    assert next(p for p in made.pairs if p.second == "u").status == "withheld"
    wide = distance_matrix(
        sample_of(answers(), psu=("v",)), "own", TARGETS, level=0.95, limits=DistanceLimits(width=0.01)
    )
    assert all(cell.status == "withheld" for cell in wide.cells)


def test_steps_outside_the_scale_are_refused_by_row() -> None:
    data = answers()
    data["to_k"] = data["to_k"].copy()
    data["to_k"][4], data["to_k"][7] = 8, 2.5
    with pytest.raises(Refused, match="no step from 1 to 7") as why:
        matrix(data)
    assert [fault.row for fault in why.value.faults] == [5, 8]
    with pytest.raises(ValueError, match="two groups"):
        distance_matrix(sample_of(answers()), "own", {"k": "to_k"}, level=0.95)


def test_pooling_draws_thin_cells_to_their_row_and_column() -> None:
    data = answers()
    thin = (data["own"] == "u") & (np.arange(360) % 6 > 0)
    data["to_r"] = np.where(thin, np.nan, data["to_r"])
    made, _ = matrix(data)
    pooled = {(c.respondent, c.target): c for c in pool_distances(made, level=0.95).cells}
    assert pooled["u", "r"].own_weight < pooled["k", "r"].own_weight
    for cell in made.cells:
        one = pooled[cell.respondent, cell.target]
        assert one.low < one.value < one.high and cell.estimate is not None
        if cell.estimate.n > 50:
            assert one.value == pytest.approx(cell.estimate.value, abs=0.3)
    data["to_u"] = np.where(data["own"] == "r", np.nan, data["to_u"])
    made, _ = matrix(data)
    with pytest.raises(NotDefined) as why:
        pool_distances(made, level=0.95)
    assert why.value.reason == "few_cells"


def test_reproducibility_of_the_steps() -> None:
    ideal = [[0, 0, 0, 1], [0, 0, 1, 1], [0, 1, 1, 1], [1, 1, 1, 1], [0, 0, 0, 0]]
    made = reproducibility(ideal)
    assert (made.coefficient, made.scalability, made.in_order) == (1.0, 1.0, True)
    assert reproducibility([row[::-1] for row in ideal]).coefficient < 0.9
    everyone = reproducibility([[1, 1, 1]] * 4)
    assert everyone.scalability is None and everyone.marginal == 1
    for steps, words in (([[0, 2]], "accepted"), ([0, 1], "two steps"), ([[0, np.nan]], "accepted")):
        with pytest.raises(ValueError, match=words):
            reproducibility(steps)
    with pytest.raises(NotDefined):
        reproducibility(np.empty((0, 3)))


def coders(agree: float) -> Any:
    rng = np.random.default_rng(2)
    truth = rng.integers(-3, 4, 300)
    second = np.where(rng.random(300) < agree, truth, rng.integers(-3, 4, 300))
    return agreement(np.column_stack((truth, second)), metric="interval", level=0.95, draws=99, rng=rng)


def test_the_gap_is_paired_within_respondents() -> None:
    rng = np.random.default_rng(3)
    tongue = rng.normal(size=200)
    auto, hetero = np.clip(tongue + 1, -3, 3), np.clip(tongue + 0.2, -3, 3)
    hetero[:30] = np.nan
    data = {"auto": auto, "hetero": hetero, "v": np.arange(200) // 10}
    sample = sample_of(data, psu=("v",))
    made = valence_gap(sample, "auto", "hetero", coders(0.95), level=0.95)
    one = made.gap.one()
    assert one.value == pytest.approx(np.nanmean(auto - hetero)) and (made.both, made.one_only) == (170, 30)
    assert made.auto.one().n == 170 and made.auto.one().value - made.hetero.one().value == pytest.approx(
        one.value
    )
    # A generous tongue cancels out: the paired error is far below that of either mean.
    assert one.se is not None and made.auto.one().se is not None
    assert one.se < 0.5 * made.auto.one().se  # type: ignore[operator]


def test_no_gap_where_coders_disagree_or_valence_is_outside() -> None:
    sample = sample_of({"auto": [1.0, 2, 3], "hetero": [0.0, 1, 4]})
    with pytest.raises(NotDefined) as why:
        valence_gap(sample, "auto", "hetero", coders(0.5), level=0.95)
    assert why.value.reason == "coding_unreliable"
    with pytest.raises(Refused, match="no valence"):
        valence_gap(sample, "auto", "hetero", coders(0.95), level=0.95)
