"""Every row of fixture A, to half a unit of the last printed digit. Numbers: R survey 4.1-1."""

from __future__ import annotations

import pytest

from kelisim.stats.survey.calibration import calibrate, poststratify, rake
from kelisim.stats.survey.chisq import independence
from kelisim.stats.survey.design import Design
from kelisim.stats.survey.glm import glm
from kelisim.stats.survey.moments import mean, ratio, share, total
from kelisim.stats.survey.quantile import quantile
from kelisim.stats.survey.replicates import brr, jk1, jkn
from kelisim.stats.survey.sample import Sample
from tests.stats.survey.invented import LEVEL, A, fixture_a, stratified


def prints_as(value: float | None, printed: str) -> None:
    assert value is not None
    decimals = len(printed.partition(".")[2])
    assert abs(value - float(printed)) <= 0.5 * 10.0**-decimals * (1 + 1e-9), f"{value!r} is not {printed}"


BY_FPC = pytest.mark.parametrize("fpc", [True, False], ids=["with fpc", "without"])


@BY_FPC
def test_mean_and_total(fpc: bool) -> None:
    sample = fixture_a(fpc=fpc)
    m, t = mean(sample, "y", level=LEVEL).one(), total(sample, "y", level=LEVEL).one()
    prints_as(m.value, "6.129707113")
    assert t.value == 1465
    assert m.df == t.df == 5
    prints_as(m.se, "0.4824364116" if fpc else "0.6520225336")
    prints_as(t.se, "158.1546711" if fpc else "217.5660819")
    prints_as(m.deff, "0.5330637099" if fpc else "0.973697759")
    prints_as(
        mean(sample, "y", level=LEVEL, deff="replace").one().deff, "0.5018382206" if fpc else "0.9166610702"
    )
    prints_as(m.low, "4.889564836" if fpc else "4.453629832")
    prints_as(m.high, "7.36984939" if fpc else "7.805784394")


@BY_FPC
def test_ratio_and_domain(fpc: bool) -> None:
    sample = fixture_a(fpc=fpc)
    r = ratio(sample, "y", "x", level=LEVEL).one()
    prints_as(r.value, "1.163621922")
    prints_as(r.se, "0.03345592706" if fpc else "0.04704076688")
    m = mean(sample, "y", by=["g"], level=LEVEL).find(g="a")
    prints_as(m.value, "5.948717949")
    prints_as(m.se, "0.3748206785" if fpc else "0.4787180655")
    t = total(sample, "y", by=["g"], level=LEVEL).find(g="a")
    assert t.value == 696
    prints_as(t.se, "142.2734456" if fpc else "200.5509079")


@BY_FPC
def test_share_and_its_intervals(fpc: bool) -> None:
    sample = fixture_a(fpc=fpc)
    logit = share(sample, "b", level=LEVEL).find("1")
    prints_as(logit.value, "0.4686192469")
    prints_as(logit.se, "0.07578087619" if fpc else "0.1071028461")
    prints_as(logit.low, "0.2874147177" if fpc else "0.2259522643")
    prints_as(logit.high, "0.6584955350" if fpc else "0.7270949930")
    beta = share(sample, "b", level=LEVEL, interval="beta-uncapped").find("1")
    prints_as(beta.low, "0.2869701825" if fpc else "0.2166776103")
    prints_as(beta.high, "0.6565663831" if fpc else "0.7329797739")
    capped = share(sample, "b", level=LEVEL, interval="beta").find("1")
    assert capped.low is not None and beta.low is not None and capped.low <= beta.low


@BY_FPC
def test_median(fpc: bool) -> None:
    q = quantile(fixture_a(fpc=fpc), "y", [0.5], level=LEVEL).one()
    assert (q.value, q.low, q.high) == (6, 4, 8 if fpc else 9)
    prints_as(q.se, "0.7780339736" if fpc else "0.972542467")


@BY_FPC
def test_models(fpc: bool) -> None:
    sample = fixture_a(fpc=fpc)
    logit = glm(sample, "b", ["x"], family="logit", level=LEVEL)
    prints_as(logit[0].value, "-5.473845605")
    prints_as(logit[1].value, "0.9986526045")
    prints_as(logit[0].se, "3.39686044" if fpc else "4.069872938")
    prints_as(logit[1].se, "0.5928342183" if fpc else "0.7112823552")
    assert logit[1].df == 4
    ols = glm(sample, "y", ["x"], family="gaussian", level=LEVEL)
    prints_as(ols[0].value, "-0.09296507693")
    prints_as(ols[1].value, "1.18126978")
    prints_as(ols[0].se, "0.3498531488" if fpc else "0.4592618388")
    prints_as(ols[1].se, "0.05218283524" if fpc else "0.06486985723")


@BY_FPC
def test_independence(fpc: bool) -> None:
    test = independence(fixture_a(fpc=fpc), "b", "g")
    prints_as(test.f, "2.522820816" if fpc else "1.588034006")
    prints_as(test.p, "0.1730754753" if fpc else "0.2632203158")
    assert (test.df1, test.df2) == (pytest.approx(1), pytest.approx(5))


def test_two_stages_with_population_counts() -> None:
    data = A | {"record": list(range(14)), "M": [20] * 6 + [30] * 8}
    # The third unit of the second stratum holds a single record, so the rule for lonely units speaks.
    sample = Sample(data, stratified(psu=("psu", "record"), fpc=("N", "M"), lonely="certainty"))
    prints_as(mean(sample, "y", level=LEVEL).one().se, "0.63220323")
    prints_as(total(sample, "y", level=LEVEL).one().se, "190.9434035")


