"""Today's forecast: the latest origin of the replay, with baselines beside it and the reasons for what is
shown.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kelisim.core.errors import NotDefined
from kelisim.forecasting.combine import FULL_HISTORY, SHORTEST_HISTORY, admitted_horizons, total_draws
from kelisim.forecasting.replay import Issue, replay
from kelisim.forecasting.vintages import Vintages

__all__ = ["PAST_ORIGINS", "QUANTILES", "Outlook", "Row", "outlook", "rows_of"]

PAST_ORIGINS = 60
"""Past origins replayed, at most, to weigh the members and to judge the pool."""
QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """Draws of one forecast in one area, summed up. area : None for the whole region

    mean : incidents; quantiles : at `QUANTILES`; p_any : probability of at least one incident
    """

    area: str | None
    horizon: int
    forecast: str
    shown: bool
    mean: float
    quantiles: tuple[float, ...]
    p_any: float
    draws: int


@dataclass(frozen=True, eq=False)
class Outlook:
    """Forecasts from the end of a register. refused : horizons that the history does not admit."""

    issue: Issue
    horizons: tuple[int, ...]
    refused: tuple[int, ...]
    rows: tuple[Row, ...]


def outlook(
    vintages: Vintages,
    horizons: Sequence[int],
    draws: int,
    seed: int,
    tell: Callable[[str], None] = lambda words: None,
    keep: Callable[[Issue], None] = lambda issue: None,
    adjust: Callable[[Issue], Issue] = lambda issue: issue,
) -> Outlook:
    """Forecasts of the months after the end of the register, from what was known at its end.

    Up to 60 past origins are replayed first, so that weights and the forecast shown first are those that
    the past has earned.
    keep : receives every issue; adjust : what becomes of the latest one, such as by an admitted covariate
    Raises: NotDefined("short_history") below 18 months, or where no horizon asked for is admitted.
    """
    admitted = admitted_horizons(vintages.months, horizons)
    if not admitted:
        raise NotDefined(
            "short_history",
            f"a register of {vintages.months} months carries no forecast of"
            f" {', '.join(map(str, horizons))} months ahead: up to 3 months ahead take {SHORTEST_HISTORY}"
            f" months of history, more take {FULL_HISTORY}",
        )
    first = max(SHORTEST_HISTORY, vintages.months - PAST_ORIGINS)
    last: Issue | None = None
    for last in replay(vintages, admitted, range(first, vintages.months + 1), draws, seed, tell):
        keep(last)
    assert last is not None, "the latest month is always an origin"
    last = adjust(last)
    rows = [
        row for h in admitted for name, made in last.draws.items() for row in rows_of(last, h, name, made[h])
    ]
    return Outlook(last, admitted, tuple(h for h in horizons if h not in admitted), tuple(rows))


def rows_of(issue: Issue, h: int, name: str, made: NDArray[np.int64]) -> list[Row]:
    """The draws of one forecast summed up, area by area and for the whole region (last)."""
    total = total_draws(made)
    return [
        Row(
            area=area,
            horizon=h,
            forecast=name,
            shown=issue.shown[h] == name,
            mean=float(drawn.mean()),
            quantiles=tuple(np.quantile(drawn, QUANTILES).tolist()),
            p_any=float((drawn > 0).mean()),
            draws=drawn.size,
        )
        for area, drawn in [*zip(issue.seen.areas, made, strict=True), (None, total)]
    ]
