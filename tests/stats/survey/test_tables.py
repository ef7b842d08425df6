"""Tables, questions with several answers, chosen places, and the verdict on reliability."""

from __future__ import annotations

import numpy as np
import pytest

from kelisim.core.errors import NotDefined, Refused
from kelisim.stats.survey.contrasts import difference, p_values
from kelisim.stats.survey.design import Design
from kelisim.stats.survey.moments import share
from kelisim.stats.survey.multiple import multiple
from kelisim.stats.survey.nonprobability import describe, if_places_were_random
from kelisim.stats.survey.reliability import Limits, judge_shares
from kelisim.stats.survey.sample import Sample
from kelisim.stats.survey.table import table
from tests.stats.survey.invented import LEVEL, random_columns, stratified


@pytest.fixture
def sample() -> Sample:
    rng = np.random.default_rng(7)
    data = random_columns(rng, 4, 12, 20)
    # In group a most say k; one in ten does not know, one in twenty refuses.
    likely_k = (data["g"] == "a") & (rng.random(len(data["g"])) < 0.5)
    answer = np.where(likely_k, "k", data["z"])
    luck = rng.random(len(answer))
    answer = np.where(luck < 0.1, "98", np.where(luck < 0.15, "99", answer))
    return Sample(data | {"answer": answer}, stratified())


MISSING = {"98": "dont_know", "99": "refused"}


def test_columns_sum_to_one_and_a_net_is_its_parts(sample: Sample) -> None:
    made = table(sample, "answer", by=["g"], level=LEVEL, missing=MISSING, nets={"k or l": ["k", "l"]})  # type: ignore[arg-type]
    assert [domain for _, domain in made.columns] == [(("g", label),) for label in "abc"]
    for _, domain in made.columns:
        own = [row for row in made.rows if row.estimate.by == domain]
        plain = {row.estimate.category: row.estimate for row in own if not row.net}
        assert sum(e.value or 0 for e in plain.values()) == pytest.approx(1)
        (net,) = [row.estimate for row in own if row.net]
        assert net.value == pytest.approx((plain["k"].value or 0) + (plain["l"].value or 0))
        assert net.cases == plain["k"].cases + plain["l"].cases
    assert dict(made.left_out)["refused"] == int((sample.codes("answer").codes == 1).sum())


def test_a_net_has_the_error_of_a_joined_category(sample: Sample) -> None:
    made = table(sample, "answer", level=LEVEL, nets={"letters": ["k", "l"]})
    joined = np.isin(np.array(sample.codes("answer").labels)[sample.codes("answer").codes], ["k", "l"])
    again = Sample({**sample._data, "joined": joined}, stratified())
    (net,) = [row.estimate for row in made.rows if row.net]
    one = share(again, "joined", level=LEVEL).find("1")
    assert (net.value, net.se, net.low) == (
        pytest.approx(one.value),
        pytest.approx(one.se),
        pytest.approx(one.low),
    )
    assert net.deff == pytest.approx(one.deff)


def test_answers_without_dont_know_stand_beside(sample: Sample) -> None:
    made = table(sample, "answer", by=["g"], level=LEVEL, missing=MISSING)  # type: ignore[arg-type]
    rows = {(row.estimate.category, row.estimate.by): row for row in made.rows}
    k = rows["k", (("g", "a"),)]
    assert k.without_dont_know is not None and k.without_dont_know > (k.estimate.value or 0) + 0.01
    assert rows["98", (("g", "a"),)].without_dont_know is None


def test_letters_follow_from_adjusted_differences(sample: Sample) -> None:
    made = table(sample, "answer", by=["g"], level=LEVEL)
    letters = {(row.estimate.category, row.estimate.by[0][1]): row.letters for row in made.rows}
    assert letters["k", "a"] == "BC" and letters["k", "b"] == letters["k", "c"] == ""
    shares = share(sample, "answer", by=["g"], level=LEVEL)
    width = len(sample.codes("answer").labels)
    k = sample.codes("answer").labels.index("k")
    gap = difference(shares, k, width + k, level=LEVEL)
    assert p_values(gap)[0] < 0.025


