"""Classifiers of texts, trained on what the study's own people coded: character n-grams, linear, calibrated.

A classifier orders texts for coding and draws strata; its shares are never told, since it errs more in one
language and spelling than in another. It is plain numbers: hashed n-grams with their weights, so that the
same file gives the same scores anywhere. A larger model takes its place behind the same three names.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from kelisim.core.errors import NotDefined

__all__ = ["LEAST_EXAMPLES", "LinearClassifier", "Scorer", "Trained", "train_classifier"]

Floats = NDArray[np.float64]
LEAST_EXAMPLES = 10
_BUCKETS = 2**18
_BATCH = 4_096
_STRENGTHS = (1.0, 10.0, 100.0)


class Scorer(Protocol):
    """Whatever gives a text a probability for each class."""

    @property
    def classes(self) -> tuple[str, ...]:
        """Codes of the codebook, in the order of the columns of `scores`."""

    @property
    def version(self) -> str:
        """What tells these scores from those of any other model or setting."""

    def scores(self, texts: Sequence[str]) -> Floats:
        """Probabilities, shape (texts, classes); rows of NaN where it gave no answer."""


@dataclass(frozen=True, eq=False)
class LinearClassifier:
    """One-against-rest logistic regressions over hashed character n-grams of 2 to 5 letters inside words.

    buckets : hashed n-grams that were seen in training; weights : their inverse document frequencies
    coefficients : (classes, buckets); intercepts : (classes,)
    slope, shift : (classes,) of the logistic calibration, p = 1 / (1 + exp(-(slope d + shift)))
    """

    classes: tuple[str, ...]
    buckets: NDArray[np.int32]
    weights: NDArray[np.float32]
    coefficients: NDArray[np.float32]
    intercepts: Floats
    slope: Floats
    shift: Floats

    @property
    def version(self) -> str:
        """Digest of all its numbers."""
        made = hashlib.blake2b(digest_size=8)
        for name, values in self.arrays().items():
            made.update(name.encode() + np.ascontiguousarray(values).tobytes())
        return f"linear-{made.hexdigest()}"

    def arrays(self) -> dict[str, NDArray[Any]]:
        """All it consists of, to be stored."""
        return {
            "classes": np.array(self.classes),
            "buckets": self.buckets,
            "weights": self.weights,
            "coefficients": self.coefficients,
            "intercepts": self.intercepts,
            "slope": self.slope,
            "shift": self.shift,
        }

    @classmethod
    def of(cls, arrays: Mapping[str, NDArray[Any]]) -> LinearClassifier:
        """The classifier of stored arrays."""
        rest = {name: arrays[name] for name in cls.__dataclass_fields__ if name != "classes"}
        return cls(classes=tuple(str(name) for name in arrays["classes"]), **rest)

    def scores(self, texts: Sequence[str]) -> Floats:
        """Calibrated probabilities, shape (texts, classes), that sum to 1."""
        made = np.empty((len(texts), len(self.classes)))
        for first in range(0, len(texts), _BATCH):
            counts = _counts(texts[first : first + _BATCH])[:, self.buckets]
            features = _weighted(counts, self.weights.astype(np.float64))
            decided = features @ self.coefficients.T.astype(np.float64) + self.intercepts
            made[first : first + _BATCH] = _calibrated(decided, self.slope, self.shift)
        return made


@dataclass(frozen=True, eq=False)
class Trained:
    """A classifier and what it gives each training text when that text is left out.

    scores : (texts, classes), of models that had not seen the text; the card rests on them
    left_out : codes with too few examples to be learnt, and how often they occur
    """

    model: LinearClassifier
    scores: Floats
    left_out: Mapping[str, int]


def train_classifier(
    texts: Sequence[str], codes: Sequence[str], weights: Sequence[float], *, seed: int, folds: int = 5
) -> Trained:
    """Train on coded texts; every text is a family, so that copies are never on both sides of a split.

    weights : 1 / chance of each text to be drawn, so that the model learns the frame and not the sample
    seed : of the split into folds; strength of regularisation is chosen by log loss over the folds, and the
        calibration is fitted to scores of texts left out (Platt 1999)
    Raises: NotDefined("few_examples") where fewer than two codes have 10 texts.
    """
    found = Counter(codes)
    classes = tuple(sorted(code for code, n in found.items() if n >= LEAST_EXAMPLES))
    left_out = {code: n for code, n in sorted(found.items()) if code not in classes}
    if len(classes) < 2:
        told = ", ".join(f"{code} {n}" for code, n in sorted(found.items()))
        raise NotDefined("few_examples", f"two codes with {LEAST_EXAMPLES} texts each are needed: {told}")
    every = _counts(texts)
    occurring = np.flatnonzero(np.bincount(every.indices, minlength=_BUCKETS))
    counts = every[:, occurring]
    truth = np.array([[code == name for name in classes] for code in codes])
    chance = np.asarray(weights, dtype=np.float64) / np.mean(weights)
    fold = _folds(codes, folds, seed)
    best: tuple[float, float, Floats] | None = None
    for strength in _STRENGTHS:
        decided = np.empty(truth.shape)
        for k in range(folds):
            kept = fold != k
            idf, coefficients, intercepts = _fitted(counts[kept], truth[kept], chance[kept], strength)
            decided[~kept] = _weighted(counts[~kept], idf) @ coefficients.T + intercepts
        slope, shift = _platt(decided, truth, chance)
        loss = _loss(_calibrated(decided, slope, shift), truth, chance)
        if best is None or loss < best[0]:
            best = (loss, strength, decided)
    assert best is not None
    _, strength, decided = best
    slope, shift = _platt(decided, truth, chance)
    idf, coefficients, intercepts = _fitted(counts, truth, chance, strength)
    seen = np.flatnonzero(np.abs(coefficients).sum(axis=0) > 0)
    model = LinearClassifier(
        classes=classes,
        buckets=occurring[seen].astype(np.int32),
        weights=idf[seen].astype(np.float32),
        coefficients=coefficients[:, seen].astype(np.float32),
        intercepts=intercepts,
        slope=slope,
        shift=shift,
    )
    return Trained(model, _calibrated(decided, slope, shift), left_out)


def _counts(texts: Sequence[str]) -> Any:
    from sklearn.feature_extraction.text import HashingVectorizer

    hashing = HashingVectorizer(
        analyzer="char_wb", ngram_range=(2, 5), n_features=_BUCKETS, alternate_sign=False, norm=None
    )
    return hashing.transform([unicodedata.normalize("NFC", text).casefold() for text in texts]).tocsr()


def _weighted(counts: Any, idf: Floats) -> Any:
    """Rows of length 1: (1 + log count) times inverse document frequency."""
    from scipy.sparse import csr_array

    made = csr_array(counts, dtype=np.float64, copy=True)
    made.data = (1 + np.log(made.data)) * idf[made.indices]
    length = np.sqrt(made.multiply(made).sum(axis=1))
    length = np.asarray(length).ravel()
    length[length == 0] = 1.0
    made.data /= np.repeat(length, np.diff(made.indptr))
    return made


def _fitted(counts: Any, truth: NDArray[np.bool_], chance: Floats, strength: float) -> tuple[Any, ...]:
    from sklearn.linear_model import LogisticRegression

    seen = np.asarray((counts > 0).sum(axis=0)).ravel()
    idf = np.log((1 + counts.shape[0]) / (1 + seen)) + 1
    features = _weighted(counts, idf)
    coefficients, intercepts = [], []
    for k in range(truth.shape[1]):
        if truth[:, k].all() or not truth[:, k].any():  # all its examples lie in the fold left out
            coefficients.append(np.zeros(counts.shape[1]))
            intercepts.append(5.0 if truth[:, k].all() else -5.0)
            continue
        made = LogisticRegression(C=strength, max_iter=1000).fit(features, truth[:, k], sample_weight=chance)
        coefficients.append(made.coef_[0])
        intercepts.append(float(made.intercept_[0]))
    return idf, np.array(coefficients), np.array(intercepts)


def _folds(codes: Sequence[str], folds: int, seed: int) -> NDArray[np.int64]:
    """Folds in which every code is spread evenly."""
    rng = np.random.default_rng(seed)
    made = np.empty(len(codes), dtype=np.int64)
    place = 0
    for code in sorted(set(codes)):
        rows = rng.permutation([row for row, one in enumerate(codes) if one == code])
        made[rows] = (place + np.arange(len(rows))) % folds
        place += len(rows)
    return made


def _platt(decided: Floats, truth: NDArray[np.bool_], chance: Floats) -> tuple[Floats, Floats]:
    from sklearn.linear_model import LogisticRegression

    slopes, shifts = [], []
    for k in range(truth.shape[1]):
        made = LogisticRegression(C=1e3).fit(decided[:, [k]], truth[:, k], sample_weight=chance)
        # A slope below 0 would turn the order round: nothing was learnt then, and all texts score alike.
        slopes.append(max(float(made.coef_[0, 0]), 0.0))
        shifts.append(float(made.intercept_[0]))
    return np.array(slopes), np.array(shifts)


def _calibrated(decided: Floats, slope: Floats, shift: Floats) -> Floats:
    from scipy.special import expit

    each = expit(decided * slope + shift)
    made: Floats = each / np.maximum(each.sum(axis=1, keepdims=True), 1e-300)
    return made


def _loss(scores: Floats, truth: NDArray[np.bool_], chance: Floats) -> float:
    known = truth.any(axis=1)
    of_truth = np.where(truth, scores, 1.0).min(axis=1)[known]
    return float(-(chance[known] * np.log(np.maximum(of_truth, 1e-12))).sum())
