"""Second-order draws of "at least one incident": how sure the forecast is of its own probability.

A forecast says p; a draw here is the p of one admissible set of parameters. From them follow the interval of
a signal and P(zone). The spread between members is part of the doubt, so they are mixed by their weights in
the pool.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from kelisim.forecasting.gamma_poisson import gamma_poisson_chances
from kelisim.forecasting.panel import Panel
from kelisim.forecasting.self_exciting import self_exciting_chances
from kelisim.forecasting.shared_level import shared_level_chances

__all__ = ["chances_of_any"]

_Array = NDArray[np.float64]
_Chances = Callable[[Panel, int, int, np.random.Generator], _Array]


def _last_poisson(panel: Panel, h: int, draws: int, rng: np.random.Generator) -> _Array:
    seen = panel.counts[:, -h:].sum(axis=1)
    # Half an incident: the rate of a quiet window is small, and not known to be nothing (Jeffreys 1961).
    return np.asarray(1 - np.exp(-rng.gamma(seen[:, None] + 0.5, 1.0, (len(seen), draws))))


def _history(window: int | None) -> _Chances:
    def chances(panel: Panel, h: int, draws: int, rng: np.random.Generator) -> _Array:
        sums = panel.sums(min(h, panel.months), window if window is None or window > h else None)
        # Bayesian bootstrap (Rubin 1981): windows of history are weighted at random.
        weights = rng.dirichlet(np.ones(sums.shape[1]), draws)
        return np.asarray(np.clip((sums > 0) @ weights.T, 0.0, 1.0))

    return chances


_CHANCES: Mapping[str, _Chances] = {
    "gamma_poisson": gamma_poisson_chances,
    "self_exciting": self_exciting_chances,
    "shared_level": shared_level_chances,
    "last_poisson": _last_poisson,
    "conflictology_12": _history(12),
    "conflictology_36": _history(36),
    "conflictology_60": _history(60),
    "conflictology_all": _history(None),
}


def chances_of_any(
    panels: Sequence[Panel],
    shown: str,
    weights: Mapping[str, float],
    horizon: int,
    draws: int,
    seed: Sequence[int],
) -> _Array:
    """Draws of P(at least one incident in `horizon` months), shape (areas, about `draws`).

    panels : histories to train on, such as two completions of the latest months; draws are shared among them
    shown : "pool", mixed from its members by `weights`, or the baseline that is shown in its place
    seed : names the stream; each panel and member has its own, so that two histories can be compared draw by
    draw
    Raises: ValueError for a forecast without a spread.
    """
    parts = dict(weights) if shown == "pool" else {shown: 1.0}
    if unknown := [name for name in parts if name not in _CHANCES]:
        raise ValueError(f"'{unknown[0]}' promises one outcome and knows no doubt")
    total = sum(parts.values()) * len(panels)
    found = []
    for k, panel in enumerate(panels):
        for name, weight in parts.items():
            if number := round(draws * weight / total):
                rng = np.random.default_rng([*seed, k, *name.encode()])
                found.append(_CHANCES[name](panel, horizon, number, rng))
    return np.concatenate(found, axis=1)
