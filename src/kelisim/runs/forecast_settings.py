"""What the caller of a forecast chooses, and what is the same for every register."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from kelisim.core.languages import Language
from kelisim.sources.incidents import Month

__all__ = ["LEVEL", "RESAMPLES", "CovariateFile", "Settings"]

LEVEL, RESAMPLES = 0.90, 2000
"""Level of the intervals of differences, that of all intervals of forecasts, and resamples behind them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CovariateFile:
    """A covariate as it was declared: where it stands, which way it should work, when it is known."""

    path: Path
    column: str
    direction: Literal[-1, 1]
    delay_months: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What was asked for.

    select_until : last month seen when something was chosen on these data, or None; language : of the report
    """

    horizons: tuple[int, ...]
    draws: int
    seed: int
    select_until: Month | None = None
    covariates: tuple[CovariateFile, ...] = ()
    language: Language = "en"
