"""Fixture A, worked with R survey 4.1-1, and random samples with known truth for laws and coverage."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from kelisim.stats.survey.design import Design
from kelisim.stats.survey.sample import Sample

LEVEL = 0.95
A: dict[str, list[Any]] = {
    "h": [1] * 6 + [2] * 8,
    "psu": [1, 1, 2, 2, 3, 3, 1, 1, 1, 2, 2, 3, 4, 4],
    "N": [10] * 6 + [8] * 8,
    "w": [12, 10, 15, 15, 8, 9, 20, 22, 18, 25, 25, 30, 16, 14],
    "y": [3, 5, 4, 8, 10, 7, 6, 9, 2, 5, 7, 4, 8, 11],
    "x": [2, 4, 3, 6, 7, 6, 5, 8, 2, 4, 6, 5, 7, 9],
    "b": [1, 0, 0, 1, 1, 0, 0, 1, 0, 0, 1, 0, 1, 1],
    "g": list("ababbabaababab"),
    "s": list("mmffmffmfmfmmf"),
}


def fixture_a(*, fpc: bool = False, lonely: str = "fail", **more: list[Any]) -> Sample:
    """Fixture A as a sample; `more` adds records, column by column."""
    data = {name: values + more.get(name, []) for name, values in A.items()}
    return Sample(data, stratified(fpc=("N",) if fpc else (), lonely=lonely))


def stratified(**how: Any) -> Design:
    """Strata h and units psu with weights w; `how` changes the rest."""
    return Design(
        **({"kind": "probability", "weights": "w", "strata": ("h",), "psu": ("psu",), "lonely": "fail"} | how)
    )


def random_columns(rng: np.random.Generator, strata: int, units: int, size: int) -> dict[str, NDArray[Any]]:
    """A clustered sample: records of one unit resemble each other."""
    n = strata * units * size
    unit = np.repeat(np.arange(strata * units), size)
    effect = rng.normal(size=strata * units)[unit]
    return {
        "h": unit // units, "psu": unit % units, "w": rng.gamma(4, 5, size=n),
        "y": np.round(10 + effect + rng.normal(size=n), 2), "x": rng.gamma(3, 2, size=n) + 1,
        "b": (effect + rng.normal(size=n) > 0.5).astype(int), "g": rng.choice(list("abc"), size=n),
        "z": rng.choice(list("klmn"), size=n), "k": rng.poisson(2, size=n),
    }  # fmt: skip
