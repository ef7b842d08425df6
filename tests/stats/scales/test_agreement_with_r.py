"""Agreement with R: psych for reliability, lavaan for languages, MASS for ordinal logit, nlme for places."""

from __future__ import annotations

import csv
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest

from kelisim.stats.scales.alpha import cronbach
from kelisim.stats.scales.factor import DesignCovariance, Fit, fit_factor, moments
from kelisim.stats.scales.intraclass import intraclass
from kelisim.stats.scales.invariance import design_covariance
from kelisim.stats.scales.items import read_items
from kelisim.stats.scales.omega import omega_total
from kelisim.stats.scales.ordinal import ordinal_logit
from kelisim.stats.scales.places import place_correlation
from kelisim.stats.scales.polychoric import polychoric_matrix
from kelisim.stats.survey.sample import Sample
from tests.stats.scales.invented import LANGUAGES, NAMES, languages

pytestmark = [pytest.mark.proof, pytest.mark.floor]
SCRIPT = Path(__file__).with_name("references.R")
References = dict[tuple[str, str], float]


@pytest.fixture(scope="module")
def sample() -> Sample:
    return languages(np.random.default_rng(1), 220, 1, shift=0.4)


@pytest.fixture(scope="module")
def places() -> tuple[np.ndarray, np.ndarray]:  # type: ignore[type-arg]
    rng = np.random.default_rng(2)
    place = np.repeat(np.arange(30), rng.integers(3, 25, 30))
    return 0.5 * rng.normal(size=30)[place] + rng.normal(size=place.size), place


@pytest.fixture(scope="module")
def references(
    sample: Sample,
    places: tuple[np.ndarray, np.ndarray],  # type: ignore[type-arg]
    tmp_path_factory: pytest.TempPathFactory,
) -> References:
    if shutil.which("Rscript") is None:
        pytest.skip("R is not installed; packages r-base-core, r-cran-psych and r-cran-lavaan bring it")
    folder = tmp_path_factory.mktemp("r")
    coded = sample.codes("language")
    with (folder / "answers.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([*NAMES, "language"])
        answers = [sample.numbers(name).tolist() for name in NAMES]
        writer.writerows(zip(*answers, [coded.labels[k] for k in coded.codes], strict=True))
    with (folder / "places.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["y", "place"])
        writer.writerows(zip(map(repr, places[0].tolist()), places[1].tolist(), strict=True))
    done = subprocess.run(
        ["Rscript", "--vanilla", str(SCRIPT), str(folder)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    with (folder / "references.csv").open(encoding="utf-8") as file:
        return {(row["case"], row["what"]): float(row["value"]) for row in csv.DictReader(file)}


@pytest.fixture(scope="module")
def scores(sample: Sample) -> np.ndarray:  # type: ignore[type-arg]
    return read_items(sample, NAMES).scores


def test_reliability(references: References, scores: np.ndarray) -> None:  # type: ignore[type-arg]
    made = cronbach(scores, level=0.95, names=NAMES)
    assert made.value == pytest.approx(references["alpha", "value"], rel=1e-10)
    assert (made.low, made.high) == pytest.approx(
        (references["alpha", "low"], references["alpha", "high"]), rel=1e-9
    )
    for item in made.items:
        assert item.rest == pytest.approx(references["alpha", f"rest {item.name}"], rel=1e-10)
        assert item.alpha_without == pytest.approx(references["alpha", f"without {item.name}"], rel=1e-10)
    # The search of the peer stops at about seven digits.
    omega = omega_total(scores, correlations="pearson")
    assert omega.value == pytest.approx(references["omega", "value"], rel=1e-6)
    for one in intraclass(scores, level=0.95):
        found = (one.value, one.low, one.high)
        wanted = tuple(references["icc", f"{one.form}{end}"] for end in ("", " low", " high"))
        assert found == pytest.approx(wanted, rel=1e-9)


def test_polychoric_correlations(references: References, scores: np.ndarray) -> None:  # type: ignore[type-arg]
    made = polychoric_matrix(scores)
    for i in range(1, 5):
        for j in range(i):
            # The peer's own search of each correlation is good to about four digits.
            assert made[i, j] == pytest.approx(references["polychoric", f"{i} {j}"], abs=1e-4)


def fit(sample: Sample, scores: np.ndarray, case: str, design: DesignCovariance | None = None) -> Fit:  # type: ignore[type-arg]
    codes = sample.codes("language").codes
    groups = [moments(scores[codes == k]) for k in range(len(LANGUAGES))]
    level = "scalar" if case == "partial" else case
    free = [2] if case == "partial" else []
    return fit_factor(groups, level, free_intercepts=free, design=design, errors=True)  # type: ignore[arg-type]


@pytest.mark.parametrize("case", ["configural", "metric", "scalar", "partial"])
def test_one_factor_in_three_languages(
    references: References,
    sample: Sample,
    scores: np.ndarray,
    case: str,  # type: ignore[type-arg]
) -> None:
    made = fit(sample, scores, case)
    assert made.df == references[case, "df"]
    assert made.chi2 == pytest.approx(references[case, "chisq"], rel=1e-7)
    assert made.cfi == pytest.approx(references[case, "cfi"], abs=1e-8)
    assert made.rmsea == pytest.approx(references[case, "rmsea"], abs=1e-8)
    for group in (1, 2):
        assert made.factor_variance[group] == pytest.approx(
            references[case, f"variance {group + 1}"], rel=1e-4
        )
        if case in ("scalar", "partial"):
            assert made.factor_mean[group] == pytest.approx(references[case, f"mean {group + 1}"], abs=1e-5)
            assert made.factor_mean_se[group] == pytest.approx(references[case, f"se {group + 1}"], rel=1e-4)


@pytest.mark.parametrize("case", ["configural", "scalar"])
def test_scaling_of_chi_square(
    references: References,
    sample: Sample,
    scores: np.ndarray,
    case: str,  # type: ignore[type-arg]
) -> None:
    codes = sample.codes("language").codes
    inside = [codes == k for k in range(len(LANGUAGES))]
    design = design_covariance(
        sample, read_items(sample, NAMES), inside, [moments(scores[i]) for i in inside]
    )
    made = fit(sample, scores, case, design)
    # With independent interviews the design's covariance is that of the peer but for n / (n - 1).
    assert made.scaling == pytest.approx(references[case, "scaling"], rel=6e-3)


def test_ordinal_logit(references: References, sample: Sample, scores: np.ndarray) -> None:  # type: ignore[type-arg]
    codes = sample.codes("language").codes
    terms = np.column_stack((scores.sum(axis=1), codes == 1, codes == 2)).astype(float)
    made = ordinal_logit(scores[:, 2], terms)
    assert made.log_likelihood == pytest.approx(references["polr", "loglik"], rel=1e-9)
    for k in range(3):
        assert made.slopes[k] == pytest.approx(references["polr", f"slope {k}"], rel=1e-4)
        assert made.se[k] == pytest.approx(references["polr", f"se {k}"], rel=1e-3)
    for k, cut in enumerate(made.cuts.tolist()):
        assert cut == pytest.approx(references["polr", f"cut {k}"], rel=1e-4)


def test_likeness_within_places(
    references: References,
    places: tuple[np.ndarray, np.ndarray],  # type: ignore[type-arg]
) -> None:
    made = place_correlation(*places, level=0.95, method="reml")
    assert made.value == pytest.approx(references["places", "reml"], rel=1e-5)
