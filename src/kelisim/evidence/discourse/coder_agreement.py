"""Agreement of coders by variable and language, and what it allows: gold or not, tentative or not.

Codes may correct a share where the lower end of alpha's interval reaches .667, and what rests on them is
printed without the word "tentative" where alpha itself reaches .80 (Krippendorff 2019). Below that the
table says what is missing: more texts coded twice where they would help, a clearer definition where not.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Literal

import numpy as np

from kelisim.core.errors import NotDefined
from kelisim.evidence.discourse.codebook import Variable
from kelisim.stats.agreement import agreement
from kelisim.stats.positive_agreement import positive_agreement

__all__ = ["FIRM", "GOLD", "AgreementRow", "Verdict", "agreement_of"]

GOLD = 0.667
FIRM = 0.80
Verdict = Literal["firm", "tentative", "not gold"]
_DOUBLE = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreementRow:
    """Agreement on one variable in one language.

    alpha, low, high : None where `reason` says why there is none; level : of the interval
    positive : code -> agreement on it, for the codes of interest that were given
    units : texts (and groups) coded by two or more; single : by one; coders : aliases
    verdict : "firm" usable as gold and printed as it is, "tentative" usable and printed with that word
    needs : "" or what would lift the verdict; in words of the command line
    """

    variable: str
    language: str
    alpha: float | None
    low: float | None
    high: float | None
    level: float
    positive: Mapping[str, float]
    units: int
    single: int
    coders: tuple[str, ...]
    verdict: Verdict
    reason: str
    needs: str


def agreement_of(
    variable: Variable,
    language: str,
    given: Sequence[Mapping[str, str]],
    *,
    level: float,
    draws: int,
    rng: np.random.Generator,
) -> AgreementRow:
    """The row of one variable in one language.

    given : for every unit, coder -> code; adjudicators are not among them
    """
    coders = tuple(sorted({coder for by in given for coder in by}))
    several = [by for by in given if len(by) > 1]
    alpha = low = high = None
    reason = ""
    if not several:
        reason = "nothing_pairable"
    else:
        table = np.array([[by.get(coder, "") for coder in coders] for by in several], dtype=object)
        order = variable.codes if variable.measure == "ordinal" else None
        try:
            made = agreement(table, metric=variable.measure, level=level, draws=draws, rng=rng, order=order)
            alpha, low, high = made.alpha, made.low, made.high
        except NotDefined as error:
            reason = error.reason
    verdict: Verdict = "not gold"
    if alpha is not None and low is not None and low >= GOLD:
        verdict = "firm" if alpha >= FIRM else "tentative"
    return AgreementRow(
        variable=variable.code,
        language=language,
        alpha=alpha,
        low=low,
        high=high,
        level=level,
        positive=_positive(variable, several),
        units=len(several),
        single=len(given) - len(several),
        coders=coders,
        verdict=verdict,
        reason=reason,
        needs=_needs(alpha, low, len(several), reason, verdict),
    )


def _positive(variable: Variable, several: Sequence[Mapping[str, str]]) -> dict[str, float]:
    units = [list(by.values()) for by in several]
    found = Counter(code for unit in units for code in unit)
    return {code: positive_agreement(units, code) for code in variable.of_interest if found[code]}


def _needs(alpha: float | None, low: float | None, units: int, reason: str, verdict: Verdict) -> str:
    few = f"; {_DOUBLE} texts coded twice are the rule" if 0 < units < _DOUBLE else ""
    if verdict == "firm":
        return ""
    if reason == "nothing_pairable":
        return f"a second coder for {_DOUBLE} texts"
    if reason == "one_value":
        return "texts of more than one kind: draw by score or class, so that rare codes occur"
    if alpha is None:
        return "more texts coded twice"
    if low is None:
        return f"more texts with the rarer codes: too many draws have no alpha{few}"
    if verdict == "tentative":
        return f"alpha of {FIRM:.2f} or more: clearer definitions, then code again as a new version"
    if alpha > GOLD:
        # The width of the interval falls with the root of the number of units.
        wanted = ceil(units * ((alpha - low) / (alpha - GOLD)) ** 2)
        return f"about {max(wanted, units + 1)} texts coded twice instead of {units}{few}"
    return "clearer definitions, then code again as a new version: more texts would not help"
