"""The rules of the gate as one record: how few is too few, how wide is wide enough, how counts are rounded.

A policy has no defaults. Two profiles are named: `SENSITIVE` for attitudes by group and settlement and for
aggregates of text and networks, `ORDINARY` for less sensitive tables. A study declares its own in
`thresholds`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from kelisim.core.study import Thresholds

__all__ = ["ORDINARY", "SENSITIVE", "Policy", "Rounding", "Zeros", "policy_of"]

Rounding = Literal["controlled", "nearest", "random"]
Zeros = Literal["withhold", "show"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What may leave.

    min_persons : k; a cell resting on fewer persons is withheld
    protection_persons : width, in persons, that what leaves must keep around every withheld small cell
    round_to : base to which counts that leave are rounded; 1 leaves them as they are
    rounding : "controlled" to a neighbouring multiple so that what is shown still adds up,
               "nearest" each by itself, "random" unbiased by a keyed draw
    zeros : "withhold" an empty cell like a small one, or "show" it where no group answers as one
    one_pct, two_pct : a sum is withheld where the largest, or the two largest, contributors make up more
    p_pct : a sum is withheld where the second largest could find the largest to within this many percent
    effort : bound on the work of searching for further cells to withhold, in variables of linear programs;
             beyond it whole rows and columns are withheld instead
    """

    min_persons: int
    protection_persons: int
    round_to: int
    rounding: Rounding
    zeros: Zeros
    one_pct: float
    two_pct: float
    p_pct: float
    effort: int

    def __post_init__(self) -> None:
        if self.min_persons < 3 or self.protection_persons < 2 or self.round_to < 1:
            raise ValueError("a policy needs min_persons >= 3, protection_persons >= 2 and round_to >= 1")


SENSITIVE = Policy(
    min_persons=10, protection_persons=10, round_to=5, rounding="controlled", zeros="withhold",
    one_pct=60.0, two_pct=75.0, p_pct=10.0, effort=12_000_000,
)  # fmt: skip
ORDINARY = Policy(
    min_persons=5, protection_persons=5, round_to=5, rounding="controlled", zeros="withhold",
    one_pct=60.0, two_pct=75.0, p_pct=10.0, effort=12_000_000,
)  # fmt: skip


def policy_of(thresholds: Thresholds) -> Policy:
    """The policy a study declares; dominance and effort are those of the profiles.

    >>> policy_of(Thresholds(10, 5, 70.0, 2.0, 0.95)) == SENSITIVE
    True
    """
    return Policy(
        min_persons=thresholds.min_persons,
        protection_persons=thresholds.protection_persons or thresholds.min_persons,
        round_to=thresholds.round_to,
        rounding=thresholds.rounding,
        zeros=thresholds.zeros,
        one_pct=SENSITIVE.one_pct,
        two_pct=SENSITIVE.two_pct,
        p_pct=SENSITIVE.p_pct,
        effort=SENSITIVE.effort,
    )