def test_calibration() -> None:
    sample, sexes = fixture_a(), {"m": 130, "f": 120}
    groups = {"a": 110, "b": 140}
    cells = poststratify(sample, {"g": groups}).sample
    raked = rake(sample, {"g": groups, "s": sexes}, variance="regression").sample
    compatible = rake(sample, {"g": groups, "s": sexes}, variance="rake_compat").sample
    linear = calibrate(sample, kind="linear", margins={"g": groups, "s": sexes}).sample
    for made, figures in (
        (cells, ("6.147271963", "0.6934280287", "1536.817991", "173.3570072")),
        (raked, ("6.149184375", "0.6750507342", "1537.296094", "168.7626836")),
    ):
        m, t = mean(made, "y", level=LEVEL).one(), total(made, "y", level=LEVEL).one()
        for value, printed in zip((m.value, m.se, t.value, t.se), figures, strict=True):
            prints_as(value, printed)
    prints_as(mean(compatible, "y", level=LEVEL).one().se, "0.7197756591")
    prints_as(mean(linear, "y", level=LEVEL).one().value, "6.148378318")
    prints_as(mean(linear, "y", level=LEVEL).one().se, "0.6749288604")


def test_replicates() -> None:
    sample = fixture_a()
    at_mean, at_full = jkn(sample, centre="replicates"), jkn(sample, centre="estimate")
    prints_as(mean(sample, "y", level=LEVEL, replicates=at_mean).one().se, "0.6188168819")
    prints_as(mean(sample, "y", level=LEVEL, replicates=at_full).one().se, "0.618897698")
    prints_as(ratio(sample, "y", "x", level=LEVEL, replicates=at_mean).one().se, "0.04450380977")
    one = jk1(sample, centre="replicates")
    prints_as(mean(sample, "y", level=LEVEL, replicates=one).one().se, "0.5873255944")
    prints_as(total(sample, "y", level=LEVEL, replicates=one).one().se, "270.853589")


def test_balanced_replicates_of_two_units_per_stratum() -> None:
    kept = [i for i, unit in enumerate(A["psu"]) if unit <= 2]
    sample = Sample({name: [values[i] for i in kept] for name, values in A.items()}, stratified())
    for fay, printed in ((0.0, "0.3025164235"), (0.3, "0.3013754571")):
        made = brr(sample, fay=fay, centre="replicates")
        prints_as(mean(sample, "y", level=LEVEL, replicates=made).one().se, printed)
    prints_as(mean(sample, "y", level=LEVEL).one().se, "0.300296164")


LONELY = {
    "remove": ("0.5953148603", "217.5660819"),
    "certainty": ("0.5953148603", "217.5660819"),
    "adjust": ("0.6005444974", "276.1068634"),
    "average": ("0.729108822", "266.462943"),
}


@pytest.mark.parametrize("rule", LONELY)
def test_lonely_units(rule: str) -> None:
    third = {"h": [3, 3], "psu": [1, 1], "w": [11, 13], "y": [6, 8], "x": [1, 1], "b": [0, 0]}
    sample = fixture_a(lonely=rule, **third, N=[5, 5], g=["a", "a"], s=["m", "m"])
    m, t = mean(sample, "y", level=LEVEL).one(), total(sample, "y", level=LEVEL).one()
    prints_as(m.value, "6.216730038")
    assert t.value == 1635
    prints_as(m.se, LONELY[rule][0])
    prints_as(t.se, LONELY[rule][1])
    assert f"lonely units: {rule}" in m.method


def test_a_collapsed_stratum_is_the_joined_one() -> None:
    third = {"h": [3, 3], "psu": [9, 9], "w": [11, 13], "y": [6, 8], "x": [1, 1], "b": [0, 0]}
    more = {**third, "N": [5, 5], "g": ["a", "a"], "s": ["m", "m"]}
    data = {name: values + more[name] for name, values in A.items()}
    collapsed = Sample(data, stratified(lonely="collapse", collapse={"2": "2 and 3", "3": "2 and 3"}))
    joined = Sample(data | {"h": [1] * 6 + [2] * 10}, stratified())
    for statistic in (mean, total):
        assert statistic(collapsed, "y", level=LEVEL).one().se == statistic(joined, "y", level=LEVEL).one().se
    assert mean(collapsed, "y", level=LEVEL).one().df == 6


def test_a_convertible_value_keeps_its_doubt() -> None:
    one = mean(fixture_a(), "y", level=LEVEL).one()
    made = one.to_estimate(unit="index 0-10", method="mean", grade="good", source="fixture A")
    assert (made.value, made.low, made.high, made.n, made.se) == (one.value, one.low, one.high, 14, one.se)


def test_a_picked_sample_has_no_margin() -> None:
    data = {"place": A["psu"], "b": A["b"], "y": A["y"]}
    bare = Sample(data, Design(kind="quota", weights=None, lonely="fail", psu=("place",)))
    one = mean(bare, "y", level=LEVEL).one()
    assert (one.se, one.low, one.df, one.deff) == (None,) * 4
    assert one.value is not None and "no_margin" in one.reasons
    stated = Design(kind="quota", weights=None, lonely="fail", psu=("place",), assume="places_exchangeable")
    under = mean(Sample(data, stated), "y", level=LEVEL).one()
    assert under.df == 3 and under.low is not None
    assert "if these places were a random draw of places" in under.method
