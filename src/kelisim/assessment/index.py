"""The index "level of interethnic interaction" of areas, by draws: its parts, its value and P(level).

Every item is drawn around its estimate, held to its scale; the recipe makes parts of items, each on 0..1
with 1 the best. Weights and cut points are drawn within the declared doubt of theirs, the same draws for all
areas, so that a difference between areas is never one of judgement. An area with fewer than three parts has
no index.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kelisim.assessment.items import CUTS, ITEMS, LEAST_PARTS, PARTS, item_of
from kelisim.assessment.steps import Measured
from kelisim.core.estimates import Estimate
from kelisim.core.zones import IndexChoices
from kelisim.stats.draws import correlated_uniforms, share_draws, truncated_t_draws
from kelisim.stats.reliability import mean_reliability

__all__ = [
    "LEVELS",
    "AreaIndex",
    "Judgement",
    "NotEnoughData",
    "area_index",
    "effective_answers",
    "judgements",
    "measure",
    "reliability",
    "standard_error",
    "tense_given_parts",
]

_Floats = NDArray[np.float64]
LEVELS = ("tense", "normal", "benevolent")


@dataclass(frozen=True, eq=False, slots=True)
class Judgement:
    """Draws of what was declared and might have been declared otherwise: weights (draws, parts), cuts
    (draws, 2)."""

    weights: _Floats
    cuts: _Floats

    def of(self, parts: Sequence[int]) -> _Floats:
        """Weights of some parts only, made to sum to 1."""
        chosen = self.weights[:, list(parts)]
        out: _Floats = chosen / chosen.sum(axis=1, keepdims=True)
        return out


@dataclass(frozen=True, slots=True)
class NotEnoughData:
    """The index is not given: the parts there are, of the three that are needed."""

    present: tuple[str, ...]
    needed: int = LEAST_PARTS


@dataclass(frozen=True, slots=True)
class AreaIndex:
    """The index of one area on 0..1, 1 the best, with its interval and P(tense), P(normal), P(benevolent)."""

    value: float
    low: float
    high: float
    level: float
    levels: Mapping[str, float]


def judgements(doubt: float, draws: int, rng: np.random.Generator) -> Judgement:
    """Weights and cut points drawn evenly within `doubt` of the declared ones; weights sum to 1.

    >>> j = judgements(0.03, 1000, np.random.default_rng(1))
    >>> bool((abs(j.cuts - (1/3, 2/3)) <= 0.03).all()), j.weights.sum(axis=1).round(9).max().item()
    (True, 1.0)
    """
    equal = np.full(len(PARTS), 1.0 / len(PARTS))
    weights = np.clip(equal + rng.uniform(-doubt, doubt, (draws, len(PARTS))), 0.0, None)
    cuts = np.array(CUTS) + rng.uniform(-doubt, doubt, (draws, 2))
    return Judgement(weights / weights.sum(axis=1, keepdims=True), cuts)


def effective_answers(estimate: Estimate) -> float:
    """Answers a simple random sample would need for the same error: n / deff, deff 1 where none is given."""
    return float(estimate.n or 0) / (estimate.deff or 1.0)


def standard_error(key: str, estimate: Estimate) -> float:
    """Standard error of an item in the units of its scale; for a share without one, that of its
    effective answers."""
    if estimate.se is not None:
        return estimate.se
    share = (estimate.value or 0.0) / 100.0
    return float(100.0 * np.sqrt(share * (1.0 - share) / max(effective_answers(estimate), 1.0)))


def reliability(estimates: Mapping[str, Estimate], intraclass: float) -> float:
    """Reliability of the least reliable item of an area."""
    return min(mean_reliability(effective_answers(e), intraclass) for e in estimates.values())


def measure(
    estimates: Mapping[tuple[str, str], Estimate],
    areas: Sequence[str],
    choices: IndexChoices,
    rng: np.random.Generator,
) -> Measured:
    """Draws (draws, areas, items) of all index items; nan where an area has no estimate of an item.

    estimates : (area, item) -> estimate with value, se, df, n, deff
    """
    values = np.full((choices.draws, len(areas), len(ITEMS)), np.nan)
    poor = np.zeros((len(areas), len(ITEMS)), dtype=bool)
    for a, area in enumerate(areas):
        uniforms = correlated_uniforms(choices.draws, len(ITEMS), choices.correlation, rng)
        for j, (key, item) in enumerate(ITEMS.items()):
            estimate = estimates.get((area, key))
            if estimate is None or estimate.value is None:
                continue
            poor[a, j] = estimate.grade == "poor"
            # What worsens one item worsens the others: uniforms run from worst to best on every scale.
            u = uniforms[:, j] if item.best > item.worst else 1.0 - uniforms[:, j]
            values[:, a, j] = _draws(key, estimate, u)
    items = tuple(item_of(item) for item in ITEMS.values())
    return Measured(areas=tuple(areas), items=items, values=values, poor=poor, exposures={})


def _draws(key: str, estimate: Estimate, uniforms: _Floats) -> _Floats:
    item, value = ITEMS[key], float(estimate.value or 0.0)
    if item.form == "share":
        return share_draws(uniforms, value / 100.0, _answers_behind(value / 100.0, estimate))
    se, df = standard_error(key, estimate), estimate.df if estimate.df is not None else np.inf
    return truncated_t_draws(uniforms, value, se, df, item.low, item.high)


def _answers_behind(share: float, estimate: Estimate) -> float:
    # The standard error carries the design; a share of 0 or 1 has none, and there n / deff must do.
    if estimate.se and 0 < share < 1:
        return share * (1.0 - share) / (estimate.se / 100.0) ** 2
    return max(effective_answers(estimate), 1.0)


def area_index(parts: _Floats, value: float, judgement: Judgement, level: float) -> AreaIndex | NotEnoughData:
    """The index of one area from draws of its parts, (draws, 4) with nan columns where a part is missing.

    value : the index at the estimates themselves, by the declared weights
    """
    present = [p for p in range(len(PARTS)) if not np.isnan(parts[:, p]).any()]
    if len(present) < LEAST_PARTS:
        return NotEnoughData(tuple(PARTS[p] for p in present))
    index = parts[:, present] @ judgement.of(present).T
    low, high = np.percentile(index, [50.0 * (1.0 - level), 50.0 * (1.0 + level)])
    tense = float((index < judgement.cuts[:, 0]).mean())
    benevolent = float((index >= judgement.cuts[:, 1]).mean())
    chances = (tense, 1.0 - tense - benevolent, benevolent)
    return AreaIndex(
        value, min(float(low), value), max(float(high), value), level, dict(zip(LEVELS, chances, strict=True))
    )


def tense_given_parts(parts: _Floats, judgement: Judgement) -> _Floats:
    """P(tense) if the parts were known to be just these: the share of judgements by which the index is tense.

    parts : (draws, 4) with nan columns where a part is missing; the others carry the weight
    Returns: (draws,)
    """
    present = [p for p in range(len(PARTS)) if not np.isnan(parts[:, p]).any()]
    index = parts[:, present] @ judgement.of(present).T
    out: _Floats = (index < judgement.cuts[:, 0]).mean(axis=1)
    return out
