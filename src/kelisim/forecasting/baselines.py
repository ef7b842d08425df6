"""The simplest forecasts. They always run and are always shown: what does not beat them has no skill."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from kelisim.forecasting.panel import Draws, Panel

__all__ = ["BASELINES", "POINT_FORECASTS", "Member", "conflictology", "last_poisson", "no_change", "zeros"]

Member = Callable[[Panel, Sequence[int], int, np.random.Generator], Draws]


def zeros(panel: Panel, horizons: Sequence[int], draws: int, rng: np.random.Generator) -> Draws:
    """Nothing will happen anywhere."""
    return {h: np.zeros((len(panel.areas), draws), dtype=np.int64) for h in horizons}


def no_change(panel: Panel, horizons: Sequence[int], draws: int, rng: np.random.Generator) -> Draws:
    """The next h months bring exactly what the last h months brought (all history where it is shorter)."""
    return {h: np.repeat(_last(panel, h).round().astype(np.int64)[:, None], draws, axis=1) for h in horizons}


def last_poisson(panel: Panel, horizons: Sequence[int], draws: int, rng: np.random.Generator) -> Draws:
    """Poisson counts around what the last h months brought."""
    return {h: rng.poisson(_last(panel, h)[:, None], (len(panel.areas), draws)) for h in horizons}


def _last(panel: Panel, horizon: int) -> np.ndarray:
    seen = panel.counts[:, -horizon:]
    return np.asarray(seen.sum(axis=1) * (horizon / seen.shape[1]))


def conflictology(window: int | None) -> Member:
    """History repeats itself: draws are h-month sums that lie inside the last `window` months.

    One draw takes the same window of history for all areas, which keeps their dependence. A window that is
    too short for two sums is widened to all history (Hegre and others 2024 call this baseline conflictology).
    """

    def member(panel: Panel, horizons: Sequence[int], draws: int, rng: np.random.Generator) -> Draws:
        found: Draws = {}
        for h in horizons:
            enough = window is None or window > h
            sums = panel.sums(min(h, panel.months), window if enough else None)
            found[h] = sums[:, rng.integers(0, sums.shape[1], draws)]
        return found

    return member


BASELINES: dict[str, Member] = {
    "zeros": zeros,
    "no_change": no_change,
    "last_poisson": last_poisson,
    "conflictology_12": conflictology(12),
    "conflictology_36": conflictology(36),
    "conflictology_60": conflictology(60),
    "conflictology_all": conflictology(None),
}

POINT_FORECASTS = ("zeros", "no_change")
"""Baselines without a spread: compared with, never shown first, because they promise one outcome."""