def test_rows_and_totals_sum_their_own_way(sample: Sample) -> None:
    rows = table(sample, "answer", by=["g"], level=LEVEL, percent="row").rows
    for label in sample.codes("answer").labels:
        assert sum(r.estimate.value or 0 for r in rows if r.estimate.category == label) == pytest.approx(1)
    whole = table(sample, "answer", by=["g"], level=LEVEL, percent="total").rows
    assert sum(row.estimate.value or 0 for row in whole) == pytest.approx(1)
    assert {row.estimate.by for row in whole} == {(("g", label),) for label in "abc"}


def test_several_answers() -> None:
    data = random_columns(np.random.default_rng(8), 3, 5, 8)
    n = len(data["y"])
    rng = np.random.default_rng(9)
    work, trade = (rng.random(n) < 0.5).astype(float), (rng.random(n) < 0.4).astype(float)
    none = np.where(work + trade == 0, 1.0, 0.0)
    asked = np.arange(n) % 5 != 0
    for column in (work, trade, none):
        column[~asked] = np.nan
        column[1] = np.nan
    made = multiple(
        Sample(data | {"work": work, "trade": trade, "none": none}, stratified()),
        ["work", "trade", "none"], asked=asked, exclusive=["none"], most=1, level=LEVEL,
    )  # fmt: skip
    assert made.answers.value.sum() == pytest.approx(1)
    assert made.respondents.value.sum() > 1
    assert (made.not_asked, made.not_answered, made.none_chosen) == (int((~asked).sum()), 1, 0)
    assert made.exceeded == tuple(np.flatnonzero(np.nan_to_num(work) + np.nan_to_num(trade) > 1))
    known = ~np.isnan(work)
    alone = Sample(data | {"work": work}, stratified())
    assert made.respondents[0].se == pytest.approx(
        share(alone, "work", level=LEVEL, where=known).find("1").se
    )
    with pytest.raises(Refused, match="goes with no other") as refused:
        clash = data | {"work": work, "none": np.where(np.nan_to_num(work) == 1, 1.0, none)}
        multiple(Sample(clash, stratified()), ["work", "none"], asked=asked, exclusive=["none"], level=LEVEL)
    assert any(fault.row is not None for fault in refused.value.faults)
    with pytest.raises(Refused, match="was not asked"):
        multiple(Sample(data | {"work": np.ones(n)}, stratified()), ["work"], asked=asked, level=LEVEL)


def test_reliability() -> None:
    data = random_columns(np.random.default_rng(10), 4, 10, 30)
    data["rare"] = np.where(np.arange(len(data["y"])) < 2, "rare", "common")
    verdicts = judge_shares(share(Sample(data, stratified()), "rare", level=LEVEL), Limits())
    assert [v.status for v in verdicts] == ["publish", "publish"]
    small = {name: values[:60] for name, values in data.items()}
    verdicts = judge_shares(share(Sample(small, stratified()), "z", level=LEVEL), Limits())
    assert {v.status for v in verdicts} == {"withheld"}


@pytest.mark.parametrize(
    ("icc", "deff", "n_eff", "half"),
    [(0, 1.0, 214, 10.9), (0.01, 1.52, 140, 13.4), (0.05, 3.62, 59, 20.7), (0.1, 6.25, 34, 27.2)]
)  # fmt: skip
def test_four_places_if_they_were_random(icc: float, deff: float, n_eff: int, half: float) -> None:
    made = if_places_were_random(0.5, 214, 4, icc, LEVEL)
    assert (made.df, round(made.naive_points, 1)) == (3, 6.7)
    assert made.deff == pytest.approx(deff, abs=0.006)
    assert round(made.n_eff) == n_eff
    assert round(made.half_width_points, 1) == half


def test_chosen_places_are_described() -> None:
    data = {"place": list("aabbbc"), "z": ["y", "n", "y", "y", "y", "n"]}
    sample = Sample(data, Design(kind="convenience", weights=None, lonely="fail"))
    yes = describe(sample, "z", "place")[1]
    assert (yes.value, yes.n) == (pytest.approx(4 / 6), 6)
    assert (yes.lowest_place, yes.highest_place) == (("c", 0.0), ("b", 1.0))
    assert (yes.without_one_low, yes.without_one_high) == (pytest.approx(1 / 3), pytest.approx(4 / 5))
    with pytest.raises(NotDefined, match="at least two"):
        describe(Sample({"place": ["a"], "z": ["y"]}, sample.design), "z", "place")
