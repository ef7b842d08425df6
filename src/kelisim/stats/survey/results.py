"""What an estimation gives back: frozen values with their doubt, together with their joint covariance.

`Estimates` holds the results of one call as arrays, in the order of domains and categories, and hands out
`SurveyEstimate` records. What has no value here is a record with None and the reason.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Any, Protocol

from kelisim.core.errors import NotDefined
from kelisim.core.estimates import Estimate, Grade
from kelisim.stats.survey.coding import Ints
from kelisim.stats.survey.stages import Floats

__all__ = ["Cell", "Estimates", "Spread", "SurveyEstimate"]


class Spread(Protocol):
    """The joint doubt of the results of one call: by linearisation or by replicates."""

    def variances(self) -> Floats:
        """(domains, cells) variances."""

    def covariance(self, chosen: Sequence[int] | None = None) -> Floats:
        """Joint covariance of all results, or of the chosen ones."""


@dataclass(frozen=True, slots=True)
class Cell:
    """Which result this is: the category of the variable, and the domain as pairs of column and label."""

    category: str | None = None
    by: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SurveyEstimate:
    """One estimate.

    value, se, low, high : None where they have no value; `reasons` says why
    level : of the interval; interval : how its ends were found, "t", "logit", "beta" ...
    df : degrees of freedom, units minus strata with records of the domain
    n : records that answered in the domain; cases : records in the category itself
    weighted_n : sum of their weights
    deff : variance over that of a simple random sample, in the variant named by `deff_kind`
    n_eff : n over the design effect with replacement
    method : linearisation or the replicate method, and how weights were adjusted
    """

    statistic: str
    variable: str
    category: str | None
    by: tuple[tuple[str, str], ...]
    value: float | None
    se: float | None
    df: float | None
    low: float | None
    high: float | None
    level: float | None
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

    def to_estimate(self, *, unit: str, method: str, grade: Grade, source: str) -> Estimate:
        """The house's value; unit, key of the method page, grade and source are the strand's to say."""
        ends = (self.low, self.high, self.level) if self.low is not None else (None, None, None)
        return Estimate(
            value=self.value,
            low=ends[0],
            high=ends[1],
            level=ends[2],
            unit=unit,
            n=self.n,
            method=method,
            grade=grade,
            source=source,
            flag="ok" if self.value is not None else "missing",
            se=self.se,
            df=self.df,
            deff=self.deff,
            reasons=self.reasons,
        )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Estimates:
    """Results of one call; arrays of one length, NaN where there is no value. Fields as in SurveyEstimate."""

    statistic: str
    variable: str
    cells: tuple[Cell, ...]
    value: Floats
    se: Floats
    df: Floats
    low: Floats
    high: Floats
    level: float
    interval: str
    n: Ints
    cases: Ints
    weighted_n: Floats
    deff: Floats
    deff_kind: str
    n_eff: Floats
    design_kind: str
    method: str
    spread: Spread | None
    reasons: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for name in ("value", "se", "df", "low", "high", "n", "cases", "weighted_n", "deff", "n_eff"):
            getattr(self, name).setflags(write=False)

    def __len__(self) -> int:
        return len(self.cells)

    def __iter__(self) -> Iterator[SurveyEstimate]:
        return (self[i] for i in range(len(self)))

    def __getitem__(self, i: int) -> SurveyEstimate:
        value, low, high = _known(self.value[i]), _known(self.low[i]), _known(self.high[i])
        ends = low is not None and high is not None and value is not None
        return SurveyEstimate(
            statistic=self.statistic,
            variable=self.variable,
            category=self.cells[i].category,
            by=self.cells[i].by,
            value=value,
            se=_known(self.se[i]),
            df=_known(self.df[i]),
            low=low if ends else None,
            high=high if ends else None,
            level=self.level if ends else None,
            interval=self.interval if ends else "none",
            n=int(self.n[i]),
            cases=int(self.cases[i]),
            weighted_n=float(self.weighted_n[i]),
            deff=_known(self.deff[i]),
            deff_kind=self.deff_kind,
            n_eff=_known(self.n_eff[i]),
            design_kind=self.design_kind,
            method=self.method,
            reasons=self._why(i),
        )

    def _why(self, i: int) -> tuple[str, ...]:
        why = list(self.reasons)
        if not isfinite(self.value[i]):
            why.append("no_answers" if self.n[i] == 0 else "not_defined")
        elif self.spread is not None and not self.df[i] > 0:
            why.append("no_degrees_of_freedom")
        elif self.spread is not None and self.df[i] < 8:
            why.append("few_degrees_of_freedom")
        return tuple(why)

    def one(self) -> SurveyEstimate:
        """The only result.  Raises: NotDefined where it has no value, ValueError where there are several."""
        if len(self) != 1:
            raise ValueError(
                f"there are {len(self)} results; take one by its place, or by category and domain"
            )
        if self[0].value is None:
            raise NotDefined(
                self[0].reasons[-1], f"the {self.statistic} of '{self.variable}' has no value here"
            )
        return self[0]

    def find(self, category: str | None = None, **by: Any) -> SurveyEstimate:
        """The result of a category and domain.  Raises: NotDefined("no_answers") when no record is there."""
        wanted = {(name, str(label)) for name, label in by.items()}
        for i, cell in enumerate(self.cells):
            if wanted <= set(cell.by) and (category is None or cell.category == category):
                return self[i]
        raise NotDefined("no_answers", f"no record has {category or ''} {by}")

    def vcov(self, chosen: Sequence[int] | None = None) -> Floats:
        """Joint covariance.  Raises: NotDefined for a sample that carries no margin of error."""
        if self.spread is None:
            raise NotDefined("no_margin", "a picked sample has no margin of error without a stated condition")
        return self.spread.covariance(chosen)


def _known(x: Any) -> float | None:
    return float(x) if isfinite(x) else None
