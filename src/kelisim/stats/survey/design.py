"""How people were drawn, declared once and by names of columns; what follows from it is worked out in
`sample`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args

__all__ = ["KINDS", "LONELY", "Design", "Kind", "Lonely"]

Kind = Literal["probability", "quota", "convenience", "marginals"]
Lonely = Literal["fail", "remove", "certainty", "adjust", "average", "collapse"]
KINDS: tuple[str, ...] = get_args(Kind)
LONELY: tuple[str, ...] = get_args(Lonely)


@dataclass(frozen=True, slots=True, kw_only=True)
class Design:
    """A sampling design.

    kind : "probability": everyone had a known chance, margins of error follow from the design;
        "quota", "convenience": people were picked, so that no margin of error is computed unless `assume`
        says under which condition; "marginals": only printed totals exist, and no sample can be made from
        them
    weights : column of weights (inverse chances of selection); None: every record counts once
    lonely : what a stratum with a single sampling unit adds to the variance (always a choice):
        "fail" refuse; "remove" and "certainty" nothing; "adjust" its squared distance from zero, which is the
        grand mean for means and ratios; "average" the mean of the other strata; "collapse" strata joined as
        `collapse` declares
    strata : column of strata, one per stage where later stages are stratified too
    psu : columns of the sampling units, first stage first; none: every record is a unit
    fpc : columns of the population count or of the sampled fraction in each stratum, one per stage; with them
        the variance of later stages is added, without them the first stage stands for all (ultimate cluster)
    nest : codes of sampling units may repeat between strata; without it a unit in two strata is a fault
    collapse : stratum -> name of the joined stratum
    zero_weights : "refuse", or "outside": records of weight 0 stay in the design and answer nothing
    assume : "places_exchangeable": treat the first-stage units of a picked sample as if they were a random
        draw of places; every result then carries this condition
    """

    kind: Kind
    weights: str | None
    lonely: Lonely
    strata: tuple[str, ...] = ()
    psu: tuple[str, ...] = ()
    fpc: tuple[str, ...] = ()
    nest: bool = True
    collapse: Mapping[str, str] | None = None
    zero_weights: Literal["refuse", "outside"] = "refuse"
    assume: Literal["places_exchangeable"] | None = None

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"no kind of sample is called '{self.kind}'; take one of {', '.join(KINDS)}")
        if self.lonely not in LONELY:
            raise ValueError(f"no rule for lonely units is called '{self.lonely}'; take {', '.join(LONELY)}")
        for name, columns in (("strata", self.strata), ("psu", self.psu), ("fpc", self.fpc)):
            if isinstance(columns, str):
                raise ValueError(f"{name} is a tuple of columns, one per stage: {name}=({columns!r},)")
        stages = max(len(self.psu), 1)
        if len(self.strata) > stages or len(self.fpc) > stages:
            raise ValueError(
                f"the design has {stages} stages, so at most as many columns of strata and of fpc"
            )
        if (self.lonely == "collapse") != (self.collapse is not None):
            raise ValueError("lonely='collapse' and the pairing of strata in `collapse` belong together")
        if self.assume and (self.kind == "probability" or not self.psu):
            raise ValueError(
                "'places_exchangeable' is a condition for picked samples with a column of places"
            )

    @property
    def carries_margin(self) -> bool:
        """Whether a margin of error may be computed at all."""
        return self.kind == "probability" or self.assume is not None
