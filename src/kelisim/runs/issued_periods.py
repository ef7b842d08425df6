"""Forecasts of an evaluation as `kelisim zones decide` reads them, by area and period, with outcomes.

Only periods that do not overlap are taken: months, quarters of the calendar, calendar years, each forecast
from the month before it by what would have been shown.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kelisim.forecasting.backtest import Backtest
from kelisim.sources.incidents import Incidents, Month

__all__ = ["PERIODS", "issued_periods"]

PERIODS = (1, 3, 12)
"""Horizons that are calendar periods."""


def issued_periods(
    backtest: Backtest, register: Incidents, horizon: int
) -> tuple[list[Mapping[str, Any]], list[Mapping[str, Any]]]:
    """Rows of forecasts and rows of outcomes of one horizon; both empty where no period is whole."""
    issued: list[Mapping[str, Any]] = []
    outcomes: list[Mapping[str, Any]] = []
    for case in backtest.of("shown", horizon):
        first = register.first.plus(case.origin)
        if (first.month - 1) % horizon:
            continue
        period = _named(first, horizon)
        for area, p, n in zip(register.vintages.areas, case.p_any, case.outcome, strict=True):
            issued.append({"area": area, "period": period, "probability": round(float(p), 4)})
            outcomes.append({"area": area, "period": period, "happened": int(n > 0)})
    return issued, outcomes


def _named(first: Month, months: int) -> str:
    quarter = f"{first.year:04d}-Q{(first.month - 1) // 3 + 1}"
    return {1: str(first), 3: quarter, 12: f"{first.year:04d}"}[months]
