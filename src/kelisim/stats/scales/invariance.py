"""Whether a scale means the same in Kazakh, Russian and Uzbek interviews: the ladder of invariance.

Equal form (configural), equal loadings (metric), equal intercepts (scalar). Means of the scale may be set
side by side only on the last rung, or when at most some items leave it and two at least stay as anchors.
Language of interview and group of the respondent mostly go together, so a difference found here may lie in
the wording or in the people: no model tells them apart.

A rung is given up only for a difference that is both beyond chance, by the chi-square scaled to the design,
and large enough to matter, by CFI and RMSEA.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from kelisim.stats.scales.factor import (
    DesignCovariance,
    Fit,
    Level,
    Moments,
    difference,
    fit_factor,
    moments,
)
from kelisim.stats.scales.items import Items
from kelisim.stats.survey.contrasts import holm
from kelisim.stats.survey.sample import Sample
from kelisim.stats.survey.stages import Floats
from kelisim.stats.survey.variance import degrees, lay_pairs, taylor, weighted_sums

__all__ = [
    "Invariance",
    "InvarianceLimits",
    "MovingItem",
    "Step",
    "Verdict",
    "design_covariance",
    "measurement_invariance",
]

Verdict = Literal["not_testable", "form_differs", "form_only", "units", "partial", "means"]


@dataclass(frozen=True, slots=True, kw_only=True)
class InvarianceLimits:
    """records : least number per language
    d_cfi, d_rmsea : most that CFI may fall and RMSEA rise from one rung to the next (Chen 2007)
    cfi, rmsea : fit that the equal form must reach at least; anchors : items that must stay equal
    p : a smaller p-value of the chi-square difference is beyond chance
    """

    records: int = 150
    d_cfi: float = 0.01
    d_rmsea: float = 0.015
    cfi: float = 0.90
    rmsea: float = 0.10
    anchors: int = 2
    p: float = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One rung: its fit, and what holding more equal cost against the rung below.

    d_chi2, d_df, p : difference of chi-square and its p-value; d_cfi : fall; d_rmsea : rise
    freed : items whose loading (metric) or intercept (scalar) is not held equal
    holds : the difference is within the limits, or not beyond chance
    """

    level: Level
    fit: Fit
    d_chi2: float | None
    d_df: int | None
    p: float | None
    d_cfi: float | None
    d_rmsea: float | None
    freed: tuple[str, ...]
    holds: bool


@dataclass(frozen=True, slots=True)
class MovingItem:
    """How much better the model fits when one item's loading or intercept may differ between languages.

    p : by chi-square, adjusted for the number of items (Holm); freed : it was let go to hold the rung
    shift : (languages,) its intercept less that of the first language, in standard deviations of the item,
        for people at the same place of the factor
    """

    item: str
    parameter: Literal["loading", "intercept"]
    chi2: float
    df: int
    p: float
    freed: bool
    shift: tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Invariance:
    """verdict : "not_testable" too few interviews; "form_differs" not even one factor in each language;
        "form_only" loadings differ; "units" equal loadings alone, so means may not be compared; "partial"
        means may be compared through the anchors; "means" all items are equal
    means_allowed : whether means of the languages may be set side by side
    languages, sizes : tested; too_few : language and interviews of those left out
    factor_means, factor_mean_se : against the first language, in its standard deviations; empty if barred
    codes : "language_and_group_confounded" always; "just_identified", "heywood", "small_language",
        "picked_sample" (p-values then speak of the people asked as if they had been drawn)
    """

    verdict: Verdict
    means_allowed: bool
    languages: tuple[str, ...]
    sizes: tuple[int, ...]
    too_few: tuple[tuple[str, int], ...]
    steps: tuple[Step, ...]
    moving: tuple[MovingItem, ...]
    factor_means: tuple[float, ...]
    factor_mean_se: tuple[float, ...]
    codes: tuple[str, ...]


