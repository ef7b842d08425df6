"""Designs, weights and answers that cannot be right: one message with record, column, reason and way out."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from kelisim.core.errors import KelisimError, NotDefined, Refused
from kelisim.stats.survey.calibration import calibrate, rake
from kelisim.stats.survey.design import Design
from kelisim.stats.survey.glm import glm
from kelisim.stats.survey.moments import mean, share, total
from kelisim.stats.survey.quantile import quantile
from kelisim.stats.survey.replicates import bootstrap, brr, imported, jkn
from kelisim.stats.survey.sample import Sample
from kelisim.stats.survey.weighting import trim
from tests.stats.survey.invented import LEVEL, A, fixture_a, stratified


def changed(column: str, row: int, value: Any) -> dict[str, list[Any]]:
    values = list(A[column])
    values[row] = value
    return A | {column: values}


@pytest.mark.parametrize(
    ("value", "words"),
    [(np.nan, "missing"), (0, "zero"), (-2, "negative"), (np.inf, "infinite"), ("much", "not a number")],
)
def test_weights(value: object, words: str) -> None:
    with pytest.raises(Refused, match=words) as refused:
        Sample(changed("w", 4, value), stratified(), name="wave.csv", rows=range(2, 16))
    (fault,) = refused.value.faults
    assert (fault.file, fault.row, fault.field) == ("wave.csv", 6, "w")


def test_all_faults_of_weights_are_gathered() -> None:
    data = changed("w", 0, np.nan) | {"w": [np.nan, -1, np.inf, *A["w"][3:]]}
    with pytest.raises(Refused) as refused:
        Sample(data, stratified())
    assert [fault.row for fault in refused.value.faults] == [1, 2, 3]


def test_many_faults_are_told_once() -> None:
    data = {"w": [-1.0] * 500, "y": [1] * 500}
    with pytest.raises(Refused, match="480 more records") as refused:
        Sample(data, Design(kind="probability", weights="w", lonely="fail"))
    assert len(refused.value.faults) == 21


DESIGNS: dict[str, tuple[dict[str, Any], dict[str, Any], str]] = {
    "unit in two strata": (A, {"nest": False}, "'1' is in stratum '2' here and in '1' before"),
    "lonely unit": (changed("h", 13, 3), {}, "stratum '3' holds one sampling unit"),
    "population below sample": (
        changed("N", 0, 2) | {"N": [2] * 6 + [8] * 8},
        {"fpc": ("N",)},
        "3 units were drawn",
    ),
    "population changes": (changed("N", 3, 11), {"fpc": ("N",)}, "fpc is 11 here and 10 in an earlier"),
    "population missing": (changed("N", 3, np.nan), {"fpc": ("N",)}, "fpc is nan"),
    "stratum missing": (changed("h", 3, None), {}, "the design is not known here"),
    "unknown column": (A, {"strata": ("region",)}, "there is no such column"),
    "fractional codes": (changed("psu", 3, 1.5), {}, "fractional numbers"),
    "columns of unlike length": (A | {"y": [1]}, {}, "columns differ in length"),
    "no records": ({name: [] for name in A}, {}, "there are no records"),
    "printed totals": (A, {"kind": "marginals"}, "printed totals are not a sample"),
    "pairing of an unknown stratum": (
        A,
        {"lonely": "collapse", "collapse": {"9": "x"}},
        "the pairing names '9'",
    ),
}


@pytest.mark.parametrize("case", DESIGNS)
def test_designs(case: str) -> None:
    data, how, words = DESIGNS[case]
    with pytest.raises(Refused, match=words.replace("(", r"\(")) as refused:
        Sample(data, stratified(**how))
    assert all(fault.way_out for fault in refused.value.faults)


@pytest.mark.parametrize(
    "how",
    [
        {"lonely": "skip"}, {"kind": "census"}, {"strata": "h"}, {"strata": ("h", "g")},
        {"collapse": {"1": "x"}},
        {"lonely": "collapse"}, {"assume": "places_exchangeable"},
    ],
)  # fmt: skip
def test_declarations_that_make_no_sense(how: dict[str, Any]) -> None:
    with pytest.raises(ValueError):
        stratified(**how)


def test_lonely_must_be_chosen() -> None:
    with pytest.raises(TypeError, match="lonely"):
        Design(kind="probability", weights="w")  # type: ignore[call-arg]


def test_empty_domains_are_findings() -> None:
    sample = fixture_a()
    with pytest.raises(NotDefined, match="no record of the domain"):
        mean(sample, "y", level=LEVEL, where=np.zeros(14, dtype=bool))
    data = A | {"y": [None if g == "a" else y for g, y in zip(A["g"], A["y"], strict=True)]}
    made = mean(Sample(data, stratified()), "y", by=["g"], level=LEVEL)
    assert made.find(g="b").value is not None
    assert made.find(g="a").value is None and made.find(g="a").se is None
    assert made.find(g="a").reasons == ("no_answers",)
    with pytest.raises(NotDefined, match="no record has"):
        made.find(g="c")


@pytest.mark.parametrize(
    ("weights", "more", "words"),
    [
        (np.ones((13, 4)), {}, "do not fit 14 records"),
        (np.ones((14, 1)), {}, "one replicate shows no variance"),
        (np.full((14, 3), np.nan), {}, "not finite"),
        (np.zeros((14, 3)), {}, "weighs nothing"),
        (np.ones((14, 3)), {"rscales": np.ones(4)}, "4 rscales do not fit 3 replicates"),
        (np.ones((14, 3)), {"scale": -1.0}, "scales of replicates"),
        (np.ones((14, 3)), {"df": 0}, "degrees of freedom"),
    ],
)
def test_replicate_weights_that_do_not_fit(weights: Any, more: dict[str, Any], words: str) -> None:
    how: dict[str, Any] = {"scale": 1.0, "rscales": 1.0, "centre": "estimate", "df": 3} | more
    with pytest.raises(Refused, match=words):
        imported(fixture_a(), weights, **how)


def test_replicates_that_do_not_fit_the_design() -> None:
    with pytest.raises(Refused, match="two sampling units in every stratum"):
        brr(fixture_a(), fay=0.0, centre="estimate")
    other = jkn(fixture_a(), centre="estimate")
    with pytest.raises(ValueError, match="another sample"):
        mean(fixture_a(), "y", level=LEVEL, replicates=other)
    third = {name: [values[-1]] for name, values in A.items()} | {"h": [3]}
    with pytest.raises(Refused, match="leaves lonely units as they are"):
        bootstrap(fixture_a(lonely="adjust", **third), 10, rng=np.random.default_rng(1), centre="estimate")


CALIBRATIONS: dict[str, tuple[dict[str, dict[str, float]], str]] = {
    "empty category": ({"g": {"a": 100, "b": 100, "c": 50}}, "nobody was interviewed in 'c'"),
    "label without total": ({"g": {"a": 100}}, "'b' occurs and has no known total"),
    "margins of different size": ({"g": {"a": 1, "b": 1}, "s": {"m": 1, "f": 2}}, "different populations"),
    "a total of nobody": ({"g": {"a": 0, "b": 1}}, "the total of 'a' is 0"),
}


@pytest.mark.parametrize("case", CALIBRATIONS)
def test_calibrations(case: str) -> None:
    margins, words = CALIBRATIONS[case]
    with pytest.raises(Refused, match=words):
        rake(fixture_a(), margins, variance="regression")


def test_totals_out_of_reach() -> None:
    with pytest.raises(Refused, match="no weights meet the totals"):
        calibrate(fixture_a(), kind="linear", margins={"g": {"a": 300, "b": 140}}, bounds=(0.9, 1.1))
    with pytest.raises(Refused, match="cannot be kept"):
        trim(fixture_a(), lower=0, upper=5, redistribute=True)
    made = calibrate(fixture_a(), kind="linear", margins={"g": {"a": 110, "b": 140}}).sample
    with pytest.raises(Refused, match="calibrated already"):
        calibrate(made, kind="linear", population=250)


def test_a_trimmed_calibrated_sample_keeps_totals_and_limits() -> None:
    made = calibrate(fixture_a(), kind="raking", margins={"g": {"a": 110, "b": 140}}).sample
    cut = trim(made, lower=10.0, upper=26.0, redistribute=True)
    assert cut.weights.max() <= 26 * (1 + 1e-9)
    assert share(cut, "g", level=LEVEL).value == pytest.approx([0.44, 0.56])
    assert share(cut, "g", level=LEVEL).se == pytest.approx([0, 0], abs=1e-9)


@pytest.mark.parametrize(
    ("terms", "words"),
    [
        (["x", "x2"], "collinear"),
        (["split"], "separation"),
        (["nil"], "collinear"),
        (["x", "g", "s", "k"], "too_many"),
    ],
)
def test_models_without_an_answer(terms: list[str], words: str) -> None:
    y = np.array(A["b"])
    data = A | {
        "x2": [2 * x for x in A["x"]],
        "split": (y * 2 + np.arange(14) / 100).tolist(),
        "nil": [0] * 14,
    }
    data |= {"k": [str(i % 3) for i in range(14)]}
    reference = {name: sorted(set(data[name]))[0] for name in terms if name in ("g", "s", "k")}
    with pytest.raises(NotDefined) as finding:
        glm(Sample(data, stratified()), "b", terms, family="logit", reference=reference, level=LEVEL)
    assert words in finding.value.reason


def test_answers_that_are_no_numbers() -> None:
    with pytest.raises(Refused, match="'many' is not a number"):
        total(Sample(changed("y", 2, "many"), stratified()), "y", level=LEVEL)
    with pytest.raises(Refused, match="fractional"):
        share(Sample(changed("b", 2, 0.5), stratified()), "b", level=LEVEL)
    with pytest.raises(ValueError, match="between 0 and 1"):
        quantile(fixture_a(), "y", [1.5], level=LEVEL)
    with pytest.raises(KelisimError):
        mean(fixture_a(), "age", level=LEVEL)
