"""Agreement of coders: printed numbers, laws, and data that have no alpha."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from kelisim.core.errors import NotDefined
from kelisim.stats.agreement import METRICS, Metric, agreement, krippendorff_alpha

TEXT = "1233 21.4 22 | 1232 2144 .2 | .333 2144 21"
D = np.array(
    [[np.nan if x == "." else float(x) for x in coder.replace(" ", "")] for coder in TEXT.split("|")]
).T
METRIC = st.sampled_from(METRICS)
CODES = arrays(np.int64, st.tuples(st.integers(4, 30), st.integers(2, 4)), elements=st.integers(1, 5))


def alpha(codes: Any, metric: str) -> float:
    return krippendorff_alpha(codes, metric=metric)  # type: ignore[arg-type]


def alpha_or_none(codes: Any, metric: str) -> float | None:
    try:
        return alpha(codes, metric)
    except NotDefined:
        return None


def made(codes: Any, metric: Metric = "nominal", **more: Any) -> Any:
    rng = np.random.default_rng(more.pop("seed", 1))
    return agreement(codes, metric=metric, level=0.95, draws=more.pop("draws", 499), rng=rng, **more)


@pytest.mark.parametrize(
    ("metric", "value"),
    [("nominal", 0.706767), ("ordinal", 0.877598), ("interval", 0.897906), ("ratio", 0.858171)],
)
def test_fixture_d(metric: str, value: float) -> None:
    # Computed with the program krippendorff 0.9.0.
    assert alpha(D, metric) == pytest.approx(value, abs=5e-7)


def test_by_hand() -> None:
    # Three units, two coders, codes 1 1 | 1 2 | 2 2: four coincidences on, two off the diagonal;
    # expected pairs off the diagonal 2 * 3 * 3 / 5.
    assert alpha([[1, 1], [1, 2], [2, 2]], "nominal") == pytest.approx(1 - 2 / (18 / 5))


def pairwise(codes: np.ndarray, metric: str) -> float:  # type: ignore[type-arg]
    """The definition, pair by pair."""
    units = [[x for x in unit if not np.isnan(x)] for unit in codes]
    units = [unit for unit in units if len(unit) > 1]
    pool = [x for unit in units for x in unit]

    def apart(c: float, k: float) -> float:
        if metric == "nominal":
            return float(c != k)
        if metric == "interval":
            return (c - k) ** 2
        if metric == "ratio":
            return ((c - k) / (c + k)) ** 2 if c + k else 0.0
        low, high = sorted((c, k))
        between = sum(low <= x <= high for x in pool)
        return (between - (pool.count(low) + pool.count(high)) / 2) ** 2

    within = sum(apart(c, k) / (len(unit) - 1) for unit in units for c in unit for k in unit)
    total = sum(apart(c, k) for c in pool for k in pool)
    return 1 - (len(pool) - 1) * within / total


@settings(max_examples=40)
@given(CODES, METRIC, st.integers(0, 2**32 - 1))
def test_the_definition_pair_by_pair(codes: np.ndarray, metric: str, seed: int) -> None:  # type: ignore[type-arg]
    gaps = np.random.default_rng(seed).random(codes.shape) < 0.2
    with_gaps = np.where(gaps, np.nan, codes)
    found = alpha_or_none(with_gaps, metric)
    if found is not None:
        assert found == pytest.approx(pairwise(with_gaps, metric), abs=1e-9)


@settings(max_examples=40)
@given(CODES, METRIC, st.randoms(use_true_random=False))
def test_order_of_units_and_coders_says_nothing(codes: Any, metric: str, random: Any) -> None:
    rows, columns = list(range(codes.shape[0])), list(range(codes.shape[1]))
    random.shuffle(rows)
    random.shuffle(columns)
    one, other = alpha_or_none(codes, metric), alpha_or_none(codes[rows][:, columns], metric)
    assert (one is None) == (other is None)
    if one is not None:
        assert one == pytest.approx(other, abs=1e-9) and one <= 1 + 1e-12


@settings(max_examples=30)
@given(CODES)
def test_what_a_metric_does_not_see(codes: Any) -> None:
    for metric, changed in (
        ("nominal", np.array([0, 3, 1, 5, 2, 4])[codes]),
        ("ordinal", codes**3),
        ("interval", 2.5 * codes - 7),
        ("ratio", 3.0 * codes),
    ):
        one, other = alpha_or_none(codes, metric), alpha_or_none(changed, metric)
        assert (one is None) == (other is None)
        if one is not None:
            assert one == pytest.approx(other, abs=1e-8)


def test_two_values_make_all_metrics_but_ratio_one() -> None:
    codes = np.random.default_rng(2).integers(1, 3, size=(40, 3))
    values = {round(alpha(codes, metric), 10) for metric in ("nominal", "ordinal", "interval")}
    assert len(values) == 1


def test_agreement_without_fault_is_one() -> None:
    codes = np.repeat(np.arange(1, 6)[:, None], 3, axis=1)
    for metric in METRICS:
        assert alpha(codes, metric) == pytest.approx(1.0)


@pytest.mark.parametrize("metric", METRICS)
def test_one_value_alone_has_no_alpha(metric: str) -> None:
    with pytest.raises(NotDefined) as why:
        alpha([[2, 2], [2, 2]], metric)
    assert why.value.reason == "one_value"
    with pytest.raises(NotDefined) as why:
        alpha([[0.1 + 0.2, 0.3], [0.3, 0.3]] if metric == "never" else [[3, 3], [3, np.nan]], metric)
    assert why.value.reason == "one_value"


@pytest.mark.parametrize("codes", [[[1, np.nan], [np.nan, 2]], [[np.nan, np.nan]], np.empty((0, 2))])
def test_nothing_to_compare(codes: Any) -> None:
    with pytest.raises(NotDefined) as why:
        alpha(codes, "nominal")
    assert why.value.reason == "nothing_pairable"


def test_bad_codes_are_refused() -> None:
    for codes, metric, words in (
        ([[1, 2]], "cosine", "no metric"),
        ([1, 2], "nominal", "at least two coders"),
        ([[1], [2]], "nominal", "at least two coders"),
        ([[-1, 2]], "ratio", "below 0"),
        ([[np.inf, 2]], "interval", "infinite"),
        ([["a", "b"]], "interval", "needs numbers"),
        ([["a", "b"]], "ordinal", "needs `order`"),
        (np.arange(3000).reshape(-1, 2), "ordinal", "too many"),
    ):
        with pytest.raises(ValueError, match=words):
            alpha(codes, metric)
    with pytest.raises(ValueError, match="does not name 'c'"):
        krippendorff_alpha([["a", "c"]], metric="ordinal", order=["a", "b"])
    with pytest.raises(NotDefined) as why:
        made(D, clusters=["x"] * 10)
    assert why.value.reason == "one_cluster"


def test_text_codes() -> None:
    words = np.array(["low", "middle", "high", "top"], dtype=object)
    text = np.where(np.isnan(D), None, words[np.nan_to_num(D, nan=1).astype(int) - 1])
    assert krippendorff_alpha(text, metric="nominal") == pytest.approx(0.706767, abs=5e-7)
    ordered = krippendorff_alpha(text, metric="ordinal", order=words.tolist())
    assert ordered == pytest.approx(0.877598, abs=5e-7)


def test_many_values_take_the_road_of_moments() -> None:
    rng = np.random.default_rng(3)
    codes = rng.normal(size=(60, 1)) + 0.3 * rng.normal(size=(60, 3))
    codes[rng.random(codes.shape) < 0.2] = np.nan
    assert alpha(codes, "interval") == pytest.approx(pairwise(codes, "interval"), abs=1e-9)
    assert alpha(codes + 1e6, "interval") == pytest.approx(alpha(codes, "interval"), abs=1e-6)
    few = np.round(codes, 1)
    for metric in ("nominal", "ordinal"):
        assert alpha(few, metric) == pytest.approx(pairwise(few, metric), abs=1e-9)


def two_coders(units: int, seed: int = 4) -> np.ndarray:  # type: ignore[type-arg]
    rng = np.random.default_rng(seed)
    truth = rng.integers(1, 5, units)
    other = np.where(rng.random(units) < 0.75, truth, rng.integers(1, 5, units))
    return np.column_stack((truth, other))


def test_the_interval_holds_alpha_and_narrows_with_the_root_of_n() -> None:
    wide = made(two_coders(200))
    narrow = made(two_coders(20_000))
    for one in (wide, narrow):
        assert one.low < one.alpha < one.high and one.draws == 499
    assert (wide.high - wide.low) / (narrow.high - narrow.low) == pytest.approx(10, rel=0.25)


def test_clusters_of_one_unit_are_units_and_alike_clusters_widen() -> None:
    codes = two_coders(400)
    plain = made(codes, draws=1999)
    single = made(codes, draws=1999, clusters=np.arange(400), seed=2)
    assert single.resampled == "clusters"
    assert single.high - single.low == pytest.approx(plain.high - plain.low, rel=0.12)
    tenfold = np.repeat(codes[:40], 10, axis=0)
    alike = made(tenfold, clusters=np.repeat(np.arange(40), 10))
    apart = made(tenfold)
    assert alike.high - alike.low > 2 * (apart.high - apart.low)


def test_the_table_by_category_and_ac1() -> None:
    one = made(D)
    assert sum(row.share for row in one.categories) == pytest.approx(1)
    assert [row.label for row in one.categories] == ["1", "2", "3", "4"]
    binary = np.where(np.isnan(D), np.nan, (D == 3).astype(float))
    assert one.categories[2].alpha == pytest.approx(alpha(binary, "nominal"))
    assert (one.units, one.single, one.codes, one.coders) == (10, 0, 27, 3)
    # Gwet's coefficient by its definition, unit by unit.
    units = [[x for x in unit if not np.isnan(x)] for unit in D]
    share = np.mean([[unit.count(v) / len(unit) for v in (1, 2, 3, 4)] for unit in units], axis=0)
    several = [unit for unit in units if len(unit) > 1]
    agreeing = np.mean(
        [
            sum(unit.count(v) * (unit.count(v) - 1) for v in set(unit)) / (len(unit) * (len(unit) - 1))
            for unit in several
        ]
    )
    expected = float((share * (1 - share)).sum()) / 3
    assert one.ac1 == pytest.approx((agreeing - expected) / (1 - expected))
    assert made(D, "interval").ac1 is None and made(D, "interval").categories == ()


def test_a_frequent_value_lowers_alpha_and_not_ac1() -> None:
    codes = np.array([[1, 1]] * 95 + [[1, 2], [2, 1], [1, 2], [2, 2], [1, 1]])
    one = made(codes)
    assert one.alpha < 0.5 < 0.9 < one.ac1


def test_draws_without_alpha_leave_no_interval() -> None:
    one = made([[1, 1]] * 30 + [[1, 2]])
    assert one.low is None and one.high is None and one.draws < 499
