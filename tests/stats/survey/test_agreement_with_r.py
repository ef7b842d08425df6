"""Agreement with R's package survey on its own data and on random designs, to a relative 1e-8 or better."""

from __future__ import annotations

import csv
import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from math import isnan
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from kelisim.stats.survey.calibration import Calibration, calibrate, poststratify, rake
from kelisim.stats.survey.chisq import independence
from kelisim.stats.survey.design import Design
from kelisim.stats.survey.glm import glm
from kelisim.stats.survey.moments import mean, ratio, share, total
from kelisim.stats.survey.quantile import quantile
from kelisim.stats.survey.replicates import Replicates, brr, imported, jk1, jkn
from kelisim.stats.survey.results import Estimates, SurveyEstimate
from kelisim.stats.survey.sample import Sample
from kelisim.stats.survey.weighting import trim

pytestmark = [pytest.mark.proof, pytest.mark.floor]
SCRIPT = Path(__file__).with_name("references.R")
RELATIVE = 1e-9
LEVEL = 0.95
Row = dict[str, str]


@dataclass(frozen=True)
class References:
    folder: Path
    rows: list[Row]

    def of(self, case: str, what: str) -> Iterator[Row]:
        found = [row for row in self.rows if row["case"] == case and row["what"] == what]
        assert found, f"R gave nothing for {case}, {what}"
        yield from found

    def data(self, name: str) -> dict[str, np.ndarray]:  # type: ignore[type-arg]
        with (self.folder / f"{name}.csv").open(encoding="utf-8") as file:
            lines = list(csv.DictReader(file))
        columns = {key: [line[key] for line in lines] for key in lines[0]}
        return {key: numeric(values) for key, values in columns.items()}


def numeric(values: list[str]) -> np.ndarray:  # type: ignore[type-arg]
    try:
        return np.array([float("nan") if value in ("", "NA") else float(value) for value in values])
    except ValueError:
        return np.array(values)


