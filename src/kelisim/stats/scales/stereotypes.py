"""The gap between what people say of their own group and of others: valence of auto- less hetero-stereotypes.

Words are free; coders give each a valence from -3 to 3. Before anything is estimated the coders must agree,
else the figure would measure the coders. The gap is taken within each respondent who described both, so that
a generous tongue cancels out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from kelisim.core.errors import NotDefined, Refused
from kelisim.stats.agreement import Agreement
from kelisim.stats.survey.moments import mean
from kelisim.stats.survey.results import Estimates
from kelisim.stats.survey.sample import Bools, Sample

__all__ = ["ValenceGap", "valence_gap"]

_LEAST_ALPHA = 0.67
_ENDS = (-3.0, 3.0)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ValenceGap:
    """gap : mean of auto less hetero, by domain; auto, hetero : their means among the same respondents
    both, one_only : records that described both, and one alone (left out); coding_alpha : of the coders
    """

    gap: Estimates
    auto: Estimates
    hetero: Estimates
    both: int
    one_only: int
    coding_alpha: float


def valence_gap(
    sample: Sample,
    auto: str,
    hetero: str,
    coding: Agreement,
    *,
    level: float,
    by: Sequence[str] = (),
    where: Bools | None = None,
) -> ValenceGap:
    """Mean difference within respondents of the valence of own and of other groups, with design interval.

    auto, hetero : columns of a respondent's mean valence, -3 to 3
    coding : agreement of the coders on valence; without alpha of 0.67 there is no figure (Krippendorff 2019)

    Above zero people speak better of their own.
    Raises: NotDefined("coding_unreliable" | "no_answers"), Refused for valences outside the scale.
    """
    if coding.metric == "nominal":
        raise ValueError("valence is ordered: take alpha for ordinal or interval data")
    if coding.alpha < _LEAST_ALPHA:
        words = f"coders agree with alpha {coding.alpha:.2f}, and {_LEAST_ALPHA} is needed"
        raise NotDefined("coding_unreliable", words)
    own, other = sample.numbers(auto), sample.numbers(hetero)
    faults = []
    for name, column in ((auto, own), (hetero, other)):
        bad = np.flatnonzero(~np.isnan(column) & ((column < _ENDS[0]) | (column > _ENDS[1])))
        faults += sample.faults(bad, name, "'{}' is no valence from -3 to 3.", "Correct the code.")
    if faults:
        raise Refused(faults)
    both = ~np.isnan(own) & ~np.isnan(other)
    either = ~np.isnan(own) | ~np.isnan(other)
    inside = np.ones(sample.size, dtype=bool) if where is None else np.asarray(where, dtype=bool)
    if sample.inside is not None:
        inside = inside & sample.inside
    name = f"{auto} - {hetero}"
    paired = sample.with_column(name, own - other)
    return ValenceGap(
        gap=mean(paired, name, level=level, by=by, where=where),
        auto=mean(sample, auto, level=level, by=by, where=both & inside),
        hetero=mean(sample, hetero, level=level, by=by, where=both & inside),
        both=int((both & inside).sum()),
        one_only=int((either & ~both & inside).sum()),
        coding_alpha=coding.alpha,
    )