def measurement_invariance(
    sample: Sample, items: Items, language: str, *, limits: InvarianceLimits | None = None
) -> Invariance:
    """Climb from equal form to equal intercepts, letting go one item at a time where a rung does not hold.

    items : of the sample, as read by `read_items`; language : column of the language of interview
    A rung holds when CFI falls by at most `d_cfi` and RMSEA rises by at most `d_rmsea`, or when the scaled
    difference of chi-squares is not beyond chance. Where it does not hold, the
    item whose freedom lowers chi-square most is let go, as long as `anchors` items stay equal. Weights,
    strata and sampling units of the sample are respected; answers are taken as numbers.

    Raises: ValueError for fewer than three items; NotDefined where an item does not vary in a language.
    """
    limits = limits or InvarianceLimits()
    if len(items.names) < 3:
        raise ValueError("invariance of one factor needs at least three items")
    coded = sample.codes(language)
    codes = coded.codes[items.used]
    counts = np.bincount(codes[codes >= 0], minlength=len(coded.labels))
    tested = [code for code, n in enumerate(counts.tolist()) if n >= limits.records]
    too_few = tuple((coded.labels[code], n) for code, n in enumerate(counts.tolist()) if n < limits.records)
    names = tuple(coded.labels[code] for code in tested)
    notes = ["language_and_group_confounded"] + (["small_language"] if too_few else [])
    if sample.design.kind != "probability":
        notes.append("picked_sample")
    if len(tested) < 2:
        return Invariance(
            verdict="not_testable",
            means_allowed=False,
            languages=names,
            sizes=tuple(int(counts[code]) for code in tested),
            too_few=too_few,
            steps=(),
            moving=(),
            factor_means=(),
            factor_mean_se=(),
            codes=tuple(notes),
        )
    w = sample.weights[items.used]
    groups = [moments(items.scores[codes == code], w[codes == code]) for code in tested]
    design = design_covariance(sample, items, [codes == code for code in tested], groups)
    climb = _Climb(groups, items.names, limits, design)
    verdict = climb.verdict()
    last = climb.steps[-1].fit
    allowed = verdict in ("partial", "means")
    if climb.steps[0].fit.df == 0:
        notes.append("just_identified")
    if last.heywood:
        notes.append("heywood")
    return Invariance(
        verdict=verdict,
        means_allowed=allowed,
        languages=names,
        sizes=tuple(group.n for group in groups),
        too_few=too_few,
        steps=tuple(climb.steps),
        moving=tuple(climb.moving),
        factor_means=tuple(last.factor_mean.tolist()) if allowed else (),
        factor_mean_se=tuple(last.factor_mean_se.tolist()) if allowed else (),
        codes=tuple(notes),
    )


def design_covariance(
    sample: Sample, items: Items, inside: Sequence[Any], groups: list[Moments]
) -> DesignCovariance:
    """Joint covariance of the means and covariances of all groups, as the sampling design gives it."""
    rows, columns = np.tril_indices(len(items.names))
    w = sample.weights[items.used]
    linear: list[Floats | None] = []
    for here, group in zip(inside, groups, strict=True):
        off = items.scores[here] - group.mean
        size = w[here].sum()
        squares = off[:, rows] * off[:, columns] - group.covariance[rows, columns]
        place = np.flatnonzero(items.used)[here]
        for column in np.concatenate((off, squares), axis=1).T / size:
            wide = np.zeros(sample.size)
            wide[place] = column
            linear.append(wide)
    # Records outside the languages add zero and stay in the design.
    pairs = lay_pairs(sample, None, 1, None, 1)
    sums = weighted_sums(pairs, linear)
    found = taylor(sums, lambda parts, _: np.concatenate(parts, axis=1)).covariance()
    answered = lay_pairs(sample, None, 1, items.used, 1)
    present = np.bincount(answered.pair, minlength=answered.domain.size) > 0
    return DesignCovariance(found, float(degrees(answered, present)[0]))


