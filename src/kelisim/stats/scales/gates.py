"""What a scale may be used for: rules declared beforehand, and the codes of what stands against it."""

from __future__ import annotations

from dataclasses import dataclass

from kelisim.stats.scales.alpha import Alpha
from kelisim.stats.scales.omega import Omega

__all__ = ["ScaleLimits", "ScaleVerdict", "judge_scale"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ScaleLimits:
    """alpha : below it the scale may not enter an index; records : below it no factor is fitted."""

    alpha: float = 0.6
    records: int = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class ScaleVerdict:
    """may_enter_index : whether the sum may be an indicator
    codes : "low_alpha", "few_records", "heywood", "negative_item"; words stand in the locale files
    negative : items that go against the sum of the others: perhaps worded the other way and not declared
    """

    may_enter_index: bool
    codes: tuple[str, ...]
    negative: tuple[str, ...]


def judge_scale(alpha: Alpha, omega: Omega | None, limits: ScaleLimits | None = None) -> ScaleVerdict:
    """Verdict on a scale by its alpha, its omega where one could be had, and its items.

    An item that correlates negatively with the rest bars the scale too: its sum would subtract what it means
    to add. Nothing is turned around here; whoever knows the wording declares it.

    >>> from kelisim.stats.scales.alpha import cronbach
    >>> judge_scale(cronbach([[1, 2, 3], [2, 2, 1], [3, 1, 2], [1, 3, 1]], level=0.95), None).codes
    ('low_alpha', 'negative_item', 'few_records')
    """
    limits = limits or ScaleLimits()
    codes = []
    if alpha.value < limits.alpha:
        codes.append("low_alpha")
    negative = tuple(item.name for item in alpha.items if item.rest is not None and item.rest < 0)
    if negative:
        codes.append("negative_item")
    barred = bool(codes)
    if alpha.n < limits.records:
        codes.append("few_records")
    if omega is not None and omega.heywood:
        codes.append("heywood")
    return ScaleVerdict(may_enter_index=not barred, codes=tuple(codes), negative=negative)