@pytest.fixture(scope="module")
def references(tmp_path_factory: pytest.TempPathFactory) -> References:
    if shutil.which("Rscript") is None:
        pytest.skip("R is not installed; packages r-base-core, r-cran-survey and r-cran-mass bring it")
    folder = tmp_path_factory.mktemp("r")
    done = subprocess.run(
        ["Rscript", "--vanilla", str(SCRIPT), str(folder)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    with (folder / "references.csv").open(encoding="utf-8") as file:
        return References(folder, list(csv.DictReader(file)))


def design(**columns: tuple[str, ...]) -> Design:
    weights = columns.pop("weights", ("w",))[0]
    return Design(kind="probability", weights=weights, lonely="adjust", **columns)  # type: ignore[arg-type]


RANDOM = (
    design(strata=("h",), psu=("p",)),
    design(strata=("h",), psu=("p",), fpc=("N",)),
    design(strata=("h",), psu=("p", "s"), fpc=("N", "M")),
)
DESIGNS: dict[str, tuple[str, Design]] = {
    "apistrat": ("apistrat", design(weights=("pw",), strata=("stype",), fpc=("fpc",))),
    "apiclus1": ("apiclus1", design(weights=("pw",), psu=("dnum",), fpc=("fpc",))),
    "apiclus2": ("apiclus2", design(weights=("pw",), psu=("dnum", "snum"), fpc=("fpc1", "fpc2"))),
    "apiclus2 without fpc": ("apiclus2", design(weights=("pw",), psu=("dnum", "snum"))),
    "nhanes": ("nhanes", design(strata=("h",), psu=("p",))),
} | {f"random{i}": (f"random{i}", RANDOM[i % 3]) for i in range(1, 25)}


def close(ours: float | None, theirs: str, what: str, floor: float = 0.0) -> None:
    if theirs not in ("NA", "NaN") and not isnan(float(theirs)):
        assert ours is not None, what
        assert ours == pytest.approx(float(theirs), rel=RELATIVE, abs=floor), what


def same(ours: SurveyEstimate, row: Row) -> None:
    what = f"{row['case']}, {row['what']} {row['key']}"
    # Sums that cancel leave the last digits of the size of what was summed.
    close(ours.value, row["value"], what, floor=1e-11)
    close(ours.se, row["se"], f"{what}: se", floor=1e-12 * abs(ours.value or 1.0))
    close(ours.df, row["df"], f"{what}: df")
    close(ours.deff, row["deff"], f"{what}: deff", floor=1e-12)
    if "NaN" in (row["low"], row["high"]):
        assert ours.low is ours.high is None, f"{what}: an end beyond the data"
    elif row["low"] != "NA":
        close(ours.low, row["low"], f"{what}: low", floor=1e-10 * abs(ours.value or 1.0))
        close(ours.high, row["high"], f"{what}: high", floor=1e-10 * abs(ours.value or 1.0))


def compare(
    references: References, case: str, sample: Sample, replicates: Replicates | None, tolerance: float
) -> None:
    b = sample.numbers("b")
    where = None if not np.isnan(b).any() else ~np.isnan(b)
    for kind in ("wor", "replace"):
        for statistic in (mean, total):
            made = statistic(sample, "y", level=LEVEL, deff=kind, where=where, replicates=replicates)  # type: ignore[arg-type]
            for row in references.of(case, f"{statistic.__name__} {kind}"):
                same(made.one(), row)
    made = ratio(sample, "y", "x", level=LEVEL, where=where, replicates=replicates)
    for row in references.of(case, "ratio"):
        same(made.one(), row)
    for statistic in (mean, total):
        made = statistic(sample, "y", level=LEVEL, by=["g"], where=where, replicates=replicates)
        for row in references.of(case, f"domain {statistic.__name__}"):
            same(made.find(g=row["key"]), row if replicates is None else {**row, "df": "NA", "low": "NA"})
    shares = share(sample, "g", level=LEVEL, where=where, replicates=replicates)
    for row in references.of(case, "share"):
        same(shares.find(row["key"]), row)
    covariance = shares.vcov()
    for row in references.of(case, "share vcov"):
        i, j = (int(part) for part in row["key"].split())
        close(covariance[i, j], row["value"], f"{case}: vcov {i} {j}", floor=1e-13)
    for method, name in (("logit", "logit"), ("beta-uncapped", "beta")):
        if method == "logit" and replicates is not None:
            continue  # R takes replicates of the logit, we the delta method, which is what the default says.
        how: dict[str, Any] = {"interval": method, "where": where, "replicates": replicates}
        made = share(sample, "b", level=LEVEL, **how)
        # R frames the share as a fit, which stops some digits before the end.
        for row in references.of(case, f"interval {name}"):
            found = made.find("1")
            assert found.low == pytest.approx(float(row["low"]), rel=1e-8), f"{case}: {method}"
            assert found.high == pytest.approx(float(row["high"]), rel=1e-8), f"{case}: {method}"
    rows = list(references.of(case, "quantile"))
    made = quantile(
        sample, "y", [float(r["key"]) for r in rows], level=LEVEL, where=where, replicates=replicates
    )
    for found, row in zip(made, rows, strict=True):
        y = np.unique(sample.numbers("y"))
        if found.low == y[0]:
            # Below the first step R takes the second value: qrule_math(1:4, rep(1, 4), 0.1) is 2, not 1.
            assert y[0] <= float(row["low"]) <= y[1]
            row = {**row, "se": "NA", "low": "NA"}
        same(found, row)
    compare_models(references, case, sample, where, replicates, tolerance)
    if replicates is None:
        test = independence(sample, "g", "b", where=where)
        for row in references.of(case, "chisq"):
            close(test.f, row["value"], f"{case}: F")
            close(test.p, row["low"], f"{case}: p", floor=1e-14)
            close(test.df1, row["df"], f"{case}: df1")
            close(test.df2, row["high"], f"{case}: df2")


def compare_models(
    references: References,
    case: str,
    sample: Sample,
    where: object,
    replicates: Replicates | None,
    tolerance: float,
) -> None:
    first = sample.codes("g").labels[0]
    models: dict[str, Callable[[], Estimates]] = {
        "gaussian": lambda: glm(
            sample, "y", ["x", "g"], family="gaussian", reference={"g": first}, level=LEVEL, where=where,
            replicates=replicates,
        ),
        "logit": lambda: glm(
            sample, "b", ["x"], family="logit", level=LEVEL, where=where, replicates=replicates,
            tolerance=tolerance,
        ),
        "poisson": lambda: glm(
            sample, "k", ["x"], family="poisson", offset="o", level=LEVEL, where=where, replicates=replicates,
            tolerance=tolerance,
        ),
    }  # fmt: skip
    for name, fit in models.items():
        for found, row in zip(fit(), references.of(case, f"glm {name}"), strict=True):
            what = f"{case}, {name} {row['key']}"
            assert found.value == pytest.approx(float(row["value"]), rel=1e-8, abs=1e-10), what
            assert found.se == pytest.approx(float(row["se"]), rel=1e-8), f"{what}: se"
            if replicates is None:
                assert found.df == float(row["df"]), f"{what}: df"


@pytest.mark.parametrize("case", DESIGNS)
def test_linearisation(references: References, case: str) -> None:
    name, how = DESIGNS[case]
    compare(references, case, Sample(references.data(name), how), None, 1e-8)


def test_jackknife_of_nhanes(references: References) -> None:
    sample = Sample(references.data("nhanes"), DESIGNS["nhanes"][1])
    compare(references, "nhanes JKn", sample, jkn(sample, centre="replicates"), 1e-14)


def test_imported_bootstrap_weights(references: References) -> None:
    sample = Sample(references.data("apiclus1"), design(weights=("pw",)))
    weights = np.stack(list(references.data("boot_weights").values()), axis=1)
    scale = float(next(references.of("boot", "scale"))["value"])
    df = float(next(references.of("boot", "mean wor"))["df"])
    made = imported(sample, weights, scale=scale, rscales=1.0, centre="replicates", df=df)
    compare(references, "boot", sample, made, 1e-14)


@pytest.mark.parametrize("how", ["linearised", "BRR", "Fay", "JKn", "JK1"])
def test_replicates_of_scd(references: References, how: str) -> None:
    sample = Sample(references.data("scd"), design(strata=("h",), psu=("p",)))
    make: dict[str, Callable[[], Replicates | None]] = {
        "linearised": lambda: None,
        "BRR": lambda: brr(sample, fay=0.0, centre="replicates"),
        "Fay": lambda: brr(sample, fay=0.3, centre="replicates"),
        "JKn": lambda: jkn(sample, centre="replicates"),
        "JK1": lambda: jk1(sample, centre="replicates"),
    }
    replicates = make[how]()
    case = "scd" if replicates is None else f"scd {how}"
    for row in references.of(case, "ratio"):
        same(ratio(sample, "y", "x", level=LEVEL, replicates=replicates).one(), row)
    if replicates is not None:
        for statistic in (mean, total):
            for row in references.of(case, statistic.__name__):
                same(statistic(sample, "y", level=LEVEL, replicates=replicates).one(), row)


STYPES = {"E": 4421, "H": 755, "M": 1018}
AWARDS = {"No": 2027, "Yes": 4167}
X_TOTAL = 3914069
ADJUSTED: dict[str, Callable[[Sample], Calibration]] = {
    "poststratify": lambda s: poststratify(s, {"stype": STYPES}),
    "linear": lambda s: calibrate(s, kind="linear", margins={"stype": STYPES}, numbers={"x": X_TOTAL}),
    "linear bounded": lambda s: calibrate(
        s, kind="linear", margins={"stype": STYPES}, numbers={"x": X_TOTAL}, bounds=(0.6, 1.6)
    ),
    "raking": lambda s: calibrate(s, kind="raking", margins={"stype": STYPES}, numbers={"x": X_TOTAL}),
    "logit": lambda s: calibrate(
        s, kind="logit", margins={"stype": STYPES}, numbers={"x": X_TOTAL}, bounds=(0.4, 2.5)
    ),
    "rake": lambda s: rake(s, {"stype": STYPES, "awards": AWARDS}, variance="rake_compat"),
}


@pytest.mark.parametrize("how", ADJUSTED)
def test_calibrated_weights_and_their_errors(references: References, how: str) -> None:
    sample = Sample(references.data("apiclus1"), DESIGNS["apiclus1"][1])
    made = ADJUSTED[how](sample).sample
    theirs = references.data(f"weights_{how.replace(' ', '_')}")["w"]
    np.testing.assert_allclose(made.weights, theirs, rtol=1e-8)
    found = {
        "mean": mean(made, "y", level=LEVEL), "total": total(made, "y", level=LEVEL),
        "ratio": ratio(made, "y", "x", level=LEVEL), "domain mean": mean(made, "y", by=["g"], level=LEVEL),
    }  # fmt: skip
    for what, ours in found.items():
        for row in references.of(how, what):
            mine = ours.find(g=row["key"]) if row["key"] else ours.one()
            assert mine.value == pytest.approx(float(row["value"]), rel=1e-8), what
            assert mine.se == pytest.approx(float(row["se"]), rel=1e-8, abs=1e-6), what


def test_trimmed_weights(references: References) -> None:
    sample = Sample(references.data("uneven"), design(weights=("pw",), psu=("dnum",)))
    ours = trim(sample, lower=35, upper=80, redistribute=True).weights
    np.testing.assert_allclose(ours, references.data("weights_trim")["w"], rtol=1e-12)


def test_jackknife_repeats_the_calibration(references: References) -> None:
    sample = Sample(references.data("apiclus1"), design(weights=("pw",), psu=("dnum",)))
    made = calibrate(sample, kind="linear", margins={"stype": STYPES}).sample
    replicates = jk1(made, centre="replicates")
    for statistic in (mean, total):
        for row in references.of("calibrated JK1", statistic.__name__):
            ours = statistic(made, "y", level=LEVEL, replicates=replicates).one()
            assert ours.value == pytest.approx(float(row["value"]), rel=RELATIVE)
            assert ours.se == pytest.approx(float(row["se"]), rel=1e-8)
