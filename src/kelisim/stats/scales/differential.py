"""Items that work differently in one language than in another, at the same level of the scale.

For each item an ordinal logit on the sum of all items, then with the language (uniform: the item is easier
to agree with everywhere), then with language times sum (non-uniform: it separates people more sharply). A
difference counts when it is both beyond chance and large enough to matter.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from kelisim.core.errors import NotDefined
from kelisim.stats.scales.factor import chi2_p
from kelisim.stats.scales.items import Items
from kelisim.stats.scales.ordinal import ordinal_logit
from kelisim.stats.survey.coding import Coded
from kelisim.stats.survey.contrasts import holm

__all__ = ["DifferentialItem", "DifferentialLimits", "differential_items"]

_MOST_ANSWERS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class DifferentialLimits:
    """moderate, large : change of Nagelkerke's pseudo-R2 (Jodoin and Gierl 2001); records : per language."""

    moderate: float = 0.035
    large: float = 0.07
    records: int = 150


@dataclass(frozen=True, slots=True, kw_only=True)
class DifferentialItem:
    """uniform, nonuniform : likelihood ratio chi-square of the language, and of language times sum, with df
        degrees of freedom each; p_uniform, p_nonuniform adjusted over items (Holm)
    r2_uniform, r2_nonuniform : change of pseudo-R2
    effects : language -> effect on the logit against the first, at the same sum
    kind : "none", "uniform", "nonuniform"; size : "negligible", "moderate", "large"
    """

    item: str
    df: int
    uniform: float
    nonuniform: float
    p_uniform: float
    p_nonuniform: float
    r2_uniform: float
    r2_nonuniform: float
    effects: tuple[tuple[str, float], ...]
    kind: Literal["none", "uniform", "nonuniform"]
    size: Literal["negligible", "moderate", "large"]


def differential_items(
    items: Items, language: Coded, *, level: float, limits: DifferentialLimits | None = None
) -> tuple[DifferentialItem, ...]:
    """Differential item functioning by ordinal logit (Zumbo 1999), for items of at most 20 answers.

    level : 1 - level is the chance of any false find among the items
    Raises: NotDefined("not_testable") with fewer than two languages of enough records; ValueError.
    """
    limits = limits or DifferentialLimits()
    if not 0 < level < 1:
        raise ValueError(f"a level lies between 0 and 1, such as 0.95, not at {level}")
    codes = language.codes[items.used]
    counts = np.bincount(codes[codes >= 0], minlength=len(language.labels))
    tested = np.flatnonzero(counts >= limits.records)
    if tested.size < 2:
        raise NotDefined(
            "not_testable", f"fewer than two languages have {limits.records} interviews, which the test needs"
        )
    rows = np.isin(codes, tested)
    scores, codes = items.scores[rows], codes[rows]
    group = (codes[:, None] == tested[None, 1:]).astype(np.float64)
    sums = scores.sum(axis=1, keepdims=True)
    sums = (sums - sums.mean()) / sums.std()
    found = []
    for place, name in enumerate(items.names):
        y = scores[:, place]
        if np.unique(y).size > _MOST_ANSWERS:
            raise ValueError(f"'{name}' has more than {_MOST_ANSWERS} answers: it is no ordered category")
        alone = ordinal_logit(y, sums)
        apart = ordinal_logit(y, np.hstack((sums, group)))
        crossed = ordinal_logit(y, np.hstack((sums, group, group * sums)))
        found.append((name, alone, apart, crossed))
    df = tested.size - 1
    uniform = [max(2 * (apart.log_likelihood - alone.log_likelihood), 0.0) for _, alone, apart, _ in found]
    other = [max(2 * (crossed.log_likelihood - apart.log_likelihood), 0.0) for *_, apart, crossed in found]
    p_uniform = holm([chi2_p(x, df) for x in uniform])
    p_other = holm([chi2_p(x, df) for x in other])
    made = []
    for i, (name, alone, apart, crossed) in enumerate(found):
        gains = apart.nagelkerke - alone.nagelkerke, crossed.nagelkerke - apart.nagelkerke
        kind: Literal["none", "uniform", "nonuniform"] = "none"
        # Both tests are one family of errors, so each has half of it.
        if p_uniform[i] <= (1 - level) / 2:
            kind = "uniform"
        if p_other[i] <= (1 - level) / 2 and (kind == "none" or gains[1] > gains[0]):
            kind = "nonuniform"
        gain = sum(gains)
        size: Literal["negligible", "moderate", "large"] = "negligible"
        if kind != "none" and gain >= limits.moderate:
            size = "large" if gain >= limits.large else "moderate"
        made.append(
            DifferentialItem(
                item=name,
                df=df,
                uniform=uniform[i],
                nonuniform=other[i],
                p_uniform=float(p_uniform[i]),
                p_nonuniform=float(p_other[i]),
                r2_uniform=gains[0],
                r2_nonuniform=gains[1],
                effects=tuple(
                    (language.labels[code], float(effect))
                    for code, effect in zip(tested[1:].tolist(), apart.slopes[1:], strict=True)
                ),
                kind=kind,
                size=size,
            )
        )
    return tuple(made)
