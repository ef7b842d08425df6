"""Classifiers of the study's own codes: they learn, are plain numbers, and mean what they say."""

from __future__ import annotations

import csv
import gzip
import io
import os
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from kelisim.annotation.classifier import LinearClassifier, train_classifier
from kelisim.core.errors import NotDefined
from kelisim.evidence.discourse.gold import Design, Frame, draw_gold
from kelisim.stats.stratified_shares import stratified_share

BAD, GOOD = ["нашар қызмет", "өте жаман", "плохо работает"], ["жақсы екен", "рахмет сіздерге", "очень хорошо"]


def corpus(seed: int, n: int, noise: float = 0.1) -> tuple[list[str], list[str]]:
    """Invented short texts, a tenth of which carry the other code's words (synthetic)."""
    rng = np.random.default_rng(seed)
    codes = np.where(rng.random(n) < 0.3, "yes", "no")
    words = ["ауыл", "мектеп", "жол", "вода", "дорога", "школа"]
    texts = []
    for code in codes:
        sort = BAD if (code == "yes") != (rng.random() < noise) else GOOD
        texts.append(" ".join([*rng.choice(words, 4), str(rng.choice(sort))]))
    return texts, codes.tolist()


def test_it_learns_and_is_plain_numbers() -> None:
    texts, codes = corpus(1, 300)
    made = train_classifier(texts, codes, [1.0] * 300, seed=1)
    assert made.model.classes == ("no", "yes") and not made.left_out
    new, truth = corpus(2, 200)
    scores = made.model.scores(new)
    assert scores.sum(axis=1) == pytest.approx(1)
    assert np.mean((scores[:, 1] > 0.5) == (np.array(truth) == "yes")) > 0.85
    out = io.BytesIO()
    np.savez_compressed(out, **made.model.arrays())
    stored = np.load(io.BytesIO(out.getvalue()), allow_pickle=False)
    again = LinearClassifier.of({name: stored[name] for name in stored.files})
    assert np.array_equal(again.scores(new), scores) and again.version == made.model.version
    one_by_one = np.vstack([again.scores([text]) for text in new[:20]])
    assert one_by_one == pytest.approx(scores[:20])


def test_the_same_seed_gives_the_same_and_another_need_not() -> None:
    texts, codes = corpus(1, 120)
    versions = [train_classifier(texts, codes, [1.0] * 120, seed=s).model.version for s in (1, 1)]
    assert versions[0] == versions[1]


def test_scores_of_texts_left_out_are_calibrated() -> None:
    texts, codes = corpus(3, 800)
    made = train_classifier(texts, codes, [1.0] * 800, seed=1)
    yes = np.array(codes) == "yes"
    assert made.scores[:, 1].mean() == pytest.approx(yes.mean(), abs=0.03)
    sure = made.scores[:, 1] > 0.7
    assert sure.any() and yes[sure].mean() == pytest.approx(made.scores[sure, 1].mean(), abs=0.1)


def test_rare_codes_are_not_learnt_and_are_told() -> None:
    texts, codes = corpus(1, 120)
    codes[:4] = ["rare"] * 4
    made = train_classifier(texts, codes, [1.0] * 120, seed=1)
    assert made.left_out == {"rare": 4} and "rare" not in made.model.classes
    with pytest.raises(NotDefined) as caught:
        train_classifier(texts[:15], ["yes"] * 9 + ["no"] * 6, [1.0] * 15, seed=1)
    assert caught.value.reason == "few_examples"


def test_any_text_gets_a_score() -> None:
    texts, codes = corpus(1, 60)
    model = train_classifier(texts, codes, [1.0] * 60, seed=1).model
    assert np.isfinite(model.scores(["", " ", "🙂", "a" * 50_000, "\u200b\u202e"])).all()


# What the tables of the design say of these reviews, as floors that may only rise.
LEAST_F1, LEAST_COVERAGE, RUNS = 0.70, 0.93, 400
LETTERS = re.compile("[әғқңөұүһі]", re.IGNORECASE)


def reviews(name: str, least: int) -> list[dict[str, str]]:
    folder = os.environ.get("KELISIM_REFERENCE_DATA")
    if not folder:
        pytest.skip("KELISIM_REFERENCE_DATA is not set: no reviews to measure on")
    path = Path(folder) / "text/kazsandra" / name
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) > least
    return rows


@pytest.mark.proof
@pytest.mark.floor
def test_real_reviews_shares_are_covered_and_raw_ones_are_wrong() -> None:
    """Real Kazakh reviews: a classifier, 200 coded texts, and the truth; with and without Kazakh letters."""
    rng = np.random.default_rng(1)
    train = reviews("polarity_train_balanced.csv.gz", 40_000)
    chosen = rng.choice(len(train), 3_000, replace=False)
    texts, codes = [train[k]["text"] for k in chosen], [train[k]["label"] for k in chosen]
    model = train_classifier(texts, codes, [1.0] * len(codes), seed=1).model
    valid = reviews("polarity_valid.csv.gz", 15_000)
    truth = np.array([row["label"] == "0" for row in valid])
    score = model.scores([row["text"] for row in valid])[:, model.classes.index("0")]
    letterless = np.array([not LETTERS.search(row["text"]) for row in valid])
    told: dict[str, Any] = {"f1": _macro_f1(truth, score > 0.5)}
    for name, mask in (("letterless", letterless), ("with letters", ~letterless)):
        raw, true = float((score[mask] > 0.5).mean()), float(truth[mask].mean())
        covered, values = _covered(truth[mask], score[mask], rng)
        told[name] = (true, raw, float(np.mean(values)), covered)
        assert abs(raw - true) > 0.05, f"the raw share of {name} should be wrong: {told}"
        assert abs(np.mean(values) - true) < 0.01, told
        assert covered >= LEAST_COVERAGE, told
    assert told["f1"] >= LEAST_F1, told
    if os.environ.get("KELISIM_SHOW"):
        print(told)


def _covered(truth: Any, score: Any, rng: np.random.Generator) -> tuple[float, list[float]]:
    n = len(truth)
    kk = np.full(n, "kk")
    frame = Frame(np.arange(n).astype(str), kk, kk, kk, np.ones(n, int), np.zeros(n, bool), score, kk)
    covered, values = 0, []
    for _ in range(RUNS):
        gold = draw_gold(frame, Design(by="score"), rng)
        one = stratified_share(
            gold.stratum, truth[gold.rows], [s.families for s in gold.strata], draws=500, rng=rng
        )
        low, high = one.interval(0.95)
        covered += low <= truth.mean() <= high
        values.append(one.value)
    return covered / RUNS, values


def _macro_f1(truth: Any, given: Any) -> float:
    made = []
    for t, g in ((truth, given), (~truth, ~given)):
        both = (t & g).sum()
        made.append(2 * both / (t.sum() + g.sum()))
    return float(np.mean(made))
