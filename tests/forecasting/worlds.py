"""Invented registers: one world for each way in which incidents may come about. Nothing here is real."""

from __future__ import annotations

import numpy as np

from kelisim.forecasting.panel import Panel

__all__ = ["WORLDS", "panel", "world"]

WORLDS = {"sparse": 0.05, "stationary": 0.5, "exciting": 0.15, "drift": 0.5, "surge": 0.3}
"""World -> incidents a month in the mean area before anything happens."""


def world(kind: str, rng: np.random.Generator, areas: int = 17, months: int = 84) -> Panel:
    """Counts of areas with unequal rates and negative binomial scatter.

    exciting : incidents make further ones likelier; drift : the level of all areas wanders; surge : all rates
    are sixfold for 18 months from the 49th on
    """
    base = rng.gamma(0.8, 1 / 0.8, areas)
    counts = np.zeros((areas, months), dtype=np.int64)
    memory, level = np.zeros(areas), 0.0
    for month in range(months):
        mean = WORLDS[kind] * base
        if kind == "exciting":
            mean = mean + 0.6 * memory
        if kind == "drift":
            level = 0.98 * level + 0.15 * rng.standard_normal()
            mean = mean * np.exp(level)
        if kind == "surge" and 48 <= month < 66:
            mean = mean * 6
        counts[:, month] = rng.poisson(mean * rng.gamma(1.5, 1 / 1.5, areas))
        memory = 0.7 * memory + 0.3 * counts[:, month]
    return panel(counts)


def panel(counts: np.ndarray) -> Panel:
    """A panel that begins in January, its areas named a0, a1 ..."""
    return Panel.of(tuple(f"a{k}" for k in range(len(counts))), 1, counts)
