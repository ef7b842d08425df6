"""The hidden state of the twin's areas, and what a survey of them would report.

Every area has a true value of each part of the index; a survey sees it through a sample of respondents in
clusters, whose errors move together from item to item. Some areas are left out, seen by too few respondents,
or asked too little, so that every state of a zone occurs. The truth is returned beside the estimates and is
never read by a run.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kelisim.assessment.index import judgements, tense_given_parts
from kelisim.assessment.items import ITEMS, PARTS
from kelisim.assessment.zones import classify
from kelisim.core.zones import COLOURS, ZoneRule

__all__ = ["ROLES", "Hidden", "plant", "survey_rows", "truth_of"]

_Floats = NDArray[np.float64]

# What happens to some areas, in order; all others are surveyed in full.
ROLES = ("outside", "few_parts", "few_answers", "few_resilience", "outage")
DESIGN_EFFECT, CLUSTERS, SPREAD = 1.4, 24, 0.25
_STATE, _PART_SPREAD = (0.15, 0.75), 0.03
_RESILIENCE = {
    "trust_local_bodies": 10.0,
    "perceived_fairness": 10.0,
    "contact_quality": 10.0,
    "policy_support": 100.0,
}
_TRUE_JUDGEMENTS = 4000


@dataclass(frozen=True, eq=False, slots=True)
class Hidden:
    """Planted truth.

    parts : (areas, 4) in 0..1, 1 the best; items : (areas, items) in 0..1
    weights : (4,) and cuts (2,): the judgement that holds in this world
    """

    parts: _Floats
    items: _Floats
    weights: _Floats
    cuts: _Floats


def plant(areas: int, doubt: float, rng: np.random.Generator) -> Hidden:
    """Draw a world: the state of an area even on .15 to .75, its parts around it, two items around their
    part."""
    state = rng.uniform(*_STATE, areas)
    parts = np.clip(state[:, None] + _PART_SPREAD * rng.standard_normal((areas, len(PARTS))), 0.02, 0.98)
    items = np.empty((areas, len(ITEMS)))
    for p, part in enumerate(PARTS):
        own = [j for j, item in enumerate(ITEMS.values()) if item.part == part]
        apart = rng.uniform(-0.02, 0.02, areas) if len(own) == 2 else np.zeros(areas)
        for sign, j in zip((1.0, -1.0), own, strict=False):
            items[:, j] = parts[:, p] + sign * apart
    one = judgements(doubt, 1, rng)
    return Hidden(parts, np.clip(items, 0.0, 1.0), one.weights[0], one.cuts[0])


def survey_rows(
    hidden: Hidden,
    areas: Sequence[str],
    roles: Mapping[str, str],
    correlation: float,
    rng: np.random.Generator,
) -> list[tuple[object, ...]]:
    """Rows of estimates by area: area, item, value, standard error, df, answers, design effect, grade."""
    rows: list[tuple[object, ...]] = []
    for a, area in enumerate(areas):
        role = roles.get(area, "")
        n = int(rng.integers(40, 60)) if role == "few_answers" else int(rng.integers(300, 800))
        common, own = rng.standard_normal(), rng.standard_normal(len(ITEMS))
        errors = np.sqrt(correlation) * common + np.sqrt(1.0 - correlation) * own
        noise = np.sqrt(rng.chisquare(CLUSTERS - 1, len(ITEMS)) / (CLUSTERS - 1))
        for j, (key, item) in enumerate(ITEMS.items()):
            if role == "outside" or (role == "few_parts" and item.part in PARTS[1:3]):
                continue
            true = float(hidden.items[a, j])
            seen = _reported(item.worst, item.best, item.form, true, n, errors[j], noise[j])
            rows.append((area, key, *seen, "good"))
        few = role in ("outside", "few_resilience")
        for key, top in list(_RESILIENCE.items())[: 2 if few else None]:
            form = "share" if top == 100.0 else "mean"
            seen = _reported(0.0, top, form, rng.uniform(0.35, 0.75), n, rng.standard_normal(), 1.0)
            rows.append((area, key, *seen, "good"))
    return rows


def _reported(
    worst: float, best: float, form: str, true: float, n: int, error: float, noise: float
) -> tuple[float, float, int, int, float]:
    df = CLUSTERS - 1
    if form == "share":
        answers = round(n / DESIGN_EFFECT)
        share = _binomial_quantile(error, answers, true) / answers
        se = np.sqrt(share * (1.0 - share) / answers)
        return round(100.0 * share, 3), round(100.0 * float(se), 4), df, n, DESIGN_EFFECT
    width = abs(best - worst)
    se = SPREAD * np.sqrt(DESIGN_EFFECT / n)
    seen = float(np.clip(true + se * error, 0.0, 1.0))
    value = worst + seen * (best - worst)
    return round(value, 4), round(float(se * noise) * width, 5), df, n, DESIGN_EFFECT


def _binomial_quantile(error: float, n: int, share: float) -> int:
    from scipy.special import bdtr, ndtr

    below = bdtr(np.arange(n + 1), n, share)
    return int(np.searchsorted(below, ndtr(error)))


def truth_of(
    hidden: Hidden, areas: Sequence[str], rule: ZoneRule, rng: np.random.Generator
) -> dict[str, object]:
    """The planted truth by area: parts, index and level by this world's judgement, P(tense) and zone by the
    rule.

    The zone is what the rule would say if the parts were known exactly.
    """
    tense = tense_given_parts(hidden.parts, judgements(rule.index.doubt, _TRUE_JUDGEMENTS, rng))
    colours = classify(tense, rule)
    index = hidden.parts @ hidden.weights
    levels = np.searchsorted(hidden.cuts, index, side="right")
    names = ("tense", "normal", "benevolent")
    by_area = {
        area: {
            "parts": hidden.parts[a].round(6).tolist(),
            "index": round(float(index[a]), 6),
            "level": names[int(levels[a])],
            "zone": COLOURS[int(colours[a])],
        }
        for a, area in enumerate(areas)
    }
    return {
        "weights": hidden.weights.round(6).tolist(),
        "cuts": hidden.cuts.round(6).tolist(),
        "areas": by_area,
    }
