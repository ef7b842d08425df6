"""The figure of one area: the model's value beside the direct one, with doubt, reliability and verdict."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from kelisim.core.estimates import Estimate
from kelisim.stats.small_area.gate import Verdict
from kelisim.stats.survey.results import SurveyEstimate

__all__ = ["AreaEstimate"]


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaEstimate:
    """One area. The fields of a `SurveyEstimate` hold the model's figure; these come with it.

    direct : the survey's own estimate; None where nobody was asked
    synthetic : what the model says without this area's own answers
    gamma : weight of the direct estimate; under a multilevel model, 1 - variance left of the area's effect
        over the variance between areas
    icc : likeness of answers inside places, as found
    reliability : 1 - mse / variance between areas; verdict : what the gate says to it
    interviews_needed : in this area, to be published; None where it is open, or where no number would do
    model_only : nobody was asked here
    """

    statistic: str
    variable: str
    category: str | None
    by: tuple[tuple[str, str], ...]
    value: float
    se: float
    df: float | None
    low: float
    high: float
    level: float
    interval: str
    n: int
    cases: int
    weighted_n: float
    deff: float | None
    deff_kind: str
    n_eff: float | None
    design_kind: str
    method: str
    reasons: tuple[str, ...]
    direct: SurveyEstimate | None
    synthetic: float | None
    gamma: float
    icc: float | None
    reliability: float
    verdict: Verdict
    interviews_needed: int | None
    model_only: bool

    @property
    def shrinkage(self) -> float:
        """How far the figure was pulled from its direct estimate toward the model, 0 to 1."""
        return 1.0 - self.gamma

    def to_estimate(self, *, unit: str, method: str, source: str) -> Estimate:
        """The house's value. A withheld figure leaves its value behind; none is better than "acceptable",
        since all lean on a model."""
        common: dict[str, Any] = {"unit": unit, "n": self.n, "method": method, "source": source}
        if self.verdict == "withheld":
            reasons = tuple(dict.fromkeys(("unreliable", *self.reasons)))
            return Estimate(value=None, grade="poor", flag="withheld", reasons=reasons, **common)
        return Estimate(
            value=self.value,
            low=self.low,
            high=self.high,
            level=self.level,
            grade="acceptable" if self.verdict == "publish" else "poor",
            se=self.se,
            df=self.df,
            deff=self.deff,
            reasons=self.reasons,
            **common,
        )
