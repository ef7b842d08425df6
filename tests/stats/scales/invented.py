"""Invented answers with known truth: items of one factor in villages and languages, and fixture C."""

from __future__ import annotations

from typing import Any

import numpy as np

from kelisim.stats.scales.items import Items, read_items
from kelisim.stats.survey.design import Design
from kelisim.stats.survey.sample import Sample

ROWS = ("4543", "2231", "5544", "3223", "1212", "4453", "3342", "2121", "5454", "3433")
C = np.array([[int(x) for x in row] for row in ROWS])
LOADINGS = np.array([0.8, 0.7, 0.9, 0.6, 0.75])
INTERCEPTS = np.array([3.0, 2.5, 3.2, 2.8, 3.0])
NAMES = ("a", "b", "c", "d", "e")
LANGUAGES = ("kk", "ru", "uz")


def sample_of(columns: dict[str, Any], **design: Any) -> Sample:
    whole = {"w": np.ones(len(next(iter(columns.values())))), **columns}
    return Sample(whole, Design(kind="probability", weights="w", lonely="fail", **design))


def table_items(scores: Any, names: tuple[str, ...] = ()) -> tuple[Sample, Items]:
    scores = np.asarray(scores, dtype=float)
    names = names or tuple(f"i{k}" for k in range(scores.shape[1]))
    sample = sample_of({name: scores[:, k] for k, name in enumerate(names)})
    return sample, read_items(sample, names)


def languages(
    rng: np.random.Generator,
    villages: int,
    people: int,
    *,
    shift: float = 0.0,
    moved: int = 2,
    alike: float = 0.0,
    categories: bool = True,
) -> Sample:
    """Five items in three languages whose factor differs in mean and spread.

    villages : per language; people : per village; alike : part of an item's rest that a village shares
    shift : added to the intercept of item `moved` in the second language
    """
    village = np.repeat(np.arange(3 * villages), people)
    language = village % 3
    mean, variance = np.array([0, 0.4, -0.3]), np.array([1, 1.3, 0.8])
    factor = mean[language] + np.sqrt(variance[language]) * rng.normal(size=village.size)
    place = rng.normal(size=(3 * villages, 5))[village]
    rest = 0.65 * (np.sqrt(1 - alike) * rng.normal(size=(village.size, 5)) + np.sqrt(alike) * place)
    answers = INTERCEPTS + factor[:, None] * LOADINGS + rest
    answers[:, moved] += shift * (language == 1)
    if categories:
        answers = np.clip(np.round(answers), 1, 5)
    columns: dict[str, Any] = {name: answers[:, k] for k, name in enumerate(NAMES)}
    columns |= {"language": np.array(LANGUAGES)[language], "village": village}
    return sample_of(columns, psu=("village",))
