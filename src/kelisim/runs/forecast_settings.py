"""What the caller of a forecast chooses, and what is the same for every register."""

from __future__ import annotations

from dataclasses import dataclass

from kelisim.sources.incidents import Month

__all__ = ["LEVEL", "RESAMPLES", "Settings"]

LEVEL, RESAMPLES = 0.90, 2000
"""Level of the intervals of differences, that of all intervals of forecasts, and resamples behind them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What was asked for. select_until : last month seen when something was chosen on these data, or None"""

    horizons: tuple[int, ...]
    draws: int
    seed: int
    select_until: Month | None = None