class _Climb:
    """The ladder for one set of groups, with what was let go on the way."""

    def __init__(
        self,
        groups: Sequence[Moments],
        names: tuple[str, ...],
        limits: InvarianceLimits,
        design: DesignCovariance,
    ) -> None:
        self.groups, self.names, self.limits, self.design = groups, names, limits, design
        self.loose: list[int] = []
        self.shifted: list[int] = []
        self.steps: list[Step] = []
        self.moving: list[MovingItem] = []

    def verdict(self) -> Verdict:
        form = self._fit("configural")
        good = form.cfi >= self.limits.cfi and form.rmsea <= self.limits.rmsea
        self.steps.append(
            Step(
                level="configural",
                fit=form,
                d_chi2=None,
                d_df=None,
                p=None,
                d_cfi=None,
                d_rmsea=None,
                freed=(),
                holds=good,
            )
        )
        if not good:
            return "form_differs"
        if not self._rung("metric"):
            return "form_only"
        if not self._rung("scalar"):
            return "units"
        return "partial" if self.loose or self.shifted else "means"

    def _rung(self, level: Literal["metric", "scalar"]) -> bool:
        """Take one rung, letting go items while it does not hold and anchors are left."""
        below = self.steps[-1].fit
        let_go = self.loose if level == "metric" else self.shifted
        step = self._step(level, below)
        first = True
        while True:
            tried = self._try_each(level, step.fit) if level == "scalar" or not step.holds else []
            if first:
                self.moving += self._moving(level, step.fit, tried)
                first = False
            held = len(self.names) - len({*self.loose, *self.shifted})
            if step.holds or held <= self.limits.anchors or not tried:
                break
            best = min(tried, key=lambda pair: pair[1].chi2 * pair[1].scaling)[0]
            let_go.append(best)
            step = self._step(level, below)
        self.steps.append(step)
        self.moving = [
            MovingItem(m.item, m.parameter, m.chi2, m.df, m.p, True, m.shift)
            if m.item in step.freed and m.parameter == ("loading" if level == "metric" else "intercept")
            else m
            for m in self.moving
        ]
        return step.holds

    def _fit(self, level: Level, extra: int | None = None, errors: bool = False) -> Fit:
        more = [] if extra is None else [extra]
        loose = [*self.loose, *(more if level == "metric" else [])]
        shifted = [*self.shifted, *(more if level == "scalar" else [])]
        return fit_factor(
            self.groups,
            level,
            free_loadings=loose,
            free_intercepts=shifted,
            design=self.design,
            errors=errors,
        )

    def _step(self, level: Literal["metric", "scalar"], below: Fit) -> Step:
        fit = self._fit(level, errors=level == "scalar")
        d_chi2, d_df, p = difference(fit, below, self.design)
        d_cfi, d_rmsea = below.cfi - fit.cfi, fit.rmsea - below.rmsea
        let_go = self.loose if level == "metric" else self.shifted
        return Step(
            level=level,
            fit=fit,
            d_chi2=d_chi2,
            d_df=d_df,
            p=p,
            d_cfi=d_cfi,
            d_rmsea=d_rmsea,
            freed=tuple(self.names[i] for i in let_go),
            holds=p >= self.limits.p or (d_cfi <= self.limits.d_cfi and d_rmsea <= self.limits.d_rmsea),
        )

    def _try_each(self, level: Literal["metric", "scalar"], at: Fit) -> list[tuple[int, Fit]]:
        """The fit with each further item let go."""
        held = [i for i in range(len(self.names)) if i not in self.loose and i not in self.shifted]
        # With a single item left the factor would have no common unit or origin.
        return [(i, self._fit(level, i)) for i in held] if len(held) > 1 else []

    def _moving(
        self, level: Literal["metric", "scalar"], at: Fit, tried: list[tuple[int, Fit]]
    ) -> list[MovingItem]:
        if not tried:
            return []
        drops = [difference(at, fit, self.design) for _, fit in tried]
        adjusted = holm([p for *_, p in drops])
        pooled = np.sqrt(
            sum(g.n * np.diag(g.covariance) for g in self.groups) / sum(g.n for g in self.groups)
        )
        return [
            MovingItem(
                self.names[i],
                "loading" if level == "metric" else "intercept",
                drop[0],
                drop[1],
                float(p),
                False,
                tuple(((fit.intercepts[:, i] - fit.intercepts[0, i]) / pooled[i]).tolist()),
            )
            for (i, fit), drop, p in zip(tried, drops, adjusted, strict=True)
        ]
