"""The quality card: weighted to the frame, with its doubt, silent where little was coded, and it expires."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kelisim.evidence.discourse.quality_card import average_precision, card_row


def row(seed: int = 1, n: int = 300, **changes: Any) -> Any:
    rng = np.random.default_rng(seed)
    truth = rng.random(n) < 0.3
    score = np.clip(np.where(truth, 0.7, 0.3) + rng.normal(0, 0.2, n), 0, 1)
    given_ = {
        "truth": truth, "predicted": score > 0.5, "score": score, "chance": np.full(n, 0.1),
        "stratum": np.zeros(n, int), "last_day": date(2024, 5, 31), "source": "sample g1", "level": 0.95,
        "draws": 300, "rng": np.random.default_rng(2),
    }  # fmt: skip
    return card_row("yes", "kk", False, **{**given_, **changes})


def test_precision_and_recall_are_weighted_to_the_frame() -> None:
    truth = np.array([True] * 40 + [False] * 40 + [True] * 40)
    predicted = np.array([True] * 80 + [False] * 40)
    # The texts that were predicted were drawn ten times as often as the others.
    chance = np.array([0.5] * 80 + [0.05] * 40)
    made = row(
        truth=truth, predicted=predicted, score=predicted * 0.5, chance=chance, stratum=predicted, n=120
    )
    assert made.precision.value == pytest.approx(0.5)
    assert made.recall.value == pytest.approx(80 / (80 + 800))
    assert made.precision.low < 0.5 < made.precision.high


def test_a_card_expires() -> None:
    assert row().expires_on == date(2024, 8, 29)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"n": 40}, "few_coded"),
        ({"truth": np.arange(300) < 9}, "few_coded"),
        ({"withheld": "low_agreement"}, "low_agreement"),
    ],
)
def test_little_was_coded(changes: dict[str, Any], reason: str) -> None:
    made = row(**changes)
    for one in (made.precision, made.recall, made.average_precision):
        assert one.value is None and one.reasons == (reason,) and one.flag == "missing"


def test_what_is_never_predicted_has_no_precision() -> None:
    made = row(predicted=np.zeros(300, bool))
    assert made.precision.reasons == ("never_predicted",) and made.recall.value == 0
    assert made.recall.high > 0


def test_no_error_seen_is_not_no_error() -> None:
    truth = np.arange(300) < 60
    made = row(truth=truth, predicted=truth, score=truth.astype(float))
    assert made.precision.value == made.recall.value == 1
    assert made.precision.low == pytest.approx(0.05 ** (1 / 60)) and made.precision.high == 1


@settings(max_examples=50)
@given(seed=st.integers(0, 10_000), n=st.integers(2, 60))
def test_the_area_lies_between_the_share_and_one(seed: int, n: int) -> None:
    rng = np.random.default_rng(seed)
    truth = rng.random(n) < 0.4
    truth[0] = True
    weight = rng.uniform(0.5, 3, n)
    # All scores alike: the area is the weighted share; perfect scores: 1; the order of rows does not matter.
    share = (weight * truth).sum() / weight.sum()
    assert average_precision(truth, np.ones(n), weight) == pytest.approx(share)
    assert average_precision(truth, truth.astype(float), weight) == pytest.approx(1)
    score, order = np.round(rng.random(n), 1), rng.permutation(n)
    one = average_precision(truth, score, weight)
    assert one == pytest.approx(average_precision(truth[order], score[order], weight[order]))
    assert 0 < one <= 1 + 1e-12


@pytest.mark.proof
def test_intervals_of_the_card_cover() -> None:
    """Texts drawn from 5,000 with unequal chances (synthetic): recall is where the chances matter most."""
    rng = np.random.default_rng(5)
    truth = rng.random(5000) < 0.2
    score = np.clip(np.where(truth, 0.6, 0.3) + rng.normal(0, 0.2, 5000), 0, 1)
    predicted = score > 0.5
    known = {
        "precision": truth[predicted].mean(),
        "recall": predicted[truth].mean(),
        "average_precision": average_precision(truth, score, np.ones(5000)),
    }
    place = (score > 0.4).astype(int)
    covered = dict.fromkeys(known, 0)
    runs = 150
    for _ in range(runs):
        rows = np.concatenate([rng.choice(np.flatnonzero(place == h), 150, replace=False) for h in (0, 1)])
        chance = 150 / np.bincount(place)[place[rows]]
        made = row(
            truth=truth[rows], predicted=predicted[rows], score=score[rows], chance=chance,
            stratum=place[rows], rng=rng,
        )  # fmt: skip
        for name, value in known.items():
            one = getattr(made, name)
            covered[name] += one.low <= value <= one.high
    # A percentile bootstrap of 300 texts falls a little short of its level.
    assert min(covered.values()) / runs >= 0.89, covered
