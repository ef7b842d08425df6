"""Whether a share is reliable enough to be printed: by effective n, width of its interval and degrees of
freedom.

The limits are a declared convention, modelled on the rules of national health statistics offices for
proportions. This is about doubt only; small counts that would betray persons are the business of the gate.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite
from typing import Literal

import numpy as np

from kelisim.stats.survey.intervals import share_interval
from kelisim.stats.survey.results import Estimates
from kelisim.stats.survey.stages import Floats

__all__ = ["Limits", "Status", "Verdict", "judge_shares"]

Status = Literal["publish", "flag", "withheld"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Least effective n; greatest width of the beta interval, absolute and relative; the width that always
    passes; least degrees of freedom without a flag."""

    n_eff: float = 30
    width: float = 0.30
    relative_width: float = 1.30
    narrow: float = 0.05
    df: float = 8


@dataclass(frozen=True, slots=True)
class Verdict:
    """Status of one share, with codes of the reasons (internal: a page prints only the status)."""

    status: Status
    reasons: tuple[str, ...] = ()


def judge_shares(shares: Estimates, limits: Limits) -> tuple[Verdict, ...]:
    """Verdict on every share by its Korn-Graubard interval, which is conservative where that is right."""
    if shares.statistic != "share":
        raise ValueError("these limits are for shares")
    psus = np.where(shares.df > 0, shares.df + 1, 1.0)
    with np.errstate(invalid="ignore"):
        low, high = share_interval(
            shares.value, shares.se, shares.df, shares.n.astype(float), psus, shares.level, "beta", None
        )
    return tuple(_judge(i, shares, high - low, limits) for i in range(len(shares)))


def _judge(i: int, shares: Estimates, width: Floats, limits: Limits) -> Verdict:
    p, n_eff = float(shares.value[i]), float(shares.n_eff[i])
    if not isfinite(p):
        return Verdict("withheld", ("no_answers",))
    if shares.spread is None or not isfinite(float(width[i])):
        return Verdict("withheld", ("no_margin",))
    least = min(p, 1 - p)
    reasons = []
    # Without a visible variance (0 or 1) the number of answers is all there is.
    if (n_eff if isfinite(n_eff) else float(shares.n[i])) < limits.n_eff:
        reasons.append("small_n_eff")
    if width[i] > limits.width:
        reasons.append("wide_interval")
    if width[i] > limits.narrow and width[i] > limits.relative_width * (p if least == p else 1 - least):
        reasons.append("wide_for_its_size")
    if reasons:
        return Verdict("withheld", tuple(reasons))
    return Verdict("flag", ("few_degrees_of_freedom",)) if shares.df[i] < limits.df else Verdict("publish")
