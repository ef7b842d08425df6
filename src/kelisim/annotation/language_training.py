"""Training of the language model: the same sentences and the same seed give the same weights.

Multinomial logistic regression with a quadratic penalty, by the limited-memory BFGS of SciPy; then the
weights of each language are rounded to 255 steps. Under a minute on one core.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from scipy import sparse
from scipy.optimize import minimize

from kelisim.annotation.language_model import BUCKETS, CLASSES, LanguageModel, grams
from kelisim.annotation.language_texts import Sentences, learning_texts
from kelisim.annotation.normalise import normalise

__all__ = ["SEED", "confusion", "fit", "train"]

SEED = 20_260_101
_PENALTY = 1e-6
_STEPS = 120
# Weights beyond this quantile of their language are cut before rounding: a few giants would cost the rest
# their steps.
_LARGEST = 0.9999


def train(sentences: Sentences, rng: np.random.Generator) -> LanguageModel:
    """The model for sentences in their usual spelling and reviews; see `learning_texts` for what is made of
    them."""
    return fit(learning_texts(sentences, rng))


def fit(texts: Sequence[tuple[str, str]]) -> LanguageModel:
    """The model for pairs of text and class.

    Minimises sum_i w_i (-log p_i(y_i)) + (penalty / 2) |W|^2 with weights of a text by the inverse root of
    the size of its class, which lets a rare language be heard without ruling.
    """
    runs = _runs([text for text, _ in texts])
    truth = np.array([CLASSES.index(language) for _, language in texts])
    weights = _descend(runs, truth)
    scale = np.maximum(np.quantile(np.abs(weights), _LARGEST, axis=0) / 127, 1e-9).astype(np.float32)
    whole = np.clip(np.rint(weights / scale), -127, 127).astype(np.int8)
    whole[0] = 0
    return LanguageModel(weights=whole, scale=scale)


def _runs(texts: Sequence[str]) -> sparse.csr_matrix:
    """(texts, BUCKETS) counts of runs divided by the root of their number."""
    view = normalise(pa.array(texts, pa.large_string()))
    rows = np.repeat(np.arange(view.rows), np.diff(view.starts))
    buckets = grams(view.codes)
    place = np.concatenate(buckets)
    row = np.concatenate([rows] * len(buckets))
    kept = place > 0
    ones = np.ones(int(kept.sum()), dtype=np.float32)
    counts = sparse.csr_matrix((ones, (row[kept], place[kept])), shape=(view.rows, BUCKETS))
    number = np.asarray(counts.sum(axis=1)).ravel()
    return (sparse.diags(1 / np.sqrt(np.maximum(number, 1))) @ counts).astype(np.float32).tocsr()


def _descend(runs: sparse.csr_matrix, truth: NDArray[np.int64]) -> NDArray[np.float32]:
    texts, classes = len(truth), len(CLASSES)
    told = np.zeros((texts, classes), dtype=np.float32)
    told[np.arange(texts), truth] = 1
    sizes = np.bincount(truth, minlength=classes)
    worth = (1 / np.sqrt(np.maximum(sizes, 1)))[truth].astype(np.float32)
    worth /= worth.sum()
    turned = runs.T.tocsr()

    def loss(flat: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        weights = flat.reshape(BUCKETS, classes).astype(np.float32)
        odds = runs @ weights
        odds -= odds.max(axis=1, keepdims=True)
        odds = np.exp(odds)
        odds /= odds.sum(axis=1, keepdims=True)
        surprise = -(worth * np.log(odds[np.arange(texts), truth] + 1e-12)).sum(dtype=np.float64)
        slope = turned @ ((odds - told) * worth[:, None]) + _PENALTY * weights
        value = float(surprise) + _PENALTY / 2 * float(np.square(weights, dtype=np.float64).sum())
        return value, slope.astype(np.float64).ravel()

    start = np.zeros(BUCKETS * classes)
    found = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": _STEPS, "maxcor": 8})
    return np.asarray(found.x, dtype=np.float32).reshape(BUCKETS, classes)


def confusion(model: LanguageModel, texts: Sequence[tuple[str, str]]) -> NDArray[np.int64]:
    """(classes, classes + 1) texts by true class and by class found; the last column holds texts without
    letters."""
    found = model.identify(normalise(pa.array([text for text, _ in texts], pa.large_string()))).first
    table = np.zeros((len(CLASSES), len(CLASSES) + 1), dtype=np.int64)
    np.add.at(table, (np.array([CLASSES.index(language) for _, language in texts]), found), 1)
    return table
