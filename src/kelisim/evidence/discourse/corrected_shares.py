"""Corrected shares: what part of the texts of one language and period has a mark, by human codes alone.

A machine's raw share is biased by its own errors, which differ by language and even by spelling, so it is
never told. What is told rests on texts drawn with known chances and coded by people. Where such codes are
missing, do not agree, or were made of other texts than those at hand, there is a reason instead of a number,
with the size of the sample that would open it. Error rates of one language are never lent to another.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from kelisim.core.errors import NotDefined
from kelisim.core.estimates import Estimate, Flag, grade_from_faults
from kelisim.evidence.discourse.coder_agreement import Verdict
from kelisim.evidence.discourse.gold import LEAST_PER_STRATUM, Stratum, needed_families
from kelisim.stats.stability import population_stability
from kelisim.stats.stratified_shares import ShareDraws, difference_interval, stratified_share

__all__ = [
    "Basis",
    "CodedTexts",
    "Counted",
    "aligned",
    "change_estimate",
    "check_gold",
    "corrected_share",
    "missing_codes",
    "no_estimate",
    "share_estimate",
]

Counted = Literal["families", "items"]
_DAYS = 90
_SHIFT = 0.2
_RARE, _ENOUGH_FOR_RARE = 0.03, 400
_WITHHELD = ("stale", "low_agreement", "undecided")
_METHOD = "corrected_share"


@dataclass(frozen=True, slots=True, kw_only=True)
class CodedTexts:
    """Families of one language and period with a code that counts, one row each.

    stratum : place of the family in the strata; positive : whether it has the mark
    size : items of the family; source : of its first item
    """

    stratum: NDArray[np.int64]
    positive: NDArray[np.bool_]
    size: NDArray[np.int64]
    source: NDArray[Any]

    def __len__(self) -> int:
        return len(self.stratum)


@dataclass(frozen=True, slots=True, kw_only=True)
class Basis:
    """What the codes rest on, and what they are asked to speak of.

    drawn : strata of the sample; now : the same strata in the texts at hand, with their numbers (`aligned`)
    carried : whether these are other texts than those the sample was drawn from
    verdict : of the coders' agreement in this language; undecided : differences nobody has decided
    last_day, now_last_day : last day of the sample's texts and of the texts at hand
    bundle, now_bundle : digest of lexicon, rules and models that labelled each
    """

    drawn: tuple[Stratum, ...]
    now: tuple[Stratum, ...]
    verdict: Verdict
    undecided: int
    last_day: date
    now_last_day: date
    bundle: str
    now_bundle: str
    carried: bool


def aligned(drawn: Sequence[Stratum], found: Sequence[Stratum]) -> tuple[Stratum, ...]:
    """The strata of other texts in the order of a sample's; one that these texts lack has no family.

    Raises: NotDefined("stale") where the texts have a stratum that the sample did not know.
    """
    by = {(stratum.letterless, stratum.band): stratum for stratum in found}
    if unknown := sorted(key for key in by if key not in {(s.letterless, s.band) for s in drawn}):
        names = ", ".join(f"{band}{' letterless' if letterless else ''}" for letterless, band in unknown)
        raise NotDefined("stale", f"the coded sample has no stratum '{names}', which these texts have")
    return tuple(by.get((s.letterless, s.band), replace(s, families=0, items=0, drawn=0)) for s in drawn)


def missing_codes(coded: Sequence[int], strata: Sequence[Stratum]) -> int:
    """How many families must still be coded before a share may be told.

    coded : families with a code in each stratum; 50 in each are needed, or all there are, and 200 together

    >>> from kelisim.evidence.discourse.gold import Stratum
    >>> def band(name, n):
    ...     return Stratum(language="kk", period="2024-05", letterless=False, band=name, families=n, items=n)
    >>> missing_codes([0, 0], [band("low", 900), band("high", 30)])
    200
    >>> missing_codes([180, 20], [band("low", 900), band("high", 30)])
    10
    """
    short = [max(0, min(LEAST_PER_STRATUM, s.families) - n) for n, s in zip(coded, strata, strict=True)]
    whole = needed_families([s.families for s in strata])
    return max(sum(short), whole - sum(coded))


def check_gold(coded: CodedTexts, basis: Basis) -> None:
    """Whether these codes may carry a share; returns nothing where they may.

    Raises: NotDefined with reason
    "empty_frame" where there is no such text at all;
    "no_gold" where too few families were coded, with the number that is missing;
    "undecided" where coders differ and nobody has decided;
    "low_agreement" where alpha's lower end is under .667;
    "stale" where the codes speak of other texts (`aligned`), and these are more than 90 days younger, were
    labelled by another bundle, or fall into the strata otherwise (population stability index above 0.2).
    """
    count = np.bincount(coded.stratum, minlength=len(basis.drawn)).tolist()
    if not any(stratum.families for stratum in basis.drawn):
        raise NotDefined("empty_frame", "no text of this language and period is of this kind")
    missing = missing_codes(count, basis.drawn)
    if missing > basis.undecided:
        have = f"{sum(count)} are coded; " if sum(count) else ""
        raise NotDefined("no_gold", f"{have}{missing} more texts drawn at random have to be coded by people")
    if basis.undecided:
        raise NotDefined(
            "undecided", f"coders differ on {basis.undecided} texts, and a third person has to decide"
        )
    if basis.verdict == "not gold":
        raise NotDefined("low_agreement", "two coders do not agree well enough on what this is")
    if not basis.carried:
        return
    if basis.bundle != basis.now_bundle:
        raise NotDefined("stale", "the texts at hand were labelled by another version than the coded ones")
    age = (basis.now_last_day - basis.last_day).days
    if age > _DAYS:
        raise NotDefined("stale", f"the coded texts are {age} days older; {_DAYS} are allowed")
    shift = population_stability([s.families for s in basis.drawn], [s.families for s in basis.now])
    if shift > _SHIFT:
        raise NotDefined("stale", f"the texts have changed (index {shift:.2f}, {_SHIFT} is allowed)")


def corrected_share(
    coded: CodedTexts, basis: Basis, *, count: Counted, draws: int, rng: np.random.Generator
) -> ShareDraws:
    """Share of families, or of items, with the mark, as value and draws (`stratified_share`).

    The codes are weighted up to the texts at hand by strata; families of one source count less where they
    resemble each other. Raises: NotDefined, as `check_gold`.
    """
    check_gold(coded, basis)
    items = count == "items"
    return stratified_share(
        coded.stratum,
        coded.positive,
        [s.families for s in basis.now],
        size=coded.size if items else None,
        totals=[s.items for s in basis.now] if items else None,
        clusters=coded.source,
        draws=draws,
        rng=rng,
    )


def share_estimate(
    share: ShareDraws, basis: Basis, *, count: Counted, level: float, source: str, synthetic: bool = False
) -> Estimate:
    """A corrected share in percent, with interval, n, grade and the reasons for the grade.

    Reasons: "tentative" where coders agree, but not well enough to print without that word; "carried_gold"
    where the codes are of earlier texts; "rare_share" where it is under 3 % and rests on fewer than 400.
    """
    low, high = share.interval(level)
    rare = share.value < _RARE and share.n < min(_ENOUGH_FOR_RARE, sum(s.families for s in basis.now))
    marks = {"tentative": basis.verdict != "firm", "carried_gold": basis.carried, "rare_share": rare}
    reasons = tuple(name for name, holds in marks.items() if holds)
    ends = (100 * share.value, 100 * low, 100 * high)
    return _told(ends, f"percent of {count}", share.n, share.deff, level, source, reasons, synthetic)


def change_estimate(
    after: ShareDraws,
    before: ShareDraws,
    *,
    count: Counted,
    level: float,
    source: str,
    reasons: tuple[str, ...] = (),
    synthetic: bool = False,
) -> Estimate:
    """Change between two periods in percentage points, from differences of draws of two samples.

    reasons : those of both estimates, which the change inherits
    """
    value, low, high = difference_interval(after, before, level)
    unit = f"percentage points of {count}"
    ends = (100 * value, 100 * low, 100 * high)
    n, deff = min(after.n, before.n), max(after.deff, before.deff)
    return _told(ends, unit, n, deff, level, source, reasons, synthetic)


def no_estimate(why: NotDefined, *, count: Counted, source: str, n: int | None = None) -> Estimate:
    """A cell without a share and why: "missing" without codes, "withheld" where they do not serve."""
    flag: Flag = "withheld" if why.reason in _WITHHELD else "missing"
    return Estimate(
        value=None, unit=f"percent of {count}", n=n, method=_METHOD, grade="poor", source=source, flag=flag,
        reasons=(why.reason,),
    )  # fmt: skip


def _told(
    ends: tuple[float, float, float], unit: str, n: int, deff: float, level: float, source: str,
    reasons: tuple[str, ...], synthetic: bool,
) -> Estimate:  # fmt: skip
    value, low, high = ends
    return Estimate(
        value=value,
        low=low,
        high=high,
        level=level,
        unit=unit,
        n=n,
        method=_METHOD,
        grade=grade_from_faults(len(reasons)),
        source=source,
        flag="synthetic" if synthetic else "ok",
        deff=deff,
        reasons=reasons,
    )
